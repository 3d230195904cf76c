"""`gradatim bench items`: generated items executed again, and their difficulty against simulated learners."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures


def items(request: BenchRequest) -> Figures:
    """Shares of items that hold when executed, rank correlation with simulated learners, error of requests.

    With `--sample N`, N items are made in place of 200.

    Raises:
        InputError: Fewer than five items are asked for.
    """
    from gradatim.app.bench.items.bench import run

    return run(request)
