"""Pushes as a table that somebody reads: day by day, who, how many, why; below it what they say, and how many there are."""

import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from textwrap import indent

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from handlers.managing.costs import Forecast, Going, ways_lines
from handlers.wording.catalogs import Words
from handlers.wording.phrases import channel_text, role_text
from handlers.wording.pushes import Why, news_text, whys
from rules.campaign.ladder import Push, PushKind
from rules.campaign.model import Campaign
from rules.people import Recipient, Role

NAMED = 3
"""So many people are named; of more it is said how many they are."""
UNSEEN_WIDTH = 160
"""Columns where nobody looks on: written into a file."""


@dataclass(frozen=True)
class Shown:
    """A push, what it says in its reader's language, and how it would go."""

    push: Push
    text: str
    going: Going


@dataclass(frozen=True)
class _Group:
    """Messages of one moment that go out for the same reasons to people of one role."""

    at: datetime
    kind: PushKind
    role: Role
    whys: tuple[Why, ...]


def print_pushes(campaign: Campaign, words: Words, found: Sequence[Shown], texts: bool) -> None:
    """The table; before it, in one line, the units where nobody can be asked; with ``texts`` what is said."""
    _print_nobody(campaign, words, found)
    sent = [(item, item.push.recipient) for item in found if item.push.recipient]
    if not sent:
        print(words.tr("rehearse.nobody_at_all") if found else words.tr("cli.remind.nothing"))
        return
    groups: dict[_Group, list[Recipient]] = {}
    for item, who in sent:
        push = item.push
        groups.setdefault(_Group(push.at, push.kind, who.role, whys(words, campaign, push)), []).append(who)
    _console().print(_table(campaign, words, groups))
    if texts:
        for item, who in sent:
            _print_text(campaign, words, item, who)


def print_totals(campaign: Campaign, words: Words, found: Sequence[Shown], until: datetime) -> None:
    """How many messages in all, to how many people, on how many days, each way; and how many one person gets at most."""
    sent = [(item, item.push.recipient) for item in found if item.push.recipient]
    if not sent:
        return
    each = Counter((who.role, who.person) for _, who in sent)
    days = {item.push.at.astimezone(campaign.directory.zone).date() for item, _ in sent}
    count = {"messages": len(sent), "people": len(each), "days": len(days)}
    print(words.tr("rehearse.total", **{name: words.number(value) for name, value in count.items()}))
    most = {
        role: max(times for (held, _), times in each.items() if held is role) for role in Role if any(r is role for r, _ in each)
    }
    told = ", ".join(f"{role_text(words, role)} {words.number(times)}" for role, times in most.items())
    print(words.tr("rehearse.most", most=told))
    for line in ways_lines(words, Forecast(until, tuple(item.going for item, _ in sent))):
        print(line)


def _console() -> Console:
    return Console(width=shutil.get_terminal_size().columns if sys.stdout.isatty() else UNSEEN_WIDTH)


def _print_nobody(campaign: Campaign, words: Words, found: Iterable[Shown]) -> None:
    units = dict.fromkeys(item.push.unit for item in found if item.push.recipient is None)
    if units:
        names = ", ".join(campaign.directory.unit(unit).short for unit in units)
        print(words.trn("rehearse.nobody_one", "rehearse.nobody_many", len(units), units=names))


def _table(campaign: Campaign, words: Words, groups: dict[_Group, list[Recipient]]) -> Table:
    table = Table(box=SIMPLE_HEAD, title=campaign.title.in_(words.language), title_justify="left", show_edge=False)
    table.add_column(words.tr("rehearse.day"), no_wrap=True)
    table.add_column(words.tr("rehearse.time"), no_wrap=True)
    table.add_column(words.tr("rehearse.what"), no_wrap=True)
    table.add_column(words.tr("rehearse.who"))
    table.add_column(words.tr("rehearse.count"), justify="right")
    table.add_column(words.tr("rehearse.why"))
    table.add_column(words.tr("rehearse.tasks"))
    day: date | None = None
    for group, people in groups.items():
        at = group.at.astimezone(campaign.directory.zone)
        first = (words.weekday(at.date()) if at.date() != day else "", f"{at:%H:%M}", news_text(words, group.kind))
        if day and at.date() != day:
            table.add_section()
        day = at.date()
        table.add_row(*first, _who(words, group.role, people), words.number(len(people)), *group.whys[0])
        for why in group.whys[1:]:
            table.add_row("", "", "", "", "", *why)
    return table


def _who(words: Words, role: Role, people: Sequence[Recipient]) -> str:
    if len(people) > NAMED:
        return words.tr("rehearse.who_many", role=role_text(words, role), count=words.number(len(people)))
    return words.tr("rehearse.who_few", role=role_text(words, role), names=", ".join(who.name for who in people))


def _print_text(campaign: Campaign, words: Words, item: Shown, who: Recipient) -> None:
    """What one person reads, below who that is, when and on which channel."""
    at = item.push.at.astimezone(campaign.directory.zone)
    unit = campaign.directory.unit(who.unit).short if campaign.directory.has_unit(who.unit) else ""
    person = words.tr("rehearse.who_few", role=role_text(words, who.role), names=who.name)
    way = channel_text(words, item.going.channel) if item.going.channel else words.tr("rehearse.no_way")
    kind = news_text(words, item.push.kind)
    print(f"\n── {' · '.join(filter(None, (words.weekday(at.date()), f'{at:%H:%M}', kind, person, unit, way)))}")
    print(indent(item.text, "   "))
