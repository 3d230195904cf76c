"""How often the faulty line comes first: formulas alone, everything without repairs, and the full method.

The data are tasks (`tasks/*.yaml`), programs (`submissions/TASK/FILE.py`) and the lines on which a person would point
at the fault (`expected.yaml`; `held_out: true` marks programs that came after the method was made, which are counted
apart, too). By default they are the examples of a checkout.

A line that a method does not rank counts as if the lines that it leaves out came last in any order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from gradatim.app.bench import BenchRequest, Figures
from gradatim.domain import MisconceptionMatch, Submission, Task
from gradatim.errors import InputError
from gradatim.tools import localisation
from gradatim.tools.analysis import Examination, Program, categorise, detect
from gradatim.tools.diagnosis import trace
from gradatim.tools.execution import execute
from gradatim.tools.localisation import FORMULAS, rank_by_formula, statement_lines
from gradatim.tools.repair.search import search_repairs
from gradatim.tools.sandbox import Sandbox, open_sandbox
from gradatim.tools.taskfile import load_task
from gradatim.tools.tracing import slice_of, trace_values

WITHOUT_REPAIR, FULL = "without_repair", "full"


@dataclass(frozen=True, slots=True)
class Faulty:
    """A wrong program whose faulty lines are known."""

    task: Task
    submission: Submission
    lines: frozenset[int]
    held_out: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """Where each method ranks the faulty line of one program.

    Attributes:
        kind: `syntax`, `exception` or `logical`.
        size: Lines that could be ranked.
        ranks: Method → rank of the first faulty line, from 1.
    """

    program: Faulty
    kind: str
    size: int
    ranks: dict[str, float] = field(default_factory=dict[str, float])


def localise(request: BenchRequest) -> Figures:
    """Run the benchmark.

    Raises:
        InputError: The folder does not hold programs with known faults.
        SandboxError: Programs cannot be run safely here.
    """
    programs = list(read_faulty(_folder(request)))
    if not programs:
        raise InputError("no wrong program with known lines was found", place="expected.yaml", remedy="list some")
    return asyncio.run(_measure(programs, request))


def _folder(request: BenchRequest) -> Path:
    if request.data is None:
        checkout = Path(__file__).parents[3] / "examples"
        if (checkout / "expected.yaml").is_file():
            return checkout
    folder = request.data_folder("tasks, submissions and expected.yaml")
    if not (folder / "expected.yaml").is_file():
        raise InputError("holds no expected.yaml", place=str(folder), remedy="name a folder like examples/")
    return folder


def read_faulty(folder: Path) -> Iterator[Faulty]:
    """The wrong programs of a folder.

    Raises:
        InputError: `expected.yaml` names a task or program that is not there.
    """
    import yaml

    tasks = {task.id: task for task in map(load_task, sorted((folder / "tasks").glob("*.yaml")))}
    text = (folder / "expected.yaml").read_text("utf-8")
    expected = cast("Mapping[str, Mapping[str, Mapping[str, Any]]]", yaml.safe_load(text))
    for task_id, files in expected.items():
        for file, facts in files.items():
            if facts.get("verdict") != "incorrect":
                continue
            path = folder / "submissions" / task_id / file
            if task_id not in tasks or not path.is_file():
                raise InputError("is named in expected.yaml and is not there", place=str(path), remedy="add it")
            yield Faulty(
                tasks[task_id],
                Submission.of(task_id, path.read_text("utf-8"), file),
                frozenset(facts["lines"]),
                facts.get("held_out") is True,
            )


async def _measure(programs: Sequence[Faulty], request: BenchRequest) -> Figures:
    seconds = request.settings.repair_seconds
    request.say(f"{len(programs):,} wrong programs, {seconds:g} s for the repairs of each")
    placed: list[Placed] = []
    found = 0
    async with open_sandbox(request.settings) as sandbox:
        for number, program in enumerate(programs, 1):
            item, repaired = await place(sandbox, program, seconds)
            placed.append(item)
            found += repaired
            if number % 20 == 0:
                request.say(f"{number:,} of {len(programs):,}")
    for line in _table(placed):
        request.say(line)
    missed = [item.program for item in placed if item.ranks[FULL] > 1]
    request.say("not first: " + ", ".join(f"{item.task.id}/{item.submission.filename}" for item in missed))
    return {
        "programs": len(placed),
        **{
            f"{kind}_programs": sum(item.kind == kind for item in placed) for kind in ("syntax", "exception", "logical")
        },
        "held_out_programs": sum(item.program.held_out for item in placed),
        "repaired": found,
        "repair_seconds": seconds,
        **_figures(placed),
        **_figures([item for item in placed if item.program.held_out], "held_out_"),
        **{
            f"{kind}_{FULL}_top1": _top([item for item in placed if item.kind == kind], FULL, 1)
            for kind in ("syntax", "exception", "logical")
        },
    }


async def place(sandbox: Sandbox, faulty: Faulty, seconds: float) -> tuple[Placed, bool]:
    """Where each method ranks the faulty line of a program, and whether a repair was found.

    Args:
        sandbox: Where the program and its changes run.
        faulty: The program.
        seconds: Time for the search of repairs.
    """
    task, submission = faulty.task, faulty.submission
    execution = await execute(sandbox, task, submission)
    coverage = await trace(sandbox, task, submission, execution)
    program = Program.parse(submission.code)
    case = Examination(program, task, execution, coverage)
    matches = tuple(
        MisconceptionMatch(id=sign.misconception, lines=sign.lines, confidence=sign.confidence, why=sign.fact)
        for sign in detect(case)
    )
    rests_on = await _slice(sandbox, case)
    report = await search_repairs(sandbox, task, submission, execution, seconds=seconds)
    known = case.setup_names
    plain = localisation.localise(program, execution, coverage, matches, known, slice=rests_on)
    full = localisation.localise(
        program, execution, coverage, matches, known, slice=rests_on, gains=report.gains, repairs=report.repairs
    )
    category = categorise(task, execution, program)
    name = category.name if category is not None else "logical"
    kind = "syntax" if execution.load_error is not None and program.fault is not None else "logical"
    kind = "exception" if kind == "logical" and name[:1].isupper() else kind
    size = len(statement_lines(program)) or sum(bool(line.strip()) for line in program.lines)
    item = Placed(faulty, kind, size)
    for formula in FORMULAS:
        ranked = [line for line, _ in rank_by_formula(program, execution, coverage, formula)]
        item.ranks[formula] = rank_of(faulty.lines, ranked, size)
    item.ranks[WITHOUT_REPAIR] = rank_of(faulty.lines, [line.line for line in plain], size)
    item.ranks[FULL] = rank_of(faulty.lines, [line.line for line in full], size)
    return item, bool(report.repairs)


async def _slice(sandbox: Sandbox, case: Examination) -> frozenset[int] | None:
    """What the result of the first failing test that can be traced rests on."""
    if case.execution.load_error is not None:
        return None
    for test in case.failed_ids:
        wanted = case.task.test(test)
        if wanted.form != "suite":
            run = await trace_values(sandbox, case.task, case.program.source, wanted, seconds=0.3)
            return slice_of(run, case.program) if run.steps else None
    return None


def rank_of(lines: Iterable[int], ranked: Sequence[int], size: int) -> float:
    """Rank of the first faulty line; one that is left out stands in the middle of those that are."""
    places = [ranked.index(line) + 1 for line in lines if line in ranked]
    left = max(size - len(ranked), 1)
    return float(min(places)) if places else len(ranked) + (left + 1) / 2


def _top(placed: Sequence[Placed], method: str, most: int) -> float | None:
    return round(sum(item.ranks[method] <= most for item in placed) / len(placed), 3) if placed else None


def _figures(placed: Sequence[Placed], prefix: str = "") -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for method in (*FORMULAS, WITHOUT_REPAIR, FULL):
        for most in (1, 3, 5):
            found[f"{prefix}{method}_top{most}"] = _top(placed, method, most)
        if placed:
            ranks = [item.ranks[method] for item in placed]
            found[f"{prefix}{method}_mean_rank"] = round(sum(ranks) / len(ranks), 3)
            exam = sum(item.ranks[method] / max(item.size, 1) for item in placed) / len(placed)
            found[f"{prefix}{method}_exam"] = round(min(exam, 1.0), 3)
    return found


def _table(placed: Sequence[Placed]) -> Iterator[str]:
    groups = {"all": list(placed), "held out": [item for item in placed if item.program.held_out]}
    for name, items in groups.items():
        if not items:
            continue
        yield f"{name} ({len(items)})".ljust(18) + "   top-1   top-3   top-5   mean rank    EXAM"
        figures = _figures(items)
        for method in (*FORMULAS, WITHOUT_REPAIR, FULL):
            row = [figures[f"{method}_{key}"] or 0.0 for key in ("top1", "top3", "top5", "mean_rank", "exam")]
            yield (
                "  " + method.ljust(16) + "".join(f"{value:8.3f}" for value in row[:3]) + f"{row[3]:12.2f}{row[4]:8.3f}"
            )
