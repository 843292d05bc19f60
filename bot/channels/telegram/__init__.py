"""Telegram: aiogram receives, python-telegram-bot sends, each in one file.

Nothing that another channel needs: that belongs to `bot/channels/door.py`, `bot/delivery` or `bot/flow`.
"""
