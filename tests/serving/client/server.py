"""A model server on asyncio that misbehaves as it is told, request by request."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

WORDS = ["One", " two", " three", " four", " five", " six."]
TEXT = "".join(WORDS)


@dataclass
class Exchange:
    """One request, and what the server may do with it."""

    server: Server
    body: dict[str, Any]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, status: int, body: bytes, kind: str = "application/json", **fields: str) -> None:
        lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await self.writer.drain()

    async def chunk(self, data: bytes) -> None:
        self.writer.write(b"%x\r\n%b\r\n" % (len(data), data))
        await self.writer.drain()

    async def start(self) -> None:
        self.writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        await self.writer.drain()

    async def event(self, **chunk: Any) -> None:
        await self.chunk(b"data: " + json.dumps({"choices": [], **chunk}).encode() + b"\n\n")

    def words(self) -> list[str]:
        last = self.body["messages"][-1]
        if self.body.get("continue_final_message"):
            assert last["role"] == "assistant"
            assert TEXT.startswith(last["content"])
            assert self.body["add_generation_prompt"] is False
            return [word for at, word in enumerate(WORDS) if at >= last["content"].count(" ") + 1]
        return WORDS

    async def good(self, *, cut: int | None = None, pause: float = 0.0) -> None:
        """A whole answer, in the form that was asked for; `cut` ends the connection after so many words."""
        samples = int(self.body.get("n") or 1)
        words = self.words()
        prompt = 10 + (len(WORDS) - len(words))
        usage = {
            "prompt_tokens": prompt,
            "completion_tokens": len(words) * samples,
            "total_tokens": prompt + len(words) * samples,
            "prompt_tokens_details": {"cached_tokens": 4},
        }
        if not self.body.get("stream"):
            if pause:
                await asyncio.sleep(pause)
            message = {"role": "assistant", "content": "".join(words)}
            choices = [{"index": at, "message": message, "finish_reason": "stop"} for at in range(samples)]
            whole = {"id": self.server.name, "choices": choices, "usage": usage}
            return await self.send(200, json.dumps(whole).encode())
        await self.start()
        for number, word in enumerate(words):
            if number == cut:
                return self.reset()
            for at in range(samples):
                tokens = [{"token": word, "logprob": -0.25, "bytes": list(word.encode())}]
                choice = {"index": at, "delta": {"content": word}, "logprobs": {"content": tokens}}
                await self.event(id=self.server.name, choices=[choice])
            await asyncio.sleep(pause)
        for at in range(samples):
            await self.event(choices=[{"index": at, "delta": {}, "finish_reason": "stop"}])
        await self.event(usage=usage)
        await self.chunk(b"data: [DONE]\n\n")
        self.writer.write(b"0\r\n\r\n")

    def reset(self) -> None:
        self.writer.transport.abort()

    async def silence(self) -> None:
        """Nothing more, until the client hangs up."""
        while await self.reader.read(1024):
            pass
        self.server.left.set()


Behaviour = Callable[[Exchange], Coroutine[Any, Any, None]]


async def good(exchange: Exchange) -> None:
    await exchange.good()


async def down(exchange: Exchange) -> None:
    await exchange.send(500, b'{"error": {"message": "out of memory"}}')


async def resets(exchange: Exchange) -> None:
    exchange.reset()


async def garbage(exchange: Exchange) -> None:
    await exchange.send(200, b'{"choices": [{"mess')


async def silent(exchange: Exchange) -> None:
    await exchange.silence()


async def gives_up(exchange: Exchange) -> None:
    """As vLLM treats what it has not finished when it shuts down."""
    if not exchange.body.get("stream"):
        choice = {"index": 0, "message": {"role": "assistant", "content": WORDS[0]}, "finish_reason": "abort"}
        return await exchange.send(200, json.dumps({"choices": [choice]}).encode())
    await exchange.start()
    await exchange.event(choices=[{"index": 0, "delta": {"content": WORDS[0]}}])
    await exchange.event(choices=[{"index": 0, "delta": {}, "finish_reason": "abort"}])
    await exchange.chunk(b"data: [DONE]\n\n")
    exchange.writer.write(b"0\r\n\r\n")


async def stalls(exchange: Exchange) -> None:
    await exchange.start()
    await exchange.event(choices=[{"index": 0, "delta": {"content": WORDS[0]}}])
    await exchange.silence()


def cut(words: int) -> Behaviour:
    return lambda exchange: exchange.good(cut=words)


def slow(seconds: float) -> Behaviour:
    async def behave(exchange: Exchange) -> None:
        waiting = asyncio.ensure_future(exchange.reader.read(1))
        done, _ = await asyncio.wait([waiting], timeout=seconds)
        if done:
            exchange.server.left.set()
            return
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        await exchange.good()

    return behave


def busy(wish: str) -> Behaviour:
    return lambda exchange: exchange.send(429, b"{}", Retry_After=wish)


@dataclass
class Server:
    """Answers with the behaviours of `script` in order, then with `otherwise`."""

    name: str = "a"
    version: str | None = "0.32.0"
    script: list[Behaviour] = field(default_factory=list)
    otherwise: Behaviour = good
    well: bool = True
    port: int = 0
    requests: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    left: threading.Event = field(default_factory=threading.Event)
    asked: threading.Event = field(default_factory=threading.Event)
    loop: asyncio.AbstractEventLoop | None = None
    _tasks: set[Any] = field(default_factory=set)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                method, path, _ = head.split(" ", 2)
                self.paths.append(path)
                self.heads.append(head)
                size = re.search(r"content-length: *(\d+)", head, re.IGNORECASE)
                text = await reader.readexactly(int(size[1]) if size else 0)
                exchange = Exchange(self, json.loads(text) if text else {}, reader, writer)
                if method == "GET":
                    await self._get(path, exchange)
                    continue
                self.requests.append(exchange.body)
                behave = self.script.pop(0) if self.script else self.otherwise
                self.asked.set()
                await behave(exchange)
                if writer.transport.is_closing():
                    return
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            self._tasks.discard(task)
            writer.transport.abort()

    async def _get(self, path: str, exchange: Exchange) -> None:
        if path == "/health":
            await exchange.send(200 if self.well else 503, b"")
        elif path == "/version" and self.version:
            await exchange.send(200, json.dumps({"version": self.version}).encode())
        else:
            await exchange.send(404, b'{"detail": "Not Found"}')

    def kill(self) -> None:
        """Close the port and all connections, as a process does that is killed."""
        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(self._kill(), self.loop).result(5)

    async def _kill(self) -> None:
        self._listener.close()
        await asyncio.sleep(0)  # connections that were just made have their tasks now
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def listen(self) -> None:
        self._listener = await asyncio.start_server(self.serve, "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]
        self.loop = asyncio.get_running_loop()


@contextmanager
def running(*servers: Server) -> Generator[None]:
    """The servers in an event loop of their own, until the block ends."""
    loop = asyncio.new_event_loop()

    def work() -> None:
        loop.run_forever()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=work, name="test-servers")
    thread.start()
    try:
        for server in servers:
            asyncio.run_coroutine_threadsafe(server.listen(), loop).result(5)
        yield
    finally:
        for server in servers:
            asyncio.run_coroutine_threadsafe(server._kill(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def question(**more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": "Count."}], **more}


def text(answer: dict[str, Any], index: int = 0) -> str:
    return answer["choices"][index]["message"]["content"]
