"""Every kind of news, worded for readers of either language, as it is kept until it is sent."""

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

import handlers
from handlers.asking.department import PassedOn, Replied
from handlers.joining.arriving import Joined, Welcome
from handlers.joining.gone import Deserted, OverseerLeft
from handlers.joining.leaving import LeftElsewhere
from handlers.joining.letting_in import TurnedAway
from handlers.managing.granted import Extended, Restored, TimeRefused
from handlers.managing.nudged import Nudged
from handlers.managing.people import Moved, OverseerRemoved, Removed
from handlers.managing.reviewing import Reviewed
from handlers.message import MOST_BUTTONS, Message, Notice
from handlers.pushing.push import Released
from handlers.reporting.handed import Answered, Handed, NoMore, Wanted, YoursAgain
from handlers.reporting.helped import AskedToGoOn
from handlers.reporting.nothing import NothingReported
from handlers.reporting.own import TakenBack
from handlers.reporting.sending import ColleagueReported, Reported
from handlers.ticking.account import AccountLost
from handlers.ticking.asked import AskedTogether
from handlers.ticking.care import BackupFailed
from handlers.ticking.later_dates import TimeWanted
from handlers.ticking.news import News
from handlers.ticking.picture import Picture
from handlers.ticking.quota import QuotaNear
from handlers.ticking.requests import RequestsWait
from handlers.ticking.texts import Pushed
from handlers.ticking.weekly import Unanswered
from handlers.wording.catalogs import LANGUAGES, Languages
from rules.campaign.board import Cell
from rules.campaign.deadlines import Due, Extension, Timing
from rules.campaign.ladder import Push, PushKind, Reason, Situation, Step
from rules.campaign.progress import Bucket, Outcome, Review, Standing, State
from rules.people import Recipient, Role
from storage.extensions import ExtensionRequest
from storage.join_requests import JoinRequest
from storage.questions import Asked
from storage.reports import Submission
from storage.unreached import Unreached
from tests.stage import CAMPAIGN, OPENING

KEY = re.compile(r"[a-z_]+(\.[a-z_]+)+")
UNIT, DUTY = CAMPAIGN.directory.units[0], CAMPAIGN.dated()[0]
assert DUTY.deadline
ASKED = Asked(
    id=7, campaign="c", contact_id=1, person_id=None, asker="", at=OPENING, text="Gửi bản quét?", answer="", clauses="",
    abstained=True, state="asked", reply="", replied_by="", replied_at=None, published_at=None, published_clause="",
)  # fmt: skip
REPORT = Submission(
    id=7, campaign="c", unit=UNIT.slug, obligation=DUTY.slug, revision=2, outcome=Outcome.NOTHING, answers={}, receipt="K7-1",
    submitted_at=OPENING, person_id=1, person_name="Lan", review=Review.MORE_WANTED, review_reason="", reviewed_by="",
    reviewed_at=None, arrival="",
)  # fmt: skip


def _pushed() -> Iterator[Pushed]:
    """Of every kind, to everybody who gets it."""
    due = Due(CAMPAIGN, (Extension(UNIT.slug, DUTY.slug, date(2022, 7, 5), "mưa", "Minh"),))
    of_state = dict(zip(CAMPAIGN.dated(), _every_missing_state(), strict=False))
    standings = {(UNIT.slug, duty.slug): replace(standing, obligation=duty.slug) for duty, standing in of_state.items()}
    for step, kind, role in product(Step, PushKind, Role):
        who = Recipient(1, "Lan", role, UNIT.slug, OPENING, closes_at=OPENING + timedelta(days=1))
        hears = Situation((who, replace(who, person=2, role=Role.LEADER)), frozenset(), due)
        seen = Picture(CAMPAIGN, hears, standings, OPENING, News(unanswered=Unanswered((ASKED,))))
        reasons = tuple(Reason(duty.slug, UNIT.slug, "L+1", step) for duty in CAMPAIGN.dated())
        for told in (reasons, *((reason,) for reason in reasons)):
            yield Pushed(Push(OPENING, kind, "", who, UNIT.slug, told, (), nobody=told, first=True), seen)
    alone = Picture(CAMPAIGN, Situation((), frozenset(), due), standings, OPENING)
    yield Pushed(Push(OPENING, PushKind.REMINDER, "", None, UNIT.slug, reasons, ()), alone)
    yield from (
        Pushed(Push(OPENING, kind, "", who, "", (), ()), replace(alone, news=News(missed, Unanswered(asked), requests=waiting)))
        for kind in (PushKind.MORNING, PushKind.DIGEST) for missed, asked, waiting in ((MISSED, (), 0), ((), (ASKED, ASKED), 1), (MISSED * 4, MANY, 3))
    )  # fmt: skip


