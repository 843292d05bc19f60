"""Where the browser of the account's administrator comes back to."""

from typing import Annotated

from fastapi import FastAPI, Query
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.channels.zalo_oa.authorizing import Authorization
from bot.channels.zalo_oa.tokens import OAuthRefused, OAuthSilent
from bot.headers import SAFE
from bot.logs import logger
from bot.settings import AUTHORIZED
from handlers.wording.catalogs import Words

log = logger(__name__)


def add_authorized_page(app: FastAPI, authorization: Authorization, words: Words) -> None:
    """Put the page onto the app. It acts only on the state that ``dondoc zalo authorize`` made last."""

    @app.get(AUTHORIZED)
    async def authorized(
        code: Annotated[str, Query(max_length=2000)] = "", state: Annotated[str, Query(max_length=200)] = ""
    ) -> Response:
        verifier = await run_in_threadpool(authorization.verifier_for, state) if code and state else ""
        if not verifier:
            return HTMLResponse(words.tr("authorize.not_ours"), 400, headers=SAFE)
        try:
            await authorization.finish(code, verifier)
        except (OAuthRefused, OAuthSilent) as error:
            log.error("the Zalo account could not be authorised", why=str(error))
            return HTMLResponse(words.tr("authorize.failed"), 502, headers=SAFE)
        log.info("the Zalo account is authorised")
        return HTMLResponse(words.tr("authorize.done"), headers=SAFE)
