"""Parts of the product built one by one, each with what it uses and without the rest."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.channels.zalo_bot.send import ZaloBotSink
from bot.channels.zalo_oa.send import Spent, ZaloOaSink, ZaloPhoneSink
from bot.delivery.numbered import Numbered
from bot.settings import FREE_MONTH
from bot.signed_links import SignedLinks
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
