"""The rows of the table of rights: everything that can be asked of the bot, and whose things it is aimed at.

Gaps such as ``{submission}`` are things of the unit that ``officer`` and ``leader`` belong to; ``{other_…}`` are those
of the other unit, ``{me}`` is the one who asks.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sqlalchemy import Connection, update

from handlers.conversation import (
    AskingIn,
    Chasing,
    Conversation,
    Extending,
    Filling,
    HandingOver,
    Inviting,
    JoinStep,
    Lacks,
    Linking,
    NotingArrival,
    Refusing,
    Replying,
    TellingNothing,
    Topic,
    WantingMore,
    WantingTime,
)
from handlers.message import Choice
from handlers.reporting.inspecting import inspect
from rules import actions as a
from rules.campaign.model import ONLY
from rules.people import Role
from storage import assignments, linking, people
from storage.files import FileStore
from storage.scope import Scope
from storage.tables import contact, person
from tests.house.scene import BOUND, FREE, NOW
from tests.made_files import PDF, PNG, REGISTER_ROWS, WITHDRAWAL_ROWS, register, workbook
from tests.stage import CAMPAIGN


@dataclass(frozen=True)
class Row:
    """A line of the table: what is done, step by step, and where the conversation stands before.

    ``says`` are the words (keys of the catalog, or ``=text``) by which something that everybody may know is recognised.
    """

    label: str
    steps: tuple[dict[str, Any], ...] = ()
    says: tuple[str, ...] = ()
    conversation: Conversation = field(default_factory=Conversation)
    group: str = ""
    before: Callable[[Connection, dict[str, Any]], None] | None = None
    """What was so already, where the scene has it otherwise."""
    asked: tuple[a.Action, ...] = ()
    """Asked of the table of routes itself, as a page asks it, and not said by anybody; all of them have the same right."""
    whosever: bool = False
    """Whether it is asked as if everything were everybody's own, so that only who asks, and where, can stand in the way."""


def gap(name: str) -> Any:
    """A gap in an action or a topic, where it would hold a number or a word."""
    return f"{{{name}}}"


def duty(slug: str) -> a.Duty:
    """An obligation of the campaign."""
    return a.Duty(ONLY, slug)


def act(action: a.Action) -> dict[str, Any]:
    """How an action reaches the bot: behind a button."""
    return {"choice": a.pack(action)}


def press(action: a.Action, *says: str) -> Row:
    """A button, shown once upon a time and pressed now."""
    return Row(f"[{a.pack(action)}]", (act(action),), says)


def old(carried: str) -> Row:
    """A button of an earlier version."""
    return Row(f"[{carried}]", ({"choice": carried},))


def command(words: str, rest: str = "", *says: str) -> list[Row]:
    """A command, by each of its names."""
    return [Row(f"/{word} {rest}".strip(), ({"text": f"/{word} {rest}".strip()},), says) for word in words.split()]


def typed(text: str, *says: str) -> Row:
    """A sentence."""
    return Row(f"“{text}”", ({"text": text},), says)


def sent(name: str, content: bytes) -> Row:
    """A file or a photo."""
    return Row(f"(file {name})", ({"put": (content, name)},))


def offered(label: str, action: a.Action) -> Row:
    """A choice of the last reply, typed by its words."""
    menu = Conversation(menu=(Choice(label, action),))
    return replace(typed(label), label=f"“{label}” = [{a.pack(action)}]", conversation=menu)


def during(topic: Topic, row: Row) -> Row:
    """The same in the middle of something, whoever has brought the conversation there."""
    values = (getattr(topic, each.name) for each in fields(topic))
    shown = " ".join(str(value) for value in values if value is not None)
    return replace(row, label=f"{topic.name} {shown}: {row.label}", conversation=Conversation(topic))


