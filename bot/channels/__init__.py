"""The platforms: a folder a channel, each with its door, what it receives, what it sends, and what its refusals mean.

The folders know nothing of each other, of pages or of the process; what they share stands in `door.py`, or below.
"""
