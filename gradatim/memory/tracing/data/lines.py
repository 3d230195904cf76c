"""Reading a text file of responses: as UTF-8, and with every complaint naming file and line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from gradatim.errors import InputError

_SHOWN = 60


def read_text(path: Path) -> str:
    """The whole text of a file.

    Raises:
        InputError: It cannot be read, holds nothing, or is not UTF-8; names the line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror or error}", place=str(path), remedy="name a file of responses"
        ) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"is not UTF-8 text (byte 0x{content[error.start]:02x})",
            place=f"{path}:{line}",
            remedy="save the file as UTF-8",
        ) from error
    if not text.strip():
        raise InputError("holds no responses", place=str(path), remedy="name a file of responses")
    return text


def shown(value: str) -> str:
    """A value as an error quotes it: never longer than a line."""
    return repr(value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…")


@dataclass(slots=True)
class BadRows:
    """Rows that cannot be used: the first one is told, all are counted."""

    path: Path
    skipping: bool
    """Whether they are left out; if not, `settle` raises."""
    count: int = 0
    first: tuple[int, str, str] | None = None
    """Line, what is wrong, what to do."""
    reasons: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, line: int, message: str, remedy: str, reason: str) -> None:
        """Note a bad row; `reason` is the kind of badness without the row's own values."""
        self.count += 1
        self.first = self.first or (line, message, remedy)
        self.reasons[reason] = self.reasons.get(reason, 0) + 1

    def settle(self) -> str | None:
        """What was left out, in a sentence, or nothing.

        Raises:
            InputError: There are bad rows, and they are not to be left out.
        """
        if self.first is None:
            return None
        line, message, remedy = self.first
        if not self.skipping:
            more = f", and {self.count - 1:,} more rows cannot be used" if self.count > 1 else ""
            raise InputError(message + more, place=f"{self.path}:{line}", remedy=remedy)
        kinds = ", ".join(f"{reason}: {count:,}" for reason, count in self.reasons.items())
        return f"{self.path}: {self.count:,} bad rows left out ({kinds})"
