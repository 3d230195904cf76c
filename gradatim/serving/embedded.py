"""The embedded model: llama.cpp inside this process, behind the same protocol as an endpoint.

One engine is kept for each model file of the process. It runs one request at a time on a thread of its
own: llama.cpp shares a cached prompt prefix between requests that follow each other and between the samples
of one request (`n`), but not between requests that run side by side, and reading a prompt costs far more
here than what batched decoding would save.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from gradatim.serving.engine import SLOTS, Engine, Job
from gradatim.serving.transport import Chunk, Completion, Payload

_engines: dict[Path, Engine] = {}
_engines_lock = threading.Lock()


def _engine(path: Path, threads: int | None) -> Engine:
    with _engines_lock:
        engine = _engines.get(path)
        if engine is None or engine.process != os.getpid():
            engine = _engines[path] = Engine(path, threads)
        return engine


@atexit.register
def close_engines() -> None:
    """Free all embedded models; the next request loads its model again."""
    with _engines_lock:
        engines = list(_engines.values())
        _engines.clear()
    for engine in engines:
        engine.close()


class EmbeddedTransport:
    """A GGUF file run in this process.

    Args:
        path: The model file.
        threads: CPU threads; all cores when not given. The first transport of a file decides.
        timeout: Seconds one request may take, counted from when the model turns to it.
    """

    def __init__(self, path: Path, *, threads: int | None = None, timeout: float = 300.0) -> None:
        self.path = path.resolve()
        self._threads = threads
        self._timeout = timeout

    @property
    def endpoint(self) -> str:
        return str(self.path)

    async def complete(self, payload: Payload) -> Completion:
        samples = int(payload.get("n") or 1)
        chunks: list[Chunk] = []
        for first in range(0, samples, SLOTS):
            share = {**payload, "n": min(SLOTS, samples - first)}
            if first and payload.get("seed") is not None:
                share["seed"] = int(payload["seed"]) + first
            part: list[Chunk] = []
            job = Job(share, self._timeout, part.append)
            _engine(self.path, self._threads).submit(job)
            try:
                await asyncio.wrap_future(job.done)
            finally:
                job.stop()
            for chunk in part:
                for choice in chunk["choices"]:
                    choice["index"] += first
            chunks += part
        return assemble(chunks)

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
        _engine(self.path, self._threads).submit(job)
        try:
            while (piece := await pieces.get()) is not None:
                if "prompt_progress" not in piece:
                    yield piece
            job.done.result()
        finally:
            job.stop()


def assemble(chunks: list[Chunk]) -> Completion:
    """The completion that a stream of chunks amounts to.

    Tokens are counted for each sample by itself; those of the prompt, which the samples share, once.
    """
    choices: dict[int, dict[str, Any]] = {}
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0, "cached_tokens": 0}
    timings: list[dict[str, Any]] = []
    for chunk in chunks:
        for piece in chunk["choices"]:
            choice = choices.setdefault(
                piece["index"],
                {
                    "index": piece["index"],
                    "message": {"role": "assistant", "content": ""},
                    "finish_reason": None,
                },
            )
            choice["message"]["content"] += piece["delta"].get("content") or ""
            choice["finish_reason"] = piece.get("finish_reason") or choice["finish_reason"]
            if piece.get("logprobs"):
                choice.setdefault("logprobs", {"content": []})["content"] += piece["logprobs"]["content"]
        if spent := chunk.get("usage"):
            usage["prompt_tokens"] = max(usage["prompt_tokens"], spent["prompt_tokens"])
            usage["completion_tokens"] += spent["completion_tokens"]
            cached = spent.get("prompt_tokens_details", {}).get("cached_tokens", 0)
            usage["cached_tokens"] = max(usage["cached_tokens"], cached)
        if measured := chunk.get("timings"):
            timings.append(measured)
    usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
    cached = usage.pop("cached_tokens")
    return {
        "object": "chat.completion",
        "choices": [choices[index] for index in sorted(choices)],
        "usage": {**usage, "prompt_tokens_details": {"cached_tokens": cached}},
        "timings": timings,
    }
