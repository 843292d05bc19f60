"""Whatever arrives, parsers make something sensible of it or nothing, and never raise."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.bad_setting import BadSettings
from bot.channels.telegram import refusals as telegram_refusals
from bot.channels.zalo_bot import receive as zalo_bot
from bot.channels.zalo_bot import refusals as zalo_bot_refusals
from bot.channels.zalo_oa import receive as zalo_oa
from bot.channels.zalo_oa import refusals as zalo_oa_refusals
from bot.channels.zalo_oa.api import PRESSED
from bot.channels.zalo_oa.send import buttons
from bot.delivery.parts import split
from bot.delivery.sink import PlatformRefusal, Verdict, find
from bot.settings import Settings
from bot.signed_links import Download, SignedLinks, Upload
from handlers.message import Choice
from handlers.wording.catalogs import Languages
from handlers.wording.phrases import why_text
from rules.actions import OldButton
from rules.channels import Window, channel_named
from rules.text.vietnamese import nfc
from tests.stage import CAMPAIGN, OPENING

NAMES = [
    "event_name",
    "message",
    "result",
    "from",
    "id",
    "chat",
    "message_id",
    "text",
    "photo",
    "sender",
    "timestamp",
    "attachments",
    "payload",
    "url",
    "follower",
    "info",
    "phone",
    "msg_id",
    "date",
]
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inside, max_size=5),
    max_leaves=25,
)


@given(JSON)
@example({"event_name": "user_send_file", "sender": {"id": 5}, "message": {"attachments": [{"payload": None}]}})
def test_any_json_is_read(raw: Any) -> None:
    update = zalo_bot.read_update(raw)
    assert update is None or (update.id and update.sender)
    if isinstance(raw, dict):
        event = zalo_oa.read_event(raw)
        assert event is None or (event.id and event.sender)


@given(st.binary(max_size=300), st.text(max_size=80))
def test_any_bytes_are_not_signed(body: bytes, given_signature: str) -> None:
    assert not zalo_oa.signed_by("1", body, "secret", given_signature)


@given(st.text(alphabet="aăâ ếề\n\nĐ.", max_size=9000))
def test_pieces_fit_and_hold_everything(text: str) -> None:
    pieces = split(nfc(text), channel_named("zalo_bot").text_limit)
    assert all(len(piece) <= 2000 for piece in pieces)
    assert "".join(pieces).replace(" ", "").replace("\n", "") == nfc(text).replace(" ", "").replace("\n", "")


@given(st.text(max_size=60))
def test_a_made_up_link_opens_nothing(token: str) -> None:
    links = SignedLinks("https://x", b"k" * 32, lambda: OPENING)
    assert links.read_upload(token) is None
    assert links.read_file(token) is None


def test_links_hold_for_their_time_and_their_purpose() -> None:
    now = [OPENING]
    links = SignedLinks("https://x", b"k" * 32, lambda: now[0])
    upload = links.upload(5, 77).rsplit("/", 1)[1]
    file = links.file("ab" * 32, "Mẫu 1.xlsx", 7).split("/")[-2]
    assert len(upload) < 60
    assert links.read_upload(upload) == Upload(5, 77)
    assert links.read_file(file) == Download(7, "ab" * 32)
    assert links.read_upload(file) is None
    assert links.read_file(upload) is None
    assert SignedLinks("https://x", b"other" * 8, lambda: now[0]).read_upload(upload) is None
    now[0] += timedelta(hours=25)
    assert links.read_upload(upload) is None
    assert links.read_file(file)
    now[0] += timedelta(days=7)
    assert links.read_file(file) is None


def test_windows_and_the_nights_rest() -> None:
    window, rest = channel_named("zalo_oa").window, channel_named("zalo_phone").rest
    assert window
    assert rest
    seen = datetime(2022, 6, 20, 8, tzinfo=UTC)
    spans = {47.9: Window.FREE, 48.1: Window.BILLED, 167.9: Window.BILLED, 168.1: Window.CLOSED}
    assert {hours: window.at(seen, seen + timedelta(hours=hours)) for hours in spans} == spans
    night = datetime(2022, 6, 30, 23, 30, tzinfo=CAMPAIGN.directory.zone)
    assert rest.ends(night) == datetime(2022, 7, 1, 6, tzinfo=CAMPAIGN.directory.zone)
    assert rest.ends(night.replace(hour=3)) == datetime(2022, 6, 30, 6, tzinfo=CAMPAIGN.directory.zone)
    assert rest.ends(night.replace(hour=21)) is None


def test_buttons_keep_to_the_platforms_limits() -> None:
    made = buttons(tuple(Choice("Đ" * 300, OldButton("x" * 64)) for _ in range(5)))["payload"]["buttons"]
    assert len(made) == 5
    assert all(len(b["title"]) <= 100 and len(b["payload"]) <= 1000 and b["type"] == "oa.query.hide" for b in made)
    assert {b["payload"] for b in made} == {PRESSED + "x" * 64}


TABLES: dict[str, tuple[PlatformRefusal, ...]] = {
    "telegram": telegram_refusals.ERRORS, "zalo_bot": zalo_bot_refusals.ERRORS, "zalo_oa": zalo_oa_refusals.ERRORS,
    "zalo_phone": zalo_oa_refusals.PHONE_ERRORS,
}  # fmt: skip


def test_every_refusal_has_one_row_a_source_and_words() -> None:
    words = Languages(CAMPAIGN.directory.zone).of("vi")
    for table in TABLES.values():
        signs = [row.sign for row in table]
        assert signs
        assert len(signs) == len(set(signs))
        for row in table:
            assert row.source
            sign = row.sign
            assert find(table, sign if isinstance(sign, int) else None, sign if isinstance(sign, str) else "") is row
            if row.verdict in (Verdict.ADDRESS, Verdict.WAY) and row.why != "refused":
                assert why_text(words, row.why) != words.tr("why.refused"), row


def test_settings_that_would_harm_are_refused() -> None:
    def fault(**values: Any) -> str:
        try:
            Settings(_env_file=None, **values).check()
        except BadSettings as bad:
            return "\n".join(english.tr(each.key, **each.values) for each in bad.faults)
        return ""

    english = Languages(CAMPAIGN.directory.zone).of("en")

    oa = {"zalo_oa_app_id": "1", "zalo_oa_app_secret": "s", "zalo_oa_secret_key": "k", "public_url": "https://x.vn"}
    assert fault(**oa) == ""
    assert "REHEARSAL_START" in fault(**oa, rehearsal_start=OPENING)
    assert "PUBLIC_URL" in fault(**{**oa, "public_url": ""})
    assert "ZALO_OA_SECRET_KEY" in fault(**{**oa, "zalo_oa_secret_key": ""})
    assert "go together" in fault(zalo_oa_app_id="1")
    assert "8 to 256" in fault(zalo_bot_token="t", zalo_bot_secret="short")
    assert "ZALO_BOT_API_URL" in fault(zalo_bot_token="t", rehearsal_start=OPENING)


def test_a_body_is_read_once_for_its_signature_whatever_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifteen thousand timestamps cost what one does: the body is hashed once, and a few of them are tried."""
    body = b"{" + b",".join(b'"timestamp":"%d"' % number for number in range(13_000)) + b"}"
    hashed: list[int] = []
    real = hashlib.sha256

    class Counted:
        def __init__(self, given: bytes = b"", of: Any = None) -> None:
            self._of = of or real()
            self.update(given)

        def update(self, given: bytes) -> None:
            hashed.append(len(given))
            self._of.update(given)

        def copy(self) -> "Counted":
            return Counted(of=self._of.copy())

        def hexdigest(self) -> str:
            return str(self._of.hexdigest())

    monkeypatch.setattr(hashlib, "sha256", Counted)
    assert not zalo_oa.signed_by("1", body, "s", "0" * 64)
    assert sum(hashed) < 2 * len(body)
    hashed.clear()
    assert not zalo_oa.signed_by("1", body, "s", "no signature at all")
    assert hashed == []


def test_the_right_timestamp_counts_among_others() -> None:
    body = b'{"timestamp":"7","message":{"timestamp":"8"}}'
    for timestamp in (b"7", b"8"):
        assert zalo_oa.signed_by("1", body, "s", hashlib.sha256(b"1" + body + timestamp + b"s").hexdigest())
    assert not zalo_oa.signed_by("1", body, "s", hashlib.sha256(b"1" + body + b"9" + b"s").hexdigest())
