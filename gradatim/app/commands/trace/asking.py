"""What the commands about traces have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gradatim.errors import InputError

if TYPE_CHECKING:
    from gradatim.evals.traces.formats import FormatName
    from gradatim.evals.traces.trace import Trace

NAMES = ("jsonl", "otlp", "inspect", "agentevals", "openai")
"""As in `gradatim.evals.traces.formats`, repeated so that help needs no import of it."""
_NAMED = 5
_SHORTEST = 4
"""Digits of an id by which a run can be named."""

Command = TypeVar("Command", bound=Callable[..., Any])


def from_option(command: Command) -> Command:
    """`--from FORMAT`."""
    return click.option(
        "--from", "source", type=click.Choice(NAMES), help="Format of the file; found out when not given."
    )(command)


def run_of(path: Path, run: str | None, source: FormatName | None = None) -> tuple[Trace, bool]:
    """A run of a file, and whether the file holds others.

    Args:
        path: A file of traces.
        run: An id or how one begins, a number from 1, or the id of the example; the first run, where not given.
        source: Format of the file.

    Raises:
        InputError: There is no such run, or there are several.
    """
    from gradatim.evals.traces.formats import open_traces

    traces = open_traces(path, source)
    if run is None:
        first = next(traces, None)
        if first is None:
            raise InputError("holds no traces", place=str(path), remedy="name a file of traces that is not empty")
        return first, next(traces, None) is not None
    return _chosen(traces, path, run), False


def parts_of(name: str) -> tuple[Path, str | None]:
    """File and run of `FILE` or `FILE#RUN`."""
    whole = Path(name)
    if "#" not in name or whole.exists():
        return whole, None
    file, _, run = name.rpartition("#")
    return Path(file), run or None


def _chosen(traces: Iterator[Trace], path: Path, run: str) -> Trace:
    likely: list[Trace] = []
    numbered: Trace | None = None
    for number, trace in enumerate(traces, 1):
        if trace.id == run:
            return trace
        if (len(run) >= _SHORTEST and trace.id.startswith(run)) or str(trace.attributes.get("sample", "")) == run:
            likely = [*likely, trace][: _NAMED + 1]
        if run == str(number):
            numbered = trace
    if len(likely) == 1:
        return likely[0]
    if not likely and numbered is not None:
        return numbered
    if likely:
        raise InputError(
            f"several runs are called {run!r}: {', '.join(trace.id for trace in likely[:_NAMED])}",
            place=str(path),
            remedy="give more of the id",
        )
    raise InputError(f"has no run {run!r}", place=str(path), remedy="`gradatim trace list FILE` shows what there is")
