"""agentevals' `GraphTrajectory`: which nodes of a graph a run went through, turn by turn.

One run a line: `{"outputs": {"inputs", "results", "steps"}, "inputs": […], "metadata": {…}}`, so that a line's
`outputs` and `inputs` are what an evaluator of agentevals is called with. Also read: a `GraphTrajectory` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import orjson

from gradatim.domain import stable_id
from gradatim.errors import InputError
from gradatim.evals.traces.formats.conversation import UNTIMED, conversation_of
from gradatim.evals.traces.formats.format import Format
from gradatim.evals.traces.formats.messages import Message, message_of
from gradatim.evals.traces.formats.plain import mapping
from gradatim.evals.traces.formats.streams import dumped, first_keys, values_of, writing
from gradatim.evals.traces.trace import Operation, Plain, Span, Trace

START, INTERRUPT = "__start__", "__interrupt__"
_STEPS_READ = "gradatim.steps"
"""Attribute of the first span: the steps of a trajectory that was read, as they stood there."""
_STEPS = re.compile(rb'"steps"\s*:\s*\[\s*\[')
_REMEDY = 'give one run a line: {"outputs": {"inputs": […], "results": […], "steps": [["__start__", "agent"]]}}'


def sniff(head: bytes) -> bool:
    """Whether it begins with a trajectory, or with an object whose `outputs` are one."""
    keys = first_keys(head)
    return {"steps", "results"} <= keys or ("outputs" in keys and _STEPS.search(head) is not None)


def read(path: Path) -> Iterator[Trace]:
    """Trajectories of a file.

    Raises:
        InputError: It cannot be read, or holds something else; names the line.
    """
    for place, value in values_of(path):
        yield _trace(value, place)


def write(path: Path, traces: Iterable[Trace]) -> int:
    """Write traces as trajectories, one a line."""
    count = 0
    with writing(path) as file:
        for trace in traces:
            file.write(dumped(line_of(trace), f"trace {trace.id}") + b"\n")
            count += 1
    return count


def line_of(trace: Trace) -> Plain:
    """A trace as a trajectory with the inputs and what is known of it."""
    steps = steps_of(trace)
    given, results = _said(trace, len(steps))
    metadata: Plain = {"trace": trace.id, "name": trace.name}
    if trace.attributes:
        metadata["attributes"] = dict(trace.attributes)
    if trace.reference:
        metadata["reference"] = dict(trace.reference)
    return {
        "outputs": {"steps": steps, "results": results, "inputs": given},
        "inputs": given,
        "metadata": metadata,
    }


def steps_of(trace: Trace) -> list[list[str]]:
    """Names of the nodes that a run went through, a list a turn, as LangGraph's checkpoints would tell them.

    A node of a graph within the graph is called `graph:node`; a run that waits for a person ends in `__interrupt__`. A
    trace is one turn, unless it was read from a trajectory of several.
    """
    held = trace.spans[0].attributes.get(_STEPS_READ) if trace.spans else None
    if isinstance(held, list) and all(_is_turn(turn) for turn in cast("list[Any]", held)):
        return [list(turn) for turn in cast("list[list[str]]", held)]
    by_id = {span.id: span for span in trace.spans}
    steps = [START]
    for span in trace.of("invoke_agent"):
        inside = _within(span, by_id)
        steps.append(f"{inside}:{span.subject}" if inside else span.subject)
    if trace.outputs.get("waiting") is True:
        steps.append(INTERRUPT)
    return [steps]


def _within(span: Span, by_id: Mapping[str, Span]) -> str:
    """The workflow within the run's own that a span is part of."""
    seen = {span.id}
    above = by_id.get(span.parent or "")
    while above is not None and above.id not in seen:
        if above.operation == "invoke_workflow" and above.parent is not None:
            return above.subject
        seen.add(above.id)
        above = by_id.get(above.parent or "")
    return ""


