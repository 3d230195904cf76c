"""HTTP/1.1 as a client of language models needs it, on asyncio's streams.

A general HTTP library costs several times more processor time for each piece of a streamed answer, and a server
that gives each token a chunk of its own sends hundreds of them. What is here is one request at a time on a
connection that is used again, bodies of known length, chunked or until the end (RFC 9112 §6), TLS, and proxies.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

CONNECT_SECONDS = 10.0
"""Time for a connection, with its TLS handshake, to come about."""
_BLOCK = 1 << 16
_LONGEST_HEAD = 1 << 16
_LONGEST_LINE = 1 << 14
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5]\d\d)(?: |$)")
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}")


class WireError(Exception):
    """The other side does not speak HTTP, or ended in the middle of a message."""


@dataclass(frozen=True, slots=True)
class Head:
    """Status and header fields of a response, names in lower case."""

    status: int
    fields: Mapping[str, str]
    persistent: bool
    """Whether the connection can carry another request after this one."""

    @property
    def media_type(self) -> str:
        return self.fields.get("content-type", "").partition(";")[0].strip().lower()


def parse_head(text: bytes) -> Head:
    """A response's head, without the empty line that ends it.

    Raises:
        WireError: It is not one.
    """
    first, *lines = text.split(b"\r\n")
    status = _STATUS.match(first)
    if status is None:
        raise WireError(f"not an HTTP response: {first[:80]!r}")
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not name or name != name.strip():
            raise WireError(f"not a header field: {line[:80]!r}")
        key, plain = name.decode("latin-1").lower(), value.strip().decode("latin-1")
        fields[key] = f"{fields[key]}, {plain}" if key in fields else plain
    options = {option.strip().lower() for option in fields.get("connection", "").split(",")}
    persistent = "close" not in options if status.group(1) == b"1" else "keep-alive" in options
    return Head(int(status.group(2)), fields, persistent)


class Framing(Protocol):
    """Where a body ends."""

    @property
    def done(self) -> bool: ...

    def feed(self, data: bytes) -> bytes:
        """What of the bytes received is the body's."""
        ...

    def end(self) -> None:
        """The connection has ended; raises `WireError` if the body has not."""
        ...


class Sized:
    """A body of a known length."""

    def __init__(self, length: int) -> None:
        self._left = length

    @property
    def done(self) -> bool:
        return self._left == 0

    def feed(self, data: bytes) -> bytes:
        if len(data) > self._left:
            raise WireError("more came than the response announced")
        self._left -= len(data)
        return data

    def end(self) -> None:
        if self._left:
            raise WireError(f"the connection ended {self._left} bytes before the answer did")


class UntilEnd:
    """A body that ends with its connection."""

    done = False

    def feed(self, data: bytes) -> bytes:
        return data

    def end(self) -> None:
        self.done = True


class Chunked:
    """A body in chunks, each with its size in front."""

    def __init__(self) -> None:
        self._held: bytes = b""
        self._left = 0
        self._state = "size"

    @property
    def done(self) -> bool:
        return self._state == "done"

    def feed(self, data: bytes) -> bytes:
        at = 0
        if self._held:
            data = self._held + data
        body: list[bytes] = []
        while at < len(data) or self._state == "done":
            if self._state == "done":
                if at < len(data):
                    raise WireError("more came after the last chunk")
                break
            if self._state == "data":
                piece = data[at : at + self._left]
                body.append(piece)
                at += len(piece)
                self._left -= len(piece)
                if self._left == 0:
                    self._state = "after"
                continue
            end = data.find(b"\r\n", at)
            if end < 0:
                if len(data) - at > _LONGEST_LINE:
                    raise WireError("a chunk's head without end")
                break
            line, at = data[at:end], end + 2
            self._line(line)
        self._held = data[at:]
        return b"".join(body)

    def _line(self, line: bytes) -> None:
        if self._state == "after":
            if line:
                raise WireError("a chunk is longer than it said")
            self._state = "size"
        elif self._state == "size":
            size = line.partition(b";")[0].strip()
            if not _SIZE.fullmatch(size):
                raise WireError(f"not the size of a chunk: {line[:40]!r}")
            self._left = int(size, 16)
            self._state = "data" if self._left else "trailer"
        elif not line:
            self._state = "done"

    def end(self) -> None:
        if not self.done:
            raise WireError("the connection ended before the answer did")


