"""Keeps a server running: waits until it is ready, starts it again when it fails, lets it finish when asked to end."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from gradatim.errors import ModelError
from gradatim.serving.launch.process import ServerProcess

State = Literal["starting", "ready", "failed", "waiting", "draining", "ended"]

USAGE_ERROR = 2
"""Exit status of a program that does not take its arguments: starting it again changes nothing."""
_TICK_SECONDS = 0.2
_ASK_SECONDS = 2.0
"""How long a server may take to say that it is there."""
_SHOWN_LINES = 20


@dataclass(frozen=True, slots=True)
class Event:
    """What a supervisor tells whoever watches it."""

    state: State
    seconds: float
    """Since the present attempt began."""
    note: str = ""
    """While it starts, the last line of output; after a failure, what happened."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Patience, in seconds where not said otherwise."""

    start: float = 1800.0
    """Until the server is ready: large models take minutes to load and to compile."""
    grace: float = 60.0
    """Requests under way are finished within this; vLLM is told the same."""
    margin: float = 20.0
    """Beyond the grace period, for the processes to end."""
    first_pause: float = 1.0
    """Before the first new start; doubled for each further one."""
    longest_pause: float = 60.0
    quick: float = 120.0
    """A server that fails sooner than this after it was ready counts as failing quickly, as one that never was."""
    attempts: int = 4
    """Starts in a row that may fail quickly before it is given up."""
    health: float = 5.0
    """Between two questions whether a ready server is well."""
    silent: float = 60.0
    """A server that has been ready and answers nothing for this long is started again."""


class Supervisor:
    """Runs one server until it is asked to end.

    Args:
        command: The server, word by word.
        environment: Its whole environment.
        origin: `http://host:port` at which `/health` answers 200 once it is ready.
        policy: Patience.
        watch: Is told what happens; called from the thread of `run`.
        on_line: Is told each line that the server writes; called from another thread.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        origin: str,
        policy: Policy | None = None,
        watch: Callable[[Event], None] = lambda event: None,
        on_line: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._command = tuple(command)
        self._environment = dict(environment)
        self._origin = urlsplit(origin)
        self.policy = policy or Policy()
        self._watch = watch
        self._on_line = on_line
        self._asked = 0
        self._wake = threading.Event()
        self._pause = self.policy.first_pause
        self.starts = 0
        """How often the server was started."""

    def end(self) -> None:
        """Ask it to end: the first time with grace, the second at once. Safe in a signal handler."""
        self._asked += 1
        self._wake.set()

    def run(self) -> bool:
        """Start the server and keep it running until `end` is called.

        Returns:
            Whether everything under way was finished; `False` when it was cut short.

        Raises:
            ModelError: It cannot be started, or failed quickly too often; with its last lines.
        """
        quick = 0
        while True:
            drained, lived, process = self._attempt()
            if self._asked:
                self._watch(Event("ended", lived or 0.0))
                return drained
            if lived is not None and lived >= self.policy.quick:
                quick, self._pause = 0, self.policy.first_pause
            quick += 1
            self._watch(Event("failed", lived or 0.0, self._outcome))
            if quick >= self.policy.attempts or self._hopeless:
                raise self._given_up(quick, process)
            self._watch(Event("waiting", self._pause, f"starting it again in {self._pause:g} s"))
            if self._wake.wait(self._pause):
                self._watch(Event("ended", 0.0))
                return True
            self._pause = min(2 * self._pause, self.policy.longest_pause)

    def _attempt(self) -> tuple[bool, float | None, ServerProcess]:
        """One start to its end: whether it drained, seconds since it was ready if it was, and what is left of it."""
        self._hopeless = False
        self._outcome = ""
        began = time.monotonic()
        process = ServerProcess(self._command, self._environment, self._on_line)
        self.starts += 1
        ready: float | None = None
        drained = True
        try:
            ready = self._until_ready(process, began)
            if ready is not None:
                self._watch(Event("ready", ready - began))
                self._while_well(process)
            if self._asked:
                drained = self._drain(process, serving=ready is not None)
        finally:
            before = process.poll()
            status = process.close()
        if before is not None:
            self._outcome = _described(status)
            self._hopeless = status == USAGE_ERROR and ready is None
        return drained, None if ready is None else time.monotonic() - ready, process

    def _until_ready(self, process: ServerProcess, began: float) -> float | None:
        """The moment at which it was ready; `None` when it ended before, was asked to, or took too long."""
        while process.poll() is None and not self._asked:
            now = time.monotonic()
            if self._well():
                return time.monotonic()
            if now - began > self.policy.start:
                self._outcome = f"it was not ready within {self.policy.start:g} s"
                return None
            self._watch(Event("starting", now - began, process.tail[-1] if process.tail else ""))
            self._wake.wait(_TICK_SECONDS)
        return None

    def _while_well(self, process: ServerProcess) -> None:
        heard = asked = time.monotonic()
        while process.poll() is None and not self._asked:
            self._wake.wait(_TICK_SECONDS)
            now = time.monotonic()
            if now - asked < self.policy.health:
                continue
            asked = now
            if self._well():
                heard = time.monotonic()
            elif now - heard > self.policy.silent:
                self._outcome = f"it has not said that it is well for {self.policy.silent:g} s"
                return

    def _drain(self, process: ServerProcess, *, serving: bool) -> bool:
        """Let it finish what is under way; whether it did."""
        began = time.monotonic()
        process.ask_to_end()
        # what has not served anybody yet has nothing to finish
        patience = self.policy.grace + self.policy.margin if serving else self.policy.margin
        while process.poll() is None:
            passed = time.monotonic() - began
            if self._asked > 1 or passed > patience:
                return not serving
            self._watch(Event("draining", passed))
            time.sleep(_TICK_SECONDS)
        return True

    def _well(self) -> bool:
        connection = http.client.HTTPConnection(
            self._origin.hostname or "127.0.0.1", self._origin.port, timeout=_ASK_SECONDS
        )
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _given_up(self, quick: int, process: ServerProcess) -> ModelError:
        often = "it was started once" if quick == 1 else f"it was started {quick} times"
        text = f"the server does not stay up: {self._outcome} ({often})"
        if process.cause is not None:
            text += f"\nits first error:\n  {process.cause}"
        lines = [*process.tail][-_SHOWN_LINES:]
        return ModelError(
            "\n  ".join([f"{text}\nits last lines:", *lines]),
            place=self._command[0],
            remedy="see the first error; --log FILE keeps everything that the server writes",
        )


def _described(status: int) -> str:
    if status < 0:
        return f"signal {-status} ended it"
    return f"it ended with status {status}"
