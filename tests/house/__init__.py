"""What holds the house together: nets that look at all of it at once."""
