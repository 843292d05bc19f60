"""The Zalo Bot channel against the double, over real HTTP: polling and webhook, the kind and the unkind."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
import structlog
from sqlalchemy import Connection, select

from bot.channels.zalo_bot import receive as zalo_channel
from bot.logs import set_up
from bot.parts import Parts
from bot.settings import Settings
from bot.wiring import Wired, wire
from handlers.desk import Desk
from handlers.message import Message
from handlers.pushing import push
from handlers.ticking.tick import tick
from rules.people import Role
from storage import invites, people, reports, spending, unreached
from storage.database import reading
from storage.scope import Scope
from storage.tables import contact, outbox, received
from tests.doubles.zalo_bot import TOKEN, Call, ZaloBotDouble
from tests.made_files import PDF, PNG
from tests.serving import browsing, eventually, play, serving, working
from tests.stage import CAMPAIGN, OPENING, News

LAN, MINH = "z-lan", "z-minh"


@dataclass
class Running:
    """The product, connected to the double."""

    zalo: ZaloBotDouble
    wired: Wired
    web: str = ""

    def invite(self, role: Role, unit: str = "") -> str:
        wired = self.wired
        return wired.writer.write(
            lambda db: invites.create_invite(
                db, invites.Grant(role, unit, ""), invites.By("t"), wired.clock.now(), wired.library.pick
            )
        ).code

    async def say(self, user: str, text: str, holding: str, name: str = "Lan") -> Call:
        before = len(self.zalo.sent_to(user))
        update = self.zalo.message(user, text, name)
        if self.web:
            assert await self.call(update) == 200
        else:
            await self.zalo.send(update)
        return await self.zalo.last(user, holding, before)

    async def call(self, update: dict[str, Any], **headers: str) -> int:
        secret = {"X-Bot-Api-Secret-Token": self.zalo.webhook_secret, **headers}
        async with browsing() as client:
            return (await client.post(f"{self.web}/zalo-bot/webhook", json=update, headers=secret)).status_code

    async def join(self, user: str, role: Role, unit: str = "", name: str = "Lan") -> Call:
        return await self.say(user, self.invite(role, unit), "Chào", name)  # the code alone: there is no link to press

    def report(self, unit: str, slug: str) -> reports.Submission | None:
        with reading(self.wired.engine) as db:
            return reports.latest(Scope(db, CAMPAIGN), unit, slug)


def settings(tmp_path: Path, zalo: ZaloBotDouble, **more: Any) -> Settings:
    values = {
        "database_url": f"sqlite:///{tmp_path}/z.db", "files_dir": tmp_path / "files", "zalo_bot_token": TOKEN,
        "zalo_bot_api_url": zalo.url, "rehearsal_start": OPENING, "port": 0, **more,
    }  # fmt: skip
    return Settings(_env_file=None, **values)


@asynccontextmanager
async def polling(tmp_path: Path, zalo: ZaloBotDouble, **more: Any) -> AsyncIterator[Running]:
    wired = wire(settings(tmp_path, zalo, **more))
    async with working(wired, Parts.WORKER | Parts.CLOCK):
        yield Running(zalo, wired)


@asynccontextmanager
async def webhook(
    tmp_path: Path, zalo: ZaloBotDouble, parts: Parts = Parts.ALL, **more: Any
) -> AsyncIterator[Running]:  # fmt: skip
    wired = wire(settings(tmp_path, zalo, public_url="http://127.0.0.1", **more))
    async with serving(wired, parts) as web:
        await zalo.until(lambda: zalo.webhook)
        yield Running(zalo, wired, web)


def logged(scenario: Coroutine[Any, Any, None], capfd: pytest.CaptureFixture[str]) -> str:
    """Everything that the log says meanwhile, as it is set up in earnest but down to debug level."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    set_up("debug", (TOKEN,))
    try:
        play(scenario)
    finally:
        root.handlers[:], _ = before
        root.setLevel(before[1])
        structlog.reset_defaults()
    return "".join(capfd.readouterr())


