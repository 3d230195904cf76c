"""Families of questions, each a generator that runs what it needs."""

from __future__ import annotations

import ast
from collections.abc import AsyncGenerator

from gradatim.agents.classroom.oral.material import LONGEST, Case, Material, bodies
from gradatim.agents.classroom.oral.sheet import OralQuestion
from gradatim.domain import Outcome, Submission
from gradatim.languages import rendered, say
from gradatim.tools.execution import execute
from gradatim.tools.repair.operators import edits
from gradatim.tools.repair.source import Expected, Source
from gradatim.tools.tracing import TraceStep

_LATEST = 4
"""Round up to which somebody is asked to follow a loop by hand."""
_STOPPED = frozenset({"timeout", "memory", "output-limit", "crashed"})
_PATIENCE = 3
"""Changed programs that may have to be stopped before no further ones are tried."""
_TRIED = 24
"""Changes that are run at most, to find one whose effect can be asked about."""


async def values(material: Material) -> AsyncGenerator[OralQuestion]:
    """What a variable holds after a line ran, for lines that set one to different values."""
    for case in _long_first(material):
        steps = [step for step in case.trace.steps if step.kind == "line" and step.changes]
        material.rng.shuffle(steps)
        for step in sorted(steps, key=lambda item: abs(item.occurrence - 2)):
            for name, value in step.changes.items():
                if step.occurrence <= _LATEST and _tellable(value) and "." not in name and _varies(case, step, name):
                    yield _value(material, case, step, name, value)


def _value(material: Material, case: Case, step: TraceStep, name: str, value: str) -> OralQuestion:
    where = {"run": case.shown, "name": name, "line": step.line, "code": material.line(step.line)}
    once = case.trace.hits.get(step.line, 0) == 1
    text = say("classroom.oral.value.once" if once else "classroom.oral.value.then", **where, round=step.occurrence)
    answer = say("classroom.oral.answer.value", name=name, value=value)
    return OralQuestion(kind="value", text=text, answer=answer, lines=(step.line,))


async def rounds(material: Material) -> AsyncGenerator[OralQuestion]:
    """How often the body of a loop runs."""
    if material.program.tree is None:
        return
    loops = [node for node in ast.walk(material.program.tree) if isinstance(node, ast.For | ast.While)]
    for loop in loops:
        first = loop.body[0].lineno
        for case in _long_first(material):
            count = case.trace.hits.get(first, 0)
            if 1 < count <= 40 and first != loop.lineno:
                yield OralQuestion(
                    kind="rounds",
                    text=say("classroom.oral.rounds", run=case.shown, line=first, code=material.line(first)),
                    answer=say("classroom.oral.answer.rounds", count=count),
                    lines=(first,),
                )
                break


async def purposes(material: Material) -> AsyncGenerator[OralQuestion]:
    """What a line is for: without it, some visible test that passes now fails."""
    tree = material.program.tree
    if tree is None:
        return
    visible = material.visible
    if visible is None or not material.ends:
        return
    before = await execute(material.sandbox, visible, material.submission)
    passed = {outcome.test for outcome in before.outcomes if outcome.status == "passed"}
    statements = [item for block in bodies(tree) for item in block if _removable(item)]
    material.rng.shuffle(statements)
    plain: list[OralQuestion] = []
    stopped = 0
    for statement in statements[:_TRIED]:
        code = _without(material.lines, statement)
        if code is None:
            continue
        submission = Submission.of(material.task.id, code, material.submission.filename)
        after = await execute(material.sandbox, visible, submission, give_up=1)
        stopped += any(item.status in _STOPPED for item in after.outcomes)
        if stopped == _PATIENCE:
            break
        lost = [item for item in after.outcomes if item.test in passed and item.status in ("failed", "error")]
        if after.load_error is not None or not lost:
            continue
        telling = next((item for item in lost if item.status == "failed"), None)
        question = _purpose(material, statement.lineno, telling or lost[0])
        if telling is None:
            plain.append(question)  # that a name is missing then is soon said
        else:
            yield question
    for question in plain:
        yield question


