"""One endpoint, one attempt, over real sockets."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from gradatim.errors import SettingsError
from gradatim.serving.client.dialect import Dialect
from gradatim.serving.client.http import HttpTransport
from gradatim.serving.transport import (
    BrokenOff,
    DeadlinePassed,
    Nonsense,
    RequestRefused,
    Stalled,
    TransportError,
    Unreachable,
    calling,
)
from tests.serving.client.server import (
    TEXT,
    WORDS,
    Exchange,
    Server,
    cut,
    down,
    garbage,
    gives_up,
    question,
    resets,
    running,
    silent,
    stalls,
    text,
)


async def streamed(transport: Any, payload: dict[str, Any]) -> str:
    pieces: list[str] = []
    async for chunk in transport.stream(payload):
        pieces += [choice["delta"].get("content") or "" for choice in chunk["choices"]]
    return "".join(pieces)


@pytest.mark.parametrize("version", ["0.32.0", None])
async def test_whole_answers(version: str | None) -> None:
    server = Server(version=version)
    with running(server):
        answer = await HttpTransport(server.address).complete(question(n=3))
    assert [text(answer, index) for index in range(3)] == [TEXT] * 3
    assert answer["usage"]["completion_tokens"] == 3 * len(WORDS)
    assert answer["usage"]["prompt_tokens_details"] == {"cached_tokens": 4}
    assert [choice["finish_reason"] for choice in answer["choices"]] == ["stop"] * 3
    sent = server.requests[-1]
    if version:  # read as a stream, so that silence is noticed
        assert sent["stream"] is True
        assert sent["stream_options"] == {"include_usage": True}
        assert [token["token"] for token in answer["choices"][1]["logprobs"]["content"]] == WORDS
    else:
        assert "stream" not in sent


async def test_connections_are_used_again_and_closed_with_their_loop() -> None:
    server = Server()
    with running(server):
        transport = HttpTransport(server.address, api_key="k")
        for _ in range(5):
            await transport.complete(question())
            assert await streamed(transport, question()) == TEXT
        assert server.connections == 1
        await asyncio.to_thread(lambda: asyncio.run(transport.complete(question())))  # a loop of its own
        assert server.connections == 2
        await asyncio.sleep(0.05)
        assert server.open == 1
        await transport.aclose()
        await asyncio.sleep(0.05)
        assert server.open == 0
        assert all("Authorization: Bearer k" in head for head in server.heads)


async def test_two_loops_at_once() -> None:
    server = Server(otherwise=lambda exchange: exchange.good(pause=0.01))
    transport_of: list[HttpTransport] = []

    async def many() -> list[str]:
        answers = await asyncio.gather(*(transport_of[0].complete(question()) for _ in range(20)))
        return [text(answer) for answer in answers]

    with running(server):
        transport_of.append(HttpTransport(server.address))
        results = await asyncio.gather(many(), *(asyncio.to_thread(lambda: asyncio.run(many())) for _ in range(2)))
        await transport_of[0].aclose()
    assert results == [[TEXT] * 20] * 3


async def test_a_connection_that_the_server_has_closed_is_replaced() -> None:
    server = Server()
    with running(server):
        transport = HttpTransport(server.address)
        await transport.complete(question())
        server.kill()
        await asyncio.sleep(0.02)
        with pytest.raises(Unreachable):
            await transport.complete(question())
        assert server.loop is not None
        asyncio.run_coroutine_threadsafe(server.listen(), server.loop).result(5)
        server.version = None  # another server has taken the place
        assert text(await transport.complete(question())) == TEXT
        assert await transport.dialect() == Dialect()


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (down, RequestRefused),
        (resets, Unreachable),
        (garbage, Nonsense),
        (cut(2), BrokenOff),
        (gives_up, BrokenOff),
        (stalls, Stalled),
    ],
)
async def test_trouble_has_types(behaviour: Any, kind: type[TransportError]) -> None:
    server = Server(otherwise=behaviour)
    with running(server):
        transport = HttpTransport(server.address, idle_timeout=0.1)
        for ask in (transport.complete, lambda payload: streamed(transport, payload)):
            with pytest.raises(kind) as caught:
                await ask(question())
            assert caught.value.retryable
            assert caught.value.place == server.address
            assert caught.value.remedy


async def test_an_answer_that_was_given_up_is_no_answer() -> None:
    server = Server(version=None, otherwise=gives_up)
    with running(server), pytest.raises(BrokenOff, match="gave the answer up"):
        await HttpTransport(server.address).complete(question())


async def test_silence_before_the_first_token() -> None:
    server = Server(otherwise=lambda exchange: start_and(exchange))

    async def start_and(exchange: Exchange) -> None:
        await exchange.start()
        await exchange.silence()

    with running(server):
        started = time.monotonic()
        with pytest.raises(Stalled, match=r"0\.2 seconds"):
            await HttpTransport(server.address, idle_timeout=0.1).complete(question())
        assert 0.19 < time.monotonic() - started < 1


@pytest.mark.parametrize("behaviour", [silent, stalls])
async def test_deadlines(behaviour: Any) -> None:
    server = Server(otherwise=behaviour)
    with running(server):
        transport = HttpTransport(server.address, timeout=30)
        await transport.dialect()
        for ask in (transport.complete, lambda payload: streamed(transport, payload)):
            server.left.clear()
            started = time.monotonic()
            late = pytest.raises(DeadlinePassed, match=r"within 0\.2 seconds")
            with calling(seconds=60), calling(seconds=0.2), calling(seconds=5), late as caught:
                await ask(question())
            assert 0.19 < time.monotonic() - started < 0.8
            assert not caught.value.retryable
            assert await asyncio.to_thread(server.left.wait, 2)  # hung up


async def test_cancelling_hangs_up() -> None:
    server = Server(otherwise=silent)
    with running(server):
        task = asyncio.create_task(HttpTransport(server.address).complete(question()))
        await asyncio.to_thread(server.asked.wait, 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(server.left.wait, 2)


async def test_leaving_a_stream_hangs_up() -> None:
    server = Server(otherwise=stalls)
    with running(server):
        stream = HttpTransport(server.address).stream(question())
        await anext(stream)
        await stream.aclose()
        assert await asyncio.to_thread(server.left.wait, 2)


@pytest.mark.parametrize(
    "body",
    [
        {"choices": [{"index": 0, "message": None}]},
        {"choices": [{"index": 0, "message": {"content": 5}}]},
        {"choices": "many"},
        {"choices": [7]},
        {"choices": [{"index": "x", "message": {"content": "a"}}]},
        {"choices": [{"index": 0, "message": {"content": "a"}, "logprobs": {"content": [1]}}]},
        {"choices": [], "usage": [1]},
        [],
        None,
    ],
)
async def test_answers_of_another_shape(body: Any) -> None:
    import json

    server = Server(version=None, otherwise=lambda exchange: exchange.send(200, json.dumps(body).encode()))
    with running(server), pytest.raises(Nonsense, match="did not answer with a chat completion"):
        await HttpTransport(server.address).complete(question())


async def test_an_error_in_the_stream_keeps_its_status() -> None:
    async def refuses(exchange: Exchange) -> None:
        await exchange.start()
        await exchange.event(error={"message": "too long", "code": 400})
        await exchange.chunk(b"data: [DONE]\n\n")

    server = Server(otherwise=refuses)
    with running(server), pytest.raises(RequestRefused, match="too long") as caught:
        await HttpTransport(server.address).complete(question())
    assert caught.value.status == 400


async def test_an_answer_of_half_the_samples_is_none() -> None:
    async def one(exchange: Exchange) -> None:
        exchange.body["n"] = 1
        await exchange.good()

    server = Server(otherwise=one)
    with running(server), pytest.raises(BrokenOff):
        await HttpTransport(server.address).complete(question(n=2))


async def test_a_server_that_does_not_stream() -> None:
    async def whole(exchange: Exchange) -> None:
        del exchange.body["stream"]
        await exchange.good()

    server = Server(version=None, otherwise=whole)
    with running(server):
        assert await streamed(HttpTransport(server.address), question()) == TEXT


async def test_the_server_is_asked_once_what_it_is() -> None:
    server = Server()
    with running(server):
        transport = HttpTransport(server.address)
        await asyncio.gather(*(transport.complete(question()) for _ in range(30)))
        assert await transport.dialect() == Dialect("vllm", (0, 32, 0))
        await transport.aclose()
    assert server.paths.count("/version") == 1


async def test_keys_cannot_break_out_of_their_field() -> None:
    for key in ("a\r\nX: y", "ключ", "a\x00"):
        with pytest.raises(SettingsError):
            HttpTransport("http://127.0.0.1:1/v1", api_key=key)


async def test_passwords_in_addresses_are_sent_and_not_shown() -> None:
    server = Server(otherwise=down)
    with running(server):
        transport = HttpTransport(server.address.replace("http://", "http://me:s%40cret@"))
        with pytest.raises(RequestRefused) as caught:
            await transport.complete(question())
    assert "cret" not in str(caught.value) + transport.endpoint
    assert "Authorization: Basic bWU6c0BjcmV0" in server.heads[-1]


async def test_redirects_are_told_not_followed() -> None:
    server = Server(otherwise=lambda exchange: exchange.send(307, b"", Location="http://elsewhere/v1"))
    with running(server), pytest.raises(RequestRefused, match="elsewhere") as caught:
        await HttpTransport(server.address, api_key="k").complete(question())
    assert not caught.value.retryable
