"""What the commands of ``dondoc`` do, one file a topic: plain functions that take what they use and print what they found.

No command line library and no wiring: `bot/main.py` calls them. Only `check` asks a platform, whether it knows us.
"""
