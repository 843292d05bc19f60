"""What an officer reads: what is asked of the unit by when in the first line, a line a duty, at most four buttons."""

from collections.abc import Iterator

from handlers.message import MOST_BUTTONS, Choice, Message, fitted
from handlers.ticking.picture import Picture
from handlers.wording.catalogs import Words
from handlers.wording.duties import contact_text, missing_text, officer_text, opening, report_label, title_text
from handlers.wording.extensions import extended_text
from handlers.wording.phrases import at_latest, deadline_and_left, deadline_short, deadline_text, left_text
from handlers.wording.register import ripe_text
from rules import actions as a
from rules.campaign.board import Cell
from rules.campaign.deadlines import last_day
from rules.campaign.ladder import Push, Reason, Step
from rules.campaign.overseeing import escalated_at
from rules.campaign.progress import State
from rules.campaign.register import months_counted, told_first
from rules.people import Role


def reminder(words: Words, push: Push, seen: Picture) -> Message:
    """All that the unit still owes."""
    cells = [seen.cell(push.unit, slug) for slug in push.obligations]
    alone = len(cells) == 1 and push.recipient is not None
    fresh = told_first(seen.campaign, seen.situation, push)
    lines = [*_first_line(words, push, seen, cells)]
    lines += [line for cell in cells for line in _line(words, seen, cell, alone, cell.duty in fresh)]
    lines += [*_on_the_leader(words, push, seen), *_closing(words, seen, cells), *_introduction(words, push, seen)]
    return Message("\n".join(lines), _choices(words, seen, cells))


# ---------------------------------------------------------------- the words


def _first_line(words: Words, push: Push, seen: Picture, cells: list[Cell]) -> Iterator[str]:
    unit = seen.campaign.directory.unit(push.unit).name.in_(words.language)
    if push.recipient is None:
        yield words.tr("remind.to_nobody", unit=unit)
        return
    who = opening(officer_text(words, seen.campaign, push.recipient.name, unit))
    if len(cells) == 1:
        yield _of_one(words, seen, cells[0], push.reasons[0], who=who, unit=unit)
        return
    cell, reason = _most_pressing(push.reasons, cells)
    values = {"who": who, "unit": unit, "count": words.number(len(cells)), "title": title_text(words, cell.duty)}
    assert cell.deadline
    if reason.step is Step.LAST_DAY:
        yield words.tr("remind.several_last_day", **values)
    else:
        left = left_text(words, seen.campaign, cell.deadline, seen.now)
        yield words.tr("remind.several", deadline=deadline_short(words, cell.deadline), left=left, **values)


def _most_pressing(reasons: tuple[Reason, ...], cells: list[Cell]) -> tuple[Cell, Reason]:
    """What can still be done in time comes before what is overdue; of each, what is due first."""
    ranked = sorted(zip(cells, reasons, strict=True), key=lambda pair: (pair[1].step.is_past, pair[0].days or 0))
    return ranked[0]


def _of_one(words: Words, seen: Picture, cell: Cell, reason: Reason, **who: str) -> str:
    """By how far it has come, and by what is missing."""
    assert cell.deadline
    title = title_text(words, cell.duty)
    short, left = deadline_short(words, cell.deadline), left_text(words, seen.campaign, cell.deadline, seen.now)
    if cell.state is State.RETURNED:
        return words.tr("remind.one_returned", title=title, receiver=_receiver(words, seen), deadline=short, left=left, **who)
    if cell.state is State.AWAITING_DOCUMENT:
        return words.tr("remind.one_awaiting", title=title, deadline=short, left=left, **who)
    if reason.step is Step.LAST_DAY:
        return words.tr("remind.one_last_day", title=title, last=at_latest(words, seen.campaign, cell.deadline), **who)
    if reason.step is Step.OVERDUE:
        return words.tr("remind.one_overdue", title=title, day=words.day(last_day(cell.deadline)), **who)
    if reason.step.is_past:
        return words.tr("remind.one_again", title=title, deadline=short, left=left, **who)
    return words.tr("remind.one", title=title, deadline=short, left=left, **who)


