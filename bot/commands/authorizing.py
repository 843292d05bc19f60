"""``dondoc zalo authorize``: PKCE, by the browser of the account's administrator."""

import asyncio
import sys
from urllib.parse import parse_qs, urlsplit

from bot.channels.zalo_oa.tokens import PENDING_KEY, OAuthRefused, OAuthSilent, begin_authorizing, callback, finish_authorizing
from bot.clocks import wall_now
from bot.commands.shared import Refused, tr
from bot.wiring import House
from storage import kept
from storage.database import reading


def authorize_account(house: House, answer: str) -> None:
    """Print the link; take the answer that is pasted, or that came to the running web part. Raises Refused."""
    if not house.settings.zalo_oa:
        raise Refused(tr("cli.refused.no_account"))
    if not answer:
        link = house.writer.write(lambda db: begin_authorizing(db, house.settings, wall_now()))
        print("1. Đăng nhập Zalo bằng tài khoản quản trị trang (OA), mở đường dẫn này và bấm đồng ý:")
        print(f"   {link}")
        print(
            f"2. Zalo chuyển trình duyệt tới {callback(house.settings)} (địa chỉ này phải có trong phần Callback của ứng dụng)."
        )
        print("   Trang báo “Đã nối lại” là xong. Nếu không mở được trang, chép địa chỉ trên trình duyệt rồi dán vào đây,")
        print("   hoặc chạy: dondoc zalo authorize --code 'ĐỊA-CHỈ'. Đường dẫn có hiệu lực 30 phút, mã của Zalo 10 phút.")
        if not sys.stdin.isatty():
            return
        answer = input("Dán địa chỉ (hoặc Enter nếu trang đã báo xong): ").strip()
        if not answer:
            return
    _finish(house, answer)


def _finish(house: House, answer: str) -> None:
    query = parse_qs(urlsplit(answer).query)
    code = query.get("code", [answer])[0]
    with reading(house.engine) as db:
        pending = (kept.value(db, PENDING_KEY) or "").split(" ")
    if len(pending) != 3 or int(pending[2]) < wall_now().timestamp():
        raise Refused(tr("cli.refused.no_authorisation"))
    if "state" in query and query["state"][0] != pending[0]:
        raise Refused(tr("cli.refused.older_link"))
    try:
        asyncio.run(finish_authorizing(house.settings, house.writer, code, pending[1], wall_now))
    except OAuthRefused as refused:
        raise Refused(tr("cli.refused.code", why=f"{refused.code} {refused.said}")) from None
    except OAuthSilent as silent:
        raise Refused(tr("cli.refused.zalo_silent", why=silent)) from None
    print("Đã nối lại. / Connected again.")
