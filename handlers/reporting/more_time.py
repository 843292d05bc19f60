"""A unit asks for a later day: for which task, until when, why. Sent once its summary is confirmed."""

from datetime import timedelta

from handlers import everyday
from handlers.conversation import Lacks, WantingTime
from handlers.message import Choice
from handlers.reporting.owed import still_open
from handlers.ticking import later_dates
from handlers.ticking.later_dates import Told
from handlers.turn import Turn
from handlers.wording.duties import contact_text
from handlers.wording.extensions import day_off_text, example_day, fault_text, not_a_day_text, present_text, until_text
from rules import actions as a
from rules.campaign.board import Cell
from rules.campaign.deadlines import fault_of, last_day
from rules.packing import Duty
from rules.text.later_day import LONGEST_REASON, LaterDay, meant_day, named_day, taken_apart, typed_alone
from rules.text.refusal import Refusal
from storage import extensions
from storage.extensions import ExtensionRequest, Planned
from storage.reports import By

MOST_A_DAY = 5
DAY = timedelta(days=1)


def ask(turn: Turn, action: a.AskForTime) -> None:
    """By a button: of a task, or of one still to be chosen."""
    _begin(turn, action.duty, LaterDay())


def ask_in_words(turn: Turn, action: a.AskForTimeInWords) -> None:
    """ "Xin lùi hạn kinh phí đến 5/7 vì lũ": what the sentence lacks is asked for."""
    apart = taken_apart(action.text, turn.today)
    named = turn.of_dispatch.obligation_named(apart.rest)
    _begin(turn, turn.campaign.duty(named) if named else None, apart)


def _begin(turn: Turn, duty: Duty | None, apart: LaterDay) -> None:
    assert turn.person
    words, still = turn.words, still_open(turn)
    cell = next((c for c in still if turn.campaign.duty(c.duty) == duty), None)
    if turn.unit is None:
        turn.say(words.tr("status.unit_gone", contact=contact_text(words, turn.campaign)))
        return
    if not still:
        turn.say(words.tr("time.nothing_open"), *everyday.first_choices(turn))
        return
    if duty and cell is None:
        turn.say(words.tr("time.not_open", title=turn.title(turn.campaign.obligation(duty.slug))), *everyday.first_choices(turn))
        return
    if extensions.sent_since(turn.scope, turn.unit.slug, DAY, turn.now) >= MOST_A_DAY:
        turn.say(words.tr("time.enough", count=words.number(MOST_A_DAY)), *everyday.first_choices(turn))
        return
    cell = cell or (still[0] if len(still) == 1 else None)
    planned = Planned(cell.duty.slug if cell else "", (), None, apart.reason)
    made = extensions.begin_request(turn.scope, turn.unit.slug, planned, By(turn.person.id, turn.person.name), turn.now)
    if cell and (apart.given or apart.more):
        _take_day(turn, made, apart)
    else:
        day = named_day(apart, turn.today)
        _go_on(turn, extensions.change_request(turn.scope, made, day=day) if day else made)


def _cell(turn: Turn, made: ExtensionRequest) -> Cell | None:
    return next((cell for cell in still_open(turn) if cell.duty.slug == made.obligation), None)


def _cancel(turn: Turn) -> Choice:
    return Choice(turn.words.tr("button.not_now"), a.Cancel())


# ---------------------------------------------------------------- what is still lacking


def _go_on(turn: Turn, made: ExtensionRequest) -> None:
    """Ask for what the request lacks; its summary, if nothing."""
    words, cell = turn.words, _cell(turn, made)
    if cell is None or cell.deadline is None:
        turn.go(WantingTime(made.id, Lacks.DUTY))
        choices = [
            Choice(c.duty.short.in_(words.language), a.ChooseTimeDuty(made.id, turn.campaign.duty(c.duty)))
            for c in still_open(turn)
        ]
        turn.say(words.tr("time.which"), *choices, _cancel(turn))
    elif made.day is None:
        turn.go(WantingTime(made.id, Lacks.DAY))
        example = example_day(cell.deadline, turn.today)
        values = {"title": turn.title(cell.duty), "present": present_text(words, cell.deadline), "example": words.day(example)}
        turn.say(words.tr("time.day", **values), _cancel(turn))
    elif not made.reason:
        turn.go(WantingTime(made.id, Lacks.REASON))
        turn.say(words.tr("time.reason", receiver=_receiver(turn)), _cancel(turn))
    else:
        _ask_sure(turn, made, cell)


def ask_again(turn: Turn) -> None:
    """The open question once more, after something else was answered in between."""
    topic = turn.topic
    made = _draft(turn, topic.request) if isinstance(topic, WantingTime) else None
    if made and turn.unit and made.unit == turn.unit.slug:
        _go_on(turn, made)


def _ask_sure(turn: Turn, made: ExtensionRequest, cell: Cell) -> None:
    assert made.day
    assert cell.deadline
    turn.rest()
    words = turn.words
    lines = [words.tr("time.ask", title=turn.title(cell.duty), clause=cell.duty.clause, receiver=_receiver(turn))]
    lines.append(words.tr("time.change", present=present_text(words, cell.deadline), until=until_text(words, made.day)))
    lines.append(words.tr("extend.with_reason", reason=made.reason))
    off = day_off_text(words, turn.campaign, made.day)
    lines += [off] if off else []
    before = extensions.open_request_of(turn.scope, made.unit, made.obligation)
    lines += [words.tr("time.replaces")] if before else []
    turn.say("\n".join(lines), Choice(words.tr("button.send_request"), a.SendTimeRequest(made.id)), _cancel(turn))


