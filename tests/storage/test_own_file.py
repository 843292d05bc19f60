"""A database whose file was deleted or replaced takes nothing more, and does not say that all is well."""

import asyncio
import shutil
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot import patience
from bot.parts import Parts
from bot.settings import Settings
from bot.wiring import wire
from handlers.turn import Incoming
from storage import conversations
from storage.database import answers, reading
from storage.passing import is_passing, why_passing
from tests.doubles.watching import PATIENCE
from tests.parts import turn_service
from tests.serving import browsing, play, serving
from tests.stage import OPENING, Stage


def deleted(file: Path) -> None:
    file.unlink()


def replaced(file: Path) -> None:
    """As by somebody who puts a copy back under a running process."""
    shutil.copy(file, file.with_suffix(".copy"))
    file.with_suffix(".copy").replace(file)


@pytest.mark.parametrize("gone", [deleted, replaced])
def test_nothing_is_confirmed_that_goes_into_nothing(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: object
) -> None:
    monkeypatch.setattr(patience, "A_MOMENT", (0.0,))
    file, service = tmp_path / "stage.db", turn_service(stage)
    asyncio.run(service.take(Incoming("telegram", "1", "Lan", "Lan", "xin chào")))
    (tmp_path / "kept").hardlink_to(file)
    gone(file)  # type: ignore[operator]
    with pytest.raises(OperationalError) as found:
        asyncio.run(service.take(Incoming("telegram", "2", "Lan", "Lan", "xin chào")))
    assert is_passing(found.value)
    assert "deleted or replaced" in why_passing(found.value)
    with pytest.raises(OperationalError):
        answers(stage.engine)
    assert file.exists() is (gone is replaced)  # none is made in its place
    (tmp_path / "kept").replace(file)
    assert asyncio.run(service.take(Incoming("telegram", "2", "Lan", "Lan", "xin chào"))).new
    with reading(stage.engine) as db:
        assert conversations.was_taken(db, "telegram", "1")


def test_a_fresh_connection_makes_no_new_file(stage: Stage, tmp_path: Path) -> None:
    stage.writer.write(lambda db: conversations.record_contact(db, "telegram", "1", "Lan", OPENING))
    (tmp_path / "stage.db").unlink()
    stage.engine.dispose()
    with pytest.raises(OperationalError), stage.engine.connect():
        pass
    assert not (tmp_path / "stage.db").exists()


def test_health_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        file = tmp_path / "a.db"
        wired = wire(Settings(_env_file=None, database_url=f"sqlite:///{file}", files_dir=tmp_path / "files"))
        async with serving(wired, Parts.WEB) as url, browsing() as client:
            assert (await client.get(f"{url}/health")).status_code == 200
            (tmp_path / "kept").hardlink_to(file)
            file.unlink()
            assert (await client.get(f"{url}/health")).status_code == 503
            async with asyncio.timeout(PATIENCE):  # also when nobody asks
                while "deleted or replaced" not in (await client.get(f"{url}/metrics")).text:
                    await asyncio.sleep(0.1)
            (tmp_path / "kept").replace(file)
            assert (await client.get(f"{url}/health")).status_code == 200

    play(scenario())
