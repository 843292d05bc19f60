"""``dondoc``: the command line. Slow parts are imported by the command that needs them.

Exit codes: 0 done, 1 refused with one clear line on stderr, 2 wrong usage.
"""

import atexit
import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.bad_setting import BadSetting, BadSettings
from bot.commands.shared import Refused, moment, names_a_file, spoken, tr, worded
from bot.usage import SpokenCommand, SpokenGroup
from bot.usage import run as run_typed

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from bot.settings import Settings
    from bot.wiring import Wired

app = typer.Typer(
    cls=SpokenGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=tr("cli.about")
)
AsJson = Annotated[bool, typer.Option("--json", help=tr("cli.option.json"))]


def command(told: str, name: str | None = None, of: typer.Typer = app) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Makes a function a command, with what help tells of it."""
    return of.command(name, cls=SpokenCommand, help=told)


def main() -> None:
    """Run a command; refusals become one line and exit code 1. What is written is its owner's alone to read."""
    os.umask(0o077)
    gc.disable()  # imports make a lot and free nothing: collecting costs a tenth of a short command
    atexit.register(gc.freeze)  # nor is all of it looked through as the process ends: a sixth
    from rules.documents.faults import Faults

    try:
        code = run_typed(app)
    except Faults as bad:
        for fault in bad.faults:
            print(worded(fault), file=sys.stderr)
        sys.exit(1)
    except BadSettings as bad:
        for setting in bad.faults:
            print(tr(setting.key, **setting.values), file=sys.stderr)
        sys.exit(1)
    except FileNotFoundError as missing:
        print(tr("cli.refused.no_file", file=missing.filename), file=sys.stderr)
        sys.exit(1)
    except (Refused, ValueError, OSError) as refused:
        print(" ".join(str(refused).split()), file=sys.stderr)
        sys.exit(1)
    sys.exit(code)


def settings() -> "Settings":
    """The settings, or a line about each that can't be read. Raises BadSettings."""
    from pydantic import ValidationError

    from bot.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        raise BadSettings(map(_unusable, error.errors())) from None


def _unusable(fault: "ErrorDetails") -> BadSetting:
    """A setting of another kind, or out of its bounds. Secrets are texts, of which every one is taken."""
    name, given, least = str(fault["loc"][0]).upper(), str(fault["input"])[:80], fault.get("ctx", {}).get("ge")
    if least is not None:
        return BadSetting("setting.at_least", name=name, given=given, least=least)
    return BadSetting("setting.unreadable", name=name, given=given)


@contextmanager
def wired(quiet: bool = True) -> Iterator["Wired"]:
    """The wired parts, for one command."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.commands.damage import look_first, refusal
    from bot.logs import set_up
    from bot.wiring import wire
    from storage.passing import is_damaged

    chosen = settings()
    set_up("warning" if quiet else chosen.log_level, chosen.secrets, "" if quiet else chosen.sentry_dsn.get_secret_value())
    look_first(chosen.database_file)
    try:
        found = wire(chosen)
    except SQLAlchemyError as error:
        why = str(getattr(error, "orig", error)).strip()
        if is_damaged(error) and chosen.database_file:
            raise refusal(chosen.database_file, why) from None
        raise Refused(tr("cli.refused.database", why=why)) from None
    try:
        yield found
    finally:
        found.close()


# ---------------------------------------------------------------- running


def _serve(part: str) -> None:
    with wired(quiet=False) as found:
        from bot.parts import Parts
        from bot.process import serve, settle
        from bot.wiring import wire_app, wire_process

        settings = found.settings
        found.settle_purpose()
        served = wire_process(found, Parts[part])

        def announce(address: str) -> None:
            told = tr("cli.run.rehearsal", address=address) if settings.rehearsing else f"Đôn Đốc: {address}"
            print(told, flush=True)

        if Parts.WEB in Parts[part]:
            from bot.web.serving import serve_web

            app = wire_app(found, served)
            settle()
            serve_web(app, settings.host, settings.port, announce)
        else:
            settle()
            serve(served.process)


@command(tr("cli.command.run"))
def run() -> None:
    """Everything in one process."""
    _serve("ALL")


@command(tr("cli.command.web"))
def web() -> None:
    """Web pages and webhooks."""
    _serve("WEB")


@command(tr("cli.command.worker"))
def worker() -> None:
    """Sends what waits in the outbox; polls Telegram where it does not call us."""
    _serve("WORKER")


@command(tr("cli.command.clock"))
def clock() -> None:
    """Puts reminders, digests and escalations into the outbox."""
    _serve("CLOCK")


@command(tr("cli.command.chat"))
def chat(code: Annotated[str, typer.Option("--as", help=tr("cli.option.chat.code"))] = "stranger") -> None:
    """Talk to the bot on the console."""
    with wired() as found:
        from bot.channels.console.receive import converse

        found.settle_purpose()
        converse(found.writer, found.library, found.clock, code, spoken())


@command(tr("cli.command.migrate"))
def migrate() -> None:
    """Bring the database's schema up to date."""
    with wired() as found:
        print(tr("cli.migrate.done", kind=found.engine.dialect.name))


