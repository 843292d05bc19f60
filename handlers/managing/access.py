"""Who may see what, and how to end it: people who oversee, groups that read along, codes that would let somebody in."""

from handlers.message import Choice
from handlers.pushing import push
from handlers.turn import Turn
from handlers.wording.phrases import channel_text, role_text
from rules.actions import ReleaseGroup, RevokeInvite, ShowAccess, ShowInvites
from storage import groups, invites, people
from storage.groups import AlertGroup
from storage.invites import OpenInvite

SHOWN = 20
"""Codes and groups that are listed, each with a way to end it."""


def show_invites(turn: Turn, _: ShowInvites) -> None:
    """The codes that would let somebody in, the newest first."""
    found = invites.open_invites(turn.db, turn.now)
    if not found:
        turn.say(turn.words.tr("invites.none"))
        return
    lines = [turn.words.trn("invites.one", "invites.many", len(found))]
    lines += [f"{number}. {_invite(turn, each)}" for number, each in enumerate(found[:SHOWN], 1)]
    if len(found) > SHOWN:
        lines.append(turn.words.tr("value.more_rows", count=len(found) - SHOWN))
    choices = [
        Choice(turn.words.tr("invites.revoke", number=number), RevokeInvite(each.role, each.handle))
        for number, each in enumerate(found[:SHOWN], 1)
    ]
    turn.say("\n".join(lines), *choices)


def _invite(turn: Turn, each: OpenInvite) -> str:
    words = turn.words
    return words.tr(
        "invites.line", role=role_text(words, each.role), name=f" {each.name}" if each.name else "", by=each.created_by,
        unit=turn.directory.unit(each.unit).short if turn.directory.has_unit(each.unit) else words.tr("people.all_units"),
        since=words.day(each.created_at.astimezone(turn.zone).date()),
        until=words.day(each.expires_at.astimezone(turn.zone).date()),
    )  # fmt: skip


def revoke_invite(turn: Turn, action: RevokeInvite) -> None:
    """Void one that was not used yet."""
    turn.close_buttons()
    done = invites.revoke(turn.db, action.invite, action.role, turn.now)
    said = turn.words.tr("invites.revoked") if done else turn.words.tr("invites.gone")
    turn.say(said, Choice(turn.words.tr("button.invites"), ShowInvites()))


def show_access(turn: Turn, _: ShowAccess) -> None:
    """For administrators: everybody who sees more than the own unit, and every door that stands open."""
    words, everyone, bound = turn.words, people.present(turn.db), groups.bound(turn.db)
    contacts = people.contacts_of(turn.db, [person.id for person in everyone])
    names = {person.id: person.name for person in everyone}
    lines = [words.tr("access.overseers")]
    for person in everyone:
        if person.role.oversees:
            channels = ", ".join(channel_text(words, each.channel) for each in contacts.get(person.id, []))
            lines.append(
                words.tr("access.person", name=person.name, role=role_text(words, person.role), channels=channels or "–")
            )
    lines += ["", words.tr("access.groups") if bound else words.tr("access.no_groups")]
    lines += [f"{number}. {_group(turn, each, names)}" for number, each in enumerate(bound[:SHOWN], 1)]
    of_units = sum(not person.role.oversees for person in everyone)
    lines += ["", words.tr("access.own_unit", count=words.number(of_units))]
    lines.append(words.tr("access.invites", count=words.number(len(invites.open_invites(turn.db, turn.now)))))
    choices = [
        Choice(words.tr("access.release", number=number), ReleaseGroup(groups.handle(each)))
        for number, each in enumerate(bound[:SHOWN], 1)
    ]
    turn.say("\n".join(lines), *choices, Choice(words.tr("button.invites"), ShowInvites()))


def _group(turn: Turn, group: AlertGroup, names: dict[int, str]) -> str:
    words = turn.words
    since = words.day(group.bound_at.astimezone(turn.zone).date())
    title, channel = group.title or group.address, channel_text(words, group.channel)
    return words.tr("access.group", title=title, channel=channel, name=names.get(group.bound_by, "–"), since=since)


def release_group(turn: Turn, action: ReleaseGroup) -> None:
    """A group reads along no more. It is told."""
    turn.close_buttons()
    found = next((each for each in groups.bound(turn.db) if groups.handle(each) == action.group), None)
    if found is None:
        turn.say(turn.words.tr("access.group_gone"))
        return
    groups.unbind(turn.db, found.channel, found.address)
    push.tell_released(turn, [found])
    turn.say(turn.words.tr("access.released", title=found.title or found.address))
