"""What a push is called, and why it goes out: for who looks on, not for its reader."""

from collections.abc import Iterator
from typing import NamedTuple

from handlers.wording.catalogs import Words
from rules.campaign.ladder import Push, PushKind, Reason
from rules.campaign.model import Campaign
from rules.campaign.overseeing import FIRST_LETTER, LAST_LETTER

NEWS = ("reminder", "digest", "morning", "escalation", "stay", "alarm", "notice")
"""The kinds of news."""


def news_text(words: Words, kind: str) -> str:
    """The name of a kind of news; what has none of its own is a notice."""
    match kind:
        case "reminder" | "snoozed":
            return words.tr("news.kind.reminder")
        case "digest":
            return words.tr("news.kind.digest")
        case "morning":
            return words.tr("news.kind.morning")
        case "escalation":
            return words.tr("news.kind.escalation")
        case "stay":
            return words.tr("news.kind.stay")
        case "alarm":
            return words.tr("news.kind.alarm")
        case _:
            return words.tr("news.kind.notice")


class Why(NamedTuple):
    """One reason of a push, and the tasks that it holds for."""

    why: str
    tasks: str


def whys(words: Words, campaign: Campaign, push: Push) -> tuple[Why, ...]:
    """Why a push goes out, each reason once, with the tasks that it holds for; what is only listed along comes last."""
    told: dict[str, dict[str, None]] = {}
    for why, reason in _reasons(words, campaign, push):
        told.setdefault(why, {})[campaign.obligation(reason.obligation).short.in_(words.language)] = None
    found = [Why(why, ", ".join(tasks)) for why, tasks in told.items()]
    return tuple(found) or (Why(_why_alone(words, push), ""),)


def _reasons(words: Words, campaign: Campaign, push: Push) -> Iterator[tuple[str, Reason]]:
    if push.kind is PushKind.SNOOZED:
        yield from ((words.tr("why.snoozed"), reason) for reason in push.reasons)
        return
    if push.kind is PushKind.MORNING:
        late, empty = ({reason.unit for reason in reasons} for reasons in (push.reasons, push.nobody))
        yield from ((words.trn("why.late_one", "why.late_many", len(late)), reason) for reason in push.reasons)
        yield from ((words.trn("why.nobody_one", "why.nobody_many", len(empty)), reason) for reason in push.nobody)
        return
    for reason in sorted(push.reasons, key=lambda reason: not reason.rung):
        yield _why(words, campaign, push.kind, reason), reason


def _why(words: Words, campaign: Campaign, kind: PushKind, reason: Reason) -> str:
    """How far a task has come, by the rung that was reached."""
    where, _, count = reason.rung.rpartition("-" if "-" in reason.rung else "+")
    if not reason.rung:
        return words.tr("why.along")
    if reason.rung == FIRST_LETTER:
        days = campaign.policy.rungs.escalate_after
        return (
            words.tr("why.leader_told") if kind is not PushKind.ESCALATION else words.trn("why.after_one", "why.after_many", days)
        )
    if reason.rung == LAST_LETTER:
        return words.tr("why.leader_last")
    if reason.rung == "W":
        return words.tr("why.last_day")
    if where == "W":
        return words.trn("why.ahead_one", "why.ahead_many", int(count))
    if where == "overdue":
        return words.tr("why.again", count=words.number(int(count)))
    return words.trn("why.after_one", "why.after_many", int(count))


def _why_alone(words: Words, push: Push) -> str:
    return words.tr("why.stay") if push.kind is PushKind.STAY else words.tr("why.news")
