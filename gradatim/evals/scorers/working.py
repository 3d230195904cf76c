"""Scoring some runs, in this process or in others: what is done with one trace, and with a batch of them."""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from typing import Any

from gradatim.errors import InputError, ServiceError
from gradatim.evals.results import Scored
from gradatim.evals.results import line_of as score_line
from gradatim.evals.scorers.given import Shared, mapping_of, number_of, text_of
from gradatim.evals.scorers.lines import Line
from gradatim.evals.scorers.registry import SCORERS, scorers_of
from gradatim.evals.scorers.score import Score, ScorerInfo, inputs_of, unscored
from gradatim.evals.scorers.tally import Tally
from gradatim.evals.traces.lines import trace_of_line
from gradatim.evals.traces.trace import Trace

AHEAD = 2
"""Batches that wait for each process."""
PROBLEMS = 100
"""Problems that are kept with their place; the others are counted."""


@dataclass(slots=True)
class Scoring:
    """What scoring a file or a stream came to.

    Attributes:
        tally: The numbers, for `gradatim.evals.scorers.summary.figures`.
        problems: What could not be read, with its place; the first ones.
        unread: How many traces could not be read.
    """

    tally: Tally = field(default_factory=Tally)
    problems: list[InputError] = field(default_factory=list[InputError])
    unread: int = 0

    def note(self, error: InputError) -> None:
        """Keep a problem."""
        self.unread += 1
        if len(self.problems) < PROBLEMS:
            self.problems.append(error)

    def merge(self, other: Scoring) -> None:
        """Take in what another part came to."""
        self.tally.merge(other.tally)
        self.unread += other.unread
        self.problems += other.problems[: PROBLEMS - len(self.problems)]


def scores_of(trace: Trace, scorers: Sequence[ScorerInfo]) -> list[Score]:
    """All scores of one trace; what one scorer has read of it, the others need not read again.

    A scorer that breaks costs its own score and no other.
    """
    given: dict[str, Any] = inputs_of(trace)
    given["outputs"] = Shared(given["outputs"])
    found: list[Score] = []
    for info in scorers:
        try:
            found.append(_in_shape(info, info.scorer(**given)))
        except Exception as error:  # noqa: BLE001 one's own scorers may break in any way, and the others' scores count
            found.append(unscored(info.key, f"the scorer broke: {type(error).__name__}: {str(error)[:200]}"))
    return found


def _in_shape(info: ScorerInfo, score: Any) -> Score:
    """What a scorer gave, as a score: one's own may forget its key or its comment, or give something else."""
    given = mapping_of(score)
    told = isinstance(given.get("comment"), str) and isinstance(given.get("metadata", {}), dict)
    if told and "score" in given and given.get("key") == info.key:
        return score
    if "score" not in given:
        return unscored(info.key, "the scorer gave no score")
    return {
        "key": info.key,
        "score": given["score"],
        "comment": text_of(given.get("comment")),
        "metadata": dict(mapping_of(given.get("metadata"))),
    }


def rows_of(trace: Trace, scores: Iterable[Score]) -> Iterator[Scored]:
    """Scores with the cell of an experiment that they belong to, as far as the trace says."""
    about = trace.attributes
    seed = about.get("seed")
    groups = {str(name): str(value) for name, value in mapping_of(about.get("groups")).items()}
    for score in scores:
        value = score["score"]
        number = float(value) if isinstance(value, bool) else number_of(value)
        yield Scored(
            trace=trace.id,
            variant=text_of(about.get("variant")),
            model=text_of(about.get("model")),
            seed=seed if isinstance(seed, int) else 0,
            sample=text_of(about.get("sample")) or trace.id,
            key=score["key"],
            score=number,
            comment=score["comment"],
            metadata=score.get("metadata") or {},
            groups=groups,
        )


def scored_lines(trace: Trace, scorers: Sequence[ScorerInfo], tally: Tally, *, wanted: bool) -> bytes:
    """Score one trace into a tally.

    Args:
        wanted: Whether the scores are to be given back as lines, too.
    """
    scores = scores_of(trace, scorers)
    tally.add(scores)
    return b"".join(_row(row) for row in rows_of(trace, scores)) if wanted else b""


def _row(row: Scored) -> bytes:
    try:
        return score_line(row)
    except (TypeError, ValueError):  # one's own scorer may give metadata or words that JSON cannot hold
        comment = row.comment.encode(errors="replace").decode()
        return score_line(replace(row, comment=f"{comment} (its metadata cannot be written as JSON)", metadata={}))


def score_batch(batch: Sequence[Line], scorers: Sequence[ScorerInfo], wanted: bool) -> tuple[Scoring, bytes]:
    """Parse and score some lines.

    Args:
        wanted: Whether the scores are to be given back as lines, too.
    """
    found = Scoring()
    written: list[bytes] = []
    for place, line in batch:
        try:
            trace = trace_of_line(line, place)
        except InputError as error:
            found.note(error)
            continue
        written.append(scored_lines(trace, scorers, found.tally, wanted=wanted))
    return found, b"".join(written)


def side_by_side(
    batches: Iterable[Sequence[Line]], scorers: Sequence[ScorerInfo], workers: int, wanted: bool
) -> Generator[tuple[Scoring, bytes]]:
    """Results of all batches in their order, worked on by several processes.

    Raises:
        InputError: A scorer is not one of those that every process can import.
        ServiceError: A process died.
    """
    waiting: deque[Future[tuple[Scoring, bytes]]] = deque()
    # "spawn": nothing of this process, its threads and its locks, is copied into another
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _prepare, (_keys(scorers), wanted))
    try:
        for batch in batches:
            waiting.append(pool.submit(_work, batch))
            while len(waiting) > AHEAD * workers or (waiting and waiting[0].done()):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise ServiceError(
            "a process that scored traces died, perhaps for lack of memory",
            place="scoring",
            remedy="use fewer processes: --workers 1",
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_chosen: tuple[ScorerInfo, ...] = ()
_wanted = False
"""What a process of its own was told when it began."""


def _prepare(keys: Sequence[str], wanted: bool) -> None:
    """Import what scoring needs, once for each process."""
    global _chosen, _wanted
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that was started to answer
    _chosen, _wanted = scorers_of(keys), wanted
    gc.collect()
    gc.freeze()  # modules live as long as the process: they need not be looked through again and again
    gc.set_threshold(50_000, 20, 50)


def _work(batch: Sequence[Line]) -> tuple[Scoring, bytes]:
    return score_batch(batch, _chosen, _wanted)


def _keys(scorers: Sequence[ScorerInfo]) -> tuple[str, ...]:
    own = [info.key for info in scorers if SCORERS.get(info.key) is not info]
    if own:
        raise InputError(
            f"{', '.join(own)}: scorers of one's own cannot be sent to other processes",
            place="scorers",
            remedy="score with one process (workers=1), or put the scorer into a family's folder",
        )
    return tuple(info.key for info in scorers)
