"""The upload page in a real browser of a phone's size: choose, refuse, send, go on; and without scripts."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from rules.people import Role
from tests.bot.test_rehearsal_page import CHROMIUM, FLAGS, need_chromium
from tests.doubles.watching import PATIENCE
from tests.doubles.zalo_bot import ZaloBotDouble
from tests.made_files import PDF
from tests.serving import play
from tests.test_zalo_bot import LAN, Running, link, webhook

PHONE: ViewportSize = {"width": 360, "height": 640}


async def opened(browser: Browser, address: str, **more: Any) -> Page:
    page = await browser.new_page(viewport=PHONE, **more)
    page.set_default_timeout(PATIENCE * 1000)
    await page.goto(address)
    return page


async def asked(bot: Running) -> str:
    """The link of a page on which a list belongs."""
    await bot.join(LAN, Role.OFFICER, "dai-loc")
    return link(await bot.say(LAN, "báo cáo thu hồi", "Câu 1/"), bot)


@pytest.mark.browser
def test_a_file_is_chosen_refused_chosen_again_and_sent(tmp_path: Path) -> None:
    (tmp_path / "a.exe").write_bytes(b"MZ" * 100)
    (tmp_path / "quyết định.pdf").write_bytes(PDF)

    need_chromium()

    async def scenario() -> None:
        async with ZaloBotDouble() as zalo, webhook(tmp_path, zalo) as bot, async_playwright() as p:
            browser = await p.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE * 1000)
            address = await asked(bot)
            page = await opened(browser, address)
            assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]  # nothing to scroll sideways
            await page.set_input_files("#file", tmp_path / "a.exe")
            await page.click("#send")
            await page.wait_for_selector("#said.open:not(:empty)")
            assert "a.exe" in await page.inner_text("#said")
            before = len(zalo.sent_to(LAN))
            await page.set_input_files("#file", tmp_path / "quyết định.pdf")
            assert await page.inner_text("#name") == "quyết định.pdf"
            await page.click("#send")
            await page.wait_for_selector("#said.good")
            assert await page.query_selector("#form") is None
            await zalo.last(LAN, "quyết định.pdf", before)  # the conversation goes on by itself
            await page.reload()
            assert "đã nhận tệp rồi" in await page.inner_text("#said")
            await browser.close()

    play(scenario())


@pytest.mark.browser
def test_the_page_needs_no_script(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(PDF)

    need_chromium()

    async def scenario() -> None:
        async with ZaloBotDouble() as zalo, webhook(tmp_path, zalo) as bot, async_playwright() as p:
            browser = await p.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE * 1000)
            page = await opened(browser, await asked(bot), java_script_enabled=False)
            await page.set_input_files("#file", tmp_path / "a.pdf")
            await page.click("#send")
            assert "Đã nhận tệp" in await page.inner_text("#said")
            await zalo.last(LAN, "a.pdf")
            await browser.close()

    play(scenario())