def filling(place: str, row: Row) -> Row:
    """The same while the unit's form is open."""
    within = during(Filling(gap(f"{place}_draft"), gap(f"{place}_seq")), row)
    return replace(within, label=f"report {{{place}_draft}}: {row.label}")


def form(place: str, op: a.FormOp, value: str = "") -> Row:
    """A button of the unit's form."""
    return press(a.StepForm(gap(f"{place}_draft"), gap(f"{place}_seq"), op, value))


def grouped(group: str, *rows: Row) -> list[Row]:
    """The same, said in a group."""
    return [replace(row, group=group) for row in rows]


def given(label: str, before: Callable[[Connection, dict[str, Any]], None], row: Row) -> Row:
    """The same where something else was so before."""
    return replace(row, label=f"{row.label} ({label})", before=before)


def _muted(db: Connection, names: dict[str, Any]) -> None:
    people.set_muted(db, names["me"], muted=True)


def _on_zalo(db: Connection, names: dict[str, Any]) -> None:
    db.execute(update(contact).where(contact.c.id == names["my_contact"]).values(channel="zalo_bot"))


def _gone(db: Connection, names: dict[str, Any]) -> None:
    db.execute(update(person).where(person.c.id == names["me"]).values(removed_at=NOW))


def _in_hand(db: Connection, names: dict[str, Any]) -> None:
    """What somebody else of the unit handed to who asks."""
    me = people.by_id(db, names["me"])
    if me and me.unit:
        assignments.give(Scope(db, CAMPAIGN), me.unit, ["withdrawal"], me.id, names["mate"], NOW)


def _guessed(db: Connection, names: dict[str, Any]) -> None:
    for _ in range(linking.MOST_TRIES):
        linking.note_try(db, names["my_contact"], NOW)


def _guessed_by_many(db: Connection, names: dict[str, Any]) -> None:
    for other in range(linking.MOST_TRIES_OF_ALL):
        linking.note_try(db, -other, NOW)


def one(label: str, rows: list[Row]) -> Row:
    """Many things one after the other, for which all have the same right."""
    return Row(label, tuple(step for row in rows for step in row.steps))


def _incoming_file(step: dict[str, Any], store: FileStore) -> dict[str, Any]:
    """A file, put into the store as a channel does it."""
    rest = {key: value for key, value in step.items() if key != "put"}
    return {**rest, "file": store.put(*step["put"])} if "put" in step else rest


def filled(step: dict[str, Any], names: dict[str, object], store: FileStore) -> dict[str, Any]:
    """A step with its gaps filled."""
    return dict(fill(_incoming_file(step, store), names))


def asks(action: a.Action, names: dict[str, object]) -> a.Action:
    """An action with its gaps filled."""
    return replace(action, **{each.name: fill(getattr(action, each.name), names) for each in fields(action)})  # type: ignore[arg-type, type-var]


def fill(given: Any, names: dict[str, object]) -> Any:
    """Gaps filled; what was one gap alone keeps its type."""
    if isinstance(given, dict):
        return {key: fill(value, names) for key, value in given.items()}
    if isinstance(given, list):
        return [fill(value, names) for value in given]
    if type(given) is str:
        alone = names.get(given[1:-1]) if given.startswith("{") and given.endswith("}") else None
        return alone if alone is not None else given.format(**names)
    return given


HELP = ("help.stranger", "help.officer", "help.manager", "help.administrator")
DUE = "deadlines.title"
GREETING = ("join.stranger", "join.hello", "join.hello_unit")
PICTURE = sent("anh.png", PNG)
PAPER = sent("bao-cao.pdf", PDF)
LIST = sent("thu-hoi.xlsx", workbook(WITHDRAWAL_ROWS[:1]))
REGISTER_FILE = register(REGISTER_ROWS)
REGISTER = Row(
    "(file danh-muc.xlsx)", ({"put": (REGISTER_FILE, "danh-muc.xlsx"), "sheets": inspect("", "xlsx", REGISTER_FILE).sheets},)
)
STICKER = Row("(sticker)", ({},))
PHONE = Row("(phone number, from the platform)", ({"phone": "84905777888"},))

