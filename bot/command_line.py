"""``dondoc``: the command line. Slow parts are imported by the command that needs them.

Exit codes: 0 done, 1 refused with one clear line on stderr, 2 wrong usage.
"""

import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.wiring import House

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__.splitlines()[0])
AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout, nothing else there")]


class Refused(Exception):
    """Can't be done; the message is one clear line with a way on."""


def main() -> None:
    """Run a command; refusals become one line and exit code 1."""
    gc.disable()  # imports make a lot and free nothing: collecting costs a tenth of a short command
    from rules.campaign_file import BadCampaign

    try:
        app()
    except BadCampaign as bad:
        for fault in bad.faults:
            print(fault, file=sys.stderr)
        sys.exit(1)
    except (Refused, ValueError, OSError) as refused:
        print(" ".join(str(refused).split()), file=sys.stderr)
        sys.exit(1)


def print_json(value: Any) -> None:
    """A value on stdout."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def settings() -> "Settings":
    """The settings, or one line about what is wrong with them."""
    from pydantic import ValidationError

    from bot.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        raise Refused(f"{str(first['loc'][0]).upper()}: {first['msg']}") from None


@contextmanager
def house(quiet: bool = True) -> Iterator["House"]:
    """The wired parts, for one command."""
    from sqlalchemy.exc import OperationalError

    from bot.logs import set_up
    from bot.wiring import build

    chosen = settings()
    set_up("warning" if quiet else chosen.log_level, chosen.secrets, "" if quiet else chosen.sentry_dsn.get_secret_value())
    try:
        found = build(chosen)
    except OperationalError as error:
        raise Refused(f"The database can't be opened ({str(error.orig).strip()}): check DATABASE_URL.") from None
    try:
        yield found
    finally:
        found.close()


def moment(text: str, zone: Any) -> datetime:
    """A time as typed: ISO, local to the campaign where no zone is given."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text!r} is not a time: write 2022-06-27T08:00.") from None
    return at if at.tzinfo else at.replace(tzinfo=zone)


# ---------------------------------------------------------------- running


def _serve(part: str) -> None:
    gc.enable()
    with house(quiet=False) as found:
        from bot.running import Parts, serve

        def announce(address: str) -> None:
            if found.settings.rehearsing:
                print(f"Đôn Đốc: diễn tập tại / rehearsal at {address}", flush=True)
            else:
                print(f"Đôn Đốc: {address}", flush=True)

        serve(found, Parts[part], announce)


@app.command()
def run() -> None:
    """Everything in one process."""
    _serve("ALL")


@app.command()
def web() -> None:
    """Web pages and webhooks."""
    _serve("WEB")


@app.command()
def worker() -> None:
    """Sends what waits in the outbox; polls Telegram where it does not call us."""
    _serve("WORKER")


@app.command()
def clock() -> None:
    """Puts reminders, digests and escalations into the outbox."""
    _serve("CLOCK")


@app.command()
def chat(code: Annotated[str, typer.Option("--as", help="an invite code, or any name for a stranger")] = "stranger") -> None:
    """Talk to the bot on the console."""
    with house() as found:
        from bot.channels.console import converse

        converse(found, code)


@app.command()
def migrate() -> None:
    """Bring the database's schema up to date."""
    with house() as found:
        print(f"The database is up to date ({found.engine.dialect.name}).")


# ---------------------------------------------------------------- asking


@app.command()
def ask(
    question: Annotated[str, typer.Argument()] = "",
    file: Annotated[Path | None, typer.Option("--file", help='questions, one JSON line {"q": …} each')] = None,
    as_json: AsJson = False,
) -> None:
    """One answer, or many from a file in order."""
    from bot.commands.asking import answer_file, answer_one

    if file:
        answer_file(settings(), file)
    elif question.strip():
        answer_one(settings(), question, as_json)
    else:
        raise typer.BadParameter("give a question, or --file")


@app.command("eval")
def eval_(
    file: Annotated[Path, typer.Argument(help="questions as JSON lines or TSV: question, clauses, holds, kind")],
    compare: Annotated[bool, typer.Option("--compare", help="plain BM25 over the clauses, in the same run")] = False,
    half: Annotated[str, typer.Option(help="tuning or checking: that half alone, by hash")] = "",
    missed: Annotated[bool, typer.Option("--missed", help="list the questions that went wrong")] = False,
    as_json: AsJson = False,
) -> None:
    """How many questions get the right answer first, by kind; false answers, false silences, time."""
    from bot.commands.evaluating import evaluate

    if half not in ("", "tuning", "checking"):
        raise typer.BadParameter("--half is tuning or checking")
    evaluate(settings(), file, half, compare, missed, as_json)


