"""Scoring many recorded runs: as a stream, with several processes, in memory that does not grow with the file.

A file of our own format is cut into batches of lines that processes of their own parse and score; what comes back is
numbers, and lines to write if somebody wants them. Traces of other formats are read here and handed on as such lines.
A line that is no trace is noted and left out; it does not end the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from gradatim.errors import InputError
from gradatim.evals.scorers.lines import Line, batches, lines_of, writing
from gradatim.evals.scorers.registry import scorers_of
from gradatim.evals.scorers.score import ScorerInfo
from gradatim.evals.scorers.threads import at_a_time
from gradatim.evals.scorers.working import Scoring, rows_of, score_batch, scored_lines, scores_of, side_by_side
from gradatim.evals.traces.trace import Trace

if TYPE_CHECKING:
    from gradatim.evals.traces.formats import FormatName


def score_file(
    path: Path,
    scorers: Sequence[ScorerInfo] | None = None,
    *,
    workers: int = 1,
    threads: int = 1,
    source: FormatName | None = None,
    out: Path | None = None,
    tell: Callable[[int], object] | None = None,
) -> Scoring:
    """Score the traces of a file.

    Args:
        path: Of any format that `gradatim.evals.traces.formats` reads.
        scorers: All that need no judge when not given.
        workers: Processes. More than one asks for a main module that can be imported, as `multiprocessing` does.
        threads: Traces that are scored at a time in this process, for scorers that wait for a judge; with one process.
        source: Format of the file; by how it begins, where this is not given.
        out: Where each score is written as a line; see `gradatim.evals.results`.
        tell: Called with the number of traces after each batch.

    Raises:
        InputError: The file cannot be read at all, scorers of one's own were given to several processes, or threads
            were asked for beside processes.
        StorageError: The scores cannot be written.
        ServiceError: A process died.
    """
    lines = lines_of(path, source)
    return score_lines(lines, scorers, workers=workers, threads=threads, out=out, tell=tell)


def score_traces(
    traces: Iterable[Trace],
    scorers: Sequence[ScorerInfo] | None = None,
    *,
    out: Path | None = None,
    tell: Callable[[int], object] | None = None,
) -> Scoring:
    """Score traces as they come, in this process; arguments as in `score_file`.

    Raises:
        StorageError: The scores cannot be written.
    """
    chosen = scorers_of() if scorers is None else tuple(scorers)
    found = Scoring()
    with writing(out) as write:
        for trace in traces:
            lines = scored_lines(trace, chosen, found.tally, wanted=out is not None)
            if lines:
                write(lines)
            if tell is not None:
                tell(1)
    return found


def score_lines(
    lines: Iterable[Line | InputError],
    scorers: Sequence[ScorerInfo] | None = None,
    *,
    workers: int = 1,
    threads: int = 1,
    out: Path | None = None,
    tell: Callable[[int], object] | None = None,
) -> Scoring:
    """Score traces that stand as lines of our own format; arguments as in `score_file`.

    Args:
        lines: With their places; an error in place of a line that could not be read.
    """
    if workers > 1 and threads > 1:
        raise InputError("threads are of one process", place="threads", remedy="give workers or threads, not both")
    chosen = scorers_of() if scorers is None else tuple(scorers)
    found = Scoring()

    def take(part: tuple[Scoring, bytes]) -> None:
        found.merge(part[0])
        if part[1]:
            write(part[1])
        if tell is not None:
            tell(part[0].tally.runs + part[0].unread)

    with writing(out) as write:
        if threads > 1:
            with closing(at_a_time(lines, chosen, threads, wanted=out is not None)) as singles:
                for part in singles:
                    take(part)
        elif workers <= 1:
            for batch in batches(lines, found.note):
                take(score_batch(batch, chosen, out is not None))
        else:
            with closing(side_by_side(batches(lines, found.note), chosen, workers, out is not None)) as parts:
                for part in parts:
                    take(part)
    return found


__all__ = ["Scoring", "rows_of", "score_file", "score_lines", "score_traces", "scores_of"]
