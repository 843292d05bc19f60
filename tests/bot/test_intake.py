"""Files from outside: of those alone who may send one, opened apart, kept once they are taken. One person's trouble stays theirs."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.flow.fetching import NotFetched
from bot.flow.inspecting import AT_ONCE as SIDE_BY_SIDE
from bot.flow.inspecting import Inspecting
from bot.flow.intake import AT_ONCE, Attachment
from handlers.file_trouble import FileTrouble
from handlers.reporting.inspecting import Inspected, inspect
from handlers.turn import Incoming
from rules.people import Role
from storage.files import MOST_BYTES, FileStore
from tests.doubles.watching import PATIENCE
from tests.made_files import PDF, REGISTER_ROWS, WITHDRAWAL_ROWS, register, workbook
from tests.parts import made_intake, turn_service
from tests.stage import Stage


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def holding(content: bytes) -> Callable[[], Awaitable[bytes]]:
    async def fetch() -> bytes:
        return content

    return fetch


def enrol(stage: Stage, address: str, role: Role | None) -> None:
    if role:
        unit = "dai-loc" if role in (Role.OFFICER, Role.LEADER) else ""
        stage.hear(Incoming("telegram", f"start {address}", address, address, f"/start {stage.invite(role, unit)}"))


def bring(stage: Stage, address: str, attached: Attachment) -> str:
    """What the bot answers to a file."""
    service = turn_service(stage)
    asyncio.run(service.take(Incoming("telegram", stage.next_update(), address, address), attached))
    return "\n".join(said.message.text for said in stage.said())


@pytest.mark.parametrize(
    ("role", "said"), [(None, "lời mời"), (Role.MANAGER, "cán bộ của từng đơn vị"), (Role.ADMINISTRATOR, "cán bộ của từng đơn vị")]
)  # fmt: skip
def test_of_others_not_a_byte_is_fetched(stage: Stage, tmp_path: Path, role: Role | None, said: str) -> None:
    async def fetch() -> bytes:
        raise AssertionError("fetched")

    enrol(stage, "A", role)
    assert said in bring(stage, "A", Attachment("a.pdf", fetch))
    assert kept(tmp_path / "files") == []


@pytest.mark.parametrize(("name", "said"), [("danh-muc.xlsx", "Tệp có 4 sản phẩm"), ("danh-muc.pdf", "cán bộ của từng đơn vị")])
def test_of_who_oversees_a_workbook_is_fetched(stage: Stage, name: str, said: str) -> None:
    enrol(stage, "Minh", Role.MANAGER)
    assert said in bring(stage, "Minh", Attachment(name, holding(register(REGISTER_ROWS))))


@pytest.mark.parametrize(("name", "content", "said"), [
    ("a.exe", b"MZ" + b"x" * 100, "“a.exe” không phải ảnh"),
    ("a.pdf", PDF + b" " * MOST_BYTES, "lớn hơn 20 MB"),
    ("tai-lieu-mat.pdf", PDF, "dấu hiệu MẬT"),
    ("a.pdf", b"", "chưa tải được"),
], ids=["kind", "size", "secret", "empty"])  # fmt: skip
def test_what_is_refused_is_kept_nowhere(stage: Stage, tmp_path: Path, name: str, content: bytes, said: str) -> None:
    enrol(stage, "Lan", Role.OFFICER)
    assert said in bring(stage, "Lan", Attachment(name, holding(content)))
    assert kept(tmp_path / "files") == []


def test_what_is_taken_is_kept_once(stage: Stage, tmp_path: Path) -> None:
    enrol(stage, "Lan", Role.OFFICER)
    for _ in range(2):
        assert "kèm theo báo cáo nào" in bring(stage, "Lan", Attachment("a.pdf", holding(PDF)))
    assert len(kept(tmp_path / "files")) == 1


def test_a_full_disk_is_told_to_who_sent_the_file(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    enrol(stage, "Lan", Role.OFFICER)
    monkeypatch.setattr(FileStore, "put", full)
    assert "Máy chủ chưa lưu được tệp" in bring(stage, "Lan", Attachment("a.pdf", holding(PDF)))
    assert stage.hear(Incoming("telegram", stage.next_update(), "Hòa", "Hòa", "/han"))


def test_who_was_let_in_meanwhile_is_asked_to_send_it_again(stage: Stage) -> None:
    code = stage.invite(Role.OFFICER, "dai-loc")
    stage.hear(Incoming("telegram", "1", "Lan", "Lan", f"/start {code}"))
    told = stage.hear(Incoming("telegram", "2", "Lan", "Lan", trouble=FileTrouble.UNOPENED))
    assert "gửi lại" in told[-1].message.text


def test_slow_files_hold_back_nobody_elses(stage: Stage) -> None:
    """As many as are fetched at once hang; whoever writes meanwhile is answered."""
    for number in range(AT_ONCE):
        enrol(stage, f"slow-{number}", Role.OFFICER)

    async def scenario() -> None:
        hung, never = asyncio.Semaphore(0), asyncio.Event()

        async def fetch() -> bytes:
            hung.release()
            await never.wait()
            raise NotFetched

        service = turn_service(stage)
        attached = Attachment("a.pdf", fetch)
        slow = [asyncio.create_task(service.take(Incoming("telegram", f"f{n}", f"slow-{n}"), attached)) for n in range(AT_ONCE)]
        for _ in slow:
            await hung.acquire()
        taken = await service.take(Incoming("telegram", "text", "Hòa", "Hòa", "/help"))
        assert taken.queued
        assert not any(task.done() for task in slow)
        never.set()
        await asyncio.gather(*slow)

    asyncio.run(scenario())


def test_so_many_files_are_fetched_side_by_side_and_no_more(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each may hold 20 MB of memory."""
    people = [f"slow-{number}" for number in range(AT_ONCE + 4)]
    for address in people:
        enrol(stage, address, Role.OFFICER)

    async def scenario() -> None:
        begun, asked, never, service = list[str](), list[str](), asyncio.Event(), turn_service(stage)
        real = service.intake._may_bring

        def may_bring(incoming: Incoming, name: str) -> bool:
            asked.append(incoming.address)
            return real(incoming, name)

        async def fetch() -> bytes:
            begun.append("")
            await never.wait()
            raise NotFetched

        monkeypatch.setattr(service.intake, "_may_bring", may_bring)
        attached = Attachment("a.pdf", fetch)
        slow = [asyncio.create_task(service.take(Incoming("telegram", f"f{who}", who, who), attached)) for who in people]
        async with asyncio.timeout(PATIENCE):
            while len(asked) < len(people) or len(begun) < AT_ONCE:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)  # whoever does not wait for room would begin now
        assert len(begun) == AT_ONCE
        never.set()
        await asyncio.gather(*slow)
        assert len(begun) == len(people)

    asyncio.run(scenario())


