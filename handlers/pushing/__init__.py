"""Writing to somebody who did not just write: reminders, alerts, answers of the department.

A push goes to the channel that the person used last. What that channel refuses goes to the next, then to an approved
template where there is one, then onto the managers' list of people who were not reached; the overseers hear of it
afterwards. Nothing is dropped. ``push`` is what others call; ``post`` and ``ways`` never raise an alarm.
"""
