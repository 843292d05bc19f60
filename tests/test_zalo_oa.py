"""The Zalo Official Account against the double, over real HTTP."""

import asyncio
import hashlib
import json
import random
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import Connection, func, select

from bot.channels.zalo_oa import refusals
from bot.channels.zalo_oa.authorizing import begin_authorizing
from bot.channels.zalo_oa.receive import signed_by
from bot.channels.zalo_oa.tokens import OaApp
from bot.clocks import SimulatedClock, wall_now
from bot.delivery.sink import Verdict
from bot.links import ACCOUNT_KEY
from bot.settings import Settings
from bot.wiring import Wired, wire
from handlers.desk import Desk
from handlers.message import Message, OutFile
from handlers.pushing import push
from rules.people import Role
from storage import inbox, invites, kept, people, reports, spending, tokens, unreached
from storage.claims import Claim
from storage.database import reading
from storage.scope import Scope
from storage.tables import contact, outbox, received
from storage.tables import inbox as waiting
from tests.doubles.watching import PATIENCE
from tests.doubles.zalo_oa import APP_ID, APP_SECRET, OA_SECRET, Call, ZaloOaDouble
from tests.made_files import PDF, PNG
from tests.serving import browsing, play, serving
from tests.stage import CAMPAIGN, OPENING, PROVINCE, News

LAN, MINH = "1001", "2002"


@dataclass
class Running:
    """The product, connected to the double."""

    zalo: ZaloOaDouble
    wired: Wired
    web: str

    def invite(self, role: Role, unit: str = "", phone: str = "") -> str:
        wired = self.wired
        return wired.writer.write(
            lambda db: invites.create_invite(
                db, invites.Grant(role, unit, "", phone), invites.By("t"), wired.clock.now(), wired.library.pick
            )
        ).code

    async def deliver(self, body: bytes, signature: str | None = None) -> int:
        return await self.zalo.deliver(self.web, body, signature)

    async def say(self, user: str, text: str, holding: str) -> Call:
        before = len(self.zalo.sent_to(user))
        assert await self.deliver(self.zalo.event(user, text=text)) == 200
        return await self.zalo.last(user, holding, before)

    async def join(self, user: str, role: Role, unit: str = "", phone: str = "") -> Call:
        return await self.say(user, self.invite(role, unit, phone), "Chào")

    def look(self, what: Callable[[Connection], Any]) -> Any:
        with reading(self.wired.engine) as db:
            return what(db)

    async def eventually(self, what: Callable[[Connection], Any]) -> Any:
        async with asyncio.timeout(PATIENCE):
            while not (found := self.look(what)):
                await asyncio.sleep(0.02)
        return found

    def go_to(self, at: datetime) -> None:
        assert isinstance(self.wired.clock, SimulatedClock)
        self.wired.clock.move_to(at)

    def push(self, person: int, key: str, message: Message | None = None) -> bool:
        wired, now = self.wired, self.wired.clock.now()
        due = {"kind": "reminder", "titles": "Kinh phí", "deadline": "29/6/2022"}
        news = News(message) if message else News(Message("Nhắc nộp"), due)

        def queue(db: Connection) -> bool:
            found = people.by_id(db, person)
            assert found
            return push.to_person(Desk(db, wired.library, now), found, news, key)

        return wired.writer.write(queue)


def settings(tmp_path: Path, zalo: ZaloOaDouble, **more: Any) -> Settings:
    values = {
        "database_url": f"sqlite:///{tmp_path}/o.db", "files_dir": tmp_path / "files", "rehearsal_start": OPENING, "port": 0,
        "public_url": "http://127.0.0.1", "zalo_oa_app_id": APP_ID, "zalo_oa_app_secret": APP_SECRET,
        "zalo_oa_secret_key": OA_SECRET, "zalo_oa_refresh_token": "refresh-0", "zalo_oa_api_url": zalo.url,
        "zalo_oauth_url": zalo.url, "zns_api_url": zalo.url, **more,
    }  # fmt: skip
    return Settings(_env_file=None, **values)


