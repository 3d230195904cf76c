"""`gradatim bench traces`: what recording runs costs, and how fast recorded runs are scored."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures


def traces(request: BenchRequest) -> Figures:
    """Overhead of recording, and traces scored a second."""
    from gradatim.app.bench.traces.overhead import overhead
    from gradatim.app.bench.traces.speed import speed

    return {**overhead(request), **speed(request)}
