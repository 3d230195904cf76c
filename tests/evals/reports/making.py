"""Folders of results for tests, written as experiments write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import orjson

from gradatim.evals.results import MANIFEST, SCORES, TRACES, Scored, line_of
from gradatim.evals.scorers.score import ScorerInfo, score_trace
from gradatim.evals.traces import Span, Trace
from gradatim.evals.traces.lines import write_traces

START = 1_790_000_000_000_000_000
SECOND = 1_000_000_000


def scored(
    sample: object,
    key: str,
    score: float | None,
    *,
    variant: str = "full",
    model: str = "m",
    seed: int = 1,
    comment: str = "",
    **metadata: Any,
) -> Scored:
    """One score."""
    name = f"{sample}"
    return Scored(f"{variant}/{model}/{seed}/{name}", variant, model, seed, name, key, score, comment, metadata)


def write_folder(
    folder: Path,
    scores: Iterable[Scored],
    traces: Sequence[Trace] | None = None,
    **manifest: Any,
) -> Path:
    """A folder of results."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).write_bytes(orjson.dumps({"name": folder.name, "version": "1", **manifest}))
    (folder / SCORES).write_bytes(b"".join(map(line_of, scores)))
    if traces is not None:
        write_traces(folder / TRACES, traces)
    return folder


def scores_of(trace: Trace, scorers: Sequence[ScorerInfo]) -> Iterator[Scored]:
    """What scorers say of a trace."""
    about: Mapping[str, Any] = trace.attributes
    for score in score_trace(trace, scorers):
        value = score["score"]
        yield Scored(
            trace.id,
            about["variant"],
            about["model"],
            about["seed"],
            about["sample"],
            score["key"],
            None if value is None else float(value),
            score["comment"],
            score.get("metadata", {}),
        )


def run(
    sample: object, seconds: float, *, at: float = 0.0, asked: float = 0.0, variant: str = "full", **about: Any
) -> Trace:
    """A run with spans: two nodes one after the other, the second of which asks a model."""
    start = START + int(at * SECOND)
    end, middle = start + int(seconds * SECOND), start + int((seconds - asked) * SECOND)
    tokens = {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 20}
    spans = (
        Span("0" * 16, None, "invoke_workflow assessment", "invoke_workflow", start, end),
        Span("1" * 16, "0" * 16, "invoke_agent diagnose", "invoke_agent", start, middle),
        Span("2" * 16, "0" * 16, "invoke_agent generate", "invoke_agent", middle, end),
        *((Span("3" * 16, "2" * 16, "chat m", "chat", middle, end, attributes=tokens),) if asked else ()),
    )
    attributes = {"variant": variant, "model": "m", "seed": 1, "sample": f"{sample}", **about}
    return Trace(f"{variant}/{sample}", "assessment", attributes=attributes, spans=spans)


def failed_run(sample: object, why: str, *, variant: str = "full") -> Trace:
    """A run that failed, as experiments record it."""
    attributes = {"variant": variant, "model": "m", "seed": 1, "sample": f"{sample}"}
    return Trace(f"{variant}/{sample}", "failed", outputs={"error": {"message": why}}, attributes=attributes)


def experiment(
    folder: Path, qualities: Mapping[str, float], *, samples: int = 40, seeds: int = 2, seed: int = 0
) -> Path:
    """A whole experiment: variants of different quality on examples of different difficulty, some runs of which failed.

    Args:
        qualities: Variant → probability of a right answer on an example of mean difficulty.
    """
    chance = Random(seed)
    scores: list[Scored] = []
    traces: list[Trace] = []
    for sample in range(samples):
        hardness, people = chance.gauss(0, 0.15), chance.random()
        for number in range(1, seeds + 1):
            for variant, quality in qualities.items():
                place: dict[str, Any] = {"variant": variant, "seed": number}
                if chance.random() < 0.03:
                    broken = [
                        scored(sample, key, None, comment="the run failed: no model", **place)
                        for key in ("expert_agreement", "precision_rubric", "calibration")
                    ]
                    scores += broken
                    traces.append(failed_run(f"{sample}-{number}", "no model", variant=variant))
                    continue
                likely = min(0.98, max(0.02, quality - hardness))
                right = chance.random() < likely
                machine = min(1.0, max(0.0, people + chance.gauss(0, 0.5 * (1 - quality))))
                pair = {"machine": machine, "people": people}
                rubric = min(1.0, max(0.0, likely + chance.gauss(0, 0.1)))
                scores += [
                    scored(sample, "expert_agreement", 1 - abs(machine - people), **place, **pair),
                    scored(sample, "precision_rubric", rubric, **place),
                    scored(sample, "calibration", float(right), probability=likely, **place),
                ]
                traces.append(
                    run(f"{sample}-{number}", 1 + chance.random(), at=len(traces) / 4, asked=0.5, variant=variant)
                )
    return write_folder(
        folder,
        scores,
        traces,
        samples=[f"{sample}" for sample in range(samples)],
        variants=list(qualities),
        models=["m"],
        seeds=list(range(1, seeds + 1)),
    )
