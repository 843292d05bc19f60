"""What the bot says: a room a topic, the same on every channel.

A handler gets a :class:`~handlers.turn.Turn` and says things; it knows no platform, no network
and no clock, and asks ``storage`` by name instead of writing queries.
"""
