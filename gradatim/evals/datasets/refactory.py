"""Refactory: real student programs of an introductory course, with tests and labels.

Hu, Ahmed, Mechtaev, Leong and Roychoudhury 2019, "Re-factoring based program repair applied to programming
assignments" (ASE). A question is `question_N.json` (statement, set-up code, tests, reference programs) beside
`question_N.jsonl` (`file`, `label`, `code`, one program a line).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import orjson
from pydantic import ValidationError

from gradatim.domain import Submission, Task, TestCase, stable_id
from gradatim.errors import InputError
from gradatim.evals.datasets.example import Example, assessment_example

_LABELS = {"correct": "correct", "wrong": "incorrect", "fail": "incorrect"}
"""The data set's own labels as verdicts; `fail` is a program that cannot be run at all."""
_LINE_LIMIT = 4 * 1024 * 1024
_CODE_LIMIT = 1024 * 1024


def load_refactory(
    path: Path, *, questions: Sequence[int] | int | str | None = None, label: str | None = None
) -> Iterator[Example]:
    """Programs, question by question; ids are `question-1/wrong_1_001.py`.

    A handful of programs labelled wrong pass every test; who needs verdicts that tests bear out executes them. Some
    programs are listed twice, as `wrong` and as `fail`: they come once, with the label that stands first.

    Args:
        path: A folder of `question_N.json` and `question_N.jsonl`.
        questions: Only these numbers (a text may name several with commas).
        label: Only programs with this label: correct, wrong or fail.

    Raises:
        InputError: The folder holds no questions, or a file is not of this shape; names the line.
    """
    path = Path(path)
    if label is not None and label not in _LABELS:
        near = difflib.get_close_matches(str(label), _LABELS, n=1)
        remedy = f"did you mean {near[0]!r}?" if near else f"labels: {', '.join(_LABELS)}"
        raise InputError(f"there is no label {label!r}", place="data set refactory", remedy=remedy)
    files = sorted(path.glob("question_*.json"), key=lambda file: (len(file.name), file.name))
    if questions is not None:
        wanted = _numbers(questions)
        found = {file.stem.removeprefix("question_"): file for file in files}
        if missing := [number for number in wanted if number not in found]:
            raise InputError(f"holds no question_{missing[0]}.json", place=str(path), remedy="name questions it has")
        files = [found[number] for number in wanted]
    if not files:
        raise InputError("holds no question_N.json", place=str(path), remedy="name the folder of the data set")
    return _examples(files, label)


def _examples(files: Sequence[Path], label: str | None) -> Iterator[Example]:
    for file in files:
        task = read_question(file)
        seen: dict[str, set[str]] = {}
        for name, verdict, own, code in _programs(file.with_suffix(".jsonl")):
            digest, known = stable_id(code, length=6), seen.setdefault(name, set())
            again, other = digest in known, bool(known)
            known.add(digest)
            if other and not again:  # another program under the same name
                name = f"{name}#{digest}"
            if not again and (label is None or own == label):
                submission = Submission.of(task.id, code, name)
                yield assessment_example(f"{task.id}/{name}", task, submission, {"verdict": verdict, "label": own})


def read_question(path: Path) -> Task:
    """The task of a `question_N.json`, with its first reference program.

    Raises:
        InputError: It is not a question with tests.
    """
    remedy = 'write {"statement": …, "setup": …, "tests": [{"call": …, "expect": …}], "reference": […]}'
    try:
        data: Any = orjson.loads(path.read_bytes())
        reference: Any = data.get("reference")
        if isinstance(reference, list):
            reference = next(iter(cast("list[Any]", reference)), None)
        tests = tuple(
            TestCase(id=f"t{number}", call=test["call"], expect=test["expect"])
            for number, test in enumerate(data["tests"], 1)
        )
        return Task(
            id=path.stem.replace("_", "-"),
            title=path.stem.replace("_", " "),
            statement=data["statement"].strip() or path.stem,
            entry_point=_entry_point(tests),
            setup=_unix(data.get("setup", "")),
            tests=tests,
            reference=None if reference is None else _unix(reference),
        )
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy=remedy) from error
    except (orjson.JSONDecodeError, ValidationError, KeyError, TypeError, AttributeError) as error:
        raise InputError("is not a question with tests", place=str(path), remedy=remedy) from error


def _programs(path: Path) -> Iterator[tuple[str, str, str, str]]:
    """Name, verdict, label and code of each program."""
    remedy = 'write {"file": …, "label": "correct" | "wrong" | "fail", "code": …} on each line'
    number = 0
    try:
        with path.open("rb") as file:
            while line := file.readline(_LINE_LIMIT + 1):
                number += 1
                place = f"{path}:{number}"
                if len(line) > _LINE_LIMIT:
                    raise InputError(f"is longer than {_LINE_LIMIT // 2**20} MiB", place=place, remedy=remedy)
                if not line.strip():
                    continue
                try:
                    data: Any = orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    raise InputError(f"is not JSON: {error}", place=place, remedy=remedy) from error
                parts = [data.get(key) for key in ("file", "label", "code")] if isinstance(data, dict) else []  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
                name, label, code = cast("list[Any]", parts) if parts else (None, None, None)
                if not isinstance(name, str) or not name or not isinstance(code, str) or len(code) > _CODE_LIMIT:
                    raise InputError("is not a labelled program", place=place, remedy=remedy)
                if label not in _LABELS:
                    raise InputError(f"has the label {label!r}", place=place, remedy=remedy)
                yield name, _LABELS[label], label, _unix(code)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy=remedy) from error


def _entry_point(tests: Sequence[TestCase]) -> str | None:
    """The function that all tests call, if it is one."""
    names = {(test.call or "").partition("(")[0].strip() for test in tests}
    only = next(iter(names)) if len(names) == 1 else ""
    return only if only.isidentifier() else None


def _numbers(given: Sequence[int] | int | str) -> list[str]:
    parts = given.split(",") if isinstance(given, str) else [given] if isinstance(given, int) else given
    return [str(part).strip() for part in parts]


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
