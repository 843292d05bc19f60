"""What those hear to whom a duty of the unit was handed, and what they say to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from handlers import everyday
from handlers.message import Choice, Message, Notice
from handlers.pushing import push
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from handlers.wording.duties import report_label, title_text
from handlers.wording.phrases import deadline_and_left
from rules.actions import AcceptTask, BeginInvite, BeginReport, ChooseDuty, DeclineTask
from rules.campaign.board import Cell
from rules.campaign.model import Campaign
from rules.directory.model import Unit
from rules.packing import Duty
from rules.people import Role
from storage import assignments, people
from storage.assignments import Assignment


def accept(turn: Turn, action: AcceptTask) -> None:
    """ "Nhận việc": who gave it hears so."""
    if turn.person is None or turn.unit is None:
        return
    turn.close_buttons()
    mine = _mine(turn, action.duty)
    if not mine:
        turn.say(turn.words.tr("hand.not_yours"), *everyday.first_choices(turn))
        return
    fresh = assignments.accept(turn.scope, turn.unit.slug, [each.obligation for each in mine], turn.person.id, turn.now)
    told = _tell_giver(turn, fresh, accepted=True)
    text = turn.words.tr("hand.accepted", name=told) if told else turn.words.tr("hand.accepted_alone")
    turn.say(text, *_report(turn, mine))


def _mine(turn: Turn, duty: Duty | None) -> list[Assignment]:
    """What the asker has in hand: one duty, or what was handed over together last."""
    assert turn.person
    assert turn.unit
    mine = assignments.of_person(turn.scope, turn.unit.slug, turn.person.id)
    return assignments.given_last(mine) if duty is None else [each for each in mine if each.obligation == duty.slug]


def _report(turn: Turn, mine: list[Assignment]) -> tuple[Choice, ...]:
    if len(mine) == 1:
        duty = Duty(turn.campaign.number, mine[0].obligation)
        return (Choice(turn.words.tr("button.report_now"), BeginReport(duty)),)
    return (Choice(turn.words.tr("button.report"), ChooseDuty()),)


def _tell_giver(turn: Turn, given: list[Assignment], accepted: bool) -> str:
    """Tell who gave it, if that one is still of the unit and can be reached; the name of who was told."""
    assert turn.person
    giver = next((each.given_by_id for each in given), None)
    found = people.by_id(turn.db, giver) if giver is not None else None
    if found is None or found.id == turn.person.id or found.unit != turn.person.unit:
        return ""
    slugs = {each.obligation for each in given}
    cells = tuple(cell for cell in turn.owed() if cell.duty.slug in slugs)
    told = Answered(cells, turn.person.name, accepted)
    return found.name if push.to_person(turn, found, told, key_of(turn, "answered", found.id)) else ""


def key_of(turn: Turn, what: str, person: int) -> str:
    """What makes news of this turn go to somebody once."""
    return f"{what}:{person}:{turn.incoming.channel}:{turn.incoming.update_id}"


def tell_again(turn: Turn, given: list[Assignment], by: str) -> None:
    """Who had it before has it again, and hears so."""
    for person in {each.before_id for each in given if each.before_id is not None}:
        slugs = {each.obligation for each in given if each.before_id == person}
        found = people.by_id(turn.db, person)
        if found and turn.person and found.id != turn.person.id:
            cells = tuple(cell for cell in turn.owed() if cell.duty.slug in slugs)
            push.to_person(turn, found, YoursAgain(cells, by), key_of(turn, "again", person))


def decline(turn: Turn, action: DeclineTask) -> None:
    """ "Không nhận": whose it was before, or all of the unit, are reminded again; who gave it hears so."""
    if turn.person is None or turn.unit is None:
        return
    turn.close_buttons()
    slugs = [each.obligation for each in _mine(turn, action.duty)]
    given = assignments.take_back(turn.scope, turn.unit.slug, slugs, turn.person.id)
    if not given:
        turn.say(turn.words.tr("hand.not_yours"), *everyday.first_choices(turn))
        return
    told = _tell_giver(turn, given, accepted=False)
    tell_again(turn, given, turn.person.name)
    text = turn.words.tr("hand.declined", name=told) if told else turn.words.tr("hand.declined_alone")
    turn.say(text, *everyday.first_choices(turn))


# ---------------------------------------------------------------- as they hear it


def _titles(words: Words, cells: tuple[Cell, ...]) -> str:
    return "; ".join(words.tr("hand.title", title=title_text(words, cell.duty)) for cell in cells)


@dataclass(frozen=True)
class Handed(Notice):
    """For a colleague: what is theirs to do from now on."""

    campaign: Campaign
    unit: Unit
    cells: tuple[Cell, ...]
    by: str
    now: datetime
    duty: Duty | None

    def message(self, words: Words) -> Message:
        """By whom, what, by when; a tap says that it is in hand."""
        unit = self.unit.name.in_(words.language)
        lines = [words.tr("hand.given", name=self.by, unit=unit), *self._lines(words), words.tr("hand.given_closing")]
        alone = self.cells[0] if len(self.cells) == 1 else None
        report = (
            Choice(report_label(words, alone.state), BeginReport(self.campaign.duty(alone.duty)))
            if alone
            else Choice(words.tr("button.report"), ChooseDuty())
        )
        accept, decline = words.tr("button.accept_task"), words.tr("button.decline_task")
        return Message("\n".join(lines), (Choice(accept, AcceptTask(self.duty)), report, Choice(decline, DeclineTask(self.duty))))

    def _lines(self, words: Words) -> Iterator[str]:
        for cell in self.cells:
            title = title_text(words, cell.duty)
            if cell.deadline:
                until = deadline_and_left(words, self.campaign, cell.deadline, self.now)
                yield words.tr("remind.line", title=title, clause=cell.duty.clause, deadline=until)
            else:
                yield f"• {title}"


@dataclass(frozen=True)
class Answered(Notice):
    """For who handed something over: whether the colleague has taken it on."""

    cells: tuple[Cell, ...]
    name: str
    accepted: bool

    def message(self, words: Words) -> Message:
        """Who, what, and what follows from it."""
        titles = _titles(words, self.cells)
        if self.accepted:
            return Message(words.tr("hand.was_accepted", name=self.name, titles=titles))
        return Message(words.tr("hand.was_declined", name=self.name, titles=titles))


@dataclass(frozen=True)
class NoMore(Notice):
    """For who had something in hand: it is ``now`` somebody else's, or nobody's alone."""

    cells: tuple[Cell, ...]
    by: str
    now: str = ""

    def message(self, words: Words) -> Message:
        """By whom, what, and who does it."""
        titles = _titles(words, self.cells)
        if self.now:
            return Message(words.tr("hand.given_to_another", by=self.by, name=self.now, titles=titles))
        return Message(words.tr("hand.taken_from_you", by=self.by, titles=titles))


@dataclass(frozen=True)
class YoursAgain(Notice):
    """For who had something in hand before it was handed on: it is theirs again."""

    cells: tuple[Cell, ...]
    by: str

    def message(self, words: Words) -> Message:
        """By whom, and what."""
        return Message(words.tr("hand.yours_again", by=self.by, titles=_titles(words, self.cells)))


@dataclass(frozen=True)
class Wanted(Notice):
    """For who oversees: a unit asks for a further officer to be invited."""

    unit: Unit
    by: str

    def message(self, words: Words) -> Message:
        """Who asks, for which unit."""
        text = words.tr("hand.wanted", name=self.by, unit=self.unit.name.in_(words.language))
        return Message(text, (Choice(words.tr("button.invite_officer"), BeginInvite(Role.OFFICER, self.unit.slug)),))