BUTTONS: dict[str, list[Row]] = {
    "What everybody may know": [
        press(a.ShowHelp(), *HELP), press(a.ShowClauses(ONLY), "clauses.which"), press(a.ShowClause(ONLY, "1.6"),
        "cite.clause"),
        press(a.ShowDeadlines(), DUE), press(a.TellFact(ONLY, "funds-due"), "cite.clause"), press(a.Cancel(), "cancelled"),
        press(a.Speak(a.Language.ENGLISH)), press(a.StayReachable(), "stay.done"),
        typed("vâng ạ", "nod"), typed("ai đấy", "who.never"),
    ],
    "A report of one's own": [
        press(a.ChooseDuty()), press(a.BeginReport(duty("list-corrections"))), press(a.BeginReport(duty("unspent-funds"))),
        press(a.BeginReport(duty("product-review"))),
        press(a.ReportNothing(duty("withdrawal"))), press(a.TellNothing()),
        *(during(TellingNothing(ONLY, "withdrawal", 3), row) for row in (
            press(a.TickNothing(duty("re-recognition"), 3)), press(a.TickNothing(duty("withdrawal"), 2)), press(a.TickAllNothing(3)),
            press(a.SendNothing(3)), press(a.SendNothing(2)), typed("công nhận lại"), typed("tất cả"),
        )),
        press(a.ReportNothing(duty("product-review"))), press(a.Acknowledge()), press(a.Acknowledge(duty("withdrawal"))),
        press(a.RemindLater()), press(a.RemindTomorrow()), typed("sao nhắc hoài vậy"), press(a.ShowTask(duty("withdrawal"))),
        press(a.ShowTask(duty("product-review"))), press(a.ShowOwnReports()), press(a.ShowOwnReport(duty("unspent-funds"))),
        press(a.ShowHistory(duty("unspent-funds"))), press(a.AskToTakeBack(duty("unspent-funds"))),
        press(a.AskForTime()), press(a.AskForTime(duty("withdrawal"))), press(a.AskForTime(duty("product-review"))),
        *(press(a.ChooseTimeDuty(gap(f"{of}draft_request"), duty("withdrawal"))) for of in ("", "other_")),
        *(press(a.SendTimeRequest(gap(f"{of}{state}_request"))) for of in ("", "other_") for state in ("draft", "open")),
        *(press(a.WithdrawTimeRequest(gap(f"{of}open_request"))) for of in ("", "other_")),
        press(a.TakeBack(duty("unspent-funds"), 1)),
        press(a.KeepFile()), press(a.ChooseTemplate(), "list.which_template"), press(a.SendTemplate(duty("withdrawal"))),
    ],
    "The unit's form": [
        form("choice", a.FormOp.OPTION, "yes"), form("optional", a.FormOp.SKIP), form("summary", a.FormOp.BACK),
        form("list", a.FormOp.FINISH_LIST), form("list", a.FormOp.DROP_ROW), form("list", a.FormOp.DROP_ROW, "1"),
        form("list", a.FormOp.PUT_BACK), form("list", a.FormOp.SHOW_ROWS, "1"), form("list", a.FormOp.CHOOSE_ROW, "1"),
        form("list", a.FormOp.TAKE_ROW, "1"), form("list", a.FormOp.TAKE_COLUMN, "stars"), form("list", a.FormOp.ADD_ROWS),
        form("list", a.FormOp.LEAVE_ROWS), form("list", a.FormOp.SHELF, "1"), form("list", a.FormOp.TICK, "1"),
        form("list", a.FormOp.TICK, "2"), form("list", a.FormOp.ADD_TICKED),
        form("summary", a.FormOp.EDIT, "products"), form("summary", a.FormOp.NOTHING),
        form("summary", a.FormOp.CHOOSE_EDIT), form("list", a.FormOp.TEMPLATE), form("summary", a.FormOp.SEND),
        form("odd", a.FormOp.SEND), form("odd", a.FormOp.SEND_ANYWAY), form("summary", a.FormOp.PAUSE),
        form("summary", a.FormOp.THROW_AWAY), form("summary", a.FormOp.SHOW), form("list", a.FormOp.SO_FAR),
        form("summary", a.FormOp.COLLEAGUE), form("words", a.FormOp.KEEP_TEXT), form("words", a.FormOp.ASK_INSTEAD),
        press(a.StepForm(gap("summary_draft"), 0, a.FormOp.SEND)), press(a.StepForm(gap("other_summary_draft"),
        gap("other_summary_seq"), a.FormOp.PAUSE)),
        press(a.StepForm(gap("other_summary_draft"), 0, a.FormOp.PAUSE)),
    ],
    "How far things are": [
        press(a.ShowStatus()), press(a.ShowUnit(gap("unit"))), press(a.ShowUnit(gap("unit"), duty("unspent-funds"))),
        press(a.ShowUnit(gap("other_unit"))),
        press(a.ShowDuty(duty("unspent-funds"))), press(a.ShowReport(gap("unit"), duty("unspent-funds"))),
        press(a.ShowReport(gap("other_unit"), duty("unspent-funds"))),
        press(a.ShowUnreached()), press(a.ShowStanding()), press(a.ShowDuty(duty("training"))), press(a.SendReportFile(gap("submission"))),
        press(a.SendReportFile(gap("other_submission"))), press(a.ShowCosts()),
        given("removed, and yet linked", _gone, press(a.ShowStatus())),
    ],
    "A manager's word": [
        press(a.ChooseNudge()), press(a.ConfirmNudge(duty("unspent-funds"))), press(a.Nudge(duty("re-recognition"),
        "07010900")), press(a.ChaseUnit(gap("unit"), duty("re-recognition"))), press(a.ChaseNamed(duty("re-recognition"))),
        press(a.NudgeNamed(duty("withdrawal"), "1")), press(a.ConfirmReport(gap("submission"))),
        press(a.BeginArrival(gap("submission"))), press(a.BeginWantingMore(gap("submission"))), press(a.BeginExtension(gap("unit"), duty("unspent-funds"))),
    ],
    "Later days": [
        press(a.ChooseExtension()), press(a.ExtendDuty(duty("withdrawal"))), press(a.ExtendDuty(duty("training"))),
        press(a.ChoosePlanDuty(gap("plan"), duty("withdrawal"))), press(a.SwitchUnit(gap("plan"), gap("other_unit"))),
        press(a.TakeAllUnits(gap("plan"))), press(a.UnitsChosen(gap("plan"))), press(a.AskReason(gap("plan"))),
        press(a.SkipReason(gap("plan"))), press(a.GrantExtension(gap("plan"))), press(a.GrantExtension(gap("granted_plan"))),
        press(a.UndoExtension(gap("granted_plan"))), press(a.UndoExtension(gap("plan"))), press(a.ShowTimeRequests()),
        press(a.ShowTimeRequest(gap("open_request"))), press(a.ShowTimeRequest(gap("draft_request"))),
        press(a.GrantRequest(gap("open_request"))), press(a.GrantRequest(gap("draft_request"))), press(a.GrantOtherDay(gap("open_request"))),
        press(a.BeginRefusal(gap("open_request"))), press(a.RefuseRequest(gap("open_request"))),
    ],
    "The register of products": [
        press(a.ShowRegisters()), press(a.ShowRegister(gap("unit"))), press(a.ShowRegister(gap("other_unit"))),
        press(a.ShowRegister(gap("unit"), 1)), press(a.LoadRegister(gap("loading"))), press(a.DropRegister(gap("loading"))),
    ],
    "Questions": [
        press(a.AskDepartment(gap("open_question"))), press(a.AskDepartment(gap("other_open_question"))),
        press(a.BeginReply(gap("passed_question"))),
        press(a.BeginReply(gap("replied_question"))), press(a.PublishReply(gap("replied_question"))),
        press(a.PublishReply(gap("replied_question"), "1.6")),
        press(a.WithdrawReply(gap("published_question"))),
    ],
    "People": [
        press(a.BeginInvite(Role.OFFICER)), press(a.BeginInvite(Role.OFFICER, gap("unit"))),
        press(a.BeginInvite(Role.LEADER, gap("unit"))), press(a.BeginInvite(Role.MANAGER)),
        press(a.BeginInvite(Role.ADMINISTRATOR)), press(a.ShowInvites()), press(a.RevokeInvite(Role.MANAGER, gap("manager_handle"))),
        press(a.RevokeInvite(Role.ADMINISTRATOR, gap("administrator_handle"))), press(a.ShowAccess()),
        press(a.ReleaseGroup(gap("group_handle"))), press(a.ShowPeople()), press(a.ShowPerson(gap("officer"))),
        press(a.ShowPerson(gap("other_officer"))),
        press(a.ShowPerson(gap("removed"))), press(a.MovePerson(gap("removed"), gap("unit"))),
        press(a.ChooseUnitFor(gap("officer"))), press(a.MovePerson(gap("officer"), gap("other_unit"))),
        press(a.ConfirmRemoval(gap("officer"))),
        press(a.RemovePerson(gap("officer"))), press(a.RemovePerson(gap("me"))), press(a.Leave(gap("me"))),
        press(a.Leave(gap("officer"))), press(a.ShowOwnData()), press(a.AskToForget()), press(a.Forget(gap("my_contact"), gap("me"))),
        press(a.Forget(gap("my_contact"), 0)), press(a.Forget(gap("contact"), gap("officer"))), press(a.Stay()),
        press(a.KeepData(gap("my_contact"), gap("me"))), press(a.KeepData(gap("my_contact"), 0)),
        press(a.KeepData(gap("contact"), gap("officer"))),
    ],
    "Who of the unit does what": [
        press(a.ChooseColleague()), press(a.ChooseColleague(duty("withdrawal"))), press(a.ChooseColleague(duty("product-review"))),
        press(a.ConfirmHandOver(gap("officer"), duty("withdrawal"))), press(a.HandOver(gap("officer"), duty("withdrawal"))),
        press(a.HandOver(gap("mate"), duty("withdrawal"))), press(a.HandOver(gap("mate"))), press(a.TakeOver(duty("withdrawal"))),
        press(a.TakeHandedBack(gap("mate"), duty("re-recognition"))), press(a.AcceptTask(duty("re-recognition"))),
        press(a.DeclineTask()), press(a.AskForColleague()), press(a.HandOver(gap("removed"), duty("withdrawal"))),
        given("it is theirs", _in_hand, press(a.AcceptTask(duty("withdrawal")))),
        given("it is theirs", _in_hand, press(a.DeclineTask(duty("withdrawal")))),
    ],
    "Being let in": [
        press(a.AskToJoin()), press(a.AskToJoin(gap("unit"))), press(a.UseShownName()), press(a.ChooseOwnUnit(gap("unit"))),
        press(a.SkipPhone()), press(a.SendJoin()), press(a.ShowRequests()), press(a.ShowRequest(gap("request"))),
        press(a.LetIn(gap("request"))), press(a.TurnAway(gap("request"))), press(a.LetIn(gap("decided_request"))),
    ],
    "Channels": [
        press(a.Unlink(gap("contact"))), press(a.Unlink(gap("other_contact"))), press(a.Unlink(gap("my_contact"))),
        press(a.LinkHere(gap("code"))), press(a.LinkHere(gap("wrong_code"))), press(a.LinkHere(gap("removed_code"))),
        given("after five wrong ones", _guessed, press(a.LinkHere(gap("code")))),
        given("after a hundred by everybody", _guessed_by_many, press(a.LinkHere(gap("code")))),
    ],
}  # fmt: skip

