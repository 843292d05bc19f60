"""What the commands of ``dondoc`` do, one file a topic: plain functions that take what they use and print what they found.

No command line library, no wiring, no platform: `bot/main.py` calls them.
"""
