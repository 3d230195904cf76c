"""`gradatim bench storage`: the learner memory in SQLite and in PostgreSQL.

Events of thousands of learners, interleaved and mostly in the order of time, taken in at once and one by one; a learner
with 100,000 events opened by a process that has not seen them; several writers. docs/storage.md explains the figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures


def storage(request: BenchRequest) -> Figures:
    """Events a second, milliseconds to open and to record, writers at the same time.

    With `--sample N`, N events take the place of 200,000, and the learner with many events has at most as many. For
    PostgreSQL it takes the server of the setting `database`, in which it makes a database of its own and drops it; or
    else it starts one where PostgreSQL is installed.
    """
    from gradatim.app.bench.storage.bench import run

    return run(request)
