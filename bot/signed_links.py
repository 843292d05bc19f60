"""Links of ours for channels without files: one to send a file through, one to fetch a file from.

A link carries what it is for and until when, and a keyed hash over both, so that it can be neither guessed nor
changed. Nothing about it is stored: an upload is taken once because its turn is.
"""

import base64
import hashlib
import hmac
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

UPLOAD_LIFE = timedelta(hours=24)
FILE_LIFE = timedelta(days=7)
UPLOAD_PATH = "/gui-tep"
FILE_PATH = "/tep"
MAC = 16
"""Bytes of the keyed hash: short enough for a phone's screen, far beyond guessing."""
_UPLOAD, _FILE, _UNTIL = struct.Struct(">cQQ"), struct.Struct(">cQ32s"), struct.Struct(">I")


@dataclass(frozen=True)
class Upload:
    """Who may send a file, and the message that asked for it."""

    contact_id: int
    outbox_id: int


@dataclass(frozen=True)
class Download:
    """Who may fetch a file, and the hash of its content."""

    contact_id: int
    digest: str


class SignedLinks:
    """Makes and reads links. ``now`` is the wall clock: people open links in their own time, also in a rehearsal."""

    def __init__(self, public_url: str, key: bytes, now: Callable[[], datetime]) -> None:
        self._public_url, self._key, self._now = public_url, key, now

    def __bool__(self) -> bool:
        """Whether there is an address that people's phones can open."""
        return bool(self._public_url)

    def upload(self, contact_id: int, outbox_id: int) -> str:
        """A page on which that contact can send one file."""
        return f"{self._public_url}{UPLOAD_PATH}/{self._sign(_UPLOAD.pack(b'u', contact_id, outbox_id), UPLOAD_LIFE)}"

    def file(self, digest: str, name: str, contact_id: int) -> str:
        """A file of ours to fetch, under its name, for as long as that contact is somebody's."""
        what = _FILE.pack(b"f", contact_id, bytes.fromhex(digest))
        return f"{self._public_url}{FILE_PATH}/{self._sign(what, FILE_LIFE)}/{quote(name)}"

    def read_upload(self, token: str) -> Upload | None:
        """What an upload link is for; None where it is forged, changed or past its time."""
        what = self._read(token)
        return Upload(*_UPLOAD.unpack(what)[1:]) if what[:1] == b"u" and len(what) == _UPLOAD.size else None

    def read_file(self, token: str) -> Download | None:
        """What a link to a file is for; None where it is none of ours or past its time."""
        what = self._read(token)
        if what[:1] != b"f" or len(what) != _FILE.size:
            return None
        _, contact_id, digest = _FILE.unpack(what)
        return Download(contact_id, digest.hex())

    def _sign(self, what: bytes, life: timedelta) -> str:
        said = what + _UNTIL.pack(int((self._now() + life).timestamp()))
        return _text(said + self._mac(said))

    def _mac(self, said: bytes) -> bytes:
        return hmac.new(self._key, said, hashlib.sha256).digest()[:MAC]

    def _read(self, token: str) -> bytes:
        try:
            signed = _bytes(token)
        except ValueError:
            return b""
        said, mac = signed[:-MAC], signed[-MAC:]
        if len(said) <= _UNTIL.size or not hmac.compare_digest(mac, self._mac(said)):
            return b""
        (until,) = _UNTIL.unpack(said[-_UNTIL.size :])
        return said[: -_UNTIL.size] if until >= self._now().timestamp() else b""


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    """Raises ValueError for what is no such text."""
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