def link(call: Call, bot: Running) -> str:
    """The link of a message, to the address that the test's server listens on."""
    found = re.search(r"http://127\.0\.0\.1(/\S+)", call.text)
    assert found, call.text
    return bot.web + found[1]


@pytest.mark.parametrize(
    ("wrapped", "field", "distance"), [(True, "photo", zalo_channel.BETWEEN_POLLS), (False, "photo_url", 0.05)]
)
def test_a_whole_report_by_polling_with_a_photo(
    tmp_path: Path, wrapped: bool, field: str, distance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zalo_channel, "BETWEEN_POLLS", distance)

    async def scenario() -> None:
        async with ZaloBotDouble(wrapped=wrapped, picture_field=field) as zalo, polling(tmp_path, zalo) as bot:
            await bot.join(MINH, Role.MANAGER, name="Minh")
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            asked = await bot.say(LAN, "toi muon bao cao kinh phi", "Câu 1/")
            assert list(asked.numbers) == ["Không phát sinh", "Hủy"]
            asked = await bot.say(LAN, "1,2 tỷ", "Câu 2/")
            asked = await bot.say(LAN, asked.numbers["Bỏ qua"], "Câu 3/")
            asked = await bot.say(LAN, asked.numbers["Rồi"], "Câu 4/")
            await bot.say(LAN, "200 triệu", "Câu 5/")
            asked = await bot.say(LAN, "45/UBND-NN ngày 17/6/2022", "Anh/chị gửi ảnh")
            assert "chỉ gửi được ảnh" in asked.text  # no public address, so no page
            zalo.files["bien-ban.png"] = PNG
            await zalo.send(zalo.message(LAN, picture="bien-ban.png"))
            summary = await zalo.last(LAN, "xem lại trước khi gửi")
            await bot.say(LAN, f"dạ em chọn số {summary.numbers['Gửi']} ạ", "Mã biên nhận")
            await zalo.last(MINH, "vừa nộp")
            kept = bot.report("dai-loc", "unspent-funds")
            assert kept
            assert bot.wired.library.files.get(kept.answers["file"]["hash"]) == PNG
            gaps = [later - earlier for earlier, later in zip(zalo.polls, zalo.polls[1:], strict=False)]
            assert min(gaps) > 0.95 * distance  # seen messages come again at once; a slow machine only widens the gaps
            with reading(bot.wired.engine) as db:
                taken = db.execute(select(received.c.update_id)).scalars().all()
            assert len(taken) == len(set(taken)) == 10

    play(scenario())


def test_the_numbers_of_an_old_list_are_not_those_of_a_new_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with ZaloBotDouble() as zalo, webhook(tmp_path, zalo) as bot:
            hello = await bot.join(LAN, Role.OFFICER, "dai-loc")
            first = await bot.say(LAN, "báo cáo kinh phí", "Câu 1/")
            assert not set(hello.numbers.values()) & set(first.numbers.values())
            await bot.say(LAN, first.numbers["Không phát sinh"], "KHÔNG PHÁT SINH?")
            late = await bot.say(LAN, first.numbers["Không phát sinh"], "thuộc câu trước")
            assert "KHÔNG PHÁT SINH?" in late.text
            assert bot.report("dai-loc", "unspent-funds") is None
            due = await bot.say(LAN, hello.numbers["Các hạn nộp"], "trước ngày 30/6/2022")
            assert "30/6" in due.text
            await bot.say(LAN, "vâng gui khong phat sinh giúp em nhé", "Mã biên nhận")
            assert bot.report("dai-loc", "unspent-funds")

    play(scenario())


