"""`gradatim bench tutoring`: simulated learners, tutored by the graph and by the same model alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures


def tutoring(request: BenchRequest) -> Figures:
    """How many come to a passing program within 8 turns, what is given away, and what is told wrongly."""
    from gradatim.app.bench.tutoring.bench import run

    return run(request)
