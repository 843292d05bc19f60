"""Reading what a platform sent without believing anything of it: the wrong type is simply not there."""

from typing import Any

from rules.text.vietnamese import storable


def table(value: Any) -> dict[str, Any]:
    """A JSON object; an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    """A text, or a number as text; empty where it is neither. Without what no database keeps: NUL and halves of signs."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    return storable(str(value))
