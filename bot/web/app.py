"""The one ASGI app: health, metrics, Telegram's webhook, and the rehearsal page."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool

from bot import metrics
from bot.logs import logger
from bot.wiring import House
from storage import database

if TYPE_CHECKING:
    from bot.channels.telegram_in import TelegramReceiver

log = logger(__name__)
Running = Callable[[], AbstractAsyncContextManager[None]]


def make_app(house: House, running: Running) -> FastAPI:
    """An app whose life is ``running``: what starts with it and stops with it."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        async with running():
            yield

    app = FastAPI(title="Đôn Đốc", docs_url=None, redoc_url=None, openapi_url=None, lifespan=life)

    @app.get("/health")
    async def health() -> JSONResponse:
        """Process and database."""
        try:
            well = await run_in_threadpool(database.answers, house.engine)
        except Exception:
            log.exception("the database does not answer")
            well = False
        state = "ok" if well else "failed"
        return JSONResponse({"status": state, "database": state, "campaign": house.world.campaign.name}, 200 if well else 503)

    @app.get("/metrics")
    async def figures() -> Response:
        """Prometheus."""
        return PlainTextResponse(metrics.page(), media_type="text/plain; version=0.0.4")

    return app


def add_telegram_webhook(app: FastAPI, path: str, receiver: "Callable[[], TelegramReceiver]", secret: str) -> None:
    """Telegram's calls. Anything but 200 makes Telegram call again later."""

    async def webhook(request: Request) -> Response:
        given = request.headers.get("x-telegram-bot-api-secret-token", "")
        length = request.headers.get("content-length", "0")
        if length.isdigit() and int(length) > 2 * 1024 * 1024:
            return Response(status_code=413)
        return Response(status_code=await receiver().webhook(secret, given, await request.body()))

    app.router.add_route(path, webhook, methods=["POST"])  # plain: every update of every person comes this way
