"""Writes a migration for what the tables have that the newest migration has not: ``make migration``."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from storage.database import open_database


def main(number: str, title: str) -> None:
    """Write ``migrations/versions/NUMBER_title.py``."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{folder}/empty.db")
        with engine.begin() as db:
            config.attributes["connection"] = db
            if any((Path(__file__).parent / "migrations" / "versions").glob("[0-9]*.py")):
                command.upgrade(config, "head")
            command.revision(config, title, autogenerate=True, rev_id=number)
        engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
