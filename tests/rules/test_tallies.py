"""What units' answers come to together."""

import hypothesis.strategies as st
from hypothesis import given

from rules.campaign.forms import Row, Value
from rules.campaign.model import Kind
from rules.campaign.tallies import merged, sums
from tests.stage import CAMPAIGN

FUNDS, LIST = "unspent-funds", "list-corrections"
DISTRICTS = [unit.slug for unit in CAMPAIGN.directory.units if unit.kind == "district"]


def product(name: str) -> Row:
    return {"product": name, "producer": "HTX", "change": "mistake", "detail": "x"}


def test_sums_say_how_many_units_they_come_from() -> None:
    answers: dict[tuple[str, str], dict[str, Value]] = {
        ("hoi-an", FUNDS): {"allocated": 350_000_000, "give_back": 0},
        ("dai-loc", FUNDS): {"allocated": 50_000_000, "give_back": None},
    }
    found = {s.field.id: (s.duty.slug, s.amount, s.units, s.owing) for s in sums(CAMPAIGN, answers)}
    assert found == {
        "allocated": (FUNDS, 400_000_000, 2, 18),
        "spent": (FUNDS, 0, 0, 18),
        "give_back": (FUNDS, 0, 1, 18),  # one said 0, one left it out
    }


def test_a_report_of_a_unit_that_does_not_owe_it_counts_for_nothing() -> None:
    found = sums(CAMPAIGN, {("so-y-te", FUNDS): {"allocated": 5}, ("nowhere", FUNDS): {"allocated": 7}})
    assert {(s.amount, s.units) for s in found} == {(0, 0)}


def test_rows_are_merged_with_their_unit_in_the_order_of_units() -> None:
    answers: dict[tuple[str, str], dict[str, Value]] = {
        ("dai-loc", LIST): {"products": (product("Bánh"), product("Mật ong"))},
        ("hoi-an", LIST): {"products": (product("Trà"),)},
        ("tam-ky", LIST): {"products": None},
    }
    lists = merged(CAMPAIGN, answers)
    assert [(one.duty.slug, one.field.id) for one in lists] == [(o.slug, "products") for o in CAMPAIGN.dated() if o.slug != FUNDS]
    assert [(unit.slug, row["product"]) for unit, row in lists[0].rows] == [
        ("hoi-an", "Trà"), ("dai-loc", "Bánh"), ("dai-loc", "Mật ong")
    ]  # fmt: skip
    assert not any(one.rows for one in lists[1:])


@given(
    st.dictionaries(st.sampled_from(DISTRICTS), st.none() | st.integers(0, 10**12)),
    st.dictionaries(st.sampled_from(DISTRICTS), st.lists(st.text(max_size=3), max_size=4)),
)
def test_nothing_is_lost_and_nothing_is_made_up(money: dict[str, int | None], lists: dict[str, list[str]]) -> None:
    answers: dict[tuple[str, str], dict[str, Value]] = {(unit, FUNDS): {"allocated": given} for unit, given in money.items()}
    answers |= {(unit, LIST): {"products": tuple(product(name) for name in names)} for unit, names in lists.items()}
    total = next(s for s in sums(CAMPAIGN, answers) if s.field.id == "allocated")
    given_money = [amount for amount in money.values() if amount is not None]
    assert (total.amount, total.units) == (sum(given_money), len(given_money))
    together = next(one for one in merged(CAMPAIGN, answers) if one.duty.slug == LIST)
    assert sorted((unit.slug, row["product"]) for unit, row in together.rows) == sorted(
        (unit, name) for unit, names in lists.items() for name in names
    )


def test_every_field_of_money_and_every_list_is_there_without_a_report() -> None:
    kinds = [f.kind for o in CAMPAIGN.obligations for f in CAMPAIGN.form(o)]
    assert len(sums(CAMPAIGN, {})) == kinds.count(Kind.MONEY) > 0
    assert len(merged(CAMPAIGN, {})) == kinds.count(Kind.LIST) > 0
