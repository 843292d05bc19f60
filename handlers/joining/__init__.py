"""Who somebody is here: arriving with an invite, other channels, telephone, language, leaving.

Who may see whom is not decided here, and nothing is reported or managed.
"""
