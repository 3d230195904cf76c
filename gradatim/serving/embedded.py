"""The embedded model: llama.cpp inside this process, behind the same protocol as an endpoint.

One engine is kept for each model file of the process. It runs one request at a time on a thread of its own:
llama.cpp shares a cached prompt prefix between requests that follow each other and between the samples of one
request (`n`), but not between requests that run side by side, and reading a prompt costs far more here than what
batched decoding would save.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import logging
import os
import queue
import shutil
import tempfile
import threading
import time
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradatim.errors import ModelError
from gradatim.serving.transport import Chunk, Completion, Payload, RequestRefused

_LOG = logging.getLogger(__name__)

CONTEXT_TOKENS = 8192
"""Tokens of prompt and answer that fit, for all samples of a request together."""
SLOTS = 4
"""Samples decoded side by side."""
BATCH_TOKENS = 256
"""Prompt tokens read at a stretch: a request can be stopped between two batches."""
PROMPT_CACHE_MIB = 512
"""Memory for prompts of earlier requests."""


@dataclass(slots=True)
class _Job:
    """One request on its way through the engine's thread."""

    payload: Payload
    seconds: float
    deliver: Callable[[Chunk], None]
    stopped: threading.Event = field(default_factory=threading.Event)
    done: Future[None] = field(default_factory=lambda: Future[None]())

    def stop(self) -> None:
        self.stopped.set()
        self.done.cancel()


class _Engine:
    """A loaded model file and the thread that works for it; loading waits for the first request."""

    def __init__(self, path: Path, threads: int | None) -> None:
        self.path = path
        self._threads = threads or os.cpu_count() or 1
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._current: _Job | None = None
        self._closing = False
        self._process = os.getpid()
        # A daemon, because the interpreter joins other threads before `atexit` can tell this one to end.
        self._thread = threading.Thread(target=self._work, daemon=True, name=f"llama.cpp {path.name}")
        self._thread.start()

    def submit(self, job: _Job) -> None:
        self._jobs.put(job)

    def close(self) -> None:
        """Stop what is running, end the thread and free the model."""
        if self._process != os.getpid():
            return  # a forked child has the object but neither the thread nor the server's own threads
        self._closing = True
        if (job := self._current) is not None:
            job.stopped.set()
        self._jobs.put(None)
        self._thread.join(60)

    def _work(self) -> None:
        server: Any = None
        socket_folder: str | None = None
        while (job := self._jobs.get()) is not None:
            if not job.done.set_running_or_notify_cancel():
                continue
            self._current = job
            try:
                if server is None:
                    socket_folder = socket_folder or tempfile.mkdtemp(prefix="gradatim-")
                    server = self._load(socket_folder)
                self._answer(server, job)
            except ModelError as error:
                job.done.set_exception(error)
            except Exception as error:  # noqa: BLE001  the binding turns any C++ exception into one of these
                job.done.set_exception(ModelError(f"llama.cpp failed: {error}", place=str(self.path)))
            else:
                job.done.set_result(None)
            finally:
                self._current = None
            if self._closing:
                break
        server = None  # frees the model
        if socket_folder is not None:
            shutil.rmtree(socket_folder, ignore_errors=True)

    def _load(self, socket_folder: str) -> Any:
        import xllamacpp

        params: Any = xllamacpp.CommonParams()
        params.model.path = str(self.path)
        params.model_alias = {self.path.stem}
        params.n_ctx = CONTEXT_TOKENS
        params.n_batch = params.n_ubatch = BATCH_TOKENS
        params.n_parallel = SLOTS
        params.kv_unified = True
        params.cache_prompt = True
        params.cache_ram_mib = PROMPT_CACHE_MIB
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = self._threads
        params.warmup = False
        params.ui = False
        params.verbosity = 4 if _LOG.isEnabledFor(logging.DEBUG) else 0
        # The binding always listens somewhere; a socket in a folder of our own cannot be reached by others.
        params.hostnames = [os.path.join(socket_folder, "server.sock")]
        started = time.monotonic()
        try:
            server = xllamacpp.Server(params)
        except Exception as error:
            raise ModelError(
                f"llama.cpp cannot load the model: {error}",
                place=str(self.path),
                remedy="pull the model again, or free some memory (a model needs about twice its file's size)",
            ) from error
        _LOG.info("loaded %s in %.1f s", self.path.name, time.monotonic() - started)
        return server

    def _answer(self, server: Any, job: _Job) -> None:
        deadline = time.monotonic() + job.seconds
        problem: ModelError | None = None

        def on_chunk(chunk: Chunk) -> bool:
            """Whether to stop."""
            nonlocal problem
            if job.stopped.is_set():
                problem = ModelError("the request was stopped", place=str(self.path))
            elif time.monotonic() > deadline:
                problem = ModelError(
                    f"no complete answer within {job.seconds:g} seconds",
                    place=str(self.path),
                    remedy="raise GRADATIM_MODEL_TIMEOUT, or use a smaller model",
                )
            elif "error" in chunk:
                error = chunk["error"]
                problem = RequestRefused(
                    str(error.get("message", error)), status=int(error.get("code", 500)), place=str(self.path)
                )
            else:
                job.deliver(chunk)
            return problem is not None

        server.handle_chat_completions(_native(job.payload), on_chunk)
        if problem is not None:
            raise problem


def _native(payload: Payload) -> Payload:
    """A payload as llama.cpp wants it.

    A JSON schema becomes a grammar of ours: the server's own way allows a code fence and any amount of white
    space, in which small models lose themselves until their tokens are spent.
    """
    native: Payload = {
        **payload,
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,  # calls back between batches of the prompt, where a request can be stopped
    }
    form = native.pop("response_format", None)
    if form is not None and form.get("type") == "json_schema":
        spacing = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
        schema = json.dumps({"x-guidance": spacing, **form["json_schema"]["schema"]})
        native["grammar"] = f"%llguidance {{}}\nstart: %json {schema}"
    elif form is not None:
        native["response_format"] = form
    return native


_engines: dict[Path, _Engine] = {}
_engines_lock = threading.Lock()


def _engine(path: Path, threads: int | None) -> _Engine:
    with _engines_lock:
        engine = _engines.get(path)
        if engine is None or engine._process != os.getpid():  # pyright: ignore[reportPrivateUsage]
            engine = _engines[path] = _Engine(path, threads)
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
            job = _Job(share, self._timeout, part.append)
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

        job = _Job(payload, self._timeout, hand_over)
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
