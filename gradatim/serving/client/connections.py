"""Connections to one endpoint by aiohttp: kept for the next request, in each event loop their own."""

from __future__ import annotations

import asyncio
import io
import ssl
import threading
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, finalize

from gradatim.serving.client.proxy import Proxy

if TYPE_CHECKING:
    import aiohttp
    from yarl import URL

CONNECT_SECONDS = 10.0
"""Time for a connection, with its TLS handshake, to come about."""
IDLE_SECONDS = 30.0
"""How long a connection that nobody uses is kept."""
_HELD_BYTES = 1 << 18
_LONGEST_FIELD = 1 << 16
_LARGE_BODY = 1 << 20


class LostError(Exception):
    """There is no connection, or it ended in the middle of an exchange, or the other side does not speak HTTP."""


class Response:
    """The answer to a request, its body still to be read.

    It has to be read to its end, after which its connection is used again, or aborted.
    """

    __slots__ = ("_response", "fields", "media_type", "status")

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status = response.status
        self.fields: Mapping[str, str] = response.headers
        """Header fields; the case of names does not matter."""
        self.media_type = self.fields.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def read_out(self) -> bool:
        """Whether there is nothing left to read."""
        return self._response.content.at_eof()

    async def read(self) -> bytes:
        """The next part of the body, `b""` at its end.

        Raises:
            LostError: The connection ended before the body, or what comes is not HTTP.
        """
        try:
            return await self._response.content.readany()
        except _failures() as error:
            raise LostError(_reason(error)) from error

    def abort(self) -> None:
        """Hang up at once, unless all has been read."""
        connection = self._response.connection
        if connection is not None and connection.transport is not None:
            connection.transport.abort()  # closing would wait for the other side where the connection is encrypted
        self._response.close()


class _Sessions:
    """What one event loop has: connections that are kept, and where it was needed, such for one request each."""

    def __init__(self, kept: aiohttp.ClientSession, owner: Connections) -> None:
        self.kept = kept
        self.all = [kept]
        self.keeper = _keeper(self.all)
        # What the garbage collector finds together is finalised in any order, so the sessions must not be found with
        # an owner that nobody closed: the finalizer holds them, until the loop has closed them.
        self.farewell = finalize(owner, _let_go, asyncio.get_running_loop(), self.all, self.keeper)
        self.farewell.atexit = False

    def fresh(self, make: Callable[[], aiohttp.ClientSession]) -> aiohttp.ClientSession:
        if len(self.all) == 1:
            self.all.append(make())
        return self.all[1]


