"""What the clock causes: reminders, digests, alarms, escalations, the week's questions, quotas, a lost account.

``tick`` decides with the planner in ``rules`` and settles; ``texts`` words it from the present. Nobody is answered here.
"""
