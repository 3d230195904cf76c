"""A model file's engine: the process in which it is loaded, and the thread that brings requests there."""

from __future__ import annotations

import http.client
import logging
import threading
import time
from pathlib import Path
from typing import Any

from gradatim.errors import ModelError
from gradatim.serving.embedded.backlog import Backlog, Job
from gradatim.serving.embedded.cores import default_threads
from gradatim.serving.embedded.native import fitted, native_payload
from gradatim.serving.embedded.process import ModelProcess, complaint
from gradatim.serving.steering.embedded import native_steering
from gradatim.serving.transport import Call, Payload, RequestRefused

_LOG = logging.getLogger(__name__)

CONTEXT_TOKENS = 8192
"""Tokens of prompt and answer that fit, for all samples of a request together."""
SPARE_TOKENS = 4096
"""Room beside that: what other slots remember stays until a request's samples have taken them over."""
SLOTS = 4
"""Samples decoded side by side."""
BATCH_TOKENS = 256
"""Prompt tokens read at a stretch: a request can be stopped between two batches."""
PROMPT_CACHE_MIB = 512
"""Memory for prompts of earlier requests."""
_NO_GRAMMAR = "llg error"


class Engine:
    """A model file and the thread that works for it; loading waits for the first request.

    It runs one request at a time: a prompt prefix is shared between requests that follow each other and between the
    samples of one request, but not between requests that run side by side, and reading a prompt costs far more than
    what batched decoding would save.
    """

    def __init__(self, path: Path, threads: int | None = None, gpu_layers: int | None = None) -> None:
        self.path = path
        self._order: dict[str, Any] = {
            "threads": threads or default_threads(),
            "gpu_layers": gpu_layers,
            "context": CONTEXT_TOKENS + SPARE_TOKENS,
            "batch": BATCH_TOKENS,
            "slots": SLOTS,
            "cache_mib": PROMPT_CACHE_MIB,
            "verbosity": 4 if _LOG.isEnabledFor(logging.DEBUG) else 1,
        }
        self._backlog = Backlog()
        self._current: Job | None = None
        self._closing = threading.Event()
        self._model: ModelProcess | None = None
        # A daemon, because the interpreter joins other threads before `atexit` can tell this one to end. It only
        # ever runs Python and waits in system calls, where an ending interpreter may leave it.
        self._thread = threading.Thread(target=self._work, daemon=True, name=f"gradatim model {path.name}")
        self._thread.start()

    def submit(self, job: Job) -> None:
        self._backlog.put(job)

    def close(self) -> None:
        """Stop what is running, end the thread and free the model."""
        self._closing.set()
        self._backlog.close()
        if (job := self._current) is not None:
            job.stop()
        if (model := self._model) is not None:
            model.close()
        self._thread.join(10)

    def disown(self) -> None:
        """In a forked child: the thread and the model's process are the parent's."""
        if self._model is not None:
            self._model.disown()

    def _work(self) -> None:
        while (job := self._backlog.take()) is not None:
            if not job.done.set_running_or_notify_cancel():
                continue
            self._current = job
            try:
                self._answer(self._loaded(), job)
            except ModelError as error:
                job.done.set_exception(error)
            except Exception as error:  # noqa: BLE001  whoever asked has to hear of it; the thread lives on
                job.done.set_exception(ModelError(f"llama.cpp failed: {error!r}", place=str(self.path)))
            else:
                job.done.set_result(None)
            finally:
                self._current = None
        if self._model is not None:
            self._model.close()

    def _loaded(self) -> ModelProcess:
        if self._model is not None and self._model.alive:
            return self._model
        if self._model is not None:
            _LOG.warning("%s; loading it again", self._model.failed())
            self._model.close()
            self._backlog.forget()
        self._model = None
        started = time.monotonic()
        self._model = ModelProcess(self.path, self._order, self._closing.is_set)
        where = f" on {', '.join(self._model.devices)}" if self._model.devices else ""
        _LOG.info("loaded %s%s in %.1f s", self.path.name, where, time.monotonic() - started)
        return self._model

    def _answer(self, model: ModelProcess, job: Job) -> None:
        call = job.call.within(job.seconds)
        context = min(model.context, CONTEXT_TOKENS)
        payload = fitted(job.payload, context, model.count, str(self.path))
        payload = native_payload(native_steering(payload, model.tokens_of))
        try:
            if not self._stream(model, job, payload, call):
                self._stream(model, job, payload, call, last=True)
        except RequestRefused as error:
            raise RequestRefused(error.message, status=error.status, place=str(self.path)) from error
        except TimeoutError as error:
            raise call.passed(str(self.path)) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            if not job.stopped.is_set():
                raise model.failed(error) from error
        if job.stopped.is_set():
            raise ModelError("the request was stopped", place=str(self.path))

    @staticmethod
    def _stream(model: ModelProcess, job: Job, payload: Payload, call: Call, *, last: bool = False) -> bool:
        """Deliver an answer; false when the server failed and it is worth another try.

        That happens where slots remember so much that the samples find no room. Failing has emptied them.
        """
        told, before = False, model.log_size
        connection = model.open()
        job.on_stop = connection.break_off
        try:
            for chunk in () if job.stopped.is_set() else connection.events(payload, call):
                if job.stopped.is_set():
                    break
                if "prompt_progress" in chunk:
                    continue
                if not told and "grammar" in payload:
                    _check_grammar(model, before)
                told = True
                job.deliver(chunk)
        except RequestRefused as error:
            if last or error.status < 500 or (told and job.take_back is None):
                raise
            _LOG.info("asking again: %s", error.message)
            if job.take_back is not None:
                job.take_back()
            return False
        finally:
            job.on_stop = None
            connection.break_off()
            connection.close()
            if _LOG.isEnabledFor(logging.DEBUG):
                _LOG.debug("%s", model.said(before))
        return True


def _check_grammar(model: ModelProcess, before: int) -> None:
    """Whether the grammar of a request holds: llama.cpp leaves one out that it cannot use, and says so in its log."""
    said = model.said(before)
    if _NO_GRAMMAR in said:
        raise RequestRefused(f"the schema cannot be used: {complaint(said)}", status=400)