def _every_missing_state() -> tuple[Standing, ...]:
    """What a unit can be reminded of."""
    return (
        Standing(UNIT.slug, "", Outcome.NO_RESPONSE), Standing(UNIT.slug, "", Outcome.SUBMITTED, lacks_document=True),
        Standing(UNIT.slug, "", Outcome.SUBMITTED, Review.MORE_WANTED, "thiếu chữ ký"), Standing(UNIT.slug, "", Outcome.WITHDRAWN),
    )  # fmt: skip


MISSED = tuple(
    Unreached(number, "Lan", unit, why, "telegram", OPENING, None)
    for number, (unit, why) in enumerate([("", "blocked"), (UNIT.slug, "window"), ("", "quota"), (UNIT.slug, "no_way")])
)
MANY = tuple(ASKED.model_copy(update={"text": f"Hỏi {n}?"}) for n in range(40))


WANTED = ExtensionRequest(
    campaign=CAMPAIGN.name, id=3, unit=UNIT.slug, obligation=DUTY.slug, day=date(2022, 8, 1), reason="Bão", state="open", person_id=1,
    person_name="Lan", at=OPENING, told_at=None, plan_id=None, answer="", decided_by="", decided_at=None,
)  # fmt: skip
ASKING = tuple(
    JoinRequest(
        id=number, contact_id=1, name="Nam", unit=UNIT.slug, phone=phone, at=OPENING, state="open", decided_by="", decided_at=None
    )
    for number, phone in enumerate(["84905123456", ""] * 5, 1)
)
STANDING = Standing(
    UNIT.slug, DUTY.slug, Outcome.SUBMITTED, submitted_at=OPENING, completed_at=OPENING, revision=2, receipt="K7-1"
)
CELL = Cell(UNIT, DUTY, STANDING, STANDING.state, Bucket.DONE_ON_TIME, Timing.ON_TIME, DUTY.deadline, 9)
NEWS: list[Notice] = [
    *(
        Reported(CAMPAIGN, replace(CELL, state=standing.state, standing=standing, timing=when), REPORT.model_copy(update={"outcome": outcome}), answered)
        for standing in _every_missing_state() for outcome in Outcome for when in (*Timing, None) for answered in (True, False)
    ),
    ColleagueReported("Lan", DUTY, "K7-1"), *(AskedToGoOn(CAMPAIGN, DUTY, "Lan", due) for due in (DUTY.deadline, None)), TakenBack(UNIT, DUTY, "Lan", "K7-1"),
    *(Joined("Lan", role, None if role.oversees else UNIT) for role in Role),
    *(Welcome(CAMPAIGN, "Nam", role, None if role.oversees else UNIT, cells, frozenset([DUTY.slug]), OPENING) for role in Role for cells in ((), (CELL,), (replace(CELL, state=State.NO_RESPONSE),))),
    *(RequestsWait(ASKING[:count], CAMPAIGN.directory) for count in (1, 2, 4, 9)), TurnedAway(CAMPAIGN),
    *(Handed(CAMPAIGN, UNIT, cells, "Lan", OPENING, None) for cells in ((CELL,), (CELL, replace(CELL, deadline=None)))),
    *(Answered((CELL, CELL), "Nam", accepted) for accepted in (True, False)), NoMore((CELL,), "Lan"), NoMore((CELL,), "Lan", "Nam"),
    YoursAgain((CELL,), "Lan"), Wanted(UNIT, "Lan"),
    *(NothingReported(UNIT, ((DUTY, REPORT),) * count) for count in (1, 3)), PassedOn(ASKED, None), PassedOn(ASKED, UNIT.name), Replied("Gửi bản quét?", "Được.", "Minh", OPENING),
    *(Extended(CAMPAIGN, DUTY, UNIT, "Minh", DUTY.deadline, day, why) for day in (date(2022, 8, 1), date(2022, 6, 25)) for why in ("Bão", "")),
    *(Restored(CAMPAIGN, DUTY, UNIT, "Minh", DUTY.deadline, waits) for waits in (True, False)),
    *(TimeRefused(CAMPAIGN, DUTY, UNIT, "", DUTY.deadline, why) for why in ("Gấp", "")),
    *(TimeWanted(CAMPAIGN, Due(CAMPAIGN), (WANTED,) * count) for count in (1, 2, 4, 9)),
    *(
        Nudged(CAMPAIGN, item, replace(CELL, duty=item, state=standing.state, standing=standing), "Minh", OPENING)
        for standing in _every_missing_state() for item in (DUTY, DUTY.model_copy(update={"conditional": False}))
    ),
    *(
        Reviewed(CAMPAIGN, replace(STANDING, lacks_document=lacking, review=review, review_reason="Thiếu số", arrival=arrival), "Minh")
        for lacking in (True, False) for review in (Review.CONFIRMED, Review.MORE_WANTED) for arrival in ("", "112")
    ),
    *(NothingReported(UNIT, ((DUTY, REPORT),) * count) for count in (1, 2)),
    AccountLost(None), AccountLost(OPENING), *(QuotaNear(percent, 80, 100) for percent in (80, 100)),
    AskedTogether((ASKED,)), AskedTogether((ASKED,) * 9), Released(),
    *(Removed(role, None if role.oversees else UNIT, UNIT) for role in Role), Moved(Role.OFFICER, UNIT, UNIT),
    LeftElsewhere("telegram"), OverseerLeft("Minh", Role.MANAGER), *(Deserted(UNIT, forgotten) for forgotten in (True, False)), OverseerRemoved("Minh", "Quý", Role.MANAGER), BackupFailed("No space left on device"),
    *_pushed(),
]  # fmt: skip


