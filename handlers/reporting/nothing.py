""" "Không phát sinh" for several duties at once: a list to tick, then one tap.

What is ticked waits in the topic with a number that rises, so that an older button never sends what its text did not show. A
list begins where no earlier one of the same person has got to.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from handlers import everyday
from handlers.conversation import TellingNothing
from handlers.message import Choice, Message, Notice
from handlers.pushing import push
from handlers.reporting import form, sending, which
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from rules.actions import (
    Cancel,
    PickNothing,
    ReportNothing,
    SendNothing,
    ShowUnit,
    TellNothing,
    TickAllNothing,
    TickNothing,
)
from rules.campaign.board import Cell
from rules.campaign.model import Obligation
from rules.campaign.progress import Outcome, State
from rules.directory.model import Unit
from rules.text.vietnamese import same_words
from storage import people, reports
from storage.reports import Submission

_ALL = frozenset(
    ("tat ca", "het", "het ca", "ca", "tat", "toan bo", "cac viec", "moi viec", "all", "everything", "deu khong", "both")
)
MOST_SECONDS = 1_000_000_000
"""A list's first number is the second in which it begins: nobody ticks faster for long."""
_BETWEEN = (" và ", " va ", ";", "\n", " and ")


def tell(turn: Turn, _: TellNothing) -> None:
    """Begin: of one open duty its own question, of several the list."""
    if turn.unit is None:
        which.not_yours(turn)
        return
    still = _open(turn)
    if not still:
        turn.say(turn.words.tr("nothing.none_open"), *everyday.first_choices(turn))
    elif len(still) == 1:
        form.begin_nothing(turn, ReportNothing(turn.campaign.duty(still[0].duty)))
    else:
        begun = int(turn.now.timestamp()) % MOST_SECONDS
        _ask(turn, TellingNothing(turn.campaign.number, seq=begun, unit=turn.unit.slug))


def _open(turn: Turn) -> list[Cell]:
    """The dated duties that may still be answered so."""
    return [cell for cell in turn.owed() if cell.deadline and cell.state.may_be_nothing]


def _picked(turn: Turn) -> frozenset[str]:
    topic = turn.topic
    return frozenset(filter(None, topic.picked.split("+"))) if isinstance(topic, TellingNothing) else frozenset()


def _is_anothers(turn: Turn, topic: TellingNothing) -> bool:
    """Whether the list was one of a unit that its reader is not of any more."""
    return turn.unit is None or topic.unit not in ("", turn.unit.slug)


def tick(turn: Turn, action: TickNothing) -> None:
    """Tick one, or take its tick away."""
    _pick(turn, action.seq, _picked(turn) ^ {action.duty.slug})


def tick_all(turn: Turn, action: TickAllNothing) -> None:
    """Tick all that are open."""
    _pick(turn, action.seq, (cell.duty.slug for cell in _open(turn)))


def pick(turn: Turn, action: PickNothing) -> None:
    """Tick those that were named."""
    topic = turn.topic
    seq = topic.seq if isinstance(topic, TellingNothing) else 0
    _pick(turn, seq, _picked(turn) | set(action.picked.split("+")))


def _pick(turn: Turn, seq: int, picked: Iterable[str]) -> None:
    turn.close_buttons()
    topic = turn.topic
    if not isinstance(topic, TellingNothing) or _is_anothers(turn, topic):
        tell(turn, TellNothing())
    elif seq != topic.seq:
        _ask(turn, topic, turn.words.tr("nothing.stale"))
    else:
        wanted = frozenset(picked)
        kept = "+".join(cell.duty.slug for cell in _open(turn) if cell.duty.slug in wanted)
        _ask(turn, replace(topic, picked=kept, seq=topic.seq + 1))


def ask_once_more(turn: Turn) -> None:
    """Say the list again, after something else."""
    topic = turn.topic
    if isinstance(topic, TellingNothing):
        tell(turn, TellNothing()) if _is_anothers(turn, topic) else _ask(turn, topic)


def _ask(turn: Turn, topic: TellingNothing, before: str = "") -> None:
    still = _open(turn)
    turn.go(replace(topic, filling="+".join(cell.duty.slug for cell in still if cell.state is State.FILLING)))
    words, picked = turn.words, _picked(turn)
    chosen = [cell for cell in still if cell.duty.slug in picked]
    if chosen:
        lines = [words.tr("nothing.picked"), *(_line(words, cell) for cell in chosen), words.tr("nothing.more")]
    else:
        lines = [words.tr("nothing.which")]
    choices = [
        Choice(
            ("☑ " if cell.duty.slug in picked else "") + cell.duty.short.in_(words.language),
            TickNothing(turn.campaign.duty(cell.duty), topic.seq),
        )
        for cell in still
    ]
    if len(chosen) < len(still):
        choices.append(Choice(words.tr("button.all_nothing", count=len(still)), TickAllNothing(topic.seq)))
    if chosen:
        choices.append(Choice(words.tr("button.send_nothing_of", count=len(chosen)), SendNothing(topic.seq)))
    turn.say("\n".join(filter(None, (before, *lines))), *choices, Choice(words.tr("button.cancel"), Cancel()))


