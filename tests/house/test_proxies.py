"""The proxies of docs/deploy.md, as they stand there, before the real server: who is asked for, who asks, how much comes."""

import asyncio
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from bot.parts import Parts
from bot.settings import Settings
from bot.wiring import wire
from tests.bot.test_processes import free_port
from tests.doubles.watching import PATIENCE
from tests.house.test_pages import CONNECTED, FORGED
from tests.serving import play, serving

GUIDE = (Path(__file__).parents[2] / "docs" / "deploy.md").read_text(encoding="utf-8")
NAME = "dondoc.tinh.vn"


def block(begins: str) -> str:
    """What the guide says to write, from that line to the end of its block."""
    found = re.search(rf"^{re.escape(begins)}.*?^}}$", GUIDE, re.MULTILINE | re.DOTALL)
    assert found, begins
    return found[0]


def nginx(folder: Path, port: int, behind: int) -> list[str]:
    said = (
        block("server {")
        .replace("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;")
        .replace("127.0.0.1:8000", f"127.0.0.1:{behind}")
    )
    said = re.sub(r"/etc/letsencrypt/live/\S+/(\w+)\.pem", rf"{folder}/\1.pem", said)
    kept = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = f"daemon off; pid {folder}/pid; events {{}} http {{ access_log off; {kept} {said} }}"
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    return ["nginx", "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, port: int, behind: int) -> list[str]:
    said = block(f"{NAME} {{").replace("127.0.0.1:8000", f"127.0.0.1:{behind}")
    said = said.replace(
        f"{NAME} {{", f"https://{NAME}:{port} {{\n\ttls {folder}/fullchain.pem {folder}/privkey.pem\n\tbind 127.0.0.1", 1
    )
    whole = f"{{\n\tadmin off\n\tauto_https disable_redirects\n\tstorage file_system {folder}/caddy\n}}\n{said}\n"
    (folder / "Caddyfile").write_text(whole, encoding="utf-8")
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


@contextmanager
def standing(command: list[str], folder: Path) -> Iterator[None]:
    with (folder / "said").open("wb") as said, subprocess.Popen(command, stdout=said, stderr=said) as proxy:
        try:
            yield
        finally:
            proxy.terminate()
            proxy.wait(PATIENCE)


def client(port: int, address: str) -> httpx.AsyncClient:
    """Somebody at that address of this machine."""
    transport = httpx.AsyncHTTPTransport(verify=False, local_address=address)
    return httpx.AsyncClient(base_url=f"https://127.0.0.1:{port}", transport=transport, timeout=PATIENCE)


async def status(who: httpx.AsyncClient, path: str, method: str = "GET", host: str = NAME, **more: bytes) -> int:
    extensions = {"sni_hostname": NAME}
    return (await who.request(method, path, headers={"Host": host}, extensions=extensions, **more)).status_code  # type: ignore[arg-type]


@pytest.mark.parametrize("proxy", [nginx, caddy])
def test_a_proxy_as_the_guide_has_it(proxy: Callable[[Path, int, int], list[str]], tmp_path: Path) -> None:
    if not shutil.which(proxy.__name__) or not shutil.which("openssl"):
        pytest.skip(f"there is no {proxy.__name__} on this machine")
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=x",
            "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", "privkey.pem", "-out", "fullchain.pem"]  # fmt: skip
    subprocess.run(made, cwd=tmp_path, capture_output=True, check=True)
    more = {**CONNECTED, "public_url": f"https://{NAME}"}
    wired = wire(Settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/a.db", files_dir=tmp_path / "files", **more))

    async def scenario() -> None:
        async with serving(wired, Parts.WEB) as behind:
            port = free_port()
            with standing(proxy(tmp_path, port, int(behind.rpartition(":")[2])), tmp_path):
                async with client(port, "127.0.0.2") as one, client(port, "127.0.0.3") as other:
                    async with asyncio.timeout(PATIENCE):
                        while True:
                            with suppress(httpx.TransportError):
                                assert await status(one, "/health") == 200
                                break
                            await asyncio.sleep(0.05)
                    assert await status(one, "/") == 200
                    assert await status(one, "/metrics") == 404
                    assert await status(one, "/telegram/webhook", "POST", content=b"{}") == 403
                    if proxy is nginx:  # Caddy itself answers for no other name
                        assert await status(one, "/", host="evil.example") == 421
                    with suppress(httpx.TransportError):  # the answer may come, and the line be cut, before all of it is sent
                        assert await status(one, f"/gui-tep/{FORGED}", "POST", content=bytes(22 * 1024 * 1024)) == 413
                    async with asyncio.timeout(PATIENCE):
                        while await status(one, f"/gui-tep/{FORGED}") != 429:
                            pass
                    assert {await status(other, f"/gui-tep/{FORGED}") for _ in range(20)} == {
                        410
                    }  # somebody else is somebody else

    play(scenario())
