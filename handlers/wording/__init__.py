"""How things read: catalogs, dates and amounts, deadlines, standings, forms, answers. Texts only, in the reader's language.

No buttons, no conversation, no database: whoever says something puts the words of this room together.
"""
