"""Somebody without an invite asks to be let in: name, unit, telephone, one after the other, then those who oversee decide."""

import re
from dataclasses import replace
from datetime import timedelta

from handlers import everyday
from handlers.conversation import AskingIn, JoinStep
from handlers.joining.phone import read_phone
from handlers.message import Choice
from handlers.ticking import requests
from handlers.ticking.hourly import EVERY
from handlers.turn import Turn
from handlers.wording.duties import to_talk_text
from handlers.wording.phrases import phone_text
from rules.actions import (
    AnswerJoin,
    AskToJoin,
    Cancel,
    ChooseOwnUnit,
    SayWhoIAm,
    SendJoin,
    SkipPhone,
    UseShownName,
)
from rules.directory.finding import OneUnit, SeveralUnits, read_unit, unit_of, units_in
from rules.text.person_name import introduced_name, read_name
from rules.text.vietnamese import same_words
from storage import groups, join_requests, people
from storage.join_requests import Asking

AGAIN_AFTER = timedelta(days=1)
"""How long after a refusal somebody may ask again."""
A_DAY = timedelta(days=1)
MOST_A_DAY, MOST_OF_A_UNIT = 40, 5
"""So many requests a day are taken altogether, and for one unit."""
MOST_CHOICES = 8
_APART = re.compile(r"[,;\n]")
_BEFORE_UNIT = frozenset(
    ("o", "huyen", "thi", "thanh", "tx", "tp", "ubnd", "uy", "ben", "phong", "can", "lam", "thuoc", "cua", "h")
)
"""Words behind which a sentence says where somebody works."""
_NO_PHONE = re.compile(r"(?:em |toi )?(?:bo qua|khong(?: co| can)?|ko(?: co)?|k|thoi|skip|no|none)(?: a)?")


# ---------------------------------------------------------------- beginning


def ask(turn: Turn, action: AskToJoin) -> None:
    """ "Xin tham gia": ask who it is, unless there is an open request, or it can't be taken now."""
    if isinstance(turn.topic, AskingIn) and not action.unit:
        ask_again(turn)
        return
    _begin(turn, AskingIn(unit=action.unit))


def say_who(turn: Turn, action: SayWhoIAm) -> None:
    """The same with what a sentence tells already."""
    _begin(turn, _told(turn, AskingIn(), action.text))


def _begin(turn: Turn, known: AskingIn) -> None:
    hindered = _hindrance(turn, known.unit)
    if hindered:
        turn.rest()
        turn.say(" ".join(filter(None, (hindered, to_talk_text(turn.words, turn.campaign)))), *_usual(turn))
        return
    _go_on(turn, known)


def _usual(turn: Turn) -> tuple[Choice, ...]:
    return tuple(choice for choice in everyday.first_choices(turn) if not isinstance(choice.action, AskToJoin))


def _hindrance(turn: Turn, unit: str) -> str:
    """Why no request can be taken now; empty where one can."""
    words, last = turn.words, join_requests.newest_of(turn.db, turn.contact.id)
    if last and last.state == join_requests.OPEN:
        return words.tr("request.waiting", unit=_unit_name(turn, last.unit), at=words.moment(last.at))
    if last and last.state == join_requests.REFUSED and last.decided_at and turn.now - last.decided_at < AGAIN_AFTER:
        return words.tr("request.refused_lately", at=words.moment(last.decided_at + AGAIN_AFTER))
    since = turn.now - A_DAY
    full = join_requests.since(turn.db, since) >= MOST_A_DAY
    if full or (unit and join_requests.since(turn.db, since, unit) >= MOST_OF_A_UNIT):
        return words.tr("request.too_many")
    return ""


def _unit_name(turn: Turn, slug: str) -> str:
    has = turn.directory.has_unit(slug)
    return turn.directory.unit(slug).name.in_(turn.words.language) if has else slug


# ---------------------------------------------------------------- what is asked


