"""Students' programs as they come: files, folders, standard input, JSON Lines.

One unreadable program never stops the others: it comes out as a `SubmissionError`, in its place.
"""

from __future__ import annotations

import codecs
import io
import json
import os
import stat
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from gradatim.domain import Submission
from gradatim.errors import SubmissionError
from gradatim.settings import Settings

STANDARD_INPUT = "-"
_NO_PROGRAM_TEXT = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "utf_7", "undefined"})
"""Encodings that Python knows, that no editor writes, and that are slow or ambiguous on hostile bytes."""
_JSON_GROWTH = 6
"""A character takes at most this many times its bytes when JSON escapes it."""
_JSON_FRAME = 65_536
"""Bytes that the other fields of a JSON line may take."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A student's program, as read.

    Attributes:
        name: Where it came from, as a person would look it up.
        code: The program, with `\\n` at the line ends.
        learner_id: Who wrote it, where a JSON line says so.
    """

    name: str
    code: str
    learner_id: str | None = None

    def submission(self, task_id: str, learner_id: str | None = None) -> Submission:
        """This program as a submission for a task.

        Args:
            task_id: The task it answers.
            learner_id: Who wrote it; what the source says when not given.
        """
        return Submission.of(task_id, self.code, self.name, learner_id or self.learner_id)


def read_submissions(
    paths: Sequence[str | Path], settings: Settings, stdin: BinaryIO | None = None
) -> Iterator[HandedIn | SubmissionError]:
    """Read programs, in the order given; folders in the order of their sorted paths.

    Args:
        paths: Program files, folders (every `*.py` below, without hidden files and `__pycache__`), `.jsonl`
            files (one object a line: `{"file" or "submission": name, "code": text}`, optionally `"learner"`),
            `-` for standard input.
        settings: `submission_limit` is the number of bytes that a program may have.
        stdin: Where `-` is read from, as bytes.

    Yields:
        A program, or the error that stands in its place.
    """
    if not paths:
        yield SubmissionError("no program was given", remedy="name a file, a folder, a .jsonl file or - (stdin)")
    limit = settings.submission_limit
    stdin_read = False
    for given in paths:
        if str(given) == STANDARD_INPUT:
            if stdin is None or stdin_read:
                reason = "was read already" if stdin_read else "is not connected"
                yield SubmissionError(f"standard input {reason}", place="-", remedy="name it once, or name a file")
            else:
                stdin_read = True
                yield _program("<stdin>", stdin, limit)
            continue
        path = Path(given)
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            yield _unreadable(path, error)
            continue
        if stat.S_ISDIR(mode):
            yield from _folder(path, limit)
        elif not stat.S_ISREG(mode):
            yield _not_regular(path)
        elif path.suffix.lower() == ".jsonl":
            yield from _json_lines(path, limit)
        else:
            yield _file(path, limit)


def decode_program(data: bytes, place: str) -> str:
    """The text of a program, as Python itself would read it.

    A byte-order mark and an encoding declaration (PEP 263) are respected, line ends become `\\n`.

    Raises:
        SubmissionError: Not text in the declared encoding (UTF-8 when none is), or NUL bytes in it.
    """
    remedy = "save the program as UTF-8 text"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SubmissionError("is UTF-16, which Python does not read", place=place, remedy=remedy)
    try:
        # The declaration is looked for in valid lines only; the bytes themselves are decoded below.
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        if codecs.lookup(encoding).name.replace("-", "_") in _NO_PROGRAM_TEXT:
            raise SubmissionError(f"declares the encoding {encoding}", place=place, remedy=remedy)
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_text(data, error.start, error.encoding, place) from error
    except (SyntaxError, LookupError, UnicodeError) as error:
        start = _first_bad_byte(data)
        if start is not None and "unknown encoding" not in str(error):
            raise _not_text(data, start, "utf-8", place) from error
        raise SubmissionError(f"declares no encoding for text: {error}", place=place, remedy=remedy) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _checked(text, place)


def _first_bad_byte(data: bytes) -> int | None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _not_text(data: bytes, start: int, encoding: str, place: str) -> SubmissionError:
    line = data.count(b"\n", 0, start) + 1
    return SubmissionError(
        f"is not {encoding.upper()} text: byte 0x{data[start]:02x} at offset {start}",
        place=f"{place}:{line}",
        remedy="save the program as UTF-8, or declare its encoding: # -*- coding: latin-1 -*-",
    )


def _checked(text: str, place: str, *, numbered: bool = True) -> str:
    """The text, if Python could compile such characters at all; `numbered`: name the line in the place."""
    at, what = text.find("\0"), "a NUL byte"
    if at < 0:
        at, what = (
            next((i for i, c in enumerate(text) if "\ud800" <= c <= "\udfff"), -1),
            "half a surrogate pair",
        )
    if at < 0:
        return text
    if numbered:
        place = f"{place}:{text.count(chr(10), 0, at) + 1}"
    raise SubmissionError(f"holds {what}", place=place, remedy="hand in the program's text as UTF-8")


def _program(name: str, source: BinaryIO, limit: int) -> HandedIn | SubmissionError:
    """Read one program of at most `limit` bytes from an open source."""
    try:
        data = source.read(limit + 1)
        if len(data) > limit:
            return _too_large(name, _size_of(source), limit)
        return HandedIn(name, decode_program(data, name))
    except OSError as error:
        return _unreadable(Path(name), error)
    except SubmissionError as error:
        return error


