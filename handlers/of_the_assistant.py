"""What somebody wants of the assistant itself: how it is used, the dispatch to read, another telephone number, to stop."""

import re
from enum import Enum, auto

from handlers.own_words import wish
from rules.text.lexicon import expand
from rules.text.vietnamese import same_words

_GREETING = re.compile(
    r"(xin )?(chao|hello|hi|alo|alô|hey)( (ban|anh|chi|em|bot|tro ly|don doc|ad|admin))*|good (morning|afternoon)"
)
_LOST = re.compile(
    r"(?:em |toi )?(?:khong|ko|k|chua) (?:biet|hieu|ranh)(?: cach)? (?:dien|lam|nop|dung|bam|su dung)(?: sao| the nao| vao dau| o dau| gi| ca){0,2}|"
    r"huong dan(?: cach)?(?: nop| dien| dung| su dung)?|cach (?:nop|dien|dung|su dung)(?: bao cao)?|bam (?:vao )?(?:dau|nut nao|cai nao)|"
    r"giup (?:em|toi|minh)(?: voi| a)?|alo alo|bat dau|chi cach(?: dien| nop)?"
)
""" "Em không biết điền sao": help with the assistant, and not with what the dispatch asks for."""
_SHOW_DISPATCH = re.compile(
    r"(?:(?:gui(?: cho)? (?:em|toi|minh)|xem|xem lai|doc|doc lai|mo|tai|coi) )?(?:ban |file |toan van |noi dung )?(?:cong van|toan van)(?: goc| day du| nay| do)?"
)
"""The dispatch itself is asked for; who "sends the dispatch" reports."""
_STOPS_NOTHING = frozenset(("huy", "huy bo", "thoat", "thoi", "dung lai", "quay lai", "tro ve", "ve dau", "menu chinh"))
_NEW_PHONE = re.compile(r"(?:doi|sua|cap nhat|them|luu|thay)(?: lai)? (?:sdt|so dt|so dien thoai|dien thoai|so phone)(?: moi)?")
_HELP = re.compile(r"^(tro giup|giup( toi)?|huong dan( su dung)?|help|menu|lam duoc gi)$")


class Wish(Enum):
    """What is wanted."""

    HELP = auto()
    DISPATCH = auto()
    """The dispatch to read."""
    PHONE = auto()
    """Another telephone number of one's own."""
    STOP = auto()


def meant(text: str) -> Wish | None:
    """What a text wants of the assistant; None where it speaks of something else."""
    said, typed, wanted = expand(text), same_words(text), wish(text)
    if _GREETING.fullmatch(said) or _HELP.match(said) or _LOST.fullmatch(typed) or _LOST.fullmatch(wanted):
        return Wish.HELP
    if _SHOW_DISPATCH.fullmatch(wanted):
        return Wish.DISPATCH
    if _NEW_PHONE.fullmatch(wanted):
        return Wish.PHONE
    return Wish.STOP if typed in _STOPS_NOTHING or wanted in _STOPS_NOTHING else None
