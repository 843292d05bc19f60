"""The rest of the table of rights: the routes, asked about every action by themselves, as a page or a command asks them.

A message does not bring every action to everybody: no button leads a stranger to a phone number, and a group hears of few
things at all. Whoever adds a way there is held to this part.
"""

from dataclasses import fields, replace
from typing import Any

from handlers.routes import ROUTES, Within
from rules import actions as a
from rules.campaign.model import ONLY
from rules.people import Role
from tests.house.rows import SAID, Row, duty, gap
from tests.house.scene import BOUND, FREE

FUNDS = duty("unspent-funds")
WITH_VALUES: tuple[a.Action, ...] = (
    a.ShowClauses(ONLY), a.ShowClause(ONLY, "1.6"), a.TellFact(ONLY, "funds-due"), a.AskRule("kinh phí?"),
    a.AskDepartment(gap("open_question")), a.AskDepartment(gap("other_open_question")), a.AskDepartment(0),
    a.BeginReply(gap("passed_question")), a.SendReply(gap("passed_question"), "có"), a.PublishReply(gap("replied_question")),
    a.WithdrawReply(gap("published_question")), a.BeginReport(FUNDS), a.ReportNothing(FUNDS), a.TellNothing(), a.TickNothing(FUNDS, 1), a.TickAllNothing(1), a.PickNothing("unspent-funds"), a.SendNothing(1), a.ShowTask(FUNDS), a.ShowOwnReport(FUNDS), a.ShowHistory(FUNDS), a.AskToTakeBack(FUNDS), a.TakeBack(FUNDS, 1),
    a.KeepFile(), a.ChooseTemplate(), a.SendTemplate(duty("withdrawal")), a.SendTemplate(FUNDS),
    a.DoubtMore(gap("submission")), a.BeginArrival(gap("submission")), a.NoteArrival(gap("submission"), "112"),
    a.StepForm(gap("summary_draft"), 0, a.FormOp.SEND), a.StepForm(gap("other_summary_draft"), 0, a.FormOp.SEND),
    a.StepForm(0, 0, a.FormOp.SEND), a.AnswerForm(gap("words_draft"), 0, "có"), a.AnswerForm(gap("other_words_draft"), 0, "có"),
    a.ChangeAnswer(gap("words_draft"), 0, "note", "x"), a.ChangeAnswer(gap("other_words_draft"), 0, "note", "x"),
    a.DoubtAnswer(gap("words_draft"), 0, "8/7"), a.DoubtAnswer(gap("other_words_draft"), 0, "8/7"),
    a.Acknowledge(), a.ShowUnit("nowhere"), a.ShowUnit(gap("unit")), a.ShowUnit(gap("other_unit"), FUNDS), a.WhichUnit("trà my"),
    a.ShowDuty(FUNDS), a.ShowReport(gap("unit"), FUNDS), a.ShowReceipt(gap("receipt")), a.ShowReceipt(gap("other_receipt")),
    a.ShowReceipt("AAAAAA"), a.SendReportFile(gap("submission")), a.SendReportFile(gap("other_submission")), a.SendReportFile(0),
    a.ConfirmNudge(FUNDS), a.NameNudge("kinh phí"), a.Nudge(FUNDS, "07010900"), a.NudgeUnits("hội an"), a.ChaseUnit(gap("unit"), FUNDS), a.ChaseNamed(FUNDS),
    a.NudgeNamed(FUNDS, "07010900"), a.ConfirmReport(gap("submission")), a.BeginWantingMore(gap("submission")),
    a.WantMore(gap("submission"), "chữ ký"), a.BeginExtension(gap("unit"), FUNDS),
    a.ExtendDuty(FUNDS), a.ExtendInWords("kinh phí"), a.ChoosePlanDuty(gap("plan"), FUNDS),
    a.SwitchUnit(gap("plan"), gap("unit")), a.TakeAllUnits(gap("plan")), a.UnitsChosen(gap("plan")), a.AnswerExtension(gap("plan"), "20/7"),
    a.AskReason(gap("plan")), a.SkipReason(gap("plan")), a.GrantExtension(gap("plan")), a.UndoExtension(gap("plan")),
    a.WithdrawTimeRequest(), a.WithdrawTimeRequest(gap("open_request")), a.WithdrawTimeRequest(gap("other_open_request")), a.ShowTimeRequest(gap("open_request")), a.GrantRequest(gap("open_request")), a.GrantOtherDay(gap("open_request")),
    a.BeginRefusal(gap("open_request")), a.RefuseRequest(gap("open_request")), a.RefuseBecause(gap("open_request"), "mưa"),
    a.AskForTime(FUNDS), a.AskForTimeInWords("lùi hạn"), *(a.ChooseTimeDuty(gap(f"{of}draft_request"), FUNDS) for of in ("", "other_")),
    *(a.AnswerTime(gap(f"{of}draft_request"), "20/7") for of in ("", "other_")),
    *(a.SendTimeRequest(gap(f"{of}draft_request")) for of in ("", "other_")), a.SendTimeRequest(0), *(a.BeginInvite(role) for role in Role),
    *(a.NameInviteUnit(role, "Đại Lộc") for role in Role), *(a.RevokeInvite(role, "0" * 12) for role in Role),
    a.LoadRegister(gap("loading")), a.DropRegister(gap("loading")), a.ShowRegister(gap("unit")), a.ShowRegister(gap("other_unit")),
    a.NameRegister("hội an"), a.ReleaseGroup("0" * 12), a.ShowPeople(), a.ShowPerson(gap("officer")),
    a.ChooseUnitFor(gap("officer")), a.MovePerson(gap("officer"), gap("other_unit")), a.ConfirmRemoval(gap("officer")),
    a.RemovePerson(gap("officer")), a.ChooseColleague(FUNDS), a.HandOverInWords("việc này giao anh Nam"),
    a.NameColleague("anh Nam", FUNDS), *(kind(gap(who), FUNDS) for kind in (a.ConfirmHandOver, a.HandOver, a.TakeHandedBack) for who in ("mate", "other_officer")),
    a.TakeOver(FUNDS), a.AcceptTask(FUNDS), a.DeclineTask(FUNDS), a.Arrive("0000000000"), a.AskToJoin(gap("unit")), a.SayWhoIAm("em ở Đại Lộc"), a.ChooseOwnUnit(gap("unit")),
    a.AnswerJoin("Nam"), a.ShowRequest(gap("request")), a.LetIn(gap("request")), a.TurnAway(gap("request")), a.Leave(gap("me")), a.Leave(gap("officer")), a.Forget(gap("my_contact"), gap("me")),
    a.Forget(gap("my_contact"), 0), a.Forget(gap("contact"), gap("officer")), a.Forget(gap("contact"), gap("me")),
    a.KeepData(gap("my_contact"), gap("me")), a.KeepData(gap("contact"), gap("officer")),
    a.TypeLinkCode(gap("code")), a.LinkHere(gap("code")), a.Unlink(gap("contact")), a.Unlink(gap("other_contact")),
    a.Unlink(gap("my_contact")), a.SetPhone("0905 777 888"), a.KeepPhone("84905777888"), a.Speak(a.Language.ENGLISH),
    a.StrayNumber("7"), a.OldButton("form 1 1 y"),
)  # fmt: skip
"""Of what is about something: about the unit's, about the other unit's, and about what is not there."""
FOR_GROUPS = (a.ShowHelp, a.ShowDeadlines, a.AskRule, a.ShowStatus, a.BindGroup, a.UnbindGroup, a.NotInGroups, a.LeftChat)
"""What may be asked where others read along, a line each; everything else is one line."""


