"""The rehearsal page in real headless Chromium: a newcomer rehearses the three deadlines.

Screenshots are left in ``artifacts/``, outside git.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.doubles.watching import PATIENCE
from tests.made_files import PDF

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / "artifacts"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

pytestmark = pytest.mark.browser


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The page, served by the real program on a port of the system's choice."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TELEGRAM_", "REHEARSAL_", "PUBLIC_"))}
    environment |= {"DATABASE_URL": f"sqlite:///{tmp_path}/r.db", "FILES_DIR": f"{tmp_path}/files", "PORT": "0"}
    program = subprocess.Popen([sys.executable, "-m", "bot", "run"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert program.stdout
    line = program.stdout.readline()
    found = re.search(r"http://\S+", line)
    assert found, line
    yield found[0]
    program.terminate()
    assert program.wait(PATIENCE) in (0, -signal.SIGTERM)


def need_chromium() -> None:
    """Where there is no browser, say so; in CI that is a failure."""
    if CHROMIUM is None:
        if "CI" in os.environ:
            pytest.fail("no chromium: tests/prepare_browser.sh installs it")
        pytest.skip("!!! no chromium: the page is NOT tested")


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    need_chromium()
    expect.set_options(timeout=PATIENCE * 1000)

    ARTIFACTS.mkdir(exist_ok=True)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE * 1000)
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        tab.set_default_timeout(PATIENCE * 1000)
        faults: list[str] = []
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        tab.goto(address)
        tab.wait_for_selector("body[data-ready=yes]")
        yield tab

        browser.close()
        assert not faults, faults


def test_a_newcomer_rehearses_the_deadlines(page: Page, tmp_path: Path) -> None:
    chat, clock = page.locator("#chat"), page.locator("#now")
    expect(clock).to_contain_text("20/6/2022")
    expect(page.get_by_role("tab")).to_have_count(5)
    expect(chat.locator(".bubble")).to_have_count(1)
    expect(chat).to_contain_text("Chào anh/chị Lan (cán bộ")
    offered = page.locator("#tries").get_by_role("button")
    expect(offered).to_have_text(["Đơn vị tôi phải nộp gì?", "Nộp báo cáo kinh phí", "Hạn gần nhất là ngày nào?"])
    expect(page.locator("#newest")).to_contain_text("Bấm “Lời nhắc kế tiếp”")

    offered.first.click()
    expect(chat.locator(".bubble.mine")).to_have_text(re.compile("Đơn vị tôi phải nộp gì"))
    expect(chat).to_contain_text("chưa phản hồi, còn 9 ngày")
    expect(page.locator("#tries")).to_be_hidden()  # who has begun needs no word to begin with
    page.fill("#text", "tôi muốn báo cáo kinh phí")
    page.keyboard.press("Enter")
    expect(chat).to_contain_text("Câu 1/7")
    page.fill("#text", "1,2 tỷ")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Bỏ qua").last.click()
    page.get_by_role("button", name="Rồi", exact=True).click()
    expect(chat).to_contain_text("Câu 4/7")
    expect(page.get_by_role("button", name="Rồi", exact=True)).to_have_count(0)  # the pressed buttons are gone
    page.fill("#text", "200tr")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Bỏ qua").last.click()
    expect(chat).to_contain_text("Câu 6/6")
    sent = tmp_path / "bao-cao.pdf"
    sent.write_bytes(PDF)
    page.set_input_files("#file", str(sent))
    chat.get_by_role("button", name="Gửi", exact=True).click()
    expect(chat).to_contain_text("Mã biên nhận")

    first = page.locator("#rows tr").first
    expect(first.locator("td").first).to_contain_text("đã báo số liệu, chờ văn bản")
    expect(page.locator("#newest")).to_contain_text("Kinh phí: đã báo số liệu, chờ văn bản")
    manager = page.get_by_role("tab", name="Minh")
    expect(manager.locator(".badge")).to_have_text("1")

    expect(chat.locator(".bubble.push")).to_have_count(0)  # all of that was asked for
    expect(page.locator("#newest")).to_contain_text("Tin báo: Minh, Hạnh")

    for day in ("22/6/2022", "27/6/2022"):
        page.get_by_role("button", name="Lời nhắc kế tiếp").click()
        expect(clock).to_contain_text(day)
        expect(page.locator("#newest")).to_contain_text("Lời nhắc: Lan, Hòa")
    expect(chat.locator('.bubble.push[data-news="reminder"] .label')).to_have_text(["Lời nhắc", "Lời nhắc"])
    other = page.get_by_role("tab", name="Hòa")
    expect(other.locator(".badge")).to_have_text("2")
    page.screenshot(path=ARTIFACTS / "rehearsal.png")
    other.click()
    expect(chat).to_contain_text("Sở Nông nghiệp và PTNT mong được báo cả khi không có gì")
    expect(other.locator(".badge")).to_have_count(0)

    for _ in range(20):
        page.get_by_role("button", name="+1 ngày").click()
        expect(page.get_by_role("button", name="+1 ngày")).to_be_enabled()
    expect(clock).to_contain_text("17/7/2022")
    expect(page.locator("#newest")).to_have_text("16:00 15/7 · Tổng hợp: Minh, Hạnh")  # two days ago
    expect(page.locator("td.open_overdue").first).to_be_visible()
    manager.click()
    for kind, name in (("digest", "Tổng hợp"), ("morning", "Tin buổi sáng")):
        expect(chat.locator(f'.bubble.push[data-news="{kind}"] .label').first).to_have_text(name)
    tints = chat.locator(".bubble.push").evaluate_all(
        "all => [...new Set(all.map(one => getComputedStyle(one).backgroundColor))]"
    )
    plain = chat.locator(".bubble:not(.push):not(.mine)").first.evaluate("one => getComputedStyle(one).backgroundColor")
    assert len(tints) == 1
    assert plain not in tints
    page.screenshot(path=ARTIFACTS / "overdue.png")

    page.reload()  # nothing lives in the page alone
    page.get_by_role("tab", name="Lan").click()
    expect(chat).to_contain_text("Mã biên nhận")
    expect(chat.locator(".bubble.mine").nth(1)).to_contain_text("tôi muốn báo cáo kinh phí")
    expect(chat.locator(".bubble").first).to_contain_text("Chào anh/chị Lan")
    expect(chat.get_by_role("button", name="Rồi", exact=True)).to_have_count(0)


def test_by_keyboard_alone_on_a_phone_and_in_english(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("tab", name="Lan").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Hòa")).to_be_focused()
    page.locator("#text").focus()
    page.keyboard.type("còn mấy ngày")
    page.keyboard.press("Enter")
    expect(page.locator("#chat")).to_contain_text("Các hạn nộp")
    page.get_by_role("button", name="Báo cáo: Thu hồi").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chat")).to_contain_text("mục 1.5")
    page.screenshot(path=ARTIFACTS / "phone.png", full_page=True)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("button", name="Next push")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".bubble")).to_have_count(1)
    expect(page.locator("#tries").get_by_role("button").first).to_have_text("What does my unit have to report?")


def test_on_a_small_phone_the_clock_and_what_is_new_come_first(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Lời nhắc kế tiếp").click()
    expect(page.locator("#newest")).to_contain_text("Lời nhắc: Lan, Hòa")
    for seen in ("#now", "#newest", "#chat .label", "#text"):
        expect(page.locator(seen).last).to_be_in_viewport(ratio=1)
    page.screenshot(path=ARTIFACTS / "small-phone.png")
    page.locator(".legend").scroll_into_view_if_needed()
    expect(page.locator("#now")).to_be_in_viewport(ratio=1)  # down at the board, too
    expect(page.locator("#newest")).to_be_in_viewport(ratio=1)
    page.screenshot(path=ARTIFACTS / "small-phone-board.png")


def test_a_board_of_many_units_and_duties_keeps_its_heads_in_sight(page: Page) -> None:
    page.evaluate("""() => {
        const more = (list, make) => Array.from({ length: 60 }, (_, n) => make(list[n % list.length], n));
        state.obligations = more(state.obligations, (duty, n) => ({ ...duty, slug: `duty-${n}`, title: `Việc thứ ${n}` }));
        el("heads").querySelectorAll("th:not(:first-child)").forEach((head) => head.remove());
        drawHeads();
        drawBoard(more(state.board, (row, n) => ({ ...row, unit: `unit-${n}`, name: `Xã ${n}`,
            cells: [{ ...row.cells[0], obligation: `duty-${n}` }] })));
    }""")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert page.evaluate("document.documentElement.scrollHeight") <= 1000
    own = page.locator('[data-unit="unit-40"]')
    expect(own.locator("td")).to_have_count(60)
    expect(own.locator("td").nth(40)).to_contain_text("chưa phản hồi")  # under its own head
    expect(own.locator("td").nth(39)).to_have_text("–")
    own.locator("td").nth(40).scroll_into_view_if_needed()
    expect(page.locator("#heads th").nth(41)).to_be_in_viewport()
    expect(own.locator("th")).to_be_in_viewport()


def test_health_metrics_and_what_the_page_refuses(address: str) -> None:
    with httpx.Client(base_url=address, timeout=PATIENCE) as client:
        assert client.get("/health").json()["status"] == "ok"
        said = {"address": "officer-1", "update_id": "1", "text": "x" * 5000}
        assert "dài quá" in client.post("/rehearsal/say", json=said).json()["replies"][0]["text"]
        assert client.post("/rehearsal/say", json=said).json()["new"] is False
        assert client.post("/rehearsal/say", json={**said, "address": "../etc"}).status_code == 422
        assert client.post("/rehearsal/say", json={**said, "text": "x" * 30_000}).status_code == 422
        assert client.post("/rehearsal/clock", json={"hours": -5}).status_code == 422
        assert client.get(f"/rehearsal/file/{'0' * 64}/x.pdf").status_code == 404
        big = client.post(
            "/rehearsal/file",
            data={"address": "officer-1", "update_id": "9"},
            files={"upload": ("a.pdf", b"%PDF-" + b"0" * 21 * 1024 * 1024)},
        )
        assert big.json()["new"] is True
        figures = client.get("/metrics").text
    assert 'dondoc_turns_total{channel="web_chat",result="taken"} 2.0' in figures
    assert 'result="again"} 1.0' in figures
