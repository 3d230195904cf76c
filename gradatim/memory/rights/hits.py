"""Finds a name or a piece of text in the bytes of a file, and tells a trace from what stands there by right.

Bytes know no words: `learner-1` lies in `learner-10`, a short name in any long row of numbers, and in a database a name
may touch the next column. So an occurrence is compared with what the database holds now (`Live`): it is no trace where
the same bytes stand in a row of somebody else.
"""

from __future__ import annotations

import mmap
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from gradatim.memory.rights.needles import spellings

Bytes = bytes | mmap.mmap
SHORT = 6
"""Bytes below which a name turns up by chance in other words and numbers."""
_PACKED = 4
"""Bytes from which a text of msgpack, with its length in front, does not turn up by chance."""
_SQLITE = b"SQLite format 3\0"
_BESIDE = ("-wal", "-shm", "-journal")
_AROUND = 64


@dataclass(frozen=True, slots=True)
class Name:
    """An id in every spelling in which a file may hold it."""

    text: str

    @property
    def vague(self) -> bool:
        """Whether the bare name says nothing where it stands: it is short, or a number."""
        return len(self.text.encode("utf-8", "surrogatepass")) < SHORT or self.text.isdecimal()

    def forms(self) -> tuple[bytes, ...]:
        """What to look for; of a vague name, only what marks it as a whole text (quotes, tags, a length)."""
        plain = spellings(self.text)
        if not self.vague:
            return plain
        texts = [form for form in plain if b"\0" not in form]
        marks = ((b'"', b'"'), (b'\\"', b'\\"'), (b">", b"<"))
        marked = [before + form + after for form in texts for before, after in marks]
        packed = self.text.encode("utf-8", "surrogatepass")
        if _PACKED <= len(packed) < 32:  # a short text of msgpack has its length in its first byte
            marked.append(bytes([0xA0 | len(packed)]) + packed)
        return tuple(dict.fromkeys(marked))


@dataclass(slots=True)
class Live:
    """What rows of others hold now of a name and of pieces of text.

    Attributes:
        pieces: Pieces that stand in a row.
        around: The name with the letters around it, and where in them it begins.
        mentioned: A row holds the name as a word of its own.
    """

    pieces: set[bytes] = field(default_factory=set[bytes])
    around: set[tuple[bytes, int]] = field(default_factory=set[tuple[bytes, int]])
    mentioned: bool = False

    def explains(self, data: Bytes, at: int) -> bool:
        """Whether what stands here also stands in a row."""
        return any(data[at - offset : at - offset + len(word)] == word for word, offset in self.around if at >= offset)


def occurrences(data: Bytes, form: bytes) -> Iterator[int]:
    """Where some bytes stand."""
    at = data.find(form)
    while at >= 0:
        yield at
        at = data.find(form, at + 1)


def alone(data: Bytes, at: int, length: int) -> bool:
    """Whether what stands here is not part of a longer word."""
    return not _letter(data[at - 1 : at] if at else b"") and not _letter(data[at + length : at + length + 1])


def database_of(path: Path) -> Path | None:
    """The SQLite database that a file is or belongs to."""
    name = next((path.name[: -len(end)] for end in _BESIDE if path.name.endswith(end)), path.name)
    base = path.with_name(name)
    try:
        with base.open("rb") as file:
            return base if file.read(len(_SQLITE)) == _SQLITE else None
    except OSError:
        return None


def live(database: Path, forms: Sequence[bytes], pieces: Sequence[bytes], *, vague: bool) -> Live:
    """What the rows of a database hold now.

    Args:
        forms: Of a name, as they were found in the file.
        vague: The forms are whole texts by themselves.

    Raises:
        sqlite3.Error: It cannot be read.
    """
    found = Live()
    uri = f"{database.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=5.0)) as connection:
        connection.text_factory = bytes
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            quoted = table.decode("utf-8").replace('"', '""')
            try:
                rows = connection.execute(f'SELECT * FROM "{quoted}"')
            except sqlite3.OperationalError:
                continue  # a virtual table whose module is not loaded: its content lies in tables of its own
            for row in rows:
                for value in row:
                    if isinstance(value, bytes):
                        _note(value, forms, pieces, found, vague)
    return found


def _note(value: bytes, forms: Sequence[bytes], pieces: Sequence[bytes], found: Live, vague: bool) -> None:
    for piece in pieces:
        if piece not in found.pieces and piece in value:
            found.pieces.add(piece)
    for form in forms:
        if vague:
            if form in value:
                found.around.add((form, 0))
                found.mentioned = True
            continue
        for at in occurrences(value, form):
            first, last = at, at + len(form)
            while first > 0 and at - first < _AROUND and _letter(value[first - 1 : first]):
                first -= 1
            while last < len(value) and last - at < _AROUND and _letter(value[last : last + 1]):
                last += 1
            found.around.add((value[first:last], at - first))
            found.mentioned |= last - first == len(form)


def _letter(byte: bytes) -> bool:
    return byte.isalnum() or byte in (b"_", b"-")
