"""Scoring traces in several threads: for scorers that wait for others, as those of a judge do.

Arithmetic gains nothing from threads; for scorers that only read what was recorded there are processes
(`gradatim.evals.scorers.working`). A judge holds connections, which other processes cannot share.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from gradatim.errors import InputError
from gradatim.evals.scorers.lines import Line
from gradatim.evals.scorers.score import ScorerInfo
from gradatim.evals.scorers.working import AHEAD, Scoring, score_batch


def at_a_time(
    lines: Iterable[Line | InputError], scorers: Sequence[ScorerInfo], threads: int, *, wanted: bool
) -> Generator[tuple[Scoring, bytes]]:
    """Results of all traces, one by one in their order, worked on by several threads.

    Args:
        wanted: Whether the scores are to be given back as lines, too.
    """
    waiting: deque[Future[tuple[Scoring, bytes]]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="gradatim-scoring")
    try:
        for line in lines:
            if isinstance(line, InputError):
                waiting.append(_noted(line))
            else:
                waiting.append(pool.submit(score_batch, [line], scorers, wanted))
            while len(waiting) > AHEAD * threads or (waiting and waiting[0].done()):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:  # what is under way may wait for a judge that nobody is interested in any more
        pool.shutdown(wait=False, cancel_futures=True)


def _noted(error: InputError) -> Future[tuple[Scoring, bytes]]:
    """A line that could not be read, in its place among the results."""
    found = Scoring()
    found.note(error)
    future: Future[tuple[Scoring, bytes]] = Future()
    future.set_result((found, b""))
    return future
