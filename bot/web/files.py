"""Pages for people whose messenger carries no files: one to send a file, one to fetch one. Links to them are signed.

Made for a phone and for Zalo's in-app browser: one page, no script needed, a progress bar where there is one.
"""

import asyncio
from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from bot.flow.turns import TurnService
from bot.headers import SAFE
from bot.logs import logger
from bot.signed_links import FILE_PATH, UPLOAD_PATH, SignedLinks, Upload
from handlers.library import Library
from handlers.reporting.files import trouble_text
from handlers.turn import Incoming
from handlers.wording.catalogs import Words
from storage import conversations, outbox, people
from storage.database import reading
from storage.files import MOST_BYTES, fitting, sniff
from storage.people import Contact

HERE = Path(__file__).parent
TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".png": "image/png",
    ".jpg": "image/jpeg",
}
AT_ONCE = 4
"""Files that came by the page and are in memory at once: 20 MB each. Others wait on the disk."""
log = logger(__name__)


def add_file_pages(app: FastAPI, service: TurnService, library: Library, engine: Engine, links: SignedLinks) -> None:
    """Put both pages onto the app."""
    pages = _FilePages(service, library, engine, links)
    router = APIRouter()
    router.add_api_route(f"{UPLOAD_PATH}/{{token}}", pages.show, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route(f"{UPLOAD_PATH}/{{token}}", pages.take, methods=["POST"], response_class=HTMLResponse)
    router.add_api_route(f"{FILE_PATH}/{{token}}/{{name}}", pages.fetch, methods=["GET"])
    app.include_router(router)
    if not any(getattr(route, "name", "") == "static" for route in app.routes):
        app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")


class _FilePages:
    def __init__(self, service: TurnService, library: Library, engine: Engine, links: SignedLinks) -> None:
        self._service, self._library, self._engine, self._links = service, library, engine, links
        self._templates = Jinja2Templates(directory=HERE / "templates")
        self._in_hand: set[Upload] = set()
        self._room = asyncio.Semaphore(AT_ONCE)

    async def show(self, request: Request, token: str) -> Response:
        """The page, or a word on why the link is of no use any more."""
        upload, contact = await run_in_threadpool(self._meant, token)
        words = self._words(contact)
        if upload is None or contact is None:
            return self._page(request, words, words.tr("upload.expired"), "bad", 410)
        if await run_in_threadpool(self._is_anothers, upload, contact):
            return self._page(request, words, words.tr("upload.not_yours"), "bad", 403)
        if await run_in_threadpool(self._was_used, upload, contact):
            return self._page(request, words, words.tr("upload.used"), "good", 200)
        return self._page(request, words, "", "open", 200)

    async def take(self, request: Request, token: str) -> Response:
        """Take the file, once. The conversation goes on where the person came from. Nothing is read for a forged link."""
        asked, contact = await run_in_threadpool(self._meant, token)
        words = self._words(contact)
        if asked is None or contact is None:
            return self._answer(request, words, words.tr("upload.expired"), "bad", 410)
        if await run_in_threadpool(self._is_anothers, asked, contact):
            return self._answer(request, words, words.tr("upload.not_yours"), "bad", 403)
        if await run_in_threadpool(self._was_used, asked, contact):  # nothing more is read or kept for it
            return self._answer(request, words, words.tr("upload.used"), "good", 409)
        if asked in self._in_hand:  # whoever has the link may send what it is for, and not a hundred times at once
            return self._answer(request, words, words.tr("upload.busy"), "open", 429)
        self._in_hand.add(asked)
        try:
            return await self._take_one(request, words, asked, contact)
        finally:
            self._in_hand.discard(asked)

    async def _take_one(self, request: Request, words: Words, asked: Upload, contact: Contact) -> Response:
        async with request.form(max_files=1, max_fields=4) as form:
            upload = form.get("upload")
            sent = upload if isinstance(upload, UploadFile) else None
            name = (sent.filename if sent else "") or "tep"
            async with self._room:
                brought = await self._service.intake.keep(name, await sent.read(MOST_BYTES + 1) if sent else b"")
        if brought.trouble:  # the link stays good: another file may be chosen
            return self._answer(request, words, trouble_text(words, brought.trouble, brought.file), "open", 422)
        taken = await self._service.take(
            Incoming(
                channel=contact.channel, update_id=_update_id(asked), address=contact.address, name=contact.name,
                file=brought.file, sheets=brought.sheets,
            )
        )  # fmt: skip
        text = words.tr("upload.taken", name=name) if taken.new else words.tr("upload.used")
        return self._answer(request, words, text, "good", 200 if taken.new else 409)

    async def fetch(self, token: str, name: str) -> Response:
        """A file that a message promised."""
        asked = self._links.read_file(token)
        words = self._words(None)
        if asked is None or await run_in_threadpool(self._belongs_to_nobody, asked.contact_id):
            return HTMLResponse(words.tr("upload.file_expired"), 410, headers=SAFE)
        try:
            data = await run_in_threadpool(self._library.files.get, asked.digest)
        except FileNotFoundError:
            log.error("a promised file is not there", file=asked.digest)
            return HTMLResponse(words.tr("upload.file_expired"), 404, headers=SAFE)
        name = fitting(name, await run_in_threadpool(sniff, data))  # the link's signature does not cover it
        kind = TYPES.get(Path(name).suffix.lower(), "application/octet-stream")
        return Response(
            data, media_type=kind, headers={**SAFE, "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        )

    def _meant(self, token: str) -> tuple[Upload | None, Contact | None]:
        """What a link is for, and whose it is; nothing for somebody who has left, whose file is not even read."""
        upload = self._links.read_upload(token)
        if upload is None:
            return None, None
        with reading(self._engine) as db:
            contact = people.contact_by_id(db, upload.contact_id)
        return upload if contact and contact.person_id is not None else None, contact

    def _is_anothers(self, upload: Upload, contact: Contact) -> bool:
        """Whether who sits there has another role since the link was sent, or a unit no more: the file would be theirs who sat
        there before."""
        with reading(self._engine) as db:
            person = people.by_id(db, contact.person_id) if contact.person_id is not None else None
            asked_at = outbox.queued_at(db, upload.outbox_id)
        if person is None or not (person.role.oversees or self._library.directory.has_unit(person.unit)):
            return True
        return asked_at is not None and person.joined_at > asked_at

    def _belongs_to_nobody(self, contact_id: int) -> bool:
        """Whether whom a file was for has left or was removed: what was sent is out, but it is not handed out again."""
        with reading(self._engine) as db:
            contact = people.contact_by_id(db, contact_id)
        return contact is None or contact.person_id is None

    def _was_used(self, upload: Upload, contact: Contact) -> bool:
        with reading(self._engine) as db:
            return conversations.was_taken(db, contact.channel, _update_id(upload))

    def _words(self, contact: Contact | None) -> Words:
        return self._library.languages.of(contact.language if contact else "")

    def _page(self, request: Request, words: Words, text: str, state: str, status: int) -> Response:
        values = {
            "words": words,
            "tr": words.tr,
            "text": text,
            "state": state,
            "most": MOST_BYTES,
            "campaign": self._library.campaign.title.in_(words.language),
        }
        return self._templates.TemplateResponse(request, "upload.html", values, status_code=status, headers=SAFE)

    def _answer(self, request: Request, words: Words, text: str, state: str, status: int) -> Response:
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"text": text, "state": state}, status, headers=SAFE)
        return self._page(request, words, text, state, status)


def _update_id(upload: Upload) -> str:
    """The update that the file becomes: one a message, so that a link works once."""
    return f"upload:{upload.outbox_id}"
