"""People who report: each answers after a while, the next question once it is there, and notices what comes twice or astray."""

import asyncio
import random
import time

from tests.chaos.crowd import Crowd
from tests.chaos.size import Size
from tests.doubles.telegram import Call

AMOUNTS = 5
OPENING, SUMMARY, RECEIPT = "Câu {number}/5", "xem lại trước khi gửi", "Mã biên nhận"
TO_WAIT = "không cần gửi lại"
"""What is said to who wrote while nothing can be kept: the answer comes later."""
ASKED = (
    ("hạn công nhận lại là khi nào", "Chậm nhất hết"), ("hạn báo kinh phí không thực hiện hết là khi nào", "Chậm nhất hết"),
    ("hạn thu hồi là khi nào", "Chậm nhất hết"), ("hạn điều chỉnh danh sách là khi nào", "Chậm nhất hết"),
)  # fmt: skip
"""What is asked in turns by who has sent all reports, and what the answer holds; no two answers are alike."""
REMEMBERED = 3
"""Messages in which one that came twice is recognised: fewer than there are questions, for an answer may be asked for again."""
MILLION = 1_000_000


def amounts(number: int, report: int) -> list[int]:
    """What somebody reports, in millions: nobody else has one of these numbers, nor has another report."""
    return [1000 * (number + 1) + 10 * report + place for place in range(AMOUNTS)]


class Person:
    """``waits``, in seconds, for each answer; ``doubled``, what came twice; ``disordered``, what came again after something
    newer; ``astray``, what answers nothing that was said; ``asked_to_wait``, how often."""

    def __init__(self, crowd: Crowd, number: int, size: Size) -> None:
        self._crowd, self.number, self.id, self._size = crowd, number, 1000 + number, size
        self._chance = random.Random(f"{size.seed} {number}")
        self.waits: list[float] = []
        self.doubled = self.disordered = self.asked_to_wait = 0
        self.astray: list[str] = []
        self._heard: list[str] = []

    async def lives(self, code: str, over: asyncio.Event) -> None:
        """Join, send all reports, then ask now and then until the trouble is over, and once more."""
        await self.says(f"/start {code}", "Chào")
        for report in range(1, self._size.reports + 1):
            answers = [f"{amount} triệu" for amount in amounts(self.number, report)]
            await self.says(f"nộp báo cáo năm khoản {report}", OPENING.format(number=1))
            for number, answer in enumerate(answers[:-1], 2):
                await self.says(answer, OPENING.format(number=number))
            summary = await self.says(answers[-1], SUMMARY)
            await self._crowd.send(self._crowd.press(self.id, summary, "Gửi"))
            await self.hears(RECEIPT)
        asked = 0
        while not over.is_set() or not asked:
            await self.says(*ASKED[asked % len(ASKED)])
            asked += 1

    async def says(self, text: str, holding: str) -> Call:
        """Say something after a while. Returns the answer, which holds those words."""
        await asyncio.sleep(self._chance.uniform(0.0, self._size.pause))
        await self._crowd.send(self._crowd.message(self.id, text))
        return await self.hears(holding)

    async def hears(self, holding: str) -> Call:
        """Wait for a message that holds those words."""
        begun = time.monotonic()
        async with asyncio.timeout(self._size.patience):
            while True:
                call = await self._crowd.boxes[str(self.id)].get()
                if TO_WAIT in call.text:
                    self.asked_to_wait += 1
                    continue
                if self._came_before(call.text):
                    continue
                if holding in call.text:
                    self._heard = [*self._heard, call.text][-REMEMBERED:]
                    self.waits.append(time.monotonic() - begun)
                    return call
                self.astray.append(f"{call.text[:80]!r} instead of {holding!r}")

    def _came_before(self, text: str) -> bool:
        """The last few: what is asked again later, in another report, is answered in the same words."""
        if text not in self._heard:
            return False
        self.doubled += 1
        self.disordered += text != self._heard[-1]
        return True
