"""Code states of a ProgSnap2 data set: programs by id, as a table or as folders."""

from __future__ import annotations

import sqlite3
import weakref
from pathlib import Path
from typing import Protocol

from gradatim.errors import InputError
from gradatim.memory.collection.csv_stream import Table

LIMIT = 1024 * 1024
"""Bytes a program in a folder may have."""
_TABLES = ("CodeStates.csv", "CodeState.csv", "codestates.csv")


class Programs(Protocol):
    """Where the programs of code states are found."""

    def find(self, identifier: str, section: str, subject: str) -> str | None:
        """A program; `None` where there is none."""
        ...


class CodeStates:
    """Looks programs up. Those of a table are kept in a temporary database, not in memory.

    Args:
        folder: Of the data set.

    Raises:
        InputError: There is a table without columns `CodeStateID` and `Code`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._folder = folder / "CodeStates"
        self._table: sqlite3.Connection | None = None
        path = next((self._folder / name for name in _TABLES if (self._folder / name).is_file()), None)
        if path is not None:
            self._table = sqlite3.connect("")  # a temporary file of its own, gone with the connection
            self._closing = weakref.finalize(self, self._table.close)
            self._load(path, self._table)

    @staticmethod
    def _load(path: Path, into: sqlite3.Connection) -> None:
        into.execute("CREATE TABLE states (id TEXT PRIMARY KEY, code TEXT NOT NULL) WITHOUT ROWID")
        with Table(path) as table:
            try:
                identifier, code = table.header.index("CodeStateID"), table.header.index("Code")
            except ValueError as error:
                remedy = "name the columns CodeStateID and Code"
                raise InputError("its header is not that of code states", place=f"{path}:1", remedy=remedy) from error
            rows = ((line.fields[identifier], line.fields[code]) for line in table.rows() if line.problem is None)
            into.executemany("INSERT OR IGNORE INTO states VALUES (?, ?)", rows)

    def find(self, identifier: str, section: str, subject: str) -> str | None:
        """A program; `None` where there is none, or where several files stand and none is named.

        Args:
            identifier: Of the code state.
            section: The file that an event is about, where it tells.
            subject: Whose; some data sets keep the states in a folder for each subject.
        """
        if self._table is not None:
            row = self._table.execute("SELECT code FROM states WHERE id = ?", (identifier,)).fetchone()
            return None if row is None else row[0]
        if not identifier.strip("./"):
            return None
        for place in (self._folder / identifier, self._folder / subject / identifier):
            if (found := self._file(place, section)) is not None:
                return found
        return None

    def _file(self, place: Path, section: str) -> str | None:
        try:
            root = self._folder.resolve()
            inside = place.resolve()
            if not inside.is_relative_to(root) or inside == root:  # an id is data: it must not lead elsewhere
                return None
            if inside.is_dir():
                files = sorted(path for path in inside.rglob("*") if path.is_file())
                named = [path for path in files if section and path.relative_to(inside).as_posix() == section]
                chosen = named or files
                if len(chosen) != 1 or not chosen[0].resolve().is_relative_to(root):
                    return None
                inside = chosen[0]
            if not inside.is_file() or inside.stat().st_size > LIMIT:
                return None
            return inside.read_text("utf-8")
        except (OSError, ValueError):  # a name that no file can have, or text that is not UTF-8
            return None
