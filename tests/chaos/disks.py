"""The trouble that no room is left: on a small file system of its own, or where none may be mounted by a limit on every file."""

import asyncio
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tests.chaos.people import Person
from tests.chaos.scene import Play, Scene
from tests.chaos.shape import alone

PHOTO = 18 * 1024 * 1024
FILES, DATABASE = "8m", "48m"
MOST_OF_A_FILE = 16 * 1024 * 1024
NOT_KEPT, FAILED = "chưa lưu được tệp", "trục trặc"
FULL = 12.0
"""Seconds for which the database has no room."""


class Disk(Protocol):
    """Where the database or the files are kept."""

    def fill(self, scene: Scene) -> None:
        """Leave no room."""
        ...

    def empty(self, scene: Scene) -> None:
        """Give room again."""
        ...


class Mounted:
    """A file system of its own."""

    def __init__(self, place: Path, most: str) -> None:
        self.place = place
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={most}", "tmpfs", str(place)], check=True, capture_output=True)

    def fill(self, scene: Scene) -> None:
        """To the last byte."""
        with (self.place / "ballast").open("wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(4096))
            except OSError:
                pass

    def empty(self, scene: Scene) -> None:
        """What filled it goes, and it grows."""
        (self.place / "ballast").unlink()
        subprocess.run(["mount", "-o", "remount,size=128m", str(self.place)], check=True)

    def close(self) -> None:
        """Take it away."""
        subprocess.run(["umount", "-l", str(self.place)], check=True)


class Limited:
    """No file of the program's may grow beyond so many bytes."""

    def __init__(self, most: int) -> None:
        self._most = most

    def fill(self, scene: Scene) -> None:
        """From now on."""
        self._limit(scene, self._most)

    def empty(self, scene: Scene) -> None:
        """As large as they like."""
        self._limit(scene, resource.RLIM_INFINITY)

    @staticmethod
    def _limit(scene: Scene, most: int) -> None:
        for process in scene.program.processes:
            resource.prlimit(process.running.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


@contextmanager
def small(folder: Path) -> Iterator[Play]:
    """A process whose files and database have a small disk each."""
    files, database, mounted = folder / "small-files", folder / "small-database", list[Mounted]()
    disks: list[Disk]
    try:
        try:
            for place, most in ((files, FILES), (database, DATABASE)):
                mounted.append(Mounted(place, most))
            disks = list(mounted)
        except (subprocess.CalledProcessError, FileNotFoundError):
            disks = [Limited(MOST_OF_A_FILE), Limited(4096)]
            database.mkdir(exist_ok=True)

        async def trouble(scene: Scene) -> None:
            await _files_full(scene, disks[0])
            await _database_full(scene, disks[1])
            scene.outcome.told.append(f"by {type(disks[0]).__name__.lower()} files")

        yield Play(alone(), trouble, more=(("DATABASE_URL", f"sqlite:///{database}/chaos.db"), ("FILES_DIR", str(files))))
    finally:
        for disk in mounted:
            disk.close()


async def _files_full(scene: Scene, disk: Disk) -> None:
    """Somebody who sends a photo hears a kind word, and with room again the photo is taken."""
    crowd = scene.crowd
    crowd.files["anh"] = b"\xff\xd8\xff\xe0" + bytes(PHOTO - 4)
    photographer = Person(crowd, scene.size.people, scene.size)
    [code] = await asyncio.to_thread(scene.ground.codes, ["dai-loc"])
    await photographer.says(f"/start {code}", "Chào")
    photo = {"file_id": "anh", "file_unique_id": "anh", "width": 1000, "height": 1000, "file_size": PHOTO}
    disk.fill(scene)
    await crowd.send(crowd.message(photographer.id, photo=[photo]))
    await photographer.hears(NOT_KEPT)
    disk.empty(scene)
    await crowd.send(crowd.message(photographer.id, photo=[photo]))
    heard = (await photographer.hears("")).text
    scene.outcome.promise(NOT_KEPT not in heard and FAILED not in heard, f"with room again somebody still hears {heard!r}")
    scene.outcome.promise(any(scene.ground.files.rglob("*")), "the photo is not there")


async def _database_full(scene: Scene, disk: Disk) -> None:
    """All wait, and who writes meanwhile hears that once."""
    await scene.lasts(2.0)
    disk.fill(scene)
    before = scene.crowd.reached
    await scene.lasts(FULL)
    scene.outcome.told.append(
        f"no room for the database for {FULL * scene.size.trouble:.0f} s: {scene.crowd.reached - before} messages meanwhile"
    )
    disk.empty(scene)
