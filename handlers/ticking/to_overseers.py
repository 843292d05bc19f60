"""What those read who answer for others: the letter to a unit's leader, the morning's and the afternoon's message."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from handlers.message import MOST_BUTTONS, Choice, Message
from handlers.ticking.picture import Picture
from handlers.ticking.to_officers import introduction
from handlers.wording.catalogs import Words
from handlers.wording.duties import leader_text, missing_text, title_text
from handlers.wording.phrases import BUCKET_SIGNS, bucket_text, deadline_short, left_text
from handlers.wording.standing import undated, undated_text
from handlers.wording.units import marked, units_text
from rules import actions as a
from rules.campaign.board import Cell
from rules.campaign.ladder import Push, Reason
from rules.campaign.overseeing import LAST_LETTER
from rules.campaign.progress import Bucket, State
from rules.people import Role


def letter(words: Words, push: Push, seen: Picture) -> Message:
    """To the leader of a unit: what is missing, who is at it, and what is asked of the reader."""
    campaign = seen.campaign
    unit = campaign.directory.unit(push.unit).name.in_(words.language)
    receiver = campaign.receiver.name.in_(words.language)
    cells = [seen.cell(push.unit, slug) for slug in push.obligations]
    silent = all(cell.state is State.NO_RESPONSE for cell in cells)
    values = {"leader": leader_text(words, campaign, unit), "receiver": receiver, "at": words.moment(seen.now)}
    lines = [words.tr("escalation.leader", **values) if silent else words.tr("escalation.leader_some", **values)]
    lines += [_of_leader(words, seen, cell) for cell in cells]
    lines.append(words.tr("escalation.ask") if any(cell.duty.conditional for cell in cells) else words.tr("escalation.ask_plain"))
    last = [r.obligation for r in push.reasons if r.rung == LAST_LETTER]
    if last:
        titles = ", ".join(campaign.obligation(slug).short.in_(words.language) for slug in last)
        lines.append(words.tr("escalation.last", titles=titles))
    officers = [person.name for person in seen.situation.of(push.unit, Role.OFFICER)]
    lines.append(words.tr("escalation.officers", names=", ".join(officers)) if officers else words.tr("escalation.no_officers"))
    lines += ["", introduction(words, seen)] if push.first else []
    choices = [Choice(words.tr("button.report"), a.ChooseDuty()), Choice(words.tr("button.status"), a.ShowStatus())]
    if officers and len(cells) == 1:
        choices.insert(1, Choice(words.tr("button.give_task"), a.ChooseColleague(campaign.duty(cells[0].duty))))
    return Message("\n".join(lines), tuple(choices))


def _of_leader(words: Words, seen: Picture, cell: Cell) -> str:
    assert cell.deadline
    left = left_text(words, seen.campaign, cell.deadline, seen.now)
    day, title = deadline_short(words, cell.deadline), title_text(words, cell.duty)
    return words.tr(
        "escalation.line", title=title, clause=cell.duty.clause, day=day, state=missing_text(words, cell.standing), left=left
    )


# ---------------------------------------------------------------- the morning


def morning(words: Words, push: Push, seen: Picture) -> Message:
    """Who is late, where nobody can be asked, and what else there is."""
    paragraphs = [list(_late(words, push.reasons, seen)), list(_nobody(words, push.nobody, seen))]
    paragraphs.append(seen.news.lines(seen.campaign.directory, words)[1:])
    lines: list[str] = []
    for paragraph in filter(None, paragraphs):
        lines += ["", *paragraph] if lines else paragraph
    choices = []
    if push.reasons:
        choices += [Choice(words.tr("button.nudge"), a.ChooseNudge()), Choice(words.tr("button.status"), a.ShowStatus())]
    if push.nobody:
        choices.append(Choice(words.tr("button.invite"), a.ChooseInvite()))
    return Message("\n".join(lines), tuple([*choices, *_of_news(words, seen)][:MOST_BUTTONS]))


def _of_news(words: Words, seen: Picture) -> list[Choice]:
    asking = [Choice(words.tr("button.all_requests"), a.ShowRequests())] if seen.news.requests else []
    return asking + ([Choice(words.tr("button.questions"), a.ShowQuestions())] if seen.news.unanswered.asked else [])


def _late(words: Words, reasons: Sequence[Reason], seen: Picture) -> Iterator[str]:
    if not reasons:
        return
    yield words.tr("morning.late", at=words.moment(seen.now))
    for slug, units in _by_duty(reasons).items():
        duty = seen.campaign.obligation(slug)
        assert duty.deadline
        sign, day = BUCKET_SIGNS[Bucket.OPEN_OVERDUE], deadline_short(words, duty.deadline)
        named = _named(words, [seen.cell(unit, slug) for unit in units], seen)
        yield words.tr(
            "morning.late_line", sign=sign, title=title_text(words, duty), day=day, count=words.number(len(units)), units=named
        )


def _nobody(words: Words, reasons: Sequence[Reason], seen: Picture) -> Iterator[str]:
    if not reasons:
        return
    units = list(dict.fromkeys(seen.campaign.directory.unit(reason.unit).short for reason in reasons))
    slugs = {reason.obligation for reason in reasons}
    among = list(dict.fromkeys(cell.unit.short for slug in sorted(slugs) for cell in seen.board.of_duty(slug)))
    titles = ", ".join(seen.campaign.obligation(slug).short.in_(words.language) for slug in _by_duty(reasons))
    yield words.tr("alarm.nobody", count=words.number(len(units)), units=units_text(words, units, among), titles=titles)


def _by_duty(reasons: Iterable[Reason]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for reason in reasons:
        found[reason.obligation].append(reason.unit)
    return found


# ---------------------------------------------------------------- the afternoon


def digest(words: Words, push: Push, seen: Picture) -> Message:
    """Each duty whose day is near, by bucket."""
    campaign, now = seen.campaign, seen.now
    today = words.weekday(now.astimezone(campaign.directory.zone).date())
    lines = [words.tr("digest.opening", day=today)]
    for duty in map(campaign.obligation, push.obligations):
        assert duty.deadline
        left = left_text(words, campaign, duty.deadline, now)
        day = deadline_short(words, duty.deadline)
        lines += ["", words.tr("status.obligation", title=duty.title.in_(words.language), day=day, left=left)]
        lines += _digested(words, duty.slug, seen)
    standing = undated_text(words, seen.board) if any(cell.state.done for cell in undated(seen.board)) else ""
    lines += ["", standing] if standing else []
    lines += seen.news.lines(campaign.directory, words)
    room = MOST_BUTTONS - 1
    tasks = [
        Choice(o.short.in_(words.language), a.ShowDuty(campaign.duty(o))) for o in map(campaign.obligation, push.obligations)
    ]
    more = [Choice(words.tr("button.nudge"), a.ChooseNudge())] if push.obligations else _of_news(words, seen)
    return Message("\n".join(lines), (*tasks[:room], *more)[:MOST_BUTTONS])


def _digested(words: Words, slug: str, seen: Picture) -> Iterator[str]:
    """The units by bucket, each with what its bucket does not tell."""
    for bucket in Bucket:
        inside = seen.board.of_duty(slug, bucket)
        if inside:
            yield f"{bucket_text(words, bucket)}: {len(inside)} ({_named(words, inside, seen)})"
    silent = [cell for cell in seen.board.of_duty(slug) if cell.state is State.NO_RESPONSE]
    if silent:
        yield words.tr("digest.silent", count=words.number(len(silent)))


def _named(words: Words, cells: Sequence[Cell], seen: Picture) -> str:
    """The units of one duty; where nothing is to be said of each, in as few words as can be."""
    among = [cell.unit.short for cell in seen.board.of_duty(cells[0].duty.slug)]
    shown = [marked(words, cell) for cell in cells]
    plain = all(name == cell.unit.short for name, cell in zip(shown, cells, strict=True))
    return units_text(words, shown, among) if plain else ", ".join(shown)
