"""A manager's word on a report: confirmed, or more wanted with a reason."""

from handlers.pushing.push import push_to_person
from handlers.turn import Choice, Message, Turn
from handlers.wording.catalogs import Words
from rules.campaign.progress import Review
from rules.ids import read_id
from storage import people, reports
from storage.reports import Submission


def _report(turn: Turn, submission_id: str) -> Submission | None:
    number = read_id(submission_id)
    found = reports.by_id(turn.scope, number) if number is not None else None
    if not turn.oversees or found is None:
        turn.say(turn.words.tr("managers_only"))
        return None
    return found


def confirm(turn: Turn, submission_id: str) -> None:
    """ "Xác nhận": the department has it."""
    turn.close_buttons()
    found = _report(turn, submission_id)
    if found:
        _set(turn, found, Review.CONFIRMED, "")


def begin_more(turn: Turn, submission_id: str) -> None:
    """ "Yêu cầu bổ sung": the next message is the reason."""
    found = _report(turn, submission_id)
    if found:
        turn.go("more", submission=found.id)
        turn.say(turn.words.tr("review.reason"), Choice(turn.words.tr("button.cancel"), "cancel"))


def type_reason(turn: Turn, text: str) -> None:
    """The reason goes to the unit's officers."""
    found = reports.by_id(turn.scope, int(turn.data.get("submission", 0)))
    turn.rest()
    if not turn.oversees or found is None:
        turn.say(turn.words.tr("managers_only"))
        return
    _set(turn, found, Review.MORE_WANTED, text[:500])


def _set(turn: Turn, found: Submission, verdict: Review, reason: str) -> None:
    assert turn.person
    by = turn.person.name
    if not reports.review(turn.scope, found.id, verdict, reason, by, turn.now):
        turn.say(turn.words.tr("review.newer"), Choice(turn.words.tr("button.open_unit"), f"unit {found.unit}"))
        return
    item = turn.campaign.obligation(found.obligation)

    def worded(words: Words) -> Message:
        title = item.title.in_(words.language)
        if verdict is Review.CONFIRMED:
            return Message(words.tr("review.confirmed", title=title, code=found.receipt, name=by))
        text = words.tr("review.more_wanted", title=title, code=found.receipt, name=by, reason=reason)
        return Message(text, (Choice(words.tr("button.report_now"), f"report {item.slug}"),))

    for officer in people.of_unit(turn.db, found.unit):
        key = f"review:{found.id}:{verdict.value}:{turn.now.isoformat()}:p{officer.id}"
        push_to_person(turn.db, turn.world, officer.id, officer.language, worded, turn.now, key)
    place = turn.campaign.unit(found.unit).name.in_(turn.words.language)
    done = (
        turn.words.tr("review.done_ok", unit=place)
        if verdict is Review.CONFIRMED
        else turn.words.tr("review.done_more", unit=place)
    )
    turn.say(done)
