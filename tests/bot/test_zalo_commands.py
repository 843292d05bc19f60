"""``dondoc check`` and ``dondoc zalo authorize`` as an administrator runs them, against the doubles."""

import asyncio
import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bot.clocks import wall_now
from tests.doubles import zalo_bot
from tests.doubles.zalo_bot import ZaloBotDouble
from tests.doubles.zalo_oa import APP_ID, APP_SECRET, OA_SECRET, ZaloOaDouble
from tests.forked import forked
from tests.serving import play


def test_setting_both_doors_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with ZaloOaDouble(wall_now) as oa, ZaloBotDouble() as bot:
            env = {
                **os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/c.db", "FILES_DIR": str(tmp_path), "ZALO_OA_APP_ID": APP_ID,
                "ZALO_OA_APP_SECRET": APP_SECRET, "ZALO_OA_SECRET_KEY": OA_SECRET, "ZALO_OA_API_URL": oa.url,
                "ZALO_OAUTH_URL": oa.url, "ZNS_API_URL": oa.url, "PUBLIC_URL": "https://dondoc.example",
                "ZALO_BOT_TOKEN": zalo_bot.TOKEN, "ZALO_BOT_API_URL": bot.url, "LC_ALL": "en_US.UTF-8",
            }  # fmt: skip

            async def dondoc(*words: str, code: int = 0, **more: str) -> str:
                ended = await asyncio.to_thread(forked, *words, environment={**env, **more})
                said = ended.stdout + ended.stderr
                assert ended.returncode == code, said
                assert APP_SECRET not in said
                assert zalo_bot.TOKEN not in said
                return said

            told = await dondoc("check", code=1)
            assert "Zalo Bot: Đôn Đốc" in told
            assert "not authorised yet -> run dondoc zalo authorize" in told
            assert "first" in await dondoc("zalo", "authorize", "--code", "c1", code=1)
            told = await dondoc("zalo", "authorize")
            link = next(word for word in told.split() if word.startswith(oa.url))
            query = parse_qs(urlsplit(link).query)
            oa.challenges["c1"] = query["code_challenge"][0]
            back = f"{query['redirect_uri'][0]}?code=c1&oa_id=1&state="
            assert "older link" in await dondoc("zalo", "authorize", "--code", back + "guessed", code=1)
            assert "is connected again" in await dondoc("zalo", "authorize", "--code", back + query["state"][0])
            told = await dondoc("check")
            assert "ok     Zalo OA: authorised, the access token ends" in told
            assert "ok: quang-nam-ocop-2022, zalo_bot, zalo_oa" in told
            assert "Zalo OA: đã được cấp quyền" in await dondoc("check", LC_ALL="vi_VN.UTF-8")
            assert "no Vietnamese telephone number" in await dondoc("invite", "--role", "manager", "--phone", "12", code=1)
            assert "copy it" in await dondoc("check", code=1, ZALO_BOT_TOKEN="9:wrong")
            assert "No Official Account" in await dondoc("zalo", "authorize", code=1, ZALO_OA_APP_ID="", ZALO_OA_APP_SECRET="")

    play(scenario())
