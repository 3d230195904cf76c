"""What speaks against a line, gathered from independent sources."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Suspicion:
    """What speaks against one line; reasons join as `1 - (1 - a)(1 - b)…`.

    Attributes:
        innocence: What is left when all reasons are taken together, in [0, 1].
        repairable: What tried changes add: half the share of failing tests that a change here makes pass, and twice
            the weight of the best repair that touches it.
    """

    innocence: float = 1.0
    repairable: float = 0.0
    reasons: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])

    def add(self, weight: float, why: str) -> None:
        """Add a reason with the probability that it alone gives."""
        if weight > 0:
            self.innocence *= 1 - min(weight, 0.99)
            self.reasons.append((weight, why))

    @property
    def total(self) -> float:
        """What lines are ranked by."""
        return 1 - self.innocence + self.repairable

    @property
    def why(self) -> str:
        """The two strongest reasons as one sentence."""
        texts = dict.fromkeys(text for _, text in sorted(self.reasons, key=lambda reason: -reason[0]))
        joined = "; ".join(list(texts)[:2])
        return joined[:1].upper() + joined[1:] + "."


class Suspicions:
    """The suspicions of all lines."""

    def __init__(self) -> None:
        self.lines: dict[int, Suspicion] = {}

    def add(self, line: int, weight: float, why: str) -> None:
        """Add a reason against a line."""
        self.lines.setdefault(line, Suspicion()).add(weight, why)

    def add_repair(self, line: int, value: float, why: str) -> None:
        """Add what a tried change shows."""
        item = self.lines.setdefault(line, Suspicion())
        item.repairable += value
        item.reasons.append((value, why))
