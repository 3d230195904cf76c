"""What a format of traces is: how it is recognised, read and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from gradatim.evals.traces.trace import Operation, Trace

FormatName = Literal["jsonl", "otlp", "inspect", "agentevals", "openai"]
OPERATIONS: frozenset[str] = frozenset(get_args(Operation))
"""Kinds of work that a span may be about."""


@dataclass(frozen=True, slots=True)
class Format:
    """One way in which traces stand in a file.

    Attributes:
        name: As the command line calls it.
        title: What a person calls it.
        suffixes: Endings of file names that it is written to, the usual one first.
        sniff: Whether a file that begins with these bytes (uncompressed) may be of this format.
        read: Traces of a file, one after another. Raises `InputError` with the place.
        write: Write traces to a file as they come, and say how many; the file is replaced when all are written, and
            left as it was if that fails. Raises `InputError` or `StorageError`.
    """

    name: FormatName
    title: str
    suffixes: tuple[str, ...]
    sniff: Callable[[bytes], bool]
    read: Callable[[Path], Iterator[Trace]]
    write: Callable[[Path, Iterable[Trace]], int]
