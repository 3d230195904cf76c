"""HTTP/1.1 as far as the simulated server needs it: keep-alive, bodies of known length, chunked answers.

A framework would use more of the processor than the client that is measured beside it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

LONGEST_HEAD = 32_768
LONGEST_BODY = 16_000_000


@dataclass(frozen=True, slots=True)
class Request:
    """One request, complete."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


class Connection(asyncio.Protocol):
    """One client; its requests are answered one after the other.

    Args:
        handle: Is given each request, and answers now or later.
    """

    def __init__(self, handle: Callable[[Request, Connection], None]) -> None:
        self._handle = handle
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._answering = False
        self.on_lost: Callable[[], None] | None = None
        """Called when the client goes away before its answer is complete."""

    # ------------------------------------------------------------------ the protocol of asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self.on_lost is not None:
            self.on_lost()
            self.on_lost = None

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._next()

    # ------------------------------------------------------------------ answers

    def send(self, body: bytes, *, status: int = 200, kind: str = "application/json", headers: str = "") -> None:
        """A whole answer."""
        self._write(_head(status, kind, f"Content-Length: {len(body)}\r\n{headers}") + body)
        self._answered()

    def send_json(self, content: object, *, status: int = 200, headers: str = "") -> None:
        """A whole answer of JSON."""
        self.send(json.dumps(content, ensure_ascii=False).encode("utf-8"), status=status, headers=headers)

    def begin(self, headers: str = "") -> None:
        """The head of a stream of events."""
        self._write(
            _head(200, "text/event-stream", f"Transfer-Encoding: chunked\r\nCache-Control: no-cache\r\n{headers}")
        )

    def event(self, data: bytes) -> None:
        """Server-sent events, already framed; nothing for no data."""
        if data:
            self._write(b"%x\r\n%b\r\n" % (len(data), data))

    def end(self) -> None:
        """The end of a stream."""
        self._write(b"0\r\n\r\n")
        self._answered()

    def reset(self) -> None:
        """Break the connection off."""
        self.on_lost = None
        if self._transport is not None:
            self._transport.abort()

    # ------------------------------------------------------------------ reading

    def _next(self) -> None:
        """Handle the next request, if it is whole and the one before is answered."""
        while not self._answering and self._transport is not None:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                if len(self._received) > LONGEST_HEAD:
                    self._refuse(431)
                return
            lines = self._received[:end].decode("latin-1").split("\r\n")
            method, _, rest = lines[0].partition(" ")
            path, _, version = rest.rpartition(" ")
            headers = {
                name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
            }
            length = headers.get("content-length", "0")
            if not version.startswith("HTTP/1") or not length.isdigit() or "transfer-encoding" in headers:
                self._refuse(400)
                return
            if int(length) > LONGEST_BODY:
                self._refuse(413)
                return
            whole = end + 4 + int(length)
            if len(self._received) < whole:
                if headers.get("expect", "").lower() == "100-continue" and len(self._received) == end + 4:
                    self._write(b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            body = bytes(self._received[end + 4 : whole])
            del self._received[:whole]
            self._answering = True
            self._handle(Request(method, path, headers, body), self)

    def _refuse(self, status: int) -> None:
        self._write(_head(status, "text/plain", "Content-Length: 0\r\nConnection: close\r\n"))
        if self._transport is not None:
            self._transport.close()

    def _answered(self) -> None:
        self.on_lost = None
        self._answering = False
        asyncio.get_running_loop().call_soon(self._next)

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)


def _head(status: int, kind: str, headers: str) -> bytes:
    first = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nServer: gradatim-simulated\r\n"
    return f"{first}Content-Type: {kind}\r\n{headers}\r\n".encode("latin-1")