def _receiver(turn: Turn) -> str:
    return turn.campaign.receiver.name.in_(turn.words.language)


def _draft(turn: Turn, number: int) -> ExtensionRequest | None:
    """The person's own request, if it was not sent yet. Says so where not."""
    made = extensions.request(turn.scope, number)
    if made and made.state == extensions.OPEN:
        turn.say(turn.words.tr("time.sent_already"), *everyday.first_choices(turn))
        return None
    if made is None or made.state != extensions.DRAFT:
        turn.rest()
        turn.say(turn.words.tr("stale"), *everyday.first_choices(turn))
        return None
    return made


def choose_duty(turn: Turn, action: a.ChooseTimeDuty) -> None:
    """The task; then a day that was named before is looked at."""
    made = _draft(turn, action.request)
    if made:
        _take_duty(turn, made, action.duty.slug)


def _take_duty(turn: Turn, made: ExtensionRequest, slug: str) -> None:
    cell = next((cell for cell in still_open(turn) if cell.duty.slug == slug), None)
    if cell is None:
        turn.say(turn.words.tr("time.not_open", title=turn.title(turn.campaign.obligation(slug))), *everyday.first_choices(turn))
        return
    kept = extensions.change_request(turn.scope, made, obligation=slug, day=None)
    if made.day:
        _take_day(turn, kept, LaterDay(made.day.isoformat()))
    else:
        _go_on(turn, kept)


def answer(turn: Turn, action: a.AnswerTime) -> None:
    """What was typed, for what was asked."""
    made = _draft(turn, action.request)
    topic = turn.topic
    if made is None or not isinstance(topic, WantingTime):
        return
    if topic.lacks is Lacks.DUTY:
        named = turn.of_dispatch.obligation_named(action.text)
        if named:
            _take_duty(turn, made, named.slug)
        else:
            _go_on(turn, made)
    elif topic.lacks is Lacks.REASON:
        _go_on(turn, extensions.change_request(turn.scope, made, reason=" ".join(action.text.split())[:LONGEST_REASON]))
    else:
        _take_day(turn, made, typed_alone(action.text, turn.today))


def _take_day(turn: Turn, made: ExtensionRequest, apart: LaterDay) -> None:
    """The day, if it can be one: after the present last day."""
    cell = _cell(turn, made)
    if cell is None or cell.deadline is None:
        _go_on(turn, made)
        return
    try:
        day = meant_day(apart, last_day(cell.deadline), turn.today)
        fault = fault_of(day, cell.deadline, turn.today)
        said = fault_text(turn.words, fault, cell.deadline, turn.today) if fault else ""
    except Refusal:
        said = not_a_day_text(turn.words, apart.given, cell.deadline, turn.today)
    if said:
        turn.go(WantingTime(made.id, Lacks.DAY))
        turn.say(said, _cancel(turn))
        return
    _go_on(turn, extensions.change_request(turn.scope, made, day=day, reason=apart.reason or made.reason))


# ---------------------------------------------------------------- sent


def send(turn: Turn, action: a.SendTimeRequest) -> None:
    """On its way to those who oversee; said so only if it is."""
    turn.close_buttons()
    made = _draft(turn, action.request)
    if made is None:
        return
    cell = _cell(turn, made)
    fault = fault_of(made.day, cell.deadline, turn.today) if cell and cell.deadline and made.day else None
    if cell is None or cell.deadline is None or not made.day or not made.reason or fault:
        _go_on(turn, made if not fault else extensions.change_request(turn.scope, made, day=None))
        return
    extensions.send(turn.scope, made, turn.now)
    words, present = turn.words, present_text(turn.words, cell.deadline)
    match later_dates.tell(turn):
        case Told.NOW:
            text = words.tr("time.sent", receiver=_receiver(turn), present=present)
        case Told.LATER:
            text = words.tr("time.kept", receiver=_receiver(turn), present=present)
        case Told.NOBODY:
            text = words.tr("time.nobody", receiver=_receiver(turn), present=present)
            text += "\n" + contact_text(words, turn.campaign)
    turn.say(text, _withdrawal(turn, made), *everyday.first_choices(turn))


# ---------------------------------------------------------------- taken back


def _withdrawal(turn: Turn, made: ExtensionRequest) -> Choice:
    return Choice(turn.words.tr("button.withdraw_request"), a.WithdrawTimeRequest(made.id))


def withdraw(turn: Turn, action: a.WithdrawTimeRequest) -> None:
    """What the own unit asked for and was not answered yet is asked for no more; of several, which."""
    turn.close_buttons()
    assert turn.unit
    waiting = extensions.open_requests_of(turn.scope, turn.unit.slug)
    chosen = [one for one in waiting if action.request in (0, one.id)]
    if not chosen:
        turn.say(turn.words.tr("time.none_waits"), *everyday.first_choices(turn))
    elif len(chosen) > 1:
        titles = {one.id: turn.campaign.obligation(one.obligation).short.in_(turn.words.language) for one in chosen}
        turn.say(turn.words.tr("time.withdraw_which"), *(Choice(titles[one.id], a.WithdrawTimeRequest(one.id)) for one in chosen))
    else:
        (one,) = chosen
        extensions.change_request(turn.scope, one, state=extensions.DROPPED)
        title = turn.title(turn.campaign.obligation(one.obligation))
        present = present_text(turn.words, turn.due.of(one.unit, one.obligation))
        turn.say(turn.words.tr("time.withdrawn", title=title, present=present), *everyday.first_choices(turn))