def _line(words: Words, cell: Cell) -> str:
    title = cell.duty.title.in_(words.language)
    if cell.state is State.FILLING:
        return "• " + words.tr("nothing.filling", title=title, name=words.who(cell.standing.by_name))
    return f"• {title}"


def named(turn: Turn, text: str) -> str:
    """The duties that a text names, as the topic keeps them: "thu hồi và kinh phí", "cả 4 việc"; empty where it names none."""
    said = same_words(text)
    if said in _ALL or any(said.startswith(f"{word} ") for word in ("ca", "tat ca")):
        return "+".join(cell.duty.slug for cell in _open(turn))
    pieces = [text]
    for sign in (*_BETWEEN, ","):
        pieces = [part for piece in pieces for part in piece.split(sign)]
    found = [turn.of_dispatch.obligation_named(piece) for piece in pieces[:12]]
    return "+".join(dict.fromkeys(duty.slug for duty in found if duty))


# ---------------------------------------------------------------- sending


def send(turn: Turn, action: SendNothing) -> None:
    """What is ticked is reported, each with its own receipt; what a colleague has reported meanwhile stays."""
    turn.close_buttons()
    topic, person, unit = turn.topic, turn.person, turn.unit
    if not isinstance(topic, TellingNothing) or person is None or unit is None or _is_anothers(turn, topic):
        tell(turn, TellNothing())
        return
    if action.seq != topic.seq:
        _ask(turn, topic, turn.words.tr("nothing.stale"))
        return
    picked = [cell for cell in _open(turn) if cell.duty.slug in _picked(turn)]
    shown = topic.filling.split("+")
    if not picked or any(cell.state is State.FILLING and cell.duty.slug not in shown for cell in picked):
        _ask(turn, replace(topic, seq=topic.seq + 1))  # nobody's figures are dropped unseen
        return
    by = reports.By(person.id, person.name)
    sent = []
    for cell in picked:
        report = reports.Report(unit.slug, cell.duty.slug, Outcome.NOTHING, {})
        sent.append((cell.duty, sending.hand_in(turn, report, by)))
    turn.rest()
    turn.say(_receipt(turn, sent), *sending.what_next(turn))
    if any(sending.is_told(turn, kept) for _, kept in sent):
        _tell(turn, unit, sent)


def _receipt(turn: Turn, sent: list[tuple[Obligation, Submission]]) -> str:
    words = turn.words
    lines = [words.tr("nothing.taken", count=len(sent), at=words.moment(sent[0][1].submitted_at)), *_lines(words, sent)]
    return "\n".join([*lines, "", words.tr("receipt.official")])


def _lines(words: Words, sent: Iterable[tuple[Obligation, Submission]]) -> list[str]:
    return [words.tr("nothing.line", title=duty.title.in_(words.language), code=kept.receipt) for duty, kept in sent]


def _tell(turn: Turn, unit: Unit, sent: list[tuple[Obligation, Submission]]) -> None:
    """One message to each who hears of it, however many duties it is about."""
    news, first = NothingReported(unit, tuple(sent)), sent[0][1].id
    push.to_overseers(turn, news, f"submitted:{first}", may_mute=True)
    for colleague in people.of_unit(turn.db, unit.slug):
        if turn.person and colleague.id != turn.person.id:
            push.to_person(turn, colleague, news, f"colleague:{first}:p{colleague.id}")


@dataclass(frozen=True)
class NothingReported(Notice):
    """For who oversees, and for colleagues: a unit has nothing to report on several duties."""

    unit: Unit
    sent: tuple[tuple[Obligation, Submission], ...]

    def message(self, words: Words) -> Message:
        """Which duties, by whom, with their receipts."""
        name = words.who(self.sent[0][1].person_name)
        first = words.tr("nothing.told", unit=self.unit.name.in_(words.language), name=name, count=len(self.sent))
        look = Choice(words.tr("button.open_unit"), ShowUnit(self.unit.slug))
        return Message("\n".join([first, *_lines(words, self.sent)]), (look,))
