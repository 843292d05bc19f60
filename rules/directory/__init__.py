"""The directory of an installation: its units with all their names, their kinds, the time zone and the holidays.

Nothing of any dispatch: no deadline, no form, no word that only one dispatch uses.
"""
