"""Reading the documents of a course: every file that was given becomes a document, or a reason why not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from gradatim.kg.construction.documents.files import read_file
from gradatim.kg.construction.documents.finding import Found, find, readable
from gradatim.kg.construction.documents.isolation import IsolatedParser
from gradatim.kg.construction.documents.limits import Limits
from gradatim.kg.construction.documents.model import CourseDocument, Skipped
from gradatim.kg.construction.documents.parsing import digest_of, parse, require_format
from gradatim.kg.construction.documents.unreadable import Unreadable
from gradatim.kg.construction.documents.worker import out_of_memory

OnProgress = Callable[[str, int, int], None]
"""Is told the document that is done, how many are, and of how many."""
PathLike = str | os.PathLike[str]

_DEFAULT = Limits()


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A file that `read_documents` would read."""

    name: str
    path: Path
    digest: str
    """SHA-256 of the file's bytes, in hex, as `CourseDocument.digest`."""


def read_documents(
    paths: Sequence[PathLike],
    *,
    limits: Limits = _DEFAULT,
    on_progress: OnProgress | None = None,
    isolated: bool = True,
) -> Iterator[CourseDocument | Skipped]:
    """Read files and folders, one document at a time.

    Folders are searched with all that is in them, but for hidden files and folders and files of unknown suffixes.
    Each file is read once, however many paths and links lead to it. Links out of what was given are not followed.

    Args:
        paths: Files and folders.
        limits: What each document may take.
        on_progress: Called after each document.
        isolated: Parse in a worker process, which is stopped when a document takes too much time or memory. Without
            it, only the limits on size hold: for documents that can be trusted.

    Returns:
        The documents, and why others were skipped, in the order of the paths and sorted within folders. The worker
        lives until the last is taken, or the iterator is closed.

    Raises:
        InputError: A path does not exist; at once, before anything is read.
        ServiceError: While documents are taken: no worker process can be started.
    """
    return _read_all(find(paths), limits, on_progress, isolated)


def read_document(
    path: PathLike, name: str | None = None, *, limits: Limits = _DEFAULT, isolated: bool = True
) -> CourseDocument | Skipped:
    """Read one file.

    Args:
        path: Of the file.
        name: How the document is called, with a suffix that says its format; as the path when not given.
        limits: What the document may take.
        isolated: As for `read_documents`.

    Raises:
        InputError: The path does not exist.
        ServiceError: No worker process can be started.
    """
    (found,) = find([path])
    if isinstance(found, Skipped):
        return found
    called = readable(path) if name is None else name
    with IsolatedParser(limits) if isolated else nullcontext() as parser:
        return _read(Found(called, found.path, called), limits, parser)


def list_documents(paths: Sequence[PathLike], *, limits: Limits = _DEFAULT) -> list[ListedDocument | Skipped]:
    """What `read_documents` would read, in the same order, without parsing it: to tell what has changed.

    What could not even be loaded is in the list with the reason; a document can still be skipped when it is read.

    Raises:
        InputError: A path does not exist.
    """
    listed: list[ListedDocument | Skipped] = []
    for found in find(paths):
        if isinstance(found, Skipped):
            listed.append(found)
            continue
        try:
            require_format(found.name)
            listed.append(ListedDocument(found.name, found.path, digest_of(read_file(found.path, limits))))
        except Unreadable as error:
            listed.append(Skipped(found.name, str(error)))
    return listed


def _read_all(
    files: Sequence[Found | Skipped], limits: Limits, on_progress: OnProgress | None, isolated: bool
) -> Iterator[CourseDocument | Skipped]:
    with IsolatedParser(limits) if isolated else nullcontext() as parser:
        for number, file in enumerate(files, start=1):
            read = file if isinstance(file, Skipped) else _read(file, limits, parser)
            if on_progress is not None:
                on_progress(file.name, number, len(files))
            yield read


def _read(file: Found, limits: Limits, parser: IsolatedParser | None) -> CourseDocument | Skipped:
    try:
        require_format(file.name)
        data = read_file(file.path, limits)
    except Unreadable as error:
        return Skipped(file.name, str(error))
    if parser is not None:
        return parser.parse(data, file.name)
    try:
        return parse(data, file.name, limits)
    except MemoryError:
        return Skipped(file.name, out_of_memory(limits))
