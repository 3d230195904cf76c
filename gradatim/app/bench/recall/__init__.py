"""`gradatim bench recall`: finding what resembles, and forgetting, in a folder and on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures


def recall(request: BenchRequest) -> Figures:
    """Recollections and features of many learners in Chroma: in a folder, and on a server of its own.

    How many of the five truly nearest items are found (`recall_at_5`, against all of them compared exactly) for one
    learner with thousands of items; milliseconds to remember and to recall; seconds to forget one learner, and how
    many files of the folder hold a trace of them afterwards. Vectors are drawn at random around a few hundred centres,
    with 384 numbers each, so that no time of an embedding model is measured.

    `--sample` gives the number of learners, 10,000 otherwise. Without the program `chroma` the figures of the server
    are `None`, and `note` says why.
    """
    from gradatim.app.bench.recall.bench import run

    return run(request)
