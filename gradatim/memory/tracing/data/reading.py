"""Reading files of responses, whichever format they are in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gradatim.memory.tracing.data.lines import read_text
from gradatim.memory.tracing.data.sequences import Sequences
from gradatim.memory.tracing.data.tables import table
from gradatim.memory.tracing.data.threeline import looks_like_three_lines, three_lines


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds."""

    data: Sequences
    left_out: str | None = None
    """What was left out and why, for a person."""


def read_sequences(path: Path, *, skip_bad: bool = False) -> Read:
    """Read responses from CSV or from the three-line format; the content tells which it is.

    Args:
        path: The file.
        skip_bad: Leave out rows of a CSV file that cannot be used, instead of refusing the file.

    Raises:
        InputError: The file cannot be read or a row cannot be used; names file, line and remedy.
    """
    text = read_text(path)
    if looks_like_three_lines(text):
        return Read(three_lines(path, text))
    data, left_out = table(path, text, skip_bad=skip_bad)
    return Read(data, left_out)
