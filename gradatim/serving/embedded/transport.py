"""The embedded model behind the same protocol as an endpoint. One engine is kept for each model file."""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import AsyncGenerator, Awaitable
from pathlib import Path
from typing import TypeVar

from gradatim.serving.embedded.backlog import Job
from gradatim.serving.embedded.completion import assemble, joined
from gradatim.serving.embedded.engine import SLOTS, Engine
from gradatim.serving.transport import Chunk, Completion, Payload

T = TypeVar("T")


class _Engines:
    """The engines of this process, by model file."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.by_path: dict[Path, Engine] = {}


_engines = _Engines()


def _engine(path: Path, threads: int | None, gpu_layers: int | None) -> Engine:
    with _engines.lock:
        engine = _engines.by_path.get(path)
        if engine is None:
            engine = _engines.by_path[path] = Engine(path, threads, gpu_layers)
        return engine


@atexit.register
def close_engines() -> None:
    """Free all embedded models; the next request loads its model again."""
    with _engines.lock:
        engines = list(_engines.by_path.values())
        _engines.by_path.clear()
    for engine in engines:
        engine.close()


def _after_fork() -> None:
    """A forked child has the objects but neither the threads nor the models' processes."""
    engines, _engines.by_path = _engines.by_path, {}
    _engines.lock = threading.Lock()  # another thread of the parent may have held it
    for engine in engines.values():
        engine.disown()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class EmbeddedTransport:
    """A GGUF file run on this machine, in a process of its own that ends with this one.

    Args:
        path: The model file.
        threads: CPU threads; as many as there are physical cores for this process when not given. The first
            transport of a file decides.
        timeout: Seconds one request may take, counted from when the model turns to it.
        gpu_layers: Layers of the model to put on a GPU, where the installed llama.cpp can use one and there is one;
            as many as fit when not given.
    """

    def __init__(
        self, path: Path, *, threads: int | None = None, timeout: float = 300.0, gpu_layers: int | None = None
    ) -> None:
        self.path = path.resolve()
        self._threads = threads
        self._timeout = timeout
        self._gpu_layers = gpu_layers

    @property
    def endpoint(self) -> str:
        return str(self.path)

    async def complete(self, payload: Payload) -> Completion:
        samples = int(payload.get("n") or 1)
        parts: list[Completion] = []
        for first in range(0, samples, SLOTS):
            share = {**payload, "n": min(SLOTS, samples - first)}
            if first and payload.get("seed") is not None:
                share["seed"] = int(payload["seed"]) + first
            chunks: list[Chunk] = []
            job = Job(share, self._timeout, chunks.append, take_back=chunks.clear)
            self._submit(job)
            try:
                await self._in_time(job, asyncio.wrap_future(job.done))
            finally:
                job.stop()
            parts.append(assemble(chunks))
        return joined(parts)

    async def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        loop = asyncio.get_running_loop()
        pieces: asyncio.Queue[Chunk | None] = asyncio.Queue()

        def hand_over(piece: Chunk | None) -> None:
            try:
                loop.call_soon_threadsafe(pieces.put_nowait, piece)
            except RuntimeError:  # the loop is closed: nobody listens any more
                job.stopped.set()

        job = Job(payload, self._timeout, hand_over)
        job.done.add_done_callback(lambda _: hand_over(None))
        self._submit(job)
        try:
            while (piece := await self._in_time(job, pieces.get())) is not None:
                yield piece
            job.done.result()
        finally:
            job.stop()

    async def _in_time(self, job: Job, step: Awaitable[T]) -> T:
        """A step of an answer; the deadline also holds for a request that still waits for its turn."""
        try:
            async with asyncio.timeout(job.call.remaining):
                return await step
        except TimeoutError as error:
            raise job.call.passed(self.endpoint) from error

    def _submit(self, job: Job) -> None:
        _engine(self.path, self._threads, self._gpu_layers).submit(job)
