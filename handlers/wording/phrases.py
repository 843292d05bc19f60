"""How things read: deadlines, values, standings. The same words on every surface."""

from collections.abc import Mapping
from datetime import date, datetime

from handlers.wording.catalogs import Words
from rules.campaign.board import Cell
from rules.campaign.deadlines import Timing, days_left, last_day, last_working_day, timing
from rules.campaign.forms import FileRef, Form, Row, Value, ready_on, visible
from rules.campaign.model import Campaign, Deadline, FormField, Kind
from rules.campaign.progress import Bucket, Review, Standing, State
from rules.channels import channel_named
from rules.people import Role
from rules.text.vietnamese import harmless
from storage.questions import Asked

ROWS_SHOWN = 5


def deadline_text(words: Words, campaign: Campaign, deadline: Deadline) -> str:
    """``trước ngày 10/7/2022, chậm nhất hết Thứ Bảy 9/7 (ngày làm việc cuối: Thứ Sáu 8/7)``."""
    key_day, last = words.day(deadline.date), at_latest(words, campaign, deadline)
    if deadline.rule == "before":
        return words.tr("deadline.before", day=key_day, last=last)
    return words.tr("deadline.through", day=key_day, last=last)


def at_latest(words: Words, campaign: Campaign, deadline: Deadline) -> str:
    """``Thứ Bảy 9/7 (ngày làm việc cuối: Thứ Sáu 8/7)``: the last day on time."""
    last, working = last_day(deadline), last_working_day(deadline, campaign.directory.country)
    if working == last:
        return words.weekday(last)
    advice = words.tr("deadline.advice", day=words.weekday(working))
    return f"{words.weekday(last)} {advice}"


def left_text(words: Words, campaign: Campaign, deadline: Deadline, now: datetime) -> str:
    """``còn 12 ngày``, ``hôm nay là ngày cuối``, ``đã quá hạn 3 ngày``: all counted to the last day on time."""
    left = days_left(deadline, now, campaign.directory.zone)
    if left > 0:
        return words.trn("left.one", "left.many", left)
    if left == 0:
        return words.tr("left.last_day")
    if left == -1:
        return words.tr("left.yesterday")
    return words.trn("left.past_one", "left.past_many", -left)


def deadline_short(words: Words, deadline: Deadline) -> str:
    """``trước 30/6/2022``, or ``hết 5/7/2022``: never a bare day, which would be taken for one that is allowed."""
    if deadline.rule == "before":
        return words.tr("deadline.short", day=words.day(deadline.date))
    return words.tr("deadline.short_through", day=words.day(deadline.date))


def deadline_and_left(words: Words, campaign: Campaign, deadline: Deadline, now: datetime) -> str:
    """The deadline and how long there is until it."""
    return f"{deadline_text(words, campaign, deadline)}; {left_text(words, campaign, deadline, now)}"


def role_text(words: Words, role: Role) -> str:
    """A role's name."""
    match role:
        case Role.OFFICER:
            return words.tr("role.officer")
        case Role.LEADER:
            return words.tr("role.leader")
        case Role.MANAGER:
            return words.tr("role.manager")
        case Role.ADMINISTRATOR:
            return words.tr("role.administrator")


def why_text(words: Words, why: str) -> str:
    """Why messages do not reach somebody. The names are those of the channels' tables of refusals."""
    match why:
        case "blocked":
            return words.tr("why.blocked")
        case "deactivated":
            return words.tr("why.deactivated")
        case "unfollowed":
            return words.tr("why.unfollowed")
        case "never_wrote":
            return words.tr("why.never_wrote")
        case "unknown" | "put_out":
            return words.tr("why.unknown")
        case "window":
            return words.tr("why.window")
        case "quota":
            return words.tr("why.quota")
        case "inactive":
            return words.tr("why.inactive")
        case "silent":
            return words.tr("why.silent")
        case "template":
            return words.tr("why.template")
        case "account":
            return words.tr("why.account")
        case "no_zalo":
            return words.tr("why.no_zalo")
        case "no_way":
            return words.tr("why.no_way")
        case _:
            return words.tr("why.refused")


def channel_text(words: Words, channel: str) -> str:
    """A channel's name. The catalogs have one for every channel."""
    return words.tr(f"channel.{channel_named(channel).name}")


