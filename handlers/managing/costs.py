"""What the coming week's pushes will cost, and by which way each will go, as things stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers import everyday
from handlers.desk import Desk
from handlers.pushing.ways import Way, ways_to
from handlers.ticking.picture import picture
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from handlers.wording.phrases import channel_text
from rules.actions import ShowCosts
from rules.campaign.agenda import foresee
from rules.campaign.ladder import Push
from rules.channels import CHANNELS, Billed, Window, channel_named
from storage import people, spending

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Going:
    """How one push will go: the channel, whether it is free, billed or a template, and đồng. No channel: it reaches nobody."""

    channel: str = ""
    kind: str = "none"
    cost: int = 0


@dataclass(frozen=True)
class Forecast:
    """All pushes until a moment."""

    until: datetime
    going: tuple[Going, ...]

    @property
    def cost(self) -> int:
        """đồng."""
        return sum(item.cost for item in self.going)

    def count(self, kind: str, channel: str = "") -> int:
        """How many go that way."""
        return sum(item.kind == kind and channel in ("", item.channel) for item in self.going)


def how_it_goes(desk: Desk, push: Push) -> Going:
    """The way that a push will take, if nobody writes until then."""
    person = people.by_id(desk.db, push.recipient.person) if push.recipient else None
    if person is None:
        return Going()
    for way in ways_to(desk, person, push.kind.value):
        going = _along(way, desk, push.at)
        if going:
            return going
    return Going()


def _along(way: Way, desk: Desk, at: datetime) -> Going | None:
    if way.template:
        return Going(way.channel, "template", way.template.price)
    window = channel_named(way.channel).window
    if window is None:
        return Going(way.channel, "free")
    seen = way.contact.last_seen_at if way.contact else None
    match window.at(seen, at) if seen else Window.CLOSED:
        case Window.FREE:
            return Going(way.channel, "free")
        case Window.BILLED:
            return Going(way.channel, "billed", desk.campaign.policy.zalo.billed_price)
        case Window.CLOSED:
            return None


def forecast(desk: Desk) -> Forecast:
    """The week from now."""
    until = desk.now + WEEK
    going = [
        how_it_goes(desk, push)
        for _, _, pushes in foresee(desk.campaign, picture(desk).situation, desk.now, until)
        for push in pushes
        if push.recipient
    ]
    return Forecast(until, tuple(going))


def forecast_text(words: Words, found: Forecast) -> str:
    """The forecast in words."""
    if not found.going:
        return words.tr("forecast.nothing", until=words.moment(found.until))
    title = words.tr("forecast.title", until=words.moment(found.until), count=words.number(len(found.going)))
    return "\n".join([title, *ways_lines(words, found)])


def ways_lines(words: Words, found: Forecast) -> list[str]:
    """How many messages go each way, and what all of them cost."""
    free = [(name, count) for name in CHANNELS if (count := found.count("free", name))]
    parts = (
        *((count, _free_line(words, name, count)) for name, count in free),
        (found.count("billed"), words.tr("forecast.billed", count=words.number(found.count("billed")))),
        (found.count("template"), words.tr("forecast.template", count=words.number(found.count("template")))),
        (found.count("none"), words.tr("forecast.nobody", count=words.number(found.count("none")))),
    )
    return [*(text for count, text in parts if count), words.tr("forecast.cost", cost=words.money(found.cost))]


def _free_line(words: Words, name: str, count: int) -> str:
    """Messages that cost no money on a channel, each of its kind in its own words."""
    channel, number = channel_named(name), words.number(count)
    if channel.window:
        return words.tr("forecast.free", count=number)
    if channel.billed is Billed.QUOTA:
        return words.tr("forecast.quota", count=number)
    return words.tr("forecast.other", channel=channel_text(words, name), count=number)


def show_costs(turn: Turn, _: ShowCosts) -> None:
    """``/chiphi``: the week to come, and the month so far."""
    words = turn.words
    lines = [forecast_text(words, forecast(turn))]
    month = turn.today
    spent = spending.of_period(turn.db, f"{month:%Y-%m}")
    if spent:
        lines += ["", words.tr("spent.title", month=f"{month.month}/{month.year}")]
        lines += [_spent_line(words, item) for item in spent]
    turn.say("\n".join(lines), *everyday.first_choices(turn))


def _spent_line(words: Words, item: spending.Spent) -> str:
    count, cost = words.number(item.count), words.money(item.cost)
    match item.kind:
        case "quota":
            return words.tr("spent.quota", count=count)
        case "free":
            return words.tr("spent.free", count=count)
        case "billed":
            return words.tr("spent.billed", count=count, cost=cost)
        case _:
            return words.tr("spent.template", count=count, cost=cost)
