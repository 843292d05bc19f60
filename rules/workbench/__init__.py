"""Where the answers are measured and their weights learnt, by people at the command line.

Nothing here is imported by a running process.
"""
