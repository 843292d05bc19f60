"""A question understood, answered from the facts of a dispatch, with the words that prove it, or an honest silence.

No sentence for people: what is found is worded by the handlers. Weights are learnt in the workbench, never set by hand.
"""
