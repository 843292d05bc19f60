"""What a push is called, and why it goes out: for who looks on, not for its reader."""

from handlers.wording.catalogs import Words

NEWS = ("reminder", "digest", "morning", "escalation", "stay", "alarm", "notice")
"""The kinds of news."""


def news_text(words: Words, kind: str) -> str:
    """The name of a kind of news; what has none of its own is a notice."""
    match kind:
        case "reminder" | "snoozed":
            return words.tr("news.kind.reminder")
        case "digest":
            return words.tr("news.kind.digest")
        case "morning":
            return words.tr("news.kind.morning")
        case "escalation":
            return words.tr("news.kind.escalation")
        case "stay":
            return words.tr("news.kind.stay")
        case "alarm":
            return words.tr("news.kind.alarm")
        case _:
            return words.tr("news.kind.notice")
