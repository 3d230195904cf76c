"""Labelled replies of a file, whatever form it has, and some of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from gradatim.errors import InputError
from gradatim.evals.judging.labelled import Labelled, Parts, labelled_of, packaged_labelled, read_labelled


def open_labelled(path: Path | None = None) -> Iterable[Labelled]:
    """The labelled replies of a file; the packaged ones when none is named.

    Args:
        path: YAML like the packaged ones, traces with `reference.labels`, or MRBench and BEA 2025 files.

    Raises:
        InputError: It cannot be read, or something in it is wrong.
    """
    if path is None:
        return packaged_labelled()
    if path.suffix in (".yaml", ".yml"):
        return read_labelled(path)
    return labelled_of(_parts(path))


def some_of(labelled: Iterable[Labelled], *, language: str | None = None, limit: int | None = None) -> list[Labelled]:
    """At most so many of the replies, spread over all of them.

    Args:
        language: Only replies of this language.
        limit: How many, at least 1; all when not given.
    """
    found = [item for item in labelled if language is None or item.language == language]
    if limit is None:
        return found
    step = max(1.0, len(found) / limit)
    return [found[int(number * step)] for number in range(min(len(found), limit))]


def _parts(path: Path) -> Iterator[Parts]:
    """Traces where the first line is one, published dialogues otherwise."""
    from gradatim.evals.datasets.dialogues import load_dialogues
    from gradatim.evals.traces import read_traces

    try:
        with path.open("rb") as file:
            begins = file.read(4096)
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", place=str(path), remedy="name a file of labelled replies"
        ) from error
    own = b'"gradatim_trace"' in begins or path.suffix == ".gz"
    yield from read_traces(path) if own else load_dialogues(path)
