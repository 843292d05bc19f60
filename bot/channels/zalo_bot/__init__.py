"""The Zalo Bot Platform: a pilot of up to 50 people, text alone.

Nothing that another channel needs: that belongs to `bot/channels/door.py`, `bot/delivery` or `bot/flow`.
"""
