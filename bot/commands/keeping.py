"""``dondoc upkeep``: what is forgotten and when, and how much of it is due."""

from datetime import datetime

from bot.commands.shared import tr
from bot.flow import upkeep
from rules.retention import Retention
from storage.writer import Writer


def what_each_is() -> dict[str, tuple[str, str]]:
    """What each rule is about, and the setting that moves it, if one does."""
    return {
        "updates": (tr("cli.upkeep.updates"), ""),
        "signed": (tr("cli.upkeep.signed"), ""),
        "texts": (tr("cli.upkeep.texts"), "KEEP_TEXTS"),
        "stuck": (tr("cli.upkeep.stuck"), ""),
        "lists": (tr("cli.upkeep.lists"), ""),
        "messages": (tr("cli.upkeep.messages"), "KEEP_MESSAGES"),
        "orphans": (tr("cli.upkeep.orphans"), ""),
        "snoozes": (tr("cli.upkeep.snoozes"), ""),
        "codes": (tr("cli.upkeep.codes"), ""),
        "tries": (tr("cli.upkeep.tries"), ""),
        "invites": (tr("cli.upkeep.invites"), ""),
        "registers": (tr("cli.upkeep.registers"), ""),
        "requests": (tr("cli.upkeep.requests"), ""),
        "drafts": (tr("cli.upkeep.drafts"), "KEEP_DRAFTS"),
        "plans": (tr("cli.upkeep.plans"), "KEEP_DRAFTS"),
        "wishes": (tr("cli.upkeep.wishes"), "KEEP_DRAFTS"),
        "questions": (tr("cli.upkeep.questions"), "KEEP_QUESTIONS"),
        "strangers": (tr("cli.upkeep.strangers"), "KEEP_STRANGERS"),
        "spending": (tr("cli.upkeep.spending"), ""),
    }


def keep_house(writer: Writer, kept: Retention, now: datetime, do_it: bool) -> None:
    """Print the rules, a line each, with how many rows are due; ``do_it``: and work them off."""
    named = what_each_is()
    for rule, number in upkeep.due(writer, kept, now):
        what, setting = named[rule.name]
        print(tr("cli.upkeep.rule", days=rule.days, what=what + (f" ({setting})" if setting else ""), count=number))
    print(tr("cli.upkeep.backups", days=kept.backups) if kept.backups else tr("cli.upkeep.no_backups"))
    print(tr("cli.upkeep.asked"))
    print(tr("cli.upkeep.never"))
    if do_it:
        print(tr("cli.upkeep.done", count=sum(upkeep.tidy(writer, kept, now).values())))
