"""Sending, whatever the channel: the courier and its sinks, long messages, choices as numbers, pauses between tries.

No platform's API, nothing that is received, and no word that people read but the catalogs'.
"""
