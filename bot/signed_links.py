"""Links of ours for channels without files: one to send a file through, one to fetch a file from.

A link carries what it is for and until when, and a keyed hash over both, so that it can be neither guessed nor
changed. Nothing about it is stored: an upload is taken once because its turn is.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

UPLOAD_LIFE = timedelta(hours=24)
FILE_LIFE = timedelta(days=7)
UPLOAD_PATH = "/gui-tep"
FILE_PATH = "/tep"


@dataclass(frozen=True)
class Upload:
    """Who may send a file, and the message that asked for it."""

    contact_id: int
    outbox_id: int


class SignedLinks:
    """Makes and reads links. ``now`` is the wall clock: people open links in their own time, also in a rehearsal."""

    def __init__(self, public_url: str, key: bytes, now: Callable[[], datetime]) -> None:
        self._public_url, self._key, self._now = public_url, key, now

    def __bool__(self) -> bool:
        """Whether there is an address that people's phones can open."""
        return bool(self._public_url)

    def upload(self, contact_id: int, outbox_id: int) -> str:
        """A page on which that contact can send one file."""
        return f"{self._public_url}{UPLOAD_PATH}/{self._sign(f'u {contact_id} {outbox_id}', UPLOAD_LIFE)}"

    def file(self, digest: str, name: str) -> str:
        """A file of ours to fetch, under its name."""
        return f"{self._public_url}{FILE_PATH}/{self._sign(f'f {digest}', FILE_LIFE)}/{quote(name)}"

    def read_upload(self, token: str) -> Upload | None:
        """What an upload link is for; None where it is forged, changed or past its time."""
        parts = self._read(token).split(" ")
        if len(parts) != 3 or parts[0] != "u":
            return None
        return Upload(int(parts[1]), int(parts[2]))

    def read_file(self, token: str) -> str:
        """The hash of the file that a link is for; empty where it is none of ours or past its time."""
        parts = self._read(token).split(" ")
        return parts[1] if len(parts) == 2 and parts[0] == "f" else ""

    def _sign(self, what: str, life: timedelta) -> str:
        until = int((self._now() + life).timestamp())
        said = f"{what} {until}".encode()
        return f"{_text(said)}.{_text(self._mac(said))}"

    def _mac(self, said: bytes) -> bytes:
        return hmac.new(self._key, said, hashlib.sha256).digest()[:18]

    def _read(self, token: str) -> str:
        said, _, mac = token.partition(".")
        try:
            plain = _bytes(said)
            genuine = hmac.compare_digest(_bytes(mac), self._mac(plain))
        except ValueError:
            return ""
        if not genuine:
            return ""
        what, _, until = plain.decode().rpartition(" ")
        return what if int(until) >= self._now().timestamp() else ""


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    """Raises ValueError for what is no such text."""
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
