"""The register of recognised products: who oversees loads it from one Excel file and looks at it; a unit sees its own."""

from collections.abc import Iterator

from handlers import everyday
from handlers.managing.register_file import read_lines
from handlers.message import Choice
from handlers.papers.register import read_register
from handlers.papers.register_columns import MOST_PRODUCTS, Column, NoRegister, sheet_of
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from handlers.wording.register import full_text, names_text, product_text
from rules import actions as a
from rules.campaign.register import Product, months_counted, ripe
from rules.directory.finding import OneUnit, SeveralUnits, unit_in
from rules.directory.model import Unit
from storage import register
from storage.register import RegisterLoading

PAGE = 10

# ---------------------------------------------------------------- loading it


def read_file(turn: Turn, _: a.ReadRegister) -> None:
    """A file from who oversees: a register is shown and asked about; nothing else is expected."""
    assert turn.person
    turn.rest()
    words = turn.words
    try:
        read = read_register(sheet_of(turn.incoming.sheets), turn.directory, turn.today)
    except NoRegister as why:
        _say_columns(turn, words.tr("register.lacks", columns=_labels(words, why.lacking)) if why.lacking else "")
        return
    if read.too_many:
        turn.say(words.tr("register.too_many", most=words.number(MOST_PRODUCTS)), _whole(words), wants_file=True)
        return
    if not read.products:
        turn.say(
            "\n".join([words.tr("register.nothing"), *list(read_lines(words, turn.directory, read))[1:]]),
            _whole(words),
            wants_file=True,
        )
        return
    number = register.bring(turn.db, read.products, turn.person.id, turn.person.name, turn.now)
    _ask(turn, number, list(read_lines(words, turn.directory, read)))


def _ask(turn: Turn, number: int, lines: list[str]) -> None:
    words, before = turn.words, register.in_force(turn.db)
    if before:
        count = words.number(register.size(turn.db, before.id))
        lines.append(words.tr("register.ask_instead", count=count, loaded=_loaded(words, before)))
    else:
        lines.append(words.tr("register.ask"))
    yes = Choice(words.tr("button.load_register"), a.LoadRegister(number))
    turn.say("\n".join(lines), yes, Choice(words.tr("button.drop_register"), a.DropRegister(number)), wants_file=True)


def _loaded(words: Words, loading: RegisterLoading) -> str:
    assert loading.taken_at
    return words.tr("register.loaded_by", name=words.who(loading.person_name), at=words.moment(loading.taken_at))


def _labels(words: Words, columns: tuple[Column, ...]) -> str:
    named = {Column.PRODUCT: words.tr("register.column_product"), Column.UNIT: words.tr("register.column_unit")}
    return ", ".join(f"“{named[column]}”" for column in columns)


def _say_columns(turn: Turn, before: str = "") -> None:
    """Which columns a file has to have."""
    text = turn.words.tr("register.how")
    turn.say("\n".join(filter(None, (before or turn.words.tr("register.no_register"), text))), wants_file=True)


def load(turn: Turn, action: a.LoadRegister) -> None:
    """What was shown takes the place of what there is; pressed twice it does so once."""
    turn.close_buttons()
    words, found = turn.words, register.loading(turn.db, action.loading)
    if found is None or not (found.taken_at or register.size(turn.db, found.id)):
        turn.say(words.tr("register.gone"), _whole(words), wants_file=True)
        return
    if found.taken_at is None:
        register.take(turn.db, found.id, turn.now)
    counts = register.counts(turn.db)
    units = words.number(len(counts))
    turn.say(words.trn("register.taken_one", "register.taken_many", sum(counts.values()), units=units), _whole(words))


def drop(turn: Turn, action: a.DropRegister) -> None:
    """What was shown is let go."""
    turn.close_buttons()
    found = register.loading(turn.db, action.loading)
    if found and found.taken_at:
        turn.say(turn.words.tr("register.was_taken"), _whole(turn.words))
        return
    register.drop(turn.db, action.loading)
    turn.say(turn.words.tr("register.dropped"), _whole(turn.words), wants_file=True)


