"""`HttpTransport`: one OpenAI-compatible endpoint, one attempt a request."""

from __future__ import annotations

import asyncio
import json
import re
import time
from base64 import b64encode
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, contextmanager
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from weakref import WeakKeyDictionary

from gradatim.errors import ModelError, SettingsError
from gradatim.serving.client.answer import Answer, bounded
from gradatim.serving.client.assembly import well_formed
from gradatim.serving.client.complaints import nonsense, unreachable
from gradatim.serving.client.connections import Connections, LostError
from gradatim.serving.client.dialect import Dialect, about_format, detect, weaker_formats
from gradatim.serving.transport import (
    BrokenOff,
    Call,
    Chunk,
    Completion,
    DeadlinePassed,
    Payload,
    RequestRefused,
    current_call,
    using_call,
)

PROBE_SECONDS = 5.0
"""Time in which a server tells what it is."""
HEALTH_SECONDS = 2.0
"""Time in which it tells how it is; somebody's request waits for that."""
FORGET_SECONDS = 300.0
"""After which a server is asked again what it is: it may have been replaced."""


class HttpTransport:
    """An OpenAI-compatible endpoint (vLLM, llama.cpp's own server, hosted services).

    A request is sent once; trying again and elsewhere is for the transports around this one. Connections are
    kept and used again, in each event loop its own. From servers that are known to stream, whole answers are
    read as streams too, so that silence and broken connections are noticed early.

    Args:
        endpoint: Base address, with its version (`http://host:8000/v1`).
        api_key: Sent as a bearer token.
        timeout: Seconds one attempt may take; the deadline of the call holds as well.
        idle_timeout: Seconds of silence in the middle of a streamed answer; twice as many before its first piece,
            while the request may wait inside the server.
        dialect: What the server understands; found out by asking when not given.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        api_key: str | None = None,
        timeout: float = 300.0,
        idle_timeout: float = 60.0,
        dialect: Dialect | None = None,
    ) -> None:
        parts = urlsplit(endpoint.rstrip("/"))
        host = parts.netloc.rpartition("@")[2]
        self._endpoint = urlunsplit((parts.scheme, host, parts.path, "", ""))
        self._timeout = timeout
        self._idle = idle_timeout
        self._base = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
        self._connections = Connections(self._endpoint, _credentials(api_key, parts.username, parts.password))
        self._fixed = dialect
        self._dialect = dialect
        self._dialect_until = float("inf")
        self._asking: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[Dialect]] = WeakKeyDictionary()
        self._levels: dict[str, int] = {}
        self._tells_usage = True
        self._steers: bool | None = None

    @property
    def endpoint(self) -> str:
        return self._endpoint

    async def complete(self, payload: Payload) -> Completion:
        call = current_call().within(self._timeout)
        dialect = await self._known(call)
        answer = await self._answered(payload, dialect, call, streamed=dialect.streams)
        with self._reading(answer):
            if not answer.streamed:
                return await answer.whole()
            # One alternative is asked for because some servers tell no log-probabilities without.
            alternatives = (payload.get("top_logprobs") or 0) > 1
            return await answer.assembled(int(payload.get("n") or 1), alternatives=alternatives)

    async def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        call = current_call().within(self._timeout)
        dialect = await self._known(call)
        answer = await self._answered(payload, dialect, call, streamed=True)
        with self._reading(answer):
            if not answer.streamed:
                yield _in_one_piece(await answer.whole())
                return
            async with aclosing(answer.batches()) as batches:
                async for batch in batches:
                    for chunk in batch:
                        if not well_formed(chunk, "delta"):
                            raise nonsense(json.dumps(chunk).encode(), self._endpoint)
                        yield chunk

    async def dialect(self) -> Dialect:
        """What the server understands; asked once, and again when the server may have been another since.

        Raises:
            ModelError: Nobody answers.
        """
        return await self._known(current_call().within(self._timeout))

    async def healthy(self) -> bool:
        """Whether the server says that it is well (or, where it has no `/health`, whether it answers at all)."""
        try:
            status, _ = await self._get("/health", current_call().within(HEALTH_SECONDS))
        except ModelError:
            return False
        return status < 500 or status == 501

    async def aclose(self) -> None:
        """Close the connections of this event loop; another request opens new ones."""
        await self._connections.aclose()

    # One exchange

    async def _answered(self, payload: Payload, dialect: Dialect, call: Call, *, streamed: bool) -> Answer:
        """The answer, still to be read; what the server does not know is left out of the request."""
        if payload.get("steering") and dialect.server == "vllm":
            await self._see_that_it_steers(str(payload.get("model")), call)
        payload = dialect.translate(payload, self._endpoint)
        if streamed:
            payload = {**payload, "stream": True}
        forms = weaker_formats(payload) if dialect.tries_formats else [payload]
        model = str(payload.get("model"))
        level = min(self._levels.get(model, 0), len(forms) - 1)
        first: RequestRefused | None = None
        while True:
            form = forms[level]
            if streamed and self._tells_usage:
                form = {**form, "stream_options": {"include_usage": True}}
            try:
                answered = await self._exchange(form, call)
            except RequestRefused as error:
                if "stream_options" in form and "stream_options" in error.message and error.status in (400, 422):
                    self._tells_usage = False
                    continue
                first = first or error
                if level + 1 == len(forms) or not about_format(error):
                    raise first from None
                level += 1
                continue
            if first is not None:
                self._levels[model] = level
            return answered

    async def _see_that_it_steers(self, model: str, call: Call) -> None:
        """Ask a vLLM once whether it was started with the plug-in: without, it ignores the steering silently.

        Raises:
            RequestRefused: It was not (status 400).
        """
        if self._steers is None:
            from gradatim.serving.steering.vllm import probe

            try:
                answer = await self._exchange(probe(model), call)
            except RequestRefused as error:
                if error.status != 400:
                    raise
                self._steers = True
            else:
                answer.abort()
                self._steers = False
        if not self._steers:
            raise RequestRefused(
                "the server runs without controlled decoding",
                status=400,
                place=self._endpoint,
                remedy="start it with `gradatim serve`, or leave the steering out",
            )

    async def _exchange(self, payload: Payload, call: Call) -> Answer:
        """Send a request and read the head of its answer.

        Raises:
            RequestRefused: The status is not 200.
            Unreachable: There is no answer.
        """
        try:
            body = json.dumps(payload, ensure_ascii=False, allow_nan=False).encode()
        except UnicodeEncodeError:  # half of a surrogate pair
            body = json.dumps(payload, allow_nan=False).encode()
        answer = await self._send("POST", f"{self._base}/chat/completions", body, call)
        if answer.status == 200:
            return answer
        with self._reading(answer):
            raise await answer.refusal()

    async def _send(self, method: str, path: str, body: bytes, call: Call) -> Answer:
        try:
            response = await bounded(self._connections.send(method, path, body), call, self._endpoint)
        except LostError as error:
            self._suspect()
            raise unreachable(error, self._endpoint) from error
        return Answer(response, call, self._endpoint, self._idle)

    @contextmanager
    def _reading(self, answer: Answer) -> Generator[None]:
        """Hang up where the answer is not read to its end."""
        try:
            yield
        except BrokenOff:
            self._suspect()
            raise
        finally:
            answer.abort()

    # What the server is

    async def _known(self, call: Call) -> Dialect:
        if self._dialect is not None and time.monotonic() < self._dialect_until:
            return self._dialect
        loop = asyncio.get_running_loop()
        asking = self._asking.get(loop)
        if asking is None or asking.done():  # whoever comes meanwhile waits for the same answer
            asking = self._asking[loop] = loop.create_task(self._ask())
            asking.add_done_callback(_seen)
            asking.add_done_callback(lambda _: self._asking.pop(loop, None))  # a task holds its loop
        return await bounded(asyncio.shield(asking), call, self._endpoint)

    async def _ask(self) -> Dialect:
        with using_call(Call().within(PROBE_SECONDS)) as call:
            try:
                found = await detect(lambda path: self._get(path, call))
            except DeadlinePassed:  # it is there, and slow: the request itself has more time
                found = Dialect()
        self._dialect = found
        self._dialect_until = time.monotonic() + FORGET_SECONDS
        return found

    def _suspect(self) -> None:
        """The server may be another one when it comes back."""
        self._dialect = self._fixed
        self._dialect_until = float("inf") if self._fixed else 0.0
        self._levels.clear()
        self._tells_usage = True
        self._steers = None

    async def _get(self, path: str, call: Call) -> tuple[int, bytes]:
        """Status and body of a resource beside the endpoint."""
        root = re.sub(r"/v\d+$", "", self._base)
        answer = await self._send("GET", f"{root}{path}", b"", call)
        with self._reading(answer):
            return answer.status, await answer.body()


def _credentials(key: str | None, user: str | None, password: str | None) -> dict[str, str]:
    """The header field by which the endpoint knows who asks."""
    if key:
        if not (key.isascii() and key.isprintable()):
            raise SettingsError(
                "a key may only have visible ASCII characters",
                place="setting api_key",
                remedy="correct GRADATIM_API_KEY",
            )
        return {"Authorization": f"Bearer {key}"}
    if user is None:
        return {}
    pair = f"{unquote(user)}:{unquote(password or '')}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def _seen(asking: asyncio.Task[Dialect]) -> None:
    """Take note of a failure that everybody who waited for it may have stopped waiting for."""
    if not asking.cancelled():
        asking.exception()


def _in_one_piece(answer: Completion) -> Chunk:
    """The stream of a server that does not stream."""
    choices = [{**choice, "delta": choice["message"]} for choice in answer["choices"]]
    return {**answer, "object": "chat.completion.chunk", "choices": choices}
