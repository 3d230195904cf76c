"""Admission of assessments: how many are under way at once, and who comes next.

A thousand assessments that begin together would all gather their evidence side by side: none would reach the model for
a minute, and every one of them would hold its state in memory. Here most of them wait before their first step, holding
nothing but what was handed in. A few gather evidence; as soon as one of them asks the model, the next begins. What has
begun is never held up again: checking, deciding and recording use the processor before anything new does.

Whoever waits is let in in the order of arrival, and tenants take turns.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

from gradatim.settings import Settings

ASKING = frozenset({"generate", "critique"})
"""Nodes that mostly wait for the model; an assessment in any other uses the processor."""


@dataclass(slots=True, eq=False)
class Admitted:
    """An assessment that was let in.

    Attributes:
        waited: Seconds until it was.
    """

    waited: float
    _gate: Admission
    _running: set[str] = field(default_factory=set[str])
    working: bool = True
    """Whether it uses the processor, as far as its nodes tell."""

    def started(self, node: str) -> None:
        """A node began."""
        self._running.add(node)
        self._update()

    def finished(self, node: str) -> None:
        """A node ended."""
        self._running.discard(node)
        self._update()

    def _update(self) -> None:
        # between two nodes a checkpoint is written, which is work too
        self.working = not self._running or not self._running <= ASKING
        self._gate.changed()


class Admission:
    """A gate in front of the graph, for one event loop.

    Args:
        workers: Assessments that may use the processor when another one begins.
        limit: Assessments under way at most, those that wait for the model included.

    Raises:
        ValueError: One of them is below 1.
    """

    def __init__(self, workers: int, limit: int) -> None:
        if workers < 1 or limit < 1:
            raise ValueError(f"at least one assessment has to be let in, not {workers} of {limit}")
        self.workers = workers
        self.limit = limit
        self._inside: set[Admitted] = set()
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._granted = 0
        """Let in, but not yet awake."""

    @classmethod
    def of(cls, settings: Settings) -> Admission:
        """The gate that fits the settings.

        Evidence is gathered for as many as the sandbox serves, and two more that compute meanwhile. Under way are twice
        as many as the model's endpoints take, so that a place that gets free there never waits for evidence.
        """
        workers = settings.workers + 2
        endpoints = settings.model.count(",") + 1 if settings.model.startswith("http") else 1
        return cls(workers, workers + 2 * settings.model_concurrency * endpoints)

    @property
    def waiting(self) -> int:
        """Assessments that are not let in yet."""
        return sum(len(queue) for queue in self._queues.values())

    @property
    def inside(self) -> int:
        """Assessments under way."""
        return len(self._inside)

    @asynccontextmanager
    async def admitted(self, tenant: str = "default") -> AsyncGenerator[Admitted]:
        """Wait to be let in, and be inside for the block.

        Args:
            tenant: Whose turn it is.
        """
        began = monotonic()
        if self._queues or not self._open:
            await self._turn(tenant)
        ticket = Admitted(monotonic() - began, self)
        self._inside.add(ticket)
        try:
            yield ticket
        finally:
            self._inside.discard(ticket)
            self.changed()

    def changed(self) -> None:
        """Let in whom there is room for."""
        while self._queues and self._open:
            tenant, queue = next(iter(self._queues.items()))
            turn = queue.popleft()
            if queue:
                self._queues.move_to_end(tenant)
            else:
                del self._queues[tenant]
            if not turn.done():
                self._granted += 1
                turn.set_result(None)

    @property
    def _open(self) -> bool:
        if len(self._inside) + self._granted >= self.limit:
            return False
        return sum(ticket.working for ticket in self._inside) + self._granted < self.workers

    async def _turn(self, tenant: str) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._queues.setdefault(tenant, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._granted -= 1  # its turn came in the same moment: the next one takes it
                self.changed()
            else:
                self._forget(tenant, turn)
            raise
        self._granted -= 1

    def _forget(self, tenant: str, turn: asyncio.Future[None]) -> None:
        queue = self._queues.get(tenant)
        if queue is not None and turn in queue:
            queue.remove(turn)
            if not queue:
                del self._queues[tenant]
