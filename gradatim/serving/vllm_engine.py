"""vLLM's engine inside this process: the transport for batches that need no server.

One engine is kept for each model folder of the process, in a thread with an event loop of its own, so that no caller's
event loop owns it. The engine batches whatever is asked at the same time; how much that is, its callers decide.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import signal
import threading
import uuid
from collections.abc import AsyncGenerator, Coroutine, Mapping
from concurrent.futures import Future
from contextlib import aclosing
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from gradatim.errors import ModelError, SettingsError
from gradatim.serving.steering.vllm import PROCESSOR
from gradatim.serving.transport import (
    BrokenOff,
    Chunk,
    Completion,
    DeadlinePassed,
    Payload,
    RequestRefused,
    current_call,
)
from gradatim.serving.vllm_requests import EngineRequest, chunk, completion, engine_request, last_chunk, usage

T = TypeVar("T")

PREFIX = "vllm:"
_QUIET = {
    "VLLM_NO_USAGE_STATS": "1",
    "HF_HUB_OFFLINE": "1",
    "VLLM_LOGGING_LEVEL": "WARNING",
    # a fork of a process with threads and sandboxes may hang
    "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
}
"""Of the engine's environment, where the user says nothing else."""


class EngineTransport:
    """A model folder run by vLLM in this process.

    Args:
        folder: A model that vLLM loads (`gradatim model convert` makes one of ChatGLM3).
        name: What requests call the model.
        timeout: Seconds one request may take, from when the engine is up.
        arguments: Of vLLM's `AsyncEngineArgs`, beside those chosen here. The first transport of a folder decides.
    """

    def __init__(
        self, folder: Path, *, name: str, timeout: float = 300.0, arguments: Mapping[str, Any] | None = None
    ) -> None:
        self.folder = folder.resolve()
        self.name = name
        self._timeout = timeout
        self._arguments = dict(arguments or {})

    @property
    def endpoint(self) -> str:
        return f"{PREFIX}{self.folder}"

    async def complete(self, payload: Payload) -> Completion:
        engine = await self._engine()
        seconds = self._seconds()

        async def work() -> Completion:
            request = self._request(engine, payload, stream=False)
            async with self._bounded(seconds, engine):
                last: Any = None
                async with aclosing(engine.generate(request)) as outputs:
                    async for output in outputs:
                        last = output
            if last is None:
                raise BrokenOff("the engine gave no answer", place=self.endpoint)
            return completion(last, request, name=self.name)

        return await asyncio.wrap_future(engine.submit(work()))

    async def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        engine = await self._engine()
        seconds = self._seconds()
        loop = asyncio.get_running_loop()
        pieces: asyncio.Queue[Chunk | None] = asyncio.Queue()

        def hand_over(piece: Chunk | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(pieces.put_nowait, piece)

        async def work() -> None:
            request = self._request(engine, payload, stream=True)
            begun: set[int] = set()
            answered = cached = 0
            run = ""
            async with self._bounded(seconds, engine), aclosing(engine.generate(request)) as outputs:
                async for output in outputs:
                    run = output.request_id
                    answered += sum(len(item.token_ids) for item in output.outputs)
                    cached = max(cached, output.num_cached_tokens or 0)
                    hand_over(chunk(output, request, name=self.name, begun=begun))
            hand_over(last_chunk(run, usage(len(request.tokens), answered, cached), name=self.name))

        done = engine.submit(work())
        done.add_done_callback(lambda _: hand_over(None))
        try:
            while (piece := await pieces.get()) is not None:
                yield piece
            done.result()
        finally:
            done.cancel()

    async def _engine(self) -> _Engine:
        return await asyncio.to_thread(_engine, self.folder, self._arguments)

    def _request(self, engine: _Engine, payload: Payload, *, stream: bool) -> EngineRequest:
        return engine_request(
            payload,
            name=self.name,
            tokenizer=engine.tokenizer,
            limit=engine.limit,
            defaults=engine.defaults,
            stream=stream,
            place=self.endpoint,
        )

    def _seconds(self) -> float:
        remaining = current_call().remaining
        return self._timeout if remaining is None else min(self._timeout, remaining)

    def _bounded(self, seconds: float, engine: _Engine) -> _Bounded:
        return _Bounded(seconds, engine, self.endpoint)


class _Bounded:
    """A limit of time, and vLLM's errors as the transport's."""

    def __init__(self, seconds: float, engine: _Engine, place: str) -> None:
        self._timeout = asyncio.timeout(seconds)
        self._seconds = seconds
        self._engine = engine
        self._place = place

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        try:
            await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError:
            raise DeadlinePassed(
                f"no complete answer within {self._seconds:g} seconds",
                place=self._place,
                remedy="raise GRADATIM_MODEL_TIMEOUT, or use a faster model",
            ) from error
        if error is None or not isinstance(error, Exception) or isinstance(error, ModelError):
            return
        dead = import_module("vllm.v1.engine.exceptions")
        if isinstance(error, dead.EngineDeadError) or self._engine.dead:
            _drop(self._engine)
            raise BrokenOff(
                "the engine has died", place=self._place, remedy="see what vLLM wrote; the next request starts it anew"
            ) from error
        if isinstance(error, dead.EngineGenerateError):
            raise BrokenOff(f"the engine failed: {error.__cause__ or error}", place=self._place) from error
        raise RequestRefused(
            f"the engine refuses the request: {error}", status=400, place=self._place, remedy="correct the request"
        ) from error


class _Engine:
    """One engine and the thread that its event loop runs in."""

    def __init__(self, folder: Path, arguments: Mapping[str, Any]) -> None:
        self.folder = folder
        self.process = os.getpid()
        self._arguments = arguments
        self._loop = asyncio.new_event_loop()
        self._llm: Any = None
        self.tokenizer: Any = None
        self.limit = 0
        self.defaults: dict[str, Any] = {}
        started: Future[None] = Future()
        self._thread = threading.Thread(target=self._work, args=(started,), daemon=True, name=f"vllm {folder.name}")
        self._thread.start()
        started.result()

    @property
    def dead(self) -> bool:
        return self._llm is None or bool(self._llm.errored)

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Do something in the engine's event loop."""
        if self._loop.is_closed():
            work.close()
            raise BrokenOff("the engine is closed", place=str(self.folder))
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def generate(self, request: EngineRequest) -> AsyncGenerator[Any, None]:
        """The engine's outputs for a request; to be gone through in its own event loop."""
        prompt = {"prompt_token_ids": request.tokens}
        return self._llm.generate(prompt, request.parameters, f"chatcmpl-{uuid.uuid4().hex}")

    def close(self) -> None:
        """End the engine's processes and the thread."""
        if self.process != os.getpid() or self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)

    def _work(self, started: Future[None]) -> None:
        # The engine's processes inherit this: Ctrl-C is for us, who let them finish or end them.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._open())
        except BaseException as error:  # noqa: BLE001 whoever waits for the engine gets it
            self._loop.close()
            started.set_exception(self._failed(error))
            return
        started.set_result(None)
        try:
            self._loop.run_forever()
        finally:
            self._end()

    async def _open(self) -> None:
        for name, value in _QUIET.items():
            os.environ.setdefault(name, value)
        vllm: Any = import_module("vllm.engine.arg_utils")
        chosen: dict[str, Any] = {
            "enable_prefix_caching": True,
            "structured_outputs_config": {"backend": "guidance", "disable_any_whitespace": True},
            "logits_processors": [PROCESSOR],
            "disable_log_stats": True,
        }
        arguments: Any = vllm.AsyncEngineArgs(model=str(self.folder), **{**chosen, **self._arguments})
        self._llm = import_module("vllm.v1.engine.async_llm").AsyncLLM.from_engine_args(arguments)
        self.tokenizer = self._llm.get_tokenizer()
        self.limit = int(self._llm.model_config.max_model_len)
        self.defaults = dict(self._llm.model_config.get_diff_sampling_param() or {})

    def _failed(self, error: BaseException) -> ModelError:
        reason = " ".join(str(error).split())[:400] or type(error).__name__
        return ModelError(
            f"vLLM cannot run this model: {reason}",
            place=str(self.folder),
            remedy="see what vLLM wrote above; free memory, or correct the model or its arguments",
        )

    def _end(self) -> None:
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._llm.shutdown()
        self._llm = None
        self._loop.run_until_complete(asyncio.sleep(0))  # lets what the shutdown cancelled end
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()