def test_the_page_of_somebody_who_has_left_takes_no_file(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with ZaloBotDouble() as zalo, webhook(tmp_path, zalo) as bot, httpx.AsyncClient() as browser:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            begun = await bot.say(LAN, "báo cáo thu hồi", "Câu 1/")
            page_link = link(begun, bot)
            file_link = link(await bot.say(LAN, begun.numbers["Lấy mẫu Excel"], "điền tệp mẫu"), bot)
            assert (await browser.get(file_link)).status_code == 200
            kept_before = sorted(kept.name for kept in (tmp_path / "files").rglob("*") if kept.is_file())
            asked = await bot.say(LAN, "/roi", "rời")
            await bot.say(LAN, asked.numbers["Rời danh sách"], "đã rời")
            assert (await browser.get(page_link)).status_code == 410
            sent = await browser.post(page_link, files={"upload": ("a.pdf", PDF)}, headers={"accept": "application/json"})
            assert (sent.status_code, sent.json()["state"]) == (410, "bad")
            assert kept_before == sorted(kept.name for kept in (tmp_path / "files").rglob("*") if kept.is_file())
            assert (await browser.get(file_link)).status_code == 410
            await bot.say(LAN, "báo cáo", "Xin tham gia")

    play(scenario())


@pytest.mark.parametrize(
    ("role", "unit"), [(Role.MANAGER, ""), (Role.OFFICER, "hoi-an")], ids=["a manager now", "of another unit now"]
)
def test_the_page_of_somebody_with_another_role_takes_no_file(tmp_path: Path, role: Role, unit: str) -> None:
    async def scenario() -> None:
        async with ZaloBotDouble() as zalo, webhook(tmp_path, zalo) as bot, httpx.AsyncClient() as browser:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            page_link = link(await bot.say(LAN, "báo cáo thu hồi", "Câu 1/"), bot)
            assert (await browser.get(page_link)).status_code == 200
            await bot.join(LAN, role, unit)
            before = sorted(kept.name for kept in (tmp_path / "files").rglob("*") if kept.is_file())
            shown = await browser.get(page_link)
            assert shown.status_code == 403
            assert "vai trò của anh/chị đã thay đổi" in shown.text
            sent = await browser.post(page_link, files={"upload": ("a.pdf", PDF)}, headers={"accept": "application/json"})
            assert (sent.status_code, sent.json()["state"]) == (403, "bad")
            assert before == sorted(kept.name for kept in (tmp_path / "files").rglob("*") if kept.is_file())
            with reading(bot.wired.engine) as db:
                taken = db.execute(select(received.c.update_id)).scalars().all()
            assert not [each for each in taken if each.startswith("upload:")]

    play(scenario())


def test_a_file_by_the_page_goes_on_with_the_conversation_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with ZaloBotDouble() as zalo, webhook(tmp_path, zalo) as bot, browsing() as browser:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            asked = await bot.say(LAN, "báo cáo thu hồi", "Câu 1/")
            filled = await bot.say(LAN, asked.numbers["Lấy mẫu Excel"], "điền tệp mẫu")
            template = await browser.get(link(filled, bot))
            assert template.headers["content-type"].endswith("spreadsheetml.sheet")
            assert template.content[:2] == b"PK"
            assert unquote(template.headers["content-disposition"]).endswith("Mẫu danh sách thu hồi.xlsx")
            assert (await browser.get(link(filled, bot).rpartition("/")[0][:-9] + "x/a.xlsx")).status_code == 410
            page_link = link(asked, bot)
            page = await browser.get(page_link)
            assert page.status_code == 200
            assert "Bấm để chọn tệp" in page.text
            before = len(zalo.sent_to(LAN))
            wrong = await browser.post(page_link, files={"upload": ("a.exe", b"MZ" * 50)}, headers={"accept": "application/json"})
            assert (wrong.status_code, wrong.json()["state"]) == (422, "open")
            sent = await browser.post(
                page_link, files={"upload": ("quyet-dinh.pdf", PDF)}, headers={"accept": "application/json"}
            )
            assert (sent.status_code, sent.json()["state"]) == (200, "good")
            await zalo.last(LAN, "quyet-dinh.pdf", before)
            kept = sorted(path.name for path in (tmp_path / "files").rglob("*") if path.is_file())
            again = await browser.post(page_link, files={"upload": ("b.pdf", PDF + b"another one")})
            assert again.status_code == 409
            assert kept == sorted(path.name for path in (tmp_path / "files").rglob("*") if path.is_file())
            assert "đã nhận tệp rồi" in (await browser.get(page_link)).text
            forged = page_link[:-4] + ("AAAA" if not page_link.endswith("AAAA") else "BBBB")
            assert (await browser.post(forged, files={"upload": ("b.pdf", PDF)})).status_code == 410
            huge = await browser.post(page_link, content=b"x" * (22 * 1024 * 1024))
            assert huge.status_code == 413

    play(scenario())


def test_refusals_with_http_200_and_silence(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    async def scenario() -> None:
        async with ZaloBotDouble() as zalo, webhook(tmp_path, zalo) as bot:
            await bot.join(MINH, Role.MANAGER, name="Minh")
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            zalo.broken = [502, 0]
            await bot.say(LAN, "tiến độ", "Đại Lộc")  # twice broken, then sent
            zalo.refused[LAN] = (200, 403, "Forbidden: bot was blocked by the user")
            ask = await bot.say(MINH, "nhắc ngay", "Nhắc các đơn vị về việc nào", "Minh")
            sure = await bot.say(
                MINH, next(n for label, n in ask.numbers.items() if label.startswith("Kinh phí")), "đơn vị", "Minh"
            )
            await bot.say(MINH, next(iter(sure.numbers.values())), "Đã gửi nhắc đến", "Minh")
            await eventually(bot.wired, unreached.everybody)
            bot.wired.clock.move_by(timedelta(hours=8))  # type: ignore[attr-defined]
            bot.wired.writer.write(lambda db: tick(Desk(db, bot.wired.library, bot.wired.clock.now())))
            alarm = await zalo.last(MINH, "anh/chị Lan (Đại Lộc)")
            assert "đã chặn trợ lý" in alarm.text
            listed = await bot.say(MINH, "/khonglienlac", "đã chặn trợ lý", "Minh")
            assert "Lan (Đại Lộc)" in listed.text
            del zalo.refused[LAN]
            await bot.say(LAN, "tiến độ", "Đại Lộc")
            again = await bot.say(MINH, "/khonglienlac", "chưa có ai tham gia", "Minh")
            assert "Lan" not in again.text

    said = logged(scenario(), capfd)
    assert "sent later" in said  # the log is there
    assert TOKEN not in said


def test_the_months_messages_are_counted_and_the_last_are_for_replies(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with ZaloBotDouble() as zalo, webhook(tmp_path, zalo, zalo_bot_monthly=40) as bot:
            await bot.join(MINH, Role.MANAGER, name="Minh")
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            wired = bot.wired

            def used() -> int:
                with reading(wired.engine) as db:
                    return spending.count(db, "zalo_bot", "2022-06", "quota")

            others = 30 - used()  # what other people used of the month
            wired.writer.write(lambda db: spending.add(db, "zalo_bot", "2022-06", "quota", others, 0))
            while used() < 32:
                await bot.say(LAN, "tiến độ", "Đại Lộc")
            assert "/40 tin Zalo" in (await zalo.last(MINH, "(80%)")).text
            while used() < 38:
                await bot.say(LAN, "tiến độ", "Đại Lộc")
            assert "chỉ để trả lời" in (await zalo.last(MINH, "(95%)")).text
            await bot.say(LAN, "tiến độ", "Đại Lộc")  # replies go on

            def nudge(db: Connection) -> bool:
                lan = people.by_id(db, 2)
                assert lan
                return push.to_person(Desk(db, wired.library, OPENING), lan, News(Message("Nhắc")), "nudge:1")

            assert wired.writer.write(nudge)
            (listed,) = await eventually(wired, unreached.everybody)
            await bot.say(LAN, "/start", "Chào")
            with reading(wired.engine) as db:
                why = db.execute(select(outbox.c.error).where(outbox.c.key == "nudge:1")).scalar()
            assert why
            assert why.startswith("quota")
            assert (listed.name, listed.why) == ("Lan", "quota")
            assert not any(call.text == "Nhắc" for call in zalo.calls)
            zalo.quota = 1
            late = zalo.message(LAN, "tiến độ")
            await bot.call(late)
            await zalo.until(lambda: any(not call.answer for call in zalo.calls if call.method == "sendMessage"))
            last = select(outbox.c.error).where(outbox.c.kind == "reply").order_by(outbox.c.id.desc()).limit(1)
            assert (await eventually(wired, lambda db: db.execute(last).scalar())).startswith("quota")  # no other way, no word

    play(scenario())


def test_webhooks_are_told_apart_from_forged_ones(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with ZaloBotDouble() as zalo, webhook(tmp_path, zalo) as bot:
            update = zalo.message("z-stranger", "xin chào", "Khách")
            assert await bot.call(update, **{"X-Bot-Api-Secret-Token": "wrong"}) == 403
            assert await bot.call(update, **{"X-Bot-Api-Secret-Token": ""}) == 403
            assert [await bot.call(update) for _ in range(3)] == [200, 200, 200]
            await zalo.last("z-stranger", "gõ câu hỏi")
            odd: list[dict[str, Any]] = [
                {},
                {"event_name": "user.poked"},
                {"event_name": "message.unsupported.received"},
                {"message": []},
            ]
            for strange in odd:
                assert await bot.call(strange) == 200
            assert len(zalo.sent_to("z-stranger")) == 1
            with reading(bot.wired.engine) as db:
                assert len(db.execute(select(contact.c.id)).all()) == 1

    play(scenario())


def test_a_slow_platform_holds_up_no_update(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with ZaloBotDouble() as zalo, webhook(tmp_path, zalo) as bot:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            zalo.gate = asyncio.Event()
            before = len(zalo.sent_to(LAN))
            for number in range(10):
                assert await bot.call(zalo.message(LAN, f"tiến độ {number}")) == 200
                assert await bot.call(zalo.message(f"z-{number}", "xin chào")) == 200
            await eventually(bot.wired, lambda db: len(db.execute(select(received.c.update_id)).all()) == 21)
            assert len(zalo.sent_to(LAN)) == before  # all are taken and kept, and no answer is out
            zalo.gate.set()
            await zalo.until(lambda: len(zalo.sent_to(LAN)) >= before + 10)

    play(scenario())


def test_web_and_worker_apart(tmp_path: Path) -> None:
    """The web process takes webhooks and files, the worker sends: nothing but the database between them."""
    from tests.postgres import fresh_database

    async def scenario() -> None:
        async with ZaloBotDouble() as zalo:
            url = fresh_database()
            worker = wire(settings(tmp_path, zalo, database_url=url, public_url="http://127.0.0.1"))
            async with (
                working(worker, Parts.WORKER | Parts.CLOCK),
                webhook(tmp_path, zalo, parts=Parts.WEB, database_url=url) as bot,
                browsing() as browser,
            ):
                await bot.join(LAN, Role.OFFICER, "dai-loc")
                asked = await bot.say(LAN, "báo cáo thu hồi", "Câu 1/")
                before = len(zalo.sent_to(LAN))
                sent = await browser.post(link(asked, bot), files={"upload": ("a.pdf", PDF)})
                assert sent.status_code == 200
                later = await zalo.last(LAN, "a.pdf", before)
                await bot.say(LAN, later.numbers["Hủy"], "được giữ lại")

    play(scenario())


@pytest.mark.parametrize("with_200", [True, False])
def test_an_idle_poll_is_no_fault(tmp_path: Path, with_200: bool, capfd: pytest.CaptureFixture[str]) -> None:
    async def scenario() -> None:
        async with ZaloBotDouble(idle_with_200=with_200) as zalo, polling(tmp_path, zalo):
            await zalo.until(lambda: len(zalo.polls) >= 3)

    said = logged(scenario(), capfd)
    assert "Zalo Bot connected" in said  # the log is there
    ours = [line for line in said.splitlines() if '"logger": "bot.' in line]
    assert [line for line in ours if '"level": "info"' not in line and '"level": "debug"' not in line] == []
