"""Refusing a setting. Apart from the settings, which are slow to import: the command line catches it around every command."""


class BadSetting(ValueError):
    """A setting that can't be used: the text that says why, with what goes into it; whoever shows it words it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"{key} {values}")
        self.key, self.values = key, values
