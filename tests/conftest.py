"""Options and fixtures that all tests share."""

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from bot import loading, wiring
from bot.loading import load_folders
from handlers import library
from rules.answers.answerer import Answerer, Published
from rules.campaign.model import Campaign
from storage.database import migrate
from tests.house.statements import WATCHER, watch
from tests.prepared import lay_schema
from tests.stage import CAMPAIGN, FOLDERS, Stage

settings.register_profile("dondoc", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dondoc")  # no example fails because a machine is slow


def pytest_configure() -> None:
    """Every statement of every test is looked at."""
    watch()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """A test in which a statement forgot its campaign fails. Each worker sees to its own tests."""
    yield
    WATCHER.complain()


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--rewrite``: write what is really said into the scripted conversations; ``--rewrite-rights``: who may do what."""
    parser.addoption("--rewrite", action="store_true", help="rewrite tests/conversations from what is said")
    parser.addoption("--rewrite-rights", action="store_true", help="rewrite tests/house/rights.txt from what happens")


def pytest_unconfigure() -> None:
    """Stop what the run started."""
    from tests.postgres import stop

    stop()


@pytest.fixture(scope="session", autouse=True)
def made_once() -> Iterator[None]:
    """What can't change is made once a run, instead of once a test: the first campaign, what is searched in it and in the same
    replies, and the schema of a database that is new. Another campaign is read and built as ever, another database migrated."""
    built = lru_cache(partial(Answerer, CAMPAIGN))

    def build(campaign: Campaign, published: Sequence[Published] = ()) -> Answerer:
        return built(tuple(published)) if campaign is CAMPAIGN else Answerer(campaign, published)

    def load(campaign: Path, province: Path) -> Campaign:
        return CAMPAIGN if (campaign.resolve(), province.resolve()) == FOLDERS else load_folders(campaign, province)

    def lay_and_migrate(engine: Engine) -> None:
        lay_schema(engine.url)
        migrate(engine)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "Answerer", build)
        patch.setattr(loading, "load_folders", load)
        patch.setattr(wiring, "migrate", lay_and_migrate)
        yield


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path) -> str:
    """An empty database, of each kind in turn."""
    if database_kind == "sqlite":
        return f"sqlite:///{tmp_path}/test.db"
    from tests.postgres import fresh_database

    return fresh_database()


@pytest.fixture
def laid_url(database_kind: str, tmp_path: Path) -> str:
    """A database with the newest schema and nothing in it; a SQLite file is laid by whoever opens it (``tests.prepared``)."""
    if database_kind == "sqlite":
        return f"sqlite:///{tmp_path}/test.db"
    from tests.postgres import laid_database

    return laid_database()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The bot on SQLite, without platforms."""
    found = Stage(f"sqlite:///{tmp_path}/stage.db", tmp_path)
    yield found
    found.close()


@pytest.fixture
def any_stage(laid_url: str, tmp_path: Path) -> Iterator[Stage]:
    """The bot on each database in turn, without platforms."""
    found = Stage(laid_url, tmp_path)
    yield found
    found.close()
