"""A Bolt server to measure and to test against: ArcadeDB, in a process of its own that can be killed.

    python -m gradatim.app.bench.retrieval.arcade FOLDER PORT HTTP_PORT

starts it on the loopback interface and ends it when its standard input ends. It speaks Bolt and Cypher as Neo4j 5.26
does, and is not Neo4j: what is measured on it says what the store, the driver and the protocol cost.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from gradatim.errors import ServiceError
from gradatim.kg.neo4j import Server

PASSWORD = "concepts-and-relations"
"""Of a server that nobody but this machine can reach, and that lives for minutes."""
START_SECONDS = 60.0
STOP_SECONDS = 10.0
_READY = "ready"
_HEAP = "2g"


class NoServer(ServiceError):
    """ArcadeDB cannot be had here; says why."""


class ArcadeServer:
    """A server with a folder and a port of its own; both stay when it is killed and started again.

    Args:
        folder: For its databases and logs.

    Raises:
        NoServer: It is not installed.
    """

    def __init__(self, folder: Path) -> None:
        if importlib.util.find_spec("arcadedb_embedded") is None:
            raise NoServer("arcadedb-embedded is not installed", remedy="pip install arcadedb-embedded")
        self.folder = folder
        self.port, self._http_port = _free_ports()
        self._process: subprocess.Popen[bytes] | None = None

    def server(self, *, pool: int = 16, deadline: float = 0.5) -> Server:
        """How the store reaches it."""
        return Server(
            url=f"bolt://127.0.0.1:{self.port}",
            user="root",
            password=SecretStr(PASSWORD),
            database="neo4j",
            pool=pool,
            deadline=deadline,
        )

    @property
    def running(self) -> bool:
        """Whether it was started and not ended."""
        return self._process is not None

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            NoServer: It does not start.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.folder / "output"
        ready = self.folder / _READY
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", __name__, str(self.folder), str(self.port), str(self._http_port)]
        with log.open("wb") as told:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=told,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "ARCADEDB_JVM_ERROR_FILE": str(self.folder / "jvm-error")},
            )
        until = time.monotonic() + START_SECONDS
        while not ready.exists():
            if self._process.poll() is not None or time.monotonic() > until:
                self.kill()
                lines = log.read_text(errors="replace").strip().splitlines() or ["it says nothing"]
                raise NoServer(f"ArcadeDB does not start here: {lines[-1][-300:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a power failure would."""
        if self._process is not None:
            self._process.kill()
            self._end()

    def stop(self) -> None:
        """End it in order."""
        if self._process is None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._end()

    def _end(self) -> None:
        if self._process is not None:
            if self._process.stdin is not None:
                self._process.stdin.close()
            self._process.wait()
            self._process = None


@contextlib.contextmanager
def arcade_server() -> Generator[ArcadeServer]:
    """A running server in a temporary folder.

    Raises:
        NoServer: ArcadeDB is not installed or does not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="gradatim-arcade-"))
    try:
        server = ArcadeServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_ports() -> tuple[int, int]:
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


def _serve(folder: Path, port: int, http_port: int) -> None:
    """Be the server, until the standard input ends."""
    os.chdir(folder)  # where it writes its logs cannot be chosen
    library: Any = importlib.import_module("arcadedb_embedded.server")
    server = library.ArcadeDBServer(
        str(folder),
        PASSWORD,
        {
            "host": "127.0.0.1",
            "http_port": http_port,
            "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
            "bolt_port": port,
        },
        {"heap_size": _HEAP},
    )
    server.start()
    server.create_database("neo4j")
    (folder / _READY).touch()
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]).resolve(), int(sys.argv[2]), int(sys.argv[3]))
