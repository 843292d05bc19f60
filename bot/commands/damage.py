"""A damaged SQLite file: said in one line, and kept aside as it was found, before anything touches it."""

import sys
from pathlib import Path

from bot.commands.shared import Refused, tr
from storage.soundness import Damage, Found, keep_aside, look


def look_first(file: Path | None) -> None:
    """Before a SQLite file is opened. Of a log that is damaged further on the rest is good: that is told on stderr. Raises Refused for
    all else."""
    if file is None:
        return
    found = look(file)
    if found is None:
        return
    if not found.can_go_on:
        raise refusal(file, reason(found))
    print(
        tr("cli.damaged.log", file=f"{file}-wal", at=found.at, lost=found.lost, copies=_kept(file, reason(found))),
        file=sys.stderr,
    )


def refusal(file: Path, why: str) -> Refused:
    """What to say of a file that is damaged; it is kept aside. Raises Refused where that is not possible."""
    return Refused(tr("cli.refused.damaged", file=file, why=why, copies=_kept(file, why)))


def reason(found: Found) -> str:
    """What was found, in a few words."""
    if found.damage is Damage.NO_DATABASE:
        return tr("cli.damaged.no_database")
    if found.damage is Damage.CUT_SHORT:
        return tr("cli.damaged.cut_short", lost=found.lost)
    if found.damage is Damage.ONLY_LOG:
        return tr("cli.damaged.only_log")
    return tr("cli.damaged.log_short", at=found.at, lost=found.lost)


def _kept(file: Path, why: str) -> Path:
    try:
        return keep_aside(file)
    except OSError as error:
        raise Refused(tr("cli.refused.damaged_not_kept", file=file, why=why, fault=error.strerror or error)) from None
