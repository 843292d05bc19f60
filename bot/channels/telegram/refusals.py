"""What Telegram's refusals mean."""

from bot.delivery.sink import PlatformRefusal, Verdict

API = "https://core.telegram.org/bots/api#making-requests"
SEEN = "description seen from the Bot API server (tdlib/telegram-bot-api, Client.cpp)"
ERRORS = (
    PlatformRefusal("message is not modified", Verdict.HARMLESS, "", SEEN),
    PlatformRefusal("message to edit not found", Verdict.HARMLESS, "", SEEN),
    PlatformRefusal("message can't be edited", Verdict.HARMLESS, "", SEEN),
    PlatformRefusal("query is too old", Verdict.HARMLESS, "", SEEN),
    PlatformRefusal("bot was blocked by the user", Verdict.ADDRESS, "blocked", SEEN),
    PlatformRefusal("user is deactivated", Verdict.ADDRESS, "deactivated", SEEN),
    PlatformRefusal("can't initiate conversation", Verdict.ADDRESS, "never_wrote", SEEN),
    PlatformRefusal("chat not found", Verdict.ADDRESS, "unknown", SEEN),
    PlatformRefusal("peer_id_invalid", Verdict.ADDRESS, "unknown", SEEN),
    PlatformRefusal("bot was kicked", Verdict.ADDRESS, "put_out", SEEN),
    PlatformRefusal("bot is not a member", Verdict.ADDRESS, "put_out", SEEN),
    PlatformRefusal("have no rights to send", Verdict.ADDRESS, "put_out", SEEN),
    PlatformRefusal("group chat was deleted", Verdict.ADDRESS, "put_out", SEEN),
)
"""Descriptions of 400 and 403. A 403 in other words is taken for good, a 400 as the message's own fault."""
FORBIDDEN = PlatformRefusal(403, Verdict.ADDRESS, "blocked", API)
BAD = PlatformRefusal(400, Verdict.MESSAGE, "refused", API)