@asynccontextmanager
async def running(tmp_path: Path, province: str = "", **more: Any) -> AsyncIterator[Running]:
    clock: list[Wired] = []

    def now() -> datetime:
        return clock[0].clock.now() if clock else OPENING

    async with ZaloOaDouble(now) as zalo:
        wired = wire(settings(tmp_path, zalo, **({"province": province} if province else {}), **more))
        clock.append(wired)
        async with serving(wired) as web:
            if more.get("zalo_oa_refresh_token", "x"):
                await zalo.until(lambda: zalo.access)
            yield Running(zalo, wired, web)


def test_a_whole_report_with_buttons_and_a_file(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path) as bot:
            zalo = bot.zalo
            zalo.names[MINH] = "Minh"
            await bot.deliver(zalo.event(LAN, "follow"))
            await zalo.last(LAN, "Đây là trợ lý đôn đốc")
            await bot.join(MINH, Role.MANAGER)
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            asked = await bot.say(LAN, "báo cáo kinh phí", "Câu 1/")
            assert list(asked.buttons) == ["Không phát sinh", "Hủy"]
            asked = await bot.say(LAN, "1,2 tỷ", "Câu 2/")
            old = asked.buttons["Rồi"]
            asked = await bot.say(LAN, old, "Câu 3/")
            assert "Câu 3/" in (await bot.say(LAN, old, "thuộc câu trước")).text
            await bot.say(LAN, "200 triệu", "Câu 4/")
            await bot.say(LAN, "45/UBND-NN ngày 17/6/2022", "Anh/chị gửi ảnh")
            zalo.files["bao-cao.pdf"] = PDF
            assert await bot.deliver(zalo.event(LAN, "user_send_file", file="bao-cao.pdf")) == 200
            summary = await zalo.last(LAN, "xem lại trước khi gửi")
            assert "bao-cao.pdf" in summary.text
            await bot.say(LAN, summary.buttons["Gửi"], "Mã biên nhận")
            alert = await zalo.last(MINH, "vừa nộp")
            assert "Lan" in alert.text
            kept = bot.look(lambda db: reports.latest(Scope(db, CAMPAIGN), "dai-loc", "unspent-funds"))
            assert bot.wired.library.files.get(kept.answers["file"]["hash"]) == PDF
            listed = await bot.say(MINH, "tiến độ kinh phí", "Đại Lộc")
            assert not listed.buttons
            assert "Đại Lộc" in listed.numbers  # more than five choices are a numbered list
            unit = await bot.say(MINH, listed.numbers["Đại Lộc"], "UBND huyện Đại Lộc")
            looked = await bot.say(MINH, next(iter(unit.buttons.values())), "1.200.000.000 đ")
            before = len(zalo.sent_to(MINH))
            await bot.deliver(zalo.event(MINH, text=list(looked.buttons.values())[-1]))
            await zalo.until(lambda: any(c.attachment.get("type") == "file" for c in zalo.sent_to(MINH)[before:]))
            assert zalo.uploads[-1] == ("file", "bao-cao.pdf", PDF)

    play(scenario())


def test_files_that_the_account_does_not_take_go_as_a_link(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path) as bot:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            asked = await bot.say(LAN, "báo cáo thu hồi", "Câu 1/")
            sent = await bot.say(LAN, asked.buttons["Lấy mẫu Excel"], "/tep/")
            assert "Mẫu danh sách thu hồi.xlsx" in sent.text
            picture = bot.wired.library.files.put(PNG, "a.png")
            bot.push(1, "pic", Message("Bảng", file=OutFile(picture.hash, "a.png")))
            await bot.zalo.until(lambda: bot.zalo.uploads and bot.zalo.uploads[-1][0] == "image")

    play(scenario())


def test_the_windows_and_what_they_cost(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path) as bot:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            bot.push(1, "a")
            await bot.zalo.last(LAN, "Nhắc nộp")
            bot.go_to(OPENING + timedelta(hours=49))
            before = len(bot.zalo.sent_to(LAN))
            bot.push(1, "b")
            await bot.zalo.last(LAN, "Nhắc nộp", before)
            await bot.eventually(lambda db: spending.count(db, "zalo_oa", "2022-06", "billed"))
            calls = len(bot.zalo.calls)
            bot.go_to(OPENING + timedelta(days=7, hours=1))
            bot.push(1, "c")
            (listed,) = await bot.eventually(unreached.everybody)
            assert listed.why == "window"
            assert len([c for c in bot.zalo.calls[calls:] if "Nhắc nộp" in c.text]) == 0  # not even tried
            spent = {s.kind: (s.count, s.cost) for s in bot.look(lambda db: spending.of_period(db, "2022-06"))}
            assert spent["billed"] == (1, CAMPAIGN.policy.zalo.billed_price)
            assert spent["free"][1] == 0

    play(scenario())