def _purpose(material: Material, line: int, lost: Outcome) -> OralQuestion:
    label, detail = material.task.test(lost.test).label, rendered(lost.detail.rstrip("."))
    return OralQuestion(
        kind="purpose",
        text=say("classroom.oral.purpose", line=line, code=material.line(line)),
        answer=say("classroom.oral.answer.purpose", label=label, detail=detail),
        lines=(line,),
    )


async def changes(material: Material) -> AsyncGenerator[OralQuestion]:
    """What would come out if one line were another."""
    runs = [case for case in _long_first(material) if case.outcome is not None and case.trace.raised is None]
    visible = material.visible
    if not runs or visible is None or not material.ends:
        return
    stopped = 0
    source = Source(material.submission.code, Expected.of(visible))
    candidates = [item for item in edits(source) if not item.overfits]
    candidates = candidates[: 2 * _TRIED]
    material.rng.shuffle(candidates)
    for candidate in candidates:
        line = _changed_line(material.lines, candidate.code.splitlines())
        if line is None:
            continue
        new = candidate.code.splitlines()[line - 1].strip()
        case = runs[material.rng.randrange(min(2, len(runs)))]
        other = await material.run(case.case, candidate.code)
        stopped += other.trace.status in _STOPPED
        if stopped == _PATIENCE:
            break
        told = other.outcome if other.trace.raised is None else None
        if told is None or told == case.outcome or len(new) > LONGEST:
            continue
        yield OralQuestion(
            kind="change",
            text=say("classroom.oral.change", line=line, old=material.line(line), new=new, run=case.shown),
            answer=say("classroom.oral.answer.change", value=told, before=case.outcome or ""),
            lines=(line,),
        )


async def results(material: Material) -> AsyncGenerator[OralQuestion]:
    """What comes out for an input that is no test."""
    for case in material.fresh:
        if case.outcome is not None:
            key = "call" if case.case.call is not None else "input"
            shown = case.case.call or repr(case.case.stdin or "")
            yield OralQuestion(
                kind="result",
                text=say(f"classroom.oral.result.{key}", given=shown),
                answer=say("classroom.oral.answer.result", value=case.outcome),
            )


async def readings(material: Material) -> AsyncGenerator[OralQuestion]:
    """What is meant by the first line that Python cannot read."""
    if material.program.tree is not None:
        return
    try:
        compile(material.submission.code, material.submission.filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        if 1 <= line <= len(material.lines):
            yield OralQuestion(
                kind="reading",
                text=say("classroom.oral.reading", line=line, code=material.line(line)),
                answer=say("classroom.oral.answer.reading", error=type(error).__name__, line=line),
                lines=(line,),
            )


FAMILIES = (purposes, values, changes, rounds, results, readings)
"""In the order in which they take turns."""


def _long_first(material: Material) -> list[Case]:
    """Runs that can be told whole, those with more to follow first, up to what one can follow."""
    usable = [case for case in material.runs if case.trace.whole and case.trace.steps]
    return sorted(usable, key=lambda case: (len(case.trace.steps) > 40, -min(len(case.trace.steps), 40)))


def _tellable(value: str) -> bool:
    return len(value) <= LONGEST and not value.startswith("<")


def _varies(case: Case, step: TraceStep, name: str) -> bool:
    """Whether the line gives the variable several values in this run: one that stays the same asks for nothing."""
    seen = {item.changes[name] for item in case.trace.of_line(step.line) if name in item.changes}
    return len(seen) > 1


def _removable(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.If):
        return not statement.orelse
    return isinstance(statement, ast.Assign | ast.AugAssign) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    )


def _without(lines: list[str], statement: ast.stmt) -> str | None:
    """The program without a statement; `pass` keeps its place. `None` where it shares its line with another."""
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    indent = lines[first - 1][: statement.col_offset]
    if indent.strip():
        return None
    return "\n".join([*lines[: first - 1], f"{indent}pass", *lines[last:]]) + "\n"


def _changed_line(old: list[str], new: list[str]) -> int | None:
    """The one line that reads otherwise in two programs; `None` where there is not just one."""
    if len(old) != len(new):
        return None
    differing = [number for number, (one, other) in enumerate(zip(old, new, strict=True), 1) if one != other]
    # another indentation is soon overlooked in one quoted line
    told = len(differing) == 1 and old[differing[0] - 1].strip() != new[differing[0] - 1].strip()
    return differing[0] if told else None
