"""How somebody becomes an officer, a leader, a manager or an administrator: an invite's code."""

from dataclasses import dataclass

from handlers import everyday
from handlers.message import Message, Notice
from handlers.pushing import push
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from handlers.wording.duties import contact_text, title_text
from handlers.wording.phrases import deadline_and_left, role_text
from rules.actions import Arrive
from rules.campaign.ladder import open_obligations
from rules.directory.model import Unit
from rules.people import Role
from rules.text.vietnamese import nfc
from storage import invites, people, reminders
from storage.people import Person

LONGEST_NAME = 60
LONGEST_CODE = 64


def arrive(turn: Turn, action: Arrive) -> None:
    """``/start CODE``: join; without a code, or with one that is no good, say what to do."""
    code = action.code
    if not code:
        _greet_again(turn, turn.person) if turn.person else _greet_stranger(turn)
        return
    if len(code) > LONGEST_CODE:
        _say_no_good(turn)
        return
    if turn.person and invites.invite_user(turn.db, code) == turn.contact.id:
        _greet_again(turn, turn.person)  # the same link pressed twice
        return
    if _would_lose(turn, code):
        return
    invited = invites.redeem(turn.db, code, turn.contact.id, turn.now)
    if invited is None:
        _say_no_good(turn)
        return
    name = invited.name or nfc(turn.incoming.name).strip()[:LONGEST_NAME] or turn.words.tr("join.no_name")
    turn.person = people.join(turn.db, turn.contact.id, invited, name, turn.words.language, turn.now)
    turn.rest()
    _welcome(turn, turn.person)


def _would_lose(turn: Turn, code: str) -> bool:
    """Whether somebody who oversees would do so no more, or less: whoever may invite could take that from them by a link. Says so;
    the code stays good."""
    role, offered = turn.role, invites.offered(turn.db, code, turn.now)
    if role is None or offered is None or not role.gives_up_for(offered):
        return False
    mine, theirs = role_text(turn.words, role), role_text(turn.words, offered)
    turn.say(turn.words.tr("join.lower", mine=mine, offered=theirs), *everyday.first_choices(turn))
    return True


def _say_no_good(turn: Turn) -> None:
    turn.say(turn.words.tr("join.bad_code"), *everyday.first_choices(turn))


def _greet_stranger(turn: Turn) -> None:
    language = turn.words.language
    receiver = turn.campaign.receiver.name.in_(language)
    text = turn.words.tr("join.stranger", title=turn.campaign.title.in_(language), receiver=receiver)
    turn.say(text, *everyday.first_choices(turn))


def _greet_again(turn: Turn, person: Person) -> None:
    turn.say(_greeting(turn, person), *everyday.first_choices(turn))


def _greeting(turn: Turn, person: Person) -> str:
    role = role_text(turn.words, person.role)
    if turn.unit:
        place = turn.unit.name.in_(turn.words.language)
        if person.role is Role.LEADER:
            return turn.words.tr("join.hello_leader", name=person.name, unit=place)
        return turn.words.tr("join.hello_unit", name=person.name, role=role, unit=place)
    return turn.words.tr("join.hello", name=person.name, role=role)


def _welcome(turn: Turn, person: Person) -> None:
    """Greet by role and unit, with the current state, so that nobody who joins late starts in the dark."""
    lines = [_greeting(turn, person)]
    of_a_unit = person.role in (Role.OFFICER, Role.LEADER)
    if of_a_unit and turn.unit:
        lines += ["", _current_state(turn, turn.unit)]
        lines += filter(None, [contact_text(turn.words, turn.campaign)])
    elif person.role.oversees:
        lines += ["", turn.words.tr("join.manager_hint")]
    turn.say("\n".join(lines), *everyday.first_choices(turn))
    joined = Joined(person.name, person.role, turn.unit)
    push.to_overseers(turn, joined, f"joined:{person.id}", may_mute=of_a_unit, but=person.id)


def _current_state(turn: Turn, unit: Unit) -> str:
    """What the person's unit still owes, with deadlines."""
    dated = [cell for cell in turn.owed() if cell.deadline]
    if not dated:
        return turn.words.tr("join.no_dated")
    still = [cell for cell in dated if not cell.state.done]
    if not still:
        return turn.words.tr("join.owes_nothing")
    pressing = {o.slug for o in open_obligations(turn.campaign, reminders.situation(turn.scope), unit, turn.now)}
    lines = [turn.words.tr("join.owes")]
    for cell in still:
        assert cell.deadline
        sign = "❗" if cell.duty.slug in pressing else "•"
        until = deadline_and_left(turn.words, turn.campaign, cell.deadline, turn.now)
        lines.append(f"{sign} {title_text(turn.words, cell.duty)}: {until}")
    return "\n".join(lines)


@dataclass(frozen=True)
class Joined(Notice):
    """For who oversees: somebody has joined."""

    name: str
    role: Role
    unit: Unit | None

    def message(self, words: Words) -> Message:
        """Who, as what, of which unit."""
        role = role_text(words, self.role)
        if self.role.oversees:
            return Message(words.tr("join.alert_overseer", name=self.name, role=role))
        place = self.unit.name.in_(words.language) if self.unit else ""
        return Message(words.tr("join.alert", name=self.name, role=role, unit=place))