TEMPLATES = """
[[zalo.templates]]
push = "reminder"
id = "user-template"
by = "user"
price = 120
fields = { ten = "name", viec = "titles", han = "deadline" }

[[zalo.templates]]
push = "reminder"
id = "phone-template"
by = "phone"
price = 200
fields = { ten = "name", viec = "titles", han = "deadline" }
"""


def with_templates(tmp_path: Path) -> str:
    folder = tmp_path / "province"
    shutil.copytree(PROVINCE, folder)
    with (folder / "policy.toml").open("a", encoding="utf-8") as file:
        file.write(TEMPLATES)
    return str(folder)


def test_beyond_the_window_templates_by_user_then_by_phone_then_the_list(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path, with_templates(tmp_path)) as bot:
            zalo = bot.zalo
            await bot.join(LAN, Role.OFFICER, "dai-loc", phone="84905123456")
            bot.go_to(OPENING + timedelta(days=8, hours=1))
            bot.push(1, "a")
            await zalo.until(lambda: any(c.body.get("template_id") == "user-template" for c in zalo.sent_to(LAN)))
            (call,) = [c for c in zalo.calls if "template_id" in c.body]
            assert call.body["template_data"] == {"ten": "Lan", "viec": "Kinh phí", "han": "29/6/2022"}
            zalo.refused[LAN] = -249
            bot.push(1, "b")
            await zalo.until(lambda: zalo.sent_to("84905123456"))
            assert zalo.sent_to("84905123456")[0].body["template_id"] == "phone-template"
            zalo.refused["84905123456"] = -118
            bot.push(1, "c")
            (listed,) = await bot.eventually(unreached.everybody)
            assert listed.why == "no_zalo"
            spent = {s.kind: (s.count, s.cost) for s in bot.look(lambda db: spending.of_period(db, "2022-06"))}
            assert spent["template"] == (2, 320)

    play(scenario())


def test_each_refusal_reaches_the_managers_by_its_own_name(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path) as bot:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            for row in refusals.ERRORS:
                if row.verdict not in (Verdict.WAY, Verdict.ADDRESS) or not isinstance(row.sign, int):
                    continue
                bot.zalo.refused[LAN] = row.sign
                bot.push(1, f"p{row.sign}")
                (listed,) = await bot.eventually(unreached.everybody)
                assert (listed.why, bot.look(lambda db: people.contacts_of(db, [1])[1][0].refused)) == (
                    row.why, row.why if row.verdict is Verdict.ADDRESS else "",
                )  # fmt: skip
                del bot.zalo.refused[LAN]
                bot.go_to(bot.wired.clock.now() + timedelta(minutes=2))
                await bot.say(LAN, "tiến độ", "Đại Lộc")  # whoever writes is reachable again
                assert bot.look(unreached.everybody) == []

    play(scenario())


def test_an_unfollowed_account_is_not_written_to(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path) as bot:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            await bot.deliver(bot.zalo.event(LAN, "unfollow"))
            await bot.eventually(lambda db: (lan := people.contact_at(db, "zalo_oa", LAN)) and lan.refused == "unfollowed")
            assert bot.push(1, "a") is False
            assert [u.why for u in bot.look(unreached.everybody)] == ["unfollowed"]
            await bot.say(LAN, "tiến độ", "Đại Lộc")
            assert bot.look(unreached.everybody) == []

    play(scenario())


def test_the_domains_home_carries_zalos_tag_and_invites_the_accounts_link(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path, zalo_site_verification="abc123") as bot, browsing() as browser:
            home = await browser.get(f"{bot.web}/")
            assert '<meta name="zalo-platform-site-verification" content="abc123">' in home.text
            await bot.eventually(lambda db: kept.value(db, ACCOUNT_KEY))
            again = wire(bot.wired.settings)  # what the command line sees
            assert again.links("CODE") == ("https://zalo.me/579745863508352884",)
            again.close()
            strange = await browser.get(f"{bot.web}/zalo-oa/authorized?code=x&state=guessed")
            assert strange.status_code == 400

    play(scenario())


