"""Status: who is in and who is not. An officer sees the own unit, who oversees sees all."""

from collections.abc import Iterator

from handlers import everyday
from handlers.managing.undated import show_undated
from handlers.message import Choice, OutFile
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from handlers.wording.duties import contact_text
from handlers.wording.extensions import extended_text
from handlers.wording.phrases import (
    BUCKET_SIGNS,
    bucket_text,
    cell_line,
    deadline_and_left,
    deadline_short,
    left_text,
    why_text,
)
from handlers.wording.reports import report_lines
from handlers.wording.standing import undated, undated_text
from handlers.wording.units import marked
from rules import actions as a
from rules.campaign import forms
from rules.campaign.board import Cell, Total
from rules.campaign.forms import FileRef
from rules.campaign.progress import Bucket, Outcome, Review, State
from rules.directory.finding import SeveralUnits, unit_in
from rules.directory.model import Unit
from storage import people, reminders, reports, unreached
from storage.reports import Submission

# ---------------------------------------------------------------- overview


def show_status(turn: Turn, _: a.ShowStatus) -> None:
    """The own unit for officers and leaders; all units for who oversees, and in a bound group."""
    if turn.in_group:
        turn.say(overview_text(turn))
    elif turn.oversees:
        turn.say(overview_text(turn), *_overview_choices(turn))
    elif turn.unit:
        _show_unit(turn, turn.unit, "")
    else:
        turn.say(turn.words.tr("status.unit_gone", contact=contact_text(turn.words, turn.campaign)))


def overview_text(turn: Turn) -> str:
    """Each dated obligation with its four buckets."""
    words, campaign = turn.words, turn.campaign
    lines = [words.tr("status.title", at=words.moment(turn.now))]
    for item in campaign.dated():
        assert item.deadline
        total = turn.board.total_of_duty(item.slug)
        left = left_text(words, campaign, item.deadline, turn.now)
        title = item.title.in_(words.language)
        lines += ["", words.tr("status.obligation", title=title, day=deadline_short(words, item.deadline), left=left)]
        lines.append("  ".join(f"{BUCKET_SIGNS[bucket]} {total.buckets[bucket]}" for bucket in Bucket))
        notes = _notes(words, total, sum(cell.extension is not None for cell in turn.board.of_duty(item.slug)))
        lines += [", ".join(notes)] if notes else []
    lines += ["", *(bucket_text(words, bucket) for bucket in Bucket)]
    standing = undated_text(words, turn.board)
    lines += ["", standing] if standing else []
    gone = _gone(turn)
    lines += ["", words.tr("status.gone", units=", ".join(gone))] if gone else []
    return "\n".join(lines)


def _gone(turn: Turn) -> list[str]:
    """Units of whom something is kept, and that are in the directory no more."""
    kept = reports.units(turn.scope) | turn.enrolled
    return sorted(unit for unit in kept if unit and not turn.directory.has_unit(unit))


def _notes(words: Words, total: Total, extended: int) -> list[str]:
    """What the buckets do not tell."""
    nothing, returned, awaiting = (total.states[s] for s in (State.NOTHING, State.RETURNED, State.AWAITING_DOCUMENT))
    notes = [words.tr("status.nothing", count=nothing)] if nothing else []
    notes += [words.tr("status.on_the_day", count=total.on_the_day)] if total.on_the_day else []
    notes += [words.tr("status.awaiting_document", count=awaiting)] if awaiting else []
    notes += [words.tr("status.returned", count=returned)] if returned else []
    withdrawn = total.states[State.WITHDRAWN]
    notes += [words.tr("status.withdrawn", count=withdrawn)] if withdrawn else []
    notes += [words.tr("status.extended", count=extended)] if extended else []
    return notes


def _overview_choices(turn: Turn) -> list[Choice]:
    language = turn.words.language
    return [
        *(Choice(o.short.in_(language), a.ShowDuty(turn.campaign.duty(o))) for o in turn.campaign.dated()),
        Choice(turn.words.tr("button.nudge"), a.ChooseNudge()),
        Choice(turn.words.tr("button.reached"), a.ShowUnreached()),
        *([Choice(turn.words.tr("button.standing"), a.ShowStanding())] if undated(turn.board) else []),
    ]


# ---------------------------------------------------------------- one duty


