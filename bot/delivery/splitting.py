"""Texts longer than a platform takes, in pieces; and choices as a numbered list."""

from collections.abc import Callable, Sequence

from handlers.message import Choice


def split(text: str, limit: int, measure: Callable[[str], int] = len) -> list[str]:
    """A text in pieces that fit, cut at paragraphs, else lines, else words."""
    pieces = []
    while measure(text) > limit:
        head = text[:limit]
        while measure(head) > limit:
            head = head[:-1]
        cut = next((at for mark in ("\n\n", "\n", " ") if (at := head.rfind(mark)) > limit // 4), len(head))
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text]


def numbered(choices: Sequence[Choice], first: int) -> str:
    """Choices as lines that begin with their number."""
    return "\n".join(f"{number}. {choice.label}" for number, choice in enumerate(choices, first))
