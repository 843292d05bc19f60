"""How far things are, asked for in own words: "tiến độ", "Đại Lộc nộp kinh phí chưa", "báo cáo của em thế nào rồi"."""

import re

from rules.text.lexicon import expand

_STATUS = re.compile(
    r"\b(tien do|ai dang (?:lam|dien|nhan|nop)|tinh hinh (?:the nao|sao|ra sao|den dau|toi dau)|ai (?:chua|da) (?:nop|gui|bao cao)|(?:chua|da) (?:nop|gui|bao cao)|nop (?:chua|roi|den dau)|nop den dau|"
    r"bao cao chua|gui chua|xong chua|tinh hinh (?:nop|bao cao|thuc hien)|don vi nao|huyen nao|thong ke|"
    r"status|progress|who has(?: not)? (?:reported|submitted)|submitted yet)\b"
)
_OVERVIEW = re.compile(
    r"\btong hop\b|^(?:ai|don vi|cac don vi|huyen|danh sach|lap danh sach|cac huyen)(?: nao)?(?: dang)?(?: bi)? (?:tre|cham|qua han|tre han|cham han|nop tre|nop cham)(?: nhat)?$"
)
"""What only those who oversee mean by it: from others "đang chờ tài chính tổng hợp" asks nothing."""
_ENDS_IN_YET = frozenset(("nop", "gui", "xong", "nhan", "duyet", "cao", "lai", "sung", "tra"))
""" "Đại Lộc nộp kinh phí chưa", "Sở đã nhận chưa": one of these, and "chưa" at the end."""
_WHERE_IT_IS = re.compile(
    r"\b(?:viec|muc)(?: nay)?(?: [0-9]\.[0-9])? (?:den dau|toi dau|the nao|sao) roi$|^ai (?:dang )?lam (?:gi|den dau|viec gi)(?: roi)?$|"
    r"\b(?:bao cao|bc|ho so) (?:cua |kinh phi |thu hoi )?(?:em|toi|minh|don vi|ben em|huyen)? ?(?:the nao|sao|den dau|toi dau|ra sao)(?: roi)?$"
)
_REVIEWS = re.compile(r"\b(?:bo sung|tra lai|xac nhan|duyet|xem|can bo|dau moi|sdt|so dien thoai|goi|lien he)\b")
"""What is done with a unit's report, or to reach its people: on the page of the unit."""
_LONGEST_REVIEW = 12
"""Words of a sentence that wants something done about a unit's report."""


def asked(text: str) -> bool:
    """Whether anybody who says that asks for it."""
    said = expand(text)
    words = said.split()
    return _STATUS.search(said) is not None or (words[-1:] == ["chua"] and not _ENDS_IN_YET.isdisjoint(words))


def own_asked(text: str) -> bool:
    """Whether somebody of a unit asks how their report stands."""
    return _WHERE_IT_IS.search(expand(text)) is not None


def overview_asked(text: str) -> bool:
    """Whether somebody who oversees asks how all stand."""
    return _OVERVIEW.search(expand(text)) is not None


def is_about_a_unit(text: str) -> bool:
    """Whether somebody who oversees, naming a unit, wants something that is done on its page."""
    said = expand(text)
    return _REVIEWS.search(said) is not None and len(said.split()) <= _LONGEST_REVIEW
