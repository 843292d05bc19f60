"""A choice that was typed: its words, or its number where choices are shown as a numbered list.

Numbers go on from list to list (``storage/shown_lists.py``), so a number means what it meant when it was seen: that of
an older list is what that list said, and the stale answer gets the word that a stale button gets.
"""

import re

from handlers import errands, of_own_reports
from handlers.conversation import Filling, Idle
from handlers.message import action_of
from handlers.polite import DENIES, POLITE
from handlers.reporting.filling import find
from handlers.turn import Turn
from rules.actions import Action, FormOp, OldButton, StepForm, pack
from rules.campaign import forms
from rules.campaign.model import Kind
from rules.channels import Numbers, channel_named
from rules.text.vietnamese import same_words
from storage import shown_lists
from storage.shown_lists import ShownList

Pairs = tuple[tuple[str, str], ...]
"""Labels with what is behind their buttons."""
LONGEST_SENTENCE = 12
"""Words of a sentence in which a choice is looked for; what is longer tells a story."""
WORDS_OF_ITS_OWN = 3
"""A shorter choice, such as "gửi" or "quay lại", has to stand among polite words alone."""
NUMBER = re.compile(r"[0-9]{1,2}")
_BESIDE = POLITE | frozenset(same_words(
    "bấm chọn chứ đây đi là lấy này như nút ok oke phương án rồi số thôi thứ choose i number option"
).split())  # fmt: skip
"""Words around a choice that change nothing."""
_VALUES = (Kind.TEXT, Kind.DOCUMENT, Kind.DATE, Kind.LIST)
"""Kinds of question that a bare number may answer."""


def choice_typed(turn: Turn, text: str, exact: bool) -> Action | None:
    """The action of the choice that was typed. ``exact``: the text may be meant for somebody else, so that only a choice's
    own words count. The words of an earlier version's button are read as any others: they may answer what is asked."""
    found = _typed(turn, text, exact)
    action = action_of(found) if found else None
    return action if not isinstance(action, OldButton) or _number_in(text) else None


def _number_in(text: str) -> re.Match[str] | None:
    """A bare number, also as lists write it."""
    return NUMBER.fullmatch(text.strip().rstrip(".)"))


def _typed(turn: Turn, text: str, exact: bool) -> str:
    if not _numbers(turn):
        return _same(_menu(turn), text)
    shown = shown_lists.shown(turn.db, turn.contact.id)
    latest = _latest(turn, shown)
    if number := _number_in(text):
        return _by_number(turn, shown, latest, int(number[0]))
    found = _same(latest, text)
    if found or exact or _takes_words(turn):
        return found
    return _in_a_sentence(turn, shown, latest, text)


def is_stray_number(turn: Turn, text: str) -> bool:
    """Whether a bare number was typed that no list has and that answers nothing."""
    return _numbers(turn) and isinstance(turn.topic, Idle) and bool(_number_in(text))


def _numbers(turn: Turn) -> bool:
    """Whether choices are ever numbered on the channel."""
    return channel_named(turn.incoming.channel).numbers is not Numbers.NEVER


def _menu(turn: Turn) -> Pairs:
    return tuple((choice.label, choice.data) for choice in turn.conversation.menu)


def _latest(turn: Turn, shown: list[ShownList]) -> Pairs:
    """What can be chosen as things stand: the last reply's choices, those of a reminder that came after it, and those of
    the open form's present question, should something else have been asked in between."""
    found = list(_menu(turn))
    if shown and channel_named(turn.incoming.channel).numbers is not Numbers.LONG_LISTS:  # else it may be an old one
        found += shown[0].choices
    asked = _present_question(turn)
    found += [pair for item in shown for pair in item.choices if pair[1].startswith(asked)]
    return tuple(dict.fromkeys(found))


def _same(pairs: Pairs, text: str) -> str:
    typed = same_words(text)
    matching = [action for label, action in pairs if typed and same_words(label) == typed]
    return str(matching[0]) if matching else ""


def _by_number(turn: Turn, shown: list[ShownList], latest: Pairs, number: int) -> str:
    """The choice with that number: one whose own words begin with it ("4 sao"), else the list's number. Where a number
    may be an answer, that of an older list is taken for one."""
    own = [action for label, action in latest if same_words(label).split()[:1] == [str(number)]]
    if len(own) == 1:
        return own[0]
    action = next((found for item in shown if (found := item.action(number))), "")
    if not action or action.startswith(_present_question(turn)) or any(action == present for _, present in latest):
        return action
    return "" if _asked_kind(turn) in _VALUES else action


def _present_question(turn: Turn) -> str:
    """How what is behind the buttons of the open form's present question begins."""
    topic = turn.topic
    return pack(StepForm(topic.draft, topic.seq, FormOp.SHOW)).removesuffix(FormOp.SHOW) if isinstance(topic, Filling) else "-"


def _asked_kind(turn: Turn) -> Kind | None:
    """What the open form asks for at the moment."""
    filling = find(turn, turn.topic.draft) if isinstance(turn.topic, Filling) else None
    asked = forms.question(filling.form, filling.state) if filling else None
    return asked.asks.kind if asked else None


def _takes_words(turn: Turn) -> bool:
    """Whether any words at all answer the present question."""
    return _asked_kind(turn) in (Kind.TEXT, Kind.LIST)


def _in_a_sentence(turn: Turn, shown: list[ShownList], latest: Pairs, text: str) -> str:
    """A choice named in the middle of a sentence that says nothing else: "dạ em chọn số 2 ạ", "cho tôi báo cáo ngay nhé"."""
    said = same_words(text).split()
    if not 2 <= len(said) <= LONGEST_SENTENCE or errands.sounds_like_question(text) or of_own_reports.meant(text):
        return ""
    numbers = [word for word in said if NUMBER.fullmatch(word)]
    if len(numbers) == 1 and all(word in _BESIDE for word in said if word != numbers[0]):
        return _by_number(turn, shown, latest, int(numbers[0]))
    named: dict[str, int] = {}
    for label, action in latest:
        words = same_words(label).split()
        rest = _without(said, words)
        if rest is not None and _means_it(turn, text, label, rest):
            named.setdefault(action, len(words))
    longest = max(named.values(), default=0)
    fitting = [action for action, length in named.items() if length == longest]
    return fitting[0] if len(fitting) == 1 else ""


def _without(said: list[str], words: list[str]) -> list[str] | None:
    """What a sentence says besides those words; None where they do not stand in it together."""
    for at in range(len(said) - len(words) + 1):
        if words and said[at : at + len(words)] == words:
            return said[:at] + said[at + len(words) :]
    return None


def _means_it(turn: Turn, text: str, label: str, rest: list[str]) -> bool:
    """Whether a sentence that holds a choice's words means that choice: the rest is polite; or the choice has words of
    its own enough, nothing is denied, and no other report is named ("nộp báo cáo kinh phí" is more than "Nộp báo cáo")."""
    if all(word in _BESIDE for word in rest):
        return True
    if len(same_words(label).split()) < WORDS_OF_ITS_OWN or any(word in DENIES for word in rest):
        return False
    if errands.errand_in(turn, text):  # it says itself what is wanted, and of whom
        return False
    return turn.of_dispatch.obligation_named(text) == turn.of_dispatch.obligation_named(label)
