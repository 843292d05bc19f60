"""The one ASGI app: health and metrics; what else it has is put onto it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool

from bot import metrics
from bot.logs import logger
from bot.signed_links import UPLOAD_PATH
from bot.web.limits import BodyLimit
from rules.channels import ChannelName
from storage import database, tokens
from storage.files import MOST_BYTES

ACCOUNT = ChannelName.ZALO_OA
MOST_BODY = 1024 * 1024
AROUND_A_FILE = 64 * 1024
"""Bytes that a form adds to its file."""
log = logger(__name__)
Running = Callable[[], AbstractAsyncContextManager[None]]


def make_app(running: Running, engine: Engine, campaign: str, account: bool = False) -> FastAPI:
    """An app whose life is ``running``: what starts with it and stops with it. ``account``: a Zalo Official Account is
    connected, whose state health tells."""

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
            well = await run_in_threadpool(database.answers, engine)
        except Exception:
            log.exception("the database does not answer")
            well = False
        state = "ok" if well else "failed"
        told = {"status": state, "database": state, "campaign": campaign}
        if well and account:
            told[ACCOUNT] = await run_in_threadpool(_account, engine)
        return JSONResponse(told, 200 if well else 503)

    @app.get("/metrics")
    async def figures() -> Response:
        """Prometheus."""
        return PlainTextResponse(metrics.page(), media_type="text/plain; version=0.0.4")

    return app


def _account(engine: Engine) -> str:
    """Whether the Zalo Official Account may write: ``ok``, ``not authorised`` or ``lost``."""
    with database.reading(engine) as db:
        pair = tokens.pair_of(db, ACCOUNT)
    return "not authorised" if pair is None else "lost" if pair.lost else "ok"


def _most(path: str) -> int:
    """Bytes that a request may bring."""
    if path.startswith("/rehearsal/file"):
        return 2 * MOST_BYTES  # what is too big is told in the chat there
    return MOST_BYTES + AROUND_A_FILE if path.startswith(UPLOAD_PATH) else MOST_BODY
