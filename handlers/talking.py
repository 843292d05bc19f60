"""What somebody can do here, and kind words for what was not understood."""

from dataclasses import dataclass

from handlers import everyday
from handlers.turn import Turn
from handlers.wording.duties import contact_text
from rules import actions as a
from rules.people import Role
from rules.text.vietnamese import is_english

LONGEST = 4000
"""Signs of a message that are looked at; what is longer is answered with a kind word."""


@dataclass(frozen=True)
class _Examples:
    """Things of this campaign that can be typed as they stand."""

    question: str
    other: str
    item: str
    unit: str


def _examples(turn: Turn) -> _Examples:
    last = turn.campaign.dated()[-1]
    language = turn.words.language
    dated = {obligation.clause for obligation in turn.campaign.dated()}
    spoken = [
        (fact, next((ask for ask in fact.ask if is_english(ask) == (language == "en")), "")) for fact in turn.campaign.facts
    ]
    asked = [(fact, ask) for fact, ask in spoken if ask]
    about = [ask for fact, ask in asked if fact.obligation == last.slug]
    other = [ask for fact, ask in asked if fact.clause not in dated]
    item = last.words[0] if language == "vi" and last.words else last.short.in_(language).lower()
    any_ask = [ask for _, ask in asked] or [""]
    return _Examples((about or any_ask)[0], (other or any_ask)[0], item, turn.directory.units[0].short.lower())


def show_help(turn: Turn, _: a.ShowHelp) -> None:
    """Help, by role, with examples that can be typed as they stand."""
    examples = _examples(turn)
    match turn.role:
        case None:
            text = turn.words.tr("help.stranger", question=examples.question, other=examples.other)
        case Role.OFFICER | Role.LEADER:
            text = turn.words.tr("help.officer", item=examples.item, question=examples.question)
        case Role.MANAGER:
            text = turn.words.tr("help.manager", item=examples.item, unit=examples.unit)
        case Role.ADMINISTRATOR:
            text = turn.words.tr("help.administrator")
    turn.say(text, *everyday.first_choices(turn))


def who_writes(turn: Turn, _: a.WhoWrites) -> None:
    """For whom the assistant writes and by which dispatch, whom to call, and what it never asks for: people fear fraud."""
    words, campaign = turn.words, turn.campaign
    language, dispatch = words.language, campaign.dispatch
    receiver = campaign.receiver.name.in_(language)
    cite, subject = dispatch.cite.in_(language), dispatch.subject.in_(language)
    lines = [words.tr("remind.introduction", cite=cite, subject=subject, receiver=receiver), contact_text(words, campaign)]
    turn.say("\n".join([*filter(None, lines), words.tr("who.never")]), *everyday.choices_beside(turn))


def cancel(turn: Turn, _: a.Cancel) -> None:
    """Stop whatever is going on; nothing that was filled is lost."""
    turn.close_buttons()
    turn.rest()
    turn.say(turn.words.tr("cancelled"), *everyday.first_choices(turn))


def be_sure(turn: Turn, _: a.BeSure) -> None:
    """What can't be undone needs the button, or its words: both are offered again."""
    turn.say(turn.words.tr("be_sure"), *turn.conversation.menu)


def not_text(turn: Turn, _: a.NotText) -> None:
    """A sticker, a voice message, a location."""
    turn.say(turn.words.tr("not_text"))


def not_understood(turn: Turn, _: a.NotUnderstood) -> None:
    """Signs without a word."""
    turn.say(turn.words.tr("not_understood"), *everyday.first_choices(turn))


def too_long(turn: Turn, _: a.TooLong) -> None:
    """A text longer than anybody reads."""
    turn.say(turn.words.tr("too_long", limit=turn.words.number(LONGEST)))


def stray_number(turn: Turn, action: a.StrayNumber) -> None:
    """A number that no list has."""
    turn.say(turn.words.tr("choice.no_number", number=action.number), *everyday.first_choices(turn))


def unknown_command(turn: Turn, _: a.UnknownCommand) -> None:
    """A command that is none."""
    turn.say(turn.words.tr("unknown_command"), *everyday.first_choices(turn))


def old_button(turn: Turn, _: a.OldButton) -> None:
    """A button of an earlier version, or nothing of ours."""
    turn.say(turn.words.tr("unknown_button"), *everyday.first_choices(turn))


def not_in_groups(turn: Turn, _: a.NotInGroups) -> None:
    """Something that is only for a private chat."""
    turn.say(turn.words.tr("group.private"))
