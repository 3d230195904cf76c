"""Answers that were given before, to requests that are the same to the letter.

Only requests that ask for the same answer each time are looked up: those with a seed or at temperature 0, and never
streams. An entry's key is the SHA-256 digest of the request and the endpoint, from which nothing of the request can be
read; the answer alone is kept. Whoever has to forget somebody has the answers deleted that hold a piece of their
texts (`ResponseCache.forget`), or purges the whole cache.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from gradatim.serving.client.cachefile import AnswerFile, holds
from gradatim.serving.client.observer import Observer
from gradatim.serving.transport import Chunk, Completion, DeadlinePassed, Payload, Transport, current_call

MEMORY_BYTES = 64 * 2**20
"""Answers kept in memory."""
FILE_BYTES = 1 * 2**30
"""Answers kept in a file, compressed."""
LONGEST_DAYS = 30.0
"""Age from which an answer is asked for anew."""
_NOT_ASKED = ("stream", "stream_options", "user")


def cacheable(payload: Payload) -> bool:
    """Whether a request asks for the same answer each time."""
    return payload.get("temperature") == 0 or payload.get("seed") is not None


def cache_key(payload: Payload, endpoint: str) -> bytes:
    """Digest of what decides the answer."""
    asked = {key: value for key, value in payload.items() if key not in _NOT_ASKED}
    return hashlib.sha256(json.dumps([endpoint, asked], sort_keys=True, separators=(",", ":")).encode()).digest()


class ResponseCache:
    """Answers in memory, and in a file where one is named.

    The file may be shared by processes; where it fails while in use, requests are made as if it were not there.

    Args:
        path: SQLite file, made when missing and readable by its owner only.
        memory_bytes: Answers that were used longest ago leave memory from this size on.
        file_bytes: The same for the file.
        days: Age from which an answer is not given again.

    Raises:
        StorageError: The file cannot be used.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        memory_bytes: int = MEMORY_BYTES,
        file_bytes: int = FILE_BYTES,
        days: float = LONGEST_DAYS,
    ) -> None:
        self._memory: OrderedDict[bytes, tuple[float, bytes]] = OrderedDict()
        self._memory_size = 0
        self._memory_bytes = memory_bytes
        self._seconds = days * 86_400
        self._lock = threading.Lock()
        self._file = None if path is None else AnswerFile(path, file_bytes, self._seconds)

    async def get(self, key: bytes) -> Completion | None:
        """An answer given before, as an object of its own."""
        with self._lock:
            found = self._memory.get(key)
            if found is not None and time.time() - found[0] < self._seconds:
                self._memory.move_to_end(key)
                return json.loads(found[1])
        if self._file is None:
            return None
        row = await asyncio.to_thread(self._file.get, key)
        if row is None:
            return None
        self._remember(key, *row)
        return json.loads(row[1])

    async def put(self, key: bytes, answer: Completion) -> None:
        """Keep an answer."""
        body = json.dumps(answer, separators=(",", ":")).encode()
        self._remember(key, time.time(), body)
        if self._file is not None:
            await asyncio.to_thread(self._file.put, key, body)

    def purge(self) -> None:
        """Forget everything."""
        with self._lock:
            self._memory.clear()
            self._memory_size = 0
        if self._file is not None:
            self._file.purge()

    def forget(self, pieces: Collection[str]) -> int:
        """Delete the answers that hold one of these texts, and leave nothing of them in the file.

        Returns:
            How many were deleted.

        Raises:
            StorageError: The file cannot be cleaned; the call can be repeated.
        """
        with self._lock:
            gone = [key for key, (_, body) in self._memory.items() if holds(body, pieces)]
            for key in gone:
                self._memory_size -= len(self._memory.pop(key)[1])
        return len(gone) if self._file is None else self._file.forget(pieces)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _remember(self, key: bytes, created: float, body: bytes) -> None:
        with self._lock:
            old = self._memory.pop(key, None)
            self._memory_size += len(body) - (len(old[1]) if old else 0)
            self._memory[key] = (created, body)
            while self._memory_size > self._memory_bytes:
                _, (_, gone) = self._memory.popitem(last=False)
                self._memory_size -= len(gone)


@dataclass(slots=True)
class _Flight:
    task: asyncio.Task[Completion]
    waiters: int = 0


class Cached:
    """Gives earlier answers again, and asks once for requests that are the same and under way together.

    An answer that was not asked for anew tells 0 tokens of usage: it took none.

    Args:
        transport: What is asked otherwise.
        cache: Where answers are kept.
        observer: Told of each look-up.
    """

    def __init__(self, transport: Transport, cache: ResponseCache, *, observer: Observer | None = None) -> None:
        self._transport = transport
        self._cache = cache
        self._observer = observer or Observer()
        self._flights: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[bytes, _Flight]] = WeakKeyDictionary()

    @property
    def endpoint(self) -> str:
        return self._transport.endpoint

    async def complete(self, payload: Payload) -> Completion:
        if not cacheable(payload):
            return await self._transport.complete(payload)
        key = cache_key(payload, self.endpoint)
        call, model = current_call(), str(payload.get("model"))
        found = await self._cache.get(key)
        while found is None:
            flights = self._flights.setdefault(asyncio.get_running_loop(), {})
            flight = flights.get(key)
            first = flight is None
            if flight is None:
                self._observer.on_cache(call.tenant, model, False)
                flight = flights[key] = _Flight(asyncio.create_task(self._fetch(key, payload, flights)))
            try:
                answer = await self._share(flight)
            except DeadlinePassed:
                if first or call.over:
                    raise
                continue  # that of the first was earlier than this one's
            if first:
                return answer
            found = json.loads(json.dumps(answer))
        self._observer.on_cache(call.tenant, model, True)
        return _free(found)

    def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        return self._transport.stream(payload)

    async def _share(self, flight: _Flight) -> Completion:
        """The answer of a request under way; it is cancelled when nobody waits for it any more."""
        call = current_call()
        timer = asyncio.timeout(call.remaining)
        flight.waiters += 1
        try:
            async with timer:
                return await asyncio.shield(flight.task)
        except TimeoutError:
            if not timer.expired():
                raise
            raise call.passed(self.endpoint) from None
        finally:
            flight.waiters -= 1
            if not flight.waiters and not flight.task.done():
                flight.task.cancel()

    async def _fetch(self, key: bytes, payload: Payload, flights: dict[bytes, _Flight]) -> Completion:
        try:
            answer = await self._transport.complete(payload)
            await self._cache.put(key, answer)
            return answer
        finally:
            flights.pop(key, None)


def _free(answer: Completion) -> Completion:
    """An answer that took nothing."""
    usage: dict[str, Any] = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    return {**answer, "usage": usage}
