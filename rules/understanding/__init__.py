"""What a typed text asks for: typing mended, kinds of question, subjects, years, counts, offices that are to act.

Pure: it is handed the words of a dispatch and reads neither campaign nor database; answers are found elsewhere.
"""