# ---------------------------------------------------------------- apart


def test_what_is_found_apart_is_what_is_there() -> None:
    content = workbook(WITHDRAWAL_ROWS)
    apart = asyncio.run(Inspecting().inspect("a.xlsx", "xlsx", content))
    assert apart == inspect("a.xlsx", "xlsx", content)
    assert apart is not None
    assert apart.sheets
    assert asyncio.run(Inspecting().inspect("tuyet-mat.pdf", "pdf", PDF)) == Inspected(FileTrouble.SECRET)


LIMITED = "from bot.flow import inspector as i; i._bind(); "
WELL = """; print('{"trouble": null, "sheets": []}')"""
WASTEFUL = {
    "memory": LIMITED + "b = bytearray(i.MOST_MEMORY)" + WELL,
    "disk": LIMITED + "import tempfile; f = tempfile.TemporaryFile(); f.write(b'x' * 9999); f.flush()" + WELL,
    "open files": LIMITED + "import os; open_ones = [os.dup(0) for _ in range(i.MOST_FILES)]" + WELL,
    "rubbish": "print('[')",
    "a fault after a good answer": WELL.lstrip("; ") + "; import sys; sys.exit(1)",
    "other rubbish": "print('{}')",
    "death": "import os; os.abort()",
}


def test_who_takes_little_is_heard() -> None:
    modest = Inspecting(program=("-c", LIMITED + WELL.lstrip("; ")))
    assert asyncio.run(modest.inspect("a.pdf", "pdf", PDF)) == Inspected()


