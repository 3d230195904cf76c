"""The sample programs of `programs.yaml` as tasks and submissions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from gradatim.domain import Submission, Task, TestCase


@dataclass(frozen=True, slots=True)
class Sample:
    """A program with what a diagnosis has to find in it, and what it must not find."""

    name: str
    task: Task
    submission: Submission
    finds: dict[str, int]
    avoids: tuple[str, ...]


def case_of(place: int, test: Any) -> TestCase:
    """A test from its short form."""
    if isinstance(test, list):
        call, expect = test
        test = {"call": call, "expect": expect if isinstance(expect, str) else repr(expect)}
    return TestCase(id=f"t{place}", timeout=0.3, **test)


def task_of(tests: list[Any], name: str = "sample") -> Task:
    """A task with these tests."""
    cases = tuple(case_of(place, test) for place, test in enumerate(tests, 1))
    kind = "program" if cases[0].form == "program" else "function"
    return Task(id=name, title=name, statement="A sample.", kind=kind, tests=cases)


@cache
def samples() -> tuple[Sample, ...]:
    """All sample programs, in the order of the file."""
    entries: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("programs.yaml").read_text("utf-8"))
    found: list[Sample] = []
    for place, entry in enumerate(entries, 1):
        finds: dict[str, int] = entry.get("finds", {})
        avoids = tuple(entry.get("avoids", ()))
        name = f"{place:03d}-{next(iter(finds), None) or 'not-' + avoids[0]}"
        task = task_of(entry["tests"], name)
        found.append(Sample(name, task, Submission.of(name, entry["code"]), finds, avoids))
    return tuple(found)
