"""When a request is sent again, and how soon."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.errors import ModelError
from gradatim.serving.client.complaints import refusal, retry_after
from gradatim.serving.client.retry import ATTEMPTS, RetryBudget, Retrying
from gradatim.serving.scripted import ScriptedTransport
from gradatim.serving.transport import (
    BrokenOff,
    DeadlinePassed,
    Nonsense,
    Overloaded,
    RequestRefused,
    Stalled,
    TransportError,
    Unreachable,
    calling,
)
from tests.serving.client.server import question, text
from tests.serving.client.test_http import streamed


def refused(status: int) -> Callable[[], TransportError]:
    return lambda: RequestRefused("no", status=status)


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (lambda: Unreachable("x"), True),
        (lambda: Stalled("x"), True),
        (lambda: BrokenOff("x"), True),
        (lambda: Nonsense("x"), True),
        (lambda: Nonsense("x", retryable=False), False),
        (lambda: DeadlinePassed("x"), False),
        (lambda: Overloaded("x", retry_after=0.001), True),
        (lambda: Overloaded("x"), False),
        *((refused(status), True) for status in (408, 425, 429, 500, 502, 503, 504, 529)),
        *((refused(status), False) for status in (301, 400, 401, 403, 404, 413, 422, 501)),
        (lambda: ModelError("of another kind"), False),
    ],
)
async def test_what_is_tried_again(error: Callable[[], ModelError], again: bool) -> None:
    transport = ScriptedTransport([error(), "fine"])
    retrying = Retrying(transport, pause=0.001)
    if again:
        assert text(await retrying.complete(question())) == "fine"
        assert await streamed(Retrying(ScriptedTransport([error(), "fine"]), pause=0.001), question()) == "fine"
    else:
        with pytest.raises(ModelError):
            await retrying.complete(question())
        assert transport.remaining == 1


async def test_the_trouble_is_told_and_not_that_everything_is_put_aside() -> None:
    script = [RequestRefused("out of memory", status=500), *(Overloaded("aside", retry_after=0.001) for _ in range(5))]
    transport = ScriptedTransport(script)
    with pytest.raises(RequestRefused, match="out of memory"):
        await Retrying(transport, pause=0.001).complete(question())
    assert len(transport.requests) == ATTEMPTS


async def test_no_pause_goes_beyond_the_deadline() -> None:
    transport = ScriptedTransport([Unreachable("x"), "late"])
    started = time.monotonic()
    with calling(seconds=0.2), pytest.raises(Unreachable):
        await Retrying(transport, pause=5).complete(question())
    assert time.monotonic() - started < 0.2


async def test_a_stream_that_has_begun_is_not_begun_again() -> None:
    class Breaks(ScriptedTransport):
        async def stream(self, payload):  # type: ignore[no-untyped-def]
            async for chunk in super().stream(payload):
                yield chunk
                raise BrokenOff("in the middle")

    transport = Breaks(["one two", "one two"])
    with pytest.raises(BrokenOff):
        await streamed(Retrying(transport, pause=0.001), question())
    assert transport.remaining == 1


@given(st.lists(st.booleans(), max_size=600))
def test_the_budget_bounds_what_is_sent_again(steps: list[bool]) -> None:
    """Whatever the order of requests and repetitions, these are at most a fifth of those and the reserve."""
    budget, first, again = RetryBudget(share=0.2, reserve=10), 0, 0
    for step in steps:
        if step:
            budget.deposit()
            first += 1
        elif budget.withdraw():
            again += 1
    assert again <= 10 + 0.2 * first + 1e-6


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": " 3 "}, 3.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "²"}, None),
        ({}, None),
        ({"retry-after": formatdate(1_000_030, usegmt=True), "date": formatdate(1_000_000, usegmt=True)}, 30.0),
        ({"retry-after": formatdate(1_000_000, usegmt=True)}, 0.0),
    ],
)
def test_retry_after(fields: dict[str, str], seconds: float | None) -> None:
    assert retry_after(fields) == seconds


def test_a_date_without_the_servers_clock() -> None:
    seconds = retry_after({"retry-after": formatdate(time.time() + 20, usegmt=True)})
    assert seconds is not None
    assert 18 <= seconds <= 21


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"error": {"message": {"deep": 1}}}', b"\xff\xfe", b"{" * 50])
def test_refusals_with_any_body(body: bytes) -> None:
    error = refusal(503, body, {}, "here")
    assert error.status == 503
    assert str(error).startswith("here: the endpoint answered HTTP 503: ")


async def test_pauses_are_spread() -> None:
    pauses: list[float] = []

    async def one() -> None:
        started = time.monotonic()
        await Retrying(ScriptedTransport([Unreachable("x"), "fine"]), pause=0.2).complete(question())
        pauses.append(time.monotonic() - started)

    await asyncio.gather(*(one() for _ in range(30)))
    assert min(pauses) >= 0.1
    assert max(pauses) - min(pauses) > 0.05
