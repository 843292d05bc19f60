"""How later days read: what it was, what it is, and what is to be known of the day."""

from datetime import date, timedelta

from handlers.wording.catalogs import Words
from handlers.wording.phrases import deadline_short
from rules.campaign.deadlines import DayFault, Days, Extension, last_day
from rules.campaign.model import Campaign, Deadline

EXAMPLE_STEP = timedelta(days=5)


def until_text(words: Words, day: date) -> str:
    """``đến hết 5/7/2022 (Thứ Ba)``."""
    return words.tr("extend.until", day=words.day(day), weekday=words.weekday_name(day))


def present_text(words: Words, deadline: Deadline) -> str:
    """``trước 30/6/2022 (đúng hạn đến hết 29/6)``, ``đến hết 5/7/2022``."""
    short = deadline_short(words, deadline)
    if deadline.rule == "through":
        return short
    return words.tr("extend.present", deadline=short, last=words.weekday(last_day(deadline)))


def day_off_text(words: Words, campaign: Campaign, day: date) -> str:
    """That the day is no working day, and which is the last before it; empty where it is one."""
    working = Days(campaign.directory.country).not_after(day)
    return "" if working == day else words.tr("extend.day_off", day=words.weekday(day), working=words.weekday(working))


def extended_text(words: Words, granted: Extension) -> str:
    """``đã được gia hạn đến hết 5/7/2022: lũ``."""
    if not granted.reason:
        return words.tr("extend.granted", day=words.day(granted.date))
    return words.tr("extend.granted_why", day=words.day(granted.date), reason=granted.reason)


def example_day(present: Deadline, today: date) -> date:
    """A day that could be the new last one."""
    return max(today, last_day(present)) + EXAMPLE_STEP


def not_a_day_text(words: Words, given: str, present: Deadline, today: date) -> str:
    """That it is no day, and how one is written."""
    return words.tr("extend.not_a_day", given=given[:40], example=words.day(example_day(present, today)))


def fault_text(words: Words, fault: DayFault, present: Deadline, today: date) -> str:
    """Why a day is not taken."""
    match fault:
        case DayFault.PAST:
            return words.tr("extend.past", today=words.day(today))
        case DayFault.TOO_FAR:
            return words.tr("extend.too_far")
        case DayFault.SAME:
            return words.tr("extend.same", day=present_text(words, present))
        case DayFault.EARLIER:
            return words.tr("extend.too_early", day=present_text(words, present))
