"""Records the runs that `test_sabotage.py` compares: `python -m tests.evals.reports.record`.

The runs are real: assessments of our examples on the real graph, worded by a model that errs at a known rate. They take
a minute, which is too long for a test; what they gave is kept beside it, each run as what differs from the first run of
its example.
"""

from __future__ import annotations

import asyncio
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from gradatim.evals.datasets import load
from gradatim.evals.traces import Trace
from gradatim.evals.traces.lines import plain_of, trace_of
from tests.evals.reports.agents import laboratory

RUNS = Path(__file__).with_name("runs.jsonl.xz")
SAMPLES, REPEATS = 60, 21
ERRORS = 0.4
SABOTAGES = ("wrong-line", "lenient", "boastful", "lenient-boastful")
_HEAVY = ("seconds", "prompts", "usage")
"""Outputs that hang on the machine, or that nothing here looks at."""


def recorded() -> Iterator[Trace]:
    """The runs that were recorded."""
    first: dict[str, dict[str, Any]] = {}
    with lzma.open(RUNS) as file:
        for number, line in enumerate(file, 1):
            plain: dict[str, Any] = orjson.loads(line)
            sample = plain["attributes"]["sample"]
            whole = first.setdefault(sample, plain)
            outputs = {**whole["outputs"], **plain["outputs"]}
            yield trace_of({**whole, **plain, "outputs": outputs}, f"{RUNS}:{number}")


async def record() -> None:
    """Run everything, and keep it."""
    examples = list(load("examples", sample=SAMPLES, seed=7))
    kept: dict[str, list[dict[str, Any]]] = {}
    async with laboratory(examples, ERRORS) as lab:
        for kind, seed in [*(("none", seed) for seed in range(1, REPEATS + 1)), *((kind, 1) for kind in SABOTAGES)]:
            async for trace in lab.traces(kind, seed):
                plain = plain_of(trace)
                plain["outputs"] = {key: value for key, value in plain["outputs"].items() if key not in _HEAVY}
                kept.setdefault(trace.attributes["sample"], []).append(plain)
    with lzma.open(RUNS, "wb", preset=9) as file:
        for runs in kept.values():
            for number, run in enumerate(runs):
                file.write(orjson.dumps(run if number == 0 else _difference(run, runs[0])) + b"\n")


def _difference(run: dict[str, Any], first: dict[str, Any]) -> dict[str, Any]:
    """What a run has that the first one of its example has not."""
    outputs = {key: value for key, value in run["outputs"].items() if first["outputs"].get(key) != value}
    kept = {key: value for key, value in run.items() if key not in ("inputs", "reference")}
    return {**kept, "outputs": outputs}


if __name__ == "__main__":
    asyncio.run(record())
