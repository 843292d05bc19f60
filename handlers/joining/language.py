"""Which language the bot speaks with somebody."""

from handlers.message import Choice
from handlers.turn import Turn
from rules.actions import ChooseLanguage, Language, Speak
from storage import people


def choose_language(turn: Turn, _: ChooseLanguage) -> None:
    """Offer the languages."""
    choices = (Choice("Tiếng Việt", Speak(Language.VIETNAMESE)), Choice("English", Speak(Language.ENGLISH)))
    turn.say(turn.words.tr("language.choose"), *choices)


def speak(turn: Turn, action: Speak) -> None:
    """Go on in that language."""
    people.set_language(turn.db, turn.contact.id, turn.person.id if turn.person else None, action.language.value)
    turn.speak(action.language.value)
    turn.say(turn.words.tr("language.chosen"))
