"""Those who oversee decide who comes in without an invite."""

from dataclasses import dataclass

from handlers import everyday
from handlers.joining.arriving import Joined, welcome
from handlers.message import Choice, Message, Notice
from handlers.pushing import push
from handlers.ticking.requests import decisions, who_text
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from handlers.wording.duties import to_talk_text
from rules.actions import LetIn, ShowRequest, ShowRequests, TurnAway
from rules.campaign.model import Campaign
from rules.people import Role
from storage import join_requests, people
from storage.invites import Invite
from storage.join_requests import GRANTED, OPEN, REFUSED, JoinRequest
from storage.people import Contact, Person

PAGE = 8


def show_requests(turn: Turn, action: ShowRequests) -> None:
    """Who waits, a page at a time."""
    waiting, words = join_requests.waiting(turn.db), turn.words
    first = action.page * PAGE
    shown = waiting[first : first + PAGE]
    if not shown:
        turn.say(words.tr("request.none"), *everyday.first_choices(turn))
        return
    lines = [words.tr("request.several", count=words.number(len(waiting)))]
    lines += [f"{number}. {who_text(words, turn.directory, one)}" for number, one in enumerate(shown, first + 1)]
    choices = [
        Choice(words.tr("request.open", number=number, name=one.name), ShowRequest(one.id))
        for number, one in enumerate(shown, first + 1)
    ]
    if first + PAGE < len(waiting):
        choices.append(Choice(words.tr("button.next_page"), ShowRequests(action.page + 1)))
    turn.say("\n".join(lines), *choices)


def show_request(turn: Turn, action: ShowRequest) -> None:
    """One, with what can be decided."""
    found = _open(turn, action.request)
    if found:
        text = turn.words.tr("request.one", who=who_text(turn.words, turn.directory, found))
        turn.say(text, *decisions(turn.words, found))


def _open(turn: Turn, request_id: int) -> JoinRequest | None:
    """One that waits. Says who decided it where it does not."""
    found = join_requests.by_id(turn.db, request_id)
    if found is None:
        turn.say(turn.words.tr("unknown_button"), *everyday.first_choices(turn))
        return None
    if found.state == OPEN:
        return found
    turn.say(_decided(turn, found), *_next(turn))
    return None


def _decided(turn: Turn, found: JoinRequest) -> str:
    """Who decided, and what; somebody who came in by an invite was decided by nobody."""
    words, who = turn.words, who_text(turn.words, turn.directory, found)
    if found.state not in (GRANTED, REFUSED) or found.decided_at is None:
        return words.tr("request.joined_otherwise", who=who)
    at, by = words.moment(found.decided_at), found.decided_by or words.tr("request.somebody")
    if found.state == GRANTED:
        return words.tr("request.was_granted", who=who, by=by, at=at)
    return words.tr("request.was_refused", who=who, by=by, at=at)


def _next(turn: Turn) -> tuple[Choice, ...]:
    """The others that wait."""
    left = len(join_requests.waiting(turn.db))
    label = turn.words.tr("button.other_requests", count=turn.words.number(left))
    return (Choice(label, ShowRequests()),) if left else everyday.first_choices(turn)


def let_in(turn: Turn, action: LetIn) -> None:
    """An officer of that unit from now on, greeted as with an invite."""
    found, contact = _to_decide(turn, action.request)
    if found is None or contact is None:
        return
    if not turn.directory.has_unit(found.unit):
        turn.say(turn.words.tr("unknown_button"), *everyday.first_choices(turn))
        return
    if not _decide(turn, found, GRANTED):
        return
    role = Invite(role=Role.OFFICER, unit=found.unit, name=found.name, expires_at=turn.now, phone=found.phone)
    came = people.join(turn.db, contact.id, role, found.name, contact.language or turn.words.language, turn.now)
    reached = _welcome(turn, came)
    who = who_text(turn.words, turn.directory, found)
    text = turn.words.tr("request.granted", who=who) if reached else turn.words.tr("request.granted_unreached", who=who)
    turn.say(text, *_next(turn))


def _welcome(turn: Turn, came: Person) -> bool:
    assert turn.person
    unit = turn.directory.unit(came.unit)
    push.to_overseers(turn, Joined(came.name, came.role, unit), f"joined:{came.id}", may_mute=True, but=turn.person.id)
    return push.to_person(turn, came, welcome(turn, came, unit), f"welcome:{came.id}")


def _to_decide(turn: Turn, request_id: int) -> tuple[JoinRequest | None, Contact | None]:
    """One that waits, with the contact that asked, which is nobody yet. Says so where it is not to be decided any more."""
    found = _open(turn, request_id)
    contact = people.locked_contact(turn.db, found.contact_id) if found else None
    if found is None:
        return None, None
    if contact is None or contact.person_id is not None:
        join_requests.close_of(turn.db, found.contact_id, turn.now)
        words, who = turn.words, who_text(turn.words, turn.directory, found)
        text = words.tr("request.gone", who=who) if contact is None else words.tr("request.joined_otherwise", who=who)
        turn.say(text, *_next(turn))
        return None, None
    return found, contact


def _decide(turn: Turn, found: JoinRequest, state: str) -> bool:
    """Whether who presses is the one who decides: of two at once, the other hears what the first did."""
    assert turn.person
    turn.close_buttons()
    done = join_requests.decide(turn.db, found.id, state, turn.person.name, turn.now)
    return done or _open(turn, found.id) is not None


def turn_away(turn: Turn, action: TurnAway) -> None:
    """Refused, with whom to call."""
    found, contact = _to_decide(turn, action.request)
    if found is None or contact is None or not _decide(turn, found, REFUSED):
        return
    if not contact.refused:
        push.to_contact(turn, contact, TurnedAway(turn.campaign), f"refused:{found.id}")
    turn.say(turn.words.tr("request.refused", who=who_text(turn.words, turn.directory, found)), *_next(turn))


@dataclass(frozen=True)
class TurnedAway(Notice):
    """For who asked to be let in and was not."""

    campaign: Campaign

    def message(self, words: Words) -> Message:
        """That, and whom to call."""
        receiver = self.campaign.receiver.name.in_(words.language)
        text = words.tr("request.you_were_refused", receiver=receiver)
        return Message(" ".join(filter(None, (text, to_talk_text(words, self.campaign)))))
