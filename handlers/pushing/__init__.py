"""Writing to somebody who did not just write: reminders, alerts, answers of the department.

A push goes to the channel that the person used last. What that channel refuses goes to the next, then to an approved
template where there is one, then onto the managers' list of people who were not reached, which overseers hear of with
their next message of the morning or afternoon. Nothing is dropped, and no push ever causes another one.
"""
