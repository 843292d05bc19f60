import re

from hypothesis import example, given
from hypothesis import strategies as st

from rules.ids import LARGEST_ID, read_id, read_number

TYPED = st.text() | st.from_regex(r"\A[+-]?\d{1,25}\Z") | st.integers(-(10**20), 10**20).map(str)


@given(TYPED)
@example("²")
@example("٣")
@example("1_0")
@example("1\n")
@example("9" * 5000)
def test_a_number_is_ascii_digits_alone_and_fits_every_column(given: str) -> None:
    number = read_number(given)
    assert (number is not None) == bool(re.fullmatch("[0-9]{1,18}", given))
    assert number is None or 0 <= number < 2**63


def test_a_record_has_no_number_that_its_column_does_not_hold() -> None:
    assert read_id("007") == 7
    assert read_id(str(LARGEST_ID)) == LARGEST_ID
    assert read_id(str(LARGEST_ID + 1)) is None
