"""Encrypted connections, straight and through a proxy."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import which

import pytest

from gradatim.serving.client import connections
from gradatim.serving.client.http import HttpTransport
from gradatim.serving.transport import Unreachable
from tests.serving.client.server import TEXT, Server, question, text
from tests.serving.client.test_http import streamed


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for model.test and localhost, with its key, in one file."""
    openssl = which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed, and nothing else here makes certificates")
    key, cert, both = tmp_path / "key", tmp_path / "cert", tmp_path / "both"
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", "/CN=model.test", "-addext", "subjectAltName=DNS:model.test,DNS:localhost"]
    subprocess.run([*command, "-keyout", key, "-out", cert, "-days", "2"], check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + cert.read_bytes())
    return both


@asynccontextmanager
async def encrypted(server: Server, certificate: Path) -> AsyncIterator[int]:
    """The server behind TLS, in this event loop."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=context)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        tasks = list(server._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_encrypted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    async with encrypted(server, certificate) as port:
        with pytest.raises(Unreachable, match=r"(?i)certificate"):  # of an authority that nobody knows
            await HttpTransport(f"https://localhost:{port}/v1").complete(question())
        monkeypatch.setattr(connections, "_tls", lambda: ssl.create_default_context(cafile=certificate))
        transport = HttpTransport(f"https://localhost:{port}/v1", api_key="k")
        for _ in range(3):
            assert text(await transport.complete(question())) == TEXT
            assert await streamed(transport, question()) == TEXT
        assert server.open == 1
        await transport.aclose()
        with pytest.raises(Unreachable, match=r"(?i)certificate|hostname"):  # for another name
            await HttpTransport(f"https://127.0.0.1:{port}/v1").complete(question())


@pytest.mark.parametrize("status", [b"200 OK", b"407 Proxy Authentication Required"])
async def test_through_a_proxy(certificate: Path, monkeypatch: pytest.MonkeyPatch, status: bytes) -> None:
    server, heads = Server(), list[bytes]()
    pumps: set[asyncio.Task[None]] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(4096):
            writer.write(data)
            await writer.drain()

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 " + status + b"\r\n\r\n")
        if not status.startswith(b"200"):
            writer.close()
            return
        there = await asyncio.open_connection("127.0.0.1", port)
        pumps.update((asyncio.ensure_future(pump(reader, there[1])), asyncio.ensure_future(pump(there[0], writer))))
        try:
            await asyncio.gather(*pumps, return_exceptions=True)
        finally:
            for end in (writer, there[1]):
                end.transport.abort()

    monkeypatch.setattr(connections, "_tls", lambda: ssl.create_default_context(cafile=certificate))
    async with encrypted(server, certificate) as port:
        listener = await asyncio.start_server(proxy, "127.0.0.1", 0)
        monkeypatch.setenv("https_proxy", f"http://me:pw@127.0.0.1:{listener.sockets[0].getsockname()[1]}")
        monkeypatch.setenv("no_proxy", "")
        transport = HttpTransport("https://model.test/v1")
        if status.startswith(b"200"):
            assert text(await transport.complete(question())) == TEXT
            await transport.aclose()
        else:
            with pytest.raises(Unreachable, match="407"):
                await transport.complete(question())
        listener.close()
        for task in pumps:
            task.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        await asyncio.sleep(0.01)
    assert heads[0].startswith(b"CONNECT model.test:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic bWU6cHc=" in heads[0]
