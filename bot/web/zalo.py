"""Two small pages for setting Zalo up: the domain's home, and where the administrator's browser comes back to."""

from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates
from starlette.concurrency import run_in_threadpool

from bot.channels.zalo_oa.tokens import OAuthRefused, OAuthSilent, finish_authorizing, verifier_for
from bot.clocks import wall_now
from bot.logs import logger
from bot.web.files import SAFE
from bot.wiring import House
from storage.database import reading

log = logger(__name__)


def add_home_page(app: FastAPI, house: House) -> None:
    """A home page for the domain: what lives here, and the tag by which Zalo knows whose it is."""
    templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
    tag = house.settings.zalo_site_verification

    @app.get("/", response_class=HTMLResponse)
    async def home(request: Request) -> Response:
        words, campaign = house.library.languages.of(""), house.library.campaign
        values = {"tr": words.tr, "title": campaign.title.in_(words.language), "verification": tag}
        return templates.TemplateResponse(request, "home.html", values, headers=SAFE)


def add_authorized_page(app: FastAPI, house: House) -> None:
    """Put the page onto the app. It acts only on the state that ``dondoc zalo authorize`` made last."""
    words = house.library.languages.of("")

    @app.get("/zalo-oa/authorized")
    async def authorized(
        code: Annotated[str, Query(max_length=2000)] = "", state: Annotated[str, Query(max_length=200)] = ""
    ) -> Response:
        def look() -> str:
            with reading(house.engine) as db:
                return verifier_for(db, state, wall_now())

        verifier = await run_in_threadpool(look) if code and state else ""
        if not verifier:
            return HTMLResponse(words.tr("authorize.not_ours"), 400, headers=SAFE)
        try:
            await finish_authorizing(house.settings, house.writer, code, verifier, wall_now)
        except (OAuthRefused, OAuthSilent) as error:
            log.error("the Zalo account could not be authorised", why=str(error))
            return HTMLResponse(words.tr("authorize.failed"), 502, headers=SAFE)
        log.info("the Zalo account is authorised")
        return HTMLResponse(words.tr("authorize.done"), headers=SAFE)
