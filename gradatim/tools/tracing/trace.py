"""Running a program once and keeping what every line did to its variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from gradatim.domain import Task, TestCase
from gradatim.tools.execution import probe_for
from gradatim.tools.sandbox.job import Job, Probe, ProbeResult, ProbeStatus, Raised
from gradatim.tools.sandbox.protocol import Sandbox
from gradatim.tools.sandbox.traced import TraceEvent, ValueRecord
from gradatim.tools.sandbox.values import literal

MODULE = "<module>"
_LONGEST = 400
"""Characters of a value's literal."""
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TraceStep:
    """Something that happened in a run.

    Attributes:
        index: Position among all steps, from 0; a line comes before what the functions do that it calls.
        kind: `line`: a line ran. `call`: a function was entered. `return`: it came back (or yielded). `raise`: an
            exception left it.
        line: 1-based; for `call` that of the definition.
        occurrence: For `line`: how often the line has run by now, from 1. For other kinds 0.
        function: Name of the function, `<module>` outside of all.
        frame: Number of the call, the same for all its steps.
        changes: Variable → literal of the value that it got: parameters for `call`, what the line changed for `line`.
            Attributes of the program's own objects read `name.attribute`; what is large or no plain data is told by
            its type (`<list of length 500>`).
        value: For `return` the literal of what came back; for `raise` the exception's name.
        caller: Index of the `line` step whose line called the function; `None` where no line of the program did.
    """

    index: int
    kind: Literal["line", "call", "return", "raise"]
    line: int
    occurrence: int
    function: str
    frame: int
    changes: Mapping[str, str] = field(default_factory=dict[str, str])
    value: str | None = None
    caller: int | None = None


@dataclass(frozen=True, slots=True)
class ValueTrace:
    """One run with all its values.

    Attributes:
        steps: In the order in which they began.
        hits: Line → how often it ran; counts go on where the steps were cut.
        whole: Whether the steps are all there; otherwise only the first ones.
        status: How the run ended.
        result: Literal of the value that the call gave; `None` for whole programs and runs that gave none.
        stdout: What it printed.
        raised: The exception that ended it.
    """

    steps: tuple[TraceStep, ...]
    hits: Mapping[int, int]
    whole: bool
    status: ProbeStatus
    result: str | None = None
    stdout: str = ""
    raised: Raised | None = None

    def of_line(self, line: int) -> tuple[TraceStep, ...]:
        """The times that a line ran, in order."""
        return tuple(step for step in self.steps if step.kind == "line" and step.line == line)

    def state_after(self, step: TraceStep) -> dict[str, str]:
        """Variables of the step's function right after it, with their literals."""
        state: dict[str, str] = {}
        for item in self.steps[: step.index + 1]:
            if item.frame == step.frame:
                state.update(item.changes)
        return state


async def trace_values(
    sandbox: Sandbox,
    task: Task,
    code: str,
    case_or_call: TestCase | str,
    *,
    seconds: float = 1.0,
    filename: str = "submission.py",
) -> ValueTrace:
    """Run a test, or any call, of a program and record what its lines do.

    Args:
        sandbox: Where it runs.
        task: Gives the set-up code, and whether the program is a whole one.
        code: The program.
        case_or_call: A test of the task; or a Python expression.
        seconds: Most seconds of CPU; a test's own limit counts where it is smaller.
        filename: Name of the program in its tracebacks.

    Returns:
        The run; without steps if the program cannot be compiled.

    Raises:
        ValueError: The test is of a kind that runs in a process of its own and cannot be traced, or is a check that
            cannot be taken apart.
        SandboxError: The sandbox does not work any more.
    """
    if isinstance(case_or_call, str):
        probe = Probe.call(case_or_call, seconds)
    elif case_or_call.form == "suite":
        raise ValueError("a test of a test file cannot be traced")
    else:
        asked = probe_for(case_or_call, task.entry_point)
        probe = Probe(asked.steps, asked.stdin, min(asked.timeout, seconds))
    main = task.kind == "program" and not isinstance(case_or_call, str)
    job = Job(code, (probe,), setup=task.setup, main=main, trace="values", filename=filename)
    result = await sandbox.run(job)
    if not result.probes:
        return ValueTrace((), {}, True, "raised")
    return read(result.probes[0], called=bool(probe.steps))


def read(result: ProbeResult, *, called: bool) -> ValueTrace:
    """The run that a traced probe stands for.

    Args:
        result: Of a job with `trace="values"`.
        called: Whether the probe evaluated something, so that there is a value.
    """
    record = result.record or ValueRecord((), {}, True)
    value = literal(result.value, _LONGEST) if called and result.status == "ok" else None
    return ValueTrace(
        _steps(record.events),
        dict(record.hits),
        record.whole and result.record is not None,
        result.status,
        value,
        result.stdout,
        result.raised,
    )


def _steps(events: tuple[TraceEvent, ...]) -> tuple[TraceStep, ...]:
    functions: dict[int, str] = {}
    counts: dict[int, int] = {}
    steps: list[TraceStep] = []
    for index, event in enumerate(events):
        if event.kind == "call":
            functions[event.frame] = event.function
        occurrence = 0
        if event.kind == "line":
            occurrence = counts[event.line] = counts.get(event.line, 0) + 1
        value = None
        if event.kind == "return":
            value = literal(event.value, _LONGEST)
        elif event.kind == "raise":
            value = str(event.value)
        steps.append(
            TraceStep(
                index,
                event.kind,
                event.line,
                occurrence,
                functions.get(event.frame, MODULE),
                event.frame,
                {name: literal(item, _LONGEST) for name, item in event.changes.items()} if event.changes else _NOTHING,
                value,
                event.caller,
            )
        )
    return tuple(steps)


def value_after(trace: ValueTrace, line: int, variable: str, occurrence: int | None = None) -> str | None:
    """Literal of what a variable holds right after a line ran.

    Args:
        trace: The run.
        line: 1-based line.
        variable: A name, or `name.attribute`.
        occurrence: Which time the line ran, from 1; omitted: the last time.

    Returns:
        `None` if the line did not run so often, or the variable had no value then.
    """
    times = trace.of_line(line)
    if not times or (occurrence is not None and not 1 <= occurrence <= len(times)):
        return None
    return trace.state_after(times[-1 if occurrence is None else occurrence - 1]).get(variable)


def values_after(trace: ValueTrace, line: int, variable: str) -> tuple[str | None, ...]:
    """What a variable holds after each time that a line ran, in order; `None` where it had no value."""
    states: dict[int, dict[str, str]] = {}
    found: list[str | None] = []
    for step in trace.steps:
        state = states.setdefault(step.frame, {})
        state.update(step.changes)
        if step.kind == "line" and step.line == line:
            found.append(state.get(variable))
    return tuple(found)
