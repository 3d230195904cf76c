"""Seeds reach the model, shared answers cost what they had cost, and spans are told as if nothing had been shared."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import settings as options
from hypothesis import strategies as some

from gradatim.evals.experiments.asking import Asking, Book, Seeded, seeded
from gradatim.evals.experiments.spans import SHARED, Spans, _stretched  # pyright: ignore[reportPrivateUsage]
from gradatim.evals.traces import Span
from gradatim.serving.client.cache import Cached, ResponseCache
from gradatim.serving.realiser import GroundedRealiser
from tests.evals.experiments.fake import FakeTransport, fake_model

QUESTION: dict[str, Any] = {"model": "fake", "messages": [{"role": "user", "content": "why?"}], "temperature": 0.0}


async def test_every_question_carries_seed_and_temperature(tmp_path: Path) -> None:
    transport = FakeTransport()
    for seed in (1, 2):
        await Seeded(transport, seed, Asking(0.4)).complete({**QUESTION, "seed": 7})
    assert [(item["seed"], item["temperature"]) for item in transport.asked] == [(1016, 0.4), (2025, 0.4)]


async def test_seeds_are_kept_apart_and_variants_share(tmp_path: Path) -> None:
    transport, book = FakeTransport(), Book(tmp_path / "asked.jsonl")
    cached = Cached(transport, ResponseCache())
    asking = Asking(0.4, book=book)
    first, second, third = Seeded(cached, 1, asking), Seeded(cached, 1, asking), Seeded(cached, 2, asking)
    answers = [await one.complete(QUESTION) for one in (first, second, third)]
    assert len(transport.asked) == 2  # the second has the first one's answer
    assert (first.tally.shared, second.tally.shared, third.tally.shared) == (0, 1, 0)
    assert answers[1]["usage"] == answers[0]["usage"]  # charged what it had cost
    assert len(second.tally.saved) == 1
    again = Seeded(cached, 1, Asking(0.4, book=Book(tmp_path / "asked.jsonl")))  # as after a restart
    assert (await again.complete(QUESTION))["usage"]["prompt_tokens"] == 11


async def test_a_broken_book_charges_nothing(tmp_path: Path) -> None:
    path = tmp_path / "asked.jsonl"
    path.write_bytes(b'{"key": "a"}\n\xff\n{"half')
    cached = Cached(FakeTransport(), ResponseCache())
    asking = Asking(0.4, book=Book(path))
    await Seeded(cached, 1, Asking(0.4)).complete(QUESTION)
    free = Seeded(cached, 1, asking)
    assert (await free.complete(QUESTION))["usage"]["prompt_tokens"] == 0
    assert free.tally.saved == []


async def test_a_gate_lets_one_request_at_a_time_through() -> None:
    under_way, most = 0, 0

    class Slow(FakeTransport):
        async def complete(self, payload: dict[str, Any]) -> dict[str, Any]:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.002)
            under_way -= 1
            return await super().complete(payload)

    asking = Asking(0.4, asyncio.Semaphore(1))
    await asyncio.gather(*(Seeded(Slow(), seed, asking).complete(QUESTION) for seed in range(5)))
    assert most == 1


async def test_a_model_is_wrapped_and_the_realiser_is_not() -> None:
    transport = FakeTransport()
    model, tally = seeded(fake_model(transport), 3, Asking(0.4))
    await model.ainvoke("why?")
    assert (transport.asked[0]["seed"], tally.requests) == (3027, 1)
    realiser = GroundedRealiser()
    assert seeded(realiser, 3, Asking(0.4))[0] is realiser


def _span(name: str, parent: str | None, start: int, end: int, operation: Any = "invoke_agent") -> Span:
    return Span(name, parent, f"{operation} {name}", operation, start, end)


RUN = [
    _span("run", None, 0, 100, "invoke_workflow"),
    _span("execute", "run", 0, 10),
    _span("recall", "run", 0, 30),
    _span("diagnose", "run", 30, 40),
    _span("chat", "diagnose", 32, 38, "chat"),
    _span("decide", "run", 50, 90),
]


def test_a_span_that_takes_longer_moves_what_comes_after_it() -> None:
    found = {span.id: (span.start, span.end) for span in _stretched(RUN, "diagnose", 1000)}
    assert found == {
        "run": (0, 1100), "execute": (0, 10), "recall": (0, 30), "diagnose": (30, 1040), "chat": (32, 38),
        "decide": (1050, 1090),
    }  # fmt: skip
    assert _stretched(RUN, "diagnose", 1000)[3].attributes[SHARED] == 1e-6


@options(max_examples=25, deadline=None)
@given(some.sampled_from([span.id for span in RUN[1:]]), some.integers(1, 10**9))
def test_stretching_keeps_the_order_and_the_nesting(identity: str, by: int) -> None:
    found = _stretched(RUN, identity, by)
    known = {span.id: span for span in found}
    for before, after in zip(RUN, found, strict=True):
        assert after.end - after.start >= before.end - before.start
        if after.parent is not None:
            assert known[after.parent].start <= after.start
            assert after.end <= known[after.parent].end
    assert known["run"].end == 100 + by


def test_without_a_recorded_run_there_are_no_spans() -> None:
    assert Spans().found({"diagnose": 1.0}, [(5, 1.0)]) == ()
