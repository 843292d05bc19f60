"""What the refusals of the Zalo Bot Platform mean."""

from bot.delivery.sink import PlatformRefusal, Verdict

DOCS = "https://bot.zaloplatforms.com/docs"
OVER_QUOTA = PlatformRefusal(429, Verdict.WAY, "quota", f"{DOCS} quota of the plan; it names no time to wait")
FLOOD = PlatformRefusal(429, Verdict.HALT, "flood", "a 429 far from the month's quota is taken for a flood limit", 30)
UNKNOWN = PlatformRefusal(0, Verdict.LATER, "silent", "a code that we know nothing of may pass", 30)
ERRORS = (
    PlatformRefusal("blocked", Verdict.ADDRESS, "blocked", f"{DOCS} [?] description, as clients report it"),
    PlatformRefusal("chat not found", Verdict.ADDRESS, "unknown", f"{DOCS} [?] description, as clients report it"),
    PlatformRefusal("user not found", Verdict.ADDRESS, "unknown", f"{DOCS} [?] description, as clients report it"),
    OVER_QUOTA,
    PlatformRefusal(401, Verdict.HALT, "token", f"{DOCS} the token is not accepted", 60),
    PlatformRefusal(404, Verdict.HALT, "token", f"{DOCS} no such bot: the token is wrong", 60),
    PlatformRefusal(403, Verdict.ADDRESS, "blocked", f"{DOCS} the bot may not write there"),
    PlatformRefusal(400, Verdict.MESSAGE, "refused", f"{DOCS} a parameter is wrong"),
    PlatformRefusal(408, Verdict.LATER, "silent", f"{DOCS} timeout", 5),
    PlatformRefusal(500, Verdict.LATER, "silent", f"{DOCS} the platform's own fault", 15),
)
"""Codes of ``error_code``, words of ``description`` before them."""
