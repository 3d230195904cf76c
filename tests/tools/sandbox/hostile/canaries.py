"""What of the host a hostile program could touch: it is all there to be touched, and watched."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.tools.sandbox.hostile.files import DROPPED, SECRET
from tests.tools.sandbox.hostile.network import ABSTRACT, PORT, UNIX

TOKEN = "token-that-only-the-host-knows"
_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/", os.path.dirname(os.__file__))


@dataclass(frozen=True, slots=True)
class Canaries:
    """A secret file, listening sockets, a process of the programs' own user, and folders to drop things in."""

    listening: tuple[socket.socket, ...]
    process: subprocess.Popen[bytes]
    state: tuple[object, ...]

    def touched(self) -> list[str]:
        """What has happened to them; empty as long as nothing has."""
        found: list[str] = []
        for listener in self.listening:
            with contextlib.suppress(BlockingIOError):
                if listener.type == socket.SOCK_DGRAM:
                    listener.recv(1)
                else:
                    listener.accept()[0].close()
                found.append(f"something came in at {listener.getsockname()!r}")
        if self.process.poll() is not None:
            found.append("the process was killed")
        elif _stopped(self.process.pid):
            found.append("the process was stopped")
        if _state() != self.state:
            found.append("the secret file was changed")
        for folder in _FOLDERS:
            with contextlib.suppress(OSError):
                found += [f"{folder}/{name} was made" for name in os.listdir(folder) if _is_dropped(folder, name)]
        return found


def _is_dropped(folder: str, name: str) -> bool:
    return "gradatim-hostile-dropped" in name or name == "gradatim_hostile.py"


def _stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def _state() -> tuple[object, ...]:
    try:
        status = os.stat(SECRET)
    except FileNotFoundError:
        return ()
    return (Path(SECRET).read_text(), status.st_mtime_ns, status.st_mode, status.st_uid, status.st_ino, status.st_nlink)


@contextlib.contextmanager
def canaries() -> Iterator[Canaries]:
    """Put them out; everybody may read the secret and reach the sockets as far as the host's own rights go."""
    with contextlib.ExitStack() as stack:
        for path in (SECRET, f"{SECRET}.py"):
            Path(path).write_text(f"raise ValueError('{TOKEN}')  # {TOKEN}")
            os.chmod(path, 0o666)
            stack.callback(os.unlink, path)
        for path in (UNIX, DROPPED):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
        listening = tuple(
            stack.enter_context(_listener(*where))
            for where in (
                (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", PORT)),
                (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", PORT)),
                (socket.AF_UNIX, socket.SOCK_STREAM, UNIX),
                (socket.AF_UNIX, socket.SOCK_STREAM, ABSTRACT),
            )
        )
        os.chmod(UNIX, 0o666)
        stack.callback(os.unlink, UNIX)
        user = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}
        process = subprocess.Popen(["/bin/sleep", "600"], cwd="/", **user)  # type: ignore[call-overload]
        stack.callback(process.wait)
        stack.callback(process.kill)
        yield Canaries(listening, process, _state())


def _listener(family: int, kind: int, address: object) -> socket.socket:
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)  # type: ignore[arg-type]
    if kind == socket.SOCK_STREAM:
        listener.listen()
    listener.setblocking(False)
    return listener
