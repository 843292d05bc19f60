"""The command line's own words (usage, titles of help, wrong usage) in the language of whoever types.

Typer translates only part of them, and that part by the system's locale, in which C would be English.
"""

import sys
from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from bot.commands.shared import tr


class _Spoken:
    """What a command and a group say in that language alike."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The first line of help."""
        _write_usage(self, ctx, formatter)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """All of help."""
        _title_panels()
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def get_help_option(self, ctx: Any) -> Any:
        """``--help``."""
        return _told(super().get_help_option(ctx))  # type: ignore[misc]


class SpokenCommand(_Spoken, TyperCommand):
    """A command whose help and refusals are in that language."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As typer does; what is left over is refused in our words."""
        ctx.allow_extra_args = True
        left = super().parse_args(ctx, args)
        if left:
            ctx.fail(tr("cli.wrong.too_much", words=" ".join(left)))
        return left


class SpokenGroup(_Spoken, TyperGroup):
    """A group of commands, likewise."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """As typer does; a command that is not there is refused in our words."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            near = get_close_matches(args[0], self.commands)
            ctx.fail(tr("cli.wrong.no_command", name=args[0]) + _perhaps(near))
        return super().resolve_command(ctx, args)


def _write_usage(command: Any, ctx: Any, formatter: Any) -> None:
    pieces = " ".join(command.collect_usage_pieces(ctx))
    for theirs, ours in (
        ("[OPTIONS]", tr("cli.usage.options")),
        ("COMMAND [ARGS]...", tr("cli.usage.command")),
    ):
        pieces = pieces.replace(theirs, ours)
    formatter.write_usage(ctx.command_path, pieces, prefix=tr("cli.usage") + " ")


def _told(option: Any) -> Any:
    if option is not None:
        option.help = tr("cli.option.help")
    return option


def _title_panels() -> None:
    from typer import rich_utils  # slow to import, and only help needs it

    rich_utils.ARGUMENTS_PANEL_TITLE = tr("cli.panel.arguments")
    rich_utils.OPTIONS_PANEL_TITLE = tr("cli.panel.options")
    rich_utils.COMMANDS_PANEL_TITLE = tr("cli.panel.commands")
    rich_utils.REQUIRED_LONG_STRING = tr("cli.panel.required")
    rich_utils.DEFAULT_STRING = tr("cli.panel.default")


# ---------------------------------------------------------------- wrong usage


def run(app: typer.Typer) -> int:
    """Run the command that was typed. Returns the exit code; wrong usage is one line on stderr and 2."""
    try:
        return app(standalone_mode=False) or 0
    except typer.TyperException as wrong:
        if type(wrong).__name__ == "NoArgsIsHelpError":  # help was printed in its stead
            return wrong.exit_code
        print(tr("cli.wrong", why=_why(wrong), help=_help_for(wrong)).strip(), file=sys.stderr)
        return wrong.exit_code
    except typer.Abort:
        print(tr("cli.aborted"), file=sys.stderr)
        return 1


def _why(wrong: Any) -> str:
    """What is wrong. By the names of typer's classes, for it keeps the classes themselves to itself."""
    match type(wrong).__name__:
        case "MissingParameter":
            named = wrong.param.opts[0] if wrong.param.param_type_name == "option" else wrong.param.name
            return tr("cli.wrong.missing", name=named)
        case "NoSuchOption":
            return tr("cli.wrong.no_option", name=wrong.option_name) + _perhaps(wrong.possibilities)
        case "BadOptionUsage":
            return tr("cli.wrong.option", name=wrong.option_name)
    return str(wrong.message)


def _perhaps(near: Any) -> str:
    return " " + tr("cli.wrong.perhaps", names=", ".join(sorted(near))) if near else ""


def _help_for(wrong: Any) -> str:
    ctx = getattr(wrong, "ctx", None)
    return tr("cli.wrong.help", command=ctx.command_path) if ctx else ""
