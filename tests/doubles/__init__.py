"""Doubles of the platforms: real HTTP on loopback, as unkind as the real ones."""