def _every() -> list[a.Action]:
    """All of them, in the order of the routes."""
    named = [kind for kind in ROUTES if not any(type(action) is kind for action in WITH_VALUES)]
    order = list(ROUTES)
    return sorted((*WITH_VALUES, *(kind() for kind in named)), key=lambda action: order.index(type(action)))


def _row(action: a.Action, group: str = "") -> Row:
    values = (getattr(action, each.name) for each in fields(action))  # type: ignore[arg-type]
    shown = (type(action).__name__, *(str(value) for value in values if value is not None))
    return Row(" ".join(shown), asked=(action,), group=group)


def _in(group: str) -> list[Row]:
    every = _every()
    others = tuple(action for action in every if not isinstance(action, FOR_GROUPS))
    allowed = [_row(action, group) for action in every if isinstance(action, FOR_GROUPS)]
    owned = tuple(_owned().values())
    return [
        *allowed, Row("(everything else)", asked=others, group=group),
        Row("(everything else, whosever it is)", asked=owned, group=group, whosever=True),
    ]  # fmt: skip


def _owned() -> dict[type[a.Action], a.Action]:
    """Actions that are refused by whose the thing is, one of each."""
    return {type(action): action for action in _every() if ROUTES[type(action)].within is not Within.ANYTHING}


def _elsewhere(name: str, other: Any) -> tuple[a.Action, ...]:
    """Of each action that is about such a thing, one about a thing of that kind that is not there."""
    about = {type(action): action for action in _every() if any(each.name == name for each in fields(action))}  # type: ignore[arg-type]
    return tuple(replace(action, **{name: other}) for action in about.values())  # type: ignore[type-var]


def _not_owed() -> tuple[a.Action, ...]:
    """Of each action that is about a unit and a duty, one about a duty of other units."""
    about = [action for action in _elsewhere("duty", duty("product-review")) if hasattr(action, "unit")]
    assert len(about) >= 4
    return tuple(about)


def _not_there() -> list[Row]:
    """What outlived its campaign, its duty or its unit, as if everything were everybody's own."""
    return [
        Row("(of another campaign)", asked=_elsewhere("campaign", ONLY + 1), whosever=True),
        Row("(for a duty of another campaign)", asked=_elsewhere("duty", a.Duty(ONLY + 1, FUNDS.slug)), whosever=True),
        Row("(for a duty that is no more)", asked=_elsewhere("duty", duty("gone")), whosever=True),
        Row("(for a unit that is no more)", asked=_elsewhere("unit", "gone"), whosever=True),
        Row("(for a duty that the unit does not owe)", asked=_not_owed(), whosever=True),
    ]


ASKED: dict[str, list[Row]] = {
    "The routes, asked themselves": [_row(action) for action in _every()],
    "The routes, were everything one's own": [replace(_row(action), whosever=True) for action in _owned().values()],
    "The routes, asked about what is not there": _not_there(),
    "The routes, in a group that is bound": _in(BOUND),
    "The routes, in any other group": _in(FREE),
}
TABLE: dict[str, list[Row]] = {**SAID, **ASKED}