def _kinds() -> set[type[Notice]]:
    """Every kind that the handlers know."""
    for module in pkgutil.walk_packages(handlers.__path__, "handlers."):
        importlib.import_module(module.name)
    return {kind for kind in Notice.__subclasses__() if kind.__module__.startswith("handlers.")}


def _unsaid(text: str) -> list[str]:
    """Words that are no words: keys without a text, gaps that nobody filled."""
    return [word for word in text.split() if KEY.fullmatch(word.strip(".,:;()")) or "{" in word or "}" in word]


def test_every_kind_of_news_is_looked_at() -> None:
    assert {type(news) for news in NEWS} == _kinds()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("news", NEWS, ids=lambda news: type(news).__name__)
def test_news_is_worded_and_comes_back(news: Notice, language: str) -> None:
    words = Languages(CAMPAIGN.directory.zone).of(language)
    message, facts = news.message(words), news.facts(words)
    assert message.text.strip()
    assert _unsaid("\n".join((message.text, *(choice.label for choice in message.choices), *facts.values()))) == []
    assert Message.from_json(json.loads(json.dumps(message.to_json()))) == message


@pytest.mark.parametrize("news", NEWS, ids=lambda news: type(news).__name__)
def test_no_push_has_more_than_four_buttons(news: Notice) -> None:
    assert len(news.message(Languages(CAMPAIGN.directory.zone).of("vi")).choices) <= MOST_BUTTONS == 4


@pytest.mark.parametrize("news", NEWS, ids=lambda news: type(news).__name__)
def test_news_is_said_in_the_readers_own_language(news: Notice) -> None:
    languages = Languages(CAMPAIGN.directory.zone)
    assert len({news.message(languages.of(language)).text for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("text", ["alarm.nobody", "Nhắc {name}", "Hạn: join.no_name."])
def test_what_has_no_words_is_seen(text: str) -> None:
    assert _unsaid(text)
