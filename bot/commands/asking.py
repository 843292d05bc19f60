"""``dondoc ask``: answers without a database, so that one comes within a second."""

import json
from pathlib import Path
from typing import Any

from bot.command_line import Refused, print_json
from bot.settings import Settings
from bot.wiring import make_world, wall_now
from handlers.asking import Rendered, render
from handlers.turn import World
from rules.campaign_file import load_campaign
from rules.deadlines import Due, at_local
from storage.files import FileStore


def _world(settings: Settings) -> World:
    return make_world(load_campaign(settings.campaign_folder), FileStore(settings.files_dir), lambda signs: signs[0])


def _render(settings: Settings, world: World, question: str) -> Rendered:
    campaign = world.campaign
    opening = settings.rehearsal_start or at_local(campaign.opens, campaign.ladder.at, campaign.zone)
    now = opening if settings.simulated else wall_now()
    return render(world, world.languages.of("vi"), question, Due(campaign), "", now)


def _as_json(rendered: Rendered) -> dict[str, Any]:
    found = rendered.answer
    return {
        "text": rendered.text, "clauses": list(found.clauses), "quote": found.quote, "score": round(found.score, 4),
        "abstained": found.abstained,
    }  # fmt: skip


def answer_one(settings: Settings, question: str, as_json: bool) -> None:
    """Print one answer."""
    rendered = _render(settings, _world(settings), question)
    if as_json:
        print_json(_as_json(rendered))
    else:
        print(rendered.text)


def answer_file(settings: Settings, path: Path) -> None:
    """Print one JSON line a question, in order. Raises Refused for a line that is no question."""
    world = _world(settings)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            question = json.loads(line)["q"]
        except (ValueError, KeyError, TypeError):
            raise Refused(f'{path.name}:{number}: write one JSON object a line, like {{"q": "…"}}.') from None
        print(json.dumps(_as_json(_render(settings, world, str(question))), ensure_ascii=False))
