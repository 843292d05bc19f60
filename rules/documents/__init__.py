"""What every document of an installation is made of: frozen parts, texts in two languages, faults with file, line and mend.

No unit, deadline or word of any dispatch: what a document says is the business of the rooms above.
"""
