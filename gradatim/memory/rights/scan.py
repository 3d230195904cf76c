"""Looks through all that is kept for what is left of a learner: names of files, and every byte in them, unpacked.

Free pages of databases, write-ahead logs and leftovers of cut-off writes are bytes like any others. What stands in
data of others by right is told apart (`gradatim.memory.rights.hits`): a line of a program that several learners wrote
is no trace of one of them, and where somebody else mentions the id, that is told as a mention.
"""

from __future__ import annotations

import mmap
import os
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradatim.errors import StorageError
from gradatim.memory.rights.hits import Bytes, Live, Name, alone, database_of, live, occurrences
from gradatim.memory.rights.needles import spellings
from gradatim.memory.rights.packed import laid_out

_READ_WHOLE = 1 << 16
"""Bytes up to which a file is read; a larger one is mapped."""
_SHOWN = 40


@dataclass(slots=True)
class Scan:
    """What was looked through, and what was found.

    Attributes:
        needles: Byte strings that were looked for.
        traces: Where something is left, as a person would look it up.
        mentions: Where data of others name the learner.
        shared: Pieces of text that also stand in data of others, and are no traces.
        unread: Files that could not be read.
    """

    files: int = 0
    bytes: int = 0
    needles: int = 0
    traces: list[str] = field(default_factory=list[str])
    mentions: list[str] = field(default_factory=list[str])
    shared: int = 0
    unread: list[str] = field(default_factory=list[str])

    @property
    def clean(self) -> bool:
        """Whether everything could be read and nothing was found."""
        return not self.traces and not self.unread

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {name: getattr(self, name) for name in
                ("files", "bytes", "needles", "traces", "mentions", "shared", "unread")}  # fmt: skip


def scan(
    places: Iterable[Path],
    learner_id: str,
    pieces: Sequence[bytes] = (),
    *,
    rows: Iterable[Path] = (),
    apart_from: Iterable[Path] = (),
) -> Scan:
    """Look for a learner's id and pieces of their texts.

    Args:
        places: Files, and folders with everything below them.
        learner_id: Looked for in every spelling.
        pieces: Of the learner's texts, in UTF-8.
        rows: Files with rows of many learners, from which this one's are gone: pieces that stand there are others'.
        apart_from: Files and folders that are passed over (the note of the very forgetting that is proved).
    """
    found = Scan()
    shared = {Path(os.path.realpath(path)) for path in rows}
    name = Name(learner_id)
    forms = {piece: tuple(form for form in spellings(piece.decode("utf-8", "replace")) if b"\0" not in form)
             for piece in pieces}  # fmt: skip
    found.needles = len(name.forms()) + sum(len(each) for each in forms.values())
    for path in files_under(places, apart_from):
        title = path.name.encode("utf-8", "surrogateescape")
        for form in spellings(learner_id)[:1]:
            if any(alone(title, at, len(form)) for at in occurrences(title, form)):
                found.traces.append(f"{path}: the learner's id is its name")
        try:
            _look(path, name, forms, found, Path(os.path.realpath(path)) in shared)
        except FileNotFoundError:
            continue  # removed by its owner since it was listed
        except StorageError as error:
            found.unread.append(f"{error}")
        except (OSError, ValueError, sqlite3.Error) as error:
            found.unread.append(f"{path}: {error}")
    return found


def files_under(places: Iterable[Path], apart_from: Iterable[Path] = ()) -> list[Path]:
    """All regular files among and below these places, each once."""
    skipped = {Path(os.path.realpath(path)) for path in apart_from}
    seen: set[Path] = set()
    found: list[Path] = []
    for place in places:
        walked = (
            [place] if place.is_file() else [Path(root) / name for root, _, names in os.walk(place) for name in names]
        )
        for path in walked:
            real = Path(os.path.realpath(path))
            if real in seen or real in skipped or not skipped.isdisjoint(real.parents) or not real.is_file():
                continue
            seen.add(real)
            found.append(path)
    return found


def _look(path: Path, name: Name, forms: dict[bytes, tuple[bytes, ...]], found: Scan, of_many: bool) -> None:
    with path.open("rb") as file, laid_out(path, file) as plain:
        size = os.fstat(plain.fileno()).st_size
        found.files += 1
        found.bytes += size
        if size <= _READ_WHOLE:
            plain.seek(0)
            _search(path, plain.read(), name, forms, found, of_many)
            return
        with mmap.mmap(plain.fileno(), 0, access=mmap.ACCESS_READ) as data:
            _search(path, data, name, forms, found, of_many)


def _search(
    path: Path, data: Bytes, name: Name, forms: dict[bytes, tuple[bytes, ...]], found: Scan, of_many: bool
) -> None:
    named = [form for form in name.forms() if data.find(form) >= 0]
    pieces = {piece: at for piece, each in forms.items() for form in each if (at := data.find(form)) >= 0}
    if not named and not pieces:
        return
    database = database_of(path)
    held = None if database is None else live(database, named, list(pieces), vague=name.vague)
    for form in named:
        if (at := _unexplained(data, form, held, marked=name.vague)) is not None:
            found.traces.append(f"{path}: the learner's id at byte {at:,}")
            break
    if held is not None and held.mentioned and named:
        found.mentions.append(f"{path}: a row of somebody else holds the id as a word")
    for piece, at in pieces.items():
        if piece in held.pieces if held is not None else of_many:
            found.shared += 1
        else:
            found.traces.append(f"{path}: {piece.decode('utf-8', 'replace')[:_SHOWN]!r} at byte {at:,}")


def _unexplained(data: Bytes, form: bytes, held: Live | None, *, marked: bool) -> int | None:
    """Where a name stands that no row of others explains.

    Args:
        marked: The form itself says that this is a whole text.
    """
    for at in occurrences(data, form):
        if held is None:
            if marked or b"\0" in form or alone(data, at, len(form)):
                return at
        elif not held.explains(data, at):
            return at
    return None
