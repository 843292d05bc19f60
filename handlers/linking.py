"""One person on several channels: a code shown on one is typed on the other."""

import re

from handlers import helping
from handlers.describing import channel_text
from handlers.turn import Choice, Message, Turn
from storage import linking, outbox, people, reports
from storage.people import Contact, Person

NOTICE = "notice"
"""The outbox's kind of a message that takes no other way: elsewhere it would tell the wrong one."""
_NO_DIGIT = re.compile(r"\D")
CODE = re.compile(r"\d{3}[ -]?\d{3}")


def show(turn: Turn, given: str = "") -> None:
    """``/lienket``: the person's channels and a code; ``/lienket 482913``: link this channel."""
    if given:
        type_code(turn, given)
    elif turn.person is None:
        turn.go("link")
        turn.say(turn.words.tr("link.ask_code"))
    else:
        _show_code(turn, turn.person)


def _show_code(turn: Turn, person: Person) -> None:
    words = turn.words
    code = linking.create_code(turn.db, person.id, turn.now, turn.world.pick)
    contacts = people.contacts_of(turn.db, [person.id]).get(person.id, [])
    names = "; ".join(_name(turn, contact) for contact in contacts)
    until = words.moment(turn.now + linking.CODE_LIFE)
    others = [
        Choice(words.tr("link.remove", channel=_name(turn, c)), f"unlink {c.id}") for c in contacts if c.id != turn.contact.id
    ]
    turn.say(words.tr("link.code", code=f"{code[:3]} {code[3:]}", until=until, channels=names), *others)


def _name(turn: Turn, contact: Contact) -> str:
    name = channel_text(turn.words, contact.channel)
    return turn.words.tr("link.here", channel=name) if contact.id == turn.contact.id else name


def is_code(turn: Turn, text: str) -> bool:
    """Whether a text is meant as a code: six digits from somebody who is nobody here yet, or who was asked for it."""
    return (turn.person is None or turn.topic == "link") and bool(CODE.fullmatch(text.strip()))


def type_code(turn: Turn, text: str) -> None:
    """A code was typed: link, or say why not."""
    code = _NO_DIGIT.sub("", text)
    if not CODE.fullmatch(text.strip()):
        _ask_no_more(turn)
        if code:
            turn.say(turn.words.tr("link.not_a_code"), *helping.first_choices(turn))
        else:
            helping.plain(turn, text)  # something else came to mind
        return
    owner = _owner(turn, code)
    if owner is None:
        return
    if turn.person and turn.person.id == owner.id:
        _ask_no_more(turn)
        turn.say(turn.words.tr("link.already"), *helping.first_choices(turn))
    elif turn.person:
        turn.say(
            turn.words.tr("link.another", mine=turn.person.name, other=owner.name),
            Choice(turn.words.tr("button.link_go"), f"linkgo {code}"), Choice(turn.words.tr("button.cancel"), "cancel"),
        )  # fmt: skip
    else:
        _link(turn, code)


def _ask_no_more(turn: Turn) -> None:
    """The next message is no code. A form that is open stays open."""
    if turn.topic == "link":
        turn.rest()


def _owner(turn: Turn, code: str) -> Person | None:
    """Whose code it is. A wrong one counts, and after five there is a rest."""
    mine, all_together = linking.tries(turn.db, turn.contact.id, turn.now)
    if mine >= linking.MOST_TRIES or all_together >= linking.MOST_TRIES_OF_ALL:
        _ask_no_more(turn)
        turn.say(turn.words.tr("link.wait"), *helping.first_choices(turn))
        return None
    person_id = linking.owner(turn.db, code, turn.now)
    owner = people.by_id(turn.db, person_id) if person_id is not None else None
    if owner is None:
        linking.note_try(turn.db, turn.contact.id, turn.now)
        left = linking.MOST_TRIES - mine - 1
        if left and not turn.topic:
            turn.go("link")
        text = turn.words.trn("link.wrong_one", "link.wrong_many", left) if left else turn.words.tr("link.wait")
        turn.say(text, *helping.first_choices(turn))
    return owner


def go(turn: Turn, code: str) -> None:
    """Confirmed by somebody who was another person here: that one leaves this channel."""
    turn.close_buttons()
    if _owner(turn, code):
        people.leave(turn.db, turn.contact.id, turn.now)
        _link(turn, code)


def _link(turn: Turn, code: str) -> None:
    person_id = linking.use(turn.db, code, turn.now)
    person = people.by_id(turn.db, person_id) if person_id is not None else None
    if person is None:
        turn.say(turn.words.tr("stale"), *helping.first_choices(turn))
        return
    linking.link(turn.db, turn.contact.id, person.id, turn.now)
    turn.person = person
    turn.rest()
    here = channel_text(turn.words, turn.contact.channel)
    turn.say(turn.words.tr("link.done", name=person.name, channel=here), *_what_next(turn))
    _tell_the_others(turn, person)


def _what_next(turn: Turn) -> tuple[Choice, ...]:
    """Half-filled reports first: they go on here."""
    if turn.unit is None:
        return helping.first_choices(turn)
    open_ = [slug for _, slug in reports.drafts(turn.db, turn.campaign.name, turn.unit.slug)]
    go_on = [
        Choice(turn.words.tr("link.go_on", title=turn.campaign.obligation(slug).short.in_(turn.words.language)), f"report {slug}")
        for slug in open_
        if turn.campaign.has_obligation(slug)
    ]
    return (*go_on, *helping.first_choices(turn))


def _tell_the_others(turn: Turn, person: Person) -> None:
    """The person's other channels hear of it, with a way to undo what somebody else may have done."""
    for other in people.contacts_of(turn.db, [person.id]).get(person.id, []):
        if other.id == turn.contact.id or other.refused:
            continue
        words = turn.world.languages.of(other.language or person.language)
        here = channel_text(words, turn.contact.channel)
        message = Message(
            words.tr("link.told", channel=here), (Choice(words.tr("link.remove", channel=here), f"unlink {turn.contact.id}"),),
            language=words.language,
        )  # fmt: skip
        outbox.queue(
            turn.db, contact_id=other.id, channel=other.channel, address=other.address, kind=NOTICE,
            body={**message.to_json(), "person": person.id}, now=turn.now,
        )  # fmt: skip


def unlink(turn: Turn, contact_id: str) -> None:
    """Take another channel off: whoever sits there is a stranger at once."""
    turn.close_buttons()
    found = people.contact_by_id(turn.db, int(contact_id)) if contact_id.isdigit() else None
    if found is None or turn.person is None or found.person_id != turn.person.id or found.id == turn.contact.id:
        turn.say(turn.words.tr("stale"), *helping.first_choices(turn))
        return
    people.leave(turn.db, found.id, turn.now)
    turn.say(turn.words.tr("link.removed", channel=channel_text(turn.words, found.channel)), *helping.first_choices(turn))
