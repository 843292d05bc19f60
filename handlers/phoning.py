"""A person's telephone number: only for templates, where no chat reaches any more."""

import re

from handlers.turn import Turn
from storage import people

_BETWEEN = re.compile(r"[\s.()-]")
_PHONE = re.compile(r"(?:\+?84|0)(\d{9})")


def read_phone(text: str) -> str:
    """``0905 123 456`` as ``84905123456``; empty where it is no Vietnamese number."""
    found = _PHONE.fullmatch(_BETWEEN.sub("", text))
    return f"84{found[1]}" if found else ""


def shown(phone: str) -> str:
    """``84905123456`` as people write it: ``0905 123 456``."""
    return f"0{phone[2:5]} {phone[5:8]} {phone[8:]}"


def show(turn: Turn, given: str = "") -> None:
    """``/sodienthoai``: what is kept; with a number: keep it; with ``xoa``: take it away."""
    if turn.person is None:
        turn.say(turn.words.tr("file.stranger"))
    elif not given:
        phone = turn.person.phone
        turn.say(turn.words.tr("phone.kept", phone=shown(phone)) if phone else turn.words.tr("phone.none"))
    elif given.lower() in ("xoa", "xóa", "delete"):
        people.set_phone(turn.db, turn.person.id, "")
        turn.say(turn.words.tr("phone.removed"))
    elif phone := read_phone(given):
        keep(turn, phone)
    else:
        turn.say(turn.words.tr("phone.bad"))


def keep(turn: Turn, phone: str) -> None:
    """Keep a number, also one that the platform vouches for."""
    if turn.person is None:
        return
    people.set_phone(turn.db, turn.person.id, phone)
    turn.say(turn.words.tr("phone.kept", phone=shown(phone)))
