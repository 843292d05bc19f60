"""Documents that nobody can open, by the page and by the chat: one clear sentence, nothing kept, and the link stays good."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from pypdf import PdfReader

from handlers.file_trouble import FileTrouble
from storage.files import described
from tests.doubles.zalo_bot import ZaloBotDouble
from tests.made_files import PDF, WITHDRAWAL_ROWS, locked_office, with_password, word, workbook
from tests.parts import made_intake
from tests.serving import browsing, play
from tests.stage import Stage
from tests.test_hostile_files import JSON, upload_page
from tests.test_zalo_bot import LAN, webhook

LOCKED, BROKEN = "có mật khẩu nên trợ lý không mở được", "tệp hỏng hoặc quá phức tạp"


def damaged(content: bytes, part: str) -> bytes:
    """A packed file of which one part can't be unpacked."""
    at = ZipFile(BytesIO(content)).getinfo(part).header_offset + 30 + len(part)
    return content[: at + 20] + bytes(200) + content[at + 220 :]


def beyond_us() -> bytes:
    """A PDF locked in a way that only another program can tell about."""
    return with_password("").replace(b"/V 2", b"/V 5").replace(b"/R 3", b"/R 6")


WORD, EXCEL = word("Báo cáo kinh phí" * 200), workbook(WITHDRAWAL_ROWS)
FILES = {
    "khoa.docx": (locked_office(), LOCKED),
    "khoa.xlsx": (locked_office(), LOCKED),
    "khoa.pdf": (with_password("bi-mat"), LOCKED),
    "cut.docx": (WORD[: len(WORD) // 2], BROKEN),
    "cut.xlsx": (EXCEL[: len(EXCEL) // 2], BROKEN),
    "cut.pdf": (b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Ki", BROKEN),
    "hong.docx": (damaged(WORD, "word/document.xml"), BROKEN),
    "hong.xlsx": (damaged(EXCEL, "xl/workbook.xml"), BROKEN),
}
OPEN = {
    "a.pdf": PDF,
    "chi-khoa-sua.pdf": with_password(""),
    "a.docx": WORD,
    "a.xlsx": EXCEL,
    "cu.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900),
}


def test_the_page_says_what_is_the_matter(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with ZaloBotDouble() as zalo, webhook(tmp_path, zalo) as bot, browsing() as browser:
            page = await upload_page(bot)
            for name, (content, sentence) in FILES.items():
                answer = await browser.post(page, files={"upload": (name, content)}, headers=JSON)
                said = answer.json()
                assert (answer.status_code, said["state"]) == (422, "open"), name
                assert f"“{name}”" in said["text"], said
                assert sentence in said["text"], name
            plain = await browser.post(page, files={"upload": (name, content)})  # without a script
            assert plain.status_code == 422
            assert sentence in plain.text
            assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
            good = await browser.post(page, files={"upload": ("a.pdf", PDF)}, headers=JSON)
            assert good.status_code == 200
            await zalo.last(LAN, "a.pdf")

    play(scenario())


@pytest.mark.parametrize("name", FILES)
def test_whatever_way_it_comes(name: str, stage: Stage) -> None:
    content, sentence = FILES[name]

    async def scenario() -> None:
        brought = await made_intake(stage).keep(name, content)
        assert brought.trouble is (FileTrouble.LOCKED if sentence is LOCKED else FileTrouble.UNREADABLE)

    play(scenario())


@pytest.mark.parametrize("name", OPEN)
def test_what_opens_is_taken(name: str, stage: Stage) -> None:
    async def scenario() -> None:
        assert (await made_intake(stage).keep(name, OPEN[name])).trouble is None

    play(scenario())


def test_what_only_another_program_opens_is_refused(stage: Stage) -> None:
    async def scenario() -> None:
        assert (await made_intake(stage).keep("a.pdf", beyond_us())).trouble is FileTrouble.LOCKED

    play(scenario())


def test_a_locked_file_keeps_its_name() -> None:
    assert described(locked_office(), "báo cáo.docx").name == "báo cáo.docx"
    assert PdfReader(BytesIO(with_password("bi-mat"))).is_encrypted
