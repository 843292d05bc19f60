"""People and their Telegram, in a process of their own: they write by webhook and wait for replies.

A bare asyncio HTTP/1.1 server and client, so that the load costs as little as it can and the two
cores are left to what is measured.
"""

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

QUESTIONS = 5
ANSWERS = ["350 triệu", "1,2 tỷ", "50 triệu", "10 triệu", "5 triệu"]


@dataclass
class Person:
    """Somebody who fills a form: next answer as soon as the reply is there."""

    id: int
    replies: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)


class Double:
    """Telegram's sending half: takes sendMessage and hands it to the person."""

    def __init__(self, people: dict[int, Person]) -> None:
        self.people = people
        self.message_id = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"(?i)content-length: (\d+)", head)
                body = await reader.readexactly(int(length[1])) if length else b""
                answer = json.dumps({"ok": True, "result": self.answer(head, body)}).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer)
                )
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the bot hung up, or the run is over
        finally:
            writer.close()

    def answer(self, head: bytes, body: bytes) -> object:
        method = head.split(b" ", 2)[1].rsplit(b"/", 1)[-1].split(b"?")[0].decode()
        if method == "getMe":
            return {"id": 1, "is_bot": True, "first_name": "B", "username": "b_bot"}
        if method != "sendMessage":
            return True
        if b"application/json" in head:
            params = json.loads(body)
        elif b"multipart" in head:
            params = dict(re.findall(r'name="(\w+)"\r\n\r\n(.*?)\r\n--', body.decode(), re.DOTALL))
        else:
            params = {key: values[0] for key, values in parse_qs(body.decode()).items()}
        chat = int(params["chat_id"])
        self.people[chat].replies.put_nowait(params["text"])
        self.message_id += 1
        return {"message_id": self.message_id, "date": 1, "chat": {"id": chat, "type": "private"}, "text": "x"}


class Line:
    """One kept-alive connection to the webhook."""

    def __init__(self, host: str, port: int, path: str, secret: str) -> None:
        self.address, self.path, self.secret = (host, port), path, secret
        self.lock = asyncio.Lock()
        self.reader: asyncio.StreamReader | None = None

    async def post(self, update: object) -> None:
        body = json.dumps(update).encode()
        async with self.lock:
            if self.reader is None:
                self.reader, self.writer = await asyncio.open_connection(*self.address)
            self.writer.write(
                f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
                f"X-Telegram-Bot-Api-Secret-Token: {self.secret}\r\n\r\n".encode()
                + body
            )
            head = await self.reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head.split(b"\r\n")[0] and b" 204 " not in head.split(b"\r\n")[0]:
                raise RuntimeError(head.decode())
            length = re.search(rb"(?i)content-length: (\d+)", head)
            if length and int(length[1]):
                await self.reader.readexactly(int(length[1]))
            elif b"chunked" in head.lower():
                while (await self.reader.readuntil(b"\r\n")) != b"0\r\n":
                    pass
                await self.reader.readuntil(b"\r\n")


def update(number: int, person: Person, text: str) -> dict[str, object]:
    who = {"id": person.id, "is_bot": False, "first_name": "N", "language_code": "vi"}
    message: dict[str, object] = {
        "message_id": number, "date": 1656295200, "chat": {"id": person.id, "type": "private", "first_name": "N"}, "from": who,
        "text": text,
    }  # fmt: skip
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
    return {"update_id": number, "message": message}


class Load:
    """People at work, and what it took."""

    def __init__(self, people: dict[int, Person], line: dict[str, Any]) -> None:
        self.people = people
        self.lines = [Line(**line) for _ in range(40)]
        self.number = 1_000_000
        self.seconds: list[float] = []

    async def turn(self, person: Person, text: str) -> str:
        """Write, and wait for the reply."""
        while not person.replies.empty():
            person.replies.get_nowait()
        self.number += 1
        began = time.perf_counter()
        await self.lines[person.id % 40].post(update(self.number, person, text))
        reply = await asyncio.wait_for(person.replies.get(), 60)
        self.seconds.append(time.perf_counter() - began)
        return reply

    async def step(self, person: Person, text: str, asked_next: int) -> None:
        """An answer, and the bot goes on to that question: a bot that only repeats itself has not worked."""
        reply = await self.turn(person, text)
        wanted = f"phần {asked_next}?" if asked_next <= QUESTIONS else "xem lại"
        if wanted not in reply.lower():
            raise RuntimeError(f"{text!r} should have led to {wanted!r}, not to {reply!r}")

    async def form(self, person: Person, open_with: str, close_with: str) -> None:
        """One form of five questions, put aside at its summary where the bot knows that."""
        await self.step(person, open_with, 1)
        for number, answer in enumerate(ANSWERS, 2):
            await self.step(person, answer, number)
        if close_with:
            await self.turn(person, close_with)

    async def paced(self, count: int, open_with: str) -> None:
        """So many turns at 30 a second: each person opens another form and answers as far as it goes."""
        listed, texts, tasks = list(self.people.values()), [open_with, *ANSWERS], []
        due = time.perf_counter()
        for number in range(count):
            due += 1 / 30
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            place, who = divmod(number, len(listed))
            tasks.append(asyncio.create_task(self.step(listed[who], texts[place], place + 1)))
        await asyncio.gather(*tasks)


async def main(job: dict[str, Any]) -> None:
    people = {number: Person(number) for number in range(1001, 1001 + int(job["people"]))}
    double = Double(people)
    server = await asyncio.start_server(double.serve, "127.0.0.1", int(job["api_port"]))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    load = Load(people, job["line"])
    starts = dict(job["starts"])
    for person in people.values():
        if starts:
            await load.turn(person, starts[str(person.id)])
    load.seconds.clear()
    began = time.perf_counter()
    for number in range(1, int(job["rounds"]) + 1):
        opening = str(job["open_with"]).format(round=number)
        await asyncio.gather(*(load.form(person, opening, str(job["closes_with"])) for person in people.values()))
    took = time.perf_counter() - began
    turns = len(load.seconds)
    worst = sorted(load.seconds)
    print(
        f"slowest {worst[-1]:.2f} s, median {worst[len(worst) // 2]:.3f} s, over 1 s: {sum(t > 1 for t in worst)} of {turns}",
        file=sys.stderr,
    )
    load.seconds.clear()
    await load.paced(int(job["paced"]), str(job["open_with"]).format(round=int(job["rounds"]) + 1))
    paced = sorted(load.seconds)
    result = {
        "turns": turns, "seconds": took, "a_second": turns / took,
        "p50_ms": 1000 * paced[len(paced) // 2], "p95_ms": 1000 * paced[int(len(paced) * 0.95)],
    }  # fmt: skip
    print(json.dumps(result), flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
