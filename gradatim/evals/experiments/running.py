"""Runs experiments: cell by cell, side by side, resumable at any time.

```python
async with open_run(experiment, Path("results"), settings) as run:
    summary = await run.all()
```
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from gradatim import __version__
from gradatim.domain import stable_id
from gradatim.errors import GradatimError, ModelError
from gradatim.evals.experiments.audit import Auditor, counts
from gradatim.evals.experiments.cells import Cell
from gradatim.evals.experiments.folder import ResultsFolder
from gradatim.evals.experiments.making import Made, Maker, program_of
from gradatim.evals.experiments.pace import Pace
from gradatim.evals.experiments.reading import Experiment
from gradatim.evals.experiments.scoring import failed, scored
from gradatim.evals.experiments.spans import Spans
from gradatim.evals.scorers import ScorerInfo
from gradatim.evals.traces import Trace

Plain = dict[str, Any]
_PATIENCE = 8
"""Cells of a model that fail one after the other because it does not answer, until its others are left for later: each
of them has waited and asked again already."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A cell that ended.

    Attributes:
        failure: Why it failed, if it did.
    """

    cell: Cell
    trace: Trace
    failure: str | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to.

    Attributes:
        cells: Of the whole experiment.
        before: Cells that were there already.
        ran: Cells that were run now.
        failed: Those of them that failed; a further run tries them again.
        reasons: Why, each once, with how many cells.
        left: Cells that were not tried, because their model did not answer the ones before.
    """

    folder: Path
    cells: int
    before: int
    ran: int
    failed: int
    reasons: tuple[tuple[str, int], ...] = ()
    left: int = 0


