"""From a model's name in the settings to a client."""

from __future__ import annotations

import pytest
from langchain_core.messages import HumanMessage

from gradatim.errors import SettingsError
from gradatim.serving.chat import OpenAIChat
from gradatim.serving.client import Client
from gradatim.serving.client.http import HttpTransport
from gradatim.serving.models import open_chat_model
from gradatim.settings import Settings
from tests.serving.client.server import TEXT, Server, cut, question, running, text
from tests.serving.client.test_pool import Events


@pytest.mark.parametrize("spec", ["{a},{b}#m", "{a}#m, {b}#m", "{a}/,{b}/,{a}#m"])
async def test_several_endpoints(spec: str) -> None:
    servers = [Server(name, otherwise=cut(0)) for name in "ab"]
    servers[1].otherwise = Server().otherwise
    with running(*servers):
        events = Events()
        addresses = {"a": servers[0].address, "b": servers[1].address}
        chat = open_chat_model(spec.format(**addresses), Settings(), observers=[events])
        assert isinstance(chat, OpenAIChat)
        assert chat.model == "m"
        for number in range(6):
            assert (await chat.ainvoke([HumanMessage(str(number))])).text == TEXT
        client = chat.transport
        assert isinstance(client, Client)
        assert client.queue is not None
        assert client.queue._limit == 2 * 64
        assert client.ledger.total().failures == 0
        assert len(events.attempts) == client.ledger.total().attempts >= 6
        await client.aclose()


@pytest.mark.parametrize(
    "spec",
    [
        "http://a/v1",
        "http://#m",
        "http://a/v1#m,http://b/v1#n",
        "http://a/v1,ftp://b/v1#m",
        "http://a/v1,#m",
        "http://a:port/v1#m",
        "http://[::1/v1#m",
        "http://a:99999/v1#m",
    ],
)
def test_addresses_that_cannot_be(spec: str) -> None:
    with pytest.raises(SettingsError, match="needs an address"):
        open_chat_model(spec, Settings())


async def test_a_plain_proxy_is_used_with_the_whole_address(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(version=None)
    with running(server):
        monkeypatch.setenv("http_proxy", f"http://me:pw@127.0.0.1:{server.port}")
        monkeypatch.setenv("no_proxy", "")
        assert text(await HttpTransport("http://model.example:8000/v1").complete(question())) == TEXT
    assert server.paths[-1] == "http://model.example:8000/v1/chat/completions"
    assert "Host: model.example:8000" in server.heads[-1]
    assert "Proxy-Authorization: Basic bWU6cHc=" in server.heads[-1]


async def test_the_cache_from_the_settings(tmp_path: object) -> None:
    server = Server()
    with running(server):
        settings = Settings(response_cache=f"{tmp_path}/answers.sqlite3")  # type: ignore[arg-type]
        for _ in range(2):
            chat = open_chat_model(f"{server.address}#m", settings)
            assert isinstance(chat, OpenAIChat)
            answer = await chat.ainvoke("Count.", temperature=0.0)
            assert answer.text == TEXT
            await chat.transport.aclose()
    assert len(server.requests) == 1
    assert answer.usage_metadata is not None
    assert answer.usage_metadata["total_tokens"] == 0
