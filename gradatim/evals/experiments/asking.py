"""How a model is asked in an experiment: with the cell's seed, at the experiment's temperature, and counted.

The seed goes into every request, so that answers of different seeds differ and the response cache keeps them apart,
while variants that ask the same thing with the same seed share the answer.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, time_ns
from typing import Any

import orjson
from langchain_core.language_models import BaseChatModel

from gradatim.errors import ModelError
from gradatim.serving.chat import OpenAIChat
from gradatim.serving.realiser import GroundedRealiser
from gradatim.serving.transport import Chunk, Completion, Payload, RequestRefused, Transport

SPACING = 1009
"""Between the seeds of two runs: what one run adds to its seed for its own questions does not meet the next one's."""
_OURS = frozenset({"scripted_request"})
"""Keys of a payload that no endpoint ever sees."""


@dataclass(slots=True)
class Tally:
    """What was asked in one cell.

    Attributes:
        requests: Questions to the model.
        shared: Those of them that were answered before, by the response cache.
        saved: For each of these, when its answer came (nanoseconds since 1970) and the seconds that it had taken.
        lost: Why questions got no answer at all.
    """

    requests: int = 0
    shared: int = 0
    saved: list[tuple[int, float]] = field(default_factory=list[tuple[int, float]])
    lost: list[str] = field(default_factory=list[str])

    def answered(self, place: str) -> None:
        """Refuse a run in which a question got no answer.

        Agents go on without a model that is away, with what evidence says alone. For a learner that is right; a figure
        of the model must not be made of it.

        Raises:
            ModelError: There is such a question.
        """
        if self.lost:
            raise ModelError(f"did not answer: {self.lost[0]}", place=place, remedy="see `gradatim doctor`")


class Book:
    """What each question took when it was really asked: seconds and tokens.

    An answer out of the cache takes neither. Variants that share answers are compared all the same, so each is charged
    what it would have taken alone.

    Args:
        path: JSON Lines; kept beside the cache of answers.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, tuple[float, Payload]] = {}
        if path.exists():
            for line in path.read_bytes().splitlines():
                try:
                    row: Any = orjson.loads(line)
                    self._known[str(row["key"])] = float(row["seconds"]), dict(row["usage"])
                except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
                    continue  # a line that was cut off: that question is charged nothing

    def enter(self, payload: Payload, seconds: float, usage: Payload) -> None:
        """Note what a question took."""
        key = _key(payload)
        self._known[key] = seconds, usage
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write(orjson.dumps({"key": key, "seconds": seconds, "usage": usage}) + b"\n")

    def find(self, payload: Payload) -> tuple[float, Payload] | None:
        """What a question took."""
        return self._known.get(_key(payload))


def _key(payload: Payload) -> str:
    asked = {key: value for key, value in payload.items() if key not in _OURS}
    text = json.dumps(asked, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Asking:
    """How the model of some cells is asked.

    Attributes:
        gate: Lets one request at a time through, where the model answers no more; none: all.
        book: What questions took.
    """

    temperature: float
    gate: asyncio.Semaphore | None = None
    book: Book | None = None


class Seeded:
    """A transport that puts a seed and a temperature into every request.

    Args:
        transport: What carries the requests.
        seed: Of the run.
    """

    def __init__(self, transport: Transport, seed: int, asking: Asking) -> None:
        self._transport = transport
        self._seed = seed
        self._asking = asking
        self.tally = Tally()

    @property
    def endpoint(self) -> str:
        return self._transport.endpoint

    def _asked(self, payload: Payload) -> Payload:
        own = payload.get("seed") or 0
        return {**payload, "seed": (self._seed * SPACING + own) % 2**31, "temperature": self._asking.temperature}

    async def complete(self, payload: Payload) -> Completion:
        asked = self._asked(payload)
        self.tally.requests += 1
        async with self._asking.gate or nullcontext():
            began = perf_counter()
            try:
                answer = await self._transport.complete(asked)
            except ModelError as error:
                # an endpoint that knows no schemas refuses one, and is asked again without
                if not (isinstance(error, RequestRefused) and error.status in (400, 422)):
                    self.tally.lost.append(str(error))
                raise
            seconds = perf_counter() - began
        return await self._charged(asked, answer, seconds)

    async def _charged(self, asked: Payload, answer: Completion, seconds: float) -> Completion:
        """The answer with the tokens that it took when it was first given."""
        usage: Payload = answer.get("usage") or {}
        free = bool(usage) and not usage.get("prompt_tokens") and not usage.get("completion_tokens")
        book = self._asking.book
        if not free:
            if book is not None:
                book.enter(asked, seconds, usage)
            return answer
        self.tally.shared += 1
        if book is not None and book.find(asked) is None:
            await asyncio.sleep(0)  # whoever asked first, at the same time, is about to enter it
        known = None if book is None else book.find(asked)
        if known is None:
            return answer
        self.tally.saved.append((time_ns(), known[0]))
        return {**answer, "usage": known[1]}

    async def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        self.tally.requests += 1
        async with aclosing(self._transport.stream(self._asked(payload))) as chunks:
            async for chunk in chunks:
                yield chunk


def seeded(model: BaseChatModel, seed: int, asking: Asking) -> tuple[BaseChatModel, Tally]:
    """A model as one cell asks it, and the tally of what is asked.

    The grounded realiser has no chance in it and stays as it is; so does a model that is not asked through a transport
    of gradatim's, whose seed nobody here can set.
    """
    if isinstance(model, GroundedRealiser) or not isinstance(model, OpenAIChat) or model.transport is None:
        return model, Tally()
    transport = Seeded(model.transport, seed, asking)
    return model.model_copy(update={"transport": transport}), transport.tally
