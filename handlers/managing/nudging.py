""" "Nhắc ngay": one tap that chases every unit still missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers.message import Choice, Message, Notice
from handlers.pushing import push
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from handlers.wording.phrases import deadline_and_left
from rules.actions import Acknowledge, BeginReport, Cancel, ChooseNudge, ConfirmNudge, NameNudge, Nudge, ReportNothing
from rules.campaign.deadlines import last_day
from rules.campaign.model import Campaign, Deadline, Obligation
from rules.directory.model import Unit
from rules.people import Role
from storage import assignments, people, reports


@dataclass(frozen=True)
class _Missing:
    """A unit that still owes an obligation, and who can be written to there."""

    unit: Unit
    officers: tuple[people.Person, ...]


def name_duty(turn: Turn, action: NameNudge) -> None:
    """The duty as typed behind a command; asked for where it is none."""
    named = turn.of_dispatch.obligation_named(action.text)
    if named and named.deadline:
        confirm(turn, ConfirmNudge(turn.campaign.duty(named)))
    else:
        choose_nudge(turn, ChooseNudge())


def choose_nudge(turn: Turn, _: ChooseNudge) -> None:
    """Which duty?"""
    choices = []
    for item in turn.campaign.dated():
        count = len(_missing(turn, item))
        if count:
            label = f"{item.short.in_(turn.words.language)} ({count})"
            choices.append(Choice(label, ConfirmNudge(turn.campaign.duty(item))))
    turn.say(turn.words.tr("nudge.which") if choices else turn.words.tr("nudge.all_in"), *choices)


def _missing(turn: Turn, item: Obligation) -> list[_Missing]:
    everyone = people.present(turn.db)
    doing = {each.unit: each.person_id for each in assignments.present(turn.scope) if each.obligation == item.slug}
    return [
        _Missing(cell.unit, _asked(everyone, cell.unit.slug, doing.get(cell.unit.slug))) for cell in turn.board.open_of(item.slug)
    ]


def _asked(everyone: list[people.Person], unit: str, doing: int | None) -> tuple[people.Person, ...]:
    """The officers of a unit, or the one of them who has it in hand."""
    officers = tuple(p for p in everyone if p.unit == unit and p.role is Role.OFFICER)
    return tuple(p for p in officers if p.id == doing) or officers


def confirm(turn: Turn, action: ConfirmNudge) -> None:
    """Ask once, with the numbers. Only a duty with a deadline is chased."""
    item = turn.campaign.obligation(action.duty.slug)
    if not item.deadline:
        choose_nudge(turn, ChooseNudge())
        return
    missing = _missing(turn, item)
    if not missing:
        turn.say(turn.words.tr("nudge.all_in"))
        return
    names = ", ".join(m.unit.short for m in missing)
    turn.say(
        turn.words.tr("nudge.ask", title=turn.title(item), count=len(missing), units=names),
        Choice(turn.words.tr("button.nudge_go"), Nudge(action.duty, f"{turn.now:%m%d%H%M}")),
        Choice(turn.words.tr("button.cancel"), Cancel()),
    )


def go(turn: Turn, action: Nudge) -> None:
    """Send it; the same confirmation pressed twice sends once."""
    turn.close_buttons()
    assert turn.person
    item = turn.campaign.obligation(action.duty.slug)
    if not item.deadline:
        choose_nudge(turn, ChooseNudge())
        return
    due = reports.due(turn.scope)
    reached, silent = 0, []
    for missing in _missing(turn, item):
        deadline = due.of(missing.unit.slug, item.slug)
        nudged = Nudged(turn.campaign, item, missing.unit, deadline, turn.person.name, turn.now)
        got = [push.to_person(turn, p, nudged, f"nudge:{item.slug}:{action.stamp}:p{p.id}") for p in missing.officers]
        if any(got):
            reached += 1
        else:
            silent.append(missing.unit.short)
    text = turn.words.tr("nudge.done", count=reached)
    if silent:
        text += "\n" + turn.words.tr("nudge.unreached", units=", ".join(silent))
    turn.say(text)


@dataclass(frozen=True)
class Nudged(Notice):
    """For the officers of a unit: a manager asks for what is still missing."""

    campaign: Campaign
    obligation: Obligation
    unit: Unit
    deadline: Deadline
    by: str
    at: datetime

    def message(self, words: Words) -> Message:
        """Who asks, for what, until when."""
        item, duty = self.obligation, self.campaign.duty(self.obligation)
        text = words.tr(
            "nudge.text", name=self.by, title=item.title.in_(words.language), clause=item.clause,
            deadline=deadline_and_left(words, self.campaign, self.deadline, self.at),
        )  # fmt: skip
        return Message(
            text,
            (Choice(words.tr("button.report_now"), BeginReport(duty)), Choice(words.tr("button.nothing"), ReportNothing(duty)),
             Choice(words.tr("button.ack"), Acknowledge(duty))),
        )  # fmt: skip

    def facts(self, words: Words) -> Mapping[str, str]:
        """As a reminder's."""
        return {
            "kind": "reminder", "titles": self.obligation.short.in_(words.language),
            "deadline": words.day(last_day(self.deadline)), "unit": self.unit.name.in_(words.language),
        }  # fmt: skip
