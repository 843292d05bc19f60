"""One person on several channels: a code shown on one is typed on the other."""

from handlers import everyday
from handlers.conversation import Idle, Linking
from handlers.joining import last
from handlers.message import Choice, Message
from handlers.pushing import push
from handlers.turn import Turn
from handlers.wording.phrases import channel_text
from rules.actions import BeginReport, Cancel, LinkHere, ShowLinking, TypeLinkCode, Unlink
from rules.codes import LONG_LINK_LENGTH, digits_of, looks_like_link_code, shown_link_code
from storage import linking, people, reports
from storage.people import Contact, Person


def show_linking(turn: Turn, _: ShowLinking) -> None:
    """``/lienket``: the person's channels and a code; a stranger is asked for one."""
    if turn.person is None:
        turn.go(Linking())
        turn.say(turn.words.tr("link.ask_code"))
    else:
        _show_code(turn, turn.person)


def _show_code(turn: Turn, person: Person) -> None:
    words = turn.words
    code = linking.create_code(turn.db, person.id, turn.now, turn.pick)
    contacts = people.contacts_of(turn.db, [person.id]).get(person.id, [])
    names = "; ".join(_name(turn, contact) for contact in contacts)
    until = words.moment(turn.now + linking.CODE_LIFE)
    others = [Choice(words.tr("link.remove", channel=_name(turn, c)), Unlink(c.id)) for c in contacts if c.id != turn.contact.id]
    turn.say_once(words.tr("link.code", code=shown_link_code(code), until=until, channels=names), *others)


def _name(turn: Turn, contact: Contact) -> str:
    name = channel_text(turn.words, contact.channel)
    return turn.words.tr("link.here", channel=name) if contact.id == turn.contact.id else name


def type_code(turn: Turn, action: TypeLinkCode) -> None:
    """A code was typed: link, or say why not."""
    if not looks_like_link_code(action.text.strip()):
        _ask_no_more(turn)
        turn.say(turn.words.tr("link.not_a_code"), *everyday.first_choices(turn))
        return
    code = digits_of(action.text)
    owner = _owner(turn, code)
    if owner is None:
        return
    if turn.person and turn.person.id == owner.id:
        _ask_no_more(turn)
        turn.say(turn.words.tr("link.already"), *everyday.first_choices(turn))
    elif turn.person:
        turn.say(
            turn.words.tr("link.another", mine=turn.person.name, other=owner.name),
            Choice(turn.words.tr("button.link_go"), LinkHere(code)), Choice(turn.words.tr("button.cancel"), Cancel()),
        )  # fmt: skip
    else:
        _link(turn, code)


def _ask_no_more(turn: Turn) -> None:
    """The next message is no code. A form that is open stays open."""
    if isinstance(turn.topic, Linking):
        turn.rest()


def _owner(turn: Turn, code: str) -> Person | None:
    """Whose code it is. A wrong one counts, and after five there is a rest."""
    mine, all_together = linking.tries(turn.db, turn.contact.id, turn.now)
    too_short = all_together >= linking.MOST_TRIES_OF_ALL and len(code) < LONG_LINK_LENGTH
    if mine >= linking.MOST_TRIES or too_short:
        _ask_no_more(turn)
        text = turn.words.tr("link.longer") if mine < linking.MOST_TRIES else turn.words.tr("link.wait")
        turn.say(text, *everyday.first_choices(turn))
        return None
    person_id = linking.owner(turn.db, code, turn.now)
    owner = people.by_id(turn.db, person_id) if person_id is not None else None
    if owner is None:
        linking.note_try(turn.db, turn.contact.id, turn.now)
        left = linking.MOST_TRIES - mine - 1
        if left and isinstance(turn.topic, Idle):
            turn.go(Linking())
        text = turn.words.trn("link.wrong_one", "link.wrong_many", left) if left else turn.words.tr("link.wait")
        turn.say(text, *everyday.first_choices(turn))
    return owner


def link_here(turn: Turn, action: LinkHere) -> None:
    """Confirmed by somebody who was another person here: that one leaves this channel."""
    turn.close_buttons()
    if _owner(turn, action.code) and not _is_last(turn):
        push.tell_released(turn, people.leave(turn.db, turn.contact.id, turn.now))
        _link(turn, action.code)


def _is_last(turn: Turn) -> bool:
    return last.holds_back(turn, turn.words.tr("link.last_administrator"), turn.words.tr("link.last_manager"))


def _link(turn: Turn, code: str) -> None:
    person_id = linking.use(turn.db, code, turn.now)
    person = people.by_id(turn.db, person_id) if person_id is not None else None
    if person is None or not linking.link(turn.db, turn.contact.id, person.id, turn.now):
        turn.say(turn.words.tr("stale"), *everyday.first_choices(turn))
        return
    turn.person = person
    turn.rest()
    here = channel_text(turn.words, turn.contact.channel)
    turn.say(turn.words.tr("link.done", name=person.name, channel=here), *_what_next(turn))
    _tell_the_others(turn, person)


def _what_next(turn: Turn) -> tuple[Choice, ...]:
    """Half-filled reports first: they go on here."""
    if turn.unit is None:
        return everyday.first_choices(turn)
    open_ = [turn.campaign.obligation(slug) for _, slug in reports.drafts(turn.scope, turn.unit.slug)
             if turn.campaign.has_obligation(slug)]  # fmt: skip
    language = turn.words.language
    go_on = [Choice(turn.words.tr("link.go_on", title=o.short.in_(language)), BeginReport(turn.campaign.duty(o))) for o in open_]
    return (*go_on, *everyday.first_choices(turn))


def _tell_the_others(turn: Turn, person: Person) -> None:
    """The person's other channels hear of it, with a way to undo what somebody else may have done."""
    for other in people.contacts_of(turn.db, [person.id]).get(person.id, []):
        if other.id == turn.contact.id or other.refused:
            continue
        words = turn.words_of(other.language or person.language)
        here = channel_text(words, turn.contact.channel)
        undo = Choice(words.tr("link.remove", channel=here), Unlink(turn.contact.id))
        message = Message(words.tr("link.told", channel=here), (undo,))
        push.here_only(turn, other, person, message, words.language)


def unlink(turn: Turn, action: Unlink) -> None:
    """Take another channel off: whoever sits there is a stranger at once."""
    turn.close_buttons()
    found = people.contact_by_id(turn.db, action.contact)
    assert found, "whose contact it is was asked before"
    people.leave(turn.db, found.id, turn.now)
    turn.say(turn.words.tr("link.removed", channel=channel_text(turn.words, found.channel)), *everyday.first_choices(turn))
