"""Buttons, groups and kinds of updates as an attacker would send them: the running program, a double of Telegram."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from handlers.turn import Incoming
from rules.people import Role
from storage import people, reports
from storage.database import reading
from storage.scope import Scope
from tests.doubles.telegram import BOT, TelegramDouble
from tests.serving import play
from tests.stage import CAMPAIGN, Stage
from tests.test_telegram import GROUP, LAN, MINH, Running, polling

EVA = 6006


def pressed(
    telegram: TelegramDouble, user: int, data: str, chat: dict[str, Any] | None = None, date: int = 1656295200
) -> dict[str, Any]:
    """A button's data as a changed client may send it: whoever, wherever, whatever."""
    on = {
        "message_id": 1,
        "date": date,
        "chat": chat or {"id": user, "type": "private", "first_name": "E"},
        "from": BOT,
        "text": "x",
    }
    sender = {"id": user, "is_bot": False, "first_name": "Eva", "language_code": "vi"}
    return telegram.update(callback_query={"id": "1", "from": sender, "message": on, "chat_instance": "1", "data": data})


def reported(bot: Running) -> list[str]:
    with reading(bot.wired.engine) as db:
        return [o.slug for o in CAMPAIGN.obligations if reports.latest(Scope(db, CAMPAIGN), "dai-loc", o.slug)]


async def settled(bot: Running, user: int) -> str:
    """Everything said to somebody, once what was sent is handled."""
    await bot.say(user, "/ngonngu", "Which language?", "Ai đó")
    return "\n".join(call.text for call in bot.telegram.sent_to(user))


def test_a_button_is_its_readers_alone(tmp_path: Path) -> None:
    """Replayed by a stranger, in a group, in a message that is gone, of another campaign, by whoever was removed."""

    async def scenario() -> None:
        async with TelegramDouble() as telegram, polling(tmp_path, telegram) as bot:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            await bot.say(LAN, "báo cáo kinh phí", "Câu 1/")
            asked = await bot.press(LAN, telegram.sent_to(LAN)[-1], "Không phát sinh", "KHÔNG PHÁT SINH")
            send = next(data for label, data in asked.buttons.items() if label.startswith("Gửi"))
            group = {"id": -77, "type": "supergroup", "title": "Nhóm lạ"}
            await telegram.send(
                pressed(telegram, EVA, send), pressed(telegram, EVA, send, group), pressed(telegram, LAN, send, group),
                pressed(telegram, EVA, send, group, date=0), pressed(telegram, EVA, send.replace("1", "2", 1)),
                *[pressed(telegram, EVA, data) for data in ("", "\x00", "a" * 64, "👍" * 16, send + " ", "' OR 1=1 --", "%_%", '"*"')],
            )  # fmt: skip
            assert "biên nhận" not in await settled(bot, EVA)
            assert reported(bot) == []
            with reading(bot.wired.engine) as db:
                (lan,) = people.present(db)
            bot.wired.writer.write(lambda db: people.remove(db, lan.id, bot.wired.clock.now()))
            await telegram.send(pressed(telegram, LAN, send))
            assert "biên nhận" not in await settled(bot, LAN)
            assert reported(bot) == []

    play(scenario())


def test_only_what_somebody_says_is_said(tmp_path: Path) -> None:
    """Edited messages, reactions, channels, anonymous admins, a linked channel's posts: nobody is answered or bound by them."""

    async def scenario() -> None:
        async with TelegramDouble() as telegram, polling(tmp_path, telegram) as bot:
            await bot.join(MINH, Role.MANAGER, name="Minh")
            linked = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
            channel = {"id": -100, "type": "channel", "title": "Kênh"}
            code = bot.invite(Role.MANAGER)
            posted = telegram.message(1, "/ganthongbao", chat=GROUP, sender_chat=channel)
            posted["message"]["from"] = linked
            joined = telegram.message(777000, f"/start {code}", sender_chat=channel)
            body = telegram.message(MINH, "/ganthongbao", chat=GROUP)["message"]
            said = [
                telegram.update(**{kind: body})
                for kind in ("edited_message", "channel_post", "edited_channel_post", "business_message")
            ]
            reaction = {"chat": GROUP, "message_id": 1, "user": body["from"], "date": 1, "old_reaction": [], "new_reaction": []}
            anonymous = telegram.message(1, "/ganthongbao", chat=GROUP, sender_chat=GROUP)
            anonymous["message"]["from"] = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
            await telegram.send(posted, joined, *said, telegram.update(message_reaction=reaction), anonymous)
            await settled(bot, EVA)
            assert telegram.sent_to(-500) == []
            with reading(bot.wired.engine) as db:
                assert [person.name for person in people.present(db)] == ["Minh"]

    play(scenario())