class Connections:
    """Connections to one endpoint; as many as there are requests under way.

    A connection belongs to the event loop that opened it. An asynchronous generator that waits in each loop is
    ended when its loop shuts down, and closes what is open there.

    Args:
        address: Of the endpoint, without user and password.
        fields: Header fields of each request.
    """

    def __init__(self, address: str, fields: Mapping[str, str]) -> None:
        self._address = address
        self._fields = {"User-Agent": "gradatim", "Accept-Encoding": "identity", **fields}
        self._proxy = Proxy.of(address)
        self._urls: dict[str, URL] = {}
        self._lock = threading.Lock()
        self._sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, _Sessions] = WeakKeyDictionary()

    async def send(self, method: str, path: str, body: bytes = b"") -> Response:
        """Send a request and read the head of its answer; redirects are not followed.

        A kept connection may have been closed by the server while the request was on its way. Then the request is
        sent once more, on a new connection, because it is not the server's answer.

        Args:
            path: From the root of the endpoint's host, quoted.
            body: JSON, or nothing.

        Raises:
            LostError: There is no answer.
        """
        sessions = await self._mine()
        way = SimpleNamespace(reused=False)
        try:
            try:
                return await self._request(sessions.kept, method, path, body, way)
            except _disconnections():
                if not way.reused:
                    raise
            fresh = sessions.fresh(lambda: self._session(keep=False))
            return await self._request(fresh, method, path, body, way)
        except _failures() as error:
            raise LostError(_reason(error)) from error

    async def aclose(self) -> None:
        """Close all connections of this event loop."""
        with self._lock:
            sessions = self._sessions.pop(asyncio.get_running_loop(), None)
        if sessions is not None:
            sessions.farewell.detach()
            await sessions.keeper.aclose()

    async def _request(
        self, session: aiohttp.ClientSession, method: str, path: str, body: bytes, way: SimpleNamespace
    ) -> Response:
        url = self._urls.get(path)
        if url is None:
            url = self._urls[path] = _url(self._address, path)
        fields = {"Content-Type": "application/json"} if body else None
        # aiohttp warns of large bodies in one piece.
        data = io.BytesIO(body) if len(body) > _LARGE_BODY else body or None
        return Response(
            await session.request(
                method,
                url,
                data=data,
                headers=fields,
                allow_redirects=False,
                proxy=self._proxy.address if self._proxy else None,
                proxy_headers=self._proxy.fields if self._proxy else None,
                trace_request_ctx=way,
            )
        )

    async def _mine(self) -> _Sessions:
        loop = asyncio.get_running_loop()
        sessions = self._sessions.get(loop)
        if sessions is None or sessions.kept.closed:
            sessions = _Sessions(self._session(keep=True), self)
            await anext(sessions.keeper)
            with self._lock:
                for other in [other for other in self._sessions if other.is_closed()]:
                    self._sessions.pop(other).farewell.detach()  # a session holds its loop, which would never go
                self._sessions[loop] = sessions
        return sessions

    def _session(self, *, keep: bool) -> aiohttp.ClientSession:
        import aiohttp

        proxy, fields = self._proxy, self._fields
        if proxy is not None:
            if not proxy.address.startswith(("http://", "https://")):
                raise LostError(f"proxies of kind {proxy.address.partition(':')[0]!r} cannot be used")
            if self._address.startswith("http:"):  # every request is the proxy's, not only the one that connects
                fields = {**fields, **proxy.fields}
        encrypted = "https:" in (self._address[:6], proxy.address[:6] if proxy else "")
        trust = _tls() if encrypted else True
        connector = (
            aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_SECONDS, ssl=trust)
            if keep
            else aiohttp.TCPConnector(limit=0, force_close=True, ssl=trust)
        )
        trace = aiohttp.TraceConfig()
        trace.on_connection_reuseconn.append(_note_reuse)
        return aiohttp.ClientSession(
            connector=connector,
            headers=fields,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS),
            trace_configs=[trace],
            read_bufsize=_HELD_BYTES,
            max_field_size=_LONGEST_FIELD,
        )


async def _note_reuse(
    _session: aiohttp.ClientSession, context: SimpleNamespace, _params: aiohttp.TraceConnectionReuseconnParams
) -> None:
    context.trace_request_ctx.reused = True


async def _keeper(sessions: list[aiohttp.ClientSession]) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        await _close(sessions)
        with suppress(asyncio.CancelledError):
            for _ in range(3):  # the loop closes the sockets in its next rounds
                await asyncio.sleep(0)


def _url(address: str, path: str) -> URL:
    from yarl import URL

    return URL(address).with_path(path, encoded=True)


async def _close(sessions: list[aiohttp.ClientSession]) -> None:
    for session in sessions:
        await session.close()


def _let_go(
    loop: asyncio.AbstractEventLoop, sessions: list[aiohttp.ClientSession], _keeper: AsyncGenerator[None, None]
) -> None:
    """Close what belonged to connections that are gone."""
    with suppress(RuntimeError):  # the loop is closed, and with it they are
        loop.call_soon_threadsafe(lambda: loop.create_task(_close(sessions)))


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


# What may fail is looked up where something failed: aiohttp is not loaded before.


def _failures() -> tuple[type[Exception], ...]:
    import aiohttp

    return (OSError, aiohttp.ClientError)


def _disconnections() -> tuple[type[Exception], ...]:
    import aiohttp

    return (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)


def _reason(error: Exception) -> str:
    """What went wrong, in words for a person."""
    return " ".join(str(_cause(error)).split())[:300] or type(error).__name__


def _cause(error: Exception) -> object:
    import aiohttp

    match error:
        case aiohttp.ClientHttpProxyError():
            return f"the proxy answered {error.status}"
        case aiohttp.ServerDisconnectedError():
            return "the connection was closed without an answer"
        case aiohttp.ClientConnectorCertificateError():
            return error.certificate_error
        case aiohttp.ClientConnectorError():
            return error.os_error
        case aiohttp.ClientResponseError():
            return f"not an HTTP response: {error.message}"
        case aiohttp.ClientPayloadError():
            return getattr(error.__cause__, "message", error)
        case _:
            return error
