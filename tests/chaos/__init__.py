"""The real program, killed at any instant and let down by database, platform, disk and clock while people fill forms.

Everybody finishes, nothing is lost, hardly anything doubled. A scenario is a shape of the program and a trouble.
"""
