"""The process in which a model is loaded, and how requests reach it."""

from __future__ import annotations

import http.client
import json
import os
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from gradatim.errors import ModelError
from gradatim.serving.steering.embedded import NativeTokenizer
from gradatim.serving.transport import BrokenOff, Call, Payload, RequestRefused

LOAD_SECONDS = 600.0
"""Time for loading a model at most: a slow disk takes a minute or two for a large one."""
ANSWER_SECONDS = 60.0
"""Time for questions that need no model run: counting tokens, what is loaded."""
_MAGIC = b"GGUF"
_SOCKET_PATH = 100
"""Bytes that the path of a Unix socket may have on every system."""
_TAIL = 20_000
"""Bytes of the log that are looked at."""
_TELLING = re.compile(r"error|fail|unable|invalid|corrupt|assert|terminate|memory", re.IGNORECASE)
_STAMP = re.compile(r"^[\d.]+ [A-Z] ")
_WORKER = Path(__file__).with_name("worker.py")
_SPIN_COUNT = "1000"
"""Rounds that a thread waits for the others before it sleeps."""


class ModelProcess:
    """A model file loaded in a process of its own.

    Starting waits until the model is loaded. The process ends with `close`, or by itself when this process is gone,
    however it went.

    Args:
        path: The model file.
        order: What `worker.load` is told beside the file.
        given_up: Asked now and then while the model loads; the start ends when it is true.

    Raises:
        ModelError: The file is no model, or cannot be loaded.
    """

    def __init__(self, path: Path, order: dict[str, Any], given_up: Callable[[], bool]) -> None:
        self.path = path
        self._closing = threading.Lock()
        _check(path)
        library = find_spec("xllamacpp")
        if library is None or library.origin is None:
            raise ModelError(
                "llama.cpp is not installed", place=str(path), remedy="install it again: pip install xllamacpp"
            )
        self._folder = Path(_folder())
        self._socket = str(self._folder / "s.sock")
        # without a name: it goes with the last who has it open
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  closed with the process
        told = {
            **order,
            "path": str(path),
            "name": path.stem,
            "socket": self._socket,
            "library": str(Path(library.origin).parents[1]),
            "parent": os.getpid(),
        }
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(_WORKER), json.dumps(told)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                start_new_session=True,  # a person's Ctrl-C is for this process, which then ends the other
                env=_environment(),
            )
        except OSError as error:
            self._log.close()
            shutil.rmtree(self._folder, ignore_errors=True)
            raise _not_loaded(path, f"no process can be started for it ({error})") from error
        try:
            self.devices = self._await_loading(given_up)
            self.context = int(self.ask("GET", "/props")["default_generation_settings"]["n_ctx"])
            self.tokens_of = NativeTokenizer(self.ask)
        except BaseException:
            self.close()
            raise

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """End the process, whatever it is at; nothing there has to be kept. Any thread may call this, and again."""
        with self._closing:
            self._process.kill()
            self._process.wait()
            self._let_go()
            shutil.rmtree(self._folder, ignore_errors=True)

    def disown(self) -> None:
        """In a forked child: let go of what belongs to the parent."""
        self._process.returncode = 0  # not this process's child: never to be waited for
        self._let_go()

    def _let_go(self) -> None:
        for end in (self._process.stdin, self._process.stdout, self._log):
            if end is not None:
                end.close()

    def ask(self, method: str, path: str, body: Payload | None = None) -> dict[str, Any]:
        """A question that is answered at once.

        Raises:
            ModelError: The process is gone.
        """
        connection = Connection(self._socket, ANSWER_SECONDS)
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            answer: Any = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self.failed(error) from error
        finally:
            connection.close()
        return cast("dict[str, Any]", answer)

    def count(self, payload: Payload) -> int:
        """Tokens of a request's prompt, its chat template filled in."""
        prompt = self.ask("POST", "/apply-template", {"messages": payload.get("messages") or []})
        if "prompt" not in prompt:  # a template that refuses these messages: the request itself will say why
            return 0
        counted = self.ask("POST", "/tokenize", {"content": prompt["prompt"], "parse_special": True})
        return len(counted["tokens"])

    def said(self, since: int = 0) -> str:
        """What llama.cpp wrote into its log after so many bytes."""
        try:
            size = os.fstat(self._log.fileno()).st_size
            return os.pread(self._log.fileno(), max(0, min(_TAIL, size - since)), max(since, size - _TAIL)).decode(
                errors="replace"
            )
        except (OSError, ValueError):  # it is closed
            return ""

    @property
    def log_size(self) -> int:
        """Bytes in llama.cpp's log so far."""
        return os.fstat(self._log.fileno()).st_size

    def open(self) -> Connection:
        """A connection for one request."""
        return Connection(self._socket, ANSWER_SECONDS)

    def failed(self, error: BaseException | None = None) -> ModelError:
        """What to say when the process does not answer any more."""
        try:
            code = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            return BrokenOff(f"llama.cpp does not answer ({error!r})", place=str(self.path))
        return _ended(self.path, code, self.said())

    def _await_loading(self, given_up: Callable[[], bool]) -> list[str]:
        assert self._process.stdout is not None
        output = self._process.stdout.fileno()
        until = time.monotonic() + LOAD_SECONDS
        told = b""
        while not told.endswith(b"\n"):
            if given_up() or time.monotonic() > until:
                raise ModelError(
                    "loading the model was stopped" if given_up() else f"not loaded within {LOAD_SECONDS:g} seconds",
                    place=str(self.path),
                )
            if select.select([output], [], [], 0.1)[0]:
                piece = os.read(output, 65536)
                if not piece:
                    raise _ended(self.path, self._process.wait(), self.said())
                told += piece
        answer: dict[str, Any] = json.loads(told)
        if "error" in answer:
            raise _not_loaded(self.path, complaint(self.said()) or str(answer["error"]))
        return [str(item) for item in answer["devices"]]


class Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket; `break_off` may be called from any thread."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path
        self._end: socket.socket | None = None

    def connect(self) -> None:
        """Called by the base class when the first request is made."""
        self._end = self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)

    def break_off(self) -> None:
        """End the request: a thread that reads from it finds its end at once, and the server stops working on it."""
        if self._end is not None:
            with suppress(OSError):  # it has ended by itself
                self._end.shutdown(socket.SHUT_RDWR)

    def events(self, payload: Payload, call: Call) -> Generator[dict[str, Any]]:
        """The chunks that answer a chat request.

        Raises:
            RequestRefused: The server will not do it.
            TimeoutError: The call's deadline has passed.
            OSError: The connection broke off.
            HTTPException: The same, in the middle of an answer.
        """
        self.request("POST", "/v1/chat/completions", json.dumps(payload), {"Content-Type": "application/json"})
        end = cast("socket.socket", self._end)
        end.settimeout(_left(call))
        response = self.getresponse()
        if response.status != 200:
            raise _refusal(response.read(), response.status)
        while line := response.readline():
            kind, _, data = line.partition(b":")
            if kind in (b"data", b"error") and data.strip() != b"[DONE]":
                chunk: dict[str, Any] = json.loads(data)
                if kind == b"error" or "error" in chunk:
                    raise _refusal(data, 500)
                yield chunk
            elif data.strip() == b"[DONE]":
                return
            end.settimeout(_left(call))
        raise http.client.IncompleteRead(b"")


def _left(call: Call) -> float | None:
    if call.over:
        raise TimeoutError
    return call.remaining


def _refusal(body: bytes, status: int) -> RequestRefused:
    told = cast("dict[str, Any]", json.loads(body))
    error: Any = told.get("error", told)
    details = cast("dict[str, Any]", error) if isinstance(error, dict) else {"message": str(error)}
    return RequestRefused(str(details.get("message", details)), status=int(details.get("code", status)))


def _check(path: Path) -> None:
    """Whether the file can be a model at all."""
    if path.is_dir():
        raise ModelError("a folder is not a model file", place=str(path), remedy="name a GGUF file")
    try:
        with path.open("rb") as stream:
            start = stream.read(len(_MAGIC))
    except FileNotFoundError:
        raise ModelError(
            "there is no such model file", place=str(path), remedy="`gradatim model pull` gets it"
        ) from None
    except OSError as error:
        raise ModelError(
            f"cannot read the model file: {error.strerror}", place=str(path), remedy="check the file's permissions"
        ) from error
    if start != _MAGIC:
        raise _not_loaded(path, "it is empty" if not start else "it is no GGUF file")


def _not_loaded(path: Path, why: str) -> ModelError:
    return ModelError(
        f"llama.cpp cannot load the model: {why}",
        place=str(path),
        remedy="pull the model again, or free memory (a model needs about twice its file's size)",
    )


def _ended(path: Path, code: int, log: str) -> ModelError:
    said = complaint(log)
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    return BrokenOff(
        f"the model's process {how}" + (f": {said}" if said else ""),
        place=str(path),
        remedy="free memory: the system ends a process where there is none"
        if code == -9
        else "ask again: the model is loaded anew; if it ends again, use a smaller model or pull it again",
    )


def complaint(log: str) -> str:
    """What in llama.cpp's log sounds like a reason for a failure."""
    telling = [_STAMP.sub("", line).strip() for line in log.splitlines() if _TELLING.search(line)]
    return " / ".join(dict.fromkeys(telling[:2]))[:400]


def _folder() -> str:
    """A folder that nobody else can look into, its path short enough for a socket."""
    folder = tempfile.mkdtemp(prefix="gradatim-")
    if len(folder) < _SOCKET_PATH or not os.path.isdir("/tmp"):
        return folder
    os.rmdir(folder)
    return tempfile.mkdtemp(prefix="gradatim-", dir="/tmp")


def _environment() -> dict[str, str]:
    """The library's threads wait for each other briefly and then sleep: others need the cores too."""
    return {"GOMP_SPINCOUNT": _SPIN_COUNT, **os.environ}
