"""Readers of what people send under pressure: the worst that each can be given, at some size and at ten times that.

What reads in linear time does at most ten times the work for ten times the text, and what refuses what is too long does less. Work
is counted in lines of Python run, the same on every machine; what a single call of the interpreter's own takes is not seen so
(patterns: ``tests/house/test_patterns.py``). Therefore ``make fuzz`` measures the processor's time, from the largest text that is
looked at to ten times that.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any

from bot.channels.telegram.receive import updates_in, whose
from bot.channels.webhook_body import checked
from bot.channels.zalo_bot.receive import read_update
from bot.channels.zalo_oa.receive import read_event, signed_by
from handlers.papers.document_text import beginning
from handlers.reporting.secrecy import marked
from handlers.talking import LONGEST
from rules.actions import BadAction, unpack
from rules.answers.answerer import Answerer
from rules.campaign.forms import answer, start
from rules.directory.finding import read_unit
from rules.text.money import read_money
from rules.text.refusal import Refusal
from rules.text.values import read_date, read_document, read_text, read_yes_no
from rules.text.vietnamese import harmless, nfc, one_line, storable
from storage.files import tidy_name
from storage.packed import Unreadable
from tests.stage import CAMPAIGN

TIMES = 10
MOST_GROWTH = 1.3 * TIMES
"""By so much more work for ten times the text; and these lines are nothing, whatever they were before."""
FEW_LINES = 20_000
MOST_SECONDS_GROWTH, FEW_SECONDS = 4.0 * TIMES, 0.5
"""Of the processor. What is quadratic takes a hundred times as long."""
MAY = (Refusal, BadAction, Unreadable)
PIECES = (
    " ", "\n", "a", "a ", "1", "1.", "1.000 ", "9 tỷ ", "-", "/", "(", "<", "&amp;", "ờ", "e\u0301", "\u0301", "không ", "ngày 1/1 ", "45/UBND ",
    "đại lộc ", "đại ", "kinh phí ", "hạn ", "3 sao ", "MẬT ", '"timestamp":1,', "@b ", "\u202e", "😀", "x\u2028",
)  # fmt: skip


def _message(text: str) -> dict[str, Any]:
    sender = {"id": text, "display_name": text}
    return {
        "update_id": 1,
        "event_name": text,
        "timestamp": text,
        "sender": sender,
        "message": {"message_id": text, "msg_id": text, "from": sender, "chat": sender, "text": text, "date": text},
    }


def _many(text: str) -> dict[str, Any]:
    """An update for every tenth sign."""
    return {
        "ok": True,
        "result": [{"update_id": n, "message": {"from": {"id": n}, "text": sign}} for n, sign in enumerate(text[::10])],
    }


def _form(text: str) -> list[object]:
    fields = [field.model_copy(update={"when": None, "date_field": None}) for o in CAMPAIGN.obligations for field in o.fields]
    return [answer((field,), start((field,)), text, CAMPAIGN.opens) for field in fields]


def _word(text: str) -> bytes:
    from io import BytesIO
    from xml.sax.saxutils import escape
    from zipfile import ZIP_STORED, ZipFile

    inside = "".join(f"<w:p><w:r><w:t>{escape(sign)}</w:t></w:r></w:p>" for sign in storable(text) if sign.isprintable())
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="w">{inside}</w:document>')
    return out.getvalue()


_ANSWERER = Answerer(CAMPAIGN)
Reader = Callable[[str], object]
READERS: dict[str, Reader] = {
    "an amount": read_money,
    "a day": lambda text: read_date(text, CAMPAIGN.opens),
    "a document": lambda text: read_document(text, CAMPAIGN.opens),
    "yes or no": read_yes_no,
    "a text": read_text,
    "a unit": lambda text: read_unit(text, CAMPAIGN.directory),
    "an answer in a form": _form,
    "a question": _ANSWERER.answer,
    "a mark of secrecy": marked,
    "a name": lambda text: (one_line(text), storable(text), nfc(text), harmless(text), tidy_name(text)),
    "a button": unpack,
    "an update of Zalo's bot": lambda text: read_update(_message(text)),
    "an event of the Official Account": lambda text: read_event(_message(text)),
    "an answer to getUpdates": lambda text: [whose(raw) for raw in updates_in(_many(text))],
    "a body with a secret": lambda text: checked("s", "s", json.dumps(_many(text)).encode(), 10**9),
    "a body with a signature": lambda text: signed_by("1", text.encode("utf-8", "replace"), "s", "0" * 64),
    "a Word file": lambda text: beginning("docx", _word(text)),
}  # fmt: skip


def worst(size: int) -> Iterator[tuple[str, str, str]]:
    """What a reader can be given at worst: a piece again and again, at that size and at ten times that; by the piece."""
    for piece in PIECES:
        short = (piece * size)[:size]
        yield repr(piece), short, short * TIMES


def read(reader: Reader, text: str) -> None:
    """Read; refusing is an answer."""
    with suppress(*MAY):
        reader(text)


def lines_of(work: Callable[[], object]) -> int:
    """The lines of Python that it runs."""
    count = 0

    def each(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return each

    before = sys.gettrace()
    sys.settrace(each)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def seconds_of(work: Callable[[], object]) -> float:
    """Of the processor, the best of three."""
    took = []
    for _ in range(3):
        begun = time.process_time()
        work()
        took.append(time.process_time() - begun)
        if took[0] < FEW_SECONDS:
            break
    return min(took)


def grows(reader: Reader, size: int) -> Iterator[str]:
    """The pieces of which ten times as many are more than ten times the work, with the lines run."""
    read(reader, "đại lộc")  # what is built once
    for piece, short, long in worst(size):
        few, many = lines_of(partial(read, reader, short)), lines_of(partial(read, reader, long))
        if many > max(MOST_GROWTH * few, FEW_LINES):
            yield f"{piece}: {few} lines, then {many}"


def slows(reader: Reader, size: int = LONGEST) -> Iterator[str]:
    """The same by the processor's time."""
    for piece, short, long in worst(size):
        few, many = seconds_of(partial(read, reader, short)), seconds_of(partial(read, reader, long))
        if many > max(MOST_SECONDS_GROWTH * few, FEW_SECONDS):
            yield f"{piece}: {few:.2f} s, then {many:.2f} s"
