"""The list of checks that are taken away to try the tests is about the program as it stands."""

from collections import Counter
from pathlib import Path

import pytest

from tests.house.guards import ROOT, Guard, guards, without


@pytest.mark.parametrize("guard", list(guards()), ids=lambda guard: guard.name)
def test_a_check_on_the_list_stands_in_its_file_and_its_tests_are_there(guard: Guard) -> None:
    text = (ROOT / guard.file).read_text(encoding="utf-8")
    assert without(guard, text) != text
    assert guard.tests
    assert [name for name in guard.tests if not (ROOT / Path(name)).exists()] == []


def test_a_check_has_a_name_of_its_own() -> None:
    assert [name for name, times in Counter(guard.name for guard in guards()).items() if times > 1] == []