def phone_text(phone: str) -> str:
    """``84905123456`` as people write it: ``0905 123 456``."""
    return f"0{phone[2:5]} {phone[5:8]} {phone[8:]}"


def _empty_text(words: Words, field: FormField) -> str:
    match field.kind:
        case Kind.DOCUMENT:
            return words.tr("value.no_document")
        case Kind.MONEY:
            return words.tr("value.no_amount")
        case _:
            return words.tr("value.empty")


def value_text(words: Words, field: FormField, value: Value) -> str:
    """An answer as it is shown."""
    if value is None or value == () or value == "":
        return _empty_text(words, field)
    if isinstance(value, FileRef):
        return words.tr("value.file", name=value.name)
    if isinstance(value, tuple):
        return words.trn("value.row", "value.rows", len(value))
    match field.kind:
        case Kind.MONEY:
            return words.money(int(value))
        case Kind.YES_NO:
            return yes_no_labels(words, field)[0 if value else 1]
        case Kind.DATE:
            return words.day(date.fromisoformat(str(value)))
        case Kind.CHOICE:
            return next((o.label.in_(words.language) for o in field.options if o.id == value), str(value))
        case _:
            return str(value)


def yes_no_labels(words: Words, field: FormField) -> tuple[str, str]:
    """What yes and no are called: "rồi" and "chưa", where the question asks whether something is done."""
    if field.asks_whether_done:
        return words.tr("value.done"), words.tr("value.not_done")
    return words.tr("value.yes"), words.tr("value.no")


def row_text(words: Words, columns: Form, row: Row, by: date | None = None) -> str:
    """A product on one line: its columns, empty ones left out. ``by``: the day by which months have to be full."""
    parts = []
    for column in columns:
        value = row.get(column.id)
        if value in (None, ""):
            continue
        text = value_text(words, column, value) + not_full_text(words, column, value, by)
        parts.append(f"{column.label.in_(words.language)}: {text}" if column.kind is Kind.YES_NO else text)
    return " · ".join(parts)


def not_full_text(words: Words, field: FormField, value: Value, by: date | None) -> str:
    """``  (⚠ chưa đủ 36 tháng đến 15/7/2022: đủ ngày 20/7/2022)``: for the department to judge. Empty where all is well."""
    full = ready_on(field, value, by)
    if full is None or by is None:
        return ""
    return " " + words.tr("value.not_full", months=field.months_before or 0, by=words.day(by), full=words.day(full))


def answers_text(words: Words, form: Form, answers: Mapping[str, Value], by: date | None = None) -> str:
    """All answers, one a line, lists with their first rows. ``by``: the day by which months have to be full."""
    lines = []
    for field in visible(form, answers):
        value = answers.get(field.id)
        lines.append(f"• {field.label.in_(words.language)}: {value_text(words, field, value)}")
        if isinstance(value, tuple):
            lines += [f"   {n}. {row_text(words, field.columns, row, by)}" for n, row in enumerate(value[:ROWS_SHOWN], 1)]
            if len(value) > ROWS_SHOWN:
                lines.append("   " + words.tr("value.more_rows", count=len(value) - ROWS_SHOWN))
    return "\n".join(lines)


def timing_text(words: Words, when: Timing | None) -> str:
    """On time, on the named day, or late; nothing where there is no deadline."""
    match when:
        case Timing.ON_TIME:
            return words.tr("timing.on_time")
        case Timing.ON_THE_DAY:
            return words.tr("timing.on_the_day")
        case Timing.LATE:
            return words.tr("timing.late")
        case None:
            return ""


def bucket_text(words: Words, bucket: Bucket) -> str:
    """A bucket's name with its sign."""
    match bucket:
        case Bucket.DONE_ON_TIME:
            return words.tr("bucket.done_on_time")
        case Bucket.DONE_LATE:
            return words.tr("bucket.done_late")
        case Bucket.OPEN_IN_TIME:
            return words.tr("bucket.open_in_time")
        case Bucket.OPEN_OVERDUE:
            return words.tr("bucket.open_overdue")


