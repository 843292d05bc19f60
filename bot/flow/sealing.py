"""A backup under a passphrase: whoever has the file alone can neither read it nor change a byte of it unnoticed.

What is sealed is a file of age (https://age-encryption.org/v1: ChaCha20-Poly1305 in chunks, so that it is never in memory as a
whole, and its end can't be missing) after one line with the salt from which, with the passphrase, its X25519 key comes. age's own
passphrases take half a gigabyte of memory; scrypt as it is used here takes 64 MB.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Any

import pyrage
from pyrage.x25519 import Identity, Recipient

MARK = b"dondoc-sealed-1 "
CHUNK = 64 * 1024
"""Bytes of what is sealed that age proves together."""
SALT = 16
"""Bytes, written as twice as many hexadecimal digits."""
_HEAD = re.compile(re.escape(MARK) + rb"([0-9a-f]{%d})\n" % (2 * SALT))
_SYMBOLS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_NAME = "age-secret-key-"


class WrongPassphrase(Exception):
    """The passphrase does not open it: another was used, or what comes first in the file is damaged."""


class Damaged(Exception):
    """It was changed, or its end is missing."""


class NoPassphrase(Exception):
    """The file that should hold the passphrase is empty."""


def passphrase_in(file: Path) -> bytes:
    """The passphrase that stands in a file, without the end of its line. Raises OSError, NoPassphrase."""
    found = file.read_bytes().rstrip(b"\r\n")
    if not found.strip():
        raise NoPassphrase(str(file))
    return found


def is_sealed(file: Path) -> bool:
    """Whether a file is one of these. Raises OSError."""
    with file.open("rb") as source:
        return source.read(len(MARK)) == MARK


@contextmanager
def sealed(target: IO[bytes], passphrase: bytes, salt: bytes) -> Iterator[IO[bytes]]:
    """What is written there is sealed into ``target``; it is whole once this ends. Raises OSError."""
    target.write(MARK + salt.hex().encode() + b"\n")
    with encrypting(target, identity(passphrase, salt).to_public()) as stream:
        yield stream


def open_sealed(source: BufferedIOBase, passphrase: bytes, target: IO[bytes]) -> None:
    """Write what was sealed to ``target``: to be believed only once this has ended. Raises WrongPassphrase, Damaged, OSError."""
    head = _HEAD.fullmatch(source.read(len(MARK) + 2 * SALT + 1))
    if head is None:
        raise Damaged
    decrypt(source, identity(passphrase, bytes.fromhex(head[1].decode())), target)


def identity(passphrase: bytes, salt: bytes) -> Identity:
    """The key that comes from a passphrase: some tenths of a second and 64 MB, so that guessing is dear."""
    key = hashlib.scrypt(passphrase, salt=salt, n=2**16, r=8, p=2, maxmem=2**27, dklen=32)
    return Identity.from_str(as_age_writes_it(key))


@contextmanager
def encrypting(target: IO[bytes], recipient: Recipient) -> Iterator[IO[bytes]]:
    """What is written there is encrypted into ``target`` beside. age pulls, an archive pushes: a pipe lies between."""
    out = _Noting(target)
    reading, writing = os.pipe()

    def work() -> None:
        with open(reading, "rb") as source:
            pyrage.encrypt_io(source, out, [recipient])

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        try:
            with open(writing, "wb") as stream:
                yield stream
        except BrokenPipeError:
            _settle(done, out)  # it ended first: why?
            raise
        _settle(done, out)


def decrypt(source: BufferedIOBase, key: Identity, target: IO[bytes]) -> None:
    """The other way round. Raises WrongPassphrase, Damaged, OSError."""
    out = _Noting(target)
    try:
        pyrage.decrypt_io(source, out, [key])
    except pyrage.DecryptError as error:
        raise WrongPassphrase from error
    except OSError as error:
        if out.failure or error.errno is not None:
            raise out.failure or error from None
        raise Damaged from error


def _settle(done: "Future[None]", out: "_Noting") -> None:
    try:
        done.result()
    except pyrage.EncryptError as error:
        raise out.failure or OSError(str(error)) from error


class _Noting(BufferedIOBase):
    """Writes on; a failure is remembered, for the library tells no more than its words."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self.failure: OSError | None = None

    def write(self, data: Any) -> int:
        """As any file."""
        try:
            return self._target.write(data)
        except OSError as error:
            self.failure = error
            raise

    def flush(self) -> None:
        """As any file."""
        self._target.flush()


def as_age_writes_it(key: bytes) -> str:
    """A secret key of 32 bytes in Bech32 (BIP 173), the only way in which the library takes one."""
    bits = int.from_bytes(key) << 4  # 256 bits, filled up to 52 times five
    data = [bits >> 5 * place & 31 for place in reversed(range(52))]
    name = [ord(letter) >> 5 for letter in _NAME] + [0] + [ord(letter) & 31 for letter in _NAME]
    sum_ = 1
    for value in (*name, *data, 0, 0, 0, 0, 0, 0):
        top = sum_ >> 25
        sum_ = (sum_ & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATOR):
            sum_ ^= generator if top >> place & 1 else 0
    check = [(sum_ ^ 1) >> 5 * place & 31 for place in reversed(range(6))]
    return f"{_NAME}1{''.join(_SYMBOLS[value] for value in (*data, *check))}".upper()
