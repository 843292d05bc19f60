"""The rehearsal page: a chat that looks like a phone, the clock, and the live board.

It exists only while no platform is connected.
"""

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, File, Form, HTTPException, Request, UploadFile
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from bot.flow.cast import CHANNEL
from bot.flow.hub import Hub, as_event
from bot.flow.intake import Attachment
from bot.flow.rehearsal import Rehearsal
from bot.flow.turns import TurnService
from bot.logs import logger
from bot.web.rehearsal_state import legend, name_at, now_of, state_of, texts
from handlers.turn import Incoming
from handlers.wording.catalogs import LANGUAGES
from storage.files import MOST_BYTES

HERE = Path(__file__).parent
REDRAW_SECONDS = 0.15
log = logger(__name__)
ADDRESS = re.compile(r"[a-z0-9-]{1,40}")
_TYPES = {".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".pdf": "application/pdf"}


class Saying(BaseModel):
    """Something typed, or a button pressed on a message."""

    address: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    update_id: str = Field(min_length=1, max_length=64)
    text: str = Field(default="", max_length=20_000)
    choice: str = Field(default="", max_length=64)
    pressed_on: str = Field(default="", max_length=20)


class Moving(BaseModel):
    """How far the clock goes; ``next`` is the next push."""

    hours: int = Field(default=0, ge=0, le=24 * 60)
    next: bool = False


def add_rehearsal_page(
    app: FastAPI, rehearsal: Rehearsal, service: TurnService, hub: Hub, verification: str, speed: float
) -> None:
    """Put the page and what it calls onto the app."""
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    page = RehearsalPage(rehearsal, service, hub, verification, speed)
    app.get("/", response_class=HTMLResponse)(page.page)
    router = APIRouter(prefix="/rehearsal")
    router.get("/state")(page.state)
    router.get("/events")(page.events)
    router.get("/file/{digest}/{name}")(page.sent_file)
    router.post("/say")(page.say)
    router.post("/file")(page.file)
    router.post("/clock")(page.clock)
    router.post("/anew")(page.anew)
    app.include_router(router)


class RehearsalPage:
    """What the page shows and what it calls; the board is redrawn for every page that is open."""

    def __init__(self, rehearsal: Rehearsal, service: TurnService, hub: Hub, verification: str, speed: float) -> None:
        self._rehearsal, self._service, self._hub = rehearsal, service, hub
        self._verification, self._speed = verification, speed
        self._library = rehearsal.library
        self._templates = Jinja2Templates(directory=HERE / "templates")
        self._refreshing: set[asyncio.Task[None]] = set()
        self._wanted = asyncio.Event()

    # ------------------------------------------------------------ what is shown

    async def page(self, request: Request, lang: str = "vi") -> Response:
        """The page itself."""
        words = self._library.languages.of(lang)
        values = {
            "words": words,
            "tr": words.tr,
            "texts": texts(words),
            "legend": legend(words),
            "state": await self.state(lang),
            "verification": self._verification,
        }
        return self._templates.TemplateResponse(request, "rehearsal.html", values)

    async def state(self, lang: str = "vi") -> dict[str, Any]:
        """Everything that the page shows when it opens."""
        return {"speed": self._speed, **await run_in_threadpool(state_of, self._rehearsal, lang)}

    async def events(self) -> StreamingResponse:
        """What happens from now on."""
        if self._hub.is_full:
            raise HTTPException(503)
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._hub.listen(), media_type="text/event-stream", headers=headers)

    async def sent_file(self, digest: str, name: str) -> Response:
        """A file that a message brought."""
        try:
            data = await run_in_threadpool(self._library.files.get, digest)
        except FileNotFoundError as missing:
            raise HTTPException(404) from missing
        kind = _TYPES.get(Path(name).suffix.lower(), "application/octet-stream")
        return Response(data, media_type=kind, headers={"Content-Disposition": "attachment"})

    # ------------------------------------------------------------ what is said

    async def say(self, saying: Saying) -> dict[str, Any]:
        """One message or button; answers once it is durable, with the replies."""
        incoming = self._incoming(
            saying.address, saying.update_id, text=saying.text, choice=saying.choice, pressed_on=saying.pressed_on
        )
        taken = await self._service.take(incoming)
        self._tell_board_soon()
        return {"new": taken.new, "replies": [as_event(row) for row in taken.queued]}

    async def file(
        self, address: Annotated[str, Form()], update_id: Annotated[str, Form()], upload: Annotated[UploadFile, File()]
    ) -> dict[str, Any]:
        """One file."""
        if not ADDRESS.fullmatch(address) or not 0 < len(update_id) <= 64:
            raise HTTPException(422)
        data = await upload.read(MOST_BYTES + 1)

        async def bytes_of_it() -> bytes:
            return data

        attached = Attachment(upload.filename or "tep", bytes_of_it)
        taken = await self._service.take(self._incoming(address, update_id), attached)
        self._tell_board_soon()
        return {"new": taken.new}

    def _incoming(self, address: str, update_id: str, **what: Any) -> Incoming:
        name = name_at(self._rehearsal, address)
        return Incoming(channel=CHANNEL, update_id=f"{address}:{update_id}", address=address, name=name, **what)

    # ------------------------------------------------------------ the clock and the board

    async def clock(self, moving: Moving) -> dict[str, Any]:
        """Move the clock; pushes on the way arrive in the chats."""
        if moving.next:
            moved = await run_in_threadpool(self._rehearsal.to_next_push)
        else:
            moved = await run_in_threadpool(self._rehearsal.move, timedelta(hours=moving.hours))
        await self._tell_board()
        return {"now": now_of(self._rehearsal), "moved": moved is not None}

    async def anew(self) -> dict[str, Any]:
        """Begin the rehearsal again from the campaign's opening."""
        await run_in_threadpool(self._rehearsal.start_anew)
        self._hub.publish({"type": "reload"})
        return {"now": now_of(self._rehearsal)}

    async def _tell_board(self) -> None:
        rows = {language: await run_in_threadpool(self._rehearsal.board, language) for language in LANGUAGES}
        self._hub.publish({"type": "board", "rows": rows, "now": now_of(self._rehearsal)})

    async def _redraw(self) -> None:
        """Several turns within a moment redraw the board once; one during a redraw, once more."""
        try:
            while self._wanted.is_set():
                await asyncio.sleep(REDRAW_SECONDS)
                self._wanted.clear()
                await self._tell_board()
        except Exception:
            log.exception("the board could not be drawn anew")
        finally:
            self._refreshing.clear()  # here, with no pause since the last look

    def _tell_board_soon(self) -> None:
        self._wanted.set()
        if not self._refreshing:
            self._refreshing.add(asyncio.create_task(self._redraw()))
