"""A stage whose channel is real: the process runs, a platform's double calls its webhook over HTTP and takes what it
sends. What is said is read back from what the double was given."""

import asyncio
import json
import re
import threading
import time
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from sqlalchemy import Connection, event, func, select, update

from bot.clocks import SimulatedClock, wall_now
from bot.connections import speaking
from bot.delivery.courier import Pace
from bot.delivery.sink import Sink
from bot.flow.flood import UNBOUND
from bot.parts import Parts
from bot.settings import Settings
from bot.trust import trusted
from bot.wiring import Wired, wire, wire_app, wire_process
from handlers.message import Message
from handlers.turn import Incoming
from storage import shown_lists
from storage.database import reading
from storage.outbox import Delivery
from storage.tables import inbox, outbox, received
from tests.doubles import zalo_bot, zalo_oa
from tests.doubles.watching import PATIENCE
from tests.doubles.zalo_bot import ZaloBotDouble
from tests.doubles.zalo_oa import ZaloOaDouble
from tests.serving import PATIENT
from tests.stage import CAMPAIGN, OPENING, Said, Stage

STILL = 1e-9
"""Simulated seconds a second: the script moves the clock."""
LOOK_EVERY = 0.02
"""Seconds between two looks for what no transaction tells of."""


class HttpStage(Stage):
    """One of Zalo's doors, open."""

    channel = ""

    def __init__(self, url: str, folder: Path, seed: int = 1) -> None:
        self._loop, self._moved = asyncio.new_event_loop(), threading.Event()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.double: Any = None
        self._read = 0
        self._last_sent: tuple[Any, ...] = ()
        self._browser = httpx.Client(timeout=PATIENCE, verify=trusted())
        super().__init__(url, folder, seed)

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run something on the loop that the process runs on."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    # ------------------------------------------------------------ the process

    def open(self) -> None:
        """Start the double, once, and the process."""
        if self.double is None:
            self.double = self.wait(self._start_double())
        settings = Settings(
            _env_file=None, database_url=self.url, files_dir=self._folder / "files", public_url="http://127.0.0.1", port=0,
            rehearsal_start=OPENING, rehearsal_speed=STILL, **self.settings(),
        )  # fmt: skip
        self.wired: Wired = wire(settings, lambda folder: CAMPAIGN, self._random.choice)
        wired, library = self.wired, self.wired.library
        library.simulated = False
        assert isinstance(wired.clock, SimulatedClock)
        wired.clock.set_to(self.now)
        self.engine, self.writer, self.library = wired.engine, wired.writer, library
        event.listen(self.engine, "checkin", self._is_through)
        served = wire_process(self.wired, Parts.WEB | Parts.WORKER, Pace(between_looks=0.01), UNBOUND)
        self.process = served.process
        self._went: dict[int, tuple[str, Message]] = {}
        sinks: Any = served.process.courier._sinks
        sinks |= {name: _Noting(sink, self._went) for name, sink in sinks.items()}
        config = uvicorn.Config(wire_app(self.wired, served), http=speaking(PATIENT), ws="none", port=0, log_config=None)
        self.server = uvicorn.Server(config)
        self._serving = asyncio.run_coroutine_threadsafe(self.server.serve(), self._loop)
        self._until(lambda: self.server.started)
        self.web = f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"
        self._until(self.ready)

    def close(self) -> None:
        """Stop the process."""
        self.server.should_exit = True
        self._serving.result(PATIENCE)
        self.wired.close()

    def shut(self) -> None:
        """Stop everything."""
        self.close()
        self.wait(self.double.__aexit__())
        self._browser.close()
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _is_through(self, *_: object) -> None:
        """The process is through with a transaction: what is waited for may be there."""
        if threading.current_thread() is not threading.main_thread():
            self._moved.set()

    async def _start_double(self) -> Any:
        return await self.make_double().__aenter__()

    def _until(self, condition: Callable[[], Any], seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "nothing came of it"
            self._moved.wait(LOOK_EVERY)
            self._moved.clear()

    # ------------------------------------------------------------ what people do

    def hear(self, incoming: Incoming) -> list[Said]:
        """Something done on the platform, and everything said because of it."""
        before = self._count(received)
        self._last = incoming
        if self.do(incoming):
            self._until(lambda: self._count(received) > before and self._count(inbox) == 0)
        return self.said()

    def again(self) -> list[Said]:
        """The platform delivers once more."""
        assert self._last_sent[0](*self._last_sent[1:]) == 200
        self._until(lambda: self._count(inbox) == 0)
        return self.said()

    def _count(self, table: Any) -> int:
        with reading(self.engine) as db:
            return int(db.execute(select(func.count()).select_from(table)).scalar_one())

    def tick(self) -> None:
        """Look at the time, as the clock does."""
        assert isinstance(self.wired.clock, SimulatedClock)
        self.wired.clock.set_to(self.now)
        super().tick()

    def _deliver(self) -> None:
        """Wait until the courier has nothing left that may go; what it sent is what was said."""
        self.double_answers(self.platform_answers)
        self.process.courier.wake_from_outside()
        if self.platform_answers:
            self.writer.write(self._waited_long_enough)
            self._until(self._drained)
        else:
            self._until(self._tried_in_vain)
        with reading(self.engine) as db:
            sent = (outbox.c.state == "sent", outbox.c.kind != "close", outbox.c.id > self._read)
            rows = db.execute(outbox.select().where(*sent).order_by(outbox.c.id)).all()
        for row in rows:
            self._read = max(self._read, row.id)
            kept_nowhere = row.kind in ("code", "farewell")
            address, message = self._went[row.id] if kept_nowhere else (row.address, Message.from_json(row.message))
            assert self.arrived(address, message.text), f"the platform never saw: {message.text}"
            is_push = row.kind not in ("reply", "code", "farewell")
            self._said.append(Said(address, row.channel, message, is_push, row.id, row.contact_id))

    @staticmethod
    def _waited_long_enough(db: Connection) -> None:
        db.execute(update(outbox).where(outbox.c.state == "waiting").values(not_before=None))

    def _drained(self) -> bool:
        with reading(self.engine) as db:
            waiting = db.execute(select(func.count()).select_from(outbox).where(outbox.c.state == "waiting")).scalar_one()
        if waiting:
            self.process.courier.wake_from_outside()
        return waiting == 0

    def _tried_in_vain(self) -> bool:
        """The platform is down: whether nothing is on its way, and nothing will be before it is up. A script's days pass
        faster than the courier's pauses, and what is in its hands at a tick would count as going out."""

        def hold(db: Connection) -> int:
            waiting = outbox.c.state == "waiting"
            far = wall_now() + timedelta(hours=1)
            db.execute(update(outbox).where(waiting, outbox.c.claimed_until.is_(None)).values(not_before=far))
            taken = select(func.count()).select_from(outbox).where(waiting, outbox.c.claimed_until.is_not(None))
            return int(db.execute(taken).scalar_one())

        return self.writer.write(hold) == 0

    def number_of(self, address: str, action: str) -> str:
        """The number that somebody was shown for an action last."""
        from storage import people

        with reading(self.engine) as db:
            contact = people.contact_at(db, self.channel, address)
            assert contact
            for item in shown_lists.shown(db, contact.id):
                for number in range(item.first, item.next):
                    if item.action(number) == action:
                        return str(number)
        raise AssertionError(f"{address} was never shown {action}")

    # ------------------------------------------------------------ each door's own

    def settings(self) -> dict[str, Any]:
        raise NotImplementedError

    def make_double(self) -> Any:
        raise NotImplementedError

    def ready(self) -> bool:
        raise NotImplementedError

    def double_answers(self, answers: bool) -> None:
        self.double.broken = [] if answers else [502] * 1000

    def arrived(self, address: str, text: str) -> bool:
        heads = [line for line in text.split("\n\n", 1)[0].splitlines()[:1] if line]
        return any(all(head[:1500] in call.text for head in heads) for call in self.double.sent_to(address))

    def do(self, incoming: Incoming) -> bool:
        """Do it on the platform. False where the platform itself keeps it from us."""
        raise NotImplementedError


class _Noting:
    """A sink that remembers what went through it, by the number of its delivery."""

    def __init__(self, sink: Sink, went: dict[int, tuple[str, Message]]) -> None:
        self._sink, self._went = sink, went

    async def send(self, address: str, message: Message, delivery: Delivery) -> str:
        """As the sink itself."""
        self._went[delivery.id] = address, message
        return await self._sink.send(address, message, delivery)


class ZaloBotStage(HttpStage):
    """The Zalo Bot Platform: numbers for buttons, pages for files."""

    channel = "zalo_bot"

    def settings(self) -> dict[str, Any]:
        return {"zalo_bot_token": zalo_bot.TOKEN, "zalo_bot_api_url": self.double.url, "zalo_bot_monthly": 0}

    def make_double(self) -> ZaloBotDouble:
        return ZaloBotDouble()

    def ready(self) -> bool:
        return bool(self.double.webhook)

    def do(self, incoming: Incoming) -> bool:
        if incoming.file:
            return self._upload(incoming)
        if incoming.trouble:
            return False  # the page says so itself
        text = self.number_of(incoming.address, incoming.choice) if incoming.choice else incoming.text
        event = "" if text else "message.sticker.received"
        return self._post(self.double.message(incoming.address, text, incoming.name, event=event))

    def _post(self, raw: dict[str, Any]) -> bool:
        self._last_sent = (self._call, raw)
        assert self._call(raw) == 200
        return True

    def _call(self, raw: dict[str, Any]) -> int:
        headers = {"X-Bot-Api-Secret-Token": self.double.webhook_secret}
        return self._browser.post(f"{self.web}/zalo-bot/webhook", json=raw, headers=headers).status_code

    def _upload(self, incoming: Incoming) -> bool:
        from storage import people

        assert incoming.file
        data = self.library.files.get(incoming.file.hash)
        links = re.findall(r"/gui-tep/\S+", "\n".join(call.text for call in self.double.sent_to(incoming.address)))
        with reading(self.engine) as db:
            contact = people.contact_at(db, self.channel, incoming.address)
        page = links[-1] if links else self.wired.pages.upload(contact.id if contact else 0, 10**9).partition("127.0.0.1")[2]
        answer = self._browser.post(self.web + page, files={"upload": (incoming.file.name, data)})
        return answer.status_code == 200


class ZaloOaStage(HttpStage):
    """The Official Account: buttons that come back as text, files as attachments."""

    channel = "zalo_oa"

    def settings(self) -> dict[str, Any]:
        return {
            "zalo_oa_app_id": zalo_oa.APP_ID, "zalo_oa_app_secret": zalo_oa.APP_SECRET, "zalo_oa_secret_key": zalo_oa.OA_SECRET,
            "zalo_oa_refresh_token": "refresh-0", "zalo_oa_api_url": self.double.url, "zalo_oauth_url": self.double.url,
            "zns_api_url": self.double.url,
        }  # fmt: skip

    def make_double(self) -> ZaloOaDouble:
        return ZaloOaDouble(lambda: self.now, windows=False)

    def ready(self) -> bool:
        return bool(self.double.access)

    def do(self, incoming: Incoming) -> bool:
        self.double.names[incoming.address] = incoming.name
        kind, text, file = "user_send_text", incoming.text, ""
        if incoming.choice:
            shown = any(f"#dondoc {incoming.choice}" in c.buttons.values() for c in self.double.sent_to(incoming.address))
            text = f"#dondoc {incoming.choice}" if shown else self.number_of(incoming.address, incoming.choice)
        elif incoming.file or incoming.trouble:
            kind, file = "user_send_file", incoming.file.name if incoming.file else "to.pdf"
            self.double.files[file] = self.library.files.get(incoming.file.hash) if incoming.file else b"x" * (21 * 1024 * 1024)
        elif not text:
            kind = "user_send_sticker"
        body = self.double.event(incoming.address, kind, text, file)
        self._last_sent = (self._call, body)
        return self._call(body) == 200

    def _call(self, body: bytes) -> int:
        assert json.loads(body)
        return int(self.wait(self.double.deliver(self.web, body)))
