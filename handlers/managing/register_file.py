"""How a file with a register of recognised products reads: what stands in it, and what can't be read, row by row."""

from collections.abc import Iterator

from handlers.papers.register import BadRow, Fault, ReadRegister, units_of
from handlers.wording.catalogs import Words
from rules.directory.model import Directory

BAD_SHOWN = 8
LONGEST_GIVEN = 40


def read_lines(words: Words, directory: Directory, read: ReadRegister) -> Iterator[str]:
    """What stands in it, what can't be read, what stands there twice."""
    units = words.number(len(units_of(read)))
    yield words.trn("register.read_one", "register.read_many", len(read.products), units=units)
    if read.bad:
        yield words.trn("register.bad_one", "register.bad_many", len(read.bad))
        yield from (f"• {bad_text(words, directory, bad)}" for bad in read.bad[:BAD_SHOWN])
        if len(read.bad) > BAD_SHOWN:
            yield words.tr("value.more_rows", count=words.number(len(read.bad) - BAD_SHOWN))
    if read.doubled:
        pairs = [words.tr("register.twice", row=row, first=first) for row, first in read.doubled[:BAD_SHOWN]]
        rest = "…" if len(read.doubled) > BAD_SHOWN else ""
        yield words.trn("register.doubled_one", "register.doubled_many", len(read.doubled), rows=", ".join(pairs) + rest)


def bad_text(words: Words, directory: Directory, bad: BadRow) -> str:
    """``Dòng 7: không rõ đơn vị “Trà My” (Bắc Trà My hay Nam Trà My)``."""
    given = bad.given[:LONGEST_GIVEN]
    match bad.fault:
        case Fault.NO_PRODUCT:
            return words.tr("register.no_product", row=bad.row)
        case Fault.NO_UNIT:
            return words.tr("register.no_unit", row=bad.row)
        case Fault.UNIT_UNKNOWN:
            return words.tr("register.unit_unknown", row=bad.row, given=given)
        case Fault.UNIT_UNCLEAR:
            between = words.tr("register.or")
            units = f" {between} ".join(directory.unit(slug).short for slug in bad.units)
            return words.tr("register.unit_unclear", row=bad.row, given=given, units=units)
        case Fault.NO_STARS:
            return words.tr("register.no_stars", row=bad.row, given=given)
        case Fault.NO_DECISION:
            return words.tr("register.no_decision", row=bad.row, given=given)
        case Fault.NO_DAY:
            return words.tr("register.no_day", row=bad.row, given=given)
