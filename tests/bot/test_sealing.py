"""A backup under a passphrase: it comes back whole or not at all, and nothing of it can be read or changed."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyrage.x25519 import Identity

from bot.flow import archiving, sealing
from bot.flow.archiving import NoBackup, Seal
from bot.flow.sealing import CHUNK, MARK, SALT, Damaged, NoPassphrase, WrongPassphrase, as_age_writes_it, decrypt, encrypting
from handlers.turn import Incoming
from rules.people import Role
from storage import backup, files
from tests.bot.test_archiving import Elsewhere, everything
from tests.bot.test_upkeep import Nights
from tests.made_files import PDF
from tests.stage import CAMPAIGN, OPENING, Stage

PASSPHRASE = "Chín tầng mây, 9 con ngỗng".encode()
SEAL = Seal(PASSPHRASE, b"0123456789abcdef")
SECRET = "một câu không ai được đọc"
KEY = Identity.from_str(as_age_writes_it(b"k" * 32))


@pytest.fixture(autouse=True)
def keys_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """To be dear to make is what they are for."""
    monkeypatch.setattr(sealing, "identity", cache(sealing.identity))


def filled(stage: Stage) -> Stage:
    stage.hear(Incoming("telegram", "1", "Lan", "Lan", SECRET))
    stage.writer.write(lambda db: files.record_file(db, stage.library.files.put(PDF, "a.pdf"), None, OPENING))
    return stage


def archived(stage: Stage, out: Path, seal: Seal = SEAL) -> bytes:
    archiving.archive(stage.engine, CAMPAIGN.name, stage.library.files, out, seal)
    return out.read_bytes()


def test_it_comes_back(any_stage: Stage, tmp_path: Path) -> None:
    stage = filled(any_stage)
    whole = archived(stage, tmp_path / "b.sealed")
    assert whole.startswith(MARK)
    for clear in (SECRET.encode(), b"about.json", b"PK\x03\x04", PDF[:40]):
        assert clear not in whole
    there = Elsewhere(tmp_path)
    try:
        archiving.restore(there.writer, there.store, tmp_path / "b.sealed", PASSPHRASE)
        assert everything(there.engine) == everything(stage.engine)
        assert there.store.get(hashlib.sha256(PDF).hexdigest()) == PDF
    finally:
        there.close()


def test_it_comes_back_into_the_other_database(laid_url: str, stage: Stage, tmp_path: Path) -> None:
    archived(filled(stage), tmp_path / "b.sealed")
    there = Stage(laid_url, tmp_path / "there")
    try:
        archiving.restore(there.writer, there.library.files, tmp_path / "b.sealed", PASSPHRASE)
        assert everything(there.engine) == everything(stage.engine)
    finally:
        there.close()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[bytes, Elsewhere]]:
    """A sealed backup, and an empty machine beside it."""
    folder = tmp_path_factory.mktemp("sealed")
    stage = filled(Stage(f"sqlite:///{folder}/stage.db", folder))
    whole, there = archived(stage, folder / "b.sealed"), Elsewhere(folder)
    yield whole, there
    stage.close()
    there.close()


def refused(there: Elsewhere, spoilt: bytes, path: Path, passphrase: bytes = PASSPHRASE) -> None:
    """It is not restored, and nothing is changed by that: no row, no file."""
    path.write_bytes(spoilt)
    before = everything(there.engine)
    with pytest.raises((NoBackup, WrongPassphrase)):
        archiving.restore(there.writer, there.store, path, passphrase)
    assert everything(there.engine) == before
    assert [found for found in there.folder.rglob("*") if found.is_file()] == []


AT = st.floats(0, 1, exclude_max=True)
FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(at=AT | st.integers(0, 300).map(lambda at: at / 10**6), bit=st.integers(0, 7))
@example(0.0, 0)
@example(0.999999, 7)
def test_one_bit_turned_anywhere_is_refused(
    kept: tuple[bytes, Elsewhere], tmp_path_factory: pytest.TempPathFactory, at: float, bit: int
) -> None:
    whole, there = kept
    place = round(at * 10**6) if at * 10**6 <= 300 else int(at * len(whole))
    spoilt = bytearray(whole)
    spoilt[place] ^= 1 << bit
    refused(there, bytes(spoilt), tmp_path_factory.mktemp("turned") / "b")


@FEW
@given(at=AT)
@example(0.999999)
def test_one_that_was_cut_short_or_goes_on_is_refused(
    kept: tuple[bytes, Elsewhere], tmp_path_factory: pytest.TempPathFactory, at: float
) -> None:
    whole, there = kept
    path = tmp_path_factory.mktemp("cut") / "b"
    refused(there, whole[: int(at * len(whole))], path)
    refused(there, whole + b"\0", path)


@pytest.mark.parametrize("passphrase", [b"", PASSPHRASE[:-1], PASSPHRASE + b" ", PASSPHRASE.upper()])
def test_another_passphrase_opens_nothing(kept: tuple[bytes, Elsewhere], tmp_path: Path, passphrase: bytes) -> None:
    refused(kept[1], kept[0], tmp_path / "b", passphrase)


def test_two_of_the_same_have_nothing_in_common(stage: Stage, tmp_path: Path) -> None:
    filled(stage)
    one, other = (archived(stage, tmp_path / f"{n}", Seal(PASSPHRASE, bytes([n]) * SALT)) for n in range(2))
    assert one[len(MARK) : len(MARK) + 2 * SALT] != other[len(MARK) : len(MARK) + 2 * SALT]
    assert one[-1000:] != other[-1000:]


# ---------------------------------------------------------------- chunk by chunk


def encrypted(content: bytes, pieces: int) -> bytes:
    out = BytesIO()
    with encrypting(out, KEY.to_public()) as stream:
        for at in range(0, len(content), pieces):
            stream.write(content[at : at + pieces])
    return out.getvalue()


SIZES = st.builds(lambda chunks, more: max(0, chunks * CHUNK + more), st.integers(0, 3), st.integers(-3, 3))


@settings(max_examples=40, deadline=None)
@given(size=SIZES, pieces=st.sampled_from([1000, 16 * 1024, CHUNK - 1, CHUNK, CHUNK + 1, 10**6]))
def test_any_size_comes_back_and_none_is_cut_at_a_chunk(size: int, pieces: int) -> None:
    content = hashlib.shake_128(b"x").digest(size)
    whole, out = encrypted(content, pieces), BytesIO()
    decrypt(BytesIO(whole), KEY, out)
    assert out.getvalue() == content
    body = len(whole) - size - 16 * max(1, -(-size // CHUNK))  # where the first chunk begins; 16 bytes of each are its proof
    for end in (len(whole) - 1, *range(body, len(whole), CHUNK + 16)):
        with pytest.raises((Damaged, WrongPassphrase)):
            decrypt(BytesIO(whole[:end]), KEY, BytesIO())


@settings(max_examples=50)
@given(st.binary(min_size=32, max_size=32))
def test_keys_are_written_as_age_writes_them(key: bytes) -> None:
    written = as_age_writes_it(key)
    assert str(Identity.from_str(written)) == written


class Full(BytesIO):
    """A disk with room for little."""

    def write(self, data: Any) -> int:
        if self.tell() > 2 * CHUNK:
            raise OSError(28, "No space left on device")
        return super().write(data)


def test_a_full_disk_is_said_as_such() -> None:
    def fill(out: IO[bytes]) -> None:
        with encrypting(out, KEY.to_public()) as stream:
            for _ in range(1000):
                stream.write(bytes(CHUNK))

    with pytest.raises(OSError, match="No space") as told:
        fill(Full())
    assert told.value.errno == 28
    with pytest.raises(OSError, match="No space") as told:
        decrypt(BytesIO(encrypted(bytes(9 * CHUNK), CHUNK)), KEY, Full())
    assert told.value.errno == 28


def test_what_fails_while_it_is_written_leaves_nothing(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Iterator[tuple[str, str]]:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(backup, "dump", fails)
    with pytest.raises(OSError, match="Input"):
        archived(stage, tmp_path / "b.sealed")
    assert not [path for path in tmp_path.iterdir() if "sealed" in path.name]


# ---------------------------------------------------------------- each night


def test_each_night_one_is_made_and_sealed(any_stage: Stage, tmp_path: Path) -> None:
    nights = Nights(any_stage, tmp_path / "b", days=2)
    nights.work.run()
    object.__setattr__(nights.work, "seal", lambda: SEAL)
    for _ in range(2):
        nights.now += timedelta(days=1)
        assert nights.work.run()
    assert nights.made() == ["dondoc-2026-01-02.sealed", "dondoc-2026-01-03.sealed"]
    assert all((nights.folder / name).read_bytes().startswith(MARK) for name in nights.made())


def test_without_its_passphrase_none_is_made_and_that_is_told(stage: Stage, tmp_path: Path) -> None:
    stage.hear(Incoming("telegram", "1", "Minh", "Minh", f"/start {stage.invite(Role.MANAGER)}"))
    stage.said()
    nights = Nights(stage, tmp_path / "b")
    (tmp_path / "empty").write_bytes(b"\n")
    for file in (tmp_path / "gone", tmp_path / "empty"):
        object.__setattr__(nights.work, "seal", lambda file=file: Seal(sealing.passphrase_in(file), bytes(SALT)))
        assert not nights.work.run()
    assert nights.made() == []
    (told,) = stage.said()
    assert told.address == "Minh"


def test_the_passphrase_is_what_stands_in_the_file(tmp_path: Path) -> None:
    for written, read in ((b"a b \r\n", b"a b "), (b"\xff\xfe\n", b"\xff\xfe"), (b"x\ny\n", b"x\ny")):
        (tmp_path / "p").write_bytes(written)
        assert sealing.passphrase_in(tmp_path / "p") == read
    (tmp_path / "p").write_bytes(b" \n")
    with pytest.raises(NoPassphrase):
        sealing.passphrase_in(tmp_path / "p")
