"""Status: who is in and who is not. An officer sees the own unit, managers see all."""

import re

from handlers import talking as helping
from handlers.turn import Choice, OutFile, Turn
from handlers.wording.phrases import (
    BUCKET_SIGNS,
    answers_text,
    bucket_text,
    deadline_and_left,
    left_text,
    outcome_text,
    standing_line,
    timing_text,
    why_text,
)
from rules.campaign import forms
from rules.campaign.deadlines import Due
from rules.campaign.forms import FileRef
from rules.campaign.model import Obligation, Unit
from rules.campaign.progress import Bucket, Outcome, Standing, bucket_of, timing_of
from rules.codes import looks_like_receipt
from rules.directory.finding import AskBack, Found, Meant, code_in, units_in
from rules.ids import read_id
from rules.text.lexicon import expand
from storage import people, reminders, reports, unreached
from storage.reports import Submission

Standings = dict[tuple[str, str], Standing]


# ---------------------------------------------------------------- asked in plain words

_STATUS = re.compile(
    r"\b(tien do|ai (?:chua|da) (?:nop|gui|bao cao)|(?:chua|da) (?:nop|gui|bao cao)|nop (?:chua|roi|den dau)|nop den dau|"
    r"bao cao chua|gui chua|xong chua|tinh hinh (?:nop|bao cao|thuc hien)|don vi nao|huyen nao|thong ke|tong hop|"
    r"status|progress|who has(?: not)? (?:reported|submitted)|submitted yet)\b"
)


def asks_status(turn: Turn, text: str) -> bool:
    """Whether a sentence asks how far things are: its words say so, or a unit is named alone."""
    if _STATUS.search(expand(text)):
        return True
    if not turn.oversees:
        return False
    meant = units_in(text, turn.campaign)
    return bool(meant) and len(expand(text).split()) <= 5 and not turn.answerer.obligation_named(text)


def answer_status(turn: Turn, text: str) -> None:
    """Status of a unit, of an obligation, or of everything, as the sentence says."""
    if turn.person is None:
        turn.say(turn.words.tr("status.stranger", receiver=turn.campaign.dispatch.receiver.in_(turn.words.language)))
        return
    named = turn.answerer.obligation_named(text)
    meant = units_in(text, turn.campaign)
    coded: Meant = None if meant else code_in(text, turn.campaign)
    match meant[0] if meant else coded:
        case Found(slug):
            unit(turn, f"{slug} {named.slug}" if named else slug)
        case AskBack() as which:
            _ask_back(turn, which)
        case None:
            if named and named.deadline and turn.oversees:
                obligation(turn, named.slug)
            else:
                status(turn, "")


def _ask_back(turn: Turn, which: AskBack) -> None:
    """A name that collides is asked back, never guessed."""
    choices = [Choice(turn.campaign.unit(u).name.in_(turn.words.language), f"unit {u}") for u in which.units]
    if which.also:
        choices.append(Choice(turn.words.tr("unit.none_of_these", also=which.also), "help"))
    turn.say(turn.words.tr("unit.which", says=which.says), *choices)


# ---------------------------------------------------------------- overview


def status(turn: Turn, _: str = "") -> None:
    """The own unit for officers and leaders; all units for managers."""
    if turn.person is None:
        turn.say(turn.words.tr("status.stranger", receiver=turn.campaign.dispatch.receiver.in_(turn.words.language)))
    elif turn.oversees:
        turn.say(overview_text(turn), *_overview_choices(turn))
    elif turn.unit:
        unit(turn, turn.unit.slug)


