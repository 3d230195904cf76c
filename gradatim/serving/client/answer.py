"""Reading of one answer: whole or in pieces, with patience and a deadline."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from typing import Any, TypeVar, cast

from gradatim.serving.client.assembly import Assembler, EventReader, well_formed
from gradatim.serving.client.complaints import broken_off, nonsense, refusal, reported, stalled
from gradatim.serving.client.connections import LostError, Response
from gradatim.serving.transport import Call, Chunk, Completion, Nonsense, RequestRefused, TransportError

T = TypeVar("T")

LARGEST_ANSWER = 1 << 28
"""Bytes of an answer."""
_LINGER_SECONDS = 0.25


class Answer:
    """The answer of an endpoint to one request.

    Args:
        response: With its body still to be read.
        call: Whose deadline holds.
        place: Of the endpoint, for error messages.
        idle: Seconds of silence in the middle of a stream; twice as many before its first piece.
    """

    def __init__(self, response: Response, call: Call, place: str, idle: float) -> None:
        self._response = response
        self._call = call
        self._place = place
        self._idle = idle

    @property
    def status(self) -> int:
        return self._response.status

    @property
    def streamed(self) -> bool:
        return self._response.media_type == "text/event-stream"

    def abort(self) -> None:
        """Hang up, unless all has been read."""
        self._response.abort()

    async def body(self) -> bytes:
        """All of it.

        Raises:
            BrokenOff: The connection ended before.
            Nonsense: It is longer than `LARGEST_ANSWER`.
        """
        parts: list[bytes] = []
        size = 0
        try:
            while part := await bounded(self._response.read(), self._call, self._place):
                parts.append(part)
                size += len(part)
                if size > LARGEST_ANSWER:
                    raise nonsense(parts[0], self._place, media_type="")
        except LostError as error:
            raise broken_off(error, self._place) from error
        return b"".join(parts)

    async def refusal(self) -> RequestRefused:
        """The error that the server tells by a status other than 200."""
        return refusal(self.status, await self.body(), self._response.fields, self._place)

    async def whole(self) -> Completion:
        """The completion that came in one piece."""
        body = await self.body()
        try:
            answer: Any = json.loads(body)
        except ValueError as error:
            raise self._nonsense(body) from error
        if not isinstance(answer, dict):
            raise self._nonsense(body)
        found = cast("Completion", answer)
        if not well_formed(found, "message"):
            raise reported(body, found["error"], self._place) if found.get("error") else self._nonsense(body)
        self._see_that_it_went_on(found)
        return found

    def _nonsense(self, body: bytes) -> Nonsense:
        return nonsense(body, self._place, media_type=self._response.media_type)

    async def assembled(self, samples: int, *, alternatives: bool) -> Completion:
        """The completion that a stream amounts to.

        Args:
            samples: How many choices were asked for.
            alternatives: Whether to keep the likeliest tokens besides the one that was taken.
        """
        assembler = Assembler(alternatives=alternatives)
        async with aclosing(self.batches()) as batches:
            async for batch in batches:
                try:
                    for chunk in batch:
                        assembler.feed(chunk)
                except (AttributeError, KeyError, TypeError, ValueError) as error:  # another shape
                    raise nonsense(json.dumps(batch[0]).encode(), self._place) from error
        answer = assembler.completion()
        if not well_formed(answer, "message"):
            raise nonsense(json.dumps(answer).encode(), self._place)
        if not assembler.finished(samples):
            raise broken_off("some samples have no end", self._place)
        return answer

    async def batches(self) -> AsyncGenerator[list[Chunk], None]:
        """The chunks of a stream to its end, those together that come together.

        Raises:
            BrokenOff: The connection or the model failed.
            Stalled: The server fell silent.
            Nonsense: An event is no chunk.
        """
        events, finished, patience = EventReader(), False, 2 * self._idle
        while True:
            try:
                data = await bounded(self._response.read(), self._call, self._place, patience)
                found = events.feed(data) if data else events.rest()
            except LostError as error:
                raise broken_off(error, self._place) from error
            except ValueError as error:
                raise nonsense(b"an event without end", self._place) from error
            batch: list[Chunk] = []
            try:
                for event in found:
                    if event == b"[DONE]":
                        break
                    batch.append(self._chunk(event))
            except TransportError:
                if batch:  # what came before the trouble counts
                    yield batch
                raise
            if batch:
                patience = self._idle
                finished = finished or any(map(_finishes, batch))
                yield batch
            if len(batch) < len(found):
                await self._linger()
                return
            if not data:
                if not finished:
                    raise broken_off("the stream ended before the answer did", self._place)
                return

    def _chunk(self, event: bytes) -> Chunk:
        try:
            chunk: Any = json.loads(event.decode())
        except ValueError as error:
            raise nonsense(event, self._place) from error
        if not isinstance(chunk, dict):
            raise nonsense(event, self._place)
        found = cast("Chunk", chunk)
        if found.get("error"):
            raise reported(event, found["error"], self._place)
        if not isinstance(found.get("choices"), list):
            raise nonsense(event, self._place)
        self._see_that_it_went_on(found)
        return found

    def _see_that_it_went_on(self, found: Chunk | Completion) -> None:
        """Take an answer that the server gave up (vLLM does so while it shuts down) for the broken one that it is."""
        if any(reason == "abort" for reason in _finish_reasons(found)):
            raise broken_off("the server gave the answer up, as when it shuts down", self._place)

    async def _linger(self) -> None:
        """Read what follows the last event, so that the connection can be used again."""
        try:
            while not self._response.read_out:
                await bounded(self._response.read(), self._call, self._place, _LINGER_SECONDS)
        except (LostError, TransportError):
            self.abort()


async def bounded(work: Awaitable[T], call: Call, place: str, patience: float | None = None) -> T:
    """The result of one step of an exchange.

    Each step is bounded by itself: the steps of a stream may run in different tasks.

    Args:
        patience: Seconds of silence that are endured.

    Raises:
        DeadlinePassed: The time of the call is over.
        Stalled: The patience is.
    """
    remaining = call.remaining
    limit = patience if remaining is None or (patience is not None and patience < remaining) else remaining
    timer = asyncio.timeout(limit)
    try:
        async with timer:
            return await work
    except TimeoutError:
        if not timer.expired():
            raise
        if patience is not None and limit == patience:
            raise stalled(patience, place) from None
        raise call.passed(place) from None


def _finishes(chunk: Chunk) -> bool:
    """Whether a sample ends with this chunk."""
    return any(_finish_reasons(chunk))


def _finish_reasons(found: Chunk | Completion) -> list[Any]:
    return [cast("Chunk", choice).get("finish_reason") for choice in found["choices"] if isinstance(choice, dict)]
