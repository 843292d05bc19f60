"""What is kept about the asker, and forgetting it: by one's own wish, at once, on every channel.

What the unit reported stays, without the name. Who is the last to oversee is asked to invite another one first.
"""

from handlers import everyday
from handlers.joining import last
from handlers.joining.gone import Deserted, is_deserted
from handlers.message import Choice, Message
from handlers.pushing import push
from handlers.turn import Turn
from handlers.wording.phrases import channel_text, phone_text, role_text
from rules.actions import AskToForget, Forget, KeepData, ShowOwnData
from rules.retention import REQUESTS
from storage import own_data
from storage.own_data import Held, Whose
from storage.people import Contact


def show(turn: Turn, _: ShowOwnData) -> None:
    """What is kept, for how long, and what of it stays."""
    of = own_data.whose(turn.db, turn.contact.id)
    found = own_data.held(turn.db, of, turn.now)
    lines = [turn.words.tr("own.title"), *_person(turn), *(_contact(turn, each) for each in of.contacts)]
    lines += [*_counted(turn, found), "", *_stays(turn, found), _backups(turn)]
    turn.say("\n".join(lines), Choice(turn.words.tr("button.forget"), AskToForget()))


def _person(turn: Turn) -> list[str]:
    who, words = turn.person, turn.words
    if who is None:
        return []
    place = turn.unit.name.in_(words.language) if turn.unit else words.tr("people.all_units")
    since = words.day(who.joined_at.astimezone(turn.zone).date())
    phone = phone_text(who.phone) if who.phone else words.tr("own.no_phone")
    named = words.tr("own.person", name=who.name, role=role_text(words, who.role), unit=place, since=since)
    return [named, words.tr("own.phone", phone=phone)]


def _contact(turn: Turn, each: Contact) -> str:
    words = turn.words
    seen = words.moment(each.last_seen_at)
    return words.tr(
        "own.contact", channel=channel_text(words, each.channel), name=each.name or "–", address=each.address, seen=seen
    )


def _counted(turn: Turn, found: Held) -> list[str]:
    """A line for each kind of which there is something, with how long it is kept."""
    words, kept = turn.words, turn.library.kept
    lines = [
        words.tr(
            "own.talk",
            received=words.number(found.received),
            texts=kept.texts,
            sent=words.number(found.sent),
            messages=kept.messages,
        )
    ]
    if found.questions:
        lines.append(words.tr("own.questions", count=words.number(found.questions), days=kept.questions))
    if found.requests:
        lines.append(words.tr("own.requests", count=words.number(found.requests), days=REQUESTS))
    if found.drafts:
        lines.append(words.tr("own.drafts", count=words.number(found.drafts), days=kept.drafts))
    if found.files:
        lines.append(words.tr("own.files", count=words.number(found.files)))
    if found.codes or found.invites or found.groups:
        lines.append(words.tr("own.doors", codes=found.codes, invites=found.invites, groups=found.groups))
    if turn.person is None:
        lines.append(words.tr("own.stranger", days=kept.strangers))
    return lines


def _stays(turn: Turn, found: Held) -> list[str]:
    return [turn.words.tr("own.stays", count=turn.words.number(found.submissions))] if found.submissions else []


def _backups(turn: Turn) -> str:
    days = turn.library.kept.backups
    return turn.words.tr("own.backups", days=days) if days else turn.words.tr("own.no_backups")


# ---------------------------------------------------------------- forgetting


def ask(turn: Turn, _: AskToForget) -> None:
    """Ask once, with what goes and what stays."""
    if _says_who_is_last(turn):
        return
    of = own_data.whose(turn.db, turn.contact.id)
    found, words = own_data.held(turn.db, of, turn.now), turn.words
    lines = [words.tr("own.ask"), words.tr("own.ask_goes") if turn.person else words.tr("own.ask_stranger")]
    if found.drafts:
        lines.append(words.tr("own.ask_drafts", count=words.number(found.drafts)))
    if found.submissions:
        lines.append(words.tr("own.ask_stays_reports"))
    if found.questions:
        lines.append(words.tr("own.ask_stays_questions"))
    lines += [_backups(turn), *((words.tr("own.ask_after"),) if turn.person else ())]
    asked = (turn.contact.id, turn.person.id if turn.person else 0)
    turn.say(
        "\n".join(lines),
        Choice(words.tr("button.forget_go"), Forget(*asked)), Choice(words.tr("button.forget_not"), KeepData(*asked)),
    )  # fmt: skip


def _says_who_is_last(turn: Turn) -> bool:
    return last.holds_back(turn, turn.words.tr("own.last_administrator"), turn.words.tr("own.last_manager"))


def keep(turn: Turn, _: KeepData) -> None:
    """Not after all: what was open stays open."""
    turn.close_buttons()
    turn.say(turn.words.tr("own.kept"), *everyday.choices_beside(turn))


def forget(turn: Turn, _: Forget) -> None:
    """Forget: a stranger at once, of whom nothing is known."""
    turn.close_buttons()
    of = own_data.lock(turn.db, turn.contact.id)
    if _says_who_is_last(turn):
        return
    who, unit = turn.person, turn.unit
    push.tell_released(turn, own_data.forget(turn.db, of, turn.now))
    turn.part()
    _tell_the_others(turn, of)
    if who and unit and is_deserted(turn, who):
        push.to_overseers(turn, Deserted(unit, forgotten=True), f"deserted:{who.id}")
    turn.say(turn.words.tr("own.done"))


def _tell_the_others(turn: Turn, of: Whose) -> None:
    """The other channels hear the last word too: should it be somebody else's doing, it is seen."""
    for other in of.contacts:
        if other.id != turn.contact.id and not other.refused:
            words = turn.words_of(other.language)
            here = channel_text(words, turn.contact.channel)
            push.farewell(turn, other, Message(words.tr("own.done_elsewhere", channel=here)), words.language)
