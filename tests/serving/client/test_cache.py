"""Answers that were given before."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest

from gradatim.errors import StorageError
from gradatim.serving.client import Ledger, ResponseCache, open_transport
from gradatim.serving.client.accounting import Accounted
from gradatim.serving.client.cache import Cached, cache_key, cacheable
from gradatim.serving.scripted import ScriptedTransport
from gradatim.serving.transport import Completion, DeadlinePassed, Payload, RequestRefused, calling
from gradatim.settings import Settings
from tests.serving.client.server import Server, down, question, running, silent, slow, text


class Counting(ScriptedTransport):
    """Answers with how often it was asked, after a moment."""

    def __init__(self) -> None:
        super().__init__(lambda _: f"answer {self.asked}")
        self.asked = 0
        self.cancelled = 0

    async def complete(self, payload: Payload) -> Completion:
        self.asked += 1
        try:
            await asyncio.sleep(0.02)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return await super().complete(payload)


def test_only_requests_with_one_answer_are_kept() -> None:
    assert cacheable(question(temperature=0))
    assert cacheable(question(temperature=0.0, n=3))
    assert cacheable(question(temperature=0.7, seed=0))
    assert not cacheable(question())
    assert not cacheable(question(temperature=0.7))


def test_keys_tell_requests_apart_by_everything_that_decides() -> None:
    base = question(temperature=0, n=1)
    turned = dict(reversed(base.items()))
    assert cache_key(base, "e") == cache_key(turned, "e") == cache_key({**base, "stream": True}, "e")
    others = [{**base, "model": "x"}, {**base, "n": 2}, {**base, "seed": 1}, question(temperature=0, messages=[])]
    assert len({cache_key(payload, "e") for payload in [base, *others]} | {cache_key(base, "f")}) == 6


async def test_the_second_time_nothing_is_asked_and_nothing_paid() -> None:
    inner, ledger = Counting(), Ledger()
    cached = Cached(Accounted(inner, ledger), ResponseCache(), observer=ledger)
    first = await cached.complete(question(temperature=0))
    again = await cached.complete(question(temperature=0))
    assert inner.asked == 1
    assert text(again) == text(first)
    assert first["usage"]["total_tokens"] > 0
    assert again["usage"]["total_tokens"] == 0
    again["choices"].clear()
    assert text(await cached.complete(question(temperature=0))) == text(first)
    await cached.complete(question(temperature=1))
    await cached.complete(question(temperature=1))
    assert inner.asked == 3
    account = ledger.total()
    assert (account.usage.requests, account.cached) == (3, 2)


async def test_equal_requests_under_way_share_one() -> None:
    inner = Counting()
    cached = Cached(inner, ResponseCache())
    answers = await asyncio.gather(*(cached.complete(question(seed=1)) for _ in range(20)))
    assert inner.asked == 1
    assert sum(answer["usage"]["total_tokens"] > 0 for answer in answers) == 1
    tasks = [asyncio.create_task(cached.complete(question(seed=2))) for _ in range(3)]
    await asyncio.sleep(0.005)
    tasks[0].cancel()  # the others still want it
    assert text(await tasks[1]) == text(await tasks[2]) == "answer 2"
    tasks = [asyncio.create_task(cached.complete(question(seed=3))) for _ in range(2)]
    await asyncio.sleep(0.005)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0.005)
    assert inner.cancelled == 1  # nobody wants it any more


async def test_each_waits_until_its_own_deadline() -> None:
    server = Server(script=[silent], otherwise=slow(0.05))

    async def ask(seconds: float) -> Any:
        with calling(seconds=seconds):
            return await client.complete(question(seed=1))

    with running(server):
        client = open_transport([server.address], Settings(model_timeout=10))
        client._transport = Cached(client._transport, ResponseCache())
        hasty, patient = asyncio.create_task(ask(0.2)), asyncio.create_task(ask(5))
        with pytest.raises(DeadlinePassed):
            await hasty
        assert text(await patient)
        await client.aclose()


async def test_errors_are_not_kept() -> None:
    server = Server(script=[down])
    with running(server):
        from gradatim.serving.client.http import HttpTransport

        cached = Cached(HttpTransport(server.address), ResponseCache())
        with pytest.raises(RequestRefused):
            await cached.complete(question(seed=1))
        assert text(await cached.complete(question(seed=1)))


async def test_the_file_outlives_the_process_and_forgets(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "cache.sqlite3"
    inner = Counting()
    for _ in range(2):
        cache = ResponseCache(path)
        await Cached(inner, cache).complete(question(seed=1))
        cache.close()
    assert inner.asked == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    cache = ResponseCache(path)
    cache.purge()
    assert await cache.get(cache_key(question(seed=1), inner.endpoint)) is None
    cache.close()
    assert b"answer 1" not in path.read_bytes()


async def test_answers_that_hold_somebodys_texts_are_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite3"
    cache = ResponseCache(path)
    kept, quoting, nested = ({"choices": [{"message": {"content": content}}]} for content in (
        "The loop ends too early.",
        "In `total_of_marbles = total_of_marbles + 1` the name is wrong.",
        json.dumps({"text": 'print("number_of_marbles:", x) prints a list', "evidence": ["größe"]}),
    ))  # fmt: skip
    for key, answer in ((b"1", kept), (b"2", quoting), (b"3", nested)):
        await cache.put(key, answer)
    pieces = ["total_of_marbles = total_of_marbles + 1", 'print("number_of_marbles:", x)']
    assert cache.forget(pieces) == 2
    assert await cache.get(b"1") == kept
    assert await cache.get(b"2") is None
    assert await cache.get(b"3") is None
    assert cache.forget(pieces) == 0
    cache.close()
    with sqlite3.connect(path) as base:
        assert base.execute("SELECT key FROM answers").fetchall() == [(b"1",)]
        base.execute("UPDATE answers SET body = x'00'")
    base.close()
    cache = ResponseCache(path)
    assert cache.forget(["nothing of the kind"]) == 1  # nobody can say what an unreadable one holds
    cache.close()


async def test_old_entries_are_asked_anew_and_sizes_are_limited(tmp_path: Path) -> None:
    old = ResponseCache(tmp_path / "old", days=0)
    await old.put(b"k", {"choices": []})
    assert await old.get(b"k") is None
    old.close()
    small = ResponseCache(tmp_path / "small", memory_bytes=1, file_bytes=4000)
    import random

    for number in range(200):
        await small.put(b"%d" % number, {"text": "".join(random.choices("abcdefghij0123456789", k=100))})
    assert await small.get(b"0") is None
    assert await small.get(b"199") is not None
    small.close()
    base = sqlite3.connect(tmp_path / "small")
    (size,) = base.execute("SELECT sum(length(body)) FROM answers").fetchone()
    base.close()
    assert size <= 4000


@pytest.mark.parametrize("content", [b"no database, but long enough to be looked at as one" * 40, None])
def test_a_file_that_cannot_be_used(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "cache"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(StorageError, match="response cache") as caught:
        ResponseCache(path)
    assert "GRADATIM_RESPONSE_CACHE" in (caught.value.remedy or "")


async def test_a_file_that_fails_in_use_is_done_without(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = ResponseCache(tmp_path / "cache", memory_bytes=0)
    inner = Counting()
    cache.close()
    for _ in range(2):
        assert text(await Cached(inner, cache).complete(question(seed=1)))
    assert inner.asked == 2
    assert [record.levelname for record in caplog.records] == ["WARNING"]
