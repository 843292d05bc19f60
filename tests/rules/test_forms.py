"""The form walker: any sequence of answers, backs, skips, edits and restarts ends consistent."""

from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from rules.campaign import forms
from rules.campaign.forms import NOTHING, SUMMARY, AtStart, FileRef, Form, FormState, NotTaken, Result, Row, Stepped
from rules.campaign.model import Kind
from rules.campaign.pasted import read_lines
from tests.stage import CAMPAIGN

TODAY = date(2022, 7, 1)
FILE = FileRef("a" * 64, "bao-cao.pdf", "pdf", 10)
FORMS: dict[str, Form] = {o.slug: CAMPAIGN.form(o) for o in CAMPAIGN.obligations}
TYPED = st.one_of(
    st.sampled_from(
        ["350tr", "1,2 tỷ", "0", "-5", "có", "chưa", "3 sao", "4", "stopped", "45/UBND-NN", "45/UBND-NN ngày 8/6/2018", "1/6/2018",
         "8/7", "31/6", "hôm qua", "Trà sâm", "HTX Hoa", "😀", "", "Sai sót", "addition", "x" * 600]
    ),
    st.text(max_size=30),
)  # fmt: skip


class Walk(RuleBasedStateMachine):
    """Somebody with a form and no patience."""

    @initialize(slug=st.sampled_from(sorted(FORMS)))
    def begin(self, slug: str) -> None:
        self.form = FORMS[slug]
        self.state = forms.start(self.form)

    def step(self, result: Result) -> None:
        if isinstance(result, Stepped):
            self.state = result.state
        else:
            assert isinstance(result, NotTaken | AtStart)

    @rule(text=TYPED)
    def type(self, text: str) -> None:
        self.step(forms.answer(self.form, self.state, text, TODAY))

    @rule()
    def send_a_file(self) -> None:
        self.step(forms.answer(self.form, self.state, FILE, TODAY))

    @rule()
    def go_back(self) -> None:
        self.step(forms.back(self.form, self.state))

    @rule()
    def skip(self) -> None:
        self.step(forms.skip(self.form, self.state))

    @rule()
    def finish_list(self) -> None:
        self.step(forms.finish_list(self.form, self.state))

    @rule()
    def drop_row(self) -> None:
        self.step(forms.drop_row(self.form, self.state))

    @rule(number=st.one_of(st.none(), st.integers(-1, 4)))
    def drop_a_row(self, number: int | None) -> None:
        self.step(forms.drop_row(self.form, self.state, number))

    @rule()
    def put_back(self) -> None:
        self.step(forms.put_back(self.form, self.state))

    @rule(number=st.integers(-1, 4))
    def take_a_row(self, number: int) -> None:
        self.step(forms.take_row(self.form, self.state, number))

    @rule(number=st.integers(0, 6))
    def take_a_column(self, number: int) -> None:
        asked = forms.question(self.form, self.state)
        columns = asked.field.columns if asked else ()
        self.step(forms.take_column(self.form, self.state, columns[number % len(columns)].id if columns else "product"))

    @rule(
        text=st.sampled_from(
            ["Trà; HTX\nMắm; HTX Mai", "Trà sâm; HTX Hoa; 3 sao; 45/QĐ-UBND; 1/6/2018", "Trà; HTX; Sai sót; sửa tên"]
        )
    )
    def paste(self, text: str) -> None:
        asked = forms.question(self.form, self.state)
        if asked and asked.field.kind is Kind.LIST:
            self.step(forms.offer_rows(self.form, self.state, read_lines(text, asked.field, TODAY).rows))

    @rule()
    def say_yes(self) -> None:
        self.step(forms.add_offered(self.form, self.state))

    @rule(number=st.integers(0, 9))
    def edit(self, number: int) -> None:
        self.step(forms.edit(self.form, self.state, self.form[number % len(self.form)].id))

    @rule()
    def nothing(self) -> None:
        self.state = forms.nothing_to_report(self.state)

    @rule()
    def restart(self) -> None:
        again = FormState.from_json(self.form, self.state.to_json())
        assert again == self.state

    @rule()
    def answer_well(self) -> None:
        """The right answer, so that walks get far."""
        asked = forms.question(self.form, self.state)
        if asked is None:
            return
        if asked.offered or (asked.place is not None and asked.column is None):
            return
        good = {
            Kind.MONEY: "100tr", Kind.YES_NO: "có", Kind.TEXT: "Trà sâm", Kind.DATE: "1/6/2018", Kind.DOCUMENT: "45/UBND-NN",
            Kind.LIST: "Trà sâm", Kind.CHOICE: asked.asks.options[0].id if asked.asks.options else "",
        }  # fmt: skip
        given = FILE if asked.asks.kind is Kind.FILE else good[asked.asks.kind]
        result = forms.answer(self.form, self.state, given, TODAY)
        assert isinstance(result, Stepped), (asked, result)
        assert result.state.at != self.state.at or result.state.column != self.state.column or asked.field.kind is Kind.LIST
        assert result.state.place is None
        self.state = result.state

    @invariant()
    def stands_somewhere(self) -> None:
        """Either a question is asked, or the walk stands at the summary or at nothing."""
        asked = forms.question(self.form, self.state)
        assert (asked is None) == (self.state.at in (SUMMARY, NOTHING))
        if asked:
            assert 1 <= asked.number <= asked.total
            assert not (asked.may_skip and asked.asks.required)
            assert not asked.between_rows or (self.state.row is None and not self.state.waiting)
            assert self.state.place is None or 0 <= self.state.place < asked.rows
        else:
            assert not self.state.waiting
            assert not self.state.offered

    @invariant()
    def holds_only_valid_answers(self) -> None:
        for field in self.form:
            value = self.state.answers.get(field.id)
            if value is None:
                continue
            if field.kind is Kind.MONEY:
                assert isinstance(value, int)
                assert value >= 0
            if field.kind is Kind.LIST:
                assert isinstance(value, tuple)
                for row in value:
                    for column in field.columns:
                        assert column.id in row
                        assert row[column.id] is not None or not column.required
                        if column.months_before:
                            assert str(row[column.id]) <= "2019-07-01"

    @invariant()
    def a_summary_is_complete(self) -> None:
        if self.state.at == SUMMARY:
            assert forms.can_send(self.form, self.state)
            for field in forms.visible(self.form, self.state.answers):
                assert not field.required or self.state.answers[field.id] not in (None, ())


