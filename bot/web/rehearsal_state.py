"""What the rehearsal page shows when it opens, and the words that its script says."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from bot.flow.cast import ARRIVING, CHANNEL, Cast, cast
from bot.flow.hub import as_event
from bot.flow.rehearsal import Rehearsal
from handlers.wording.catalogs import Words
from handlers.wording.phrases import bucket_text, deadline_short, role_text
from handlers.wording.pushes import NEWS, news_text
from rules.campaign.model import Campaign
from rules.campaign.progress import Bucket
from rules.people import Role
from storage import conversations, outbox, people
from storage.outbox import Delivery


def state_of(rehearsal: Rehearsal, language: str) -> dict[str, Any]:
    """Everything: who can be played with what was said, the board, the clock."""
    campaign, words = rehearsal.library.campaign, rehearsal.library.languages.of(language)
    with rehearsal.reading() as db:
        persons = [_person(db, campaign, words, member) for member in cast(campaign)]
    return {
        "persons": persons,
        "board": rehearsal.board(language),
        "now": now_of(rehearsal),
        "language": words.language,
        "zone": campaign.directory.time_zone,
        "news": NEWS,
        "obligations": [
            {"slug": o.slug, "title": o.short.in_(words.language), "day": deadline_short(words, o.deadline)}
            for o in campaign.dated()
            if o.deadline
        ],
    }


def now_of(rehearsal: Rehearsal) -> str:
    """Where the clock stands, local."""
    return rehearsal.clock.now().astimezone(rehearsal.library.campaign.directory.zone).isoformat()


def name_at(rehearsal: Rehearsal, address: str) -> str:
    """Who sits at an address."""
    return next((member.name for member in cast(rehearsal.library.campaign) if member.address == address), address)


def _person(db: Connection, campaign: Campaign, words: Words, member: Cast) -> dict[str, Any]:
    contact = people.contact_at(db, CHANNEL, member.address)
    person = people.by_id(db, contact.person_id) if contact and contact.person_id else None
    unit = campaign.directory.unit(person.unit).short if person and campaign.directory.has_unit(person.unit) else ""
    said = outbox.said_to(db, contact.id) if contact else []
    return {
        "address": member.address,
        "name": member.name,
        "role": role_text(words, person.role) if person else words.tr("page.stranger"),
        "unit": unit,
        "tries": tries(words, campaign, person.role if person else None),
        "messages": _history(db, contact.id, member.address, said) if contact else [],
        "closed": [row.closes for row in said if row.closes],
    }


def _history(db: Connection, contact_id: int, address: str, replies: Iterable[Delivery]) -> list[dict[str, Any]]:
    """What was said both ways, in order of time. That somebody came in by an invite is not shown: the greeting begins."""
    theirs: list[dict[str, Any]] = [
        {"type": "mine", "address": address, "at": at.isoformat(), "text": text}
        for number, (at, text) in enumerate(conversations.said_by(db, contact_id))
        if number or text != ARRIVING
    ]
    ours = [as_event(row) for row in replies if not row.closes]
    return sorted([*theirs, *ours], key=lambda item: (item["at"], item["type"] != "mine"))


def tries(words: Words, campaign: Campaign, role: Role | None) -> list[str]:
    """Three things that somebody can type to begin with, by what they are here for."""
    if role is None:
        return [
            words.tr("page.try.next"),
            words.tr("page.try.about"),
            words.tr("page.try.join", unit=campaign.directory.units[0].short),
        ]
    first = next(iter(campaign.dated()), None)
    title = first.short.in_(words.language) if first else ""
    title = title[:1].lower() + title[1:]
    if role.oversees:
        last = words.tr("page.try.invite") if role is Role.ADMINISTRATOR else words.tr("page.try.nudge")
        return [words.tr("page.try.progress"), words.tr("page.try.silent", title=title), last]
    return [words.tr("page.try.owed"), words.tr("page.try.report", title=title), words.tr("page.try.next")]


def legend(words: Words) -> list[tuple[str, str]]:
    """The buckets with their names, without the signs that chats use: the page has dots of its own."""
    return [(bucket.value, bucket_text(words, bucket).split(" ", 1)[1]) for bucket in Bucket]


def texts(words: Words) -> dict[str, Any]:
    """What the page's script says."""
    return {
        "send": words.tr("page.send"),
        "unread": words.tr("page.unread"),
        "nobody": words.tr("page.nobody"),
        "no_more": words.tr("page.no_more"),
        "offline": words.tr("page.offline"),
        "sure": words.tr("page.sure"),
        "file": words.tr("page.file"),
        "try": words.tr("page.try"),
        "not_owed": words.tr("page.not_owed"),
        "newest_none": words.tr("page.newest_none"),
        "newest_more": words.tr("page.newest_more"),
        "news": {kind: news_text(words, kind) for kind in NEWS},
    }
