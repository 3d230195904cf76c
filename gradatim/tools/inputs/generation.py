"""Inputs beside the tests, on which a program can be compared with the reference."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice

from gradatim.domain import Task
from gradatim.errors import InputError
from gradatim.tools.inputs.calls import patterns
from gradatim.tools.inputs.drawing import CallDrawer
from gradatim.tools.inputs.lines import InputDrawer
from gradatim.tools.inputs.running import alike, limit_of, reference_of, reference_results, results, shown
from gradatim.tools.sandbox.job import Job, Probe, ProbeResult, Step
from gradatim.tools.sandbox.protocol import Sandbox

_ROUNDS = 4
_LONGEST = 20_000
_DRAW_SECONDS = 5.0


async def generate_inputs(sandbox: Sandbox, task: Task, count: int, seed: int) -> tuple[str, ...]:
    """Inputs like those of the tests, on which the reference gives an answer.

    They come from the task's `inputs` expressions where there are any, else from what the tests' calls (or standard
    inputs) have in common. Left out are those on which the reference is stopped, crashes, or raises an exception
    that no test asks for; where fewer than `count` new ones can be had, the tests' own fill up.

    Args:
        sandbox: Where the reference, and the `inputs` expressions, run.
        task: With a reference.
        count: How many are wanted at most.
        seed: The same seed gives the same inputs.

    Returns:
        Calls (Python source), or texts for standard input where the task is a program; each once.

    Raises:
        InputError: The task has no reference, or an `inputs` expression that does not work.
        SandboxError: Programs cannot be run safely here.
    """
    reference_of(task)
    rng = random.Random(f"{seed} {task.id}")
    drawer = _drawer(task)
    wanted = frozenset(case.raises for case in task.tests if case.raises is not None)
    own = () if drawer is None else drawer.own
    known = set(own)
    kept: list[str] = []
    source: Iterator[str] = iter(()) if drawer is None else drawer.draw(rng)
    for turn in range(_ROUNDS):
        missing = count - len(kept)
        if missing <= 0:
            break
        if task.inputs:
            source = iter(await _evaluated(sandbox, task, 2 * missing, rng.randrange(1 << 32)))
        fresh = _fresh(source, known, missing + missing // 4 + 1 if turn else missing)
        if not fresh:
            break
        kept += await _answered(sandbox, task, fresh, wanted)
    del kept[count:]
    if len(kept) < count and own:
        kept += await _answered(sandbox, task, own[: count - len(kept)], wanted)
    return tuple(kept)


def _drawer(task: Task) -> CallDrawer | InputDrawer | None:
    if task.kind == "program":
        seen = [case.stdin or "" for case in task.tests if case.form == "program"]
        return InputDrawer(seen) if seen else None
    found = patterns(task)
    return CallDrawer(found) if found else None


def _fresh(source: Iterator[str], known: set[str], count: int) -> list[str]:
    """The next inputs that are not known yet; gives up when most of what comes is."""
    found: list[str] = []
    for text in islice(source, 20 * count + 50):
        if text not in known and len(text) <= _LONGEST:
            known.add(text)
            found.append(text)
            if len(found) == count:
                break
    return found


async def _answered(sandbox: Sandbox, task: Task, inputs: Sequence[str], wanted: frozenset[str]) -> list[str]:
    """Those inputs that the reference has an answer for within half the time that programs get."""
    found = await results(sandbox, task, reference_of(task), inputs, limit_of(task) / 2)
    if found is None:
        raise InputError("the reference program does not compile", place=f"task {task.id}", remedy="correct it")
    return [text for text, result in zip(inputs, found, strict=True) if _is_answer(result, wanted)]


def _is_answer(result: ProbeResult, wanted: frozenset[str]) -> bool:
    if result.status == "raised" and result.raised is not None:
        return any(map(result.raised.is_a, wanted))
    return result.status == "ok"


async def _evaluated(sandbox: Sandbox, task: Task, count: int, seed: int) -> list[str]:
    """What the task's own expressions give, in turn.

    Raises:
        InputError: One raises, does not end, or gives something else than text.
    """
    each = -(-count // len(task.inputs))
    start = f"import random\nrandom.seed({seed})"
    probes = tuple(
        Probe((Step("exec", start), Step("eval", f"[({text}\n) for _ in range({each})]")), timeout=_DRAW_SECONDS)
        for text in task.inputs
    )
    columns: list[list[str]] = []
    result = await sandbox.run(Job("", probes, setup=task.setup))
    for index, probe in enumerate(result.probes):
        place = f"task {task.id}: inputs[{index}]"
        if probe.status != "ok":
            what = f"raises {probe.raised.type}: {probe.raised.message}" if probe.raised else f"ends in {probe.status}"
            raise InputError(f"the expression {what}", place=place, remedy="correct it")
        drawn = probe.value
        if not isinstance(drawn, list) or not all(isinstance(text, str) for text in drawn):  # pyright: ignore[reportUnknownVariableType]
            raise InputError(
                "the expression gives something else than text",
                place=place,
                remedy='let it give a call\'s source, such as f"double({random.randint(0, 9)})"',
            )
        columns.append(drawn)  # pyright: ignore[reportUnknownArgumentType]
    return [column[row] for row in range(each) for column in columns]


async def agreement(sandbox: Sandbox, task: Task, code: str, inputs: Sequence[str]) -> float:
    """Share of inputs on which a program does what the reference does.

    A program that had to be stopped three times is not run on the rest; the share is that of the inputs tried.

    Args:
        sandbox: Where both run; the reference's results are remembered.
        task: With a reference.
        code: The program.
        inputs: From `generate_inputs`.

    Returns:
        A share in [0, 1]; 0 for a program that cannot be compiled.

    Raises:
        ValueError: There are no inputs, so that nothing is to be said.
        InputError: The task has no reference.
        SandboxError: Programs cannot be run safely here.
    """
    if not inputs:
        raise ValueError("there are no inputs to compare programs on")
    right = await reference_results(sandbox, task, inputs)
    found = await results(sandbox, task, code, inputs, limit_of(task))
    if found is None:
        return 0.0
    tried = [(one, other) for one, other in zip(right, found, strict=True) if other.status != "not-run"]
    return sum(alike(task, one, other) for one, other in tried) / len(tried)


async def disagreement(sandbox: Sandbox, task: Task, code: str, inputs: Sequence[str]) -> tuple[str, str, str] | None:
    """The shortest input on which a program does something else than the reference.

    Args:
        sandbox: Where both run.
        task: With a reference.
        code: The program.
        inputs: From `generate_inputs`.

    Returns:
        The input, and what reference and program give for it (a literal, output, the name of an exception, or
        `timeout` and the like); `None` where they never differ, or the program cannot be compiled.

    Raises:
        InputError: The task has no reference.
        SandboxError: Programs cannot be run safely here.
    """
    ordered = sorted(inputs, key=lambda text: (len(text), text))
    right = await reference_results(sandbox, task, ordered)
    found = await results(sandbox, task, code, ordered, limit_of(task))
    for text, one, other in zip(ordered, right, found or (), strict=False):
        if other.status != "not-run" and not alike(task, one, other):
            return text, shown(task, one), shown(task, other)
    return None
