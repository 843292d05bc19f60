"""What managers and administrators do: look, chase, review, extend, invite, look after people and groups.

Who may was asked before (``routes.py``). Nothing about filling forms.
"""
