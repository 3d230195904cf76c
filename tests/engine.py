"""A Docker Engine of the tests' own: started by hand in a folder, ended with all that it made."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SECONDS = 30.0
_PR_SET_PDEATHSIG = 1


class NoEngine(Exception):
    """No Docker Engine is to be had here; says why."""


@contextlib.contextmanager
def docker_engine() -> Iterator[str]:
    """Address of an engine: the one that the environment names, or else one of our own.

    Raises:
        NoEngine: There is none; says why.
    """
    named = os.environ.get("GRADATIM_DOCKER_HOST") or os.environ.get("DOCKER_HOST")
    if named:
        yield named
        return
    program = shutil.which("dockerd")
    if program is None:
        raise NoEngine("dockerd is not installed (apt-get install docker.io) and DOCKER_HOST names no engine")
    if os.geteuid() != 0:
        raise NoEngine("only root can start dockerd, and DOCKER_HOST names no engine")
    folder = Path(tempfile.mkdtemp(prefix="gradatim-engine-"))
    try:
        with _started(program, folder) as address:
            yield address
    finally:
        _remove(folder)


@contextlib.contextmanager
def _started(program: str, folder: Path) -> Iterator[str]:
    (folder / "daemon.json").write_text("{}")
    socket = folder / "engine.sock"
    command = [
        program, "--config-file", folder / "daemon.json", "--data-root", folder / "data",
        "--exec-root", folder / "exec", "--pidfile", folder / "engine.pid", "--host", f"unix://{socket}",
        "--bridge", "none", "--iptables=false", "--ip-masq=false",
    ]  # fmt: skip
    log = folder / "log"
    libc = ctypes.CDLL(None)
    with log.open("wb") as told:
        engine = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0),
        )
    try:
        until = time.monotonic() + SECONDS
        while not socket.exists() or b"API listen on" not in log.read_bytes():
            if engine.poll() is not None or time.monotonic() > until:
                lines = log.read_text(errors="replace").strip().splitlines() or ["it says nothing"]
                raise NoEngine(f"dockerd does not start here: {lines[-1][-300:]}")
            time.sleep(0.05)
        yield f"unix://{socket}"
    finally:
        engine.terminate()
        try:
            engine.wait(SECONDS)
        except subprocess.TimeoutExpired:
            engine.kill()
            engine.wait()


def _remove(folder: Path) -> None:
    """Remove the engine's folder, and what it left mounted there."""
    mounted = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for place in sorted((place for place in mounted if place.startswith(f"{folder}/")), reverse=True):
        subprocess.run(["umount", "-l", place], check=False, capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)
