"""What units ask for: granted or refused with one tap. Who comes later hears who decided."""

from handlers.conversation import Refusing
from handlers.managing import extending, granting, planning
from handlers.managing.granted import TimeRefused
from handlers.message import Choice
from handlers.ticking.later_dates import answers_to, there, wanted_text
from handlers.turn import Turn
from handlers.wording.extensions import fault_text, until_text
from rules import actions as a
from rules.campaign.deadlines import DayFault, fault_of
from rules.text.later_day import LONGEST_REASON
from storage import extensions
from storage.extensions import ExtensionRequest, Planned

LISTED = 8


def show_all(turn: Turn, _: a.ShowTimeRequests) -> None:
    """What waits for an answer."""
    words, waiting = turn.words, there(turn, extensions.open_requests(turn.scope))
    if not waiting:
        turn.say(words.tr("time.none"), Choice(words.tr("button.extend_again"), a.ChooseExtension()))
        return
    due = turn.due
    lines = [words.tr("time.several", count=words.number(len(waiting)))]
    lines += [f"{n}. {wanted_text(words, turn.campaign, due, one)}" for n, one in enumerate(waiting[:LISTED], 1)]
    if len(waiting) > LISTED:
        lines.append(words.tr("asked.more", count=words.number(len(waiting) - LISTED)))
    choices = [
        Choice(words.tr("button.answer_request", number=n), a.ShowTimeRequest(one.id))
        for n, one in enumerate(waiting[:LISTED], 1)
    ]
    turn.say("\n".join(lines), *choices)


def show(turn: Turn, action: a.ShowTimeRequest) -> None:
    """One of them, with what can be said to it."""
    one = _waiting(turn, action.request)
    if one:
        turn.say(wanted_text(turn.words, turn.campaign, turn.due, one), *answers_to(turn.words, one))


def _waiting(turn: Turn, number: int) -> ExtensionRequest | None:
    """The request, if nobody has answered it. Says who did, where somebody has."""
    one = extensions.request(turn.scope, number)
    if one is None or one.state == extensions.DRAFT or not there(turn, [one]):
        planning.say_stale(turn)
        return None
    if one.state == extensions.OPEN:
        return one
    turn.close_buttons()
    turn.say(_decided(turn, one))
    return None


def _decided(turn: Turn, one: ExtensionRequest) -> str:
    words = turn.words
    if one.decided_at is None:
        newer = extensions.open_request_of(turn.scope, one.unit, one.obligation)
        unit = turn.directory.unit(one.unit).short
        return words.tr("time.replaced", unit=unit) if newer else words.tr("time.taken_back", unit=unit)
    at, name = words.moment(one.decided_at), words.who(one.decided_by)
    if one.state == extensions.REFUSED:
        return words.tr("time.refused_already", name=name, at=at)
    extension = turn.due.extension(one.unit, one.obligation)
    until = until_text(words, extension.date) if extension else ""
    return (
        words.tr("time.granted_already", name=name, at=at, until=until)
        if until
        else words.tr("time.granted_then", name=name, at=at)
    )


def grant(turn: Turn, action: a.GrantRequest) -> None:
    """The day that was asked for, with one tap."""
    one = _waiting(turn, action.request)
    if one is None or one.day is None:
        return
    present = turn.due.of(one.unit, one.obligation)
    fault = fault_of(one.day, present, turn.today)
    if fault in (DayFault.PAST, DayFault.SAME, DayFault.EARLIER):  # since it was asked for
        text = fault_text(turn.words, fault, present, turn.today)
        turn.say(text, Choice(turn.words.tr("button.other_day"), a.GrantOtherDay(one.id)))
        return
    turn.close_buttons()
    plan = extending.begin(turn, Planned(one.obligation, (one.unit,), one.day, one.reason))
    extensions.remember_before(turn.scope, plan)
    granting.grant_now(turn, plan)


def grant_other_day(turn: Turn, action: a.GrantOtherDay) -> None:
    """Another day: the request is answered with it."""
    one = _waiting(turn, action.request)
    if one:
        extending.go_on(turn, extending.begin(turn, Planned(one.obligation, (one.unit,), None, one.reason)))


# ---------------------------------------------------------------- refused


def begin_refusal(turn: Turn, action: a.BeginRefusal) -> None:
    """Why not? It may be left open."""
    one = _waiting(turn, action.request)
    if one:
        turn.go(Refusing(one.id))
        unit = turn.directory.unit(one.unit).name.in_(turn.words.language)
        turn.say(
            turn.words.tr("time.why_not", unit=unit),
            Choice(turn.words.tr("button.no_reason"), a.RefuseRequest(one.id)),
            Choice(turn.words.tr("button.not_now"), a.Cancel()),
        )


def ask_again(turn: Turn) -> None:
    """Why not, once more, after something else was answered in between."""
    if isinstance(turn.topic, Refusing):
        begin_refusal(turn, a.BeginRefusal(turn.topic.request))


def refuse(turn: Turn, action: a.RefuseRequest) -> None:
    """Refused without a reason."""
    _refuse(turn, action.request, "")


def refuse_because(turn: Turn, action: a.RefuseBecause) -> None:
    """Refused, with the reason."""
    _refuse(turn, action.request, action.reason[:LONGEST_REASON])


def _refuse(turn: Turn, number: int, reason: str) -> None:
    assert turn.person
    turn.rest()
    one = _waiting(turn, number)
    if one is None:
        return
    turn.close_buttons()
    by, duty = turn.person.name, turn.campaign.obligation(one.obligation)
    extensions.change_request(turn.scope, one, state=extensions.REFUSED, answer=reason, decided_by=by, decided_at=turn.now)
    now = turn.due.of(one.unit, one.obligation)
    unit = turn.directory.unit(one.unit)
    told = granting.tell(
        turn, (one.unit,), (one,), lambda _: TimeRefused(turn.campaign, duty, unit, by, now, reason), f"time-refused:{one.id}"
    )
    name = unit.name.in_(turn.words.language)
    turn.say(turn.words.tr("time.refusal_told", unit=name) if told else turn.words.tr("time.refusal_kept", unit=name))
