"""What happens between a channel and the handlers: updates taken in and kept, turns run, the clock, the rehearsal.

No platform and no page; of sending only the courier that is handed what was queued.
"""
