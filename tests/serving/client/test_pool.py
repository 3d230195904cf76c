"""Several endpoints, some of which fail."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from gradatim.errors import ModelError
from gradatim.serving.client import Client, Observer, open_transport
from gradatim.serving.client.hedge import Hedged
from gradatim.serving.client.http import HttpTransport
from gradatim.serving.client.pool import Pool
from gradatim.serving.transport import BrokenOff, DeadlinePassed, Overloaded, RequestRefused
from gradatim.settings import Settings
from tests.serving.client.server import (
    TEXT,
    WORDS,
    Server,
    busy,
    cut,
    down,
    garbage,
    good,
    question,
    resets,
    running,
    silent,
    slow,
    stalls,
    text,
)
from tests.serving.client.test_http import streamed


def pool_of(*servers: Server, **options: Any) -> Pool:
    return Pool([HttpTransport(server.address, idle_timeout=0.2, **options) for server in servers])


def client_of(*servers: Server, observers: Any = (), **settings: Any) -> Client:
    used = Settings(**{"model_timeout": 20, "model_idle_timeout": 0.3, **settings})
    return open_transport([server.address for server in servers], used, observers=observers)


class Events(Observer):
    """Notes what happens."""

    def __init__(self) -> None:
        self.attempts: list[ModelError | None] = []
        self.retries: list[float] = []
        self.hedges = 0
        self.states: list[tuple[str, str]] = []

    def on_attempt(self, endpoint: str, tenant: str, model: str, seconds: float, error: ModelError | None) -> None:
        self.attempts.append(error)

    def on_retry(self, tenant: str, model: str, pause: float, error: ModelError) -> None:
        self.retries.append(pause)

    def on_hedge(self, tenant: str, model: str) -> None:
        self.hedges += 1

    def on_circuit(self, endpoint: str, state: str) -> None:
        self.states.append((endpoint, state))


@pytest.mark.parametrize("trouble", [down, resets, garbage, cut(2), stalls, busy("5")])
async def test_a_failed_request_goes_to_the_other_endpoint(trouble: Any) -> None:
    sick, well = Server("sick", otherwise=trouble), Server("well")
    with running(sick, well):
        for _ in range(4):  # whichever is asked first
            pool = pool_of(sick, well)
            assert text(await pool.complete(question())) == TEXT
            assert await streamed(pool, question()) == TEXT
            await pool.aclose()
    assert len(well.requests) == 8


async def test_refusals_stay_where_they_are() -> None:
    async def refuses(exchange: Any) -> None:
        await exchange.send(400, b'{"error": "no"}')

    servers = Server(otherwise=refuses), Server(otherwise=refuses)
    with running(*servers), pytest.raises(RequestRefused):
        await pool_of(*servers).complete(question())
    assert len(servers[0].requests) + len(servers[1].requests) == 1


@pytest.mark.parametrize("constrained", [False, True])
async def test_an_endpoint_killed_in_the_middle_of_a_stream(constrained: bool) -> None:
    """The rest comes from the other: continued, or said again where a grammar forbids that."""
    servers = [Server("a", otherwise=lambda exchange: exchange.good(pause=0.03)), Server("b")]
    servers[1].otherwise = servers[0].otherwise
    payload = question(temperature=0, max_tokens=50)
    if constrained:
        payload["response_format"] = {"type": "json_schema", "json_schema": {"schema": {"type": "string"}}}
    with running(*servers):
        client = client_of(*servers)
        chunks: list[dict[str, Any]] = []
        async for chunk in client.stream(payload):
            chunks.append(chunk)
            if len(chunks) == 3:
                first = next(server for server in servers if server.requests)
                first.kill()
    other = next(server for server in servers if server is not first)
    said = [choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"]]
    assert "".join(said) == TEXT
    usage = next(chunk["usage"] for chunk in chunks if chunk.get("usage"))
    assert usage["completion_tokens"] == len(WORDS)
    assert usage["prompt_tokens"] == 10
    again = other.requests[-1]
    assert bool(again.get("continue_final_message")) is not constrained
    if not constrained:
        assert again["max_tokens"] == 50 - again["messages"][-1]["content"].count(" ") - 1
    account = client.ledger.total()
    assert (account.attempts, account.failed_attempts, account.retries, account.failures) == (2, 1, 1, 0)


async def test_an_endpoint_killed_while_many_wait() -> None:
    servers = [Server(name, otherwise=lambda exchange: exchange.good(pause=0.02)) for name in "ab"]
    with running(*servers):
        client = client_of(*servers)
        tasks = [asyncio.create_task(client.complete(question(seed=number))) for number in range(60)]
        await asyncio.sleep(0.06)
        servers[0].kill()
        answers = await asyncio.gather(*tasks)
        await client.aclose()
    assert [text(answer) for answer in answers] == [TEXT] * 60
    assert client.ledger.total().usage.requests == 60


async def test_a_stream_that_says_something_else_breaks_off() -> None:
    async def other_words(exchange: Any) -> None:
        await exchange.start()
        await exchange.event(choices=[{"index": 0, "delta": {"content": "Five"}, "finish_reason": "stop"}])
        await exchange.chunk(b"data: [DONE]\n\n")

    for payload in (question(temperature=0, tools=[1]), question(temperature=0.7, tools=[1])):
        servers = [Server(script=[cut(2)], otherwise=other_words) for _ in "ab"]
        servers[1].script = servers[0].script  # whichever is first breaks off
        with running(*servers):
            stream = pool_of(*servers).stream(payload)
            pieces = [(await anext(stream))["choices"][0]["delta"]["content"] for _ in range(2)]
            with pytest.raises(BrokenOff):
                await anext(stream)
        assert pieces == WORDS[:2]


async def test_failing_endpoints_are_left_alone_and_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradatim.serving.client.breaker.FIRST_PAUSE", 0.2)
    sick, well = Server("sick", otherwise=down, well=False), Server("well")
    events = Events()
    with running(sick, well):
        client = client_of(sick, well, observers=[events])
        for number in range(40):  # prompts of their own, so that both get some
            await client.complete({**question(), "messages": [{"role": "user", "content": str(number)}]})
        assert len(sick.requests) == 5
        assert events.states == [(sick.address, "open")]
        await asyncio.sleep(0.3)
        assert await client.complete(question())  # asked for its health only
        assert len(sick.requests) == 5
        assert "/health" in sick.paths
        sick.otherwise, sick.well = good, True
        await asyncio.sleep(0.6)
        await client.complete(question())
        assert events.states[-1] == (sick.address, "closed")
        assert len(sick.requests) == 6
        await client.aclose()


async def test_when_all_are_put_aside() -> None:
    server = Server(otherwise=down)
    with running(server):
        pool = pool_of(server)
        for _ in range(5):
            with pytest.raises(RequestRefused):
                await pool.complete(question())
        with pytest.raises(Overloaded) as caught:
            await pool.complete(question())
        assert caught.value.retry_after
        assert caught.value.retryable
    assert len(server.requests) == 5


async def test_prompts_that_begin_alike_share_an_endpoint_until_it_is_busy() -> None:
    servers = [Server(name, otherwise=lambda exchange: exchange.good(pause=0.01)) for name in "abc"]
    with running(*servers):
        pool = pool_of(*servers)
        for number in range(6):
            messages = [{"role": "system", "content": "same"}, {"role": "user", "content": "x" * 600 + str(number)}]
            await pool.complete(question(messages=messages))
        assert sorted(len(server.requests) for server in servers) == [0, 0, 6]
        await asyncio.gather(*(pool.complete(question()) for _ in range(60)))
        await pool.aclose()
    assert min(len(server.requests) for server in servers) >= 8


async def test_retry_after_is_honoured() -> None:
    server = Server(script=[busy("0.4")])
    events = Events()
    with running(server):
        started = time.monotonic()
        assert text(await client_of(server, observers=[events]).complete(question())) == TEXT
        assert time.monotonic() - started >= 0.4
    assert len(events.retries) == 1


async def test_a_wish_beyond_the_deadline_is_not_waited_for() -> None:
    server = Server(otherwise=busy("60"))
    with running(server):
        started = time.monotonic()
        with pytest.raises(RequestRefused):
            await client_of(server, model_timeout=5).complete(question())
        assert time.monotonic() - started < 2


async def test_a_storm_of_errors_does_not_multiply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradatim.serving.client.retry.PAUSE_SECONDS", 0.001)
    monkeypatch.setattr("gradatim.serving.client.breaker.FEWEST", 10_000)
    server = Server(otherwise=lambda exchange: exchange.send(429, b"{}"))
    with running(server):
        client = client_of(server)
        results = await asyncio.gather(*(client.complete(question()) for _ in range(100)), return_exceptions=True)
        await client.aclose()
    assert all(isinstance(result, RequestRefused) for result in results)
    assert len(server.requests) <= 100 + 10 + 20


async def test_hedging_takes_the_first_answer_and_stops_the_other() -> None:
    late, quick = Server("late", otherwise=slow(5)), Server("quick")
    with running(late, quick):
        hedged = Hedged(pool_of(late, quick), 0.1)
        # the pool chooses by chance between idle servers
        for number in range(200):
            started = time.monotonic()
            payload = question(messages=[{"role": "user", "content": str(number)}])
            assert (await hedged.complete(payload))["id"] == "quick"
            assert time.monotonic() - started < 2
            if late.requests:
                break
        assert late.requests
        assert await asyncio.to_thread(late.left.wait, 2)
        await hedged.aclose()


async def test_hedging_never_sends_streams_twice_and_needs_a_second_endpoint() -> None:
    servers = [Server(name, otherwise=lambda exchange: exchange.good(pause=0.05)) for name in "ab"]
    with running(*servers):
        assert await streamed(Hedged(pool_of(*servers), 0.02), question()) == TEXT
        assert text(await Hedged(pool_of(servers[0]), 0.02).complete(question())) == TEXT
    assert sum(len(server.requests) for server in servers) == 2


async def test_cancelling_a_hedged_request_stops_both() -> None:
    servers = [Server(otherwise=silent), Server(otherwise=silent)]
    with running(*servers):
        task = asyncio.create_task(Hedged(pool_of(*servers), 0.05).complete(question()))
        for server in servers:
            assert await asyncio.to_thread(server.asked.wait, 2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        for server in servers:
            assert await asyncio.to_thread(server.left.wait, 2)


async def test_the_time_for_all_attempts_together() -> None:
    servers = [Server(otherwise=silent), Server(otherwise=silent)]
    with running(*servers):
        started = time.monotonic()
        with pytest.raises(DeadlinePassed, match=r"within 0\.4 seconds"):
            await client_of(*servers, model_timeout=0.4, hedge_seconds=0.1).complete(question())
        assert 0.39 < time.monotonic() - started < 1.2


async def test_two_per_cent_of_everything_at_once() -> None:
    """500s, resets, stalls, garbage and cut answers: everybody gets an answer, and once."""
    faults = [down, resets, stalls, garbage, cut(1)]
    count = 300
    servers = [Server(name) for name in "ab"]
    for at, server in enumerate(servers):
        server.script = [faults[(number // 10 + at) % 5] if number % 10 == at else good for number in range(2 * count)]
    with running(*servers):
        client = client_of(*servers, model_concurrency=20)
        answers = await asyncio.gather(
            *(client.complete(question(messages=[{"role": "user", "content": str(n)}])) for n in range(count))
        )
        await client.aclose()
    assert [text(answer) for answer in answers] == [TEXT] * count
    account = client.ledger.total()
    assert account.usage.requests == count
    assert account.failures == 0
    assert account.attempts == count + account.failed_attempts
    assert account.failed_attempts == account.retries > 20
