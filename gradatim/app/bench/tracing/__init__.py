"""`gradatim bench tracing`: models of knowledge tracing on held-out learners, and pyBKT beside the plain one.

`--data` names a folder with `train.csv` (responses as CSV or in the three-line format). docs/tracing.md explains the
figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures


def tracing(request: BenchRequest) -> Figures:
    """AUC in both columns, seconds to fit, and microseconds of an update and prediction; pyBKT on the largest skills.

    With `--sample N`, N skills stand beside pyBKT in place of ten.

    Raises:
        InputError: There is no folder, or its data cannot be used.
    """
    from gradatim.app.bench.tracing.bench import run

    return run(request)