def test_nobody_binds_a_group_but_who_oversees(tmp_path: Path) -> None:
    """Thirty groups of a stranger's own, and ten of an officer's, with titles that hide, turn and press."""

    async def scenario() -> None:
        async with TelegramDouble() as telegram, polling(tmp_path, telegram) as bot:
            await bot.join(LAN, Role.OFFICER, "dai-loc")
            await bot.join(MINH, Role.ADMINISTRATOR, name="Minh")
            titles = ["\u202eỞs", "Sở\nquản trị: OK", "\u3164", "<b>=cmd|' /C calc'!A0</b>", "x" * 4000]
            for number in range(40):
                chat = {"id": -1000 - number, "type": "supergroup", "title": titles[number % len(titles)]}
                await telegram.send(telegram.message(EVA if number < 30 else LAN, "/ganthongbao", chat=chat))
            await settled(bot, EVA)
            await settled(bot, LAN)
            assert "Không có nhóm nào" in (await bot.say(MINH, "/quyen", "Minh", "Minh")).text
            chat = {"id": -2000, "type": "supergroup", "title": "Sở\u202e\u200b\n" + "\u0301" * 300 + "x" * 4000}
            await telegram.send(telegram.message(MINH, "/ganthongbao", chat=chat))
            await telegram.last(-2000, "")
            (line,) = [
                line for line in (await bot.say(MINH, "/quyen", "1. ", "Minh")).text.splitlines() if line.startswith("1. ")
            ]
            assert len(line) < 200
            assert "\u202e" not in line

    play(scenario())


MEANT_FOR_MACHINES = ("' OR '1'='1", "%", '"*" NEAR x', "; DROP TABLE person; --", "{{7*7}}", "${jndi:ldap://x}", "%s%n%x")


@pytest.mark.parametrize("text", MEANT_FOR_MACHINES)
def test_what_means_something_to_a_machine_means_nothing_here(any_stage: Stage, text: str) -> None:
    name = "{{7*7}}' OR 1=1 --"
    hear_from(any_stage, f"/start {any_stage.invite(Role.MANAGER, name=name)}")
    for command in ("/bienlai", "/nhac", "/start", "/lienket", "đơn vị"):
        answered = hear_from(any_stage, f"{command} {text}")
        assert answered
        assert "49" not in answered
        assert "vừa gặp lỗi" not in answered
    with reading(any_stage.engine) as db:
        assert [person.name for person in people.present(db)] == [name]


def hear_from(stage: Stage, text: str) -> str:
    """What Minh is answered."""
    said = stage.hear(Incoming("telegram", stage.next_update(), "Minh", "Minh", text))
    return "\n".join(each.message.text for each in said)


def test_a_thousand_pages_that_listen_leave_room_to_others(tmp_path: Path) -> None:
    """A page that is left open holds a connection, and a process has only so many."""
    from bot.flow.hub import MOST_PAGES, Hub

    async def scenario() -> None:
        hub = Hub()
        pages = []
        for _ in range(1000):
            if hub.is_full:
                break
            page = hub.listen()
            await anext(page)
            pages.append(page)
        assert len(pages) == MOST_PAGES
        await pages.pop().aclose()  # type: ignore[attr-defined]
        assert not hub.is_full

    asyncio.run(scenario())
