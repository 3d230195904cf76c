"""A loaded GGUF file and the thread that works for it."""

from __future__ import annotations

import json
import logging
import os
import queue
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from gradatim.errors import ModelError
from gradatim.serving.transport import Chunk, Payload, RequestRefused

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
class Job:
    """One request on its way through the engine's thread."""

    payload: Payload
    seconds: float
    deliver: Callable[[Chunk], None]
    stopped: threading.Event = field(default_factory=threading.Event)
    done: Future[None] = field(default_factory=lambda: Future[None]())

    def stop(self) -> None:
        self.stopped.set()
        self.done.cancel()


def default_threads() -> int:
    """Half of the logical cores, which is what a model can use, but both of two."""
    cores = os.cpu_count() or 1
    return max(min(cores, 2), cores // 2)


class Engine:
    """A loaded model file and the thread that works for it; loading waits for the first request."""

    def __init__(self, path: Path, threads: int | None) -> None:
        self.path = path
        self._threads = threads or default_threads()
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._current: Job | None = None
        self._closing = False
        self.process = os.getpid()
        # A daemon, because the interpreter joins other threads before `atexit` can tell this one to end.
        self._thread = threading.Thread(target=self._work, daemon=True, name=f"llama.cpp {path.name}")
        self._thread.start()

    def submit(self, job: Job) -> None:
        self._jobs.put(job)

    def close(self) -> None:
        """Stop what is running, end the thread and free the model."""
        if self.process != os.getpid():
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
        while not self._jobs.empty():  # nobody will answer these
            if (job := self._jobs.get()) is not None:
                job.done.cancel()
        server = None  # frees the model
        if socket_folder is not None:
            shutil.rmtree(socket_folder, ignore_errors=True)

    def _load(self, socket_folder: str) -> Any:
        xllamacpp: Any = import_module("xllamacpp")
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
        # no busy waiting: programs run in sandboxes on the same cores while the model writes
        params.cpuparams.poll = params.cpuparams_batch.poll = 0
        params.warmup = False
        params.ui = False
        params.verbosity = 4 if _LOG.isEnabledFor(logging.DEBUG) else 0
        # The binding always listens somewhere; a socket in a folder of our own cannot be reached by others.
        params.hostnames = [os.path.join(socket_folder, "server.sock")]
        started = time.monotonic()
        try:
            server: Any = xllamacpp.Server(params)
        except Exception as error:
            raise ModelError(
                f"llama.cpp cannot load the model: {error}",
                place=str(self.path),
                remedy="pull the model again, or free memory (a model needs about twice its file's size)",
            ) from error
        _LOG.info("loaded %s in %.1f s", self.path.name, time.monotonic() - started)
        return server

    def _answer(self, server: Any, job: Job) -> None:
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

        server.handle_chat_completions(native_payload(job.payload), on_chunk)
        if problem is not None:
            raise problem


def native_payload(payload: Payload) -> Payload:
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
