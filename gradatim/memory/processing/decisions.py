"""What was done about missing and doubtful data: every decision with its rule, its reason and its figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

DecisionKind = Literal["coded 0", "imputed", "excluded", "left missing", "scored on what is complete", "capped"]
KINDS: tuple[DecisionKind, ...] = (
    "coded 0",
    "imputed",
    "excluded",
    "left missing",
    "scored on what is complete",
    "capped",
)
Figure = str | float | int | None


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision.

    Attributes:
        kind: What was done.
        what: What it was done to: an action, a survey's item, an attempt, …
        learner: Whose data; `None` for a decision about all.
        rule: The rule of the policy that it follows.
        reason: What in the data brought it under the rule.
        figures: What it rests on, and what came of it.
    """

    kind: DecisionKind
    what: str
    learner: str | None
    rule: str
    reason: str
    figures: Mapping[str, Figure] = field(default_factory=dict[str, Figure])

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "kind": self.kind,
            "what": self.what,
            "learner": self.learner,
            "rule": self.rule,
            "reason": self.reason,
            "figures": dict(self.figures),
        }


@dataclass(frozen=True, slots=True)
class ProcessingReport:
    """All decisions about some learners.

    Attributes:
        learners: Ids of all whose data were looked at.
        decisions: In the order of the policy: logs, attempts, surveys.
    """

    learners: tuple[str, ...]
    decisions: tuple[Decision, ...]

    def of(self, learner: str) -> ProcessingReport:
        """Decisions about one learner, and those about all."""
        kept = tuple(decision for decision in self.decisions if decision.learner in (learner, None))
        return ProcessingReport(tuple(name for name in self.learners if name == learner), kept)

    @property
    def counts(self) -> dict[DecisionKind, int]:
        """How many decisions there are of each kind."""
        return {kind: sum(decision.kind == kind for decision in self.decisions) for kind in KINDS}

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "learners": list(self.learners),
            "counts": dict(self.counts),
            "decisions": [decision.plain() for decision in self.decisions],
        }


def merged(reports: Iterable[ProcessingReport]) -> ProcessingReport:
    """Several reports as one."""
    kept = list(reports)
    learners = dict.fromkeys(name for report in kept for name in report.learners)
    return ProcessingReport(tuple(learners), tuple(decision for report in kept for decision in report.decisions))
