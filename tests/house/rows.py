"""The rows of the table of rights: everything that can be asked of the bot, and whose things it is aimed at.

Gaps such as ``{submission}`` are things of the unit that ``officer`` and ``leader`` belong to; ``{other_…}`` are those
of the other unit, ``{me}`` is the one who asks.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, update

from handlers.engine import ACTIONS, COMMANDS
from storage import linking, people
from storage.files import FileStore
from storage.tables import person
from tests.house.scene import BOUND, FREE, NOW
from tests.made_files import PDF, PNG, WITHDRAWAL_ROWS, workbook


@dataclass(frozen=True)
class Row:
    """A line of the table: what is done, step by step, and where the conversation stands before.

    ``says`` are the words (keys of the catalog, or ``=text``) by which something that everybody may know is recognised.
    ``covers`` are the actions, commands and topics that the row drives.
    """

    label: str
    steps: tuple[dict[str, Any], ...]
    covers: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    topic: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    group: str = ""
    before: Callable[[Connection, dict[str, Any]], None] | None = None
    """What was so already, where the scene has it otherwise."""


def act(verb: str, arguments: str = "") -> dict[str, Any]:
    """How an action reaches the bot. The one place that knows what an action is made of."""
    return {"choice": f"{verb} {arguments}".strip()}


def press(verb: str, arguments: str = "", *says: str) -> Row:
    """A button, shown once upon a time and pressed now."""
    return Row(f"[{f'{verb} {arguments}'.strip()}]", (act(verb, arguments),), (verb,), says)


def command(words: str, rest: str = "", *says: str) -> list[Row]:
    """A command, by each of its names."""
    return [
        Row(f"/{word} {rest}".strip(), ({"text": f"/{word} {rest}".strip()},), (f"/{word}",), says) for word in words.split()
    ]  # fmt: skip


def typed(text: str, *says: str) -> Row:
    """A sentence."""
    return Row(f"“{text}”", ({"text": text},), says=says)


def sent(name: str, content: bytes) -> Row:
    """A file or a photo."""
    return Row(f"(file {name})", ({"put": (content, name)},))


def during(topic: str, row: Row, **data: Any) -> Row:
    """The same in the middle of something, whoever has brought the conversation there."""
    shown = " ".join(str(value) for value in data.values())
    return replace(row, label=f"{topic} {shown}: {row.label}", topic=topic, data=data, covers=(*row.covers, f"topic:{topic}"))


def filling(place: str, row: Row) -> Row:
    """The same while the unit's form is open."""
    within = during("report", row, draft=f"{{{place}_draft}}", seq=f"{{{place}_seq}}")
    return replace(within, label=f"report {{{place}_draft}}: {row.label}")


def form(place: str, op: str) -> Row:
    """A button of the unit's form."""
    return press("form", f"{{{place}_draft}} {{{place}_seq}} {op}")


def grouped(group: str, *rows: Row) -> list[Row]:
    """The same, said in a group."""
    return [replace(row, group=group) for row in rows]


def given(label: str, before: Callable[[Connection, dict[str, Any]], None], row: Row) -> Row:
    """The same where something else was so before."""
    return replace(row, label=f"{row.label} ({label})", before=before)


def _muted(db: Connection, names: dict[str, Any]) -> None:
    people.set_muted(db, names["me"], muted=True)


def _gone(db: Connection, names: dict[str, Any]) -> None:
    db.execute(update(person).where(person.c.id == names["me"]).values(removed_at=NOW))


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
    return fill(_incoming_file(step, store), names)


def fill(given: Any, names: dict[str, object]) -> Any:
    """Gaps filled; what was one gap alone keeps its type."""
    if isinstance(given, dict):
        return {key: fill(value, names) for key, value in given.items()}
    if isinstance(given, list):
        return [fill(value, names) for value in given]
    if isinstance(given, str):
        alone = names.get(given[1:-1]) if given.startswith("{") and given.endswith("}") else None
        return alone if alone is not None else given.format(**names)
    return given


HELP = ("help.stranger", "help.officer", "help.manager", "help.administrator")
CLAUSE = "=Báo cáo kinh phí không thực hiện hết"
DUE = "deadlines.title"
GREETING = ("join.stranger", "join.hello", "join.hello_unit")
PICTURE = sent("anh.png", PNG)
PAPER = sent("bao-cao.pdf", PDF)
LIST = sent("thu-hoi.xlsx", workbook(WITHDRAWAL_ROWS[:1]))
STICKER = Row("(sticker)", ({},))
PHONE = Row("(phone number, from the platform)", ({"phone": "84905777888"},))

