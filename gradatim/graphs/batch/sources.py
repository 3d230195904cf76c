"""Where the items of a batch come from. A source can be read again and gives the same items each time."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol, cast

from gradatim.errors import InputError, SubmissionError
from gradatim.graphs.batch.items import Failure, Item, TaskEntry
from gradatim.settings import Settings
from gradatim.tools.submissions import STANDARD_INPUT, HandedIn, read_submissions
from gradatim.tools.taskfile import load_task

_FRAME = 65_536
"""Bytes that the fields of a manifest's line may take beside the program."""
_GROWTH = 6
"""A character takes at most this many times its bytes when JSON escapes it."""
_FORM = 'write {"task": "task.yaml", "program": "a.py", "learner": "…"} on one line'


class Source(Protocol):
    """Items in a fixed order."""

    @property
    def inputs(self) -> Sequence[str]:
        """Files and folders that are read."""
        ...

    @property
    def tasks(self) -> dict[str, str]:
        """Name → digest of the tasks that hold for all items."""
        ...

    def items(self) -> Generator[Item]:
        """The items, one after the other, from the first.

        Raises:
            TaskFileError: A task cannot be read.
        """
        ...


class LearnerRule:
    """Tells from a program's name whose it is.

    Args:
        rule: `file` (the file's name without its ending), `folder` (the folder that it lies in), or a regular
            expression with one group, searched in the name.
    """

    def __init__(self, rule: str) -> None:
        self._rule = rule
        self._pattern: re.Pattern[str] | None = None
        if rule in ("file", "folder"):
            return
        try:
            self._pattern = re.compile(rule)
        except re.error as error:
            raise InputError(
                f"is neither file nor folder nor a regular expression: {error}",
                place=f"--learner-from {rule}",
                remedy=r"for example 'submissions/(\w+)/'",
            ) from error
        if self._pattern.groups != 1:
            raise InputError(
                f"has {self._pattern.groups} groups, not one",
                place=f"--learner-from {rule}",
                remedy="put brackets around the part that is the learner",
            )

    def learner(self, name: str) -> str:
        """The learner's id.

        Raises:
            SubmissionError: The name does not say.
        """
        if self._pattern is None:
            path = Path(name)
            found = path.stem if self._rule == "file" else path.parent.name
        else:
            match = self._pattern.search(name)
            found = (match.group(1) or "") if match else ""
        if not found.strip():
            raise SubmissionError(
                f"its name does not say whose it is (--learner-from {self._rule})",
                place=name,
                remedy="name the file accordingly, or correct --learner-from",
            )
        return found


@dataclass(frozen=True, slots=True)
class Programs:
    """Programs for one task: files, folders, JSON Lines, as `gradatim assess` takes them.

    Attributes:
        learner_rule: Asked where the source itself does not name the learner.
    """

    task: TaskEntry
    paths: Sequence[str]
    settings: Settings
    learner_rule: LearnerRule | None = None

    def __post_init__(self) -> None:
        if STANDARD_INPUT in self.paths:
            raise InputError(
                "a batch reads its input twice, and again when it goes on",
                place="-",
                remedy="write standard input to a file first",
            )

    @property
    def inputs(self) -> Sequence[str]:
        return self.paths

    @property
    def tasks(self) -> dict[str, str]:
        return {f"task {self.task.task.id}": self.task.digest}

    def items(self) -> Generator[Item]:
        for position, read in enumerate(read_submissions(self.paths, self.settings)):
            yield _item(position, self.task, read, self.learner_rule)


