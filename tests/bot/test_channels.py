"""Channels in the small: the limiter, splitting, keyboards, updates that are odd."""

import asyncio
from collections import Counter

import hypothesis.strategies as st
from hypothesis import given

from bot.channels.console.send import show
from bot.channels.telegram.send import RECORD, PoliteLimiter, keyboard
from bot.delivery.parts import split
from handlers.message import Choice, Message
from rules.actions import ShowHelp, ShowStatus
from rules.channels import utf16


class FakeTime:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += max(seconds, 1e-4)


def sends(chats: list[str], rate: float = 28.7) -> list[tuple[float, str]]:
    time, made = FakeTime(), []
    limiter = PoliteLimiter(rate, time, time.sleep)

    async def run() -> None:
        for chat in chats:

            async def call(chat: str = chat) -> bool:
                made.append((time.now, chat))
                return True

            await limiter.process_request(call, (), {}, "sendMessage", {"chat_id": chat}, None)

    asyncio.run(run())
    return made


def worst(times: list[float], span: float) -> int:
    """The most within any sliding span."""
    return max(sum(start <= t < start + span - 1e-6 for t in times) for start in times)


def test_never_more_than_the_rate_in_any_sliding_second() -> None:
    made = sends([str(n) for n in range(300)])
    assert worst([at for at, _ in made], 1.0) <= 30
    assert worst([at for at, _ in sends([str(n) for n in range(300)], rate=30.0)], 1.0) <= 30


def test_one_a_second_in_a_chat_after_a_short_burst_and_twenty_a_minute_in_a_group() -> None:
    made = sends(["7"] * 20)
    assert worst([at for at, _ in made], 5.0) <= 5
    assert made[3][0] == made[0][0]  # a short burst passes
    made = sends(["-100"] * 45)
    assert worst([at for at, _ in made], 60.0) <= 20


def test_rate_zero_sends_at_once() -> None:
    assert len({at for at, _ in sends(["7"] * 100, rate=0)}) == 1


@given(st.text(alphabet="aăâ b\n\n😀.", max_size=9000))
def test_split_keeps_every_word_and_fits(text: str) -> None:
    pieces = split(text, 300, utf16)
    assert all(len(piece.encode("utf-16-le")) // 2 <= 300 for piece in pieces)
    assert Counter("".join(pieces).replace(" ", "").replace("\n", "")) == Counter(text.replace(" ", "").replace("\n", ""))


def test_a_text_is_cut_at_a_paragraph() -> None:
    pieces = split("a" * 3000 + "\n\n" + "b" * 3000, RECORD.text_limit, RECORD.measure)
    assert pieces == ["a" * 3000, "b" * 3000]
    assert len(split("x" * RECORD.text_limit, RECORD.text_limit, RECORD.measure)) == 1


def test_short_buttons_share_a_row() -> None:
    markup = keyboard(tuple(Choice(label, ShowHelp()) for label in ("Có", "Chưa", "Bị thu hồi giấy phép kinh doanh", "Hủy")))
    assert markup
    assert [[b.text for b in row] for row in markup.inline_keyboard] == [
        ["Có", "Chưa"],
        ["Bị thu hồi giấy phép kinh doanh"],
        ["Hủy"],
    ]
    assert {b.callback_data for row in markup.inline_keyboard for b in row} == {"help"}


def test_choices_on_the_console_are_numbered() -> None:
    assert show(Message("Chọn", (Choice("Có", ShowHelp()), Choice("Chưa", ShowStatus())))) == "\nChọn\n  1. Có\n  2. Chưa"
