"""What is installed is the whole program: a wheel, alone in an environment of its own, away from the repository."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.doubles.watching import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("bot", "handlers", "rules", "storage", "locales", "campaigns", "provinces")
AT_HOME = frozenset({"locales/babel.cfg"})
"""What only those who change the program need."""
SET = ("TELEGRAM_", "ZALO_", "LLM_", "REHEARSAL_", "CAMPAIGN", "DATABASE_", "FILES_", "PUBLIC_", "PYTHON", "PIP_")


def run(*words: str | Path, place: Path, text: str = "", code: int = 0) -> str:
    """What a program prints, run there with nothing set."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(SET)}
    done = subprocess.run(
        list(map(str, words)),
        cwd=place,
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == code, (done.stdout, done.stderr)
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, because building leaves its own files between the sources; nothing is fetched."""
    place = tmp_path_factory.mktemp("sources")
    copy = place / "copy"
    shutil.copytree(
        ROOT, copy, ignore=shutil.ignore_patterns(".*", "var", "build", "artifacts", "tests", "*.egg-info", "__pycache__")
    )
    told = ("-q", "--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--wheel-dir", place)
    run(sys.executable, "-m", "pip", "wheel", *told, copy, place=place)
    [built] = place.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that has the wheel, and of our own environment only the dependencies."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, symlinks=True)
    python = place / "bin" / "python"
    told = ("-q", "--no-index", "--no-deps", "--no-compile", "--disable-pip-version-check")
    run(sys.executable, "-m", "pip", "--python", python, "install", *told, wheel, place=place)
    own = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", place=place).strip()
    # A folder named in a .pth file is searched, but its own .pth files are not read: no editable install comes along.
    shared = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    (Path(own) / "dependencies.pth").write_text("\n".join(shared) + "\n")
    return place


def test_a_wheel_holds_every_file(wheel: Path) -> None:
    here = {path.relative_to(ROOT).as_posix() for name in FOLDERS for path in (ROOT / name).rglob("*") if path.is_file()}
    here = {name for name in here if "__pycache__" not in name} - AT_HOME
    with zipfile.ZipFile(wheel) as held:
        there = {name for name in held.namelist() if ".dist-info/" not in name}
    assert sorted(here - there) == []
    assert sorted(there - here) == []


def test_what_is_imported_is_what_was_installed(installed: Path, tmp_path: Path) -> None:
    code = "import bot, handlers, rules, storage; print(*(p.__file__ for p in (bot, handlers, rules, storage)), sep='\\n')"
    for file in run(installed / "bin" / "python", "-c", code, place=tmp_path).splitlines():
        assert Path(file).is_relative_to(installed), file


def test_check_finds_its_data(installed: Path, tmp_path: Path) -> None:
    found = run(installed / "bin" / "dondoc", "check", place=tmp_path)
    assert found.splitlines()[-1].startswith("ok: quang-nam-ocop-2022"), found


def test_chat_answers_and_keeps_its_data_where_it_is_run(installed: Path, tmp_path: Path) -> None:
    said = run(installed / "bin" / "dondoc", "chat", place=tmp_path, text="hạn thu hồi là khi nào\n")
    assert "15/7/2022" in said
    assert [path.name for path in tmp_path.iterdir()] == ["var"]
    assert (tmp_path / "var" / "rehearsal.db").is_file()
    assert not list(installed.rglob("*.db"))


def test_a_campaign_of_that_place_goes_before_one_that_comes_along(installed: Path, tmp_path: Path) -> None:
    own = tmp_path / "campaigns" / "quang-nam-ocop-2022"
    shutil.copytree(ROOT / "campaigns" / own.name, own)
    (own / "dispatch.md").unlink()
    assert "dispatch.md" in run(installed / "bin" / "dondoc", "check", place=tmp_path, code=1)