BUTTONS: dict[str, list[Row]] = {
    "What everybody may know": [
        press("help", "", *HELP), press("clauses", "", "clauses.which"), press("clause", "1.6", "cite.clause"),
        press("due", "", DUE), press("fact", "funds-due", "cite.clause"), press("cancel", "", "cancelled"),
        press("lang", "en"), press("stay", "", "stay.done"),
    ],
    "A report of one's own": [
        press("choose"), press("report", "list-corrections"), press("report", "unspent-funds"), press("report", "product-review"),
        press("nothing", "withdrawal"),
        press("nothing", "product-review"), press("ack"), press("ack", "withdrawal"), press("later"),
    ],
    "The unit's form": [
        form("choice", "o yes"), form("optional", "s"), form("summary", "b"), form("list", "f"), form("list", "d"),
        form("summary", "e products"), form("summary", "n"), form("summary", "E"), form("list", "t"), form("summary", "y"),
        form("odd", "y"), form("odd", "w"), form("summary", "c"), form("summary", "x"), form("summary", "?"),
        press("form", "{summary_draft} 0 y"), press("form", "{other_summary_draft} {other_summary_seq} c"),
        press("form", "{other_summary_draft} 0 c"),
    ],
    "How far things are": [
        press("status"), press("unit", "{unit}"), press("unit", "{unit} unspent-funds"), press("unit", "{other_unit}"),
        press("obl", "unspent-funds"), press("look", "{unit} unspent-funds"), press("look", "{other_unit} unspent-funds"),
        press("look", "reached"), press("file", "{submission}"), press("file", "{other_submission}"), press("cost"),
        given("removed, and yet linked", _gone, press("status")),
    ],
    "A manager's word": [
        press("nudge"), press("nudge", "unspent-funds"), press("nudgego", "re-recognition 07010900"), press("ok", "{submission}"),
        press("more", "{submission}"), press("extend", "{unit} unspent-funds"),
    ],
    "Questions": [
        press("dept", "{open_question}"), press("dept", "{other_open_question}"), press("reply", "{passed_question}"),
        press("reply", "{replied_question}"), press("publish", "{replied_question}"), press("publish", "{replied_question} 1.6"),
        press("unpublish", "{published_question}"),
    ],
    "People": [
        press("inv", "officer"), press("inv", "officer {unit}"), press("inv", "leader {unit}"), press("inv", "manager"),
        press("inv", "administrator"), press("person", "page0"), press("person", "{officer}"), press("person", "{other_officer}"),
        press("person", "{removed}"), press("moveto", "{removed} {unit}"), press("move", "{officer}"), press("moveto", "{officer} {other_unit}"), press("remove", "{officer}"),
        press("removego", "{officer}"), press("removego", "{me}"), press("leavego", "{me}"), press("leavego", "{officer}"),
    ],
    "Channels": [
        press("unlink", "{contact}"), press("unlink", "{other_contact}"), press("unlink", "{my_contact}"),
        press("linkgo", "{code}"), press("linkgo", "{wrong_code}"), press("linkgo", "{removed_code}"),
        given("after five wrong ones", _guessed, press("linkgo", "{code}")),
        given("after a hundred by everybody", _guessed_by_many, press("linkgo", "{code}")),
    ],
}  # fmt: skip

COMMANDED: dict[str, list[Row]] = {
    "Commands": [
        *command("start", "", *GREETING), *command("start", "{my_invite}", *GREETING), *command("start", "{officer_invite}"),
        *command("start", "{manager_invite}"), *command("start", "ABCDEFGHJK", *GREETING),
        *command("help trogiup", "", *HELP), *command("baocao report"), *command("tiendo status"),
        *command("han deadlines", "", DUE), *command("ngonngu language", "", "language.choose"),
        *command("huy cancel", "", "cancelled"), *command("nhac nudge"), *command("nhac", "kinh phí"), *command("moi invite"),
        *command("nguoi people"), *command("cauhoi questions"), *command("bienlai receipt", "{receipt}"),
        *command("bienlai", "{other_receipt}"), *command("ganthongbao bind"), *command("bothongbao unbind"),
        *command("tatthongbao mute"), *(given("muted before", _muted, row) for row in command("batthongbao unmute")), *command("roi leave"), *command("lienket link"),
        *command("lienket", "{code}"), *command("lienket", "{wrong_code}"),
        *(given("after five wrong ones", _guessed, row) for row in command("lienket", "{code}")), *command("sodienthoai phone"),
        *command("sodienthoai", "0905 777 888"), *command("sodienthoai", "xoa"), *command("chiphi cost"),
        *command("khonglienlac unreached"),
    ],
}  # fmt: skip

