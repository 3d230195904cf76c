"""What all variants of one sample share: its tests are run once and its diagnosis is made once, whoever asks.

A search for repairs is bounded by time, so that two runs of it need not end alike. Kept in the folder of results, it
gives every variant, and a run that goes on after it was killed, the very same evidence: what differs is what the
experiment changes.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson
from pydantic import ValidationError

from gradatim import __version__
from gradatim.agents.diagnostician import Diagnostician
from gradatim.agents.state import Plain, State, submission_of, task_of
from gradatim.domain import Diagnosis, Execution, Submission, Task, stable_id
from gradatim.kg import ConceptStore
from gradatim.tools.diagnosis import diagnose
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import Sandbox

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Observed:
    """A program with what running it showed.

    Attributes:
        seconds: What finding it out took, by the names of the nodes `execute` and `diagnose`.
    """

    execution: Execution
    diagnosis: Diagnosis
    seconds: dict[str, float]


class Workbench:
    """Runs and diagnoses each program once.

    Args:
        sandbox: Where programs run.
        folder: Where results are kept.
    """

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._sandbox = sandbox
        self._folder = folder
        self._known: dict[str, Observed] = {}
        self._executed: dict[str, tuple[Execution, float]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def executed(self, task: Task, submission: Submission, repair_seconds: float) -> tuple[Execution, float]:
        """The results of a program's tests, and the seconds that they took.

        Args:
            repair_seconds: Of the diagnosis that will be asked for: where it is kept, its results count.

        Raises:
            SandboxError: Programs cannot be run.
        """
        key = _key(task, submission)
        async with self._locks.setdefault(key, asyncio.Lock()):
            if key not in self._executed:
                kept = self._read(_key(task, submission, str(repair_seconds)))
                if kept is not None:
                    self._executed[key] = kept.execution, kept.seconds["execute"]
            if key not in self._executed:
                began = perf_counter()
                execution = await execute(self._sandbox, task, submission)
                self._executed[key] = execution, perf_counter() - began
            return self._executed[key]

    async def observed(self, task: Task, submission: Submission, repair_seconds: float) -> Observed:
        """What is known of a program.

        Args:
            repair_seconds: Time of the search for repairs.

        Raises:
            SandboxError: Programs cannot be run.
        """
        key = _key(task, submission, str(repair_seconds))
        async with self._locks.setdefault(key, asyncio.Lock()):
            found = self._known.get(key) or self._read(key)
            if found is None:
                execution, executing = await self.executed(task, submission, repair_seconds)
                began = perf_counter()
                diagnosis = await diagnose(self._sandbox, task, submission, execution, repair_seconds=repair_seconds)
                found = Observed(execution, diagnosis, {"execute": executing, "diagnose": perf_counter() - began})
                self._write(key, found)
            self._known[key] = found
            self._executed.setdefault(_key(task, submission), (found.execution, found.seconds["execute"]))
            return found

    def _read(self, key: str) -> Observed | None:
        path = self._folder / f"{key}.json"
        try:
            value: Any = orjson.loads(path.read_bytes())
            return Observed(
                Execution.model_validate(value["execution"]),
                Diagnosis.model_validate(value["diagnosis"]),
                {name: float(value["seconds"][name]) for name in ("execute", "diagnose")},
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
            _LOG.warning("%s cannot be used (%s); the program is run again", path, error)
            return None

    def _write(self, key: str, found: Observed) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path, part = self._folder / f"{key}.json", self._folder / f"{key}.part"
        plain = {"execution": found.execution.plain(), "diagnosis": found.diagnosis.plain(), "seconds": found.seconds}
        part.write_bytes(orjson.dumps(plain))
        part.replace(path)


def _key(task: Task, submission: Submission, *more: str) -> str:
    given = orjson.dumps([task.plain(), submission.id, submission.code]).decode()
    return stable_id(__version__, given, *more, length=24)


class SharedExecutor:
    """In place of the executor: the results of the program's one run."""

    name = "execute"

    def __init__(self, bench: Workbench, repair_seconds: float) -> None:
        self._bench = bench
        self._repair_seconds = repair_seconds

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        execution, _ = await self._bench.executed(task_of(state), submission_of(state), self._repair_seconds)
        return {"execution": execution.plain()}


class SharedDiagnostician(Diagnostician):
    """The diagnostician, with the program's one diagnosis."""

    def __init__(self, bench: Workbench, sandbox: Sandbox, store: ConceptStore, repair_seconds: float) -> None:
        super().__init__(sandbox, store, repair_seconds)
        self._bench = bench

    async def diagnose(self, task: Task, submission: Submission, execution: Execution) -> Diagnosis:
        """The diagnosis, every match, line and repair with evidence."""
        return (await self._bench.observed(task, submission, self.repair_seconds)).diagnosis