def _whole(words: Words) -> Choice:
    return Choice(words.tr("button.register"), a.ShowRegisters())


# ---------------------------------------------------------------- looking at it


def show_all(turn: Turn, _: a.ShowRegisters) -> None:
    """How many products each unit has, and how a new register is loaded."""
    words, found = turn.words, register.in_force(turn.db)
    if found is None:
        turn.say("\n".join((words.tr("register.none"), words.tr("register.how"))), wants_file=True)
        return
    counts = register.counts(turn.db)
    units = words.number(len(counts))
    total = words.trn(
        "register.whole_one", "register.whole_many", sum(counts.values()), units=units, loaded=_loaded(words, found)
    )
    listed = [u for u in turn.directory.units if u.slug in counts]
    by_unit = ", ".join(f"{unit.short} {words.number(counts[unit.slug])}" for unit in listed)
    choices = [Choice(unit.short, a.ShowRegister(unit.slug)) for unit in listed]
    turn.say("\n".join((total, by_unit, "", words.tr("register.how"))), *choices, wants_file=True)


def name(turn: Turn, action: a.NameRegister) -> None:
    """The register of a unit that was named, or all of it; a name that may be several is asked back."""
    match unit_in(action.text, turn.directory):
        case OneUnit(slug):
            show(turn, a.ShowRegister(slug))
        case SeveralUnits(says, units, _):
            choices = [Choice(turn.directory.unit(u).name.in_(turn.words.language), a.ShowRegister(u)) for u in units]
            turn.say(turn.words.tr("unit.which", says=says), *choices)
        case None:
            show_all(turn, a.ShowRegisters())


def show(turn: Turn, action: a.ShowRegister) -> None:
    """A unit's products, a page at a time, and which of them reach their months by when."""
    words, unit = turn.words, turn.directory.unit(action.unit)
    products = register.of(turn.db, unit.slug)
    title = unit.name.in_(words.language)
    if not products:
        none = words.tr("register.unit_none", unit=title) if turn.oversees else words.tr("register.own_none", unit=title)
        turn.say(none, *everyday.choices_beside(turn))
        return
    pages = -(-len(products) // PAGE)
    page = min(action.page, pages - 1)
    first = page * PAGE
    lines = [words.trn("register.of_unit_one", "register.of_unit_many", len(products), unit=title)]
    lines += _ripe_lines(turn, unit, products) if page == 0 else []
    lines += ["", *(f"{n}. {_line(turn, product)}" for n, product in enumerate(products[first : first + PAGE], first + 1))]
    more = [Choice(words.tr("button.next_page"), a.ShowRegister(unit.slug, page + 1))] if page + 1 < pages else []
    turn.say("\n".join(lines), *more, *([] if turn.oversees else everyday.choices_beside(turn)))


def _line(turn: Turn, product: Product) -> str:
    months = max((months_counted(duty) for duty in turn.campaign.obligations), default=0)
    return "; ".join(filter(None, (product_text(turn.words, product), full_text(turn.words, product, months))))


def _ripe_lines(turn: Turn, unit: Unit, products: tuple[Product, ...]) -> Iterator[str]:
    words, due = turn.words, turn.due
    for duty in turn.campaign.owed_by(unit):
        months = months_counted(duty)
        if not months or duty.deadline is None:
            continue
        by = due.of(unit.slug, duty.slug).date
        found = ripe(products, months, by)
        title, day = duty.short.in_(words.language), words.day(by)
        if found:
            names = names_text(words, found)
            yield words.trn(
                "register.ripe_one", "register.ripe_many", len(found), title=title, months=months, by=day, names=names
            )
        else:
            yield words.tr("register.ripe_none", title=title, months=months, by=day)
