"""`gradatim bench online`: one answer taken in, and what it tells about the rest of the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures


def online(request: BenchRequest) -> Figures:
    """Microseconds of one answer, in memory and through the stored memory; and how good what is inferred is."""
    from gradatim.app.bench.online.bench import run

    return run(request)
