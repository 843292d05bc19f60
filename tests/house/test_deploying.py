"""The unit that runs us fits the Procfile and the program."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.main import app
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "docs" / "dondoc@.service"
GUIDE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


def commands() -> set[str]:
    return {found.name or found.callback.__name__ for found in app.registered_commands if found.callback}


def test_every_line_of_the_procfile_is_a_command_that_the_unit_can_run() -> None:
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines())
    assert {name: line.removeprefix("dondoc ") for name, line in lines.items() if name != "release"} == {
        name: name for name in lines if name != "release"
    }
    assert {*lines.values()} <= {f"dondoc {name}" for name in commands()}


def test_the_guide_names_what_there_is() -> None:
    assert {*re.findall(r"dondoc@(\w+)", GUIDE)} - {"service"} <= commands()
    assert {*re.findall(r"bin/dondoc (\w+)", GUIDE)} <= commands()
    named = {*re.findall(r"^([A-Z_]{5,})=", GUIDE, re.MULTILINE)}
    assert named
    assert {name.lower() for name in named} <= set(Settings.model_fields)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd on this machine")
def test_systemd_finds_no_fault_in_the_unit(tmp_path: Path) -> None:
    unit = UNIT.read_text(encoding="utf-8").replace("/srv/dondoc/program/.venv/bin/dondoc", "/bin/true")
    (tmp_path / "dondoc@run.service").write_text(unit, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / "dondoc@run.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "dondoc" in line and "ordering cycle" not in line]
    assert ours == []


def test_the_unit_keeps_to_its_own_folder() -> None:
    unit = configparser.RawConfigParser(strict=False, comment_prefixes="#")
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(UNIT.read_text(encoding="utf-8"))
    service = unit["Service"]
    assert service["ReadWritePaths"] == service["WorkingDirectory"]
    assert service["UMask"] == "0077"
