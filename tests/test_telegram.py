"""The Telegram channel against the double, over real HTTP: polling and webhook, the kind and the unkind."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any, cast

import pytest
import structlog
from sqlalchemy import select

from bot.bad_setting import BadSettings
from bot.channels.telegram.receive import Account, SaidNo, TelegramReceiver, updates_in
from bot.clocks import Drift, wall_now
from bot.delivery.backoff import FIRST, LONGEST
from bot.flow.clock import ClockWork, Pulse
from bot.flow.inbox import Inbox
from bot.flow.intake import Attachment
from bot.parts import Parts
from bot.settings import Settings
from bot.wiring import Wired, wire
from handlers.desk import Desk
from handlers.ticking.tick import tick
from handlers.turn import Incoming
from handlers.wording.catalogs import Languages
from rules.people import Role
from storage import groups, invites, people, reports, unreached
from storage.database import reading
from storage.scope import Scope
from storage.tables import outbox, received
from tests.doubles.telegram import TOKEN, TelegramDouble
from tests.made_files import PDF
from tests.serving import browsing, eventually, play, serving, working
from tests.stage import CAMPAIGN, OPENING

LAN, MINH = 1001, 2002
GROUP = {"id": -500, "type": "supergroup", "title": "OCOP Quảng Nam"}


@dataclass
class Running:
    """The product, connected to the double."""

    telegram: TelegramDouble
    wired: Wired
    web: str = ""

    def invite(self, role: Role, unit: str = "") -> str:
        wired = self.wired
        return wired.writer.write(
            lambda db: invites.create_invite(
                db, invites.Grant(role, unit, ""), invites.By("t"), wired.clock.now(), wired.library.pick
            )
        ).code

    async def join(self, user: int, role: Role, unit: str = "", name: str = "Lan") -> None:
        before = len(self.telegram.sent_to(user))
        await self.telegram.send(self.telegram.message(user, f"/start {self.invite(role, unit)}", name))
        await self.telegram.last(user, "Chào", before)

    async def say(self, user: int, text: str, holding: str, name: str = "Lan") -> Any:
        before = len(self.telegram.sent_to(user))
        await self.telegram.send(self.telegram.message(user, text, name))
        return await self.telegram.last(user, holding, before)

    async def press(self, user: int, call: Any, label: str, holding: str, name: str = "Lan") -> Any:
        before = len(self.telegram.sent_to(user))
        await self.telegram.send(self.telegram.press(user, call, label, name))
        return await self.telegram.last(user, holding, before)


def settings(tmp_path: Path, telegram: TelegramDouble, **more: Any) -> Settings:
    values = {
        "database_url": f"sqlite:///{tmp_path}/t.db", "files_dir": tmp_path / "files", "telegram_token": TOKEN,
        "telegram_api_url": telegram.url, "rehearsal_start": OPENING, "port": 0, **more,
    }  # fmt: skip
    return Settings(_env_file=None, **values)


@asynccontextmanager
async def polling(
    tmp_path: Path, telegram: TelegramDouble, parts: Parts = Parts.WORKER | Parts.CLOCK, **more: Any
) -> AsyncIterator[Running]:  # fmt: skip
    wired = wire(settings(tmp_path, telegram, **more))
    async with working(wired, parts):
        yield Running(telegram, wired)


@asynccontextmanager
async def webhook(tmp_path: Path, telegram: TelegramDouble) -> AsyncIterator[Running]:
    wired = wire(settings(tmp_path, telegram, public_url="http://127.0.0.1", telegram_secret="bi-mat-cua-webhook"))
    async with serving(wired) as web:
        await telegram.until(lambda: telegram.webhook)
        yield Running(telegram, wired, web)


def test_a_whole_report_by_polling(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with TelegramDouble() as telegram, polling(tmp_path, telegram) as bot:
            await bot.join(MINH, Role.MANAGER, name="Minh")
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            asked = await bot.say(LAN, "tôi muốn báo cáo kinh phí", "Câu 1/")
            assert set(asked.buttons) == {"Không phát sinh", "Hủy"}
            await bot.say(LAN, "1,2 tỷ", "Câu 2/")
            asked = await bot.say(LAN, "bỏ qua", "Câu 3/")
            asked = await bot.press(LAN, asked, "Rồi", "Câu 4/")
            asked = await bot.say(LAN, "200 triệu", "Câu 5/")
            asked = await bot.say(LAN, "45/UBND-NN ngày 17/6/2022", "Anh/chị gửi ảnh")
            telegram.files["F1"] = PDF
            document = {"file_id": "F1", "file_unique_id": "F1", "file_name": "bao-cao.pdf", "file_size": len(PDF)}
            await telegram.send(telegram.message(LAN, document=document))
            summary = await telegram.last(LAN, "xem lại trước khi gửi")
            assert "1.200.000.000 đ" in summary.text
            assert "bao-cao.pdf" in summary.text
            receipt = await bot.press(LAN, summary, "Gửi", "Mã biên nhận")
            assert "đúng hạn" in receipt.text
            alert = await telegram.last(MINH, "vừa nộp")
            assert {"Xác nhận", "Yêu cầu bổ sung"} <= set(alert.buttons)
            with reading(bot.wired.engine) as db:
                kept = reports.latest(Scope(db, CAMPAIGN), "dai-loc", "unspent-funds")
            assert kept
            assert kept.answers["give_back"] == 200_000_000
            assert bot.wired.library.files.get(kept.answers["file"]["hash"]) == PDF
            await telegram.until(lambda: any(c.method == "editMessageReplyMarkup" for c in telegram.calls))
            await telegram.until(lambda: sum(c.method == "answerCallbackQuery" for c in telegram.calls) == 2)
            menus = [c for c in telegram.calls if c.method == "setMyCommands"]
            assert {c.params.get("language_code") for c in menus} == {None, "en"}

    play(scenario())


def test_an_old_button_gets_a_kind_word_and_the_present_question(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with TelegramDouble() as telegram, polling(tmp_path, telegram) as bot:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            first = await bot.say(LAN, "nộp báo cáo kinh phí", "Câu 1/")
            await bot.say(LAN, "350 triệu", "Câu 2/")
            stale = await bot.press(LAN, first, "Không phát sinh", "thuộc câu trước")
            assert "Câu 2/" in stale.text

    play(scenario())


def test_a_second_delivery_does_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with TelegramDouble() as telegram, polling(tmp_path, telegram) as bot:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            await bot.say(LAN, "nộp báo cáo kinh phí", "Câu 1/")
            twice = telegram.message(LAN, "350 triệu")
            await telegram.send(twice)
            await telegram.last(LAN, "Câu 2/")
            await telegram.send(twice)
            await bot.say(LAN, "bỏ qua", "Câu 3/")
            await bot.say(LAN, "có", "Câu 4/")
            assert sum("Câu 2/" in c.text for c in telegram.sent_to(LAN)) == 1

    play(scenario())


def test_nothing_is_confirmed_before_it_is_durable(tmp_path: Path) -> None:
    """While the database refuses to write, Telegram keeps the update; afterwards it is answered once."""

    async def scenario() -> None:
        async with TelegramDouble() as telegram, polling(tmp_path, telegram) as bot:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            confirmed = telegram.confirmed
            real = bot.wired.writer.submit

            def broken(*_: Any, **__: Any) -> Any:
                raise OSError("disk full")

            bot.wired.writer.submit = broken  # type: ignore[method-assign]
            await telegram.send(telegram.message(LAN, "còn mấy ngày"))
            polls = telegram.polls
            await telegram.until(lambda: telegram.polls >= polls + 2)  # given out, and asked for anew
            assert len(telegram.pending) == 1
            assert telegram.confirmed <= confirmed + 1
            bot.wired.writer.submit = real  # type: ignore[method-assign]
            await telegram.last(LAN, "Các hạn nộp")
            await telegram.until(lambda: not telegram.pending)

    play(scenario())


def test_a_crash_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    """A process that stops between two questions; the next one goes on where it was."""

    async def scenario() -> None:
        async with TelegramDouble() as telegram:
            async with polling(tmp_path, telegram) as bot:
                await bot.join(LAN, Role.OFFICER, "dai-loc")
                await bot.say(LAN, "nộp báo cáo kinh phí", "Câu 1/")
                await bot.say(LAN, "350 triệu", "Câu 2/")
                await bot.say(LAN, "bỏ qua", "Câu 3/")
            await telegram.send(telegram.message(LAN, "rồi"))
            async with polling(tmp_path, telegram):
                await telegram.last(LAN, "Câu 4/")
                assert sum("Câu 4/" in c.text for c in telegram.sent_to(LAN)) == 1

    play(scenario())


def test_blocked_is_for_good_and_managers_hear_of_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with TelegramDouble() as telegram, polling(tmp_path, telegram) as bot:
            await bot.join(MINH, Role.MANAGER, name="Minh")
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            telegram.refused[str(LAN)] = (403, "Forbidden: bot was blocked by the user", {})
            bot.wired.clock.move_by(timedelta(days=3))  # type: ignore[attr-defined]
            bot.wired.writer.write(lambda db: tick(Desk(db, bot.wired.library, bot.wired.clock.now())))
            await eventually(bot.wired, unreached.everybody)
            bot.wired.clock.move_by(timedelta(hours=8))  # type: ignore[attr-defined]
            bot.wired.writer.write(lambda db: tick(Desk(db, bot.wired.library, bot.wired.clock.now())))
            alarm = await telegram.last(MINH, "anh/chị Lan (Đại Lộc)")
            assert "đã chặn trợ lý" in alarm.text
            del telegram.refused[str(LAN)]
            await bot.say(LAN, "còn mấy ngày", "Các hạn nộp")  # who writes again is reached again
            with reading(bot.wired.engine) as db:
                found = people.contact_at(db, "telegram", str(LAN))
            assert found
            assert found.refused == ""

    play(scenario())


def test_flood_and_broken_lines_delay_but_lose_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with TelegramDouble() as telegram, polling(tmp_path, telegram) as bot:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            telegram.refused[str(LAN)] = (429, "Too Many Requests: retry after 1", {"retry_after": 1})
            await telegram.send(telegram.message(LAN, "còn mấy ngày"))
            await telegram.until(lambda: any("Các hạn nộp" in c.text and not c.answer for c in telegram.calls))
            del telegram.refused[str(LAN)]
            await telegram.last(LAN, "Các hạn nộp")
            telegram.break_off.add("sendMessage")
            await bot.say(LAN, "/help", "Anh/chị có thể gõ")

    play(scenario())


def test_a_group_that_became_a_supergroup_keeps_its_alerts(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with TelegramDouble() as telegram, polling(tmp_path, telegram) as bot:
            await bot.join(MINH, Role.MANAGER, name="Minh")
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            await telegram.send(telegram.message(MINH, "/ganthongbao@dondoc_thu_bot", "Minh", chat=GROUP))
            await telegram.last(-500, "nhận thông báo")
            await telegram.send(telegram.message(LAN, "mọi người ơi, còn mấy ngày", chat=GROUP))
            await telegram.send(telegram.message(LAN, "/help@another_bot", chat=GROUP))
            await telegram.send(telegram.message(LAN, "@dondoc_thu_bot hạn thu hồi là khi nào", chat=GROUP))
            answer = await telegram.last(-500, "15/7/2022")
            assert not answer.buttons
            assert len(telegram.sent_to(-500)) == 2
            telegram.refused["-500"] = (
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": -900},
            )
            asked = await bot.say(LAN, "không phát sinh kinh phí", "KHÔNG PHÁT SINH")
            await bot.press(LAN, asked, "Gửi: không phát sinh", "Mã biên nhận")
            alert = await telegram.last(-900, "vừa nộp")
            assert not alert.buttons
            with reading(bot.wired.engine) as db:
                assert [g.address for g in groups.bound(db)] == ["-900"]

    play(scenario())


def test_the_clock_pushes_each_rung_at_its_time_however_fast_it_runs(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with TelegramDouble() as telegram, polling(tmp_path, telegram, Parts.WORKER) as bot:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            asked = await bot.say(LAN, "không phát sinh kinh phí", "KHÔNG PHÁT SINH")
            await bot.press(LAN, asked, "Gửi: không phát sinh", "Mã biên nhận")
            before = len(telegram.sent_to(LAN))
            clock = ClockWork(
                bot.wired.writer, bot.wired.library, bot.wired.clock, lambda: None, Pulse(Drift(wall_now, monotonic))
            )
            await asyncio.to_thread(clock.tick)
            bot.wired.clock.move_by(timedelta(days=23))  # type: ignore[attr-defined]  # between two looks
            await asyncio.to_thread(clock.tick)
            await telegram.last(LAN, "đã quá hạn 4 ngày", before)  # of the list, due before 10/7
            said = [c.text for c in telegram.sent_to(LAN)[before:]]
            left = [
                "còn 8 ngày",
                "còn 3 ngày",
                "còn 2 ngày",
                "hôm nay là ngày làm việc cuối",
                *(f"đã quá hạn {n} ngày" for n in (2, 3, 4)),
            ]
            assert len(said) == len(left)
            assert [words for words, text in zip(left, said, strict=True) if words not in text] == []

    play(scenario())


def test_an_invite_from_the_chat_has_a_deep_link(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with TelegramDouble() as telegram, polling(tmp_path, telegram) as bot:
            await bot.join(MINH, Role.MANAGER, name="Minh")
            roles = await bot.say(MINH, "/moi", "Mời ai", "Minh")
            made = await bot.press(MINH, roles, "quản lý", "Mã:", "Minh")
            assert f"https://t.me/dondoc_thu_bot?start={made.text.split('Mã: ')[1].split()[0]}" in made.text

    play(scenario())


def test_long_texts_are_split_and_files_sent(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with TelegramDouble() as telegram, polling(tmp_path, telegram) as bot:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            asked = await bot.say(LAN, "tôi muốn báo cáo danh sách thu hồi", "Câu 1/")
            sent = await bot.press(LAN, asked, "Lấy mẫu Excel", "mẫu")
            assert sent.method == "sendDocument"
            telegram.files["X"] = next(v for v in sent.params.values() if isinstance(v, bytes))
            assert telegram.files["X"].startswith(b"PK")

    play(scenario())


def test_files_that_cannot_be_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with TelegramDouble() as telegram, polling(tmp_path, telegram) as bot:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            big = {"file_id": "B", "file_unique_id": "B", "file_name": "lon.pdf", "file_size": 21 * 1024 * 1024}
            await telegram.send(telegram.message(LAN, document=big))
            await telegram.last(LAN, "lớn hơn 20 MB")
            voice = {"file_id": "V", "file_unique_id": "V", "duration": 3}
            await telegram.send(telegram.message(LAN, voice=voice))
            await telegram.last(LAN, "không nhận")
            gone = {"file_id": "missing", "file_unique_id": "m", "file_name": "a.pdf", "file_size": 10}
            await telegram.send(telegram.message(LAN, document=gone))
            await telegram.last(LAN, "chưa tải được")

    play(scenario())


def test_webhook_takes_only_calls_with_the_secret(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with TelegramDouble() as telegram, webhook(tmp_path, telegram) as bot, browsing() as client:
            assert telegram.webhook == "http://127.0.0.1/telegram/webhook"
            assert telegram.webhook_secret == "bi-mat-cua-webhook"
            url, right = f"{bot.web}/telegram/webhook", {"X-Telegram-Bot-Api-Secret-Token": "bi-mat-cua-webhook"}
            update = telegram.message(LAN, "hạn thu hồi là khi nào")
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "bi-mat"}):
                assert (await client.post(url, json=update, headers=headers)).status_code == 403
            assert (await client.post(url, content=b"{", headers=right)).status_code == 400
            assert (await client.post(url, content=b"[]", headers=right)).status_code == 400
            assert (await client.post(url, content=b"x" * 1_500_000, headers=right)).status_code == 413
            assert (await client.post(url, json={"update_id": 1, "message": {"odd": True}}, headers=right)).status_code == 200
            assert (await client.post(url, json=update, headers=right)).status_code == 200
            with reading(bot.wired.engine) as db:  # durable before it was confirmed
                assert db.execute(select(received.c.update_id)).scalars().all() == [str(update["update_id"])]
            await telegram.last(LAN, "15/7/2022")
            assert (await client.post(url, json=update, headers=right)).status_code == 200
            with reading(bot.wired.engine) as db:
                assert len(db.execute(select(outbox.c.id)).all()) == 1

    play(scenario())


def test_a_menu_that_cannot_be_set_keeps_nobody_waiting(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with TelegramDouble() as telegram:
            telegram.down |= {"setMyCommands", "deleteWebhook"}
            async with polling(tmp_path, telegram) as bot:
                await bot.join(LAN, Role.OFFICER, "dai-loc")

    play(scenario())


def test_while_the_webhook_cannot_be_set_we_still_write(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with TelegramDouble() as telegram:
            telegram.down |= {"setWebhook", "setMyCommands"}
            wired = wire(settings(tmp_path, telegram, public_url="http://127.0.0.1", telegram_secret="bi-mat-cua-webhook"))
            async with serving(wired) as web, browsing() as client:
                await telegram.until(lambda: any(c.method == "setWebhook" for c in telegram.calls))
                headers = {"X-Telegram-Bot-Api-Secret-Token": "bi-mat-cua-webhook"}
                update = telegram.message(LAN, "hạn thu hồi là khi nào")
                assert (await client.post(f"{web}/telegram/webhook", json=update, headers=headers)).status_code == 200
                await telegram.last(LAN, "15/7/2022")
                telegram.down.discard("setWebhook")
                await telegram.until(lambda: telegram.webhook)

    play(scenario())


def test_polls_that_are_not_held_do_not_make_us_spin(tmp_path: Path) -> None:
    async def scenario() -> None:
        naps: list[float] = []
        heard: list[Incoming] = []
        enough = asyncio.Event()

        async def sleep(seconds: float) -> None:
            naps.append(seconds)
            if len(naps) == 8:
                await telegram.send(telegram.message(LAN, "còn mấy ngày"))
            if len(naps) == 10:
                enough.set()
                await asyncio.Event().wait()

        async def take(incoming: Incoming, attached: Attachment | None = None, /) -> None:
            heard.append(incoming)

        async with TelegramDouble() as telegram:
            telegram.holds = False
            inbox = Inbox(cast(Any, None), cast(Any, None))
            receiver = TelegramReceiver(
                Account(TOKEN, telegram.url), Languages(CAMPAIGN.directory.zone), take, inbox, lambda: 0.0, sleep
            )
            polls = asyncio.create_task(receiver.poll())
            await enough.wait()
            polls.cancel()
            await receiver.close()
            assert [incoming.text for incoming in heard] == ["còn mấy ngày"]
            assert naps == [FIRST, FIRST * 2, FIRST * 4, FIRST * 8, FIRST * 16, LONGEST, LONGEST, LONGEST, FIRST, FIRST * 2]
            assert telegram.polls == 11  # a rest after each that was empty, none after the one that was not

    play(scenario())


def test_a_file_that_comes_slowly_holds_back_nobody_elses_answer(tmp_path: Path) -> None:
    """Neither in its batch nor after it; what the same person says after it waits for it."""

    async def scenario() -> None:
        async with TelegramDouble() as telegram, polling(tmp_path, telegram) as bot:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            telegram.files["F1"] = PDF
            telegram.hands_out.clear()
            document = {"file_id": "F1", "file_unique_id": "F1", "file_name": "bao-cao.pdf", "file_size": len(PDF)}
            await telegram.send(telegram.message(LAN, document=document))
            await telegram.send(telegram.message(LAN, "/bienlai"))
            await telegram.send(telegram.message(MINH, "/han", "Minh"))
            await telegram.last(MINH, "hạn")
            said = [call.text for call in telegram.sent_to(LAN)]
            assert not any("bao-cao.pdf" in text for text in said)
            telegram.hands_out.set()
            await telegram.last(LAN, "biên nhận")
            said = [call.text for call in telegram.sent_to(LAN)]
            asked = next(at for at, text in enumerate(said) if "bao-cao.pdf" in text)
            assert "biên nhận" not in "".join(said[1:asked])

    play(scenario())


def test_a_rehearsal_never_writes_to_real_people(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="rehearsal_platform"):
        Settings(_env_file=None, telegram_token=TOKEN, rehearsal_start=OPENING).check()


def test_the_token_is_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    async def scenario() -> None:
        async with TelegramDouble() as telegram:
            telegram.break_off |= {"getMe", "setMyCommands", "sendMessage"}
            async with polling(tmp_path, telegram) as bot:
                await bot.join(LAN, Role.OFFICER, "dai-loc")

    from bot.logs import set_up

    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    set_up("info", (TOKEN,))
    try:
        play(scenario())
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()
    said = "".join(capfd.readouterr()) + caplog.text
    assert TOKEN not in said
    assert "could not be greeted" in said


def test_what_is_no_update_holds_no_other_back() -> None:
    good = {"update_id": 7}
    assert updates_in({"ok": True, "result": [None, [], {"message": {}}, {"update_id": True}, {"update_id": "7"}, good]}) == [
        good
    ]
    assert updates_in({"ok": True, "result": None}) == []
    refusals: tuple[Any, ...] = ({"ok": False, "error_code": 409, "description": "Conflict"}, {}, [], None)
    for refusal in refusals:
        with pytest.raises(SaidNo):
            updates_in(refusal)