def overview_text(turn: Turn) -> str:
    """Each dated obligation with its four buckets."""
    words, campaign = turn.words, turn.campaign
    standings, due = reports.standings(turn.scope), reports.due(turn.scope)
    lines = [words.tr("status.title", at=words.moment(turn.now))]
    for item in campaign.dated():
        assert item.deadline
        counts, nothing, on_the_day = _counts(turn, item, standings, due)
        left = left_text(words, campaign, item.deadline, turn.now)
        lines += [
            "",
            words.tr("status.obligation", title=item.title.in_(words.language), day=words.day(item.deadline.date), left=left),
        ]
        lines.append("  ".join(f"{BUCKET_SIGNS[bucket]} {counts[bucket]}" for bucket in Bucket))
        notes = []
        if nothing:
            notes.append(words.tr("status.nothing", count=nothing))
        if on_the_day:
            notes.append(words.tr("status.on_the_day", count=on_the_day))
        if notes:
            lines.append(", ".join(notes))
    lines += ["", *(bucket_text(words, bucket) for bucket in Bucket)]
    return "\n".join(lines)


def _counts(turn: Turn, item: Obligation, standings: Standings, due: Due) -> tuple[dict[Bucket, int], int, int]:
    counts = dict.fromkeys(Bucket, 0)
    nothing = on_the_day = 0
    for unit_ in turn.campaign.units:
        standing = standings.get((unit_.slug, item.slug))
        if standing is None:
            continue
        counts[bucket_of(standing, due, turn.campaign, turn.now)] += 1
        nothing += standing.outcome is Outcome.NOTHING
        on_the_day += timing_of(standing, due, turn.campaign) == "on_the_day"
    return counts, nothing, on_the_day


def _overview_choices(turn: Turn) -> list[Choice]:
    language = turn.words.language
    return [
        *(Choice(o.short.in_(language), f"obl {o.slug}") for o in turn.campaign.dated()),
        Choice(turn.words.tr("button.nudge"), "nudge"),
        Choice(turn.words.tr("button.reached"), "look reached"),
    ]


# ---------------------------------------------------------------- one obligation, one unit


def obligation(turn: Turn, slug: str) -> None:
    """One obligation: units by bucket."""
    if not turn.oversees:
        turn.say(turn.words.tr("managers_only"))
        return
    if not turn.campaign.has_obligation(slug) or turn.campaign.obligation(slug).deadline is None:
        turn.say(turn.words.tr("unknown_button"), *helping.first_choices(turn))
        return
    item = turn.campaign.obligation(slug)
    assert item.deadline
    standings, due = reports.standings(turn.scope), reports.due(turn.scope)
    clause = turn.words.tr("clause.short", id=item.clause)
    lines = [
        f"{turn.title(item)} ({clause})",
        deadline_and_left(turn.words, turn.campaign, item.deadline, turn.now),
    ]
    open_units: list[Unit] = []
    for bucket in Bucket:
        inside = _units_in(turn, item, standings, due, bucket)
        if inside:
            lines += ["", f"{bucket_text(turn.words, bucket)}: {len(inside)}"]
            lines.append(", ".join(_with_mark(turn, u, standings[(u.slug, slug)], due) for u in inside))
            if bucket in (Bucket.OPEN_IN_TIME, Bucket.OPEN_OVERDUE):
                open_units += inside
    choices = [Choice(turn.words.tr("button.nudge"), f"nudge {slug}")] if open_units else []
    choices += [Choice(u.short, f"unit {u.slug}") for u in turn.campaign.units if turn.campaign.owes(u, item)]
    turn.say("\n".join(lines), *choices)


def _units_in(turn: Turn, item: Obligation, standings: Standings, due: Due, bucket: Bucket) -> list[Unit]:
    return [
        u for u in turn.campaign.units
        if (u.slug, item.slug) in standings
        and bucket_of(standings[(u.slug, item.slug)], due, turn.campaign, turn.now) is bucket
    ]  # fmt: skip


def _with_mark(turn: Turn, unit_: Unit, standing: Standing, due: Due) -> str:
    """A unit's name, with what its bucket does not tell."""
    marks = []
    if standing.outcome is Outcome.NOTHING:
        marks.append(turn.words.tr("mark.nothing"))
    if standing.outcome is Outcome.IN_PROGRESS:
        marks.append(turn.words.tr("mark.in_progress"))
    if timing_of(standing, due, turn.campaign) == "on_the_day":
        marks.append(turn.words.tr("timing.on_the_day"))
    return f"{unit_.short} ({', '.join(marks)})" if marks else unit_.short


