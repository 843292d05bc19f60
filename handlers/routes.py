"""The table: who may ask what, where, about whose things, and which function does it.

No handler asks "may you?" by itself: the engine asks :func:`permits` of every action, and of every choice before it is
offered. ``tests/house/rights.txt`` shows the whole table as it works.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any

from handlers import talking
from handlers.asking import deadlines, department, rules
from handlers.conversation import (
    AskingIn,
    Extending,
    Filling,
    Inviting,
    Refusing,
    Replying,
    TellingNothing,
    Topic,
    WantingMore,
    WantingTime,
)
from handlers.desk import Desk
from handlers.joining import arriving, asking_in, language, leaving, letting_in, linking, own_data, phone
from handlers.managing import (
    access,
    costs,
    extending,
    granting,
    groups,
    inviting,
    nudging,
    people,
    register,
    reviewing,
    status,
    time_requests,
    undated,
)
from handlers.reporting import files, form, giving, handed, handing, more_time, nothing, own, reminded, task, templates, which
from handlers.turn import Turn
from rules import actions as a
from rules.people import Role
from storage import extensions, questions, reports
from storage import groups as alert_groups
from storage import people as kept_people


class Who(StrEnum):
    """Who asks."""

    STRANGER = "stranger"
    OFFICER = "officer"
    LEADER = "leader"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


_WHO: Mapping[Role | None, Who] = {None: Who.STRANGER, **{role: Who(role.value) for role in Role}}
EVERYBODY = frozenset(Who)
PEOPLE = EVERYBODY - {Who.STRANGER}
OF_A_UNIT = frozenset({Who.OFFICER, Who.LEADER})
OVERSEERS = frozenset({Who.MANAGER, Who.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Who.ADMINISTRATOR})
STRANGERS = frozenset({Who.STRANGER})


class Within(Enum):
    """About whose things. Who oversees is within every unit, but not within what belongs to one person."""

    ANYTHING = auto()
    OWN_UNIT = auto()
    OWN_THINGS = auto()
    """What the asker's own contact or person brought about."""
    OWN_RANK = auto()
    """Roles that somebody of the asker's role may give."""


class InGroups(Enum):
    """Whether it may be asked where others read along."""

    NO = auto()
    YES = auto()
    BOUND = auto()
    """By anybody, in a group that a manager bound to the alerts."""


class LeadsOn(Enum):
    """The buttons below a refusal."""

    NOWHERE = auto()
    EVERYDAY = auto()
    STATUS = auto()


@dataclass(frozen=True)
class Denied:
    """What somebody hears who may not: a key of the catalog (none: nothing is said), and where it leads on."""

    key: str = ""
    leads_on: LeadsOn = LeadsOn.NOWHERE


@dataclass(frozen=True)
class Route:
    """One row. ``denied`` is heard by who may not ask this at all (``stranger``: by a stranger), ``elsewhere`` by who asked
    it about things that are not theirs."""

    handler: Callable[[Turn, Any], None]
    who: frozenset[Who] = EVERYBODY
    within: Within = Within.ANYTHING
    denied: Denied = Denied("unknown_button", LeadsOn.EVERYDAY)
    stranger: Denied | None = None
    elsewhere: Denied | None = None
    in_groups: InGroups = InGroups.NO


MAY_INVITE: Mapping[Role, tuple[Role, ...]] = {
    Role.MANAGER: (Role.OFFICER, Role.LEADER, Role.MANAGER),
    Role.ADMINISTRATOR: (Role.OFFICER, Role.LEADER, Role.MANAGER, Role.ADMINISTRATOR),
}
"""Whom somebody of a role may invite."""


_UNKNOWN = Denied("unknown_button", LeadsOn.EVERYDAY)
_STALE = Denied("stale", LeadsOn.EVERYDAY)
_MANAGERS = Denied("managers_only")
_ADMINISTRATORS = Denied("administrators_only")
_NO_STATUS = Denied("status.stranger", LeadsOn.EVERYDAY)
_NOT_YOURS = Denied("report.not_yours", LeadsOn.STATUS)
_NO_REPORT = Denied("report.stranger", LeadsOn.EVERYDAY)
_IS_IN = Denied("request.is_in", LeadsOn.EVERYDAY)
_FORM_GONE = Denied("form.gone", LeadsOn.EVERYDAY)
_NO_RECEIPT = Denied("receipt.unknown")
_UNSAID = Denied()
_IN_GROUP_MANAGERS = Denied("group.managers_only")


