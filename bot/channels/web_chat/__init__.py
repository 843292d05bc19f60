"""The web chat of the rehearsal page: sends to the pages that are open.

Nothing that another channel needs: that belongs to `bot/channels/door.py`, `bot/delivery` or `bot/flow`.
"""
