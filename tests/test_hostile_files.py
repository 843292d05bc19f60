"""Files and names of files as an attacker would bring them, by the page and by the link: the running program over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from handlers.papers.escaping import safe
from rules.people import Role
from storage.files import described, fitting, tidy_name
from tests.doubles.watching import PATIENCE
from tests.doubles.zalo_bot import ZaloBotDouble
from tests.made_files import PDF, PNG
from tests.serving import browsing, play
from tests.test_zalo_bot import LAN, Running, link, webhook

POLYGLOT = PDF + b"<html><script>new ActiveXObject('WScript.Shell').Run('calc')</script></html>"
JSON = {"accept": "application/json"}


async def upload_page(bot: Running) -> str:
    await bot.join(LAN, Role.OFFICER, "dai-loc")
    return link(await bot.say(LAN, "báo cáo thu hồi", "Câu 1/"), bot)


def form(*parts: tuple[str, bytes], boundary: str = "b") -> bytes:
    """A form as nobody's browser writes it: a header and content each."""
    return (
        b"".join(f"--{boundary}\r\n{head}\r\n\r\n".encode() + body + b"\r\n" for head, body in parts)
        + f"--{boundary}--\r\n".encode()
    )


UPLOAD = 'Content-Disposition: form-data; name="upload"; filename="{}"'
FORMS = {
    "no form": ("text/plain", b"x"),
    "no boundary": ("multipart/form-data", form((UPLOAD.format("a.pdf"), PDF))),
    "another boundary": ("multipart/form-data; boundary=c", form((UPLOAD.format("a.pdf"), PDF))),
    "a boundary of 10,000 signs": ("multipart/form-data; boundary=" + "b" * 10_000, b"--" + b"b" * 10_000),
    "two files": ("multipart/form-data; boundary=b", form(*[(UPLOAD.format("a.pdf"), PDF)] * 2)),
    "9,000 parts": ("multipart/form-data; boundary=b", form(*[(f'Content-Disposition: form-data; name="{n}"', b"") for n in range(9_000)])),
    "a part of 2 MB that is no file": ("multipart/form-data; boundary=b", form(('Content-Disposition: form-data; name="upload"', b"x" * 2_000_000))),
    "a header of 900 KB": ("multipart/form-data; boundary=b", form((UPLOAD.format("a" * 900_000), PDF))),
    "no name": ("multipart/form-data; boundary=b", form(("Content-Disposition: form-data", PDF))),
    "a form in a form": ("multipart/form-data; boundary=b", form(("Content-Type: multipart/mixed; boundary=c", form((UPLOAD.format("a.pdf"), PDF), boundary="c")))),
    "fields alone": ("application/x-www-form-urlencoded", b"&".join(b"upload=%d" % n for n in range(9_000))),
    "packed": ("multipart/form-data; boundary=b", b"\x1f\x8b\x08" + b"\x00" * 500),
    "an empty file": ("multipart/form-data; boundary=b", form((UPLOAD.format("a.pdf"), b""))),
    "a page that says it is a PDF": ("multipart/form-data; boundary=b", form((UPLOAD.format("a.pdf") + "\r\nContent-Type: application/pdf", b"<html>"))),
}  # fmt: skip