def show_duty(turn: Turn, action: a.ShowDuty) -> None:
    """One duty: units by bucket."""
    slug = action.duty.slug
    item = turn.campaign.obligation(slug)
    if item.deadline is None:
        show_undated(turn, item)
        return
    clause = turn.words.tr("clause.short", id=item.clause)
    lines = [f"{turn.title(item)} ({clause})", deadline_and_left(turn.words, turn.campaign, item.deadline, turn.now)]
    for bucket in Bucket:
        inside = turn.board.of_duty(slug, bucket)
        if inside:
            lines += ["", f"{bucket_text(turn.words, bucket)}: {len(inside)}"]
            lines.append(", ".join(marked(turn.words, cell) for cell in inside))
    choices = [Choice(turn.words.tr("button.nudge"), a.ConfirmNudge(action.duty))] if turn.board.open_of(slug) else []
    choices += [Choice(cell.unit.short, a.ShowUnit(cell.unit.slug)) for cell in turn.board.of_duty(slug)]
    turn.say("\n".join(lines), *choices)


def _say_unknown(turn: Turn) -> None:
    turn.say(turn.words.tr("unknown_button"), *everyday.first_choices(turn))


# ---------------------------------------------------------------- one unit


def show_unit(turn: Turn, action: a.ShowUnit) -> None:
    """One unit: every duty, who is enrolled, who has acknowledged."""
    _show_unit(turn, turn.directory.unit(action.unit), action.duty.slug if action.duty else "")


def _show_unit(turn: Turn, found: Unit, only: str) -> None:
    words, slug = turn.words, found.slug
    owed = [c for c in turn.board_of_unit(slug).of_unit(slug) if not only or c.duty.slug == only]
    office = turn.directory.is_office(found)
    shown = [c for c in owed if office or c.deadline or c.state is not State.NO_RESPONSE] or owed
    lines = [found.name.in_(words.language)]
    for cell in shown:
        lines.append(cell_line(words, turn.campaign, cell, turn.now))
        if cell.extension:
            lines.append("   " + extended_text(words, cell.extension))
    lines += _people_lines(turn, slug)
    turn.say("\n".join(lines), *_unit_choices(turn, found, shown))


def _people_lines(turn: Turn, slug: str) -> list[str]:
    words = turn.words
    names = [p.name for p in people.of_unit(turn.db, slug)]
    seen = [one for one in reminders.acknowledged(turn.scope) if one.unit == slug]
    lines = ["", words.tr("status.people", names=", ".join(names)) if names else words.tr("status.nobody")]
    for item in (one for one in seen if turn.campaign.has_obligation(one.obligation)):
        title = turn.campaign.obligation(item.obligation).short.in_(words.language)
        lines.append(words.tr("status.acknowledged", name=item.name, title=title, at=words.short_moment(item.at)))
    return lines


def _unit_choices(turn: Turn, found: Unit, shown: list[Cell]) -> list[Choice]:
    words = turn.words
    choices = []
    for cell in shown:
        duty, title, reported = turn.campaign.duty(cell.duty), cell.duty.short.in_(words.language), cell.standing.revision > 0
        if turn.oversees and reported:
            choices.append(Choice(words.tr("button.look", title=title), a.ShowReport(found.slug, duty)))
        if turn.oversees and cell.deadline and not cell.state.done:
            choices.append(Choice(words.tr("button.extend", title=title), a.BeginExtension(found.slug, duty)))
        if not turn.oversees and cell.deadline and not cell.state.done:
            choices.append(Choice(words.tr("button.report_next", title=title), a.BeginReport(duty)))
        elif not turn.oversees and reported:
            choices.append(Choice(words.tr("button.look", title=title), a.ShowOwnReport(duty)))
    return choices


def which_unit(turn: Turn, action: a.WhichUnit) -> None:
    """A name that collides is asked back, never guessed."""
    meant = unit_in(action.text, turn.directory)
    if not isinstance(meant, SeveralUnits):
        _say_unknown(turn)
        return
    choices = [Choice(turn.directory.unit(u).name.in_(turn.words.language), a.ShowUnit(u)) for u in meant.units]
    if meant.also:
        choices.append(Choice(turn.words.tr("unit.none_of_these", also=meant.also), a.ShowHelp()))
    turn.say(turn.words.tr("unit.which", says=meant.says), *choices)


# ---------------------------------------------------------------- one report


