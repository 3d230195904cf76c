"""A Chroma server of our own, in a folder of our own, on a free port."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

CHROMA = Path(sys.executable).with_name("chroma")
START_SECONDS = 30.0


class OwnServer:
    """`chroma run`, which can be stopped and started again on the same folder and port."""

    def __init__(self, folder: Path) -> None:
        if not CHROMA.exists():
            pytest.skip(f"{CHROMA} is not installed: the Chroma server is not tested")
        self.folder = folder
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [CHROMA, "run", "--path", self.folder, "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                httpx.get(f"{self.address}/api/v2/heartbeat", timeout=1.0).raise_for_status()
                return
            except httpx.HTTPError:
                assert self._process.poll() is None, "chroma run has ended"
                assert time.monotonic() < deadline, "chroma run does not answer"
                time.sleep(0.05)

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)

    def pause(self) -> None:
        """Let it accept connections and answer nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def vacuum(self) -> None:
        """What its owner runs while it is stopped."""
        subprocess.run([CHROMA, "vacuum", "--path", self.folder, "--force"], check=True, capture_output=True)


@contextmanager
def chroma_server(folder: Path) -> Generator[OwnServer]:
    server = OwnServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
