"""Why a feedback goes to a person: the rules of the policy, applied to one feedback."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gradatim.agents.detection import disagreement
from gradatim.agents.policy import Policy
from gradatim.agents.safety import SafetyWords
from gradatim.domain import Cause, CauseKind, CheckReport, Degradation, Feedback, stable_id
from gradatim.tools.claims.case import Case


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rules look at.

    Attributes:
        feedback: With its checks.
        value: Confidence in it, in [0, 1].
        parts: What the confidence was made of, to name the weakest.
        reports: What the detectors found.
        case: Task and program, where they are known.
        refuted_before: The model's text was refuted in every round, and evidence speaks alone.
        unused: No feedback on this task was delivered or decided yet.
        run: Id of the run: decides whether it is drawn for an audit.
    """

    feedback: Feedback
    value: float
    parts: Mapping[str, float | None]
    reports: Sequence[CheckReport] = ()
    case: Case | None = None
    degradations: Sequence[Degradation] = field(default_factory=tuple[Degradation, ...])
    refuted_before: bool = False
    unused: bool = False
    run: str = ""


def causes(policy: Policy, situation: Situation, safety: SafetyWords) -> tuple[Cause, ...]:
    """The rules that ask for a person, most urgent first; none: the feedback may be delivered.

    Args:
        policy: For this task.
        safety: Phrases of the rule `safety`.
    """
    found = [
        Cause(kind=kind, priority=rule.priority, detail=detail)
        for kind, detail in _findings(policy, situation, safety)
        if (rule := policy.rule(kind)) is not None
    ]
    return tuple(sorted(found, key=lambda cause: -cause.priority))


def _findings(policy: Policy, situation: Situation, safety: SafetyWords) -> Iterator[tuple[CauseKind, str]]:
    """Every rule that applies, whether it is active or not."""
    feedback, case = situation.feedback, situation.case
    if policy.rule("safety") and _distress(situation, safety):
        yield "safety", "words in the program or in the feedback may point to distress or danger: read this first"
    if feedback.refuted:
        yield "refuted", "a statement made from evidence was refuted"
    elif situation.refuted_before:
        yield "refuted", "the model's text was refuted in every round; this one is made from evidence alone"
    if not any(statement.evidence for statement in feedback.error_identification):
        yield "no-evidence", "what is wrong is stated without evidence"
    gap = disagreement(situation.reports)
    if gap is not None and gap[0] > policy.rules["checks-disagree"].gap:
        good, bad = (f"{report.name} {report.score:.2f}" for report in gap[1:])
        yield "checks-disagree", f"the checks disagree: {good}, {bad}"
    if case is not None and _only_hidden(case):
        yield "hidden-only", "only hidden tests fail: the learner cannot see what the feedback rests on"
    failed = [item for item in situation.degradations if item.node in policy.rules["degraded"].nodes]
    if failed:
        yield "degraded", f"a part could not do its work: {', '.join(dict.fromkeys(item.node for item in failed))}"
    if situation.value < policy.threshold:
        yield "low-confidence", _low(policy, situation)
    if situation.unused:
        yield "first-use", "no feedback on this task has been delivered or decided yet"
    yield "always", "the policy asks for a person on every feedback"
    if _drawn(situation.run, policy.rules["audit"].share):
        yield "audit", "drawn at random, so that feedback nobody doubted is looked at too"


def _low(policy: Policy, situation: Situation) -> str:
    text = f"confidence {situation.value:.2f} is below {policy.threshold:.2f}"
    measured = {name: value for name, value in situation.parts.items() if value is not None}
    if not measured:
        return text
    weakest = min(measured, key=lambda name: measured[name])
    return f"{text}; weakest part: {weakest} {measured[weakest]:.2f}"


def _distress(situation: Situation, safety: SafetyWords) -> bool:
    feedback, case = situation.feedback, situation.case
    texts = [statement.text for statement in (*feedback.statements(), *feedback.withheld)]
    task = ""
    if case is not None:
        texts.append(case.submission.code)
        tests = (text for test in case.task.tests for text in (test.call, test.expect, test.stdin, test.check) if text)
        task = "\n".join((case.task.title, case.task.statement, case.task.setup, *tests, case.task.reference or ""))
    return safety.found(texts, task)


def _only_hidden(case: Case) -> bool:
    hidden = {test.id for test in case.task.tests if test.hidden}
    failed = {outcome.test for outcome in case.execution.outcomes if outcome.status != "passed"}
    return case.execution.load_error is None and bool(failed) and failed <= hidden


def _drawn(run: str, share: float) -> bool:
    """The same run is always drawn or never, however often it is asked."""
    return bool(run) and int(stable_id("audit", run), 16) < share * 16**12
