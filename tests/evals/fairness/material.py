"""Made runs of learners in groups, with or without a bias that is known."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import orjson

from gradatim.evals.results import Scored, line_of
from gradatim.evals.traces import Trace, write_traces


def run(
    draw: random.Random,
    number: int,
    groups: dict[str, str],
    *,
    review: float = 0.2,
    score: float = 0.6,
    right: float = 0.8,
    wrong_verdict: float = 0.1,
    confidence: float = 0.8,
    learner: str | None = None,
    seed: int = 0,
    variant: str = "full",
    model: str = "none",
) -> tuple[Trace, Scored]:
    """One run and its score of rightness."""
    truth = draw.choice(["correct", "incorrect"])
    other = {"correct": "incorrect", "incorrect": "correct"}[truth]
    stated = min(1.0, max(0.0, draw.gauss(confidence, 0.1)))
    outputs: dict[str, Any] = {
        "confidence": {"value": stated, "route": "review" if draw.random() < review else "deliver"},
        "rubric": {"value": min(1.0, max(0.0, draw.gauss(score, 0.15)))},
        "diagnosis": {"verdict": other if draw.random() < wrong_verdict else truth},
    }
    outputs["delivered"] = outputs["confidence"]["route"] == "deliver"
    sample = f"task/{number}.py"
    trace = Trace(
        id=f"{number * 100 + seed:032x}",
        name="assessment",
        inputs={} if learner is None else {"learner": learner},
        outputs=outputs,
        reference={"verdict": truth},
        attributes={"variant": variant, "model": model, "seed": seed, "sample": sample, "groups": groups},
    )
    fine = 1.0 if draw.random() < right else 0.0
    return trace, Scored(trace.id, variant, model, seed, sample, "calibration", fine, metadata={"probability": stated})


def experiment(folder: Path, runs: list[tuple[Trace, Scored]]) -> Path:
    """A folder of results."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_bytes(orjson.dumps({"name": "made"}))
    write_traces(folder / "traces.jsonl", [trace for trace, _ in runs])
    (folder / "scores.jsonl").write_bytes(b"".join(line_of(scored) for _, scored in runs))
    return folder
