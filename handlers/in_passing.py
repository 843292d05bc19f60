"""What is said in passing, often to a reminder: who writes there, why so often, it was sent long ago, thanks.

Whole sentences are looked at, without the polite words at both ends, so that a question about the dispatch stays one.
"""

import re

from handlers.own_words import wish
from rules import actions as a
from rules.text.vietnamese import same_words

LONGEST = 14
"""Words of such a sentence."""
_WHO = re.compile(
    r"(?:day la |ban la |may la |cho hoi )?ai (?:day|vay|the|nhan|gui|do)(?: tin)?(?: nay)?(?: day| vay| the)?|(?:day|ban|bot) la ai(?: vay| the)?|"
    r"(?:co phai |day la |tin )?lua dao(?: a| khong| ha| phai khong)?|(?:tin|cai) nay (?:that|lua)(?: dao)?(?: khong)?|co that khong|"
    r"(?:so |sdt|so dt|so dien thoai|dien thoai|dt)(?: de)? ?(?:lien he|dau moi|lien lac|cua so|hotline)(?: cua so)?|hotline|lien (?:he|lac)(?: voi| den)?(?: ai| so| so nao)|"
    r"(?:goi|lien he|lien lac|hoi|gap)(?: cho| voi)? (?:ai|so nao|sdt nao)(?: de)?(?: hoi| xac minh| biet| them)?|(?:xin |cho )?(?:so|sdt)(?: dien thoai)?(?: lien he)|"
    r"(?:cho |noi chuyen |muon |can )?(?:gap|noi chuyen|trao doi)(?: voi)? (?:can bo|nguoi|nguoi that|lanh dao|nhan vien)(?: that| so| phu trach| cua so){0,2}|goi lai(?: cho)?(?: em| toi)?|"
    r"(?:bot|tro ly|may)(?: tra loi)? (?:ngu|do|kem|dot|te|chan|cham)(?: qua| the| vay)?|"
    r"who (?:are you|is this|writes)|is this (?:a )?(?:scam|fraud)"
)
_STOP = re.compile(
    r"(?:sao )?(?:dung|khoi|ngung|tat|bo|huy|thoi|khong can|khong)(?: co)? (?:nhac|nhan tin|gui tin|thong bao|nhac nho|nhan|bao)(?: nho| tin| toi| em| minh| hoai| nhieu)?(?: nua| roi)?|"
    r"(?:sao |tin )?(?:nhac|nhan|nhan tin|bao|gui)(?: tin| toi| em| minh| nho)? (?:gi )?(?:nhieu|hoai|suot|lien tuc|lam|nua|ma nhieu)(?: qua| the| vay| lam| roi| hoai)?|"
    r"(?:phien|met|kho chiu|ngay nao cung nhac)(?: qua| that| ghe| lam)?|(?:sao|tai sao|vi sao) (?:cu |lai |con |van )?nhac(?: toi| em| minh| hoai| mai| nua| nhieu| the| vay){0,3}|"
    r"stop (?:reminding|messaging)(?: me)?|no more reminders"
)
_MINE = r"(?:(?:da|vang|em|toi|minh|ben em|ben toi|ben minh|don vi|don vi em|don vi toi|huyen|huyen em|chi|anh|hom qua|hom kia|tuan truoc|cai nay|viec nay|van ban|cong van) ){0,5}"
_SENT = re.compile(
    _MINE
    + r"(?:co )?(?:da )?(?:nop|gui|bao cao|trinh|chuyen)(?: bao cao| bc| van ban| vb| cong van| cv| ban giay| giay| len| cho| qua| ve| so| tinh| truc| lien thong"
    r"| buu dien| email| mail| zalo| hom qua| hom kia| hom truoc| sang nay| tuan truoc| tuan roi| truoc do| xong| het| day du){0,7}"
    r"(?: roi(?: ma| con| nhac| gi| nua| sao| a| dau){0,5}| hom qua| hom kia| hom truoc| tuan truoc)"
)
_SENDS = frozenset(("da", "roi", "qua", "kia", "truoc"))
_NOT_MINE = re.compile(
    _MINE
    + r"(?:khong|ko|k|het)(?: con)? (?:lam|phu trach|theo doi|phai)(?: cong tac| viec| mang| phan| linh vuc){0,2}(?: cua| ve){0,1}(?: nay| do| nua| em| toi| minh){0,3}|"
    r"(?:nhan |gui |nhac )?nham (?:nguoi|so|dia chi)(?: roi)?|"
    + _MINE
    + r"(?:da )?(?:chuyen|doi) (?:cong tac|cong viec|don vi|co quan|phong)(?: khac| roi| sang.*)?|"
    + _MINE
    + r"(?:da )?(?:nghi viec|nghi huu|nghi thai san|nghi sinh)(?: roi)?|not my (?:job|task|duty)"
)
_NODS = frozenset(
    (
        "ok",
        "oke",
        "okay",
        "okie",
        "okla",
        "uk",
        "u",
        "uh",
        "uhm",
        "um",
        "da",
        "vang",
        "ro",
        "duoc",
        "dong",
        "y",
        "nhat",
        "tri",
        "thanks",
        "thank",
        "tks",
    )
)
_BESIDE = frozenset(
    (
        "a",
        "ah",
        "roi",
        "em",
        "anh",
        "chi",
        "ban",
        "nhe",
        "nha",
        "nhieu",
        "lam",
        "you",
        "tro",
        "ly",
        "so",
        "bot",
        "ad",
        "admin",
        "cam",
        "on",
        "xin",
        "rat",
        "very",
        "much",
        "day",
    )
)
_SIGNS = frozenset("👍👌🙏❤♥💯✅🆗😊🙂😄😁🤝🫡")
_BESIDE_SIGNS = re.compile("[\\s\ufe0f\u200d\U0001f3fb-\U0001f3ff]")


def meant(text: str, of_a_unit: bool) -> a.Action | None:
    """What such a sentence asks for; None for anything else. ``of_a_unit``: by somebody whom reminders are sent to."""
    said = same_words(text)
    if not said:
        return a.Nod() if _is_signs(text) else None
    if len(said.split()) > LONGEST:
        return None
    wanted = wish(text)
    if _WHO.fullmatch(said) or _WHO.fullmatch(wanted):
        return a.WhoWrites()
    if of_a_unit and any(pattern.fullmatch(each) for pattern in (_STOP, _SENT, _NOT_MINE) for each in (said, wanted)):
        return a.WhyReminded()
    return a.Nod() if _nods(said) else None


def _is_signs(text: str) -> bool:
    left = _BESIDE_SIGNS.sub("", text)
    return bool(left) and all(sign in _SIGNS for sign in left)


def _nods(said: str) -> bool:
    """Thanks, or nothing but yes."""
    words = said.split()
    thanks = "cam on" in said and words[0] not in ("sao", "ai")
    return (thanks or not _NODS.isdisjoint(words)) and all(word in _NODS or word in _BESIDE for word in words)
