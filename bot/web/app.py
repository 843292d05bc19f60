"""The one ASGI app: health and metrics; what else it has is put onto it."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool

from bot import metrics
from bot.logs import logger
from bot.signed_links import UPLOAD_PATH
from bot.web.guarding import Called, Guarded
from bot.web.limits import BodyLimit
from storage import database
from storage.files import MOST_BYTES

MOST_BODY = 1024 * 1024
AROUND_A_FILE = 64 * 1024
"""Bytes that a form adds to its file."""
log = logger(__name__)
Running = Callable[[], AbstractAsyncContextManager[None]]


def make_app(
    running: Running,
    engine: Engine,
    campaign: str,
    channels: Callable[[], Mapping[str, str]],
    called: Called,
    time: Callable[[], float],
) -> FastAPI:
    """An app whose life is ``running``: what starts with it and stops with it. ``channels``: what health tells of them;
    ``called``: by which names it answers."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        async with running():
            yield

    app = FastAPI(title="Đôn Đốc", docs_url=None, redoc_url=None, openapi_url=None, lifespan=life)
    app.add_exception_handler(RequestValidationError, _misread)
    app.add_middleware(BodyLimit, most=_most)
    app.add_middleware(Guarded, called=called, time=time)  # the last one added is asked first

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
        if well:
            told |= await run_in_threadpool(channels)
        return JSONResponse(told, 200 if well else 503)

    @app.get("/metrics")
    async def figures() -> Response:
        """Prometheus."""
        return PlainTextResponse(metrics.page(), media_type="text/plain; version=0.0.4")

    return app


async def _misread(_: Request, __: Exception) -> Response:
    """What came is not repeated: no JSON holds all of it, such as half a sign, and it may be long."""
    return PlainTextResponse("not understood", 422)


def _most(path: str) -> int:
    """Bytes that a request may bring."""
    if path.startswith("/rehearsal/file"):
        return 2 * MOST_BYTES  # what is too big is told in the chat there
    return MOST_BYTES + AROUND_A_FILE if path.startswith(UPLOAD_PATH) else MOST_BODY
