"""The circuit breaker: an endpoint that keeps failing is left alone for a while, then tried with one request."""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable

from gradatim.serving.client.observer import CircuitState

WINDOW = 20
"""Latest outcomes that the error rate is taken over."""
WINDOW_SECONDS = 30.0
"""Age from which an outcome no longer counts."""
FEWEST = 5
"""Outcomes below which a circuit stays closed."""
TOO_MANY = 0.5
"""Share of failures that opens it."""
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 60.0


class Permit:
    """Leave to send one request; its holder says how it went, once."""

    __slots__ = ("_circuit", "_period", "_used", "probe")

    def __init__(self, circuit: Circuit, period: int, *, probe: bool) -> None:
        self._circuit = circuit
        self._period = period
        self._used = False
        self.probe = probe
        """Whether the endpoint's return depends on this request."""

    def succeed(self) -> None:
        """The endpoint answered (a refusal is an answer too)."""
        self._settle(failed=False)

    def fail(self) -> None:
        """The endpoint did not do its work."""
        self._settle(failed=True)

    def release(self) -> None:
        """Nothing was learnt: the request was cancelled."""
        self._settle(failed=None)

    def _settle(self, *, failed: bool | None) -> None:
        if not self._used:
            self._used = True
            self._circuit._settle(self._period, self.probe, failed)  # pyright: ignore[reportPrivateUsage]


class Circuit:
    """Closed: requests go through. Open: none does. Half-open: one does, and decides.

    Outcomes of requests that began before the last change of state are not counted: what was sent to an
    endpoint before it failed says nothing about it now. Each failure of the one request doubles the time that the
    circuit stays open.

    Args:
        clock: Seconds that never go back.
        changed: Told of each new state.
        spread: Factor on each pause, so that clients do not come back all at once.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        changed: Callable[[CircuitState], None] | None = None,
        spread: Callable[[], float] | None = None,
    ) -> None:
        self._clock = clock
        self._changed = changed
        self._spread = spread or (lambda: random.uniform(0.8, 1.2))
        self._lock = threading.Lock()
        self._outcomes: deque[tuple[float, bool]] = deque(maxlen=WINDOW)
        self._state: CircuitState = "closed"
        self._period = 0
        self._probing = False
        self._pause = FIRST_PAUSE
        self._opens_at = 0.0

    @property
    def state(self) -> CircuitState:
        return self._state

    @property
    def waits(self) -> float:
        """Seconds until the circuit lets a request through; 0 where it does now or waits for its one request."""
        return max(0.0, self._opens_at - self._clock()) if self._state == "open" else 0.0

    def ask(self) -> Permit | None:
        """Leave to send a request, or none."""
        with self._lock:
            if self._state == "closed":
                return Permit(self, self._period, probe=False)
            if self._state == "open" and self._clock() < self._opens_at:
                return None
            if self._probing:
                return None
            changed = self._state != "half-open"
            if changed:
                self._turn("half-open")
            self._probing = True
            permit = Permit(self, self._period, probe=True)
        if changed:
            self._tell("half-open")
        return permit

    def _settle(self, period: int, probe: bool, failed: bool | None) -> None:
        with self._lock:
            if period != self._period:
                return
            before = self._state
            if probe:
                self._probing = False
                if failed is None:
                    return
                if failed:
                    self._open(self._pause * 2)
                else:
                    self._pause = FIRST_PAUSE
                    self._outcomes.clear()
                    self._turn("closed")
            elif failed is not None:
                now = self._clock()
                self._outcomes.append((now, failed))
                counted = [bad for at, bad in self._outcomes if now - at <= WINDOW_SECONDS]
                if failed and len(counted) >= FEWEST and sum(counted) >= TOO_MANY * len(counted):
                    self._open(FIRST_PAUSE)
            after = self._state
        if after != before:
            self._tell(after)

    def _open(self, pause: float) -> None:
        self._pause = min(pause, LONGEST_PAUSE)
        self._opens_at = self._clock() + self._pause * self._spread()
        self._outcomes.clear()
        self._turn("open")

    def _turn(self, state: CircuitState) -> None:
        self._state = state
        self._period += 1
        self._probing = False

    def _tell(self, state: CircuitState) -> None:
        if self._changed is not None:
            self._changed(state)
