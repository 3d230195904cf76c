"""Files written about learners outside the data folder: where they lie, so that they can be forgotten too.

Whatever writes a report, a file of results or training data registers it here. When a learner is forgotten, a file
that is theirs alone is deleted, and one with rows of many is written anew without theirs. A file that was moved or
changed since is left, and the person is told.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from gradatim.errors import StorageError
from gradatim.memory.rights.rows import names_learner, rewritten, row_digest
from gradatim.settings import Settings

Form = Literal["whole", "rows", "lines"]
"""`whole`: about the learners who are named, as a whole. `rows`: JSON Lines or CSV whose rows name their learner.
`lines`: lines that name nobody; whose they are is noted here by their digests."""
Fate = Literal["deleted", "cleaned", "untouched", "missing", "changed", "busy"]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, kind TEXT NOT NULL, form TEXT NOT NULL, digest BLOB, at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS owners (
    learner TEXT NOT NULL, path TEXT NOT NULL, line BLOB NOT NULL, PRIMARY KEY (learner, path, line)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Artefact:
    """A registered file.

    Attributes:
        digest: Of a finished file; `None` where it may still grow, or is being cleaned.
    """

    path: Path
    kind: str
    form: Form
    digest: bytes | None
    at: str

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {"path": str(self.path), "kind": self.kind, "form": self.form, "at": self.at}


@dataclass(frozen=True, slots=True)
class Fated:
    """What became of a file when a learner was forgotten."""

    artefact: Artefact
    fate: Fate
    rows: int = 0
    """Rows taken out."""

    @property
    def left(self) -> bool:
        """Whether a person has to look after it."""
        return self.fate in ("missing", "changed", "busy")

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {**self.artefact.plain(), "fate": self.fate, "rows": self.rows}


class InUse(Exception):
    """A file is being written by somebody else."""


BeforeRewriting = Callable[[Artefact, list[dict[str, Any]]], None]
"""Told of the rows that are about to go; raises `InUse` where they cannot go now."""


class Artefacts:
    """The register, in an SQLite file of the data folder; the file is made with the first entry.

    Every method raises `StorageError` where the register cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, settings: Settings) -> Artefacts:
        """The register of the data folder."""
        return cls(settings.data_dir / "artefacts.sqlite3")

    def whole(self, path: Path, kind: str, learners: Collection[str]) -> None:
        """Register a finished file that is about these learners."""
        self._register(path, kind, "whole", [(learner, b"") for learner in learners], _digest(path))

    def rows(self, path: Path, kind: str) -> None:
        """Register a file of rows that name their learner; it may still grow."""
        self._register(path, kind, "rows", (), None)

    def lines(self, path: Path, kind: str, owners: Iterable[tuple[bytes, str | None]]) -> None:
        """Register a finished file of lines that name nobody.

        Args:
            owners: Each line, without its line break, with the learner whose it is.
        """
        known = [(learner, row_digest(line)) for line, learner in owners if learner is not None]
        self._register(path, kind, "lines", known, _digest(path))

    def of_learner(self, learner_id: str) -> list[Artefact]:
        """Files that hold, or may hold, something about a learner."""
        if not self.path.exists():
            return []
        with self._opened() as base:
            rows = base.execute(
                "SELECT path, kind, form, digest, at FROM files WHERE form = 'rows' "
                "OR path IN (SELECT path FROM owners WHERE learner = ?) ORDER BY at, path",
                (learner_id,),
            ).fetchall()
        return [Artefact(Path(path), kind, form, digest, at) for path, kind, form, digest, at in rows]

    def holding(self, learner_id: str) -> list[Artefact]:
        """Files that really name a learner: of files of rows, only those that have one of theirs."""
        return [
            item
            for item in self.of_learner(learner_id)
            if item.form != "rows" or (item.path.is_file() and names_learner(item.path, learner_id))
        ]

    def forget(self, learner_id: str, before: BeforeRewriting | None = None) -> list[Fated]:
        """Delete or clean a learner's files and what is noted about them; can be repeated after being cut off."""
        fates = [self._forget_one(item, learner_id, before) for item in self.of_learner(learner_id)]
        if not self.path.exists():
            return fates
        with self._opened() as base:
            busy = [str(item.artefact.path) for item in fates if item.fate == "busy"]
            marks = ", ".join("?" * len(busy))
            base.execute(f"DELETE FROM owners WHERE learner = ? AND path NOT IN ({marks})", (learner_id, *busy))
            base.execute("DELETE FROM files WHERE form <> 'rows' AND path NOT IN (SELECT path FROM owners)")
            gone = [(str(item.artefact.path),) for item in fates if not item.artefact.path.exists()]
            base.executemany("DELETE FROM files WHERE form = 'rows' AND path = ?", gone)
            base.execute("VACUUM")
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return fates

    def _forget_one(self, item: Artefact, learner_id: str, before: BeforeRewriting | None) -> Fated:
        if not item.path.is_file():
            if item.form == "rows":
                return Fated(item, "untouched")
            return Fated(item, "deleted" if item.digest is None else "missing")
        changed = item.digest is not None and _digest(item.path) != item.digest
        if item.form == "whole":
            if changed:
                return Fated(item, "changed")
            self._begin(item)
            item.path.unlink()
            return Fated(item, "deleted")
        lines = self._lines_of(item, learner_id) if item.form == "lines" else frozenset[bytes]()

        def go(rows: list[dict[str, Any]]) -> None:
            if before is not None:
                before(item, rows)
            if not changed:
                self._begin(item)

        try:
            gone, left = rewritten(item.path, learner_id if item.form == "rows" else None, lines, go)
        except InUse:
            return Fated(item, "busy")
        if item.form == "lines" and not changed:
            self._renew(item)
        if changed and gone < len(lines):
            return Fated(item, "changed", gone)
        return Fated(item, "untouched" if not gone else "cleaned" if left else "deleted", gone)

    def _lines_of(self, item: Artefact, learner_id: str) -> frozenset[bytes]:
        """Digests of a learner's lines."""
        with self._opened() as base:
            rows = base.execute("SELECT line FROM owners WHERE learner = ? AND path = ?", (learner_id, str(item.path)))
            return frozenset(digest for (digest,) in rows)

    def _begin(self, item: Artefact) -> None:
        """Note that from now on a file is changed here, and by nobody else: whoever is killed next is not misled."""
        with self._opened() as base:
            base.execute("UPDATE files SET digest = NULL WHERE path = ?", (str(item.path),))

    def _renew(self, item: Artefact) -> None:
        """Note what a file is after it was cleaned."""
        if item.path.is_file():
            with self._opened() as base:
                base.execute("UPDATE files SET digest = ? WHERE path = ?", (_digest(item.path), str(item.path)))

    def _register(
        self, path: Path, kind: str, form: Form, owners: Iterable[tuple[str, bytes]], digest: bytes | None
    ) -> None:
        place = str(path.absolute())
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._opened() as base:
            base.execute("BEGIN IMMEDIATE")
            try:
                base.execute("DELETE FROM owners WHERE path = ?", (place,))
                base.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", (place, kind, form, digest, now))
                base.executemany(
                    "INSERT OR IGNORE INTO owners VALUES (?, ?, ?)", ((who, place, line) for who, line in owners)
                )
                base.execute("COMMIT")
            except BaseException:
                base.execute("ROLLBACK")
                raise

    @contextmanager
    def _opened(self) -> Generator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            with closing(sqlite3.connect(self.path, timeout=30.0, isolation_level=None)) as base:
                base.execute("PRAGMA journal_mode = WAL")
                base.execute("PRAGMA secure_delete = ON")
                base.executescript(_SCHEMA)
                yield base
        except (OSError, sqlite3.Error) as error:
            raise StorageError(
                f"the register of written files cannot be used: {error}",
                place=str(self.path),
                remedy="check permissions and space of the data folder; a damaged file can be moved away",
            ) from error


def _digest(path: Path) -> bytes | None:
    """Digest of a file; `None` where there is none."""
    try:
        with path.open("rb") as file:
            whole = sha256()
            while block := file.read(1 << 20):
                whole.update(block)
            return whole.digest()
    except FileNotFoundError:
        return None
