"""The one ASGI app: health and metrics; platforms' webhooks and pages are put onto it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool

from bot import metrics
from bot.channels.zalo_oa.tokens import CHANNEL as ACCOUNT
from bot.logs import logger
from bot.signed_links import UPLOAD_PATH
from bot.web.limits import BodyLimit
from bot.wiring import House
from storage import database, tokens
from storage.files import MOST_BYTES

MOST_BODY = 1024 * 1024
AROUND_A_FILE = 64 * 1024
"""Bytes that a form adds to its file."""
log = logger(__name__)
Running = Callable[[], AbstractAsyncContextManager[None]]


def make_app(house: House, running: Running) -> FastAPI:
    """An app whose life is ``running``: what starts with it and stops with it."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        async with running():
            yield

    app = FastAPI(title="Đôn Đốc", docs_url=None, redoc_url=None, openapi_url=None, lifespan=life)
    app.add_middleware(BodyLimit, most=_most)

    @app.get("/health")
    async def health() -> JSONResponse:
        """Process and database."""
        try:
            well = await run_in_threadpool(database.answers, house.engine)
        except Exception:
            log.exception("the database does not answer")
            well = False
        state = "ok" if well else "failed"
        told = {"status": state, "database": state, "campaign": house.library.campaign.name}
        if well and house.settings.zalo_oa:
            told[ACCOUNT] = await run_in_threadpool(_account, house)
        return JSONResponse(told, 200 if well else 503)

    @app.get("/metrics")
    async def figures() -> Response:
        """Prometheus."""
        return PlainTextResponse(metrics.page(), media_type="text/plain; version=0.0.4")

    return app


def _account(house: House) -> str:
    """Whether the Zalo Official Account may write: ``ok``, ``not authorised`` or ``lost``."""
    with database.reading(house.engine) as db:
        pair = tokens.pair_of(db, ACCOUNT)
    return "not authorised" if pair is None else "lost" if pair.lost else "ok"


def _most(path: str) -> int:
    """Bytes that a request may bring."""
    if path.startswith("/rehearsal/file"):
        return 2 * MOST_BYTES  # what is too big is told in the chat there
    return MOST_BYTES + AROUND_A_FILE if path.startswith(UPLOAD_PATH) else MOST_BODY


def add_webhook(app: FastAPI, path: str, header: str, take: Callable[[str, bytes], Awaitable[int]]) -> None:
    """A platform's calls: ``take`` gets the header that proves them and the raw body, and says which status to answer.
    Anything but 200 makes the platform call again later."""

    async def webhook(request: Request) -> Response:
        return Response(status_code=await take(request.headers.get(header, ""), await request.body()))

    app.router.add_route(path, webhook, methods=["POST"])  # plain: every update of every person comes this way
