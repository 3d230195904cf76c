"""`gradatim bench retrieval`: what the graph knows about a program, in this process and over Bolt.

Graphs of 850 concepts and 2,200 relations and of a hundred times as many, shaped like a curriculum; the retrieval of
one assessment after the other, 10,000 at once on 16 connections, and the same with the server killed in the middle
and started again. docs/neo4j.md explains the figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures


def retrieval(request: BenchRequest) -> Figures:
    """Milliseconds of a retrieval, how they grow with the graph, and what happens when the server dies.

    With `--sample N`, N retrievals at once take the place of 10,000, and the large graph is ten times the small one.
    Over Bolt it measures on the server of the setting `graph`; without one on ArcadeDB where that is installed.

    Raises:
        ServiceError: The server that the settings name does not answer.
    """
    from gradatim.app.bench.retrieval.bench import run

    return run(request)
