"""Parsing in a process of its own, so that no document can stop a build or take the machine."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import BinaryIO, cast

from gradatim.errors import ServiceError
from gradatim.kg.construction.documents.frames import receive, send, unpacked
from gradatim.kg.construction.documents.limits import Limits
from gradatim.kg.construction.documents.model import CourseDocument, Skipped
from gradatim.kg.construction.documents.worker import order, out_of_memory

_START_SECONDS = 60.0
"""Importing takes a fraction of a second, unless disk and processors are very busy."""
_COMMAND = "from gradatim.kg.construction.documents.worker import main; main()"


class IsolatedParser:
    """Parses documents one after another in a worker process, which is replaced when it dies or is stopped.

    The worker is a new interpreter, never a copy of this process with whatever threads run in it. To be closed after
    use, or used in a `with` statement.

    Args:
        limits: What each document may take.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> IsolatedParser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def parse(self, data: bytes, name: str) -> CourseDocument | Skipped:
        """Read one document.

        Args:
            data: The content of the file.
            name: How the file is called; its suffix says the format.

        Returns:
            The document, or why it cannot be read; parsers that crash, hang or eat memory count as such.

        Raises:
            ServiceError: No process can be started.
        """
        if self._process is not None and self._process.poll() is not None:
            self.close()  # it died while it waited
        process = self._process or self._start()
        answer, in_time = _ask(process, order(name, self._limits), data, self._limits.seconds)
        if answer is None:
            process.wait()
            died_of = process.returncode
            self.close()
            if not in_time:
                return Skipped(
                    name,
                    f"reading the document takes longer than {self._limits.seconds:g} s (split or simplify it)",
                )
            if died_of == 1:  # Python itself ended: there was no memory left even to say so
                return Skipped(name, out_of_memory(self._limits))
            return Skipped(name, "the parser crashed over the document (export it anew)")
        try:
            read, spent = unpacked(answer)
        except (ValueError, KeyError, TypeError):
            self.close()
            return Skipped(name, "the parser went astray over the document (export it anew)")
        if spent or not in_time:
            self.close()
        return read

    def close(self) -> None:
        """End the worker, whatever it is at."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for end in (process.stdin, process.stdout):
            if end is not None:
                with suppress(OSError):  # what was not written is for nobody
                    end.close()

    def _start(self) -> subprocess.Popen[bytes]:
        where = "a process for reading documents"
        try:
            self._process = process = subprocess.Popen(
                [sys.executable, "-P", "-c", _COMMAND],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,  # a person's Ctrl-C is for this process, which then ends the other
            )
        except OSError as error:
            raise ServiceError(f"it cannot be started: {error}", place=where, remedy="free some memory") from error
        answer, _ = _ask(process, None, b"", _START_SECONDS)
        if answer != b"ready":
            self.close()
            raise ServiceError("it does not start", place=where, remedy="see whether `import gradatim.kg` works")
        return process


def _ask(
    process: subprocess.Popen[bytes], head: bytes | None, data: bytes, seconds: float
) -> tuple[bytes | None, bool]:
    """The answer of the worker, None if it died, and whether that was within the time."""
    requests, answers = cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)
    late = threading.Event()

    def stop() -> None:
        late.set()
        process.kill()

    clock = threading.Timer(seconds, stop)
    clock.daemon = True
    clock.start()
    try:
        if head is not None:
            send(requests, head)
            send(requests, data)
        answer = receive(answers)
    except OSError:
        answer = None
    finally:
        clock.cancel()
        clock.join()  # it must not stop the worker over the next document
    return answer, not late.is_set()


def _environment() -> dict[str, str]:
    """Just what an interpreter needs to find what this one has found: no keys or tokens go to a parser."""
    kept = {
        key: value for key, value in os.environ.items() if key in ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TZ")
    }
    return {**kept, "PYTHONPATH": os.pathsep.join(os.path.abspath(entry) for entry in sys.path if entry)}
