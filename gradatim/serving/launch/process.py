"""A server process with all its descendants: started in a group of its own, never left behind."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from gradatim.errors import ModelError
from gradatim.serving.launch import child, watcher

_LOG = logging.getLogger(__name__)

LINES = 400
"""Last lines of output that are kept."""
_CAUSE = re.compile(r"(?:^|\s)(?:[\w.]*(?:Error|Exception|Interrupt|Exit)|error): \S")
"""How Python, and programs that do not take their arguments, say what went wrong."""
_END_SECONDS = 10.0


class ServerProcess:
    """A child in a session of its own, so that signals of the terminal reach it only through us.

    Three things see that nothing stays behind: the whole group is killed once the child has ended; the kernel
    kills the child when the thread that started it is gone; and a watcher kills the group when this process is.

    Args:
        command: Word by word.
        environment: The whole environment of the child.
        on_line: Is told each line of output, in a thread of its own.

    Raises:
        ModelError: It cannot be started.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], on_line: Callable[[str], None]) -> None:
        self.tail: deque[str] = deque(maxlen=LINES)
        self.cause: str | None = None
        """The first line that tells of an error: what follows it is often no more than its consequence."""
        self._on_line = on_line
        starter = [sys.executable, "-I", "-S", str(Path(child.__file__)), str(os.getpid())]
        try:
            self._child = subprocess.Popen(
                [*starter, *command],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise ModelError(f"the server cannot be started: {error.strerror}", place=command[0]) from error
        self.group = self._child.pid
        self._watcher = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(watcher.__file__)), str(self.group)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True, name=f"output of {self.group}")
        self._reader.start()

    def poll(self) -> int | None:
        """Exit status of the child, negative for a signal; `None` while it runs."""
        return self._child.poll()

    def ask_to_end(self) -> None:
        """SIGTERM to the child alone, which tells its own children."""
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to the whole group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)

    def close(self) -> int:
        """End what is left of the group, and everything that belongs to it here; returns the exit status."""
        self.kill()
        status = self._child.wait()
        deadline = time.monotonic() + _END_SECONDS
        while _living(self.group) and time.monotonic() < deadline:
            self.kill()
            time.sleep(0.02)
        self._reader.join(_END_SECONDS)
        if self._child.stdout is not None and not self._reader.is_alive():
            self._child.stdout.close()
        self._dismiss_watcher()
        return status

    def _dismiss_watcher(self) -> None:
        if self._watcher.stdin is not None:
            with contextlib.suppress(OSError):
                self._watcher.stdin.write(watcher.GOODBYE)
                self._watcher.stdin.close()
        try:
            self._watcher.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._watcher.kill()
            self._watcher.wait()

    def _read(self) -> None:
        stream = self._child.stdout
        if stream is None:
            return
        listening = True
        for raw in stream:
            line = raw.decode("utf-8", "replace").rstrip()
            self.tail.append(line)
            if self.cause is None and _CAUSE.search(line):
                self.cause = line
            if listening:
                try:
                    self._on_line(line)
                except OSError as error:  # a full disk or a reader that is gone must not stop the server
                    listening = False
                    _LOG.warning("the server's output is no longer kept: %s", error)


def _living(group: int) -> bool:
    """Whether a process of the group runs; one that is dead and that nobody has collected does not."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its_group, *_ = path.read_text().rpartition(")")[2].split()
        except (OSError, ValueError):  # it has ended meanwhile
            continue
        if int(its_group) == group and state not in "ZX":
            return True
    return False
