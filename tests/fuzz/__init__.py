"""Whatever comes from outside, spoilt in every way that comes to mind: what reads it may refuse it in its own words alone."""
