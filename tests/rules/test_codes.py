import random
from collections.abc import Callable

import pytest

from rules import codes


@pytest.mark.parametrize(
    ("new", "fits"),
    [
        (codes.new_receipt, codes.looks_like_receipt),
        (codes.new_invite, codes.looks_like_invite),
        (codes.new_link_code, codes.looks_like_link_code),
    ],
)
def test_every_code_has_its_own_shape_and_no_other(
    new: Callable[[Callable[[str], str]], str], fits: Callable[[str], bool]
) -> None:
    pick = random.Random(1).choice
    others = {codes.looks_like_receipt, codes.looks_like_invite} - {fits}
    for _ in range(50):
        code = new(pick)
        assert fits(code)
        assert not any(other(code) for other in others if fits is not codes.looks_like_link_code)


def test_codes_are_known_as_people_type_them() -> None:
    assert codes.tidy(" k3f-9 wq ") == "K3F9WQ"
    assert codes.looks_like_receipt("k3f 9wq")
    assert not codes.looks_like_receipt("k3f0wq")  # no nought among them
    assert codes.looks_like_invite("abcde fghjk")
    assert not codes.looks_like_invite("a b c d e f g h j k k")
    assert codes.looks_like_link_code("482 913")
    assert not codes.looks_like_link_code("٤٨٢٩١٣")
    assert codes.digits_of("482-913") == "482913"
