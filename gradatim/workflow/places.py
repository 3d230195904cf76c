"""Where the parts of a workflow were written: lines of Python, or of the file it was read from."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as File

from gradatim.graphs.workflow.places import Path, Places

_HERE = str(File(__file__).parent)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file."""

    file: str
    number: int

    def __str__(self) -> str:
        return f"{self.file}:{self.number}"


@dataclass(frozen=True, slots=True)
class WrittenPlaces(Places):
    """Places of a workflow that was put together by calls.

    Attributes:
        written: Path → line on which it was written.
    """

    written: Mapping[Path, Line] = field(default_factory=dict[Path, Line])

    def of(self, path: Path) -> str:
        """The line of the innermost thing around a part that has one."""
        found = self._innermost(path)
        return str(found) if found else self.source

    def line(self, path: Path) -> int:
        """The line by which problems are ordered; 0 where there is none."""
        found = self._innermost(path)
        return found.number if found else 0

    def _innermost(self, path: Path) -> Line | None:
        steps = (path[:length] for length in range(len(path), -1, -1))
        return next((self.written[step] for step in steps if step in self.written), None)


def caller() -> Line:
    """The line outside this package on which it was called."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage] the only way to see who calls
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back
    name = frame.f_code.co_filename
    return Line(name if name.startswith("<") else File(name).name, frame.f_lineno)


def calling_folder() -> File:
    """The folder of the file that calls this package; the working folder for what is typed in."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back
    file = File(frame.f_code.co_filename)
    return file.parent if file.is_file() else File.cwd()
