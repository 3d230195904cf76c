"""How much students ask for, what machines cost, and what a student's term comes to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

HOURLY_PRICES: Mapping[str, float] = {"a100-80": 2.0, "rtx4090": 0.5, "cpu": 0.3}
"""Price of one accelerator for an hour. Assumed: round figures of the order of rented machines in US dollars, no
offer of anybody."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a course asks for in a term.

    Attributes:
        students: How many there are.
        assessments: Assessments of each student in a term.
        weeks: Weeks of the term.
        hours: Hours a week in which the model is served, and paid for.
        peak: Assessments in the busiest hour over those of a mean hour.
        think_minutes: Minutes of a student's own work between an answer and the next submission.
    """

    students: int = 200
    assessments: float = 40
    weeks: float = 15
    hours: float = 168
    peak: float = 5
    think_minutes: float = 10

    @property
    def total(self) -> float:
        """Assessments of all students in the term."""
        return self.students * self.assessments

    @property
    def busiest_rate(self) -> float:
        """Assessments a second in the busiest hour."""
        return self.total / (self.weeks * self.hours * 3600) * self.peak

    def servers(self, rate: float) -> int:
        """Servers that carry the busiest hour, each at `rate` assessments a second."""
        return max(1, math.ceil(self.busiest_rate / rate - 1e-9))

    def rent(self, servers: int, hourly: float) -> float:
        """Price of servers for the term, at `hourly` each."""
        return servers * hourly * self.hours * self.weeks
