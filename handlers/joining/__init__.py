"""Who somebody is here: arriving with an invite, other channels, telephone, language, leaving."""
