"""Upkeep, once a night: what the rules say is forgotten (``storage/upkeep.py``), a few rows at a time between the turns."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.exc import OperationalError

from bot.logs import logger
from rules.retention import Retention
from storage import upkeep
from storage.database import reading
from storage.upkeep import Rule
from storage.writer import Writer

log = logger(__name__)


def tidy(writer: Writer, kept: Retention, now: datetime) -> Mapping[str, int]:
    """Work off every rule. Returns how many rows each made an end of, by its name; says it in the log. One that fails is said."""
    done: dict[str, int] = {}
    for rule in upkeep.rules(kept, now):
        try:
            done[rule.name] = done.get(rule.name, 0) + _work_off(writer, rule)
        except Exception:  # the other rules are none the worse for it
            log.exception("something could not be forgotten", rule=rule.name)
    try:
        if upkeep.let_it_shrink(writer.engine):
            log.info("the database was written anew, so that it can get smaller")
        while writer.write(upkeep.give_back, "upkeep"):
            pass
    except OperationalError as error:
        log.warning("the database's file could not be made smaller", why=str(error.orig))
    if any(done.values()):
        log.info("forgotten", **{name: number for name, number in done.items() if number})
    return done


def due(writer: Writer, kept: Retention, now: datetime) -> list[tuple[Rule, int]]:
    """Every rule, and how many rows it would make an end of now."""
    with reading(writer.engine) as db:
        return [(rule, upkeep.count(db, rule)) for rule in upkeep.rules(kept, now)]


def _work_off(writer: Writer, rule: Rule) -> int:
    gone = 0
    while True:
        with reading(writer.engine) as db:
            found = upkeep.find(db, rule)
        fewer = writer.write(lambda db, keys=found: upkeep.forget(db, rule, keys), "upkeep") if found else 0  # type: ignore[misc]
        gone += fewer
        if not fewer:
            return gone
