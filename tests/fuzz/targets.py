"""What reads what comes from outside, each with good samples, a way to spoil them, and what it may raise."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.channels.telegram.receive import SaidNo, updates_in
from bot.channels.webhook_body import checked
from bot.channels.zalo_bot.receive import read_update
from bot.channels.zalo_oa.receive import read_event, signed_by
from handlers.papers.cells import sheets
from handlers.papers.document_text import beginning
from handlers.reporting.inspecting import inspect
from handlers.reporting.secrecy import marked
from rules.actions import BadAction, unpack
from rules.answers.answerer import Answerer
from rules.campaign import bundle, policy
from rules.campaign.forms import answer, start
from rules.campaign.model import Kind
from rules.campaign.sheets import NotTheTemplate, read_list
from rules.directory import loading
from rules.directory.finding import read_unit
from rules.documents.faults import Faults
from rules.text.money import read_money
from rules.text.refusal import Refusal
from rules.text.values import read_date, read_document, read_text, read_yes_no
from rules.text.vietnamese import harmless, nfc, one_line, storable
from storage.files import sniff, tidy_name
from storage.packed import Archive, Locked, Unreadable
from tests.fuzz import spoiling
from tests.fuzz.taking import take_in
from tests.made_files import PDF, PNG, WITHDRAWAL_ROWS, workbook
from tests.stage import CAMPAIGN, PROVINCE, ROOT

TODAY = date(2022, 7, 1)
SENTENCES = (
    "kinh phí không dùng hết thì báo cáo khi nào?", "đại lộc nộp chưa", "350 triệu", "1,2 tỷ", "45/UBND-NN ngày 17/6/2022", "có",
    "nhắc các đơn vị nộp kinh phí", "ngày 15 tháng 7 năm 2022", "TỐI MẬT", "who has not reported", "3 sao thì được bao nhiêu tiền",
)  # fmt: skip
BUTTONS = (
    "status",
    "report 1.unspent-funds",
    "f 12 3 option yes",
    "unit dai-loc 1.withdrawal",
    "nudgego 1.re-recognition 07010900",
    "inv officer dai-loc",
)
UPDATES: tuple[dict[str, Any], ...] = (
    {"update_id": 7, "message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "from": {"id": 7, "is_bot": False, "first_name": "Lan"}, "text": "xin chào"}},
    {"event_name": "message.text.received", "message": {"message_id": "m", "date": 1_655_000_000_000, "from": {"id": "7", "display_name": "Lan"}, "chat": {"id": "7", "chat_type": "PRIVATE"}, "text": "xin chào"}},
    {"ok": True, "result": {"event_name": "message.image.received", "message": {"message_id": "m", "from": {"id": "7"}, "chat": {"id": "7"}, "photo_url": "https://x/y"}}},
    {"event_name": "user_send_text", "app_id": "1", "timestamp": "1", "sender": {"id": "7"}, "message": {"msg_id": "m", "text": "xin chào"}},
    {"event_name": "user_send_file", "timestamp": "1", "sender": {"id": "7"}, "message": {"msg_id": "m", "attachments": [{"payload": {"url": "https://x", "name": "a.pdf"}}]}},
    {"event_name": "user_submit_info", "timestamp": "1", "sender": {"id": "7"}, "info": {"phone": "84905123456"}},
)  # fmt: skip
FOLDER = ROOT / "campaigns" / "quang-nam-ocop-2022"
LIST = next(field for o in CAMPAIGN.obligations for field in o.fields if field.kind is Kind.LIST)
FIELDS = [field.model_copy(update={"when": None, "date_field": None}) for o in CAMPAIGN.obligations for field in o.fields]
"""Each as a form of its own: what depends on another field depends on nothing."""


def _texts(folder: Path, names: tuple[str, ...]) -> dict[str, str]:
    return {name: (folder / name).read_text(encoding="utf-8") for name in names if (folder / name).exists()}


CAMPAIGN_FILES, PROVINCE_FILES = _texts(FOLDER, tuple(bundle.FILES)), _texts(PROVINCE, (loading.FILE, policy.FILE))


@dataclass(frozen=True)
class Target:
    """``try_one`` spoils a sample and has it read. ``may`` is what that may raise."""

    name: str
    try_one: Callable[[random.Random], object]
    may: tuple[type[Exception], ...] = ()
    seeds: int = 40
    """So many are tried at each run of the tests."""


def _sentence(read: Callable[[str], object]) -> Callable[[random.Random], object]:
    return lambda chance: read(spoiling.text(chance, chance.choice(SENTENCES)))


def _update(read: Callable[[Any], object]) -> Callable[[random.Random], object]:
    return lambda chance: read(spoiling.value(chance, chance.choice(UPDATES)))


def _raw(chance: random.Random) -> bytes:
    return spoiling.content(chance, json.dumps(chance.choice(UPDATES)).encode())


def _file(read: Callable[[bytes], object]) -> Callable[[random.Random], object]:
    samples = (PDF, PNG, workbook(WITHDRAWAL_ROWS), _word())
    return lambda chance: read(spoiling.content(chance, chance.choice(samples)))


def _word() -> bytes:
    from io import BytesIO

    from docx import Document

    document, out = Document(), BytesIO()
    document.add_paragraph("Báo cáo kinh phí")
    document.save(out)
    return out.getvalue()


def _form(chance: random.Random) -> object:
    form = (chance.choice(FIELDS),)
    return answer(form, start(form), spoiling.text(chance, chance.choice(SENTENCES)), TODAY)


def _campaign(chance: random.Random) -> object:
    name = chance.choice(sorted(CAMPAIGN_FILES))
    texts = {**CAMPAIGN_FILES, name: spoiling.text(chance, CAMPAIGN_FILES[name])}
    return bundle.campaign_of(texts, CAMPAIGN.directory, CAMPAIGN.policy)


def _province(chance: random.Random) -> object:
    name = chance.choice(sorted(PROVINCE_FILES))
    texts = {**PROVINCE_FILES, name: spoiling.text(chance, PROVINCE_FILES[name])}
    return loading.directory_of(texts) if name == loading.FILE else policy.policy_of(texts)


def _list(content: bytes) -> object:
    return read_list(inspect("a.xlsx", "xlsx", content).sheets, LIST, TODAY)


_ANSWERER = Answerer(CAMPAIGN)
TARGETS = (
    Target("an update of Zalo's bot", _update(read_update)),
    Target("an event of the Official Account", _update(lambda raw: read_event(raw) if isinstance(raw, dict) else None)),
    Target("a body with a secret", lambda chance: checked("s", "s", _raw(chance), 10_000)),
    Target("a body with a signature", lambda chance: signed_by("1", _raw(chance), "s", "0" * 64)),
    Target("what a button carries", lambda chance: unpack(spoiling.text(chance, chance.choice(BUTTONS))), (BadAction,)),
    Target("an amount", _sentence(read_money), (Refusal,)),
    Target("a day", _sentence(lambda text: read_date(text, TODAY)), (Refusal,)),
    Target("a document", _sentence(lambda text: read_document(text, TODAY)), (Refusal,)),
    Target("yes or no", _sentence(read_yes_no), (Refusal,)),
    Target("a text", _sentence(read_text), (Refusal,)),
    Target("a unit", _sentence(lambda text: read_unit(text, CAMPAIGN.directory))),
    Target("an answer in a form", _form),
    Target("a question", _sentence(_ANSWERER.answer)),
    Target("a mark of secrecy", _sentence(marked)),
    Target("a name", _sentence(lambda text: (one_line(text), storable(text), nfc(text), harmless(text), tidy_name(text)))),
    Target("a file's kind", _file(sniff)),
    Target("a file's text", _file(lambda content: [beginning(kind, content) for kind in ("pdf", "docx", "xlsx")]), (Locked,)),
    Target("a workbook", _file(lambda content: sheets(content, 50, 20, 3)), (Unreadable,)),
    Target("a list", _file(_list), (NotTheTemplate,)),
    Target("an archive", _file(lambda content: [Archive(content).read(name) for name in Archive(content).names]), (Unreadable,)),
    Target("updates of all channels, into turns", take_in, seeds=12),
    Target("an answer to getUpdates", _update(lambda raw: updates_in({"ok": True, "result": [raw, raw]} if isinstance(raw, dict) else raw)), (SaidNo,)),
    Target("a campaign's files", _campaign, (Faults,)),
    Target("a province's files", _province, (Faults,)),
)  # fmt: skip