def unit(turn: Turn, rest: str) -> None:
    """One unit: every obligation, who is enrolled, who has acknowledged."""
    slug, _, only = rest.partition(" ")
    if turn.person is None or not turn.campaign.has_unit(slug):
        turn.say(turn.words.tr("unknown_button"), *helping.first_choices(turn))
        return
    if not turn.oversees and turn.person.unit != slug:
        turn.say(turn.words.tr("status.own_only"), Choice(turn.words.tr("button.status"), "status"))
        return
    words, found = turn.words, turn.campaign.unit(slug)
    standings, due = reports.standings(turn.scope), reports.due(turn.scope)
    lines = [found.name.in_(words.language)]
    owed = [o for o in turn.campaign.owed_by(found) if not only or o.slug == only]
    shown = [o for o in owed if o.deadline or standings[(slug, o.slug)].outcome is not Outcome.NO_RESPONSE] or owed
    for item in shown:
        lines.append(standing_line(words, turn.campaign, item, standings[(slug, item.slug)], due, turn.now))
        longer = due.extension(slug, item.slug) if item.deadline else None
        if longer:
            lines.append("   " + words.tr("status.extended", day=words.day(longer.date), reason=longer.reason))
    lines += _people_lines(turn, slug)
    turn.say("\n".join(lines), *_unit_choices(turn, found, shown, standings))


def _people_lines(turn: Turn, slug: str) -> list[str]:
    words = turn.words
    names = [p.name for p in people.of_unit(turn.db, slug)]
    seen = [a for a in reminders.acknowledged(turn.scope) if a.unit == slug]
    lines = ["", words.tr("status.people", names=", ".join(names)) if names else words.tr("status.nobody")]
    for item in seen:
        title = turn.campaign.obligation(item.obligation).short.in_(words.language)
        lines.append(words.tr("status.acknowledged", name=item.name, title=title, at=words.short_moment(item.at)))
    return lines


def _unit_choices(turn: Turn, found: Unit, shown: list[Obligation], standings: Standings) -> list[Choice]:
    words = turn.words
    choices = []
    for item in shown:
        standing = standings[(found.slug, item.slug)]
        title = item.short.in_(words.language)
        if turn.oversees and standing.outcome.reported:
            choices.append(Choice(words.tr("button.look", title=title), f"look {found.slug} {item.slug}"))
        elif turn.oversees and item.deadline:
            choices.append(Choice(words.tr("button.extend", title=title), f"extend {found.slug} {item.slug}"))
        elif not turn.oversees and item.deadline and not standing.settled:
            choices.append(Choice(words.tr("button.report_next", title=title), f"report {item.slug}"))
        elif not turn.oversees and standing.outcome.reported:
            choices.append(Choice(words.tr("button.revise", title=title), f"report {item.slug}"))
    return choices


# ---------------------------------------------------------------- one report


def look(turn: Turn, rest: str) -> None:
    """What a unit reported, with its answers; or ("reached") which units can't be reached."""
    if not turn.oversees:
        turn.say(turn.words.tr("managers_only"))
        return
    if rest == "reached":
        turn.say(_reached_text(turn), Choice(turn.words.tr("button.status"), "status"))
        return
    slug, _, item = rest.partition(" ")
    found = reports.latest(turn.scope, slug, item)
    if found is None:
        turn.say(turn.words.tr("status.no_report"))
        return
    _show_report(turn, found)