def _size_of(source: BinaryIO) -> int | None:
    """Bytes of an open file; `None` for what has no size (a pipe)."""
    try:
        status = os.fstat(source.fileno())
    except OSError:  # io.UnsupportedOperation among them: a buffer in memory
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _too_large(name: str, size: int | None, limit: int) -> SubmissionError:
    message = f"has {size:,} bytes" if size is not None else "goes on"
    return SubmissionError(
        f"{message}, more than the {limit:,} allowed",
        place=name,
        remedy="shorten it, or raise submission_limit",
    )


def _unreadable(path: Path, error: OSError | ValueError) -> SubmissionError:
    place = str(path)
    if isinstance(error, FileNotFoundError):
        if path.is_symlink():
            return SubmissionError("is a link to nothing", place=place, remedy="repair or remove the link")
        return SubmissionError("does not exist", place=place, remedy="check the path")
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return SubmissionError(f"cannot be read: {reason}", place=place, remedy="check the path and its rights")


def _not_regular(path: Path) -> SubmissionError:
    return SubmissionError(
        "is not a regular file", place=str(path), remedy="name a file on disk; give a program on stdin as -"
    )


def _file(path: Path, limit: int) -> HandedIn | SubmissionError:
    try:
        # Without waiting: what was a file a moment ago may be a pipe now.
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as source:
            if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
                return _not_regular(path)
            return _program(str(path), source, limit)
    except OSError as error:
        return _unreadable(path, error)


def _folder(folder: Path, limit: int) -> Iterator[HandedIn | SubmissionError]:
    """Every program below a folder; links to folders are not followed."""
    unreadable: list[OSError] = []
    found: list[Path] = []
    for parent, folders, files in os.walk(folder, onerror=unreadable.append):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "__pycache__"]
        found.extend(Path(parent, name) for name in files if name.lower().endswith(".py") and not name.startswith("."))
    for error in unreadable:
        yield _unreadable(Path(str(error.filename)), error)
    if not found and not unreadable:
        yield SubmissionError("holds no Python file", place=str(folder), remedy="name a folder with *.py files")
    for path in sorted(found, key=lambda path: path.parts):
        try:
            regular = stat.S_ISREG(path.stat().st_mode)
        except OSError as error:
            yield _unreadable(path, error)
            continue
        yield _file(path, limit) if regular else _not_regular(path)


def _json_lines(path: Path, limit: int) -> Iterator[HandedIn | SubmissionError]:
    longest = limit * _JSON_GROWTH + _JSON_FRAME
    number = 0
    programs = 0
    try:
        with path.open("rb") as source:
            while data := source.readline(longest + 1):
                number += 1
                place = f"{path}:{number}"
                if len(data) > longest:
                    while data and not data.endswith(b"\n"):
                        data = source.readline(longest)
                    programs += 1
                    yield _too_large(place, None, limit)
                    continue
                if number == 1:
                    data = data.removeprefix(codecs.BOM_UTF8)
                if not data.strip():
                    continue
                programs += 1
                try:
                    yield _json_program(data, place, limit)
                except SubmissionError as error:
                    yield error
    except OSError as error:
        yield _unreadable(path, error)
        return
    if not programs:
        yield SubmissionError("holds no programs", place=str(path), remedy='write {"file": …, "code": …} lines')


def _json_program(data: bytes, place: str, limit: int) -> HandedIn:
    """The program of one JSON line.

    Raises:
        SubmissionError: With the line's place.
    """
    form = 'write {"file": "a.py", "code": "…"} on one line'
    try:
        value: object = json.loads(data.decode("utf-8").rstrip("\r\n"))
    except UnicodeDecodeError as error:
        raise SubmissionError(
            f"is not UTF-8: byte 0x{data[error.start]:02x} in column {error.start + 1}",
            place=place,
            remedy="save the file as UTF-8",
        ) from error
    except json.JSONDecodeError as error:
        raise SubmissionError(f"is not JSON: {error.msg} in column {error.colno}", place=place, remedy=form) from error
    except (RecursionError, ValueError) as error:
        raise SubmissionError("is JSON that cannot be read", place=place, remedy=form) from error
    if not isinstance(value, dict):
        raise SubmissionError("is not a JSON object", place=place, remedy=form)
    fields = cast("dict[str, object]", value)
    code = fields.get("code")
    if not isinstance(code, str):
        message = "has no code" if code is None else f"code is {type(code).__name__}, not text"
        raise SubmissionError(message, place=place, remedy=form)
    name = fields.get("file", fields.get("submission", place))
    learner = fields.get("learner")
    for key, text in (("file", name), ("learner", learner)):
        if text is not None and not (isinstance(text, str) and text.strip() and _encodable(text)):
            raise SubmissionError(f"{key} is not a name", place=place, remedy=form)
    size = len(code.encode("utf-8", "surrogatepass"))
    if size > limit:
        raise _too_large(place, size, limit)
    code = _checked(code.replace("\r\n", "\n").replace("\r", "\n"), place, numbered=False)
    return HandedIn(cast(str, name) or place, code, cast("str | None", learner))


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
