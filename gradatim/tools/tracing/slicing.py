"""Backward slices: the lines that a wrong result can rest on.

A dynamic slice follows, from the result of one run, who wrote what was read and which condition let a line run
(Korel and Laski, "Dynamic program slicing", 1988). It is sound for what happened in the run alone: a line that should
have run and did not is not in it. The static slice follows the same dependences by the text, over all runs (Weiser,
"Program slicing", 1981), without regard to the order of lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gradatim.tools.analysis.program import Program
from gradatim.tools.tracing.dependence import LineFacts, line_facts
from gradatim.tools.tracing.trace import MODULE, TraceStep, ValueTrace

_LAST_ROUNDS = 30
"""Steps before the end that the endlessness of a run is taken to rest on."""


def slice_of(trace: ValueTrace, program: Program) -> frozenset[int]:
    """Lines that the outcome of a run rests on: its exception, else its value, else its output.

    Falls back on the static slice where the trace was cut or holds nothing.
    """
    facts = line_facts(program)
    criterion = _outcome(trace, facts)
    if not criterion or (not trace.whole and trace.status == "ok"):
        return static_slice(program)
    return dynamic_slice(trace, program, criterion)


def _outcome(trace: ValueTrace, facts: Mapping[int, LineFacts]) -> tuple[int, ...]:
    """Steps that gave the outcome of the run."""
    lines = [step for step in trace.steps if step.kind == "line"]
    if trace.raised is not None and trace.raised.line is not None:
        return tuple(step.index for step in lines if step.line == trace.raised.line)[-1:]
    if trace.status != "ok":
        return tuple(step.index for step in lines[-_LAST_ROUNDS:])
    printing = [step.index for step in lines if step.line in facts and facts[step.line].prints]
    outermost = [
        step.index
        for step in trace.steps
        if step.kind == "return" and step.function != MODULE and _called_from_outside(trace, step)
    ]
    if trace.result is not None:
        return tuple(outermost[-1:] if trace.result != "None" or not printing else outermost[-1:] + printing)
    return tuple(printing) or tuple(outermost[-1:]) or tuple(step.index for step in lines[-1:])


def _called_from_outside(trace: ValueTrace, step: TraceStep) -> bool:
    call = next((item for item in trace.steps if item.kind == "call" and item.frame == step.frame), None)
    return call is None or call.caller is None


def dynamic_slice(trace: ValueTrace, program: Program, criterion: Iterable[int]) -> frozenset[int]:
    """Lines that some steps of a run rest on, their own among them.

    Args:
        trace: The run.
        program: Its program.
        criterion: Indices of the steps to explain.
    """
    rests_on = _dependences(trace, line_facts(program))
    waiting, seen = list(criterion), set[int]()
    while waiting:
        index = waiting.pop()
        if index in seen:
            continue
        seen.add(index)
        waiting.extend(rests_on[index])
    lines = {trace.steps[index].line for index in seen if trace.steps[index].kind == "line"}
    return frozenset(lines - {item.line for item in program.functions})


def _dependences(trace: ValueTrace, facts: Mapping[int, LineFacts]) -> list[set[int]]:
    """Step → steps that it rests on: writers of what it reads, conditions, callers, results of what it calls."""
    nothing = LineFacts()
    found: list[set[int]] = [set() for _ in trace.steps]
    writers: dict[int, dict[str, int]] = {}
    latest: dict[int, dict[int, int]] = {}
    entered: dict[int, TraceStep] = {}
    last: dict[int, int] = {}
    shared: dict[str, int] = {}
    for step in trace.steps:
        own, ran = writers.setdefault(step.frame, {}), latest.setdefault(step.frame, {})
        if step.kind == "call":
            entered[step.frame] = step
            if step.caller is not None:
                found[step.index].add(step.caller)
            own.update(dict.fromkeys(step.changes, step.index))
            continue
        start = entered.get(step.frame)
        if start is not None:
            found[step.index].add(start.index)
        if step.kind != "line":
            if step.frame in last:
                found[step.index].add(last[step.frame])
            if start is not None and start.caller is not None:
                found[start.caller].add(step.index)
            continue
        text = facts.get(step.line, nothing)
        for name in text.uses:
            found[step.index] |= {at for key, at in own.items() if key == name or key.startswith(f"{name}.")}
            if name not in own and name in shared:
                found[step.index].add(shared[name])
        found[step.index] |= {ran[line] for line in text.guards if line in ran}
        changed = set(step.changes) | text.defines
        for name in changed:
            own[name] = step.index
            if step.function == MODULE or (name in shared and name in step.changes):
                shared[name] = step.index
        ran[step.line] = last[step.frame] = step.index
    _add_side_effects(trace, facts, found, entered)
    return found


def _add_side_effects(
    trace: ValueTrace, facts: Mapping[int, LineFacts], found: list[set[int]], entered: Mapping[int, TraceStep]
) -> None:
    """A line that finds a variable changed which it does not assign rests on what the called function changed."""
    changed_by_call = {
        step.index
        for step in trace.steps
        if step.kind == "line" and step.changes and set(step.changes) - facts.get(step.line, LineFacts()).defines
    }
    for step in trace.steps:
        start = entered.get(step.frame)
        if step.kind == "line" and step.changes and start is not None and start.caller in changed_by_call:
            found[start.caller].add(step.index)


def static_slice(program: Program, criterion: Iterable[int] | None = None) -> frozenset[int]:
    """Lines that others can rest on in any run, their own among them.

    Args:
        program: The program.
        criterion: Lines to explain; omitted: all that return a value or print.
    """
    facts = line_facts(program)
    wanted = criterion if criterion is not None else (line for line, it in facts.items() if it.gives or it.prints)
    functions = {item.line: item.name for item in program.functions}
    named = {name: line for line, name in functions.items()}
    waiting, seen = [line for line in wanted if line in facts], set[int]()
    while waiting:
        line = waiting.pop()
        if line in seen:
            continue
        seen.add(line)
        here = facts[line]
        waiting.extend(here.guards & facts.keys())
        for other, text in facts.items():
            same_scope = text.function in (here.function, 0)
            calls_us = here.function and functions.get(here.function) in text.calls
            gives_to_us = text.gives and text.function in {named[name] for name in here.calls if name in named}
            if (same_scope and text.defines & here.uses) or calls_us or gives_to_us:
                waiting.append(other)
    return frozenset(seen - functions.keys())
