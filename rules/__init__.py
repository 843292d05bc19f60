"""Values in, values out: what a dispatch asks, what is understood, answered, reminded of; each room imports only rooms below it.

No clock, no database, no network, no chat, no randomness, and no name, date or rule of any one dispatch.
"""
