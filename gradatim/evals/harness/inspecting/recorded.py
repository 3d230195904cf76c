"""Recorded runs as a data set of inspect_ai, and the solver that plays them back without asking any model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from inspect_ai.dataset import Dataset, MemoryDataset, Sample
from inspect_ai.solver import Generate, Solver, TaskState, solver

from gradatim.errors import InputError
from gradatim.evals.harness.inspecting.state import replayed, required, sample_for
from gradatim.evals.traces.formats import FormatName, open_traces
from gradatim.evals.traces.trace import Trace


def recorded_traces(
    source: str | Path | Iterable[Trace], *, format: FormatName | None = None, name: str | None = None
) -> Dataset:
    """Recorded runs as a data set: a sample a run.

    A sample's id is the id of its trace; where that comes again, a number follows. inspect_ai keeps a data set in
    memory; for files that do not fit there is `gradatim eval score`.

    Args:
        source: A file of any format that `gradatim trace export` reads, or traces.
        format: Of the file; by how it begins when not given.
        name: Of the data set; the file's when not given.

    Raises:
        InputError: It cannot be read, or holds no run; names the place.
    """
    if isinstance(source, str | Path):
        path = Path(source)
        traces: Iterable[Trace] = open_traces(path, format)
    else:
        path, traces = None, source
    seen: Counter[str] = Counter()
    samples: list[Sample] = []
    for trace in traces:
        seen[trace.id] += 1
        again = f"-{seen[trace.id]}" if seen[trace.id] > 1 else ""
        samples.append(sample_for(trace, f"{trace.id}{again}"))
    if not samples:
        raise InputError(
            "holds no recorded run", place=str(path or "traces"), remedy="record some: gradatim assess … --traces FILE"
        )
    found = name or (path.stem if path is not None else "traces")
    return MemoryDataset(samples, name=found, location=str(path) if path is not None else None)


@solver
def recorded_solver() -> Solver:
    """Play a recorded run back: its messages and its last answer, as they were. No model is asked."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        return replayed(state, required(state))

    return solve
