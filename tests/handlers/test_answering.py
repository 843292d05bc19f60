"""What an answer says, whoever asks and whenever: nothing that neither its clause nor the calendar says."""

import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.turn import Incoming
from handlers.wording.answers import Asker, word
from handlers.wording.catalogs import Languages
from rules.answers.answerer import Answerer
from rules.answers.grounding import ungrounded_names
from rules.campaign.deadlines import Due, at_local
from rules.campaign.model import Fact
from rules.people import Role
from tests.stage import CAMPAIGN, Stage

ANSWERER = Answerer(CAMPAIGN)
LANGUAGES = Languages(CAMPAIGN.directory.zone)
OPENING = at_local(CAMPAIGN.opens, CAMPAIGN.policy.hours.at, CAMPAIGN.directory.zone)
_LEFT = re.compile(r"(\d+) (?:ngày|days?)\b")


def said(fact: Fact, language: str, unit: str, now: datetime) -> str:
    """The answer as it is read, without its quote and citation."""
    found = ANSWERER.answer_with(fact.id)
    assert found
    text = word(CAMPAIGN, ANSWERER, LANGUAGES.of(language), found, Asker(Due(CAMPAIGN), unit, now)).text
    text = re.sub(r"“[^”]*”", "", text)
    for clause in CAMPAIGN.clauses:
        text = text.replace(CAMPAIGN.dispatch.cite.in_(language), "")
        text = text.replace(f"Mục {clause.id},", "").replace(f"Clause {clause.id},", "")
    yesterday = LANGUAGES.of(language).tr("left.yesterday")  # "24:00" is how a day ends
    return text.replace(yesterday, "")


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(CAMPAIGN.facts), st.sampled_from(("vi", "en")),
    st.sampled_from(("", *(unit.slug for unit in CAMPAIGN.directory.units if unit.kind == "district"))),
    st.integers(min_value=0, max_value=60 * 24 * 50),
)  # fmt: skip
def test_every_date_number_and_office_is_in_the_clause_or_the_calendar(
    fact: Fact, language: str, unit: str, minutes: int
) -> None:
    now = OPENING + timedelta(minutes=minutes)
    text, today = said(fact, language, unit, now), now.astimezone(CAMPAIGN.directory.zone).date()
    slugs = [slug for slug in (fact.obligation, *fact.obligations) if slug]
    marks = [deadline.date for slug in slugs if (deadline := CAMPAIGN.obligation(slug).deadline)]
    last_days = [mark - timedelta(days=before) for mark in marks for before in range(1, 8)]  # on time; the last working day
    for day in sorted({shown for one in (*marks, *last_days) for shown in written(one)}, key=len, reverse=True):
        text = re.sub(rf"(?<!\d){re.escape(day)}(?!\d)", "", text)
    counted = {str((mark - today).days - 1) for mark in marks} | {str((today - mark).days + 1) for mark in marks}
    text = _LEFT.sub(lambda left: "" if left[1] in counted else left[0], text)
    assert re.search(r"\w", text)  # something is left to be judged
    assert ungrounded_names(CAMPAIGN, fact, text) == [], text


def written(day: date) -> tuple[str, ...]:
    """A day as both languages write it."""
    return f"{day.day}/{day.month}/{day.year}", f"{day.day}/{day.month}", f"{day.day} {day:%B} {day.year}", f"{day.day} {day:%B}"


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("Gửi trước ngày 16/7/2022.", ["16/7/2022"]), ("Đủ 24 tháng.", ["24"]), ("Gửi Sở Y tế.", ["Sở Y tế"]),
        ("Mục 1.4: đủ 36 tháng, trước ngày 15/7/2022, gửi Sở Nông nghiệp và PTNT.", []),
    ],
)  # fmt: skip
def test_what_a_clause_does_not_say_is_found(text: str, strange: list[str]) -> None:
    fact = next(fact for fact in CAMPAIGN.facts if fact.clause == "1.4")
    assert ungrounded_names(CAMPAIGN, fact, text) == strange


OWED = ["Đơn vị tôi phải nộp gì?", "don vi em con phai nop gi nua", "Em phải báo cáo những gì?", "what do we have to report?"]
NEXT = ["Hạn gần nhất là ngày nào?", "han nop sap toi la khi nao", "deadline tiếp theo", "When is the next deadline?"]


@pytest.mark.parametrize("text", OWED)
def test_what_the_own_unit_owes_is_where_it_stands(stage: Stage, text: str) -> None:
    code = stage.invite(Role.OFFICER, "dai-loc", "Lan")
    stage.hear(Incoming("telegram", stage.next_update(), "lan", "Lan", f"/start {code}"))
    told = stage.hear(Incoming("telegram", stage.next_update(), "lan", "Lan", text))[-1].message.text
    assert told.startswith("UBND huyện Đại Lộc")
    assert "chưa phản hồi, còn 9 ngày" in told
    stranger = stage.hear(Incoming("telegram", stage.next_update(), "x", "X", text))[-1].message.text
    assert "30/6/2022" in stranger
    assert "Đại Lộc" not in stranger


@pytest.mark.parametrize("text", NEXT)
def test_the_next_deadline_is_asked_for_in_words(stage: Stage, text: str) -> None:
    told = stage.hear(Incoming("telegram", stage.next_update(), "x", "X", text))[-1].message.text
    assert "còn 9 ngày" in told.splitlines()[1]


def test_a_deadline_of_something_stays_a_question(stage: Stage) -> None:
    told = stage.hear(Incoming("telegram", stage.next_update(), "x", "X", "hạn gần nhất của thu hồi là ngày nào"))[
        -1
    ].message.text
    assert "Các hạn nộp" not in told
