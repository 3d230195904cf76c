"""What comes over a connection, by real sockets: cut, malformed, closed while it was kept."""

from __future__ import annotations

import asyncio
import gc
import json
import weakref
from typing import Any

import pytest

from gradatim.serving.client.dialect import Dialect
from gradatim.serving.client.http import HttpTransport
from gradatim.serving.transport import BrokenOff, Nonsense, TransportError, Unreachable
from tests.serving.client.server import TEXT, Behaviour, Exchange, Server, question, running, text

VLLM, PLAIN = Dialect("vllm", (0, 32, 0)), Dialect()


def says(data: bytes, *, step: int | None = None, hang_up: bool = True) -> Behaviour:
    """Writes exactly these bytes, in pieces of `step`."""

    async def behave(exchange: Exchange) -> None:
        for at in range(0, len(data), step or len(data)):
            exchange.writer.write(data[at : at + (step or len(data))])
            await exchange.writer.drain()
            await asyncio.sleep(0)
        if hang_up:
            exchange.writer.close()
            await exchange.silence()

    return behave


def events(*, chunked: bool) -> bytes:
    """An answer of two events as a server writes it."""
    chunks: list[dict[str, Any]] = [
        {"choices": [{"index": 0, "delta": {"content": "Häm"}}]},
        {"choices": [{"index": 0, "delta": {"content": "!"}, "finish_reason": "stop"}]},
    ]
    parts = [b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\r\n\r\n" for chunk in chunks]
    head = b"HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; charset=utf-8\r\n"
    if not chunked:
        return head + b"Connection: close\r\n\r\n" + b"".join(parts)
    body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + body + b"0\r\n\r\n"


@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize("step", [1, 3, None])
async def test_answers_are_read_however_they_come(chunked: bool, step: int | None) -> None:
    server = Server(otherwise=says(events(chunked=chunked), step=step))
    with running(server):
        assert text(await HttpTransport(server.address, dialect=VLLM).complete(question())) == "Häm!"


async def test_an_answer_that_is_cut_off_is_noticed_wherever() -> None:
    whole = events(chunked=True)
    finish = whole.index(b"finish_reason")
    head = whole.index(b"\r\n\r\n") + 4
    server = Server()
    with running(server):
        transport = HttpTransport(server.address, dialect=VLLM)
        for end in range(1, finish, 7):
            server.otherwise = says(whole[:end])
            with pytest.raises(Unreachable if end < head else BrokenOff):
                await transport.complete(question())
        await transport.aclose()


async def test_a_body_shorter_than_announced() -> None:
    data = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{}"
    server = Server(otherwise=says(data))
    with running(server), pytest.raises(BrokenOff):
        await HttpTransport(server.address, dialect=PLAIN).complete(question())


@pytest.mark.parametrize("body", [b"x\r\n", b"-1\r\n\r\n", b"3\r\nabcd\r\n", b"1" * 20_000])
async def test_broken_chunks(body: bytes) -> None:
    head = events(chunked=True).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    server = Server(otherwise=says(head + body))
    with running(server), pytest.raises((BrokenOff, Unreachable)):
        await HttpTransport(server.address, dialect=VLLM).complete(question())


@pytest.mark.parametrize("head", [b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 20\r\n\r\n", b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"])
async def test_what_is_no_http(head: bytes) -> None:
    server = Server(otherwise=says(head))
    with running(server), pytest.raises(Unreachable, match="cannot be reached") as caught:
        await HttpTransport(server.address, dialect=VLLM).complete(question())
    assert "\n" not in caught.value.message


async def test_a_request_on_a_connection_that_died_is_sent_once_more() -> None:
    async def resets(exchange: Exchange) -> None:
        exchange.reset()

    server = Server()
    with running(server):
        transport = HttpTransport(server.address, dialect=VLLM)
        await transport.complete(question())
        server.script = [resets]  # the second request of a connection
        assert text(await transport.complete(question())) == TEXT
        assert len(server.requests) == 3
        await transport.complete(question())
        server.otherwise = resets  # and that on the new connection too
        before = len(server.requests)
        with pytest.raises(Unreachable):
            await transport.complete(question())
        assert len(server.requests) == before + 2
        with pytest.raises(Unreachable):  # now all connections are new
            await transport.complete(question())
        assert len(server.requests) == before + 3
        await transport.aclose()


async def test_large_requests() -> None:
    server = Server()
    with running(server):
        transport = HttpTransport(server.address)
        content = "é" * (2 << 20)
        payload = question() | {"messages": [{"role": "user", "content": content}]}
        assert text(await transport.complete(payload)) == TEXT
        await transport.aclose()
    assert server.requests[0]["messages"][0]["content"] == content


async def test_cookies_are_not_kept() -> None:
    server = Server(version=None, otherwise=lambda exchange: exchange.send(500, b"{}", Set_Cookie="a=b"))
    with running(server):
        transport = HttpTransport(server.address)
        for _ in range(2):
            with pytest.raises(TransportError):
                await transport.complete(question())
        await transport.aclose()
    assert not any("cookie" in head.lower() for head in server.heads)


async def test_an_answer_beyond_all_bounds_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradatim.serving.client.answer.LARGEST_ANSWER", 1000)
    server = Server(version=None, otherwise=lambda exchange: exchange.send(200, b"[" * 2000))
    with running(server), pytest.raises(Nonsense):
        await HttpTransport(server.address).complete(question())


def test_loops_and_forgotten_transports_are_let_go() -> None:
    server = Server()
    loops: list[weakref.ref[Any]] = []

    async def ask(transport: HttpTransport) -> None:
        loops.append(weakref.ref(asyncio.get_running_loop()))
        await transport.complete(question())

    async def forget() -> None:
        await ask(HttpTransport(server.address))
        gc.collect()
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert server.open == 0

    with running(server):
        transport = HttpTransport(server.address)
        for _ in range(4):
            asyncio.run(ask(transport))
        asyncio.run(forget())
    gc.collect()
    assert sum(loop() is not None for loop in loops) <= 1  # the last one, until another comes
