"""Which language the bot speaks with somebody."""

from handlers.reporting import form as reporting
from handlers.turn import Choice, Turn
from storage import people


def choose(turn: Turn, _: str) -> None:
    """Offer the languages."""
    turn.say(turn.words.tr("language.choose"), Choice("Tiếng Việt", "lang vi"), Choice("English", "lang en"))


def speak(turn: Turn, language: str) -> None:
    """Go on in that language."""
    if language not in ("vi", "en"):
        choose(turn, "")
        return
    people.set_language(turn.db, turn.contact.id, turn.person.id if turn.person else None, language)
    turn.speak(language)
    turn.say(turn.words.tr("language.chosen"))

    reporting.repeat(turn)