def test_authorised_by_the_browser_while_running(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path, zalo_oa_refresh_token="") as bot, browsing() as browser:
            link = bot.wired.writer.write(lambda db: begin_authorizing(db, OaApp.of(bot.wired.settings), wall_now()))
            query = parse_qs(urlsplit(link).query)
            bot.zalo.challenges["c1"] = query["code_challenge"][0]
            done = await browser.get(f"{bot.web}/zalo-oa/authorized", params={"code": "c1", "state": query["state"][0]})
            assert "Đã nối lại" in done.text
            await bot.join(LAN, Role.OFFICER, "dai-loc")  # and messages pass

    play(scenario())


def test_a_lost_account_is_told_and_comes_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path) as bot, browsing() as browser:
            await bot.join(MINH, Role.MANAGER)
            bot.zalo.access, bot.zalo.refresh = "revoked", "revoked"  # the account's administrator took the permission away
            before = len(bot.zalo.sent_to(MINH))
            assert await bot.deliver(bot.zalo.event(MINH, text="tiến độ")) == 200
            pair = await bot.eventually(lambda db: (p := tokens.pair_of(db, "zalo_oa")) and p.lost and p)
            told = outbox.c.key.startswith(f"lost:zalo_oa:{pair.generation}")
            (alarm,) = await bot.eventually(lambda db: db.execute(select(outbox.c.message).where(told)).scalars().all())
            assert "dondoc zalo authorize" in alarm["text"]
            (listed,) = await bot.eventually(unreached.everybody)  # there is no other channel to tell the manager on
            assert listed.why == "account"
            assert (await browser.get(f"{bot.web}/health")).json()["zalo_oa"] == "lost"
            assert len(bot.zalo.sent_to(MINH)) == before
            link = bot.wired.writer.write(lambda db: begin_authorizing(db, OaApp.of(bot.wired.settings), wall_now()))
            query = parse_qs(urlsplit(link).query)
            bot.zalo.challenges["c1"] = query["code_challenge"][0]
            await browser.get(f"{bot.web}/zalo-oa/authorized", params={"code": "c1", "state": query["state"][0]})
            await bot.zalo.last(MINH, "Tiến độ lúc", before)  # the reply that waited
            assert (await browser.get(f"{bot.web}/health")).json()["zalo_oa"] == "ok"

    play(scenario())


def test_retries_in_another_order_and_events_of_no_concern(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path) as bot:
            zalo = bot.zalo
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            await bot.say(LAN, "báo cáo kinh phí", "Câu 1/")
            early = zalo.event(LAN, text="500 triệu")  # its first delivery failed
            await bot.say(LAN, "1,2 tỷ", "Câu 2/")
            before = len(zalo.sent_to(LAN))
            assert await bot.deliver(early) == 200
            told = await zalo.last(LAN, "500 triệu", before)
            assert "đến sau" in told.text
            again = await zalo.last(LAN, "Câu 2/", before)
            assert "Rồi" in again.buttons
            for name in ("user_seen_message", "user_received_message", "oa_send_text", "user_poked", "add_user_to_tag"):
                assert await bot.deliver(zalo.event(LAN, name)) == 200
            await bot.say(LAN, again.buttons["Rồi"], "Câu 3/")
            await bot.deliver(zalo.event(LAN, "user_submit_info", info={"phone": "84905123456", "name": "Lan"}))
            await zalo.last(LAN, "0905 123 456")
            assert bot.look(lambda db: people.by_id(db, 1)).phone == "84905123456"

    play(scenario())