def _go_on(turn: Turn, known: AskingIn) -> None:
    """On to the first thing that is not known."""
    if not known.called:
        step = JoinStep.NAME
    elif not known.unit:
        step = JoinStep.UNIT
    elif not known.phone and known.step is not JoinStep.SUMMARY:
        step = JoinStep.PHONE
    else:
        step = JoinStep.SUMMARY
    turn.go(replace(known, step=step))
    ask_again(turn)


def ask_again(turn: Turn) -> None:
    """The present question."""
    topic, words = turn.topic, turn.words
    assert isinstance(topic, AskingIn)
    cancel = Choice(words.tr("button.cancel"), Cancel())
    match topic.step:
        case JoinStep.NAME:
            shown = _shown_name(turn)
            known = (Choice(shown, UseShownName()),) if shown else ()
            turn.say(words.tr("request.name"), *known, cancel)
        case JoinStep.UNIT:
            turn.say(words.tr("request.unit", name=topic.called, example=turn.directory.units[0].short), cancel)
        case JoinStep.PHONE:
            receiver = turn.campaign.receiver.name.in_(words.language)
            turn.say(words.tr("request.phone", receiver=receiver), Choice(words.tr("button.skip"), SkipPhone()), cancel)
        case JoinStep.SUMMARY:
            _summary(turn, topic)


def _summary(turn: Turn, topic: AskingIn) -> None:
    words = turn.words
    phone = phone_text(topic.phone) if topic.phone else words.tr("request.no_phone")
    turn.say(
        words.tr("request.summary", name=topic.called, unit=_unit_name(turn, topic.unit), phone=phone),
        Choice(words.tr("button.send_request"), SendJoin()),
        Choice(words.tr("button.cancel"), Cancel()),
    )


def _shown_name(turn: Turn) -> str:
    """What the platform calls the sender, where that is a name."""
    return read_name(turn.incoming.name or turn.contact.name)


# ---------------------------------------------------------------- what is answered


def would_take(topic: AskingIn, text: str, turn: Turn) -> bool:
    """Whether a text surely answers the present question, however it reads otherwise."""
    match topic.step:
        case JoinStep.UNIT:
            return read_unit(text, turn.directory) is not None
        case JoinStep.PHONE:
            return bool(read_phone(text) or _NO_PHONE.fullmatch(same_words(text)))
        case _:
            return False


def answer(turn: Turn, action: AnswerJoin) -> None:
    """What was typed, at whichever question the conversation stands."""
    topic = turn.topic
    if not isinstance(topic, AskingIn):
        _begin(turn, AskingIn())
        return
    match topic.step:
        case JoinStep.NAME:
            _take_name(turn, topic, action.text)
        case JoinStep.UNIT:
            _take_unit(turn, topic, action.text)
        case JoinStep.PHONE:
            _take_phone(turn, topic, action.text)
        case JoinStep.SUMMARY:
            _go_on(turn, _corrected(turn, topic, action.text))


def _told(turn: Turn, topic: AskingIn, text: str) -> AskingIn:
    """With what a text tells: "Nam, Đại Lộc, 0905 123 456", "em tên Nam ở Đại Lộc"."""
    for part in _APART.split(text)[:4]:
        units, phone = units_in(part, turn.directory), read_phone(part)
        if phone:
            topic = replace(topic, phone=phone)
        elif units and isinstance(units[0], OneUnit):
            topic = replace(topic, unit=units[0].unit, called=topic.called or introduced_name(_before_unit(part)))
        elif not topic.called and not units:
            topic = replace(topic, called=introduced_name(part))
    return topic


def _before_unit(text: str) -> str:
    said = text.split()
    at = next((at for at, word in enumerate(said) if at and same_words(word) in _BEFORE_UNIT), 0)
    return " ".join(said[:at])


def _take_name(turn: Turn, topic: AskingIn, text: str) -> None:
    first, _, rest = text.partition(",")
    told = _told(turn, topic, text)
    name = told.called or (read_name(first) if told.unit == topic.unit or rest else "")
    if name:
        _go_on(turn, replace(told, called=name))
    elif told != topic:
        _go_on(turn, told)
    else:
        turn.say(turn.words.tr("request.no_name"))
        ask_again(turn)