_engines: dict[Path, _Engine] = {}
_lock = threading.Lock()


def _engine(folder: Path, arguments: Mapping[str, Any]) -> _Engine:
    """The engine of a folder, started where it is not."""
    if not (folder / "config.json").is_file():
        raise ModelError("holds no model", place=str(folder), remedy="name a folder with config.json and weights")
    if find_spec("vllm") is None:
        raise ModelError("vLLM is not installed", place=PREFIX, remedy="pip install 'gradatim[serving]'")
    with _lock:
        engine = _engines.get(folder)
        if engine is None or engine.process != os.getpid() or engine.dead:
            engine = _engines[folder] = _Engine(folder, arguments)
        return engine


def _drop(engine: _Engine) -> None:
    with _lock:
        if _engines.get(engine.folder) is engine:
            del _engines[engine.folder]
    threading.Thread(target=engine.close, daemon=True).start()  # we may be in its own thread


@atexit.register
def close_engines() -> None:
    """End all engines of this process; the next request starts its engine again."""
    with _lock:
        engines = list(_engines.values())
        _engines.clear()
    for engine in engines:
        engine.close()


def parse_spec(spec: str) -> tuple[Path, str, dict[str, Any]]:
    """Folder, model name and engine arguments of `vllm:FOLDER[?argument=value&…]#name`.

    Values are JSON where they are such, else text: `vllm:models/glm?dtype=float32&max_model_len=4096#chatglm3`.

    Raises:
        SettingsError: Folder or name is missing.
    """
    rest, _, name = spec.removeprefix(PREFIX).partition("#")
    folder, _, query = rest.partition("?")
    if not folder or not name:
        raise SettingsError(
            "vLLM's engine needs a folder and a model's name",
            place=f"model {spec}",
            remedy="write it as vllm:FOLDER#name",
        )
    return Path(folder).expanduser(), name, {key: _value(text) for key, text in parse_qsl(query)}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
