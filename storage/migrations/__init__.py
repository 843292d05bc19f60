"""How a database of an earlier version comes along, and goes back: one file a step, in ``versions``.

A step names tables and columns as they were then and imports no entity of today; only column types are shared.
"""