# ---------------------------------------------------------------- asking


@command(tr("cli.command.ask"))
def ask(
    question: Annotated[str, typer.Argument(help=tr("cli.option.ask.question"))] = "",
    file: Annotated[Path | None, typer.Option("--file", help=tr("cli.option.ask.file"))] = None,
    as_json: AsJson = False,
) -> None:
    """One answer, or many from a file in order."""
    from bot.commands.asking import answer_file, answer_one

    if file:
        answer_file(settings(), file)
    elif question.strip():
        answer_one(settings(), question, as_json)
    else:
        raise typer.BadParameter(tr("cli.wrong.question"))


@command(tr("cli.command.eval"), "eval")
def eval_(
    file: Annotated[Path, typer.Argument(help=tr("cli.option.eval.file"))],
    compare: Annotated[bool, typer.Option("--compare", help=tr("cli.option.eval.compare"))] = False,
    half: Annotated[str, typer.Option(help=tr("cli.option.eval.half"))] = "",
    missed: Annotated[bool, typer.Option("--missed", help=tr("cli.option.eval.missed"))] = False,
    as_json: AsJson = False,
) -> None:
    """How many questions get the right answer first, by kind; false answers, false silences, time."""
    from bot.commands.evaluating import evaluate

    if half not in ("", "tuning", "checking"):
        raise typer.BadParameter(tr("cli.wrong.half"))
    evaluate(settings(), file, half, compare, missed, as_json)


@command(tr("cli.command.calibrate"))
def calibrate(
    files: Annotated[list[Path], typer.Argument(help=tr("cli.option.calibrate.files"))],
    whole: Annotated[list[Path] | None, typer.Option("--whole", help=tr("cli.option.calibrate.whole"))] = None,
    out: Annotated[Path | None, typer.Option(help=tr("cli.option.calibrate.out"))] = None,
) -> None:
    """Learn the weights of the evidence and the threshold of silence from questions."""
    from bot.commands.evaluating import learn_from

    learn_from(settings(), files, whole or [], out)


# ---------------------------------------------------------------- the Zalo Official Account

zalo = typer.Typer(cls=SpokenGroup, no_args_is_help=True, help=tr("cli.command.zalo"))
app.add_typer(zalo, name="zalo")


@command(tr("cli.command.authorize"), of=zalo)
def authorize(
    answer: Annotated[str, typer.Option("--code", help=tr("cli.option.authorize.answer"))] = "",
) -> None:
    """Let the product write as the Zalo Official Account: prints a link to open, then takes Zalo's answer."""
    with wired() as found:
        from bot.commands.authorizing import authorize_account
        from bot.wiring import wire_authorization

        authorize_account(wire_authorization(found), answer)


# ---------------------------------------------------------------- people, status, pushes


@command(tr("cli.command.invite"))
def invite(
    role: Annotated[str, typer.Option(help=tr("cli.option.invite.role"))],
    unit: Annotated[str, typer.Option(help=tr("cli.option.invite.unit"))] = "",
    name: Annotated[str, typer.Option(help=tr("cli.option.invite.name"))] = "",
    phone: Annotated[str, typer.Option(help=tr("cli.option.invite.phone"))] = "",
    as_json: AsJson = False,
) -> None:
    """A one-time code, with the links that redeem it."""
    with wired() as found:
        from bot.commands.inviting import Invited, make_invite

        links = found.links.asked(found.settings)
        make_invite(found.writer, found.library, found.clock.now(), links, Invited(role, unit, name, phone), as_json)


