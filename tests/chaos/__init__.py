"""The real program, killed at any instant while people fill forms: everybody finishes, nothing is lost, hardly anything doubled."""