COMMANDED: dict[str, list[Row]] = {
    "Commands": [
        *command("start", "", *GREETING), *command("start", "{my_invite}", *GREETING), *command("start", "{officer_invite}"),
        *command("start", "{manager_invite}"), *command("start", "ABCDEFGHJK", *GREETING),
        *command("help trogiup", "", *HELP), *command("baocao report"), *command("tiendo status"),
        *command("han deadlines", "", DUE), *command("ngonngu language", "", "language.choose"),
        *command("huy cancel", "", "cancelled"), *command("nhac nudge"), *command("nhac", "kinh phí"), *command("moi invite"),
        *command("giahan extend"), *command("giahan", "thu hồi cho Đại Lộc đến 20/8"), *command("xinluihan moretime"),
        *command("xinluihan", "thu hồi đến 20/8 vì lũ"),
        *command("loimoi invites"), *command("quyen access"), *command("thamgia join"), *command("denghi requests"), *command("nguoi people"), *command("cauhoi questions"), *command("bienlai receipt", "{receipt}"),
        *command("bienlai", "{other_receipt}"), *command("ganthongbao bind"), *command("bothongbao unbind"),
        *command("tatthongbao mute"), *(given("muted before", _muted, row) for row in command("batthongbao unmute")),
        *command("roi leave"), *command("dulieu mydata", "", "own.title"), *command("xoadulieu forgetme"), *command("lienket link"),
        *command("lienket", "{code}"), *command("lienket", "{wrong_code}"),
        *(given("after five wrong ones", _guessed, row) for row in command("lienket", "{code}")),
        *command("sodienthoai phone"),
        *command("sodienthoai", "0905 777 888"), *command("sodienthoai", "xoa"), *command("chiphi cost"),
        *command("khonglienlac unreached"), *command("danhmuc register"), *command("danhmuc", "hội an"),
    ],
}  # fmt: skip

