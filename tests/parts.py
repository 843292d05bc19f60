"""Parts of the product built one by one, each with what it uses and without the rest."""

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import count
from typing import Any

from bot.channels.zalo_bot.send import ZaloBotSink
from bot.channels.zalo_oa.send import Spent, ZaloOaSink, ZaloPhoneSink
from bot.clocks import wall_now
from bot.delivery.claims import Claims
from bot.delivery.numbered import Numbered
from bot.flow.chooser import Chooser
from bot.flow.flood import UNBOUND, Allowances, Flood
from bot.flow.inspecting import Inspecting
from bot.flow.intake import Intake
from bot.flow.turns import Outlet, TurnService
from bot.settings import FREE_MONTH
from bot.signed_links import SignedLinks
from handlers.turn import Incoming
from storage.outbox import Delivery
from tests.stage import Stage


def numbered(stage: Stage) -> Numbered:
    """Choices as numbers; nobody can open links of ours."""
    return Numbered(stage.writer, stage.library.languages, SignedLinks("", b"", present(stage)), present(stage))


def present(stage: Stage) -> Callable[[], datetime]:
    """The stage's clock."""
    return lambda: stage.now


def zalo_bot_sink(stage: Stage, api: Any) -> ZaloBotSink:
    """What sends by the Zalo Bot Platform, on its free plan."""
    return ZaloBotSink(api, stage.writer, stage.library, present(stage), numbered(stage), FREE_MONTH)


def zalo_oa_sink(stage: Stage, api: Any) -> ZaloOaSink:
    """What sends by the Official Account."""
    spent = Spent(stage.writer, stage.library, present(stage))
    return ZaloOaSink(api, stage.writer, stage.library, present(stage), numbered(stage), spent)


def zalo_phone_sink(stage: Stage, api: Any) -> ZaloPhoneSink:
    """What sends templates to telephone numbers."""
    zone = stage.library.campaign.directory.zone
    return ZaloPhoneSink(api, zone, present(stage), Spent(stage.writer, stage.library, present(stage)))


def made_claims(stage: Stage, wall: Callable[[], datetime] = wall_now, time: Callable[[], float] = lambda: 0.0) -> Claims:
    """In whose name a process claims."""
    names = count(1)
    return Claims(stage.writer, lambda: f"p{next(names)}", time, wall)


def turn_service(
    stage: Stage, deliver: Callable[[tuple[Delivery, ...]], None] = lambda _: None, sends_on: frozenset[str] = frozenset(),
    intake: Intake | None = None, unkept: Callable[[Incoming], None] = lambda _: None,
) -> TurnService:  # fmt: skip
    """What runs turns."""
    outlet = Outlet(deliver, sends_on, made_claims(stage), unkept)
    return TurnService(stage.writer, stage.library, present(stage), outlet, intake or made_intake(stage))


def made_intake(
    stage: Stage, inspecting: Inspecting | None = None, chooser: Chooser | None = None, allowances: Allowances = UNBOUND,
    time: Callable[[], float] = lambda: 0.0, months: Mapping[str, int] | None = None,
) -> Intake:  # fmt: skip
    """What is done before a turn."""
    flood = Flood(stage.engine, present(stage), time, allowances, months or {})
    return Intake(stage.writer, stage.library, flood, inspecting or Inspecting(), chooser)
