"""The register of recognised products: whose months are full by when, and how a list takes products from it."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.campaign import forms
from rules.campaign.deadlines import Due, Extension
from rules.campaign.forms import FormState, Stepped, add_offered, offer_rows
from rules.campaign.ladder import Push, PushKind, Reason, Situation
from rules.campaign.register import (
    Product,
    full_on,
    latest_decision,
    listed,
    months_counted,
    ripe,
    ripe_first,
    told_first,
)
from rules.campaign.shelf import CLOSED, PAGE, Shelf, look, row_of, shelf_of, tick
from rules.people import Recipient, Role
from tests.stage import CAMPAIGN, OPENING

AGAIN = next(duty for duty in CAMPAIGN.dated() if months_counted(duty))
FIELD = listed(AGAIN)
assert FIELD
assert AGAIN.deadline
BY = AGAIN.deadline.date
FORM = CAMPAIGN.form(AGAIN)
START = forms.start(FORM)


def product(number: int, decided: date | None, **more: str) -> Product:
    values = {"unit": "dai-loc", "product": f"Trà {number}", "producer": "HTX", "decision": "12/QĐ-UBND", **more}
    return Product(number, stars=3, decided_on=decided, **values)


def shelf(state: FormState, *products: Product) -> Shelf:
    found = shelf_of(FORM, state, products, BY)
    assert found
    return found


def test_months_are_full_on_the_named_day_and_not_a_day_later() -> None:
    on_the_day, later, unknown = product(1, date(2019, 7, 15)), product(2, date(2019, 7, 16)), product(3, None)
    assert ripe((later, unknown, on_the_day), 36, BY) == (on_the_day,)
    assert full_on(later, 36) == date(2022, 7, 16)
    assert ripe_first((later, unknown, on_the_day), 36, BY) == (on_the_day, later, unknown)
    assert ripe_first((later, on_the_day), 0, BY) == (later, on_the_day)


def test_a_unit_with_all_of_the_register_is_no_more_work_than_many_with_some() -> None:
    """No product is compared with each other one."""
    compared = 0

    class Watched(Product):
        __hash__ = Product.__hash__

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return super().__eq__(other)

    every = [Watched(n, "dai-loc", f"Trà {n}", "", 3, "45/QĐ-UBND", BY - timedelta(days=n)) for n in range(2000)]
    assert len(ripe_first(every, 36, BY)) == 2000
    assert compared < 20_000


@given(st.dates(date(2015, 1, 1), date(2023, 1, 1)), st.dates(date(2022, 1, 1), date(2023, 12, 31)))
def test_nothing_that_may_be_full_is_left_out_when_the_register_is_read(decided: date, by: date) -> None:
    latest = latest_decision(CAMPAIGN, by)
    assert latest
    assert not ripe((product(1, decided),), 36, by) or decided <= latest


def test_one_duty_of_the_campaign_counts_months() -> None:
    assert [duty.slug for duty in CAMPAIGN.obligations if months_counted(duty)] == ["re-recognition"]
    assert [duty.slug for duty in CAMPAIGN.obligations if listed(duty)] == ["re-recognition", "withdrawal"]


# ---------------------------------------------------------------- told once


def _push(*reasons: Reason, recipient: Recipient | None = None) -> Push:
    return Push(OPENING, PushKind.REMINDER, "W-5", recipient, "dai-loc", reasons, ())


def test_it_is_told_with_the_first_rung_of_the_duty_and_never_again() -> None:
    lan = Recipient(7, "Lan", Role.OFFICER, "dai-loc", OPENING)
    due = Due(CAMPAIGN, (Extension("dai-loc", AGAIN.slug, date(2022, 8, 5), "lũ", "Minh"),))
    first, along = Reason(AGAIN.slug, "dai-loc", "W-5"), Reason(AGAIN.slug, "dai-loc")
    fresh = Situation((lan,), frozenset(), due)
    assert told_first(CAMPAIGN, fresh, _push(first, recipient=lan)) == (AGAIN,)
    assert told_first(CAMPAIGN, fresh, _push(along, recipient=lan)) == ()
    assert told_first(CAMPAIGN, fresh, _push(first)) == ()
    told = replace(fresh, told={f"remind:{AGAIN.slug}@2022-07-15:W-5:p7": OPENING.date()})
    assert told_first(CAMPAIGN, told, _push(first, recipient=lan)) == ()
    colleague = replace(fresh, told={f"remind:{AGAIN.slug}@2022-07-15:W-5:p8": OPENING.date()})
    assert told_first(CAMPAIGN, colleague, _push(first, recipient=lan)) == (AGAIN,)
    other = replace(fresh, told={"remind:unspent-funds@2022-06-30:W-5:p7": OPENING.date()})
    assert told_first(CAMPAIGN, other, _push(first, recipient=lan)) == (AGAIN,)


# ---------------------------------------------------------------- ticking


def test_what_the_register_knows_is_filled_in_and_only_the_rest_is_asked() -> None:
    assert FIELD
    whole = row_of(FIELD, product(1, date(2019, 1, 2)))
    assert whole == {
        "product": "Trà 1", "producer": "HTX", "stars": "3", "decision": "12/QĐ-UBND", "decision_date": "2019-01-02"
    }  # fmt: skip
    bare = row_of(FIELD, replace(product(1, None, producer="", decision=""), stars=0))
    assert bare == {"product": "Trà 1"}
    offered = offer_rows(FORM, START, (whole,))
    assert isinstance(offered, Stepped)
    asked = add_offered(FORM, offered.state)
    assert isinstance(asked, Stepped)
    assert (asked.state.row, asked.state.column, asked.state.named) == (whole, "dossier_ready", True)


def test_a_star_that_the_list_does_not_know_is_asked() -> None:
    assert FIELD
    assert "stars" not in row_of(FIELD, replace(product(1, None), stars=1))


def test_what_is_on_the_list_already_is_offered_no_more() -> None:
    state = replace(START, answers={"products": ({"product": "TRÀ 1", "producer": "htx"},)})
    assert [p.id for p in shelf(state, product(1, None), product(2, None)).products] == [2]
    assert shelf_of(FORM, state, (product(1, None),), BY) is None


def test_the_register_is_open_until_the_list_has_a_row_or_it_is_closed() -> None:
    one, two = product(1, None), product(2, None)
    assert shelf(START, one).page == 1
    assert shelf(look(START, CLOSED), one).page is None
    listed_one = replace(START, answers={"products": ({"product": "Trà 1", "producer": "HTX"},)})
    assert shelf(listed_one, one, two).page is None
    assert shelf(look(listed_one, 1), one, two).page == 1
    assert shelf_of(FORM, replace(START, row={}, column="producer"), (one,), BY) is None


def test_one_is_ticked_and_unticked_several_are_only_ticked() -> None:
    products = (product(1, None), product(2, None), product(3, None))
    once = tick(START, shelf(START, *products), [1])
    assert once.ticked == (1,)
    assert tick(once, shelf(once, *products), [1]).ticked == ()
    assert tick(once, shelf(once, *products), [1, 3]).ticked == (1, 3)


@given(st.lists(st.integers(-5, 99), max_size=9), st.integers(0, 99))
def test_nothing_is_ticked_that_is_not_the_units(chosen: list[int], page: int) -> None:
    products = tuple(product(number, date(2018, 1, 1) + timedelta(days=number)) for number in range(1, 20))
    state = tick(START, shelf(START, *products), chosen)
    assert set(state.ticked) <= {p.id for p in products}
    found = shelf(look(state, page), *products)
    assert found.page is None or 1 <= found.page <= found.pages == 3
    assert len(found.shown) <= PAGE
    assert len(found.rows()) == (0 if page == CLOSED else len(state.ticked))


def test_ticks_outlive_a_restart_and_not_the_question() -> None:
    state = tick(START, shelf(START, product(1, None)), [1])
    assert FormState.from_json(FORM, state.to_json()) == state
    left = forms.nothing_to_report(state)
    assert (left.ticked, left.shelf) == ((), None)
    gone = tick(START, shelf(START, product(1, None)), [1])
    assert shelf(gone, product(5, None)).ticked == ()  # the register was replaced meanwhile
