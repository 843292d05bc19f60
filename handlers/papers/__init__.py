"""Files as people work with them: the Excel template of a list and what comes back, the beginning of a document's text.

Bytes in, values out, and the other way; foreign bytes are read within limits. Nothing is said and nothing is kept here.
"""
