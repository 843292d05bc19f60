"""A person's telephone number: only for templates, where no chat reaches any more."""

import re

from handlers.turn import Turn
from handlers.wording.phrases import phone_text
from rules.actions import KeepPhone, SetPhone, ShowPhone
from storage import people

_BETWEEN = re.compile(r"[\s.()-]")
_PHONE = re.compile(r"(?:\+?84|0)([0-9]{9})")
LONGEST = 40


def read_phone(text: str) -> str:
    """``0905 123 456`` as ``84905123456``; empty where it is no Vietnamese number."""
    found = _PHONE.fullmatch(_BETWEEN.sub("", text[:LONGEST]))
    return f"84{found[1]}" if found else ""


def show_phone(turn: Turn, _: ShowPhone) -> None:
    """What is kept."""
    phone = turn.person.phone if turn.person else ""
    turn.say(turn.words.tr("phone.kept", phone=phone_text(phone)) if phone else turn.words.tr("phone.none"))


def set_phone(turn: Turn, action: SetPhone) -> None:
    """Keep the number that was typed; "xóa" takes it away."""
    assert turn.person
    if action.text.lower() in ("xoa", "xóa", "delete"):
        people.set_phone(turn.db, turn.person.id, "")
        turn.say(turn.words.tr("phone.removed"))
    elif phone := read_phone(action.text):
        keep(turn, KeepPhone(phone))
    else:
        turn.say(turn.words.tr("phone.bad"))


def keep(turn: Turn, action: KeepPhone) -> None:
    """Keep a number, also one that the platform vouches for."""
    assert turn.person
    people.set_phone(turn.db, turn.person.id, action.phone)
    turn.say(turn.words.tr("phone.kept", phone=phone_text(action.phone)))