class ExperimentRun:
    """An experiment with everything that it needs. Use `open_run` to get one.

    Args:
        makers: Gives what runs a cell.
        auditor: Judges what cells wrote.
        workers: Cells at the same time.
        prices: What a million tokens cost: `input`, `output`, `cached`.

    Attributes:
        cells: All of them.
        waiting: Those that are still to be run.
        pace: How long that will take.
    """

    def __init__(
        self,
        experiment: Experiment,
        folder: ResultsFolder,
        cells: Sequence[Cell],
        scorers: Sequence[ScorerInfo],
        makers: Callable[[Cell], Maker],
        auditor: Auditor,
        workers: int,
        prices: Mapping[str, float] | None = None,
    ) -> None:
        self.experiment = experiment
        self.folder = folder
        self.cells = tuple(cells)
        self.scorers = tuple(scorers)
        self._makers = makers
        self._auditor = auditor
        self._workers = workers
        self._prices = dict(prices or {})
        self.started = datetime.now(UTC).isoformat(timespec="seconds")
        known = folder.sort([cell.id for cell in cells], lambda trace: failed(trace) is not None)
        folder.rescore(lambda trace: scored(trace, scorers), {info.key for info in scorers})
        self.waiting = tuple(cell for cell in cells if cell.id not in known)
        self.pace = Pace(self.waiting, workers)
        for cell in cells:
            self.pace.knew(cell, known.get(cell.id))
        self._ran = 0
        self._failures: dict[str, int] = {}
        self._silent: Counter[str] = Counter()
        self._left = 0

    async def all(self, on_end: Callable[[Ended], None] | None = None) -> Summary:
        """Run every cell that is not there yet; each is written down as soon as it ends.

        However this is ended, what has ended before is kept, and another run goes on from there.

        Args:
            on_end: Told of each cell.

        Raises:
            StorageError: Results cannot be written.
        """
        self.folder.write_experiment(self.experiment.text)
        self._tell(finished=False)
        self.folder.begin()
        waiting = iter(self.waiting)

        async def work() -> None:
            for cell in waiting:
                if self._silent[cell.model] >= _PATIENCE:
                    self._left += 1
                else:
                    await self._one(cell, on_end)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._workers, len(self.waiting))):
                    group.create_task(work())
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        finally:
            self._tell(finished=not self.pace.left)
        return self.summary

    @property
    def summary(self) -> Summary:
        """What it came to so far."""
        reasons = sorted(self._failures.items(), key=lambda item: (-item[1], item[0]))
        before = len(self.cells) - len(self.waiting)
        failures = sum(self._failures.values())
        return Summary(self.folder.path, len(self.cells), before, self._ran, failures, tuple(reasons), self._left)

    async def _one(self, cell: Cell, on_end: Callable[[Ended], None] | None) -> None:
        began = perf_counter()
        trace = await self._traced(cell)
        failure = failed(trace)
        self.folder.add(trace, scored(trace, self.scorers))
        self.pace.ended(cell, perf_counter() - began, failure is not None)
        self._ran += 1
        if failure is not None:
            self._failures[failure] = self._failures.get(failure, 0) + 1
        silent = failure is not None and trace.outputs["error"]["type"] == ModelError.__name__
        self._silent[cell.model] = self._silent[cell.model] + 1 if silent else 0
        if on_end is not None:
            on_end(Ended(cell, trace, failure))

    async def _traced(self, cell: Cell) -> Trace:
        """The trace of a cell; of one that failed, the trace says why."""
        spans = Spans()
        try:
            with spans.recorded():
                made = await self._makers(cell).make(cell)
            outputs = made.outputs
            if made.feedback is not None and cell.example.task is not None and cell.example.submission is not None:
                outputs = {**outputs, **await self._audit(cell, made)}
        except GradatimError as error:
            return _trace(cell, None, {"error": {"type": type(error).__name__, "message": str(error)}}, spans)
        except Exception as error:  # noqa: BLE001 one cell that breaks must not end the others
            said = f"{type(error).__name__}: {error}".rstrip(": ")
            return _trace(cell, None, {"error": {"type": type(error).__name__, "message": said}}, spans)
        return _trace(cell, made, outputs, spans, self._prices)

    async def _audit(self, cell: Cell, made: Made) -> Plain:
        assert made.feedback is not None
        case = await self._auditor.case(*program_of(cell))
        told, named = await self._auditor.audited(case, made.feedback, cell.example.reference)
        return {
            "audit": {
                "sentences": told,
                "counts": counts(told),
                "leaks": sum(item["leaks"] for item in told),
                "delivered": bool(made.outputs.get("delivered")),
                "verdict": case.execution.verdict,
                "repaired": bool(case.diagnosis.repairs),
            },
            "names": {
                "lines": list(named.lines),
                "misconceptions": list(named.misconceptions),
                "kinds": list(named.kinds),
            },
        }

    def _tell(self, *, finished: bool) -> None:
        spec = self.experiment.spec
        ids = [cell.id for cell in self.cells]
        self.folder.write_manifest(
            {
                "name": spec.experiment,
                "description": spec.description,
                "version": __version__,
                "started": self.started,
                "finished": datetime.now(UTC).isoformat(timespec="seconds") if finished else None,
                "design": spec.design,
                "data": spec.data.model_dump(mode="json"),
                "samples": list(dict.fromkeys(cell.example.id for cell in self.cells)),
                "variants": list(spec.variants),
                "models": list(spec.models),
                "seeds": list(spec.seeds),
                "temperature": spec.temperature,
                "scorers": [info.key for info in self.scorers],
                "cells": len(ids),
                "failed": sum(self._failures.values()),
                "digest": stable_id(*ids, length=32),
            }
        )


def _trace(
    cell: Cell, made: Made | None, outputs: Plain, spans: Spans, prices: Mapping[str, float] | None = None
) -> Trace:
    about: Plain = {
        "variant": cell.variant,
        "model": cell.model,
        "seed": cell.seed,
        "sample": cell.example.id,
        "groups": dict(cell.example.groups),
        "version": __version__,
        **spans.attributes,
    }
    if made is not None:
        about |= {
            "seconds": made.alone,
            "wall": made.seconds,
            "requests": made.tally.requests,
            "shared": made.tally.shared,
        }
    if prices:
        about["prices"] = dict(prices)
    return Trace(
        id=cell.id,
        name=made.name if made is not None else "failed",
        inputs=cell.example.inputs,
        outputs=outputs,
        reference=cell.example.reference,
        attributes=about,
        spans=spans.found(made.owed, made.tally.saved) if made is not None else spans.found({}),
    )
