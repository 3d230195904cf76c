"""Files of rows (JSON Lines, CSV; `.gz`: packed): finding those of one learner, and writing the file without them."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import IO, Any, cast

from gradatim.errors import StorageError
from gradatim.memory.rights.needles import spellings
from gradatim.memory.rights.packed import is_packed, lines, packing, unpacking

_FIELDS = ("learner", "learner_id", "SubjectID", "user", "student")
"""Where a row says whose it is, at any depth."""


_QUOTED = "raw"
"""What a record of the quarantine quotes (`gradatim.memory.collection.quarantine`)."""


def row_digest(line: bytes) -> bytes:
    """What stands for a line in the register."""
    return sha256(line.rstrip(b"\r\n")).digest()[:16]


def names_learner(path: Path, learner_id: str) -> bool:
    """Whether a row of the file is this learner's.

    Raises:
        StorageError: It is damaged.
    """
    with path.open("rb") as file, unpacking(path, file) as content:
        belongs = _Belonging(path, learner_id)
        return any(belongs(line) is not None for line in _records(path, content))


def rewritten(
    path: Path,
    learner_id: str | None,
    digests: Collection[bytes],
    before: Callable[[list[dict[str, Any]]], None] | None = None,
) -> tuple[int, int]:
    """Write a file anew without a learner's rows; the new one takes its place at once or not at all.

    A file of which nothing is left is deleted.

    Args:
        learner_id: Whose rows go, where rows name their learner.
        digests: Of the lines that go, where they do not.
        before: Told of the rows, as far as they are JSON objects, before the file changes.

    Returns:
        How many rows went, and how many are left; 0 and 1 where the id stands nowhere in the file.

    Raises:
        StorageError: There is no room for it, or it is damaged; the file stays as it was.
    """
    draft = path.with_name(f".{path.name}.forgetting")
    draft.unlink(missing_ok=True)
    belongs = _Belonging(path, learner_id, digests)
    gone: list[dict[str, Any]] = []
    left = 0
    try:
        if not digests and not belongs.anywhere(path):
            return 0, 1
        with path.open("rb") as source, draft.open("wb") as target:
            os.chmod(draft, os.fstat(source.fileno()).st_mode & 0o777)
            with unpacking(path, source) as content, packing(path, target) as kept:
                for number, line in enumerate(_records(path, content)):
                    row = belongs(line)
                    if row is not None:
                        gone.append(row)
                        continue
                    kept.write(line)
                    left += not (number == 0 and belongs.has_header)
            if gone and left:
                target.flush()
                os.fsync(target.fileno())
        if gone and before is not None:
            before(gone)
        if gone and left:
            os.replace(draft, path)
        elif gone:
            path.unlink()
    except OSError as error:
        raise StorageError(
            f"cannot be written anew without the learner's rows: {error.strerror}",
            place=str(path),
            remedy="free as much space as the file takes, then forget the learner once more",
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return len(gone), left


def _is_csv(path: Path) -> bool:
    return path.name.removesuffix(".gz").endswith(".csv")


def _records(path: Path, content: IO[bytes]) -> Iterator[bytes]:
    """The rows of a file; a row of CSV may have line breaks inside its quotes."""
    if not _is_csv(path):
        yield from lines(content)
        return
    held = b""
    for line in lines(content):
        held += line
        if held.count(b'"') % 2 == 0:
            yield held
            held = b""
    if held:
        yield held


class _Belonging:
    """Tells whether a line is the learner's: its row, or an empty one for a line that is no object; else `None`."""

    def __init__(self, path: Path, learner_id: str | None, digests: Collection[bytes] = ()) -> None:
        self._learner = learner_id
        self._digests = frozenset(digests)
        self._forms = () if learner_id is None else tuple(form for form in spellings(learner_id) if b"\0" not in form)
        self._csv = _is_csv(path)
        self._columns: list[str] | None = None
        self.has_header = self._csv

    def anywhere(self, path: Path) -> bool:
        """Whether the id stands anywhere in the file."""
        with path.open("rb") as file:
            if is_packed(path):
                with unpacking(path, file) as content:
                    return any(form in line for line in lines(content) for form in self._forms)
            if not os.fstat(file.fileno()).st_size:
                return False
            with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
                return any(data.find(form) >= 0 for form in self._forms)

    def __call__(self, line: bytes) -> dict[str, Any] | None:
        if self._digests and row_digest(line) in self._digests:
            return {}
        if self._learner is None:
            return None
        if self._csv:
            return self._of_csv(line)
        if not any(form in line for form in self._forms):
            return None
        try:
            row: Any = json.loads(line)
        except (ValueError, RecursionError):
            return {}  # nobody can say more of it than that it holds the id
        if not isinstance(row, dict):
            return None
        return cast("dict[str, Any]", row) if _names(row, self._learner) else None

    def _of_csv(self, line: bytes) -> dict[str, Any] | None:
        cells: list[str] = next(csv.reader(io.StringIO(line.decode("utf-8-sig", "replace"), newline="")), list[str]())
        if self._columns is None:
            self._columns = cells
            return None
        row: dict[str, Any] = dict(zip(self._columns, cells, strict=False))
        return row if any(row.get(name) == self._learner for name in _FIELDS) else None


def _quotes(text: str, learner_id: str) -> bool:
    """Whether a quoted row names the learner; a number or one or two letters name somebody only in quotes."""
    if learner_id.isdecimal() or len(learner_id) < 3:
        return f'"{learner_id}"' in text
    return re.search(rf"(?<!\w){re.escape(learner_id)}(?!\w)", text) is not None


def _names(value: Any, learner_id: str) -> bool:
    """Whether a row says at any depth that it is the learner's.

    Beside the fields of gradatim's own rows: the account of an xAPI statement, and the row of another system that a
    record of the quarantine quotes, if the id is a word in it.
    """
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, Any]", value)
        if any(fields.get(name) == learner_id for name in _FIELDS):
            return True
        if "homePage" in fields and fields.get("name") == learner_id:
            return True
        quoted = fields.get(_QUOTED)
        if isinstance(quoted, str) and _quotes(quoted, learner_id):
            return True
        return any(_names(item, learner_id) for item in fields.values())
    if isinstance(value, list | tuple):
        return any(_names(item, learner_id) for item in cast("Iterable[Any]", value))
    return False