SENTENCES: dict[str, list[Row]] = {
    "Sentences": [
        typed("xin chào", *HELP), typed("các mốc", DUE), typed("kinh phí không dùng hết thì báo cáo khi nào?", "cite.clause"),
        typed("tiến độ"), typed("đại lộc nộp chưa"), typed("hội an nộp chưa"), typed("trà my nộp chưa"),
        typed("ai chưa nộp danh sách thu hồi"),
        typed("đại lộc"), typed("nhắc ngay"), typed("gia hạn thu hồi cho đại lộc đến 20/8"), typed("xin lùi hạn thu hồi đến 20/8 vì lũ"), typed("nhắc các đơn vị nộp kinh phí"), typed("đôn đốc đại lộc việc thu hồi"), typed("mời cán bộ"), typed("{receipt}"),
        typed("{other_receipt}"), typed("nộp báo cáo"), typed("báo cáo kinh phí"), typed("không phát sinh thu hồi"),
        typed("{code}"), typed("{wrong_code}"), typed("{officer_invite}"), typed("{my_invite}"),
        typed("danh mục của đại lộc"), typed("danh mục của hội an"), typed("danh mục sản phẩm"),
        typed("sản phẩm nào của em đủ 36 tháng"),
        typed("việc thu hồi giao cho ngoc anh"), typed("việc thu hồi giao cho anh Tuấn"), typed("việc thu hồi này em làm"),
        typed("em muốn giao việc này"), typed("em ở Đại Lộc, cho em vào"), typed("toi la can bo huyen Que Son"), typed("ai đang xin tham gia"),
        typed("bot lưu gì về tôi?", "own.title"), typed("xóa dữ liệu của tôi"),
    ],
    "Files and the like": [
        PICTURE, PAPER, REGISTER, Row("(file that is too big)", ({"trouble": "too_big"},)), STICKER, PHONE,
        Row("(blocks the bot)", ({"left": True},)),
    ],
    "A choice of long ago, typed by its words": [
        offered("Xem", a.ShowReport(gap("unit"), duty("unspent-funds"))), offered("Gỡ", a.RemovePerson(gap("officer"))),
    ],
    "Typed where one was asked to be sure": [
        replace(typed(word, says), conversation=Conversation(menu=(Choice("Rời", a.Leave(gap("me"))), Choice("Ở lại", a.Stay()))))
        for word, says in (("đồng ý", "be_sure"), ("thôi", "leave.stayed"))
    ],
}  # fmt: skip