def framing(head: Head) -> Framing:
    """How the body that follows a head is framed.

    Raises:
        WireError: The head contradicts itself.
    """
    if head.status in (204, 304):
        return Sized(0)
    coding = head.fields.get("transfer-encoding")
    if coding is not None:
        if coding.strip().lower() != "chunked":
            raise WireError(f"the body is encoded as {coding!r}")
        return Chunked()
    length = head.fields.get("content-length")
    if length is None:
        return UntilEnd()
    sizes = {size.strip() for size in length.split(",")}
    if len(sizes) != 1 or not (size := sizes.pop()).isascii() or not size.isdecimal():
        raise WireError(f"not a length: {length!r}")
    return Sized(int(size))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where connections go, and by which proxy."""

    scheme: str
    host: str
    port: int
    proxy: SplitResult | None = None

    @classmethod
    def of(cls, address: str) -> Origin:
        """The origin of an address; the proxy is what the environment names for it (`HTTPS_PROXY`, `NO_PROXY`).

        A proxy cannot reach this machine's own addresses and is never asked to.
        """
        parts = urlsplit(address)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        proxies = getproxies()
        proxy = proxies.get(parts.scheme) or proxies.get("all")
        if not proxy or host in ("localhost", "127.0.0.1", "::1") or proxy_bypass(f"{host}:{port}"):
            return cls(parts.scheme, host, port)
        by = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        return cls(parts.scheme, host, port, by)

    @property
    def authority(self) -> str:
        """Value of the `Host` field."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.scheme == "https" else 80) else f"{host}:{self.port}"

    def target(self, path: str) -> str:
        """What a request's first line names: a plain-text proxy wants the whole address."""
        return f"http://{self.authority}{path}" if self.proxy is not None and self.scheme == "http" else path


class Connection:
    """A connection to an origin, in one event loop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._framing: Framing = Sized(0)
        self._held = b""
        self._head: Head | None = None

    @classmethod
    async def open(cls, origin: Origin) -> Connection:
        """Connect.

        Raises:
            OSError: Nobody answers (`TimeoutError` and `ssl.SSLError` are among these).
            WireError: The proxy refuses.
        """
        tls = _tls() if origin.scheme == "https" else None
        async with asyncio.timeout(CONNECT_SECONDS):
            if origin.proxy is None:
                name = origin.host if tls else None
                streams = await asyncio.open_connection(
                    origin.host, origin.port, limit=4 * _BLOCK, ssl=tls, server_hostname=name
                )
                return cls(*streams)
            return await cls._by_proxy(origin, origin.proxy, tls)

    @classmethod
    async def _by_proxy(cls, origin: Origin, proxy: SplitResult, tls: ssl.SSLContext | None) -> Connection:
        if proxy.scheme not in ("http", "https"):
            raise WireError(f"proxies of kind {proxy.scheme!r} cannot be used")
        outer = _tls() if proxy.scheme == "https" else None
        port = proxy.port or (443 if outer else 80)
        connection = cls(*await asyncio.open_connection(proxy.hostname, port, limit=4 * _BLOCK, ssl=outer))
        if tls is not None:
            try:
                goal = f"{origin.host}:{origin.port}"
                head = f"CONNECT {goal} HTTP/1.1\r\nHost: {goal}\r\n{credentials(proxy)}\r\n"
                await connection.send(head.encode("latin-1"))
                answer = await connection.head(tunnel=True)
                if answer.status != 200:
                    raise WireError(f"the proxy answered {answer.status}")
                await connection._writer.start_tls(tls, server_hostname=origin.host)
            except BaseException:
                connection.abort()
                raise
        return connection

    @property
    def usable(self) -> bool:
        """Whether another request can be sent: the last answer is read and the other side has not hung up."""
        return (
            (self._head is None or self._head.persistent)
            and self._framing.done
            and not self._held
            and not self._writer.transport.is_closing()
            and not self._reader.at_eof()
        )

    async def send(self, request: bytes) -> None:
        """Send a request."""
        self._writer.write(request)
        await self._writer.drain()

    async def head(self, *, tunnel: bool = False) -> Head:
        """The head of the response.

        Raises:
            OSError: The connection is lost.
            WireError: It ended, or what came is not HTTP.
        """
        while True:
            while (end := self._held.find(b"\r\n\r\n")) < 0:
                if len(self._held) > _LONGEST_HEAD:
                    raise WireError("a response's head without end")
                data = await self._reader.read(_BLOCK)
                if not data:
                    raise WireError("the connection was closed without an answer")
                self._held += data
            head = parse_head(self._held[:end])
            self._held = self._held[end + 4 :]
            if head.status >= 200:
                break
        self._head = head
        self._framing = Sized(0) if tunnel and head.status == 200 else framing(head)
        return head

    async def read(self) -> bytes:
        """The next part of the body, `b""` at its end."""
        while not self._framing.done:
            data, self._held = self._held, b""
            if not data:
                data = await self._reader.read(_BLOCK)
            if not data:
                self._framing.end()
                break
            if body := self._framing.feed(data):
                return body
        return b""

    def abort(self) -> None:
        """Hang up at once."""
        self._writer.transport.abort()


def credentials(proxy: SplitResult | None) -> str:
    """The header line by which a proxy knows its user; empty where its address names none."""
    if proxy is None or proxy.username is None:
        return ""
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return f"Proxy-Authorization: Basic {b64encode(pair.encode()).decode()}\r\n"


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
