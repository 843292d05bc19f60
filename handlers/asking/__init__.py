"""Questions about the dispatches: rules, deadlines, and what is passed on to the department.

What a question means is decided in ``rules``; here it is answered in words and kept.
"""