def _late(row: Row) -> Row:
    """The same where something was typed later and came first."""
    return replace(row, conversation=replace(row.conversation, newest=2))


MIDDLES: dict[str, list[Row]] = {
    "In the middle of the unit's form": [
        filling("words", typed("Đã kiểm tra 5 cơ sở")), filling("list", typed("Trà rau má")),
        filling("words", typed("cho em nộp báo cáo kinh phí")), filling("summary", typed("sửa số văn bản thành 45/BC-UBND")), filling("list", typed("3 sao")),
        filling("summary", typed("quay lại")),
        filling("summary", typed("hủy")), filling("choice", typed("có")),
        filling("choice", typed("hạn nộp công nhận lại là khi nào?", "answer.deadline")), filling("choice", typed("tiến độ")),
        filling("optional", PAPER), filling("optional", PICTURE), filling("words", PAPER), filling("list", LIST),
        filling("list", Row("(file that is too big)", ({"trouble": "too_big"},))), filling("list", STICKER),
        filling("list", press(a.Speak(a.Language.ENGLISH))), filling("list", press(a.Cancel(), "cancelled")),
        *(filling("list", row) for row in command("huy", "", "cancelled")),
        filling("words", Row("“độ mật: A”", ({"text": "độ mật: A"},))),
        filling("words", Row("(what is far too long)", ({"text": "a" * 4001},))),
        _late(filling("list", Row("(a sentence that comes too late)", ({"text": "Trà rau má", "sent_at": 1},)))),
        during(Filling(gap("list_draft"), 0), typed("Trà rau má")),
        during(Filling(gap("other_list_draft"), gap("other_list_seq")), typed("Trà rau má")),
    ],
    "In the middle of a manager's word": [
        during(Replying(gap("passed_question")), typed("Sở đã nhận câu hỏi này")),
        during(Replying(gap("strangers_question")), typed("Sở đã nhận câu hỏi này")),
        during(Replying(gap("replied_question")), typed("Sở đã nhận câu hỏi này")),
        during(Replying(gap("passed_question")), typed("tiến độ")), during(WantingMore(gap("submission")), typed("Thiếu chữ ký")),
        during(WantingMore(gap("submission"), 0, 1), typed("Thiếu chữ ký")), during(NotingArrival(gap("submission")), typed("1234")),
        during(NotingArrival(gap("submission")), typed("tiến độ")),
        during(Extending(gap("plan"), Lacks.DAY), typed("20/8/2022")), during(Extending(gap("plan"), Lacks.DAY), typed("1/6/2022")),
        during(Extending(gap("plan"), Lacks.UNITS), typed("Hội An")), during(Extending(gap("plan"), Lacks.REASON), typed("Mưa lũ")),
        during(Extending(gap("plan"), Lacks.DAY), typed("tiến độ")), during(Refusing(gap("open_request")), typed("Cần số liệu ngay")),
        *(during(WantingTime(gap(f"{of}draft_request"), Lacks.DAY), typed("20/8/2022")) for of in ("", "other_")),
        *(during(WantingTime(gap(f"{of}draft_request"), Lacks.REASON), typed("Chưa kịp họp")) for of in ("", "other_")),
        during(Chasing("{unit},{other_unit}"), press(a.ChaseNamed(duty("re-recognition")))),
        during(Chasing("{unit}", duty("withdrawal"), "1"), press(a.NudgeNamed(duty("withdrawal"), "1"))),
        during(Inviting(Role.OFFICER), typed("Đại Lộc")), during(Inviting(Role.LEADER), typed("Hội An")),
        during(Inviting(Role.OFFICER), typed("trà my")), during(Inviting(Role.ADMINISTRATOR), typed("Đại Lộc")),
        during(Linking(), typed("{code}")), during(Linking(), typed("{wrong_code}")), during(Linking(), typed("tiến độ")),
    ],
}  # fmt: skip

