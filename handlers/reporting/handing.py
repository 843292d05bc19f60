"""Who of the unit is to do what, as people say it or choose it: found out, or asked back. The handing over itself: giving."""

from handlers import everyday
from handlers.conversation import Filling, HandingOver
from handlers.message import Choice
from handlers.reporting.giving import cancel, colleagues, confirm, own_cell, take_over, what_text
from handlers.reporting.owed import begun, still_open
from handlers.turn import Turn
from rules.actions import (
    AskForColleague,
    BeginInvite,
    ChooseColleague,
    ConfirmHandOver,
    HandOverInWords,
    NameColleague,
    TakeOver,
)
from rules.packing import Duty
from rules.people import Role
from rules.text.handing import fitting, handed_in

MOST_CHOICES = 8
LONGEST_NAME = 40


# ---------------------------------------------------------------- who, and what


def in_words(turn: Turn, action: HandOverInWords) -> None:
    """ "Việc này giao anh Nam": what is meant is found out, or asked back."""
    named = turn.of_dispatch.obligation_named(action.text)
    handed = handed_in(action.text, names_work=named is not None)
    if handed is None:
        turn.say(turn.words.tr("unknown_button"), *everyday.first_choices(turn))
        return
    meant = [named.slug] if named else [cell.duty.slug for cell in still_open(turn)] if handed.everything else _this(turn)
    if not meant:
        turn.say(turn.words.tr("hand.nothing_open"), *everyday.first_choices(turn))
    elif handed.mine and turn.role is Role.OFFICER:
        _which_mine(turn, meant)
    elif not handed.name and (handed.everything or len(meant) == 1):
        choose(turn, ChooseColleague(_only(turn, meant)))
    elif not handed.name:
        _which_to_give(turn, meant, turn.words.tr("hand.which_to_give"))
    else:
        _found(turn, handed.name, meant, handed.everything)


def _this(turn: Turn) -> list[str]:
    """What "việc này" may mean: the form that is open, the one duty whose buttons were shown last, or what was reminded of by
    now."""
    draft = turn.draft(turn.topic.draft) if isinstance(turn.topic, Filling) else None
    if draft and draft.unit == (turn.unit.slug if turn.unit else ""):
        return [draft.obligation]
    shown = {duty.slug for choice in turn.conversation.menu if (duty := getattr(choice.action, "duty", None))}
    meant = [cell.duty.slug for cell in begun(turn)]
    if len(meant) > 1 and len(shown) == 1:
        return [cell.duty.slug for cell in still_open(turn) if cell.duty.slug in shown] or meant
    return meant


def _only(turn: Turn, meant: list[str]) -> Duty | None:
    return Duty(turn.campaign.number, meant[0]) if len(meant) == 1 else None


def _which_mine(turn: Turn, meant: list[str]) -> None:
    if len(meant) == 1:
        take_over(turn, TakeOver(_only(turn, meant)))
        return
    choices = [Choice(_short(turn, slug), TakeOver(Duty(turn.campaign.number, slug))) for slug in meant[:MOST_CHOICES]]
    turn.say(turn.words.tr("hand.which"), *choices, Choice(turn.words.tr("button.all_of_it"), TakeOver()), cancel(turn))


def _found(turn: Turn, name: str, meant: list[str], everything: bool) -> None:
    """The colleague of that name: one is asked about, several are asked back, and of none there is a way on."""
    there = {each.id: each for each in colleagues(turn)}
    fit = fitting(name, [(each.id, each.name) for each in there.values()])
    duty, settled = _only(turn, meant), everything or len(meant) == 1
    if not fit:
        _nobody(turn, name, duty, settled)
    elif len(fit) > 1 and not settled:
        _which_to_give(turn, meant, turn.words.tr("hand.which_to_give"))
    elif len(fit) > 1:
        choices = [Choice(there[number].name[:LONGEST_NAME], ConfirmHandOver(number, duty)) for number in fit[:MOST_CHOICES]]
        turn.say(turn.words.tr("hand.which_person", name=name.title()), *choices, cancel(turn))
    elif settled:
        confirm(turn, ConfirmHandOver(fit[0], duty))
    else:
        choices = [
            Choice(_short(turn, slug), ConfirmHandOver(fit[0], Duty(turn.campaign.number, slug))) for slug in meant[:MOST_CHOICES]
        ]
        all_of_it = Choice(turn.words.tr("button.all_of_it"), ConfirmHandOver(fit[0]))
        turn.say(turn.words.tr("hand.which_for", name=there[fit[0]].name), *choices, all_of_it, cancel(turn))


