"""Three ways of detecting statements that nothing bears out, each on its own and with reasons.

`GraphCheck` reads what the concept graph said about claims of concepts and misconceptions, `ExecutionCheck` what
running the program and its tests said, `ConsistencyCheck` what independent opinions of the model say. Each looks at
its own kinds of claims only, so that one that has nothing to look at gives no score rather than a good one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gradatim.agents.agreement import support
from gradatim.agents.critic import Opinion, consistency
from gradatim.domain import Check, CheckReport, Claim, Feedback, Flag

GRAPH_CLAIMS = frozenset({"concept_relation", "concept_definition", "misconception"})
OPEN_CLAIMS = frozenset({"prose", "history"})
"""Claims that neither the graph nor an execution decides."""
DOUBTED = 0.5
"""A claim with less support than this among the opinions is flagged."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at.

    Attributes:
        feedback: With a check for each claim.
        program: The student's program.
        opinions: Independent short diagnoses of the model.
    """

    feedback: Feedback
    program: str = ""
    opinions: tuple[Opinion, ...] = ()


class Detector(Protocol):
    """One way of detecting unsupported statements."""

    @property
    def name(self) -> str: ...

    def __call__(self, subject: Subject) -> CheckReport: ...


class GraphCheck:
    """Claims about concepts and misconceptions, as the concept graph decided them."""

    name = "graph"

    def __call__(self, subject: Subject) -> CheckReport:
        return _report(self.name, subject.feedback, lambda check: check.claim.kind in GRAPH_CLAIMS)


class ExecutionCheck:
    """Claims about what the program does, as running and reading it decided them."""

    name = "execution"

    def __call__(self, subject: Subject) -> CheckReport:
        return _report(self.name, subject.feedback, lambda check: check.claim.kind not in GRAPH_CLAIMS | OPEN_CLAIMS)


class ConsistencyCheck:
    """Claims of the feedback against the claims of independent opinions."""

    name = "consistency"

    def __call__(self, subject: Subject) -> CheckReport:
        samples = [item.claims(subject.program) for item in subject.opinions]
        score = consistency(subject.opinions, subject.feedback, subject.program)
        if score is None:
            return CheckReport(name=self.name)
        flags = [
            Flag(statement=number, reason=f"{_told(claim)}: {value:.0%} support among {len(samples)} opinions")
            for number, statement in enumerate(subject.feedback.statements())
            for claim in statement.claims
            if (value := support(claim, samples)) is not None and value < DOUBTED
        ]
        return CheckReport(name=self.name, score=score, flags=tuple(flags))


DETECTORS: tuple[Detector, ...] = (GraphCheck(), ExecutionCheck(), ConsistencyCheck())


def detect(subject: Subject, detectors: Sequence[Detector] = DETECTORS) -> tuple[CheckReport, ...]:
    """What every detector found, in their order."""
    return tuple(detector(subject) for detector in detectors)


def disagreement(reports: Sequence[CheckReport]) -> tuple[float, CheckReport, CheckReport] | None:
    """The largest difference between two scores, with the better and the worse report; `None` with fewer than two."""
    scored = sorted(
        ((report.score, number, report) for number, report in enumerate(reports) if report.score is not None),
        reverse=True,
    )
    if len(scored) < 2:
        return None
    return scored[0][0] - scored[-1][0], scored[0][2], scored[-1][2]


class _Wanted(Protocol):
    def __call__(self, check: Check, /) -> bool: ...


def _report(name: str, feedback: Feedback, wanted: _Wanted) -> CheckReport:
    """Share of the checks of some kinds that support their claim; what is refuted or open is flagged."""
    supported = looked_at = 0
    flags: list[Flag] = []
    for number, statement in enumerate(feedback.statements()):
        for check in statement.checks:
            if not wanted(check):
                continue
            looked_at += 1
            if check.verdict == "supported":
                supported += 1
            else:
                flags.append(Flag(statement=number, reason=f"{check.verdict}: {check.detail}"))
    score = supported / looked_at if looked_at else None
    return CheckReport(name=name, score=score, flags=tuple(flags))


def _told(claim: Claim) -> str:
    """What a claim that opinions were asked about says, in a few words."""
    names = {
        "fault_line": "the fault lies here",
        "fault_kind": "it is of this kind",
        "misconception": "it shows this misconception",
        "call_result": "this call gives this result",
        "exception": "this exception is raised",
    }
    return names.get(claim.kind, claim.kind)
