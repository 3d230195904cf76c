"""`HttpTransport`: one OpenAI-compatible endpoint, one attempt a request."""

from __future__ import annotations

import asyncio
import json
import re
import time
from base64 import b64encode
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing, suppress
from typing import Any, TypeVar, cast
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from weakref import WeakKeyDictionary

from gradatim.errors import ModelError, SettingsError
from gradatim.serving.client.assembly import Assembler, EventReader, well_formed
from gradatim.serving.client.complaints import broken_off, nonsense, refusal, reported, stalled, unreachable
from gradatim.serving.client.connections import Connections
from gradatim.serving.client.dialect import Dialect, about_format, detect, weaker_formats
from gradatim.serving.client.wire import Connection, Head, Origin, WireError, credentials
from gradatim.serving.transport import (
    Call,
    Chunk,
    Completion,
    DeadlinePassed,
    Payload,
    RequestRefused,
    TransportError,
    Unreachable,
    current_call,
    using_call,
)

T = TypeVar("T")

PROBE_SECONDS = 5.0
"""Time in which a server tells what it is."""
HEALTH_SECONDS = 2.0
"""Time in which it tells how it is; somebody's request waits for that."""
FORGET_SECONDS = 300.0
"""After which a server is asked again what it is: it may have been replaced."""
LARGEST_ANSWER = 1 << 28
"""Bytes of an answer."""
_LINGER_SECONDS = 0.25


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
        self._connections = Connections(Origin.of(self._endpoint))
        self._base = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
        self._fields = self._header(api_key, parts.username, parts.password)
        self._fixed = dialect
        self._dialect = dialect
        self._dialect_until = float("inf")
        self._asking: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[Dialect]] = WeakKeyDictionary()
        self._levels: dict[str, int] = {}
        self._tells_usage = True
        self._steers: bool | None = None

    def _header(self, key: str | None, user: str | None, password: str | None) -> str:
        if key and not (key.isascii() and key.isprintable()):
            raise SettingsError(
                "a key may only have visible ASCII characters",
                place="setting api_key",
                remedy="correct GRADATIM_API_KEY",
            )
        origin = self._connections.origin
        lines = [f"Host: {origin.authority}", "User-Agent: gradatim", "Accept-Encoding: identity"]
        if key:
            lines.append(f"Authorization: Bearer {key}")
        elif user is not None:
            pair = f"{unquote(user)}:{unquote(password or '')}"
            lines.append(f"Authorization: Basic {b64encode(pair.encode()).decode()}")
        fields = "".join(f"{line}\r\n" for line in lines)
        return fields + (credentials(origin.proxy) if origin.scheme == "http" else "")

    @property
    def endpoint(self) -> str:
        return self._endpoint

    async def complete(self, payload: Payload) -> Completion:
        call = current_call().within(self._timeout)
        dialect = await self._known(call)
        connection, head = await self._answered(payload, dialect, call, streamed=dialect.streams)
        try:
            if head.media_type == "text/event-stream":
                answer = await self._assembled(connection, call, payload)
            else:
                answer = self._completion(await self._body(connection, call), head)
        except BaseException:
            connection.abort()
            raise
        await self._connections.give(connection)
        return answer

    async def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        call = current_call().within(self._timeout)
        dialect = await self._known(call)
        connection, head = await self._answered(payload, dialect, call, streamed=True)
        try:
            if head.media_type == "text/event-stream":
                async with aclosing(self._batches(connection, call)) as batches:
                    async for batch in batches:
                        for chunk in batch:
                            if not well_formed(chunk, "delta"):
                                raise nonsense(json.dumps(chunk).encode(), self._endpoint)
                            yield chunk
            else:
                yield _in_one_piece(self._completion(await self._body(connection, call), head))
        except BaseException:
            connection.abort()
            raise
        await self._connections.give(connection)

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
        """Hang up the connections of this event loop that nobody uses."""
        await self._connections.aclose()

    # One exchange

    async def _answered(
        self, payload: Payload, dialect: Dialect, call: Call, *, streamed: bool
    ) -> tuple[Connection, Head]:
        """The connection on which the answer comes; what the server does not know is left out of the request."""
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
                connection, _ = await self._exchange(probe(model), call)
            except RequestRefused as error:
                if error.status != 400:
                    raise
                self._steers = True
            else:
                connection.abort()
                self._steers = False
        if not self._steers:
            raise RequestRefused(
                "the server runs without controlled decoding",
                status=400,
                place=self._endpoint,
                remedy="start it with `gradatim serve`, or leave the steering out",
            )

    async def _exchange(self, payload: Payload, call: Call) -> tuple[Connection, Head]:
        """Send a request and read the head of its answer.

        Raises:
            RequestRefused: The status is not 200.
            Unreachable: There is no answer.
        """
        try:
            body = json.dumps(payload, ensure_ascii=False, allow_nan=False).encode()
        except UnicodeEncodeError:  # half of a surrogate pair
            body = json.dumps(payload, allow_nan=False).encode()
        path = f"{self._base}/chat/completions"
        connection, head = await self._send("POST", path, body, call)
        if head.status == 200:
            return connection, head
        try:
            told = await self._body(connection, call)
        except BaseException:
            connection.abort()
            raise
        await self._connections.give(connection)
        raise refusal(head.status, told, head.fields, self._endpoint)

    async def _send(self, method: str, path: str, body: bytes, call: Call) -> tuple[Connection, Head]:
        target = self._connections.origin.target(path)
        length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        request = f"{method} {target} HTTP/1.1\r\n{self._fields}{length}\r\n".encode("ascii") + body
        connection = self._connections.take()
        if connection is not None:
            try:
                return connection, await self._head(connection, request, call)
            except Unreachable:  # the server hung up while the connection was idle
                connection = None
        try:
            connection = await self._step(self._connections.open(), call)
        except (OSError, WireError) as error:
            self._suspect()
            raise unreachable(error, self._endpoint) from error
        return connection, await self._head(connection, request, call)

    async def _head(self, connection: Connection, request: bytes, call: Call) -> Head:
        try:
            with suppress(OSError):  # it may have refused before it had read all
                await self._step(connection.send(request), call)
            return await self._step(connection.head(), call)
        except (OSError, WireError) as error:
            connection.abort()
            self._suspect()
            raise unreachable(error, self._endpoint) from error
        except BaseException:
            connection.abort()
            raise

    async def _assembled(self, connection: Connection, call: Call, payload: Payload) -> Completion:
        """A whole answer from its stream."""
        # One alternative is asked for because some servers tell no log-probabilities without.
        assembler = Assembler(alternatives=(payload.get("top_logprobs") or 0) > 1)
        async with aclosing(self._batches(connection, call)) as batches:
            async for batch in batches:
                try:
                    for chunk in batch:
                        assembler.feed(chunk)
                except (AttributeError, KeyError, TypeError, ValueError) as error:  # another shape
                    raise nonsense(json.dumps(batch[0]).encode(), self._endpoint) from error
        answer = assembler.completion()
        if not well_formed(answer, "message"):
            raise nonsense(json.dumps(answer).encode(), self._endpoint)
        if not assembler.finished(int(payload.get("n") or 1)):
            raise broken_off("some samples have no end", self._endpoint)
        return answer

    async def _batches(self, connection: Connection, call: Call) -> AsyncGenerator[list[Chunk], None]:
        """The chunks of a streamed answer to its end, those together that come together."""
        events, finished, patience = EventReader(), False, 2 * self._idle
        while True:
            try:
                data = await self._step(connection.read(), call, patience)
                found = events.feed(data) if data else events.rest()
            except (OSError, WireError) as error:
                self._suspect()
                raise broken_off(error, self._endpoint) from error
            except ValueError as error:
                raise nonsense(b"an event without end", self._endpoint) from error
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
                await self._linger(connection, call)
                return
            if not data:
                if not finished:
                    raise broken_off("the stream ended before the answer did", self._endpoint)
                return

    def _chunk(self, event: bytes) -> Chunk:
        try:
            chunk: Any = json.loads(event.decode())
        except ValueError as error:
            raise nonsense(event, self._endpoint) from error
        if not isinstance(chunk, dict):
            raise nonsense(event, self._endpoint)
        found = cast("Chunk", chunk)
        if found.get("error"):
            raise reported(event, found["error"], self._endpoint)
        if not isinstance(found.get("choices"), list):
            raise nonsense(event, self._endpoint)
        return found

    async def _linger(self, connection: Connection, call: Call) -> None:
        """Read what follows the last event, so that the connection can be used again."""
        if connection.usable:
            return
        try:
            while await self._step(connection.read(), call, _LINGER_SECONDS):
                pass
        except (OSError, WireError, TransportError):
            connection.abort()

    async def _body(self, connection: Connection, call: Call) -> bytes:
        parts: list[bytes] = []
        size = 0
        try:
            while part := await self._step(connection.read(), call):
                parts.append(part)
                size += len(part)
                if size > LARGEST_ANSWER:
                    raise nonsense(parts[0], self._endpoint, media_type="")
        except (OSError, WireError) as error:
            self._suspect()
            raise broken_off(error, self._endpoint) from error
        return b"".join(parts)

    def _completion(self, body: bytes, head: Head) -> Completion:
        try:
            answer: Any = json.loads(body)
        except ValueError as error:
            raise nonsense(body, self._endpoint, media_type=head.media_type) from error
        if not isinstance(answer, dict):
            raise nonsense(body, self._endpoint, media_type=head.media_type)
        found = cast("Completion", answer)
        if not well_formed(found, "message"):
            if found.get("error"):
                raise reported(body, found["error"], self._endpoint)
            raise nonsense(body, self._endpoint, media_type=head.media_type)
        return found

    async def _step(self, work: Awaitable[T], call: Call, patience: float | None = None) -> T:
        """The result of one step of an exchange.

        Each step is bounded by itself: the steps of a stream may run in different tasks.
        """
        remaining = call.remaining
        limit = patience if remaining is None or (patience is not None and patience < remaining) else remaining
        timer = asyncio.timeout(limit)
        try:
            async with timer:
                return await work
        except TimeoutError:
            if not timer.expired():
                raise  # the operating system's own, for a connection
            if patience is not None and limit == patience:
                raise stalled(patience, self._endpoint) from None
            raise call.passed(self._endpoint) from None

    # What the server is

    async def _known(self, call: Call) -> Dialect:
        if self._dialect is not None and time.monotonic() < self._dialect_until:
            return self._dialect
        loop = asyncio.get_running_loop()
        asking = self._asking.get(loop)
        if asking is None or asking.done():  # whoever comes meanwhile waits for the same answer
            asking = self._asking[loop] = loop.create_task(self._ask())
            asking.add_done_callback(_seen)
        return await self._step(asyncio.shield(asking), call)

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
        connection, head = await self._send("GET", f"{root}{path}", b"", call)
        try:
            body = await self._body(connection, call)
        except BaseException:
            connection.abort()
            raise
        await self._connections.give(connection)
        return head.status, body


def _seen(asking: asyncio.Task[Dialect]) -> None:
    """Take note of a failure that everybody who waited for it may have stopped waiting for."""
    if not asking.cancelled():
        asking.exception()


def _in_one_piece(answer: Completion) -> Chunk:
    """The stream of a server that does not stream."""
    choices = [{**choice, "delta": choice["message"]} for choice in answer["choices"]]
    return {**answer, "object": "chat.completion.chunk", "choices": choices}


def _finishes(chunk: Chunk) -> bool:
    """Whether a sample ends with this chunk."""
    return any(isinstance(choice, dict) and cast("Chunk", choice).get("finish_reason") for choice in chunk["choices"])
