"""Repairs from a pool of correct programs of the same task."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from gradatim.domain import Repair, Task, stable_id
from gradatim.tools.repair.pool.agreement import MOST_ASKED, agreed_task
from gradatim.tools.repair.pool.index import Index, required_names
from gradatim.tools.repair.pool.search import Search
from gradatim.tools.repair.pool.syntax import compilable
from gradatim.tools.repair.pool.unit import Program
from gradatim.tools.repair.pool.wording import repair
from gradatim.tools.repair.trials import Trial, Trials
from gradatim.tools.sandbox.protocol import Sandbox

_SHARE = 0.92
"""Share of the time after which no further candidate is begun; what was found for single pieces is still joined."""


@dataclass(frozen=True, slots=True)
class PoolResult:
    """What a pool gave for one program.

    Attributes:
        repairs: The smallest first.
        closest: The candidate that passed most tests, where none passed all of them: one more edit may do.
        trial: What the tests showed of it.
    """

    repairs: tuple[Repair, ...]
    closest: str | None = None
    trial: Trial | None = None


class Pool:
    """Correct programs of one task, each normal form once. Made by `of`."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._prepared: dict[str, tuple[Trials, int] | None] = {}

    @classmethod
    def of(cls, programs: Sequence[str], *, verified: bool = False) -> Pool:
        """Take in programs.

        Args:
            programs: Sources; those that do not compile are passed over.
            verified: Whether all are known to pass every test; those that turn out not to are passed over else.
        """
        return cls(Index.of(programs, verified=verified))

    def __len__(self) -> int:
        return len(self._index.donors)

    @property
    def skipped(self) -> int:
        """Programs that do not compile."""
        return self._index.skipped

    @property
    def repeated(self) -> int:
        """Programs that only repeat the normal form of another."""
        return self._index.repeated

    async def prepare(self, sandbox: Sandbox, task: Task) -> int:
        """Find calls besides the tests on which the pool's programs agree; repairs that agree, too, then come first.

        Worth doing once for each task, before the first repair (some tenths of a second).

        Returns:
            How many such calls there are.

        Raises:
            SandboxError: Programs cannot be run safely here.
        """
        key = _key(task)
        if key not in self._prepared:
            self._prepared[key] = await self._agreement(sandbox, task)
        trials = self._prepared[key]
        return 0 if trials is None else trials[1]

    async def _agreement(self, sandbox: Sandbox, task: Task) -> tuple[Trials, int] | None:
        donors = [donor for donor in self._index.donors if donor.good is not False]
        step = max(1, len(donors) // MOST_ASKED)
        programs = [donor.program.code for donor in donors[::step][:MOST_ASKED]]
        if not all(donor.good for donor in donors):
            results = await Trials(sandbox, task).run(programs)
            programs = [code for code, trial in zip(programs, results, strict=True) if trial.ok]
        agreed = await agreed_task(sandbox, task, programs)
        return None if agreed is None else (Trials(sandbox, agreed), len(agreed.tests))

    async def repairs(self, trials: Trials, code: str, task: Task, *, seconds: float, most: int = 5) -> list[Repair]:
        """Repairs of a wrong program, the smallest first.

        Args:
            trials: Runs candidates on the task's tests.
            code: The wrong program.
            seconds: Wall time that the search may take.
            most: How many repairs to give at most.

        Raises:
            SandboxError: Programs cannot be run safely here.
        """
        return list((await self.search(trials, code, task, seconds=seconds, most=most)).repairs)

    async def search(self, trials: Trials, code: str, task: Task, *, seconds: float, most: int = 5) -> PoolResult:
        """As `repairs`, with the nearest miss where there is none."""
        original = Program.parse(code)
        student = original if original.tree is not None else _made_compilable(original)
        if student is None or not self._index.donors:
            return PoolResult(())
        until = time.monotonic() + _SHARE * seconds
        prepared = self._prepared.get(_key(task))
        agreed = None if prepared is None else prepared[0]
        search = Search(
            self._index,
            trials,
            student,
            required_names(task),
            task.kind == "program",
            until,
            agreed,
            original.physical,
        )
        solutions = await search.run(most)
        repairs = tuple(repair(code, original.newline, original.physical, found.lines) for found in solutions)
        if repairs or search.best is None:
            return PoolResult(repairs)
        return PoolResult((), search.best[1], search.best[0])


def _key(task: Task) -> str:
    return stable_id(task.kind, task.setup, *(case.model_dump_json() for case in task.tests))


def _made_compilable(original: Program) -> Program | None:
    lines = compilable(original.physical)
    if lines is None:
        return None
    program = Program.parse("\n".join(lines))
    return None if program.tree is None else program
