"""The simulated server: OpenAI's chat completions at a fixed token rate, as a program.

    python -m gradatim.app.bench.load.server --port 8000 --rate 2000 --fault error=0.02 --fault reset=0.02

It prints one line of JSON with its address and serves until it is ended (with `--until-eof`, until its standard input
is closed). Beside `/v1/chat/completions` and `/v1/models` there are `/health`, `/version`, `/metrics`, `/records` (what
happened to each request, by this server's clock), `POST /clear` (forget the records) and `POST /kill` (die at once, or
with `{"after_chunks": N}` after N more pieces of streamed answers).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from gradatim.app.bench.load.answers import NoAnswer
from gradatim.app.bench.load.engine import Engine, Job
from gradatim.app.bench.load.faults import KINDS, Faults
from gradatim.app.bench.load.generation import Generation, PrefixCache
from gradatim.app.bench.load.http import Connection, Request

SHORTEST_WAIT = 0.001
"""Seconds between two looks at the engine at least."""


@dataclass(frozen=True, slots=True)
class Options:
    """How the server behaves.

    Attributes:
        rate: Tokens written a second, of all sequences together.
        prefill_rate: Tokens of prompts read a second.
        slots: Sequences that run at once.
        sequence_rate: Tokens that one sequence gets a second at most.
        chunk: Seconds between two pieces of a streamed answer.
        version: What `/version` answers.
    """

    rate: float = 2000.0
    prefill_rate: float = 40_000.0
    slots: int = 32
    sequence_rate: float = 80.0
    chunk: float = 0.1
    version: str = "0.32.0"
    faults: Faults = field(default_factory=lambda: Faults({}))


class Simulation:
    """Answers requests; to be used within one event loop."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._engine = Engine(
            options.rate,
            options.prefill_rate,
            options.slots,
            sequence_rate=options.sequence_rate,
            now=time.monotonic(),
        )
        self._prefixes = PrefixCache()
        self._open: dict[Job, tuple[Generation, Connection]] = {}
        self._silent: dict[Generation, Connection] = {}
        self._records: list[dict[str, Any]] = []
        self._numbers = 0
        self._timer: asyncio.TimerHandle | None = None
        self._next_chunk = 0.0
        self._chunks_to_live: int | None = None

    def handle(self, request: Request, connection: Connection) -> None:
        """Answer a request, now or when the engine has come to its end."""
        path = request.path.partition("?")[0]
        routes: dict[tuple[str, str], Callable[[Request, Connection], None]] = {
            ("POST", "/v1/chat/completions"): self._complete,
            ("GET", "/v1/models"): self._models,
            ("GET", "/health"): self._health,
            ("GET", "/version"): self._version,
            ("GET", "/metrics"): self._metrics,
            ("GET", "/records"): self._report,
            ("POST", "/clear"): self._clear,
            ("POST", "/kill"): self._kill,
        }
        route = routes.get((request.method, path))
        if route is not None:
            route(request, connection)
        elif any(path == known for _, known in routes):
            connection.send_json(_error(f"{request.method} is not taken here"), status=405)
        else:
            connection.send_json(_error(f"there is nothing at {path}"), status=404)

    # ------------------------------------------------------------------ completions

    def _complete(self, request: Request, connection: Connection) -> None:
        now = time.monotonic()
        self._numbers += 1
        fault = self._options.faults.draw(self._numbers)
        try:
            payload: Any = json.loads(request.body)
            if not isinstance(payload, dict):
                raise NoAnswer("the body is not a JSON object")
            generation = Generation.of(cast("dict[str, Any]", payload), self._numbers, now, fault, self._prefixes)
        except ValueError as error:
            connection.send_json(_error(str(error), kind="BadRequestError"), status=400)
            return
        self._settle(self._engine.advance(now))
        generation.used = self._engine.used
        if fault in ("error", "nonsense"):
            self._fail_at_once(generation, connection)
            return
        self._open[generation.job] = (generation, connection)
        connection.on_lost = lambda: self._lost(generation)
        self._settle(self._engine.submit(generation.job, now))
        self._schedule()

    def _fail_at_once(self, generation: Generation, connection: Connection) -> None:
        generation.status = "failed"
        if generation.fault == "error":
            connection.send_json(_error("an injected failure", kind="InternalServerError"), status=500)
        elif generation.stream:
            connection.begin()
            connection.event(b"data: <html>502 Bad Gateway</html>\n\n")
            connection.end()
        else:
            connection.send(b"<html>502 Bad Gateway</html>")
        self._keep(generation)

    def _lost(self, generation: Generation) -> None:
        """The client went away: nothing more is computed for it."""
        if self._silent.pop(generation, None) is None:
            self._open.pop(generation.job, None)
            self._settle(self._engine.drop(generation.job, time.monotonic()))
            self._schedule()
        generation.status = "cancelled"
        self._keep(generation)

    def _settle(self, ended: list[Job]) -> None:
        """Finish the answers of jobs that ended."""
        for job in ended:
            generation, connection = self._open.pop(job)
            if generation.fault == "reset":
                self._stream(generation, connection)
                connection.reset()
                generation.status = "reset"
            elif generation.fault == "stall":
                self._stream(generation, connection)
                self._silent[generation] = connection
                continue
            elif generation.stream:
                self._stream(generation, connection)
                connection.event(generation.last_events())
                connection.end()
                generation.status = "served"
            else:
                connection.send_json(generation.completion(), headers=f"X-Request-Id: {generation.id}\r\n")
                generation.status = "served"
            self._keep(generation)

    def _stream(self, generation: Generation, connection: Connection) -> None:
        if generation.stream:
            events = generation.events()
            if events and sum(generation.sent) and generation.status == "running":
                connection.begin(f"X-Request-Id: {generation.id}\r\n")
                generation.status = "streaming"
            connection.event(events)
            if events and self._chunks_to_live is not None:
                self._chunks_to_live -= 1
                if self._chunks_to_live <= 0:
                    os._exit(137)

    def _keep(self, generation: Generation) -> None:
        self._records.append(generation.record(time.monotonic(), self._engine.used))

    # ------------------------------------------------------------------ time

    def _schedule(self) -> None:
        """Look at the engine again when something will have changed."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        soon = self._engine.next_end()
        if soon is not None:
            if any(generation.stream for generation, _ in self._open.values()):
                soon = min(soon, max(self._next_chunk - time.monotonic(), 0.0))
            self._timer = asyncio.get_running_loop().call_later(max(soon, SHORTEST_WAIT), self._tick)

    def _tick(self) -> None:
        now = time.monotonic()
        self._settle(self._engine.advance(now))
        if now >= self._next_chunk:
            self._next_chunk = now + self._options.chunk
            for job in self._engine.running:
                generation, connection = self._open[job]
                self._stream(generation, connection)
        self._schedule()

    # ------------------------------------------------------------------ the rest

    def _health(self, request: Request, connection: Connection) -> None:
        connection.send_json({"status": "ok"})

    def _models(self, request: Request, connection: Connection) -> None:
        model = {"id": "simulated", "object": "model", "owned_by": "gradatim"}
        connection.send_json({"object": "list", "data": [model]})

    def _version(self, request: Request, connection: Connection) -> None:
        connection.send_json({"version": self._options.version, "simulated": True})

    def _metrics(self, request: Request, connection: Connection) -> None:
        figures = {
            "vllm:num_requests_running": len(self._engine.running),
            "vllm:num_requests_waiting": len(self._engine.waiting),
            "vllm:generation_tokens_total": int(self._engine.tokens),
            "vllm:prompt_tokens_total": int(self._engine.read),
            "gradatim_simulated:used_seconds_total": self._engine.used,
        }
        text = "".join(f"{name} {value}\n" for name, value in figures.items())
        connection.send(text.encode(), kind="text/plain; version=0.0.4")

    def _report(self, request: Request, connection: Connection) -> None:
        now = time.monotonic()
        self._settle(self._engine.advance(now))
        self._schedule()
        running = [
            {"id": generation.id, "sent": sum(generation.sent), "status": generation.status}
            for generation in [*(pair[0] for pair in self._open.values()), *self._silent]
        ]
        content = {
            "now": now,
            "rate": self._options.rate,
            "slots": self._options.slots,
            "used": self._engine.used,
            "tokens": self._engine.tokens,
            "running": running,
            "requests": self._records,
        }
        connection.send_json(content)

    def _clear(self, request: Request, connection: Connection) -> None:
        self._records.clear()
        connection.send_json({})

    def _kill(self, request: Request, connection: Connection) -> None:
        try:
            content: Any = json.loads(request.body or b"{}")
            chunks = int(content.get("after_chunks", 0))
        except (ValueError, AttributeError, TypeError):
            connection.send_json(_error('the body is {} or {"after_chunks": N}'), status=400)
            return
        if chunks < 1:
            os._exit(137)
        self._chunks_to_live = chunks
        connection.send_json({})


async def serve(options: Options, host: str, port: int, *, until_eof: bool = False) -> None:
    """Serve until the process is asked to end."""
    simulation = Simulation(options)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(simulation.handle), host, port, backlog=4096)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    if until_eof:
        loop.add_reader(sys.stdin.fileno(), lambda: os.read(sys.stdin.fileno(), 4096) or ended.set())
    bound: tuple[str, int] = server.sockets[0].getsockname()[:2]
    sys.stdout.write(json.dumps({"address": f"http://{bound[0]}:{bound[1]}"}) + "\n")
    sys.stdout.flush()
    await ended.wait()
    server.close()


def _error(message: str, kind: str = "NotFoundError") -> dict[str, Any]:
    return {"error": {"message": message, "type": kind}}


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 0 to 65535")
    return int(text)


def _share(text: str) -> tuple[str, float]:
    kind, _, share = text.partition("=")
    try:
        given = float(share)
    except ValueError:
        given = -1.0
    if kind not in KINDS or not 0 <= given <= 1:
        raise argparse.ArgumentTypeError(f"{text!r}: write KIND=SHARE with one of {', '.join(KINDS)}, and 0 to 1")
    return kind, given


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m gradatim.app.bench.load.server", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--rate", type=_positive, default=2000.0, help="tokens written a second")
    parser.add_argument("--prefill-rate", type=_positive, help="tokens of prompts read a second (20 × rate)")
    parser.add_argument("--sequence-rate", type=_positive, default=80.0, help="tokens a second of one sequence at most")
    parser.add_argument("--slots", type=int, default=32, help="sequences that run at once")
    parser.add_argument("--chunk", type=_positive, default=0.1, help="seconds between two pieces of a stream")
    parser.add_argument("--seed", type=int, default=0, help="of the faults")
    parser.add_argument("--version", default="0.32.0", help="what /version answers")
    parser.add_argument(
        "--fault", type=_share, action="append", default=[], metavar="KIND=SHARE", help=", ".join(KINDS)
    )
    parser.add_argument("--until-eof", action="store_true", help="end when standard input is closed")
    given = parser.parse_args()
    if given.slots < 1:
        parser.error("--slots must be at least 1")
    try:
        given.faults = Faults(dict(given.fault), given.seed)
    except ValueError as error:
        parser.error(str(error))
    return given


def main() -> None:
    """The program."""
    given = _arguments()
    options = Options(
        rate=given.rate,
        prefill_rate=given.prefill_rate or 20 * given.rate,
        slots=given.slots,
        sequence_rate=given.sequence_rate,
        chunk=given.chunk,
        version=given.version,
        faults=given.faults,
    )
    try:
        asyncio.run(serve(options, given.host, given.port, until_eof=given.until_eof))
    except OSError as error:
        sys.exit(f"cannot listen at {given.host}:{given.port}: {error.strerror}")


if __name__ == "__main__":
    main()