Walk.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestWalk = Walk.TestCase


def walk(slug: str, *given: str) -> FormState:
    state = forms.start(FORMS[slug])
    for text in given:
        result = forms.answer(FORMS[slug], state, text, TODAY)
        assert isinstance(result, Stepped), (text, result)
        state = result.state
    return state


def test_a_day_typed_with_the_number_answers_both() -> None:
    state = walk("unspent-funds", "350tr", "100tr", "có", "50tr", "45/UBND-NN ngày 25/6")
    assert state.at == "file"
    assert state.answers["document_date"] == "2022-06-25"


def test_a_number_without_a_day_asks_for_it_and_a_skipped_number_does_not() -> None:
    state = walk("unspent-funds", "350tr", "100tr", "có", "50tr", "45/UBND-NN")
    assert state.at == "document_date"
    state = walk("unspent-funds", "350tr", "100tr", "có", "50tr")
    skipped = forms.skip(FORMS["unspent-funds"], state)
    assert isinstance(skipped, Stepped)
    assert skipped.state.at == "file"


def test_36_months_by_calendar() -> None:
    row = ("Trà sâm", "HTX", "3 sao", "12/QĐ-UBND")
    signed, named_day = next(c for c in FORMS["re-recognition"][0].columns if c.id == "decision_date"), date(2022, 7, 15)
    for typed, full in (("15/7/2019", None), ("16/7/2019", date(2022, 7, 16)), ("20/7/2019", date(2022, 7, 20))):
        taken = forms.answer(FORMS["re-recognition"], walk("re-recognition", *row), typed, TODAY)
        assert isinstance(taken, Stepped)  # the department judges: it is marked, never refused
        assert taken.state.row
        assert forms.ready_on(signed, taken.state.row["decision_date"], named_day) == full


def test_a_young_day_may_be_typed_along() -> None:
    state = walk("re-recognition", "Trà sâm", "HTX", "3 sao", "12/QĐ-UBND ngày 9/12/2020")
    assert state.column == "dossier_ready"
    assert state.row
    assert state.row["decision_date"] == "2020-12-09"


@pytest.mark.parametrize(
    ("typed", "option"),
    [
        ("sai tên", "mistake"), ("sai sot", "mistake"), ("đổi tên", "change"), ("thay doi", "change"), ("bổ xung", "addition"),
        ("rút ra khỏi danh sách", "removal"), ("bo sung san pham", "addition"),
        ("không sai", None), ("thay đổi, bổ sung", None), ("khác", None),
    ],
)  # fmt: skip
def test_the_nearest_label_is_meant_if_it_is_one_alone(typed: str, option: str | None) -> None:
    taken = forms.answer(FORMS["list-corrections"], walk("list-corrections", "Trà", "HTX"), typed, TODAY)
    assert (taken.state.row or {}).get("change") == option if isinstance(taken, Stepped) else option is None


@pytest.mark.parametrize("typed", ["3", "3*", "ba sao", "3 sao", "sao 3", "ba"])
def test_stars_are_said_in_many_ways(typed: str) -> None:
    taken = forms.answer(FORMS["re-recognition"], walk("re-recognition", "Trà", "HTX"), typed, TODAY)
    assert isinstance(taken, Stepped)
    assert taken.state.row
    assert taken.state.row["stars"] == "3"


def test_a_document_that_is_not_signed_yet_is_left_open() -> None:
    taken = forms.answer(FORMS["unspent-funds"], walk("unspent-funds", "350tr", "100tr", "có", "50tr"), "chưa ký ạ", TODAY)
    assert isinstance(taken, Stepped)
    assert (taken.state.answers["document_number"], taken.state.at) == (None, "file")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"allocated": 0, "give_back": 0}, ["all_zero"]),
        ({"allocated": 5, "give_back": 9}, ["above:give_back"]),
        ({"allocated": 9, "give_back": 0}, []),
        ({"allocated": 9, "spent": 4, "give_back": 5}, []),
        ({"allocated": 9, "spent": 5, "give_back": 5}, ["together:allocated"]),
        ({"allocated": 9, "spent": 10, "give_back": 0}, ["above:spent"]),
    ],
)
def test_doubts(answers: dict[str, int], expected: list[str]) -> None:
    assert forms.doubts(FORMS["unspent-funds"], answers) == expected


def test_the_same_list_as_another_unit_is_doubted() -> None:
    mine: tuple[Row, ...] = ({"product": "Trà Sâm", "producer": "HTX A"},)
    other: tuple[Row, ...] = ({"product": "trà  sâm", "producer": "HTX A", "evidence": None},)
    assert forms.doubts(FORMS["withdrawal"], {"products": mine}, (other,)) == ["same_list"]


def test_a_place_that_the_form_lost_becomes_the_first_open_question() -> None:
    kept = {"at": "gone", "answers": {"allocated": 5, "old": 1}}
    state = FormState.from_json(FORMS["unspent-funds"], kept)
    assert state.at == "spent"
    assert dict(state.answers) == {"allocated": 5}
