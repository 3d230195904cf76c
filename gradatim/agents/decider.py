"""Decider: joins checks and self-consistency into a confidence, and routes on it.

Confidence v1 is a weighted mean of six parts, each in [0, 1], documented in docs/confidence.md. It is not
calibrated against outcomes yet, and says so. A part that was not measured is left out and its weight shared by
the others.
"""

from __future__ import annotations

from math import exp
from typing import Any

from gradatim.agents.reviews import review_request, save_request
from gradatim.agents.state import Plain, State, checked_of, diagnosis_of, generation_of
from gradatim.domain import Confidence, Diagnosis, Feedback, Route

WEIGHTS = {
    "checks": 0.25, "kept": 0.10, "coverage": 0.10, "consistency": 0.20, "likelihood": 0.10, "diagnosis": 0.25,
}  # fmt: skip
"""What each part counts; they add up to 1."""


class Decider:
    """Deliver, revise or review.

    Args:
        threshold: Confidence from which a feedback is delivered without a person.
        max_revisions: Rounds a refuted feedback goes back to the model before evidence speaks alone.
    """

    name = "decide"

    def __init__(self, threshold: float, max_revisions: int) -> None:
        self.threshold = threshold
        self.max_revisions = max_revisions

    def judge(
        self,
        feedback: Feedback,
        diagnosis: Diagnosis,
        *,
        consistency: float | None = None,
        mean_logprob: float | None = None,
        refuted_before: bool = False,
    ) -> Confidence:
        """The confidence in a checked feedback, with its route.

        Args:
            consistency: Agreement of independent opinions, in [0, 1].
            mean_logprob: Mean log-probability of the answer's tokens (natural logarithm).
            refuted_before: The model used up its rounds, and the realiser stands in: a person has to look.
        """
        components: dict[str, float | None] = {
            "checks": _checks(feedback),
            "kept": _kept(feedback),
            "coverage": _coverage(feedback),
            "consistency": consistency,
            "likelihood": None if mean_logprob is None else min(1.0, exp(mean_logprob)),
            "diagnosis": firmness(diagnosis),
        }
        measured = {name: value for name, value in components.items() if value is not None}
        weight = sum(WEIGHTS[name] for name in measured)
        value = round(sum(WEIGHTS[name] * part for name, part in measured.items()) / weight, 4)
        route: Route
        reasons: list[str] = []
        if feedback.refuted and not refuted_before:
            route = "revise"
            reasons = [
                check.detail for item in feedback.statements() for check in item.checks if check.verdict == "refuted"
            ]
        elif feedback.refuted:
            route = "review"
            reasons.append("a statement made from evidence was refuted")
        elif refuted_before:
            route = "review"
            reasons.append("the model's text was refuted in every round; this one is made from evidence alone")
        elif value < self.threshold:
            route = "review"
            weakest = min(measured, key=lambda name: measured[name])
            reasons.append(
                f"confidence {value:.2f} is below {self.threshold:.2f}; weakest part: {weakest} {measured[weakest]:.2f}"
            )
        elif not any(statement.evidence for statement in feedback.error_identification):
            route = "review"
            reasons.append("what is wrong is stated without evidence")
        else:
            route = "deliver"
        return Confidence(value=value, components=components, route=route, reasons=tuple(reasons))

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        confidence = self.judge(
            checked_of(state),
            diagnosis_of(state),
            consistency=state.get("consistency"),
            mean_logprob=generation_of(state).get("mean_logprob"),
            refuted_before=bool(state.get("realise")),
        )
        update: Plain = {"confidence": confidence.plain()}
        if confidence.route == "review":
            # before the interrupt, so that nothing that waits for a person can be missing from the list
            await save_request(runtime, review_request({**state, **update}))
        return update


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
    """Share of a model's sentences that something bears out; what the realiser completed is not the model's."""
    if not feedback.author.startswith("model:"):
        return None
    own = sum(len(statements) for part, statements in feedback.parts() if part not in feedback.completed)
    written = own + len(feedback.withheld)
    return own / written if written else 0.0


def _coverage(feedback: Feedback) -> float:
    """Share of the statements about the program that cite evidence."""
    statements = (*feedback.error_identification, *feedback.explanation)
    if not statements:
        return 0.0
    return sum(bool(statement.evidence) for statement in statements) / len(statements)
