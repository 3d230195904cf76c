"""A file of JSON objects, one a line, written while the work goes on."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from gradatim.app.console import json_line
from gradatim.errors import InputError, StorageError


class JsonLines:
    """Writes objects to a file as they come: whoever reads it meanwhile sees whole lines only.

    Args:
        path: Where to write; an earlier file is replaced. `None` writes nowhere.
        inputs: What is read at the same time and must not be overwritten.
    """

    def __init__(self, path: Path | None, inputs: Iterable[str | Path] = ()) -> None:
        self._path = path
        self._inputs = tuple(map(Path, inputs))
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Open the file.

        Raises:
            InputError: It cannot be written there.
        """
        path = self._path
        if path is None:
            return self
        if str(path) == "-":
            raise InputError("is not a file", place="--jsonl -", remedy="use --json for JSON on stdout")
        if path.is_dir():
            raise InputError("is a folder", place=str(path), remedy="name a file to write, e.g. results.jsonl")
        for given in self._inputs:
            if given.exists() and path.exists() and os.path.samefile(given, path):
                raise InputError("is an input as well", place=str(path), remedy="write the results to another file")
        try:
            # Unbuffered: a line is on its way to the disk when its result is known, in one piece.
            self._file = path.open("wb", buffering=0)
        except FileNotFoundError as error:
            remedy = f"create the folder first: mkdir -p {path.parent}"
            raise InputError("its folder does not exist", place=str(path), remedy=remedy) from error
        except OSError as error:
            remedy = "name a file that can be written"
            raise InputError(f"cannot be written: {error.strerror}", place=str(path), remedy=remedy) from error
        return self

    def write(self, row: Mapping[str, Any]) -> None:
        """Append one object.

        Raises:
            StorageError: The disk takes no more.
        """
        if self._file is None:
            return
        rest = memoryview((json_line(row) + "\n").encode("utf-8", "backslashreplace"))
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise StorageError(
                f"cannot be written any more: {error.strerror}",
                place=str(self._path),
                remedy="free some space and run again; the lines written so far are whole",
            ) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
