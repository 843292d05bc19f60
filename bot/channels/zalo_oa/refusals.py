"""What the refusals of the Zalo Official Account mean. Codes marked [?] stand in clients' sources and reports, not in a
page that we could read."""

from bot.delivery.sink import PlatformRefusal, Verdict

OA = "https://developers.zalo.me/docs/official-account, error codes"
ZNS = "https://developers.zalo.me/docs/zalo-notification-service, error codes"
FLOOD = PlatformRefusal(-32, Verdict.HALT, "flood", f"{OA}: too many requests", 5)
TOKEN_ERRORS = (
    PlatformRefusal(-216, Verdict.TOKEN, "token", f"{OA}: access token invalid or expired"),
    PlatformRefusal(-217, Verdict.TOKEN, "token", f"{OA} [?]: access token expired, as clients report it"),
    PlatformRefusal(-220, Verdict.TOKEN, "token", f"{OA}: access token expired or removed"),
    PlatformRefusal(401, Verdict.TOKEN, "token", "HTTP 401 instead of an error code, as clients report it"),
    FLOOD,
)
"""What both interfaces answer to a dead token or a flood."""
ERRORS = (
    *TOKEN_ERRORS,
    PlatformRefusal(-201, Verdict.MESSAGE, "refused", f"{OA}: a parameter is wrong"),
    PlatformRefusal(-211, Verdict.WAY, "quota", f"{OA}: out of quota"),
    PlatformRefusal(-218, Verdict.WAY, "quota", f"{OA}: out of quota for this person"),
    PlatformRefusal(-213, Verdict.ADDRESS, "unfollowed", f"{OA}: not a follower"),
    PlatformRefusal(-221, Verdict.WAY, "account", f"{OA}: the account is not verified"),
    PlatformRefusal(-224, Verdict.WAY, "account", f"{OA}: the account's package does not hold this"),
    PlatformRefusal(-227, Verdict.ADDRESS, "inactive", f"{OA}: the user is banned, or idle for 45 days"),
    PlatformRefusal(-230, Verdict.WAY, "window", f"{OA}: no interaction within 7 days"),
    PlatformRefusal(-232, Verdict.WAY, "window", f"{OA}: no interaction, or too long ago"),
    PlatformRefusal(-240, Verdict.MESSAGE, "refused", f"{OA}: this kind of message ended"),
    PlatformRefusal(-244, Verdict.ADDRESS, "blocked", f"{OA}: the user takes no such messages"),
    PlatformRefusal(-249, Verdict.WAY, "template", f"{OA}: the template is not for users"),
)
"""Ordinary messages, uploads, and templates by user id."""
PHONE_ERRORS = (
    *TOKEN_ERRORS,
    PlatformRefusal(-124, Verdict.TOKEN, "token", f"{ZNS}: access token invalid"),
    PlatformRefusal(-118, Verdict.WAY, "no_zalo", f"{ZNS}: Zalo account not existed"),
    PlatformRefusal(-108, Verdict.WAY, "no_zalo", f"{ZNS} [?]: phone number invalid"),
    PlatformRefusal(-114, Verdict.WAY, "inactive", f"{ZNS} [?]: the user can't receive"),
    PlatformRefusal(-133, Verdict.LATER, "silent", f"{ZNS} [?]: templates rest from 22:00 to 06:00", 1800),
    PlatformRefusal(-115, Verdict.WAY, "account", f"{ZNS} [?]: no balance"),
    PlatformRefusal(-144, Verdict.WAY, "quota", f"{ZNS} [?]: the account's daily quota"),
    PlatformRefusal(-147, Verdict.WAY, "quota", f"{ZNS} [?]: the template's daily quota"),
)
"""Templates by phone."""
ANY_OTHER = PlatformRefusal(0, Verdict.WAY, "template", "any other refusal of a template: another way may be open")
UNKNOWN = PlatformRefusal(0, Verdict.LATER, "silent", "a code that we know nothing of may pass", 30)