def _which_to_give(turn: Turn, meant: list[str], said: str) -> None:
    """Of several, which? Then to whom."""
    choices = [Choice(_short(turn, slug), ChooseColleague(Duty(turn.campaign.number, slug))) for slug in meant[:MOST_CHOICES]]
    turn.say(said, *choices, Choice(turn.words.tr("button.all_of_it"), ChooseColleague()), cancel(turn))


def _short(turn: Turn, slug: str) -> str:
    return turn.campaign.obligation(slug).short.in_(turn.words.language)


def _nobody(turn: Turn, name: str, duty: Duty | None, settled: bool) -> None:
    """Nobody of that name is there: the others, where it is clear what they would be handed; and how somebody gets in."""
    leader = [each for each in turn.own_people if each.role is Role.LEADER]
    there = colleagues(turn)[: MOST_CHOICES - 2] if settled else []
    others = [Choice(each.name[:LONGEST_NAME], ConfirmHandOver(each.id, duty)) for each in there]
    turn.rest()
    if fitting(name, [(each.id, each.name) for each in leader]):
        turn.say(turn.words.tr("hand.is_leader", name=name.title()), *others, cancel(turn))
        return
    turn.say(turn.words.tr("hand.nobody", name=name.title()), *others, *_to_invite(turn), cancel(turn))


def _to_invite(turn: Turn) -> list[Choice]:
    """Whoever may invite does so; the others ask the department."""
    unit = turn.unit.slug if turn.unit else ""
    invite = Choice(turn.words.tr("button.invite_officer"), BeginInvite(Role.OFFICER, unit))
    return [invite, Choice(turn.words.tr("button.ask_invite"), AskForColleague())]


def choose(turn: Turn, action: ChooseColleague) -> None:
    """ "Giao việc": to whom?"""
    if action.duty and own_cell(turn, action.duty) is None:
        return
    if not colleagues(turn):
        turn.say(turn.words.tr("hand.alone"), *_to_invite(turn), *_mine(turn, action.duty), cancel(turn))
        return
    turn.go(HandingOver(action.duty))
    choices = [
        Choice(each.name[:LONGEST_NAME], ConfirmHandOver(each.id, action.duty)) for each in colleagues(turn)[:MOST_CHOICES]
    ]
    title = what_text(turn, action.duty)
    turn.say(turn.words.tr("hand.whom", title=title), *choices, *_mine(turn, action.duty), cancel(turn))


def _mine(turn: Turn, duty: Duty | None) -> list[Choice]:
    """Whoever is reminded themselves may take it on."""
    return [Choice(turn.words.tr("button.i_do_it"), TakeOver(duty))] if turn.role is Role.OFFICER else []


def name_colleague(turn: Turn, action: NameColleague) -> None:
    """The name that was asked for."""
    handed = handed_in(action.text, names_work=True)
    name = handed.name if handed and handed.name else _bare(action.text)
    meant = [action.duty.slug] if action.duty else [cell.duty.slug for cell in still_open(turn)]
    _found(turn, name, meant, everything=True)


def _bare(text: str) -> str:
    handed = handed_in(f"giao {text}", names_work=True)
    return handed.name if handed and handed.name else " ".join(text.split())[:LONGEST_NAME]