SENTENCES: dict[str, list[Row]] = {
    "Sentences": [
        typed("xin chào", *HELP), typed("các mốc", DUE), typed("kinh phí không dùng hết thì báo cáo khi nào?", "cite.clause"),
        typed("tiến độ"), typed("đại lộc nộp chưa"), typed("hội an nộp chưa"), typed("trà my nộp chưa"), typed("ai chưa nộp danh sách thu hồi"),
        typed("đại lộc"), typed("nhắc ngay"), typed("nhắc các đơn vị nộp kinh phí"), typed("mời cán bộ"), typed("{receipt}"),
        typed("{other_receipt}"), typed("nộp báo cáo"), typed("báo cáo kinh phí"), typed("không phát sinh thu hồi"),
        typed("{code}"), typed("{wrong_code}"), typed("{officer_invite}"), typed("{my_invite}"),
    ],
    "Files and the like": [
        PICTURE, PAPER, Row("(file that is too big)", ({"trouble": "too_big"},)), STICKER, PHONE,
        Row("(blocks the bot)", ({"left": True},)),
    ],
    "A choice of long ago, typed by its words": [
        replace(typed("Xem"), label="“Xem” = [look {unit} unspent-funds]", data={"menu": [["Xem", "look {unit} unspent-funds"]]}),
        replace(typed("Gỡ"), label="“Gỡ” = [removego {officer}]", data={"menu": [["Gỡ", "removego {officer}"]]}),
    ],
}  # fmt: skip

MIDDLES: dict[str, list[Row]] = {
    "In the middle of the unit's form": [
        filling("words", typed("Đã kiểm tra 5 cơ sở")), filling("list", typed("Trà rau má")), filling("summary", typed("quay lại")),
        filling("summary", typed("hủy")), filling("choice", typed("có")),
        filling("choice", typed("hạn nộp công nhận lại là khi nào?", "answer.deadline")), filling("choice", typed("tiến độ")),
        filling("optional", PAPER), filling("optional", PICTURE), filling("words", PAPER), filling("list", LIST),
        filling("list", Row("(file that is too big)", ({"trouble": "too_big"},))), filling("list", STICKER),
        filling("list", press("lang", "en")), filling("list", press("cancel", "", "cancelled")),
        *(filling("list", row) for row in command("huy", "", "cancelled")),
        filling("words", Row("“độ mật: A”", ({"text": "độ mật: A"},))),
        filling("words", Row("(what is far too long)", ({"text": "a" * 4001},))),
        replace(
            filling("list", Row("(a sentence that comes too late)", ({"text": "Trà rau má", "sent_at": 1},))),
            data={"draft": "{list_draft}", "seq": "{list_seq}", "newest": 2},
        ),
        during("report", typed("Trà rau má"), draft="{list_draft}", seq=0),
        during("report", typed("Trà rau má"), draft="{other_list_draft}", seq="{other_list_seq}"),
    ],
    "In the middle of a manager's word": [
        during("reply", typed("Sở đã nhận câu hỏi này"), question="{passed_question}"),
        during("reply", typed("Sở đã nhận câu hỏi này"), question="{strangers_question}"),
        during("reply", typed("Sở đã nhận câu hỏi này"), question="{replied_question}"),
        during("reply", typed("tiến độ"), question="{passed_question}"),
        during("more", typed("Thiếu chữ ký"), submission="{submission}"),
        during("extend", typed("20/7/2022"), unit="{unit}", obligation="unspent-funds"),
        during("extend", typed("1/7/2022"), unit="{unit}", obligation="unspent-funds"),
        during("extend-reason", typed("Mưa lũ"), unit="{unit}", obligation="unspent-funds", day="2022-07-20"),
        during("invite-name", typed("Đại Lộc"), role="officer"), during("invite-name", typed("Hội An"), role="leader"),
        during("invite-name", typed("trà my"), role="officer"), during("invite-name", typed("Đại Lộc"), role="administrator"),
        during("link", typed("{code}")), during("link", typed("{wrong_code}")), during("link", typed("tiến độ")),
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
    allowed = [row for row in ALL_COMMANDS if row.covers[0] in FOR_GROUPS]
    odd = one("(files, numbers, stickers)", [PICTURE, PHONE, STICKER])
    unspoken = Row("(words that are not for the bot)", ({"text": "đại lộc nộp chưa", "addressed": False},))
    return grouped(
        group, *allowed, *WORDS, odd, unspoken, filling("list", one("(words and a file)", [typed("Trà rau má"), LIST]))
    )


def _private() -> list[Row]:
    """What a group does not even hear of: all of it has the same right, so that one line tells of many."""
    others = [row for row in ALL_COMMANDS if row.covers[0] not in FOR_GROUPS]
    out = Row("(the bot is put out)", ({"left": True},))
    return grouped(BOUND, one("(every other command)", others), one("(every button)", ALL_BUTTONS), out)


TABLE: dict[str, list[Row]] = {
    **BUTTONS, **COMMANDED, **SENTENCES, **MIDDLES,
    "In a group that is bound to the alerts": [*_in_group(BOUND), *_private()],
    "In any other group": _in_group(FREE),
}  # fmt: skip


def uncovered(topics: tuple[str, ...]) -> set[str]:
    """Actions, commands and topics that no row drives."""
    asked = {*ACTIONS, *(f"/{word}" for word in COMMANDS), *(f"topic:{topic}" for topic in topics)}
    return asked - {name for rows in TABLE.values() for row in rows for name in row.covers}
