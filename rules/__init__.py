"""What the dispatch says: campaign, deadlines, form fields, ladder, search and answers.

Pure code that reads only the campaign's own files: no clock, no database, no network,
and no name, date or rule of any one dispatch.
"""