@app.command()
def calibrate(
    files: Annotated[list[Path], typer.Argument(help="question banks; their tuning halves are learnt from")],
    whole: Annotated[list[Path] | None, typer.Option("--whole", help="a bank that is learnt from wholly")] = None,
    out: Annotated[Path | None, typer.Option(help="where to write, instead of rules/learnt.json")] = None,
) -> None:
    """Learn the weights of the evidence and the threshold of silence from questions."""
    from bot.commands.evaluating import learn_from

    learn_from(settings(), files, whole or [], out)


# ---------------------------------------------------------------- the Zalo Official Account

zalo = typer.Typer(no_args_is_help=True, help="The Zalo Official Account")
app.add_typer(zalo, name="zalo")


@zalo.command()
def authorize(
    answer: Annotated[str, typer.Option("--code", help="the address that Zalo sent the browser to, or its code")] = "",
) -> None:
    """Let the product write as the Zalo Official Account: prints a link to open, then takes Zalo's answer."""
    with house() as found:
        from bot.commands.authorizing import authorize_account

        authorize_account(found, answer)


# ---------------------------------------------------------------- people, status, pushes


@app.command()
def invite(
    role: Annotated[str, typer.Option(help="officer, leader, manager or administrator")],
    unit: Annotated[str, typer.Option(help="a unit's slug or name; for officers and leaders")] = "",
    name: Annotated[str, typer.Option(help="how the person is addressed")] = "",
    phone: Annotated[str, typer.Option(help="for a Zalo template where no chat reaches the person")] = "",
    as_json: AsJson = False,
) -> None:
    """A one-time code, with the links that redeem it."""
    with house() as found:
        from bot.commands.inviting import make_invite

        make_invite(found, role, unit, name, phone, as_json)


@app.command()
def status(
    unit: Annotated[str, typer.Option(help="one unit")] = "",
    obligation: Annotated[str, typer.Option(help="one obligation: slug, clause or words")] = "",
    at: Annotated[str, typer.Option(help="as seen at that time")] = "",
    as_json: AsJson = False,
) -> None:
    """Where every unit stands with every dated obligation."""
    with house() as found:
        from bot.commands.status import show_status

        show_status(found, unit, obligation, at, as_json)


@app.command()
def remind(
    at: Annotated[str, typer.Option(help="the time, e.g. 2022-06-27T08:00")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show, send nothing")] = False,
    as_json: AsJson = False,
) -> None:
    """What the clock would push at that time; without --dry-run it is queued."""
    with house() as found:
        from bot.commands.pushes import show_pushes_at

        show_pushes_at(found, moment(at, found.world.campaign.zone), dry_run, as_json)


@app.command()
def rehearse(as_json: AsJson = False) -> None:
    """The whole campaign's pushes in order, as things stand; nothing is sent."""
    with house() as found:
        from bot.commands.pushes import show_all_pushes

        show_all_pushes(found, as_json)


# ---------------------------------------------------------------- data and care


@app.command()
def export(
    format: Annotated[str, typer.Option(help="xlsx, docx, csv or json")],
    out: Annotated[Path, typer.Option(help="the file to write")],
) -> None:
    """The status of all units and what they reported, as a file."""
    with house() as found:
        from bot.commands.exporting import export_to

        export_to(found, format, out)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="the dispatch: .docx, .md or .txt")],
    out: Annotated[Path, typer.Option(help="the campaign folder to write")],
) -> None:
    """A dispatch to a draft campaign: its clauses marked, dates found; the rest to be filled in."""
    from bot.commands.importing import draft_campaign

    draft_campaign(file, out)


@app.command()
def check() -> None:
    """Campaign file, settings, database, channels: what is wrong and how to mend it."""
    from bot.commands.checking import check_all

    sys.exit(check_all(settings()))


@app.command()
def backup(file: Annotated[Path, typer.Argument()]) -> None:
    """The database and the files in one archive."""
    with house() as found:
        from bot.commands.backing_up import back_up

        back_up(found, file)


@app.command()
def restore(file: Annotated[Path, typer.Argument()]) -> None:
    """Put a backup back into an empty database."""
    with house() as found:
        from bot.commands.backing_up import restore_from

        restore_from(found, file)
