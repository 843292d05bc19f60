"""Refusing settings. Apart from the settings, which are slow to import: the command line catches it around every command."""

from collections.abc import Iterable


class BadSetting:
    """A setting that can't be used: the text that says why, with what goes into it; whoever shows it words it."""

    def __init__(self, key: str, **values: object) -> None:
        self.key, self.values = key, values

    def __str__(self) -> str:
        return f"{self.key} {self.values}"


class BadSettings(ValueError):
    """All that can't be used, each a line."""

    def __init__(self, faults: Iterable[BadSetting]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, self.faults)))
