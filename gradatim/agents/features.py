"""What the confidence in a feedback is made of: named numbers in [0, 1], or `None` where something was not measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp

from gradatim.domain import CheckReport, Diagnosis, Feedback

WEIGHTS = {
    "checks": 0.25, "kept": 0.10, "coverage": 0.10, "consistency": 0.20, "likelihood": 0.10, "diagnosis": 0.25,
}  # fmt: skip
"""What each part of the uncalibrated confidence counts; they add up to 1."""
FEATURES = (
    *WEIGHTS, "graph", "execution", "flagged", "refuted_before", "completed", "by_model", "correct", "repair",
    "repair_weight", "repair_generalises", "repair_small",
)  # fmt: skip
"""Everything that a calibration may use."""


def features_of(
    feedback: Feedback,
    diagnosis: Diagnosis,
    reports: Sequence[CheckReport] = (),
    *,
    consistency: float | None = None,
    mean_logprob: float | None = None,
    rounds: int = 0,
) -> dict[str, float | None]:
    """The features of a checked feedback, by the names in `FEATURES`.

    Args:
        reports: What the detectors found.
        consistency: Agreement of independent opinions, in [0, 1].
        mean_logprob: Mean log-probability of the answer's tokens (natural logarithm).
        rounds: Rounds in which the text was refuted before.
    """
    scores = {report.name: report.score for report in reports}
    statements = feedback.statements()
    flagged = {flag.statement for report in reports for flag in report.flags}
    repair = diagnosis.repair
    return {
        "checks": _checks(feedback),
        "kept": _kept(feedback),
        "coverage": _coverage(feedback),
        "consistency": consistency,
        "likelihood": None if mean_logprob is None else min(1.0, exp(mean_logprob)),
        "diagnosis": firmness(diagnosis),
        "graph": scores.get("graph"),
        "execution": scores.get("execution"),
        "flagged": len(flagged) / len(statements) if statements else None,
        "refuted_before": min(1.0, rounds / 2),
        "completed": len(feedback.completed) / 4,
        "by_model": float(feedback.author.startswith("model:")),
        "correct": float(diagnosis.verdict == "correct"),
        "repair": float(repair is not None),
        "repair_weight": repair.weight if repair else None,
        "repair_generalises": float(repair.generalises) if repair and repair.generalises is not None else None,
        "repair_small": 1.0 / len(repair.edits) if repair else None,
    }


def weighted_mean(features: Mapping[str, float | None]) -> float:
    """The uncalibrated confidence in [0, 1]: the weighted mean of the parts that were measured."""
    measured = {name: value for name in WEIGHTS if (value := features.get(name)) is not None}
    weight = sum(WEIGHTS[name] for name in measured)
    return round(sum(WEIGHTS[name] * part for name, part in measured.items()) / weight, 4) if weight else 0.0


def firmness(diagnosis: Diagnosis) -> float:
    """How firmly the cause is established, in [0, 1].

    1 for a correct program, a syntax error or an exception with its line; otherwise the stronger of the best
    misconception match and 0.8 of the highest suspicion of a line.
    """
    if diagnosis.verdict == "correct":
        return 1.0
    if any(item.kind == "syntax" or (item.kind == "exception" and item.lines) for item in diagnosis.evidence):
        return 1.0
    match = max((item.confidence for item in diagnosis.misconceptions), default=0.0)
    line = max((item.score for item in diagnosis.suspicious_lines), default=0.0)
    return round(max(match, 0.8 * line), 4)


def _checks(feedback: Feedback) -> float | None:
    """Share of claims that were supported; an undecided one counts as not supported."""
    checks = [check for statement in feedback.statements() for check in statement.checks]
    if not checks:
        return None
    return sum(check.verdict == "supported" for check in checks) / len(checks)


def _kept(feedback: Feedback) -> float | None:
    """Share of a model's sentences that something bears out; what evidence completed or supplied is not."""
    if not feedback.author.startswith("model:"):
        return None
    own = sum(
        not statement.supplied
        for part, statements in feedback.parts()
        if part not in feedback.completed
        for statement in statements
    )
    written = own + len(feedback.withheld)
    return own / written if written else 0.0


def _coverage(feedback: Feedback) -> float:
    """Share of the statements about the program that cite evidence."""
    statements = (*feedback.error_identification, *feedback.explanation)
    if not statements:
        return 0.0
    return sum(bool(statement.evidence) for statement in statements) / len(statements)
