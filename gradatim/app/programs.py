"""Judging many programs: what `execute` and `diagnose` have in common."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradatim.app.console import emit, error_data, out, plural, progress, say, say_error
from gradatim.app.jsonlines import JsonLines
from gradatim.app.parallel import ordered_map
from gradatim.domain import Outcome
from gradatim.errors import SubmissionError
from gradatim.settings import Settings
from gradatim.tools.submissions import STANDARD_INPUT, HandedIn, read_submissions


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one program."""

    passed: bool
    row: Mapping[str, Any]
    """The JSON object."""
    text: str
    """The same for a person."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Programs to judge and where the results go."""

    paths: Sequence[str]
    settings: Settings
    as_json: bool = False
    jsonl_out: Path | None = None
    unjudged: Mapping[str, Any] | None = None
    """What the JSON object of a program that could not be read holds beside its name and the error."""

    def read(self) -> Iterator[HandedIn | SubmissionError]:
        """The programs, one after the other."""
        stdin = sys.stdin.buffer if sys.stdin else None
        return read_submissions(self.paths, self.settings, stdin)

    def count(self) -> int | None:
        """How many there are, where they can be read twice."""
        return None if STANDARD_INPUT in self.paths else sum(1 for _ in self.read())


@dataclass(slots=True)
class Tally:
    """How many programs went which way."""

    passed: int = 0
    failed: int = 0
    unreadable: int = 0

    @property
    def programs(self) -> int:
        return self.passed + self.failed + self.unreadable

    @property
    def exit_code(self) -> int:
        """2 when a program could not be read, else 1 when one did not pass, else 0."""
        return 2 if self.unreadable else 1 if self.failed else 0

    def __str__(self) -> str:
        text = f"{plural(self.programs, 'program')}: {self.passed:,} passed, {self.failed:,} failed"
        return f"{text}, {self.unreadable:,} could not be read" if self.unreadable else text


async def judge_all(batch: Batch, judge: Callable[[HandedIn], Awaitable[Judgement]]) -> Tally:
    """Judge every program of a batch and write the results in the order of the programs.

    Raises:
        InputError: The results cannot be written where they should go.
        ServiceError: Programs cannot be run; what was judged before is written.
    """
    tally = Tally()

    async def work(handed_in: HandedIn | SubmissionError) -> Judgement | SubmissionError:
        return handed_in if isinstance(handed_in, SubmissionError) else await judge(handed_in)

    with (
        JsonLines(batch.jsonl_out, batch.paths) as lines,
        progress(holds_many(batch.paths)) as shown,
    ):
        # Only a person who watches pays for counting first.
        bar = shown.add_task("programs", total=batch.count()) if shown else None
        async with aclosing(ordered_map(work, batch.read(), workers=batch.settings.workers)) as judgements:
            async for judgement in judgements:
                _write(judgement, batch, lines, tally)
                if shown and bar is not None:
                    shown.advance(bar)
    if tally.programs > 1:
        (say if batch.as_json else out)(str(tally))
    return tally


def holds_many(paths: Sequence[str]) -> bool:
    """Whether these arguments may stand for more than one program."""
    return len(paths) > 1 or any(path.endswith(".jsonl") or Path(path).is_dir() for path in paths)


def _write(judgement: Judgement | SubmissionError, batch: Batch, lines: JsonLines, tally: Tally) -> None:
    if isinstance(judgement, SubmissionError):
        tally.unreadable += 1
        say_error(judgement)
        row = {"submission": _name(judgement), **(batch.unjudged or {}), "error": error_data(judgement)}
    else:
        tally.passed += judgement.passed
        tally.failed += not judgement.passed
        row = judgement.row
        if not batch.as_json:
            out(judgement.text)
    lines.write(row)
    if batch.as_json:
        emit(row)


def _name(error: SubmissionError) -> str | None:
    """The program's name: where the error is, without the line (but a line of JSON Lines is a program)."""
    if error.place is None:
        return None
    path, _, line = error.place.rpartition(":")
    return path if line.isdecimal() and path and not path.lower().endswith(".jsonl") else error.place


def brief(outcome: Outcome) -> dict[str, Any]:
    """An outcome as the JSON of a verdict: which test, how it ended, one sentence."""
    return {"test": outcome.test, "status": outcome.status, "detail": outcome.detail}
