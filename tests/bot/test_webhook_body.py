"""What a webhook's caller may send: an object, with the secret, not too much of it."""

import pytest

from bot.channels.webhook_body import checked


@pytest.mark.parametrize(("given", "body", "status"), [
    ("other", b"{}", 403), ("", b"{}", 403), ("bí mật", b"{}", 403),
    ("secret", b" " * 101, 413), ("secret", b"[]", 400), ("secret", b"{", 400), ("secret", b"\xff", 400), ("secret", b"7", 400),
])  # fmt: skip
def test_refused(given: str, body: bytes, status: int) -> None:
    assert checked("secret", given, body, 100) == status


def test_brackets_without_end_are_refused() -> None:
    assert checked("secret", "secret", b"[" * 100_000, 1_000_000) == 400


def test_an_object_comes_through() -> None:
    assert checked("secret", "secret", b'{"update_id": 7}', 100) == {"update_id": 7}