@command(tr("cli.command.status"))
def status(
    unit: Annotated[str, typer.Option(help=tr("cli.option.status.unit"))] = "",
    obligation: Annotated[str, typer.Option(help=tr("cli.option.status.obligation"))] = "",
    at: Annotated[str, typer.Option(help=tr("cli.option.status.at"))] = "",
    as_json: AsJson = False,
) -> None:
    """Where every unit stands with every dated obligation."""
    with wired() as found:
        from bot.commands.status import Wanted, show_status

        show_status(found.engine, found.library, found.clock.now(), Wanted(unit, obligation, at), as_json)


@command(tr("cli.command.remind"))
def remind(
    at: Annotated[str, typer.Option(help=tr("cli.option.remind.at"))],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=tr("cli.option.remind.dry_run"))] = False,
    as_json: AsJson = False,
) -> None:
    """What the clock would push at that time; without --dry-run it is queued."""
    with wired() as found:
        from bot.commands.pushes import show_pushes_at

        show_pushes_at(found.writer, found.library, moment(at, found.library.campaign.directory.zone), dry_run, as_json)


@command(tr("cli.command.rehearse"))
def rehearse(
    texts: Annotated[bool, typer.Option("--texts", help=tr("cli.option.rehearse.texts"))] = False, as_json: AsJson = False
) -> None:
    """The whole campaign's pushes in order, as things stand; nothing is sent."""
    with wired() as found:
        from bot.commands.pushes import show_all_pushes

        show_all_pushes(found.engine, found.library, found.clock.now(), texts, as_json)


# ---------------------------------------------------------------- data and care


@command(tr("cli.command.export"))
def export(
    format: Annotated[str, typer.Option(help=tr("cli.option.export.format"))],
    out: Annotated[Path, typer.Option(help=tr("cli.option.export.out"))],
) -> None:
    """The status of all units and what they reported, as a file."""
    names_a_file(out)
    with wired() as found:
        from bot.commands.exporting import export_to

        export_to(found.engine, found.library, found.clock.now(), format, out)


@command(tr("cli.command.import"), "import")
def import_(
    file: Annotated[Path, typer.Argument(help=tr("cli.option.import.file"))],
    out: Annotated[Path, typer.Option(help=tr("cli.option.import.out"))],
) -> None:
    """A dispatch to a draft campaign: its clauses marked, dates found; the rest to be filled in."""
    from bot.commands.importing import draft_campaign

    draft_campaign(file, out)


@command(tr("cli.command.check"))
def check() -> None:
    """Campaign file, settings, database, channels: what is wrong and how to mend it."""
    from bot.commands.checking import check_all

    async def bot_name(chosen: "Settings") -> str:
        from bot.channels.zalo_bot.api import own_name

        return await own_name(chosen.zalo_bot_token.get_secret_value(), chosen.zalo_bot_api_url)

    sys.exit(check_all(settings(), bot_name))


@command(tr("cli.command.upkeep"))
def upkeep(do_it: Annotated[bool, typer.Option("--now", help=tr("cli.option.upkeep.now"))] = False) -> None:
    """What is forgotten and when; with --now what is due is forgotten at once, as the clock does every night."""
    with wired() as found:
        from bot.commands.keeping import keep_house

        keep_house(found.writer, found.settings.kept, found.clock.now(), do_it)


PassphraseFile = Annotated[Path | None, typer.Option("--passphrase-file", help=tr("cli.option.passphrase_file"))]


@command(tr("cli.command.backup"))
def backup(
    file: Annotated[Path, typer.Argument(help=tr("cli.option.backup.file"))],
    force: Annotated[bool, typer.Option("--force", help=tr("cli.option.backup.force"))] = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """The database and the files in one archive."""
    names_a_file(file)
    with wired() as found:
        from bot.commands.backing_up import back_up
        from bot.wiring import make_seal

        back_up(
            found.writer, found.library, file, force, lambda: make_seal(passphrase_file or found.settings.backup_passphrase_file)
        )


@command(tr("cli.command.restore"))
def restore(
    file: Annotated[Path, typer.Argument(help=tr("cli.option.restore.file"))], passphrase_file: PassphraseFile = None
) -> None:
    """Put a backup back into an empty database."""
    names_a_file(file)
    with wired() as found:
        from bot.commands.backing_up import passphrase_for, restore_from

        passphrase = passphrase_for(file, passphrase_file, found.settings.backup_passphrase_file)
        restore_from(found.writer, found.library.files, file, passphrase, found.purpose)
