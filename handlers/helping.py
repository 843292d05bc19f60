"""What somebody can do here, and what a plain sentence means."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from handlers import asking, chasing, inviting, overseeing, reporting
from handlers.turn import Choice, Turn
from rules.ladder import Role
from rules.lexicon import expand
from rules.vietnamese import is_english, same_words


def first_choices(turn: Turn) -> tuple[Choice, ...]:
    """The buttons of somebody's everyday, by role."""
    words = turn.words
    due = Choice(words.tr("button.deadlines"), "due")
    status = Choice(words.tr("button.status"), "status")
    if turn.person is None:
        return (due, Choice(words.tr("button.all_clauses"), "clauses"))
    if turn.role in (Role.OFFICER, Role.LEADER):
        return (Choice(words.tr("button.report"), "choose"), due, status)
    return (status, Choice(words.tr("button.nudge"), "nudge"), due)


@dataclass(frozen=True)
class _Examples:
    """Things of this campaign that can be typed as they stand."""

    question: str
    other: str
    item: str
    unit: str


def _examples(turn: Turn) -> _Examples:
    last = turn.campaign.dated()[-1]
    language = turn.words.language
    dated = {obligation.clause for obligation in turn.campaign.dated()}
    spoken = [
        (fact, next((ask for ask in fact.ask if is_english(ask) == (language == "en")), "")) for fact in turn.campaign.facts
    ]
    asked = [(fact, ask) for fact, ask in spoken if ask]
    about = [ask for fact, ask in asked if fact.obligation == last.slug]
    other = [ask for fact, ask in asked if fact.clause not in dated]
    item = last.words[0] if language == "vi" and last.words else last.short.in_(language).lower()
    any_ask = [ask for _, ask in asked] or [""]
    return _Examples((about or any_ask)[0], (other or any_ask)[0], item, turn.campaign.units[0].short.lower())


def show(turn: Turn, _: str = "") -> None:
    """Help, by role, with examples that can be typed as they stand."""
    examples = _examples(turn)
    match turn.role:
        case None:
            text = turn.words.tr("help.stranger", question=examples.question, other=examples.other)
        case Role.OFFICER | Role.LEADER:
            text = turn.words.tr("help.officer", item=examples.item, question=examples.question)
        case Role.MANAGER:
            text = turn.words.tr("help.manager", item=examples.item, unit=examples.unit)
        case Role.ADMINISTRATOR:
            text = turn.words.tr("help.administrator")
    turn.say(text, *first_choices(turn))


def cancel(turn: Turn, _: str = "") -> None:
    """Stop whatever is going on; nothing that was filled is lost."""
    turn.close_buttons()
    if reporting.pause_if_open(turn):
        return
    turn.rest()
    turn.say(turn.words.tr("cancelled"), *first_choices(turn))


def not_understood(turn: Turn) -> None:
    """A sticker, a voice message, a location."""
    turn.say(turn.words.tr("not_text"))
    reporting.repeat(turn)


_GREETING = re.compile(
    r"(xin )?(chao|hello|hi|alo|alô|hey)( (ban|anh|chi|em|bot|tro ly|don doc|ad|admin))*|cam on.*|thanks?( you)?|ok|vang|da|good (morning|afternoon)"
)
_REPORT = re.compile(
    r"^(?:toi|em|minh|chung toi|don vi|cho (?:toi|em|minh)|i)? ?(?:muon|can|xin|want to|would like to)? ?"
    r"(?:nop|bao cao|gui|khai bao|khai|lam bao cao|report|submit)\b"
)
_WORD_SIGN = re.compile(r"\w")
_NUDGE = re.compile(r"^(nhac ngay|nhac (het|tat ca|cac don vi|cac huyen|don vi)|don doc|gui nhac|nudge)")
_NOTHING = re.compile(r"\b(khong phat sinh|khong co (gi )?(de )?(bao cao|nop)|nothing to report)\b")
_HELP = re.compile(r"^(tro giup|giup( toi)?|huong dan( su dung)?|help|menu|lam duoc gi)$")
_INVITE = re.compile(r"^(tao |gui )?(loi moi|ma moi|moi (nguoi|can bo|lanh dao|quan ly)|invite)")


def plain(turn: Turn, text: str) -> None:
    """A sentence without a command: an errand of ours, or else a question about the dispatch."""
    errand = errand_in(turn, text)
    if errand:
        errand()
    elif _WORD_SIGN.search(text):
        asking.answer(turn, text)
    else:
        turn.say(turn.words.tr("not_understood"), *first_choices(turn))


def errand_in(turn: Turn, text: str) -> Callable[[], None] | None:
    """What a sentence wants done, if it is no question about the dispatch. The first that fits."""
    if turn.is_published(text):
        return None  # the department itself took it for a question
    folded = expand(text)
    asks = asking.sounds_like_question(text)
    steps: tuple[tuple[Callable[[], object], Callable[[], None]], ...] = (
        (lambda: _GREETING.fullmatch(folded) or _HELP.match(folded), lambda: show(turn)),
        (lambda: asking.about_deadlines(text), lambda: asking.deadlines(turn)),
        (lambda: turn.oversees and _NUDGE.match(folded), lambda: chasing.choose(turn, text)),
        (lambda: turn.oversees and _INVITE.match(folded), lambda: inviting.choose(turn, "")),
        (lambda: turn.oversees and overseeing.looks_like_receipt(turn, text), lambda: overseeing.receipt(turn, text)),
        (lambda: overseeing.asks_status(turn, text), lambda: overseeing.answer_status(turn, text)),
        (
            lambda: _wants_to_report(folded) and not asks and not turn.answerer.understand(text).strict,
            lambda: _report(turn, text),
        ),
    )
    return next((step for fits, step in steps if fits()), None)


def _wants_to_report(folded: str) -> bool:
    return bool(_REPORT.match(folded)) or bool(_NOTHING.search(folded))


def _report(turn: Turn, text: str) -> None:
    named = turn.answerer.obligation_named(text)
    if named is None or same_words(text) in ("nop bao cao", "bao cao"):
        reporting.choose(turn)
    elif _NOTHING.search(same_words(text)):
        reporting.begin_nothing(turn, named.slug)
    else:
        reporting.begin(turn, named.slug)
