"""`gradatim bench forget`: how long forgetting a learner takes among thousands, and whether anything is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures


def forget(request: BenchRequest) -> Figures:
    """Forgets learners in a store of 10,000 (or `--sample`), some of them killed in the middle and begun again.

    What is left is looked for with means of its own: every file is read, and every line of every deleted program is
    searched in it. It does not use the scan that the command itself makes.

    Returns:
        Size of the store, seconds a learner (median and most), traces found; the same after `kill -9` at random
        moments and a second run of the command.
    """
    from gradatim.app.bench.forget.bench import run

    return run(request)
