"""``dondoc import``: a dispatch to a draft campaign.

Marks what looks like a clause and lists the dates found. Who owes what, and the forms, are for a
person to fill in; ``dondoc check`` then tells what is still missing.
"""

import re
from datetime import date
from pathlib import Path

from bot.commands.shared import Refused, can_be_made, tr
from handlers.papers.document_text import paragraphs
from rules.text.refusal import Refusal
from rules.text.values import read_date
from rules.text.vietnamese import fold, nfc
from storage.files import MOST_BYTES
from storage.packed import Unreadable

ANY_DAY = date(2000, 1, 1)
"""Dates of a dispatch carry their year, so today does not matter."""
_FACTS = """\
# [[facts]]
# id = "funds-due"
# clause = "1.1"
# about = []               # subjects of words.toml
# gives = ["date"]         # the kinds of question that it answers
# quote = "…"              # word for word from dispatch.md
# answer.vi = "…"
"""
_QUESTIONS = """\
[asks]
# funds-due = ["…"]        # how people ask for that fact

[silent]
# fines = ["…"]            # what people ask and the dispatch does not say
"""
_WORDS = """\
# A phrase a line. All of it may stay empty: deadlines, clauses and duties are answered all the same.
[subjects]
# funds = [
#     "kinh phí",
# ]

[abbreviations]
# sp = ["sản phẩm"]
"""
_NO_SLUG = re.compile(r"[^a-z0-9]+")
_SECTION = re.compile(r"^(\d{1,2})[.)]\s+\S")
_DASH = re.compile(r"^[-–•+]\s+\S")
_DATE = re.compile(r"(trước|đến hết|chậm nhất(?: là)?)\s+(?:ngày\s+)?(\d{1,2}/\d{1,2}/\d{4})", re.IGNORECASE)
_ENDING = re.compile(r"^(nơi nhận|yêu cầu thủ trưởng|tm\.|kt\.)", re.IGNORECASE)


def draft_campaign(file: Path, out: Path) -> None:
    """Write the files of a campaign, the optional ones to be filled in or deleted. Raises Refused rather than overwrite."""
    can_be_made(out)
    if out.exists() and any(out.iterdir()):
        raise Refused(tr("cli.refused.folder_not_empty", folder=out))
    lines = _lines(file)
    marked = _mark(lines)
    out.mkdir(exist_ok=True)
    (out / "dispatch.md").write_text("\n\n".join(marked) + "\n", encoding="utf-8")
    dates = _dates(lines)
    (out / "campaign.toml").write_text(_toml(out.name, dates), encoding="utf-8")
    (out / "facts.toml").write_text(_FACTS, encoding="utf-8")
    (out / "questions.toml").write_text(_QUESTIONS, encoding="utf-8")
    (out / "words.toml").write_text(_WORDS, encoding="utf-8")
    clauses = sum(piece.startswith("<!-- clause") for piece in marked)
    print(tr("cli.import.done", folder=out, clauses=clauses, dates=len(dates)))


def _lines(file: Path) -> list[str]:
    """The dispatch, a line each: a break within a paragraph ends one too, so that none can hold what looks like our own."""
    if file.suffix.lower() not in (".docx", ".md", ".txt"):
        raise Refused(tr("cli.refused.dispatch", file=file.name))
    lines = (nfc(line).strip() for line in _text(file).splitlines())
    return [line for line in lines if line]


def _text(file: Path) -> str:
    """Whoever wrote it: a file that was e-mailed is opened here."""
    if not file.is_file():
        raise Refused(tr("cli.refused.no_file", file=file))
    with file.open("rb") as source:
        content = source.read(MOST_BYTES + 1)
    try:
        if len(content) > MOST_BYTES:
            raise Unreadable
        return "\n".join(paragraphs(content)) if file.suffix.lower() == ".docx" else content.decode("utf-8-sig")
    except (Unreadable, UnicodeDecodeError):
        raise Refused(tr("cli.refused.unreadable", file=file.name)) from None


def _mark(lines: list[str]) -> list[str]:
    found, section, dash, started = ["<!-- clause head -->"], "", 0, False
    for number, line in enumerate(lines):
        match = _SECTION.match(line)
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if match and not _DATE.match(line):
            section, dash, started = match.group(1), 0, True
            kind = "section" if _DASH.match(following) else "clause"
            found += [f"<!-- {kind} {section} -->", line]
        elif _DASH.match(line) and section:
            dash += 1
            found += [f"<!-- clause {section}.{dash} -->", line]
        elif _ENDING.match(line) and started:
            section = ""
            found += ["<!-- clause head -->", line]
        else:
            found.append(line)
    return found


def _dates(lines: list[str]) -> list[tuple[str, str, str]]:
    found = []
    for line in lines:
        for rule, day in _DATE.findall(line):
            try:
                when = read_date(day, ANY_DAY)
            except Refusal:
                continue
            found.append(("before" if fold(rule) == "truoc" else "through", when.isoformat(), line[:90]))
    return found


def _toml(name: str, dates: list[tuple[str, str, str]]) -> str:
    slug = _NO_SLUG.sub("-", fold(name)).strip("-")[:24].strip("-") or "chien-dich"
    opens = min((day for _, day, _ in dates), default="2030-01-01")
    blocks = [_HEAD.format(slug=slug, opens=opens)]
    for number, (rule, day, line) in enumerate(dates, 1):
        blocks.append(_OBLIGATION.format(number=number, rule=rule, day=day, line=line.replace('"', "'")))
    return "\n".join([*blocks, _TAIL])


_HEAD = """name = "{slug}"
opens = {opens}                         # TODO: the day on which following-up begins
[title]
vi = "TODO"
[dispatch]
number = ""
date = ""
cite.vi = "TODO"
subject.vi = "TODO"
receiver = "TODO"                       # a unit of the province's directory

# TODO: one [[obligations]] for each task; owed_by: kinds or units of the province's directory
"""
_OBLIGATION = """# {line}
[[obligations]]
slug = "task-{number}"
clause = "TODO"
owed_by = "TODO"
title.vi = "TODO"
short.vi = "TODO"
deadline = {{ rule = "{rule}", date = {day} }}
"""
_TAIL = """[[note_fields]]
id = "note"
kind = "text"
required = true
ask.vi = "Anh/chị ghi ngắn gọn tiến độ thực hiện nhiệm vụ này."
label.vi = "Tiến độ"
"""