def _managing(handler: Callable[[Turn, Any], None], within: Within = Within.ANYTHING) -> Route:
    return Route(handler, OVERSEERS, within, _MANAGERS)


def _administering(handler: Callable[[Turn, Any], None]) -> Route:
    return Route(handler, ADMINISTRATORS, denied=_ADMINISTRATORS)


def _reporting(handler: Callable[[Turn, Any], None]) -> Route:
    return Route(handler, OF_A_UNIT, denied=_NOT_YOURS, stranger=_NO_REPORT)


def _form(handler: Callable[[Turn, Any], None]) -> Route:
    return Route(handler, OF_A_UNIT, Within.OWN_UNIT, _FORM_GONE)


def _time(handler: Callable[[Turn, Any], None]) -> Route:
    return Route(handler, OF_A_UNIT, Within.OWN_UNIT, _STALE)


ROUTES: Mapping[type[a.Action], Route] = {
    # asking
    a.ShowHelp: Route(talking.show_help, in_groups=InGroups.YES),
    a.ShowDeadlines: Route(deadlines.show_deadlines, in_groups=InGroups.YES),
    a.ShowClauses: Route(rules.show_clauses),
    a.ShowClause: Route(rules.show_clause),
    a.TellFact: Route(rules.tell),
    a.AskRule: Route(rules.answer, in_groups=InGroups.YES),
    a.AskDepartment: Route(department.ask, EVERYBODY, Within.OWN_THINGS, _UNKNOWN),
    a.BeginReply: _managing(department.begin_reply),
    a.SendReply: _managing(department.send_reply),
    a.PublishReply: _managing(department.publish),
    a.WithdrawReply: _managing(department.withdraw),
    a.ShowQuestions: _managing(department.show_questions),
    # reporting
    a.ChooseDuty: _reporting(which.choose_duty),
    a.BeginReport: _reporting(form.begin_report),
    a.ReportNothing: _reporting(form.begin_nothing),
    a.TellNothing: _reporting(nothing.tell),
    a.TickNothing: _reporting(nothing.tick),
    a.TickAllNothing: _reporting(nothing.tick_all),
    a.PickNothing: _reporting(nothing.pick),
    a.SendNothing: _reporting(nothing.send),
    a.StepForm: _form(form.step),
    a.AnswerForm: _form(form.answer),
    a.ChangeAnswer: _form(form.change),
    a.DoubtAnswer: _form(form.doubt),
    a.PauseForm: Route(form.pause),
    a.RefuseSecret: Route(form.refuse_secret),
    a.RefuseFile: Route(files.refuse_file),
    a.TakeFile: Route(files.take_file, PEOPLE, denied=Denied("file.stranger", LeadsOn.EVERYDAY)),
    a.KeepFile: _reporting(files.keep_file),
    a.ChooseTemplate: Route(templates.choose, PEOPLE, denied=_NO_REPORT),
    a.SendTemplate: Route(templates.send, PEOPLE, denied=_NO_REPORT),
    a.Acknowledge: Route(reminded.acknowledge, OF_A_UNIT, denied=_STALE),
    a.RemindLater: Route(reminded.remind_later, PEOPLE, denied=_STALE),
    a.RemindTomorrow: Route(reminded.remind_tomorrow, OF_A_UNIT, denied=_STALE),
    a.ShowTask: _reporting(task.show_task),
    a.ShowOwnReports: _reporting(own.show_own_reports),
    a.ShowOwnReport: _reporting(own.show_own_report),
    a.ShowHistory: _reporting(own.show_history),
    a.AskToTakeBack: _reporting(own.ask_to_take_back),
    a.TakeBack: _reporting(own.take_back),
    a.AskForTime: _reporting(more_time.ask),
    a.AskForTimeInWords: _reporting(more_time.ask_in_words),
    a.ChooseTimeDuty: _time(more_time.choose_duty),
    a.AnswerTime: _time(more_time.answer),
    a.SendTimeRequest: _time(more_time.send),
    a.WithdrawTimeRequest: _reporting(more_time.withdraw),
    a.HandOverInWords: _reporting(handing.in_words),
    a.ChooseColleague: _reporting(handing.choose),
    a.NameColleague: _reporting(handing.name_colleague),
    a.ConfirmHandOver: Route(giving.confirm, OF_A_UNIT, Within.OWN_UNIT, _NOT_YOURS, _NO_REPORT, _STALE),
    a.HandOver: Route(giving.hand_over, OF_A_UNIT, Within.OWN_UNIT, _NOT_YOURS, _NO_REPORT, _STALE),
    a.TakeOver: Route(giving.take_over, frozenset({Who.OFFICER}), denied=_NOT_YOURS, stranger=_NO_REPORT),
    a.TakeHandedBack: Route(giving.take_back, OF_A_UNIT, Within.OWN_UNIT, _NOT_YOURS, _NO_REPORT, _STALE),
    a.AcceptTask: _reporting(handed.accept),
    a.DeclineTask: _reporting(handed.decline),
    a.AskForColleague: _reporting(giving.ask_for_colleague),
    a.StayReachable: Route(reminded.stay),
    a.WhyReminded: _reporting(reminded.why),
    a.Nod: Route(reminded.nod),
    a.WhoWrites: Route(talking.who_writes),
    # managing
    a.ShowStatus: Route(status.show_status, PEOPLE, denied=_NO_STATUS, in_groups=InGroups.BOUND),
    a.ShowUnit: Route(status.show_unit, PEOPLE, Within.OWN_UNIT, _UNKNOWN, elsewhere=Denied("status.own_only", LeadsOn.STATUS)),
    a.ShowStanding: _managing(undated.show_standing),
    a.WhichUnit: Route(status.which_unit, PEOPLE, denied=_NO_STATUS),
    a.ShowDuty: _managing(status.show_duty),
    a.ShowReport: _managing(status.show_report),
    a.ShowReceipt: Route(status.show_receipt, PEOPLE, Within.OWN_UNIT, _NO_RECEIPT),
    a.SendReportFile: Route(status.send_file, PEOPLE, Within.OWN_UNIT, _UNKNOWN),
    a.ShowUnreached: _managing(status.show_unreached),
    a.Mute: _managing(status.mute),
    a.Unmute: _managing(status.unmute),
    a.ChooseNudge: _managing(nudging.choose_nudge),
    a.NameNudge: _managing(nudging.name_duty),
    a.ConfirmNudge: _managing(nudging.confirm),
    a.Nudge: _managing(nudging.go),
    a.NudgeUnits: _managing(nudging.name_units),
    a.ChaseUnit: _managing(nudging.chase_unit),
    a.ChaseNamed: _managing(nudging.chase_named),
    a.NudgeNamed: _managing(nudging.go_named),
    a.ConfirmReport: _managing(reviewing.confirm),
    a.BeginWantingMore: _managing(reviewing.begin_more),
    a.WantMore: _managing(reviewing.want_more),
    a.DoubtMore: _managing(reviewing.doubt_more),
    a.BeginArrival: _managing(reviewing.begin_arrival),
    a.NoteArrival: _managing(reviewing.note_arrival),
    a.ChooseExtension: _managing(extending.choose),
    a.ExtendDuty: _managing(extending.extend_duty),
    a.BeginExtension: _managing(extending.begin_extension),
    a.ExtendInWords: _managing(extending.in_words),
    a.ChoosePlanDuty: _managing(extending.choose_duty),
    a.SwitchUnit: _managing(extending.switch_unit),
    a.TakeAllUnits: _managing(extending.take_all),
    a.UnitsChosen: _managing(extending.units_chosen),
    a.AnswerExtension: _managing(extending.answer),
    a.AskReason: _managing(extending.ask_reason),
    a.SkipReason: _managing(extending.skip_reason),
    a.GrantExtension: _managing(granting.grant),
    a.UndoExtension: _managing(granting.undo),
    a.ShowTimeRequests: _managing(time_requests.show_all),
    a.ShowTimeRequest: _managing(time_requests.show),
    a.GrantRequest: _managing(time_requests.grant),
    a.GrantOtherDay: _managing(time_requests.grant_other_day),
    a.BeginRefusal: _managing(time_requests.begin_refusal),
    a.RefuseRequest: _managing(time_requests.refuse),
    a.RefuseBecause: _managing(time_requests.refuse_because),
    a.ChooseInvite: _managing(inviting.choose_invite),
    a.BeginInvite: _managing(inviting.begin_invite, Within.OWN_RANK),
    a.NameInviteUnit: _managing(inviting.name_unit, Within.OWN_RANK),
    a.ShowInvites: _managing(access.show_invites),
    a.RevokeInvite: _managing(access.revoke_invite, Within.OWN_RANK),
    a.ShowAccess: _administering(access.show_access),
    a.ReleaseGroup: _administering(access.release_group),
    a.ShowPeople: _managing(people.show_people),
    a.ShowPerson: _administering(people.show_person),
    a.ChooseUnitFor: _administering(people.choose_unit),
    a.MovePerson: _administering(people.move),
    a.ConfirmRemoval: _administering(people.confirm_removal),
    a.RemovePerson: _administering(people.remove),
    a.ShowCosts: _managing(costs.show_costs),
    a.BindGroup: Route(groups.bind, OVERSEERS, denied=_IN_GROUP_MANAGERS, in_groups=InGroups.YES),
    a.UnbindGroup: Route(groups.unbind, OVERSEERS, denied=_IN_GROUP_MANAGERS, in_groups=InGroups.YES),
    a.ReadRegister: _managing(register.read_file),
    a.LoadRegister: _managing(register.load),
    a.DropRegister: _managing(register.drop),
    a.ShowRegisters: _managing(register.show_all),
    a.ShowRegister: Route(register.show, PEOPLE, Within.OWN_UNIT, _UNKNOWN),
    a.NameRegister: _managing(register.name),
    # joining
    a.Arrive: Route(arriving.arrive),
    a.AskToJoin: Route(asking_in.ask, STRANGERS, denied=_IS_IN),
    a.SayWhoIAm: Route(asking_in.say_who, STRANGERS, denied=_IS_IN),
    a.UseShownName: Route(asking_in.use_shown_name, STRANGERS, denied=_IS_IN),
    a.ChooseOwnUnit: Route(asking_in.choose_unit, STRANGERS, denied=_IS_IN),
    a.SkipPhone: Route(asking_in.skip_phone, STRANGERS, denied=_IS_IN),
    a.AnswerJoin: Route(asking_in.answer, STRANGERS, denied=_IS_IN),
    a.SendJoin: Route(asking_in.send, STRANGERS, denied=_IS_IN),
    a.ShowRequests: _managing(letting_in.show_requests),
    a.ShowRequest: _managing(letting_in.show_request),
    a.LetIn: _managing(letting_in.let_in),
    a.TurnAway: _managing(letting_in.turn_away),
    a.AskToLeave: Route(leaving.ask, PEOPLE, denied=Denied("leave.stranger")),
    a.Leave: Route(leaving.leave, PEOPLE, Within.OWN_THINGS, _STALE),
    a.Stay: Route(leaving.stay, PEOPLE, denied=Denied("leave.stranger")),
    a.ShowOwnData: Route(own_data.show),
    a.AskToForget: Route(own_data.ask),
    a.Forget: Route(own_data.forget, EVERYBODY, Within.OWN_THINGS, Denied("own.stale")),
    a.KeepData: Route(own_data.keep, EVERYBODY, Within.OWN_THINGS, Denied("own.stale")),
    a.ShowLinking: Route(linking.show_linking),
    a.TypeLinkCode: Route(linking.type_code),
    a.LinkHere: Route(linking.link_here),
    a.Unlink: Route(linking.unlink, PEOPLE, Within.OWN_THINGS, _STALE),
    a.ShowPhone: Route(phone.show_phone, PEOPLE, denied=Denied("phone.stranger", LeadsOn.EVERYDAY)),
    a.SetPhone: Route(phone.set_phone, PEOPLE, denied=Denied("phone.stranger", LeadsOn.EVERYDAY)),
    a.KeepPhone: Route(phone.keep, PEOPLE, denied=_UNSAID),
    a.ChooseLanguage: Route(language.choose_language),
    a.Speak: Route(language.speak),
    # talking
    a.Cancel: Route(talking.cancel),
    a.BeSure: Route(talking.be_sure),
    a.NotText: Route(talking.not_text),
    a.NotUnderstood: Route(talking.not_understood),
    a.TooLong: Route(talking.too_long),
    a.StrayNumber: Route(talking.stray_number),
    a.UnknownCommand: Route(talking.unknown_command),
    a.OldButton: Route(talking.old_button),
    a.NotInGroups: Route(talking.not_in_groups, in_groups=InGroups.YES),
    a.LeftChat: Route(leaving.left, in_groups=InGroups.YES),
}
"""Every action that there is. ``tests/house/test_actions.py`` fails for one that is missing here."""

