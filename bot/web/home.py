"""The home page of the installation's domain."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates

from bot.headers import SAFE
from handlers.library import Library


def add_home_page(app: FastAPI, library: Library, tag: str) -> None:
    """A home page for the domain: what lives here, and the tag by which Zalo knows whose it is."""
    templates = Jinja2Templates(directory=Path(__file__).parent / "templates")

    @app.get("/", response_class=HTMLResponse)
    async def home(request: Request) -> Response:
        words, campaign = library.languages.of(""), library.campaign
        values = {"tr": words.tr, "title": campaign.title.in_(words.language), "verification": tag}
        return templates.TemplateResponse(request, "home.html", values, headers=SAFE)