def _show_report(turn: Turn, found: Submission) -> None:
    words, campaign = turn.words, turn.campaign
    item, unit_ = campaign.obligation(found.obligation), campaign.unit(found.unit)
    form = campaign.form(item)
    answers = forms.answers_from_json(form, found.answers)
    standing = reports.standings(turn.scope)[(found.unit, found.obligation)]
    due = reports.due(turn.scope)
    lines = [
        f"{unit_.name.in_(words.language)}: {item.title.in_(words.language)}",
        words.tr(
            "report.by", name=found.person_name, at=words.moment(found.submitted_at), code=found.receipt, number=found.revision
        ),
    ]
    if item.deadline:
        lines.append(timing_text(words, timing_of(standing, due, campaign)))
    lines.append(answers_text(words, form, answers) if found.outcome is Outcome.SUBMITTED else words.tr("outcome.nothing"))
    if found.revision == standing.revision:
        lines.append(outcome_text(words, standing))
    choices = []
    if turn.oversees and found.revision == standing.revision:
        choices = [Choice(words.tr("button.confirm"), f"ok {found.id}"), Choice(words.tr("button.more"), f"more {found.id}")]
    if any(isinstance(value, FileRef) for value in answers.values()):
        choices.append(Choice(words.tr("button.file"), f"file {found.id}"))
    turn.say("\n".join(lines), *choices)


def file(turn: Turn, submission_id: str) -> None:
    """The file that came with a report."""
    number = read_id(submission_id)
    found = reports.by_id(turn.scope, number) if number is not None else None
    mine = turn.person is not None and found is not None and turn.person.unit == found.unit
    if found is None or not (turn.oversees or mine):
        turn.say(turn.words.tr("unknown_button"), *helping.first_choices(turn))
        return
    form = turn.campaign.form(turn.campaign.obligation(found.obligation))
    for value in forms.answers_from_json(form, found.answers).values():
        if isinstance(value, FileRef):
            turn.say(value.name, file=OutFile(value.hash, value.name))


def is_receipt(turn: Turn, text: str) -> bool:
    """Whether a text is a receipt's code that exists."""
    return looks_like_receipt(text) and reports.find_receipt(turn.scope, text) is not None


def receipt(turn: Turn, code: str) -> None:
    """Look a receipt up: managers any, officers those of their unit."""
    found = reports.find_receipt(turn.scope, code) if code else None
    if turn.person is None or found is None or not (turn.oversees or turn.person.unit == found.unit):
        turn.say(turn.words.tr("receipt.unknown"))
        return
    _show_report(turn, found)


def _reached_text(turn: Turn) -> str:
    """Units with nobody enrolled, and people whom messages do not reach."""
    words, everyone = turn.words, people.recipients(turn.db)
    staffed = {r.unit for r in everyone if not r.role.oversees}
    empty = [u.short for u in turn.campaign.units if u.kind == "district" and u.slug not in staffed]
    lines = [words.tr("reached.nobody", units=", ".join(empty)) if empty else words.tr("reached.all_enrolled")]
    listed = unreached.everybody(turn.db)
    known = {item.person_id for item in listed}
    for item in listed:
        place = _place(turn, item.unit)
        why = why_text(words, item.why)
        lines.append(words.tr("reached.why", name=item.name, unit=place, why=why, at=words.short_moment(item.at)))
    lines += [
        words.tr("reached.refused", name=r.name, unit=_place(turn, r.unit))
        for r in everyone
        if not r.reachable and r.person not in known
    ]
    return "\n".join(lines)


def _place(turn: Turn, unit_slug: str) -> str:
    return turn.campaign.unit(unit_slug).short if turn.campaign.has_unit(unit_slug) else turn.words.tr("people.all_units")


def unreached_list(turn: Turn, _: str = "") -> None:
    """ "Không liên lạc được": units without anybody, and people whom no way reaches, with the reason."""
    look(turn, "reached")


def mute(turn: Turn, _: str = "") -> None:
    """No alert at each submission; digests and escalations still come."""
    _set_muted(turn, muted=True)


def unmute(turn: Turn, _: str = "") -> None:
    """An alert at each submission again."""
    _set_muted(turn, muted=False)


def _set_muted(turn: Turn, muted: bool) -> None:
    if turn.person is None or not turn.oversees:
        turn.say(turn.words.tr("managers_only"))
        return
    people.set_muted(turn.db, turn.person.id, muted)
    turn.say(turn.words.tr("muted") if muted else turn.words.tr("unmuted"))