RESUME: Mapping[type[Topic], Callable[[Turn], None]] = {
    Filling: form.ask_once_more,
    TellingNothing: nothing.ask_once_more,
    Replying: department.ask_reply_again,
    WantingMore: reviewing.ask_more_again,
    Inviting: inviting.ask_unit_again,
    Extending: extending.ask_again,
    WantingTime: more_time.ask_again,
    Refusing: time_requests.ask_again,
    AskingIn: asking_in.ask_again,
}
"""How an open topic asks its question again, after something else was answered in between."""
OF_OVERSEERS = (Replying, WantingMore, Inviting, Extending, Refusing)
"""Topics that somebody who oversees no more is not asked about again: the question itself tells of others."""


# ---------------------------------------------------------------- may they?


def permits(desk: Desk, action: a.Action, contact: int | None = None) -> Denied | None:
    """Why somebody may not ask that, in a private chat; None where they may.

    ``contact``: the contact that asks, for things that belong to a contact and not to a person.
    """
    route = ROUTES[type(action)]
    if _who(desk) not in route.who:
        return route.stranger if desk.person is None and route.stranger else route.denied
    if not _exists(desk, action):
        return _UNKNOWN
    if _is_within(desk, action, route.within, contact):
        return None
    return route.elsewhere or route.denied


