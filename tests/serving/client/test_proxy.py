"""Proxies as the environment names them."""

from __future__ import annotations

import pytest

from gradatim.serving.client.http import HttpTransport
from gradatim.serving.client.proxy import Proxy
from gradatim.serving.transport import Unreachable
from tests.serving.client.server import TEXT, Server, question, running, text


def test_proxies_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://user:p%40ss@proxy:3128")
    monkeypatch.setenv("all_proxy", "other:3128")
    monkeypatch.setenv("no_proxy", "inside.example")
    monkeypatch.delenv("http_proxy", raising=False)
    outside = Proxy.of("https://api.example/v1")
    assert outside == Proxy("http://proxy:3128", {"Proxy-Authorization": "Basic dXNlcjpwQHNz"})
    assert Proxy.of("http://api.example/v1") == Proxy("http://other:3128", {})
    assert Proxy.of("https://inside.example/v1") is None


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.0.1", "[::1]:8000", "model.localhost"])
def test_own_addresses_are_never_asked_for_by_a_proxy(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy:3128")
    monkeypatch.setenv("no_proxy", "")
    assert Proxy.of(f"http://{host}/v1") is None


async def test_a_plain_proxy_knows_its_user_in_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(version=None)
    with running(server):
        monkeypatch.setenv("http_proxy", f"http://me:pw@127.0.0.1:{server.port}")
        monkeypatch.setenv("no_proxy", "")
        transport = HttpTransport("http://model.example:8000/v1")
        for _ in range(3):
            assert text(await transport.complete(question())) == TEXT
        await transport.aclose()
    assert server.connections == 1
    assert all("Proxy-Authorization: Basic bWU6cHc=" in head for head in server.heads)


async def test_a_proxy_of_an_unknown_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:1080")
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(Unreachable, match="socks5"):
        await HttpTransport("http://model.example/v1").complete(question())
