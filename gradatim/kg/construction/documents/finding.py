"""Which files are meant by the paths that a person gave."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gradatim.errors import InputError
from gradatim.kg.construction.documents.formats import format_of, stem_of
from gradatim.kg.construction.documents.model import Skipped

_DIGITS = re.compile(r"([0-9]+)")


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be a document."""

    name: str
    """As the user named it, or relative to the folder that was given."""
    path: Path
    as_given: str
    """As the user named it with the folder."""


def find(paths: Sequence[str | os.PathLike[str]]) -> list[Found | Skipped]:
    """The files to read, each once, in the order of the paths and sorted within folders (`week2` before `week10`).

    Hidden files and folders, and files with unknown suffixes, are left out of folders. Links are followed within
    what was given; one that leads out of it is not, for what it leads to was not given. Where files of several
    folders would have the same name, they are named with their folder.

    Raises:
        InputError: A path does not exist.
    """
    given = [Path(path) for path in paths]
    for path in given:
        if not os.path.exists(path):
            raise InputError(
                "there is no such file or folder, or it may not be looked at",
                place=readable(path),
                remedy="check the path and its permissions",
            )
    roots = [path.resolve() for path in given]
    search = _Search(roots)
    found = [item for path in given for item in search.under(path)]
    names = Counter(item.name for item in found if isinstance(item, Found))
    return [
        replace(item, name=item.as_given) if isinstance(item, Found) and names[item.name] > 1 else item
        for item in found
    ]


def readable(path: str | os.PathLike[str]) -> str:
    """A path as text that can be written anywhere, whatever bytes are in it."""
    return os.fsencode(path).decode("utf-8", "replace")


class _Search:
    """Remembers what was seen, to find nothing twice."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = roots
        self._files: set[tuple[int, int]] = set()
        self._folders: set[tuple[int, int]] = set()

    def under(self, path: Path) -> Iterator[Found | Skipped]:
        if not os.path.isdir(path):
            if self._is_new(path, self._files):
                yield Found(readable(path), path, readable(path))
            return
        pending = [path]
        while pending:
            here = pending.pop()
            name = readable(here.relative_to(path)) if here != path else readable(here)
            wrong = self._wrong_link(here) if here != path else None
            if wrong is not None:
                yield Skipped(name, wrong)
            elif not os.path.isdir(here):
                if self._is_new(here, self._files):
                    yield Found(name, here, readable(here))
            elif self._is_new(here, self._folders):
                try:
                    pending += reversed(_entries(here))
                except OSError as error:
                    yield Skipped(
                        name, f"the folder cannot be read: {error.strerror or error} (change its permissions)"
                    )

    def _wrong_link(self, path: Path) -> str | None:
        """What is wrong with a link, if this is one."""
        if not os.path.islink(path):
            return None
        if not os.path.exists(path):
            return "the link leads nowhere (mend or remove it)"
        if not any(path.resolve().is_relative_to(root) for root in self._roots):
            return "the link leads out of what was given (give what it leads to as well)"
        return None

    @staticmethod
    def _is_new(path: Path, seen: set[tuple[int, int]]) -> bool:
        """Whether no other name of this file or folder was seen."""
        try:
            state = path.stat()
        except OSError:
            return True  # reading it will tell what is wrong
        key = (state.st_dev, state.st_ino)
        if key in seen:
            return False
        seen.add(key)
        return True


def _entries(folder: Path) -> list[Path]:
    """What a folder holds of folders and documents, in order."""
    found: list[Path] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            path = folder / entry.name
            if os.path.isdir(path) or format_of(entry.name) is not None:
                found.append(path)
    return sorted(found, key=lambda path: _natural(path.name))


def _natural(name: str) -> tuple[list[tuple[int, str]], str]:
    """Numbers by their value, letters without regard to case, suffixes last."""
    parts = _DIGITS.split(stem_of(name).casefold())
    return [(int(part), "") if position % 2 else (0, part) for position, part in enumerate(parts)], name
