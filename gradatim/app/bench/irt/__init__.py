"""`gradatim bench irt`: item parameters recovered from simulated responses, beside girth and mirt."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures


def irt(request: BenchRequest) -> Figures:
    """Errors of discrimination and difficulty, and seconds, on the same data; `--sample` gives the data sets a size."""
    from gradatim.app.bench.irt.bench import run

    return run(request)
