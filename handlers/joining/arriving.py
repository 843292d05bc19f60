"""How somebody becomes an officer, a leader, a manager or an administrator: an invite's code."""

from handlers import talking as helping
from handlers.pushing.push import push_to_overseers
from handlers.turn import Choice, Message, Turn
from handlers.wording.catalogs import Words
from handlers.wording.phrases import deadline_and_left, role_text
from rules.campaign.ladder import open_obligations
from rules.people import Role
from rules.text.vietnamese import nfc
from storage import invites, people, reminders
from storage.people import Person

LONGEST_NAME = 60


def start(turn: Turn, code: str) -> None:
    """``/start CODE``: join; without a code, or with one that is no good, say what to do."""
    if not code:
        _greet_again(turn) if turn.person else _greet_stranger(turn)
        return
    if len(code) > 64:
        turn.say(turn.words.tr("join.bad_code"), *helping.first_choices(turn))
        return
    if turn.person and invites.invite_user(turn.db, code) == turn.contact.id:
        _greet_again(turn)  # the same link pressed twice
        return
    invited = invites.redeem(turn.db, code, turn.contact.id, turn.now)
    if invited is None:
        turn.say(turn.words.tr("join.bad_code"), *helping.first_choices(turn))
        return
    name = invited.name or nfc(turn.incoming.name).strip()[:LONGEST_NAME] or turn.words.tr("join.no_name")
    turn.person = people.join(turn.db, turn.contact.id, invited, name, turn.words.language, turn.now)
    turn.rest()
    _welcome(turn, turn.person)


def _greet_stranger(turn: Turn) -> None:
    turn.say(
        turn.words.tr("join.stranger", title=turn.campaign.title.in_(turn.words.language), receiver=_receiver(turn)),
        *helping.first_choices(turn),
    )


def _receiver(turn: Turn) -> str:
    return turn.campaign.dispatch.receiver.in_(turn.words.language)


def _greet_again(turn: Turn) -> None:
    assert turn.person
    turn.say(_greeting(turn, turn.person), *helping.first_choices(turn))


def _greeting(turn: Turn, person: Person) -> str:
    role = role_text(turn.words, person.role)
    if turn.unit:
        place = turn.unit.name.in_(turn.words.language)
        return turn.words.tr("join.hello_unit", name=person.name, role=role, unit=place)
    return turn.words.tr("join.hello", name=person.name, role=role)


def _welcome(turn: Turn, person: Person) -> None:
    """Greet by role and unit, with the current state, so that nobody who joins late starts in the dark."""
    lines = [_greeting(turn, person)]
    choices: tuple[Choice, ...] = helping.first_choices(turn)
    if person.role in (Role.OFFICER, Role.LEADER) and turn.unit:
        lines += ["", current_state(turn, person)]
    elif person.role.oversees:
        lines += ["", turn.words.tr("join.manager_hint")]
    turn.say("\n".join(lines), *choices)
    if person.role in (Role.OFFICER, Role.LEADER):
        _tell_overseers(turn, person)


def current_state(turn: Turn, person: Person) -> str:
    """What the person's unit still owes, with deadlines."""
    situation = reminders.situation(turn.scope)
    assert turn.unit
    if not any(turn.campaign.owes(turn.unit, o) for o in turn.campaign.dated()):
        return turn.words.tr("join.no_dated")
    owed = [
        o for o in turn.campaign.dated()
        if turn.campaign.owes(turn.unit, o) and (turn.unit.slug, o.slug) not in situation.settled
    ]  # fmt: skip
    if not owed:
        return turn.words.tr("join.owes_nothing")
    pressing = {o.slug for o in open_obligations(turn.campaign, situation, turn.unit, turn.now)}
    lines = [turn.words.tr("join.owes")]
    for obligation in owed:
        deadline = situation.due.of(turn.unit.slug, obligation.slug)
        sign = "❗" if obligation.slug in pressing else "•"
        until = deadline_and_left(turn.words, turn.campaign, deadline, turn.now)
        lines.append(f"{sign} {turn.title(obligation)}: {until}")
    return "\n".join(lines)


def _tell_overseers(turn: Turn, person: Person) -> None:
    unit = turn.unit

    def worded(words: Words) -> Message:
        place = unit.name.in_(words.language) if unit else ""
        return Message(words.tr("join.alert", name=person.name, role=role_text(words, person.role), unit=place))

    push_to_overseers(turn.db, turn.world, worded, turn.now, f"joined:{person.id}", may_mute=True)
