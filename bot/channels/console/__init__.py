"""The console: the conversations in a terminal, for trying out.

Nothing that another channel needs: that belongs to `bot/channels/door.py`, `bot/delivery` or `bot/flow`.
"""