@dataclass(slots=True)
class Manifest:
    """A JSON Lines file that names task, program and learner of each item.

    A line is `{"task": path, "program": path, "learner": id}`, or with `"code"` the program itself (`"file"` is its
    name then). Paths are taken from the manifest's folder.
    """

    path: Path
    settings: Settings
    learner_rule: LearnerRule | None = None
    _entries: dict[Path, TaskEntry] = field(default_factory=dict[Path, TaskEntry])

    @property
    def inputs(self) -> Sequence[str]:
        return (str(self.path),)

    @property
    def tasks(self) -> dict[str, str]:
        return {}  # each item carries the digest of its own

    def items(self) -> Generator[Item]:
        longest = self.settings.submission_limit * _GROWTH + _FRAME
        number, position = 0, 0
        try:
            with self.path.open("rb") as source:
                for data in iter(partial(source.readline, longest + 1), b""):
                    number += 1
                    if len(data) > longest:
                        rest = data
                        while rest and not rest.endswith(b"\n"):
                            rest = source.readline(longest)
                    if not data.strip():
                        continue
                    place = f"{self.path}:{number}"
                    try:
                        yield self._read(position, data, place, too_long=len(data) > longest)
                    except SubmissionError as error:
                        yield Item(position, error.place or place, error=Failure.of(error))
                    position += 1
        except OSError as error:
            raise InputError(
                f"cannot be read: {error.strerror}", place=str(self.path), remedy="name a manifest (JSON Lines)"
            ) from error
        if not position:
            raise InputError("holds no line", place=str(self.path), remedy=_FORM)

    def _read(self, position: int, data: bytes, place: str, *, too_long: bool) -> Item:
        if too_long:
            raise SubmissionError("is longer than a program may be", place=place, remedy="raise submission_limit")
        try:
            line: Any = json.loads(data.decode("utf-8-sig"))
        except (UnicodeDecodeError, ValueError, RecursionError) as error:
            raise SubmissionError(f"is not JSON in UTF-8: {error}", place=place, remedy=_FORM) from error
        if not isinstance(line, dict):
            raise SubmissionError("is not a JSON object", place=place, remedy=_FORM)
        fields = cast("dict[str, Any]", line)
        for name in ("task", "program", "file", "code", "learner"):
            if fields.get(name) is not None and not isinstance(fields[name], str):
                raise SubmissionError(f"{name} is {type(fields[name]).__name__}, not text", place=place, remedy=_FORM)
        if not fields.get("task"):
            raise SubmissionError("names no task", place=place, remedy=_FORM)
        entry = self._task(fields["task"])
        return _item(position, entry, self._program(fields, place), self.learner_rule, fields.get("learner"))

    def _task(self, name: str) -> TaskEntry:
        path = (self.path.parent / name).resolve()
        if path not in self._entries:
            self._entries[path] = TaskEntry.of(load_task(path))
        return self._entries[path]

    def _program(self, fields: dict[str, Any], place: str) -> HandedIn | SubmissionError:
        if (code := fields.get("code")) is not None:
            if len(code.encode("utf-8", "surrogatepass")) > self.settings.submission_limit:
                return SubmissionError("is larger than allowed", place=place, remedy="raise submission_limit")
            if "\0" in code or any("\ud800" <= character <= "\udfff" for character in code):
                return SubmissionError("holds characters that no program has", place=place, remedy="save it as UTF-8")
            name = fields.get("file") or fields.get("program") or place
            return HandedIn(name, code.replace("\r\n", "\n").replace("\r", "\n"))
        name = fields.get("program") or fields.get("file")
        if not name:
            return SubmissionError("names no program", place=place, remedy=_FORM)
        path = self.path.parent / name
        if path.is_dir() or path.suffix.lower() == ".jsonl":
            return SubmissionError(f"{name} is not one program", place=place, remedy="name a Python file")
        read = next(iter(read_submissions([path], self.settings)))
        return read if isinstance(read, SubmissionError) else HandedIn(name, read.code)


def _item(
    position: int,
    task: TaskEntry,
    read: HandedIn | SubmissionError,
    rule: LearnerRule | None,
    learner_id: str | None = None,
) -> Item:
    if isinstance(read, SubmissionError):
        return Item(position, read.place or "", task, error=Failure.of(read))
    if not read.code.strip():
        empty = SubmissionError("is empty", place=read.name, remedy="hand in a program")
        return Item(position, read.name, task, error=Failure.of(empty))
    learner = learner_id or read.learner_id
    if learner is None and rule is not None:
        try:
            learner = rule.learner(read.name)
        except SubmissionError as error:
            return Item(position, read.name, task, error=Failure.of(error))
    return Item(position, read.name, task, read.code, learner)