def show_report(turn: Turn, action: a.ShowReport) -> None:
    """What a unit reported, with its answers."""
    found = reports.latest(turn.scope, action.unit, action.duty.slug)
    if found is None:
        turn.say(turn.words.tr("status.no_report"))
        return
    _show_report(turn, found)


def show_receipt(turn: Turn, action: a.ShowReceipt) -> None:
    """The report with that receipt."""
    found = reports.find_receipt(turn.scope, action.receipt)
    assert found, "whose receipt it is was asked before"
    _show_report(turn, found)


def _show_report(turn: Turn, found: Submission) -> None:
    words, campaign = turn.words, turn.campaign
    if not turn.directory.has_unit(found.unit) or not campaign.has_obligation(found.obligation):
        turn.say(words.tr("status.gone_report", code=found.receipt, unit=found.unit))
        return
    item, unit = campaign.obligation(found.obligation), campaign.directory.unit(found.unit)
    cell = turn.board_of_unit(found.unit).cell(found.unit, found.obligation)
    assert cell, "it was reported, so it is owed"
    lines = [f"{unit.name.in_(words.language)}: {item.title.in_(words.language)}", *report_lines(words, campaign, found, cell)]
    choices = list(_review_choices(words, found)) if found.revision == cell.standing.revision else []
    answers = forms.answers_from_json(campaign.form(item), found.answers)
    if any(isinstance(value, FileRef) for value in answers.values()):
        choices.append(Choice(words.tr("button.file"), a.SendReportFile(found.id)))
    turn.say("\n".join(lines), *choices)


def _review_choices(words: Words, found: Submission) -> Iterator[Choice]:
    """What a manager can still say of the newest revision; to confirm it is offered once."""
    if found.outcome is Outcome.WITHDRAWN:
        return
    if found.review is not Review.CONFIRMED:
        yield Choice(words.tr("button.confirm"), a.ConfirmReport(found.id))
    elif found.outcome is Outcome.SUBMITTED and not found.arrival:
        yield Choice(words.tr("button.arrival"), a.BeginArrival(found.id))
    yield Choice(words.tr("button.more"), a.BeginWantingMore(found.id))


def send_file(turn: Turn, action: a.SendReportFile) -> None:
    """The file that came with a report."""
    found = reports.by_id(turn.scope, action.submission)
    assert found, "whose report it is was asked before"
    form = turn.campaign.form(turn.campaign.obligation(found.obligation))
    came = [value for value in forms.answers_from_json(form, found.answers).values() if isinstance(value, FileRef)]
    for value in came:
        turn.say(value.name, file=OutFile(value.hash, value.name))
    if not came:
        _say_unknown(turn)


# ---------------------------------------------------------------- who is not reached, and who is told


def show_unreached(turn: Turn, _: a.ShowUnreached) -> None:
    """ "Không liên lạc được": units without anybody, and people whom no way reaches, with the reason."""
    turn.say(_reached_text(turn), Choice(turn.words.tr("button.status"), a.ShowStatus()))


def _reached_text(turn: Turn) -> str:
    words, everyone = turn.words, people.recipients(turn.db)
    staffed = {r.unit for r in everyone if not r.role.oversees}
    empty = [u.short for u in turn.directory.alike if u.slug not in staffed]
    lines = [words.tr("reached.nobody", units=", ".join(empty)) if empty else words.tr("reached.all_enrolled")]
    listed = unreached.everybody(turn.db)
    known = {item.person_id for item in listed}
    for item in listed:
        place, why = _place(turn, item.unit), why_text(words, item.why)
        lines.append(words.tr("reached.why", name=item.name, unit=place, why=why, at=words.short_moment(item.at)))
    lines += [
        words.tr("reached.refused", name=r.name, unit=_place(turn, r.unit))
        for r in everyone
        if not r.reachable and r.person not in known
    ]
    return "\n".join(lines)


def _place(turn: Turn, unit: str) -> str:
    return turn.directory.unit(unit).short if turn.directory.has_unit(unit) else turn.words.tr("people.all_units")


def mute(turn: Turn, _: a.Mute) -> None:
    """No alert at each submission; digests and escalations still come."""
    assert turn.person
    people.set_muted(turn.db, turn.person.id, muted=True)
    turn.say(turn.words.tr("muted"))


def unmute(turn: Turn, _: a.Unmute) -> None:
    """An alert at each submission again."""
    assert turn.person
    people.set_muted(turn.db, turn.person.id, muted=False)
    turn.say(turn.words.tr("unmuted"))