def _take_unit(turn: Turn, topic: AskingIn, text: str) -> None:
    meant = unit_of(text, turn.directory)
    match meant:
        case OneUnit(slug):
            choose_unit(turn, ChooseOwnUnit(slug))
        case SeveralUnits(says, units, _):
            choices = [
                Choice(turn.directory.unit(u).name.in_(turn.words.language), ChooseOwnUnit(u)) for u in units[:MOST_CHOICES]
            ]
            turn.say(turn.words.tr("unit.which", says=says), *choices, Choice(turn.words.tr("button.cancel"), Cancel()))
        case None:
            example = turn.directory.units[0].short
            turn.say(
                turn.words.tr("unit.unknown", given=text[:40], example=example), Choice(turn.words.tr("button.cancel"), Cancel())
            )


def _take_phone(turn: Turn, topic: AskingIn, text: str) -> None:
    phone = read_phone(text)
    if phone or _NO_PHONE.fullmatch(same_words(text)):
        _go_on(turn, replace(topic, phone=phone, step=JoinStep.SUMMARY))
        return
    turn.say(turn.words.tr("request.bad_phone"))
    ask_again(turn)


def _corrected(turn: Turn, topic: AskingIn, text: str) -> AskingIn:
    """At the summary: another unit, number or name in place of what stands there; nothing where the text is none."""
    if phone := read_phone(text):
        return replace(topic, phone=phone)
    meant = read_unit(text, turn.directory)
    if isinstance(meant, OneUnit):
        return replace(topic, unit=meant.unit)
    return replace(topic, called=introduced_name(text) or topic.called)


def use_shown_name(turn: Turn, _: UseShownName) -> None:
    """The name that the platform shows."""
    topic, name = turn.topic, _shown_name(turn)
    if not isinstance(topic, AskingIn) or not name:
        _begin(turn, AskingIn())
        return
    turn.close_buttons()
    _go_on(turn, replace(topic, called=name))


def choose_unit(turn: Turn, action: ChooseOwnUnit) -> None:
    """Of several, or as it was read."""
    topic = turn.topic
    if not isinstance(topic, AskingIn):
        _begin(turn, AskingIn(unit=action.unit))
        return
    hindered = _hindrance(turn, action.unit)
    if hindered:
        _begin(turn, AskingIn(unit=action.unit))
        return
    _go_on(turn, replace(topic, unit=action.unit))


def skip_phone(turn: Turn, _: SkipPhone) -> None:
    """No number."""
    topic = turn.topic
    if not isinstance(topic, AskingIn):
        _begin(turn, AskingIn())
        return
    turn.close_buttons()
    _go_on(turn, replace(topic, phone="", step=JoinStep.SUMMARY))


# ---------------------------------------------------------------- sending


def send(turn: Turn, _: SendJoin) -> None:
    """Kept, and told to those who oversee: at once, or with others an hour later."""
    topic = turn.topic
    if not isinstance(topic, AskingIn) or not topic.called or not turn.directory.has_unit(topic.unit):
        _begin(turn, topic if isinstance(topic, AskingIn) else AskingIn())
        return
    turn.close_buttons()
    hindered = _hindrance(turn, topic.unit)
    if hindered:
        _begin(turn, topic)
        return
    join_requests.add(turn.db, Asking(turn.contact.id, topic.called, topic.unit, topic.phone), turn.now)
    turn.rest()
    turn.say(_sent(turn, told=requests.push_requests(turn) > 0), *_usual(turn))


def _sent(turn: Turn, told: bool) -> str:
    """What happens now: nothing is promised where nobody is there to decide."""
    words, receiver = turn.words, turn.campaign.receiver.name.in_(turn.words.language)
    contact = to_talk_text(words, turn.campaign)
    if not (people.overseers(turn.db) or groups.bound(turn.db)):
        text = words.tr("request.nobody", receiver=receiver)
    elif told:
        text = words.tr("request.sent", receiver=receiver)
    elif requests.may_tell(turn, turn.now + EVERY):
        text = words.tr("request.sent_soon", receiver=receiver)
    else:
        text = words.tr("request.sent_later", receiver=receiver)
    return " ".join(filter(None, (text, contact)))