def test_a_webhook_is_durable_and_answered_before_a_slow_file(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path) as bot:
            zalo = bot.zalo
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            arrived = asyncio.Event()

            async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await reader.readuntil(b"\r\n\r\n")
                await arrived.wait()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(PDF), PDF))
                writer.close()

            server = await asyncio.start_server(slow, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            body = zalo.event(LAN, "user_send_file", file="cham.pdf")
            body = body.replace(f"{zalo.url}/file/cham.pdf".encode(), f"http://127.0.0.1:{port}/cham.pdf".encode())
            assert await bot.deliver(body) == 200  # while the file has not come
            assert await bot.deliver(body) == 200  # and tries again
            assert bot.look(lambda db: db.execute(select(func.count()).select_from(waiting)).scalar()) == 1
            arrived.set()
            await zalo.last(LAN, "cham.pdf")
            server.close()
            assert await bot.eventually(lambda db: db.execute(select(func.count()).select_from(waiting)).scalar() == 0)

    play(scenario())


def test_what_was_confirmed_survives_the_process(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path) as bot:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            body = bot.zalo.event(LAN, text="tiến độ")
            past = wall_now() - timedelta(minutes=10)  # put by a process that died before its turn
            bot.wired.writer.write(lambda db: inbox.put(db, "zalo_oa", "msg-left", json.loads(body), past, Claim("a", past)))
            before = len(bot.zalo.sent_to(LAN))
            await bot.zalo.last(LAN, "Đại Lộc", before)

    play(scenario())


ATTACKS = 500


def test_forged_webhooks_change_nothing(tmp_path: Path) -> None:
    """Forged, truncated, changed, signed with another secret, replayed, oversized: none gets in."""

    async def scenario() -> None:
        async with running(tmp_path) as bot, browsing() as client:
            zalo, chance = bot.zalo, random.Random(7)
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            genuine = zalo.event(LAN, text="không phát sinh kinh phí")
            signature = zalo.signature(genuine)
            assert await bot.deliver(genuine) == 200
            await zalo.last(LAN, "KHÔNG PHÁT SINH?")
            taken = bot.look(lambda db: db.execute(select(func.count()).select_from(received)).scalar())
            statuses: dict[int, int] = {}

            async def attack(number: int) -> None:
                body, given = forged(genuine, signature, number, chance)
                sent = await client.post(f"{bot.web}/zalo-oa/webhook", content=body, headers={"X-ZEvent-Signature": given})
                statuses[sent.status_code] = statuses.get(sent.status_code, 0) + 1

            for start in range(0, ATTACKS, 50):
                await asyncio.gather(*(attack(number) for number in range(start, start + 50)))
            assert statuses[200] == ATTACKS // 100  # replays of the genuine one, which change nothing
            assert statuses[413] >= ATTACKS // 100
            assert sum(statuses.values()) == ATTACKS
            assert set(statuses) == {200, 403, 413}
            assert bot.look(lambda db: db.execute(select(func.count()).select_from(received)).scalar()) == taken
            assert bot.look(lambda db: db.execute(select(func.count()).select_from(contact)).scalar()) == 1

    play(scenario())


def forged(genuine: bytes, signature: str, number: int, chance: random.Random) -> tuple[bytes, str]:
    """One attack of six kinds."""
    if number % 100 == 0:
        return genuine, signature
    if number % 100 == 1:
        return genuine + b" " * (1024 * 1024 if number % 200 == 1 else 300_000), signature
    match number % 5:
        case 0:
            return genuine[: chance.randrange(len(genuine))], signature
        case 1:
            at = chance.randrange(len(genuine))
            return genuine[:at] + bytes([(genuine[at] + 1 + chance.randrange(250)) % 256]) + genuine[at + 1 :], signature
        case 2:
            return genuine, ZaloOaDouble.signature(genuine, f"secret-{chance.random()}")
        case 3:
            changed = genuine.replace(b'"1001"', b'"%d"' % chance.randrange(10**9))
            return changed, chance.choice([signature, "", "mac=", signature[:-1], "mac=" + "0" * 64, "mac=zz"])
        case _:
            at = chance.randrange(5, len(signature))
            digit = chance.choice([d for d in "0123456789abcdef" if d != signature[at]])
            return genuine, signature[:at] + digit + signature[at + 1 :]


def test_the_signature_is_over_raw_bytes() -> None:
    body = '{"app_id":"1","text":"Đại Lộc","timestamp":1656}'.encode()
    mac = hashlib.sha256(b"1" + body + b"1656" + b"s").hexdigest()
    assert signed_by("1", body, "s", f"mac={mac}")
    assert signed_by("1", body, "s", mac.upper())
    assert not signed_by("1", body.replace(b" ", b""), "s", f"mac={mac}")
    assert not signed_by("2", body, "s", f"mac={mac}")
    assert not signed_by("1", b"{}", "s", f"mac={mac}")
