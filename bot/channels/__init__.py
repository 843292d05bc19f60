"""The platforms: a folder a channel, with what that channel needs of: its door, what it receives, what it sends,
and what its refusals mean.

The folders know nothing of each other, of pages or of the process; what they share stands in `door.py`, or below.
"""
