"""The labelled programs of `examples/`, one file for each detector.

Each file is a list of programs with `code`, `tests` (short forms as in `programs.yaml`; where left out, those of the
program above) and labels: `shows` names the misconceptions that have to be found, with the line (or lines, any of
which will do) that has to be told; `accepts` names others that a teacher would not object to. Anything else that is
told counts as wrong. The programs of a file that show none of its detector's misconceptions are near misses.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from gradatim.domain import Submission, Task
from gradatim.settings import Settings
from gradatim.tools.analysis import Examination, Program, Sign, detect
from gradatim.tools.diagnosis import trace
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import open_sandbox
from gradatim.tools.sandbox.protocol import Sandbox
from tests.tools.analysis.samples import task_of

FOLDER = Path(__file__).with_name("examples")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A program with everything that may be said about it.

    Attributes:
        detector: Name of the detector in whose file it stands.
        name: That name and its place in the file.
        shows: Misconceptions that have to be found, with lines of each, one of which has to be told.
        accepts: Further ones that may be told.
    """

    detector: str
    name: str
    task: Task
    submission: Submission
    shows: dict[str, tuple[int, ...]]
    accepts: frozenset[str]

    @property
    def accepted(self) -> frozenset[str]:
        return self.accepts | self.shows.keys()


@cache
def labelled() -> tuple[Labelled, ...]:
    """All labelled programs, file by file."""
    found: list[Labelled] = []
    for path in sorted(FOLDER.glob("*/*.yaml")):
        entries: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
        tests: list[Any] = []
        for place, entry in enumerate(entries, 1):
            tests = entry.get("tests", tests)
            name = f"{path.parent.name}/{path.stem}-{place}"
            task = task_of(tests, name)
            accepts = frozenset(entry.get("accepts", ()))
            shows = {key: tuple(v) if isinstance(v, list) else (v,) for key, v in entry["shows"].items()}
            found.append(Labelled(path.stem, name, task, Submission.of(name, entry["code"]), shows, accepts))
    return tuple(found)


async def examine(sandbox: Sandbox, item: Labelled) -> Examination:
    """A program as the detectors see it, run and traced."""
    execution = await execute(sandbox, item.task, item.submission)
    coverage = await trace(sandbox, item.task, item.submission, execution)
    return Examination(Program.parse(item.submission.code), item.task, execution, coverage)


async def _examine_all() -> dict[str, Examination]:
    async with open_sandbox(Settings()) as sandbox:
        done = await asyncio.gather(*(examine(sandbox, item) for item in labelled()))
    return {item.name: case for item, case in zip(labelled(), done, strict=True)}


@cache
def examined() -> dict[str, Examination]:
    """Name → examination of every labelled program; all are run once."""
    return asyncio.run(_examine_all())


@cache
def told() -> dict[str, tuple[Sign, ...]]:
    """Name → everything that is told about a labelled program."""
    return {name: detect(case) for name, case in examined().items()}