ASKS_IN = AskingIn(JoinStep.SUMMARY, "Nam", gap("unit"), "84905123456")
MIDDLES |= {
    "In the middle of asking to be let in": [
        during(AskingIn(), typed("Nguyễn Văn Nam")), during(AskingIn(JoinStep.UNIT, "Nam"), typed("Đại Lộc")),
        during(AskingIn(JoinStep.PHONE, "Nam", gap("unit")), typed("0905 123 456")), during(ASKS_IN, press(a.SendJoin())),
        during(ASKS_IN, typed("gửi đi")), during(ASKS_IN, typed("tiến độ")),
    ],
}  # fmt: skip

MIDDLES |= {
    "In the middle of naming a colleague": [
        during(HandingOver(duty("withdrawal")), typed("ngoc anh")), during(HandingOver(), typed("chị ngoc anh")),
        during(HandingOver(), typed("anh Tuấn")), during(HandingOver(duty("withdrawal")), typed("tiến độ")),
    ],
}  # fmt: skip

NOTHING: dict[str, list[Row]] = {
    "What is nothing of ours": [
        old("form 1 1 y"), *command("khongcolenhnay"), typed("?!"),
        given("where choices are numbers", _on_zalo, Row("“7”", ({"text": "7", "channel": "zalo_bot"},))),
    ],
}  # fmt: skip