def permits_in_group(desk: Desk, action: a.Action, channel: str, group: str) -> Denied | None:
    """Why somebody may not ask that in a group; None where they may."""
    match ROUTES[type(action)].in_groups:
        case InGroups.NO:
            return Denied("group.private")
        case InGroups.BOUND:
            return None if alert_groups.is_bound(desk.db, channel, group) else Denied("group.not_bound")
        case InGroups.YES:
            return permits(desk, action)


def _exists(desk: Desk, action: a.Action) -> bool:
    """Whether the campaign, the duty and the unit that an action names are there, and the unit owes the duty: buttons
    outlive them."""
    duty: a.Duty | None = getattr(action, "duty", None)
    campaign: int | None = duty.campaign if duty else getattr(action, "campaign", None)
    unit: str = getattr(action, "unit", "")
    if campaign is not None and not desk.has(campaign):
        return False
    if duty and not desk.of(duty.campaign).campaign.has_obligation(duty.slug):
        return False
    if unit and not desk.directory.has_unit(unit):
        return False
    if not unit or not duty:
        return True
    campaign_of = desk.of(duty.campaign).campaign
    return campaign_of.owes(desk.directory.unit(unit), campaign_of.obligation(duty.slug))


def _who(desk: Desk) -> Who:
    return _WHO[desk.role]


