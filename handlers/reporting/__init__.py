"""A unit reports: which duty, the form step by step, files, sending, and the answers to a reminder.

Forms are walked by ``rules.campaign.forms``; here stands what is said and kept at each step. Nothing about overseeing.
"""
