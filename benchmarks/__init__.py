"""Measurements. Each prints what it measured, both sides in one run, on loopback only."""