@pytest.mark.parametrize("program", WASTEFUL.values(), ids=WASTEFUL)
def test_who_takes_too_much_is_given_up(program: str) -> None:
    assert asyncio.run(Inspecting(program=("-c", program)).inspect("a.pdf", "pdf", PDF)) is None


def test_who_takes_too_long_is_ended() -> None:
    endless = Inspecting(patience=0.0, program=("-c", "import time; time.sleep(1)" + WELL))
    assert asyncio.run(endless.inspect("a.pdf", "pdf", PDF)) is None


def test_who_takes_too_long_is_not_waited_for_any_longer() -> None:
    """It would never end by itself."""

    async def scenario() -> None:
        async with asyncio.timeout(PATIENCE):
            assert await Inspecting(0.0, ("-c", "import time; time.sleep(1e9)")).inspect("a.pdf", "pdf", PDF) is None

    asyncio.run(scenario())


def test_what_dies_leaves_no_picture_of_its_memory() -> None:
    program = (
        LIMITED
        + """import json, resource as r; print(json.dumps({"trouble": "secret" if r.getrlimit(r.RLIMIT_CORE) != (0, 0) else None, "sheets": []}))"""
    )
    assert asyncio.run(Inspecting(program=("-c", program)).inspect("a.pdf", "pdf", PDF)) == Inspected()


def test_so_many_are_opened_side_by_side_and_no_more(tmp_path: Path) -> None:
    """While one is at work it sees no more than so many, itself among them."""
    program = f"""
import os, time
folder = {str(tmp_path)!r}
open(os.path.join(folder, str(os.getpid())), "w").close()
until = time.monotonic() + 0.3
while time.monotonic() < until:
    assert len(os.listdir(folder)) <= {SIDE_BY_SIDE}
os.remove(os.path.join(folder, str(os.getpid())))
print('{{"trouble": null, "sheets": []}}')
"""

    async def scenario() -> None:
        inspecting = Inspecting(program=("-c", program))
        found = await asyncio.gather(*(inspecting.inspect("a.pdf", "pdf", PDF) for _ in range(3 * SIDE_BY_SIDE)))
        assert found == [Inspected()] * (3 * SIDE_BY_SIDE)

    asyncio.run(scenario())


def test_the_processor_is_lent_for_a_time() -> None:
    spend = "\nimport time\nwhile time.process_time() < 2: pass\n"
    program = "from bot.flow import inspector as i; i.MOST_SECONDS = 1; i._bind()" + spend + WELL.lstrip("; ")
    assert asyncio.run(Inspecting(program=("-c", program)).inspect("a.pdf", "pdf", PDF)) is None


def test_no_secret_is_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "1:bi-mat")
    program = (
        "import json, os; print(json.dumps({'trouble': 'secret' if 'TELEGRAM_TOKEN' in os.environ else None, 'sheets': []}))"
    )
    assert asyncio.run(Inspecting(program=("-c", program)).inspect("a.pdf", "pdf", PDF)) == Inspected()


def test_a_file_that_was_given_up_is_not_taken(stage: Stage, tmp_path: Path) -> None:
    enrol(stage, "Lan", Role.OFFICER)
    given_up = made_intake(stage, Inspecting(program=("-c", "import os; os.abort()")))
    service = turn_service(stage, intake=given_up)
    incoming = Incoming("telegram", "1", "Lan", "Lan")
    asyncio.run(service.take(incoming, Attachment("a.pdf", holding(PDF))))
    assert "không mở được tệp “a.pdf”" in stage.said()[-1].message.text
    assert kept(tmp_path / "files") == []
