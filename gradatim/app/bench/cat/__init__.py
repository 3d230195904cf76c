"""`gradatim bench cat`: simulated adaptive tests, beside catsim."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures


def cat(request: BenchRequest) -> Figures:
    """Examinees a second and error of ability, 500 items × 1,000 examinees × 20 questions; `--sample`: examinees."""
    from gradatim.app.bench.cat.bench import run

    return run(request)