def test_no_form_gets_more_than_a_refusal(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with ZaloBotDouble() as zalo, webhook(tmp_path, zalo) as bot, browsing() as browser:
            page = await upload_page(bot)
            for how, (kind, body) in FORMS.items():
                answer = await browser.post(page, content=body, headers={**JSON, "content-type": kind})
                assert 400 <= answer.status_code < 500, (how, answer.status_code)
            assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
            good = await browser.post(page, files={"upload": ("a.pdf", PDF)}, headers=JSON)
            assert good.status_code == 200  # and the link is as good as before

    play(scenario())


NAMES = [
    ("../../../etc/passwd", "passwd.pdf"), ("..\\..\\windows\\win.ini", "win.ini.pdf"), ("..", "...pdf"), ("a/" * 500 + "b.pdf", "b.pdf"),
    ("bao-cao\u202efdp.hta", "bao-caofdp.hta.pdf"), ("bao cao.pdf\x00.exe", "bao cao.pdf.exe.pdf"), ("CON.PDF", "CON.PDF"),
    ("a" + "\u0301" * 90 + ".pdf", "á\u0301\u0301.pdf"), ("\u3164.pdf", ".pdf"), ("", "tep.pdf"), ("x.hta", "x.hta.pdf"), ("x.docm", "x.docm.pdf"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "kept"), NAMES)
def test_a_file_is_called_as_what_it_is(given: str, kept: str) -> None:
    """Whoever is handed it opens it by its name: what begins like a PDF is one, whatever else stands in it."""
    assert described(POLYGLOT, given).name == kept


def test_pictures_keep_their_names_and_long_ones_end_right() -> None:
    assert described(PNG, "anh.jpg").name == "anh.jpg"
    assert described(PNG, "anh.svg").name == "anh.svg.png"
    assert described(PDF, "x" * 500 + ".pdf").name == "x" * 116 + ".pdf"
    assert fitting("mau.csv", "") == "mau.csv"
    assert tidy_name("\u202e") == "tep"


def test_a_link_to_a_file_gives_it_no_other_kind(tmp_path: Path) -> None:
    """The name in a link is not signed: a PDF fetched as ``x.hta`` from the department's own address would be a program."""

    async def scenario() -> None:
        async with ZaloBotDouble() as zalo, webhook(tmp_path, zalo) as bot, browsing() as browser:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            kept = bot.wired.library.files.put(POLYGLOT, "a.pdf")
            fetched = bot.web + bot.wired.pages.file(kept.hash, kept.name, 1).partition("127.0.0.1")[2]
            for name in ("x.hta", "x.html", "x.svg", "%0d%0aSet-Cookie:a=b.bat", "..%2f..%2fx.exe"):
                answer = await browser.get(f"{fetched.rpartition('/')[0]}/{name}")
                if answer.status_code == 404:  # a way up is none of ours
                    continue
                said = answer.headers["content-disposition"]
                assert said.startswith("attachment; filename*=UTF-8''"), name
                assert said.endswith(".pdf"), name
                assert answer.headers["content-type"] == "application/pdf"
                assert answer.headers["x-content-type-options"] == "nosniff"
                assert "set-cookie" not in answer.headers
            assert (await browser.head(fetched)).status_code == 405
            part = await browser.get(fetched, headers={"range": "bytes=0-3,0-3,0-3"})
            assert (part.status_code, len(part.content)) == (200, len(POLYGLOT))

    play(scenario())


def test_one_link_brings_one_file_at_a_time(tmp_path: Path) -> None:
    """Twenty-four files of 19 MB by one link at once took 770 MB: now one is read, the others are asked to wait."""

    async def scenario() -> None:
        async with ZaloBotDouble() as zalo, webhook(tmp_path, zalo) as bot, browsing() as browser:
            page = await upload_page(bot)
            begun, go_on = asyncio.Event(), asyncio.Event()

            async def slowly() -> AsyncIterator[bytes]:
                whole = form((UPLOAD.format("a.pdf"), PDF))
                yield whole[:20]
                begun.set()
                await go_on.wait()
                yield whole[20:]

            kind = {**JSON, "content-type": "multipart/form-data; boundary=b"}
            first = asyncio.create_task(browser.post(page, content=slowly(), headers=kind))
            await begun.wait()

            async def another() -> httpx.Response:
                return await browser.post(page, files={"upload": ("b.exe", b"MZ" * 50)}, headers=JSON)

            async with asyncio.timeout(PATIENCE):
                while (refused := await another()).status_code != 429:  # the first is on its way, perhaps not yet there
                    assert refused.status_code == 422
            assert refused.json()["state"] == "open"
            go_on.set()
            assert (await first).status_code == 200
            assert (await another()).status_code == 409

    play(scenario())


@pytest.mark.parametrize(
    "cell", ["=cmd|' /C calc'!A0", "+1", "-1+cmd", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"]
)
def test_no_cell_begins_a_formula(cell: str) -> None:
    assert safe(cell) == f"'{cell}"
