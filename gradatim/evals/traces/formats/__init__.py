"""Formats in which traces stand in files, and readers and writers of each.

```python
from pathlib import Path

from gradatim.evals.traces.formats import open_traces, write_as

write_as("inspect", Path("runs.eval"), open_traces(Path("runs.jsonl")))
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from gradatim.errors import InputError
from gradatim.evals.traces.formats import agentevals, evallog, openai, otlp, own
from gradatim.evals.traces.formats.conventions import Problem, check_conventions, check_trace
from gradatim.evals.traces.formats.format import Format, FormatName
from gradatim.evals.traces.formats.streams import head_of
from gradatim.evals.traces.trace import Trace

__all__ = [
    "FORMATS",
    "Format",
    "FormatName",
    "Problem",
    "check_conventions",
    "check_trace",
    "format_of",
    "open_traces",
    "write_as",
]

FORMATS: dict[FormatName, Format] = {
    made.name: made for made in (own.FORMAT, otlp.FORMAT, evallog.FORMAT, agentevals.FORMAT, openai.FORMAT)
}
"""All formats by name, in the order in which a file is tried for them."""


def format_of(path: Path) -> Format:
    """The format that a file is of, by how it begins.

    Raises:
        InputError: It cannot be read, is empty, or is of none.
    """
    head = head_of(path)
    if not head:
        raise InputError("is empty", place=str(path), remedy="name a file of traces")
    for made in FORMATS.values():
        if made.sniff(head):
            return made
    known = ", ".join(made.title for made in FORMATS.values())
    raise InputError(
        f"begins like none of the formats that are known ({known})",
        place=str(path),
        remedy="say which it is (--from), or see docs/trace-formats.md",
    )


def open_traces(path: Path, name: FormatName | None = None) -> Iterator[Trace]:
    """The traces of a file of any known format, one after another.

    Args:
        path: The file.
        name: Of its format; by how it begins, where this is not given.

    Raises:
        InputError: It cannot be read, or something in it is wrong; names the place.
    """
    return (FORMATS[name] if name else format_of(path)).read(path)


def write_as(name: FormatName, path: Path, traces: Iterable[Trace]) -> int:
    """Write traces in a format, as they come; the file is replaced when all are written.

    Returns:
        How many.

    Raises:
        InputError: A trace holds what the format cannot.
        StorageError: The file cannot be written.
    """
    return FORMATS[name].write(path, traces)
