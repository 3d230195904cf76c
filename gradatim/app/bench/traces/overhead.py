"""What recording costs: the same assessments with and without it, in turn in one run.

A pair is one program, assessed three times with and three times without recording in turn, on the same services; which
of the two comes first changes from pair to pair, and of each three the fastest counts, so that whatever else the
machine does hits both alike, or neither. Time is told as it passes until the assessment is there, and as time that this
process works, which includes the thread that writes the file, to its last byte. The cost is the median of the ratios of
the pairs, with its distribution-free 95 % interval from order statistics (Conover, Practical Nonparametric Statistics,
1999, §3.2). The search for repairs is off: it would only make the share of recording smaller.

Beside that, the work of recording alone is timed, which no noise of an assessment hides: its spans, and turning a
recorded run into its line. So is what the spans take where nobody records.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
from dataclasses import dataclass, field
from math import comb
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING

from gradatim import telemetry
from gradatim.app.bench.overhead import _PROGRAMS as PROGRAMS  # pyright: ignore[reportPrivateUsage]
from gradatim.app.bench.overhead import _TASK as TASK  # pyright: ignore[reportPrivateUsage]
from gradatim.app.bench.overhead import LEARNER, fill
from gradatim.domain import Submission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradatim.app.bench import BenchRequest, Figures
    from gradatim.evals.traces.recording import Recording
    from gradatim.graphs import Assessor
    from gradatim.memory.rights.scrubbing import Scrubber
    from gradatim.telemetry import Recorder, Run

PAIRS = 80
CONTENT_PAIRS = 24
REPEATS = 3
"""Assessments of one side of a pair, of which the fastest counts."""
LIMIT_PERCENT = 2.0
"""What recording may cost."""
_WARM_UP = 2
_SPANS = 10_000
_CONVERTED = 200
_LEVEL = 0.95


@dataclass(slots=True)
class Times:
    """Seconds of one side of the pairs: that passed, and that this process worked."""

    passed: list[float] = field(default_factory=list[float])
    worked: list[float] = field(default_factory=list[float])


def overhead(request: BenchRequest) -> Figures:
    """Medians with and without recording, and what it costs in percent."""
    return asyncio.run(_run(request))


async def _run(request: BenchRequest) -> Figures:
    from gradatim.evals.traces.recording import recording
    from gradatim.graphs import open_assessor
    from gradatim.memory.rights.scrubbing import Scrubber

    pairs = request.sample or PAIRS
    with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as folder:
        settings = request.settings.model_copy(
            update={
                "data_dir": Path(folder), "model": "none", "repair_seconds": 0.0, "traces": None, "otlp_endpoint": None
            }
        )  # fmt: skip
        file, full = Path(folder, "traces.jsonl"), Path(folder, "content.jsonl")
        plain = recording(file, settings=settings, content="none")
        whole = recording(full, settings=settings, content="pseudonymised")
        async with open_assessor(settings) as assessor:
            await fill(assessor.services.memory)
            request.say(f"{pairs} pairs of assessments, with and without recording")
            off, on = await _timed(assessor, plain, pairs)
            request.say("the same with learners' text kept")
            bare, content = await _timed(assessor, whole, min(pairs, CONTENT_PAIRS))
            converted = await _conversion_seconds(assessor, Scrubber.of(settings, keeps_content=False))
        each, size = _per_run(file)
        _, full_size = _per_run(full)
    wall, wall_low, wall_high = median_ratio(on.passed, off.passed)
    cpu, cpu_low, cpu_high = median_ratio(on.worked, off.worked)
    kept, kept_low, kept_high = median_ratio(content.worked, bare.worked)
    alone = each * _span_seconds(_Kept()) + converted
    unused = each * _span_seconds(None)
    return {
        "overhead_pairs": pairs,
        "spans_a_run": round(each, 1),
        "bytes_a_run": round(size),
        "bytes_a_run_with_content": round(full_size),
        "without_ms": _ms(off.passed),
        "with_ms": _ms(on.passed),
        "wall_percent": _percent(wall),
        "wall_percent_low": _percent(wall_low),
        "wall_percent_high": _percent(wall_high),
        "without_cpu_ms": _ms(off.worked),
        "with_cpu_ms": _ms(on.worked),
        "cpu_percent": _percent(cpu),
        "cpu_percent_low": _percent(cpu_low),
        "cpu_percent_high": _percent(cpu_high),
        "overhead_limit_percent": LIMIT_PERCENT,
        "overhead_within_limit": max(_percent(wall), _percent(cpu)) <= LIMIT_PERCENT,
        "with_content_cpu_percent": _percent(kept),
        "with_content_cpu_percent_low": _percent(kept_low),
        "with_content_cpu_percent_high": _percent(kept_high),
        "alone_us": round(1e6 * alone, 1),
        "alone_percent": round(100 * alone / median(off.worked), 2),
        "unused_us": round(1e6 * unused, 1),
        "unused_percent": round(100 * unused / median(off.worked), 3),
    }


def _per_run(file: Path) -> tuple[float, float]:
    """Spans and bytes of a run in a file of traces, on average."""
    from gradatim.evals.traces import read_traces

    spans = [len(trace.spans) for trace in read_traces(file)]
    return sum(spans) / len(spans), file.stat().st_size / len(spans)


async def _timed(assessor: Assessor, taken: Recording, pairs: int) -> tuple[Times, Times]:
    """Times without and with recording, pair by pair."""
    found = (Times(), Times())
    gc.collect()
    gc.disable()  # a collection would hit whoever happens to be at work
    try:
        with taken:
            for number in range(pairs + _WARM_UP):
                tries = (Times(), Times())
                for attempt in range(2 * REPEATS):
                    with_it = (number + attempt) % 2 == 1
                    passed, worked = await _once(assessor, taken if with_it else None, number, attempt)
                    tries[with_it].passed.append(passed)
                    tries[with_it].worked.append(worked)
                if number >= _WARM_UP:
                    for side, tried in zip(found, tries, strict=True):
                        side.passed.append(min(tried.passed))
                        side.worked.append(min(tried.worked))
                gc.collect()
    finally:
        gc.enable()
    return found


async def _once(assessor: Assessor, taken: Recording | None, number: int, attempt: int) -> tuple[float, float]:
    submission = _submission(f"{number} {attempt}", number)
    began, worked = perf_counter(), process_time()
    if taken is None:
        with telemetry.recorded_by(None):
            await assessor.assess(TASK, submission)
        return perf_counter() - began, process_time() - worked
    await assessor.assess(TASK, submission)
    passed = perf_counter() - began
    taken.drain()  # what the writing thread does for this run counts for it
    return passed, process_time() - worked


def _submission(name: str, number: int) -> Submission:
    # a comment makes every submission a new one, as programs of a class are
    return Submission.of(TASK.id, f"# {name}\n{PROGRAMS[number % len(PROGRAMS)]}", learner_id=LEARNER)


class _Kept:
    """A recorder that keeps runs and does nothing with them."""

    def __init__(self) -> None:
        self.runs: list[Run] = []

    def began(self, run: Run) -> None:
        """A run begins."""

    def take(self, run: Run) -> None:
        """A run is over."""
        self.runs.append(run)


async def _conversion_seconds(assessor: Assessor, scrubber: Scrubber) -> float:
    """Seconds of turning a recorded run into its line, on average over runs of each program."""
    from gradatim.evals.traces.lines import line_of
    from gradatim.evals.traces.recording.converting import trace_of_run

    kept = _Kept()
    with telemetry.policed(scrubber), telemetry.recorded_by(kept):
        for number in range(len(PROGRAMS)):
            await assessor.assess(TASK, _submission(f"kept {number}", number))
    began = process_time()
    for number in range(_CONVERTED):
        line_of(trace_of_run(kept.runs[number % len(kept.runs)], scrubber))
    return (process_time() - began) / _CONVERTED


def _span_seconds(recorder: Recorder | None) -> float:
    """Seconds that one span takes, recorded or where nobody listens."""
    began = process_time()
    with telemetry.recorded_by(recorder):
        for _ in range(_SPANS // 20):
            with telemetry.workflow("timed", "thread", learner=LEARNER):
                for _ in range(19):
                    with telemetry.agent("timed") as work:
                        work.set("gradatim.number", 1)
    return (process_time() - began) / _SPANS


def median_ratio(ones: Sequence[float], others: Sequence[float]) -> tuple[float, float, float]:
    """Median of the ratios of pairs, and an interval that holds it with 95 % or more.

    The interval's ends are the k-th smallest and k-th largest ratio, with the largest k for which a binomial variable
    of n tries and chance ½ is below k with at most 2.5 %. With fewer than six pairs it spans all of them.
    """
    ratios = sorted(one / other for one, other in zip(ones, others, strict=True))
    count, below, k = len(ratios), 0.0, 0
    while k < count // 2 and below + comb(count, k) / 2**count <= (1 - _LEVEL) / 2:
        below += comb(count, k) / 2**count
        k += 1
    k = max(k, 1)
    return median(ratios), ratios[k - 1], ratios[count - k]


def _ms(seconds: Sequence[float]) -> float:
    return round(1000 * median(seconds), 3)


def _percent(ratio: float) -> float:
    return round(100 * (ratio - 1), 2)
