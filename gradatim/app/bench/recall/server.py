"""A Chroma server of the benchmark's own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from gradatim.errors import ServiceError

START_SECONDS = 60.0
STOP_SECONDS = 20.0


@contextmanager
def own_chroma() -> Generator[str]:
    """Start `chroma run` on a free port with an empty folder; yields its address.

    Raises:
        ServiceError: There is no such program, or it does not start.
    """
    program = Path(sys.executable).with_name("chroma")
    found = str(program) if program.exists() else shutil.which("chroma")
    if found is None:
        raise ServiceError("the program chroma is not there", remedy="pip install chromadb")
    with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as folder:
        port = _free_port()
        process = subprocess.Popen(
            [found, "run", "--path", folder, "--host", "127.0.0.1", "--port", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    import httpx

    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/api/v2/heartbeat", timeout=1.0).raise_for_status()
            return
        except httpx.HTTPError as error:
            if process.poll() is not None:
                raise ServiceError(f"chroma run ended with code {process.returncode}") from error
            if time.monotonic() > deadline:
                raise ServiceError(f"chroma run does not answer after {START_SECONDS:.0f} s") from error
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