def _line(words: Words, seen: Picture, cell: Cell, alone: bool, fresh: bool) -> Iterator[str]:
    """``alone``: the first line has its title and how long there is. ``fresh``: its reader was never reminded of it, and hears
    which of the unit's products have their months full in time."""
    assert cell.deadline
    if alone:
        until = deadline_text(words, seen.campaign, cell.deadline)
        yield words.tr("remind.line_alone", clause=cell.duty.clause, deadline=until)
    else:
        until = deadline_and_left(words, seen.campaign, cell.deadline, seen.now)
        yield words.tr("remind.line", title=title_text(words, cell.duty), clause=cell.duty.clause, deadline=until)
    if cell.extension:
        yield "   " + extended_text(words, cell.extension)
    said_before = cell.state is State.NO_RESPONSE or (alone and cell.state is State.AWAITING_DOCUMENT)
    if not said_before:
        yield "   " + missing_text(words, cell.standing)
    products = seen.register.get(cell.unit.slug, ()) if fresh else ()
    if text := ripe_text(words, products, months_counted(cell.duty), cell.deadline.date):
        yield "   " + text


def _on_the_leader(words: Words, push: Push, seen: Picture) -> Iterator[str]:
    """That the leader hears of it today, or when that will be."""
    told = [r for r in push.reasons if r.step is Step.LEADER]
    soon = [r for r in push.reasons if r.step is Step.OVERDUE and r.rung]
    if push.recipient is None:
        return
    if told:
        names = ", ".join(leader.name for leader in seen.situation.of(push.unit, Role.LEADER) if leader.reachable)
        yield words.tr("remind.leader_told", names=names, titles=_titles(words, seen, told))
    if soon and push.unit in seen.situation.led:
        at = min(escalated_at(seen.campaign, seen.due.of(push.unit, reason.obligation)) for reason in soon)
        day = words.weekday(at.astimezone(seen.campaign.directory.zone).date())
        if at <= seen.now:  # the reminder itself is late
            return
        yield words.tr("remind.leader_soon", day=day, titles=_titles(words, seen, soon))


def _titles(words: Words, seen: Picture, reasons: list[Reason]) -> str:
    return ", ".join(seen.campaign.obligation(reason.obligation).short.in_(words.language) for reason in reasons)


def _closing(words: Words, seen: Picture, cells: list[Cell]) -> Iterator[str]:
    """That the department would like to hear of nothing, too: its wish, not the dispatch's."""
    fresh = [cell for cell in cells if cell.duty.conditional and cell.state.may_be_nothing]
    if fresh:
        receiver = _receiver(words, seen)
        yield ""
        yield (
            words.tr("remind.closing_several", receiver=receiver)
            if len(cells) > 1
            else words.tr("remind.closing", receiver=receiver)
        )


def _introduction(words: Words, push: Push, seen: Picture) -> Iterator[str]:
    """In the first message to anybody: by which dispatch, and for whom the assistant speaks."""
    if push.first:
        yield ""
        yield introduction(words, seen)


def introduction(words: Words, seen: Picture) -> str:
    """By which dispatch and for which department the assistant writes."""
    dispatch, language = seen.campaign.dispatch, words.language
    cite, subject = dispatch.cite.in_(language), dispatch.subject.in_(language)
    text = words.tr("remind.introduction", cite=cite, subject=subject, receiver=_receiver(words, seen))
    return " ".join(filter(None, (text, contact_text(words, seen.campaign))))


def _receiver(words: Words, seen: Picture) -> str:
    return seen.campaign.receiver.name.in_(words.language)


# ---------------------------------------------------------------- the buttons


def _choices(words: Words, seen: Picture, cells: list[Cell]) -> tuple[Choice, ...]:
    """One duty: what can be done about it. Several: one button each, which opens its own page."""
    campaign = seen.campaign
    if len(cells) == 1:
        return _of_one_duty(words, seen, cells[0])
    tasks = [Choice(cell.duty.short.in_(words.language), a.ShowTask(campaign.duty(cell.duty))) for cell in cells]
    if len(tasks) < MOST_BUTTONS:
        tasks.append(Choice(words.tr("button.ack"), a.Acknowledge()))
    return fitted(tasks, Choice(words.tr("button.all_tasks"), a.ChooseDuty()))


def _of_one_duty(words: Words, seen: Picture, cell: Cell) -> tuple[Choice, ...]:
    duty = seen.campaign.duty(cell.duty)
    nothing = cell.duty.conditional and cell.state.may_be_nothing
    return (
        Choice(report_label(words, cell.state), a.BeginReport(duty)),
        *((Choice(words.tr("button.nothing"), a.ReportNothing(duty)),) if nothing else ()),
        Choice(words.tr("button.ack"), a.Acknowledge(duty)),
        Choice(words.tr("button.more_choices"), a.ShowTask(duty)),
    )
