"""The Zalo Official Account: webhook, messages and templates, its tokens and the page that authorises it.

Nothing that another channel needs: that belongs to `bot/channels/door.py`, `bot/delivery` or `bot/flow`.
"""