def _is_within(desk: Desk, action: a.Action, within: Within, contact: int | None) -> bool:
    match within:
        case Within.ANYTHING:
            return True
        case Within.OWN_UNIT:
            unit = _unit_of(desk, action)
            return unit is not None and (desk.oversees or (desk.person is not None and unit == desk.person.unit))
        case Within.OWN_THINGS:
            return _is_own(desk, action, contact)
        case Within.OWN_RANK:
            return desk.role is not None and getattr(action, "role") in MAY_INVITE.get(desk.role, ())  # noqa: B009


def _unit_of(desk: Desk, action: a.Action) -> str | None:
    """The unit that the thing belongs to; None where there is no such thing."""
    match action:
        case a.ShowUnit(unit=unit) | a.ShowRegister(unit=unit):
            return unit
        case a.ConfirmHandOver(person=person) | a.HandOver(person=person) | a.TakeHandedBack(person=person):
            colleague = kept_people.by_id(desk.db, person)
            return colleague.unit if colleague else None
        case a.StepForm(draft=number) | a.AnswerForm(draft=number) | a.ChangeAnswer(draft=number) | a.DoubtAnswer(draft=number):
            draft = desk.draft(number)
            return draft.unit if draft else None
        case a.ChooseTimeDuty(request=number) | a.AnswerTime(request=number) | a.SendTimeRequest(request=number):
            wanted = extensions.request(desk.scope, number)
            return wanted.unit if wanted else None
        case a.SendReportFile(submission=number):
            found = reports.by_id(desk.scope, number)
            return found.unit if found else None
        case a.ShowReceipt(receipt=code):
            shown = reports.find_receipt(desk.scope, code) if code else None
            return shown.unit if shown else None
        case _:
            raise TypeError(f"{type(action).__name__} belongs to no unit")


def _is_own(desk: Desk, action: a.Action, contact: int | None) -> bool:
    person = desk.person.id if desk.person else None
    match action:
        case a.AskDepartment(question=number):
            asked = questions.by_id(desk.scope, number)
            return asked is not None and asked.contact_id == contact
        case a.Leave(person=number):
            return number == person
        case a.Forget(contact=asking, person=number) | a.KeepData(contact=asking, person=number):
            return asking == contact and number == (person or 0)
        case a.Unlink(contact=number):
            other = kept_people.contact_by_id(desk.db, number)
            return other is not None and person is not None and other.person_id == person and other.id != contact
        case _:
            raise TypeError(f"{type(action).__name__} belongs to nobody")
