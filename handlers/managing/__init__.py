"""What managers and administrators do: look, chase, review, extend, invite, look after people and groups.

Functions that change something take a Desk or a Turn, so that pages ask the same ones. Nothing about filling forms.
"""