def _said(trace: Trace, turns: int) -> tuple[list[Any], list[Any]]:
    """What went in and what came out, a turn each."""
    messages = conversation_of(trace).messages
    asked = [message for message in messages if message["role"] in ("system", "user")]
    told = [message for message in messages if message["role"] == "assistant" and message["content"]]
    if turns == 1:
        return [{START: {"messages": asked}}], [{"messages": told[-1:]}]
    given = [{START: {"messages": asked[number : number + 1]}} for number in range(turns)]
    return given, [{"messages": told[number : number + 1]} for number in range(turns)]


def _trace(value: Any, place: str) -> Trace:
    line = mapping(value)
    trajectory = mapping(line.get("outputs")) if "steps" not in line else line
    metadata = mapping(line.get("metadata"))
    steps = trajectory.get("steps")
    if not isinstance(steps, list) or not all(_is_turn(turn) for turn in cast("list[Any]", steps)):
        raise InputError("has no steps that are lists of names", place=place, remedy=_REMEDY)
    turns = cast("list[list[str]]", steps)
    given = line.get("inputs") if "inputs" in line else trajectory.get("inputs")
    results = trajectory.get("results")
    if not isinstance(results or [], list) or not isinstance(given or [], list):
        raise InputError("has inputs or results that are no list", place=place, remedy=_REMEDY)
    asked, answered = _messages(given), _messages(results)
    trace_id = str(metadata.get("trace") or stable_id(orjson.dumps(line, default=str).decode(), place, length=32))
    name = str(metadata.get("name") or "trajectory")
    outputs: Plain = {"messages": answered} if answered else {}
    if not answered and results:
        outputs["results"] = results
    if turns and turns[-1][-1:] == [INTERRUPT]:
        outputs["waiting"] = True
    return Trace(
        trace_id,
        name,
        {"messages": asked} if asked else {},
        outputs,
        mapping(metadata.get("reference")),
        mapping(metadata.get("attributes")),
        tuple(_spans(turns, trace_id, name)),
    )


def _spans(turns: list[list[str]], trace_id: str, name: str) -> Iterator[Span]:
    root = _span(trace_id, "root", None, "invoke_workflow", name, {"gen_ai.workflow.name": name, _STEPS_READ: turns})
    yield root
    inside: Span | None = None
    for turn, nodes in enumerate(turns):
        for number, node in enumerate(nodes):
            if node in (START, INTERRUPT):
                continue
            graph, _, agent = node.rpartition(":")
            key = f"{turn} {number}"
            if graph and (inside is None or inside.subject != graph):
                inside = _span(
                    trace_id, f"in {key}", root.id, "invoke_workflow", graph, {"gen_ai.workflow.name": graph}
                )
                yield inside
            elif not graph:
                inside = None
            yield _span(trace_id, key, (inside or root).id, "invoke_agent", agent, {"gen_ai.agent.name": agent})


def _span(trace_id: str, key: str, parent: str | None, operation: Operation, subject: str, attributes: Plain) -> Span:
    held = {"gen_ai.operation.name": operation, **attributes, UNTIMED: True}
    return Span(stable_id(trace_id, key, length=16), parent, f"{operation} {subject}", operation, 0, 0, attributes=held)


def _messages(turns: Any) -> list[Message]:
    """The messages in what went in or came out, wherever a turn holds them."""
    found: list[Message] = []
    for turn in cast("list[Any]", turns or []):
        held = mapping(turn)
        if "messages" not in held and isinstance(held.get(START), dict):
            held = mapping(held[START])
        items = held.get("messages")
        items = cast("list[Any]", items) if isinstance(items, list) else [items] if items else [turn]
        found += [message for item in items if (message := message_of(item)) is not None]
    return found


def _is_turn(turn: Any) -> bool:
    return isinstance(turn, list) and all(isinstance(node, str) for node in cast("list[Any]", turn))


FORMAT = Format("agentevals", "agentevals GraphTrajectory", (".jsonl", ".jsonl.gz"), sniff, read, write)