ALL_BUTTONS = [row for rows in BUTTONS.values() for row in rows]
ALL_COMMANDS = [row for rows in COMMANDED.values() for row in rows]
FOR_GROUPS = ("/help", "/trogiup", "/tiendo", "/status", "/han", "/deadlines", "/ganthongbao", "/bind", "/bothongbao", "/unbind")
"""Commands that a group may give; every other one is driven as one row."""
WORDS = [
    typed("@bot đại lộc nộp chưa"), typed("@bot tiến độ"), typed("@bot {receipt}"), typed("@bot nhắc ngay"),
    typed("@bot kinh phí không dùng hết thì báo cáo khi nào?", "cite.clause"),
]  # fmt: skip


def _in_group(group: str) -> list[Row]:
    allowed = [row for row in ALL_COMMANDS if row.label.split()[0] in FOR_GROUPS]
    odd = one("(files, numbers, stickers)", [PICTURE, PHONE, STICKER])
    unspoken = Row("(words that are not for the bot)", ({"text": "đại lộc nộp chưa", "addressed": False},))
    return grouped(
        group, *allowed, *WORDS, odd, unspoken, filling("list", one("(words and a file)", [typed("Trà rau má"), LIST]))
    )


def _private() -> list[Row]:
    """What a group does not even hear of: all of it has the same right, so that one line tells of many."""
    others = [row for row in ALL_COMMANDS if row.label.split()[0] not in FOR_GROUPS]
    out = Row("(the bot is put out)", ({"left": True},))
    return grouped(BOUND, one("(every other command)", others), one("(every button)", ALL_BUTTONS), out)


SAID: dict[str, list[Row]] = {
    **BUTTONS, **COMMANDED, **SENTENCES, **MIDDLES,
    "In a group that is bound to the alerts": [*_in_group(BOUND), *_private()],
    "In any other group": _in_group(FREE),
    **NOTHING,
}  # fmt: skip