def state_text(words: Words, standing: Standing) -> str:
    """Where a unit stands with an obligation: who is at it, what is wanted, what was confirmed."""
    match standing.state:
        case State.NO_RESPONSE:
            return words.tr("outcome.no_response")
        case State.FILLING:
            return words.tr("outcome.in_progress", name=standing.by_name)
        case State.AWAITING_DOCUMENT:
            return words.tr("outcome.awaiting_document")
        case State.SUBMITTED:
            return words.tr("outcome.submitted")
        case State.CONFIRMED:
            if standing.arrival:
                return words.tr("outcome.arrived", number=standing.arrival)
            return words.tr("outcome.confirmed")
        case State.RETURNED:
            return words.tr("outcome.more_wanted", reason=standing.review_reason.rstrip(" ."))
        case State.WITHDRAWN:
            return words.tr("outcome.withdrawn", name=standing.by_name)
        case State.NOTHING:
            confirmed = standing.review is Review.CONFIRMED
            return words.tr("outcome.nothing_confirmed") if confirmed else words.tr("outcome.nothing")


def mark_text(words: Words, state: State) -> str:
    """What a bucket does not tell of a state, in two or three words; nothing where it tells all."""
    match state:
        case State.FILLING:
            return words.tr("mark.in_progress")
        case State.AWAITING_DOCUMENT:
            return words.tr("mark.awaiting_document")
        case State.RETURNED:
            return words.tr("mark.returned")
        case State.WITHDRAWN:
            return words.tr("mark.withdrawn")
        case State.NOTHING:
            return words.tr("mark.nothing")
        case State.NO_RESPONSE | State.SUBMITTED | State.CONFIRMED:
            return ""


BUCKET_SIGNS = {
    Bucket.DONE_ON_TIME: "🟢", Bucket.DONE_LATE: "🟠", Bucket.OPEN_IN_TIME: "🔵", Bucket.OPEN_OVERDUE: "🔴",
}  # fmt: skip


def sign_of(cell: Cell) -> str:
    """The sign of a cell's bucket; a white one where there is no date."""
    return BUCKET_SIGNS[cell.bucket] if cell.bucket else "⚪"


def cell_line(words: Words, campaign: Campaign, cell: Cell, now: datetime) -> str:
    """One obligation of one unit, on two lines."""
    standing, text = cell.standing, state_text(words, cell.standing)
    title = cell.duty.title.in_(words.language)
    if cell.deadline is None:
        clause = words.tr("clause.short", id=cell.duty.clause)
        return f"{sign_of(cell)} {title} ({clause})\n   {text}"
    if cell.state.done and standing.submitted_at:
        when = timing_text(words, cell.done_when)
        late = changed_late(words, campaign, cell)
        complete = standing.completed_at if late and standing.completed_at else standing.submitted_at
        text += f" {words.short_moment(complete)} ({when}{late}), {_which_report(words, standing)}"
    elif standing.revision:
        text += f", {_which_report(words, standing)}, {left_text(words, campaign, cell.deadline, now)}"
    else:
        text += f", {left_text(words, campaign, cell.deadline, now)}"
    return f"{sign_of(cell)} {title}\n   {deadline_short(words, cell.deadline)}: {text}"


def changed_late(words: Words, campaign: Campaign, cell: Cell) -> str:
    """``; sửa lần cuối 16/7 09:00, sau thời hạn``, where a report came in time and was changed later. Empty where not."""
    sent, zone = cell.standing.submitted_at, campaign.directory.zone
    if not (cell.deadline and cell.timing and sent and cell.standing.revision > 1):
        return ""
    order = tuple(Timing)
    late = order.index(timing(cell.deadline, sent, zone)) > order.index(cell.timing)
    return words.tr("report.changed_late", at=words.short_moment(sent)) if late else ""


def _which_report(words: Words, standing: Standing) -> str:
    receipt = words.tr("receipt.short", code=standing.receipt)
    if standing.revision == 1:
        return receipt
    revision = words.tr("revision.short", number=standing.revision)
    return f"{receipt}, {revision}"


def question_text(asked: Asked, longest: int) -> str:
    """What somebody asked, on one line and no longer than that. A stranger's links are no links any more."""
    text = " ".join(asked.text[: 4 * longest].split())
    text = text if asked.person_id is not None else harmless(text)
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def asker_text(words: Words, asked: Asked) -> str:
    """Who asked. A stranger's name is no link either."""
    name = asked.asker if asked.person_id is not None else harmless(asked.asker)
    return name or words.tr("department.nameless")
