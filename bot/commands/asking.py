"""``dondoc ask``: answers without a database, so that one comes within a second."""

import asyncio
import json
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bot.clocks import wall_now
from bot.commands.shared import Refused, print_json, tr
from bot.loading import load_campaign
from bot.settings import Settings
from handlers.wording.answers import Asker, Rendered, word
from handlers.wording.catalogs import Languages
from rules.answers.answerer import Answerer
from rules.campaign.deadlines import Due, at_local
from rules.campaign.model import Campaign
from rules.text.vietnamese import is_english

if TYPE_CHECKING:
    from bot.flow.chooser import Chooser


class Desk:
    """What answers need, read once."""

    def __init__(self, settings: Settings) -> None:
        self.campaign = load_campaign(settings)
        self._answerer = Answerer(self.campaign)
        self._languages = Languages(self.campaign.directory.zone)
        opening = at_local(self.campaign.opens, self.campaign.policy.hours.at, self.campaign.directory.zone)
        self._chooser = _chooser(settings, self.campaign)
        self._now = (settings.rehearsal_start or opening) if settings.simulated else wall_now()

    def render(self, question: str) -> Rendered:
        """The answer to a question, for nobody in particular, in the language that was asked in."""
        words = self._languages.of("en" if is_english(question) else "vi")
        chosen = asyncio.run(self._chooser.choose(self._answerer, question)) if self._chooser else ""
        found = self._answerer.answer(question, chosen=chosen)
        return word(self.campaign, self._answerer, words, found, Asker(Due(self.campaign), "", self._now))


def _chooser(settings: Settings, campaign: Campaign) -> "Chooser | None":
    """The language model, where one is set up; its client is slow to import."""
    if not settings.llm_url:
        return None
    from bot.flow.chooser import Chooser
    from bot.logs import set_up

    set_up("warning", settings.secrets)

    return Chooser(settings.llm_url, settings.llm_model, settings.llm_key.get_secret_value(), campaign, perf_counter)


def _as_json(rendered: Rendered) -> dict[str, Any]:
    found = rendered.answer
    return {
        "text": rendered.text,
        "clauses": list(found.clauses),
        "quote": found.quote,
        "score": round(found.score, 4),
        "abstained": found.abstained,
    }


def answer_one(settings: Settings, question: str, as_json: bool) -> None:
    """Print one answer."""
    rendered = Desk(settings).render(question)
    if as_json:
        print_json(_as_json(rendered))
    else:
        print(rendered.text)


def answer_file(settings: Settings, path: Path) -> None:
    """Print one JSON line a question, in order. Raises Refused for a line that is no question."""
    desk = Desk(settings)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            question = json.loads(line)["q"]
        except (ValueError, KeyError, TypeError):
            raise Refused(tr("cli.refused.question_line", at=f"{path.name}:{number}", example='{"q": "…"}')) from None
        print(json.dumps(_as_json(desk.render(str(question))), ensure_ascii=False))
