"""How somebody becomes an officer, a leader, a manager or an administrator: an invite's code."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from handlers import everyday
from handlers.desk import Desk
from handlers.message import Message, Notice
from handlers.pushing import push
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from handlers.wording.duties import contact_text, officer_text, title_text
from handlers.wording.phrases import deadline_and_left, role_text
from rules.actions import Arrive
from rules.campaign.board import Cell
from rules.campaign.ladder import open_obligations
from rules.campaign.model import Campaign
from rules.directory.model import Unit
from rules.people import Role
from rules.text.vietnamese import nfc
from storage import invites, join_requests, people, reminders
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
    join_requests.close_of(turn.db, turn.contact.id, turn.now)
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
    bad = turn.words.tr("join.bad_code") if turn.person else turn.words.tr("join.bad_code_stranger")
    turn.say(bad, *everyday.first_choices(turn))


def _greet_stranger(turn: Turn) -> None:
    language = turn.words.language
    receiver = turn.campaign.receiver.name.in_(language)
    text = turn.words.tr("join.stranger", title=turn.campaign.title.in_(language), receiver=receiver)
    turn.say(text, *everyday.first_choices(turn))


def _greet_again(turn: Turn, person: Person) -> None:
    turn.say(greeting(turn.words, turn.campaign, person.name, person.role, turn.unit), *everyday.first_choices(turn))


def greeting(words: Words, campaign: Campaign, name: str, role: Role, unit: Unit | None) -> str:
    """By name, role and unit."""
    called = role_text(words, role)
    if unit is None:
        return words.tr("join.hello", name=name, role=called)
    place = unit.name.in_(words.language)
    who = officer_text(words, campaign, name, place)
    if role is Role.LEADER:
        return words.tr("join.hello_leader", who=who, unit=place)
    return words.tr("join.hello_unit", who=who, role=called, unit=place)


def _welcome(turn: Turn, person: Person) -> None:
    """Greet, and tell the others."""
    said = welcome(turn, person, turn.unit).message(turn.words)
    turn.say(said.text, *said.choices)
    of_a_unit = not person.role.oversees
    joined = Joined(person.name, person.role, turn.unit)
    push.to_overseers(turn, joined, f"joined:{person.id}", may_mute=of_a_unit, but=person.id)


def welcome(desk: Desk, person: Person, unit: Unit | None) -> "Welcome":
    """The greeting of somebody who has just come."""
    if unit is None:
        return Welcome(desk.campaign, person.name, person.role, None, (), frozenset(), desk.now)
    dated = tuple(cell for cell in desk.board_of_unit(unit.slug).of_unit(unit.slug) if cell.deadline)
    begun = open_obligations(desk.campaign, reminders.situation(desk.scope), unit, desk.now)
    return Welcome(desk.campaign, person.name, person.role, unit, dated, frozenset(o.slug for o in begun), desk.now)


# ---------------------------------------------------------------- as they and the others hear it


@dataclass(frozen=True)
class Welcome(Notice):
    """For who has just come: role and unit, with the current state, so that nobody who joins late starts in the dark."""

    campaign: Campaign
    name: str
    role: Role
    unit: Unit | None
    dated: tuple[Cell, ...]
    """What the unit has to report by a day."""
    pressing: frozenset[str]
    """What of it is reminded of by now."""
    now: datetime

    def message(self, words: Words) -> Message:
        """The greeting, what is open, whom to call; the usual buttons."""
        lines = [greeting(words, self.campaign, self.name, self.role, self.unit)]
        if self.unit:
            lines += ["", *self._state(words), *filter(None, [contact_text(words, self.campaign)])]
        elif self.role.oversees:
            lines += ["", words.tr("join.manager_hint")]
        return Message("\n".join(lines), everyday.choices_of(words, self.role))

    def _state(self, words: Words) -> Iterator[str]:
        still = [cell for cell in self.dated if not cell.state.done]
        if not self.dated:
            yield words.tr("join.no_dated")
        elif not still:
            yield words.tr("join.owes_nothing")
        else:
            yield words.tr("join.owes")
        for cell in still:
            assert cell.deadline
            sign = "❗" if cell.duty.slug in self.pressing else "•"
            until = deadline_and_left(words, self.campaign, cell.deadline, self.now)
            yield f"{sign} {title_text(words, cell.duty)}: {until}"


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
