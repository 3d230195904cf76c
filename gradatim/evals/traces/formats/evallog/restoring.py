"""A sample of inspect_ai's log as a trace: one that a trace was written as, or one of inspect_ai's own runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from gradatim.domain import stable_id
from gradatim.evals.traces.formats.conventions import EVALUATION
from gradatim.evals.traces.formats.conversation import parted
from gradatim.evals.traces.formats.evallog.foreign import spans_of
from gradatim.evals.traces.formats.evallog.pieces import KEPT, nanoseconds
from gradatim.evals.traces.formats.format import OPERATIONS
from gradatim.evals.traces.formats.messages import Message, message_of
from gradatim.evals.traces.formats.plain import mapping, objects
from gradatim.evals.traces.lines import trace_of as own_trace
from gradatim.evals.traces.trace import Event, Operation, Plain, Span, Trace

_ATTACHED = "attachment://"
_GRADES = {"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0}
"""What inspect_ai's own scorers write for correct, incorrect, partial and no answer."""


def trace_of(sample: Plain, spec: Mapping[str, Any]) -> Trace:
    """A sample as a trace.

    Args:
        sample: As it stands in the log.
        spec: What the log says of the task.
    """
    kept = mapping(mapping(sample.get("metadata")).get(KEPT))
    if "gradatim_trace" in kept:  # a trace that was replayed or recorded there, whole
        return own_trace(kept, "metadata.gradatim")
    return _own(sample, kept) if "trace" in kept else _foreign(_attached(sample), spec)


def _own(sample: Plain, kept: Plain) -> Trace:
    found: list[tuple[int, Span]] = []
    for event in objects(sample.get("events")):
        held = mapping(mapping(event.get("metadata")).get(KEPT))
        if event.get("event") == "span_begin" and "place" in held:
            found.append((int(held["place"]), _span(str(event["id"]), held)))
    found.sort(key=lambda pair: pair[0])
    spans = _scored([span for _, span in found], sample)
    parts: dict[str, Plain] = {key: mapping(kept.get(key)) for key in ("inputs", "outputs", "reference", "attributes")}
    scores = mapping(sample.get("scores"))
    if scores and not spans:  # there is nothing that a judgement could stand on
        given = {name: mapping(score).get("value") for name, score in scores.items()}
        parts["attributes"] = parts["attributes"] | {"scores": given}
    return Trace(str(kept["trace"]), str(kept.get("name") or ""), spans=tuple(spans), **parts)


def _span(span_id: str, held: Plain) -> Span:
    operation: Any = str(held.get("operation"))
    return Span(
        id=span_id,
        parent=None if held.get("parent") is None else str(held["parent"]),
        name=str(held["name"]),
        operation=cast("Operation", operation) if operation in OPERATIONS else "other",
        start=int(held["start"]),
        end=int(held["end"]),
        ok=bool(held.get("ok", True)),
        message=str(held.get("message") or ""),
        attributes=mapping(held.get("attributes")),
        events=tuple(
            Event(str(event["name"]), int(event["at"]), mapping(event.get("attributes")))
            for event in objects(held.get("events"))
        ),
    )


def _foreign(sample: Plain, spec: Mapping[str, Any]) -> Trace:
    task = str(spec.get("task") or "inspect_ai")
    said = str(sample.get("uuid") or "")
    trace_id = stable_id(said or str(spec.get("eval_id")), str(sample.get("id")), str(sample.get("epoch")), length=32)
    asked = sample.get("input")
    asked = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
    given = _messages(asked)
    messages = _messages(sample.get("messages")) or given
    inputs, outputs = parted(messages)
    if given:
        inputs = {"messages": given}
    if sample.get("choices"):
        inputs["choices"] = sample["choices"]
    output = mapping(sample.get("output"))
    if output.get("completion"):
        outputs["text"] = str(output["completion"])
    attributes: Plain = {"model": str(spec.get("model") or output.get("model") or "none")}
    attributes |= {"sample": sample.get("id"), "epoch": sample.get("epoch", 1), "task": task}
    if metadata := mapping(sample.get("metadata")):
        attributes["metadata"] = metadata
    root = Span(
        id=stable_id(trace_id, "root", length=16),
        parent=None,
        name=f"invoke_workflow {task}",
        operation="invoke_workflow",
        start=nanoseconds(sample.get("started_at")),
        end=nanoseconds(sample.get("completed_at")),
        ok=not sample.get("error"),
        message=str(mapping(sample.get("error")).get("message") or ""),
        attributes={"gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": task}
        | ({"error.type": "sample_error"} if sample.get("error") else {}),
    )
    pool = objects(mapping(sample.get("events_data")).get("messages"))
    inner = spans_of(objects(sample.get("events")), root, trace_id, pool)
    root = replace(root, end=max([root.end, *(span.end for span in inner)]))
    reference = _reference(sample.get("target"))
    spans = _scored([root, *inner], sample)
    return Trace(trace_id, task, inputs, outputs, reference, attributes, tuple(spans))


def _scored(spans: list[Span], sample: Plain) -> list[Span]:
    """Spans with the sample's scores as judgements of the first of them, where they are not among them yet."""
    known = {
        event.attributes.get("gen_ai.evaluation.name") for span in spans for event in span.events
        if event.name == EVALUATION
    }  # fmt: skip
    new = [
        Event(EVALUATION, spans[0].end, _score(name, mapping(score)))
        for name, score in mapping(sample.get("scores")).items()
        if name not in known and spans
    ]
    return [replace(spans[0], events=(*spans[0].events, *new)), *spans[1:]] if new else spans


def _score(name: str, score: Plain) -> Plain:
    found: Plain = {"gen_ai.evaluation.name": name}
    value = score.get("value")
    if isinstance(value, str):
        found["gen_ai.evaluation.score.label"] = value
        if value in _GRADES:
            found["gen_ai.evaluation.score.value"] = _GRADES[value]
    elif isinstance(value, int | float):
        found["gen_ai.evaluation.score.value"] = float(value)
    else:
        found["gen_ai.evaluation.score.label"] = str(value)
    if score.get("explanation"):
        found["gen_ai.evaluation.explanation"] = str(score["explanation"])
    return found


def _reference(target: Any) -> Plain:
    if isinstance(target, str):
        return {"text": target} if target else {}
    texts = [str(item) for item in cast("Sequence[object]", target or ())]
    return {"text": texts[0], "targets": texts} if texts else {}


def _messages(held: Any) -> list[Message]:
    return [message for item in objects(held) if (message := message_of(item)) is not None]


def _attached(sample: Plain) -> Plain:
    """The sample with what it keeps apart put back where it belongs."""
    attachments = mapping(sample.get("attachments"))
    return cast("Plain", _resolved(sample, attachments)) if attachments else sample


def _resolved(value: Any, attachments: Plain) -> Any:
    if isinstance(value, str):
        return attachments.get(value[len(_ATTACHED) :], value) if value.startswith(_ATTACHED) else value
    if isinstance(value, list):
        return [_resolved(item, attachments) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {
            key: item if key == "attachments" else _resolved(item, attachments)
            for key, item in cast("Plain", value).items()
        }
    return value
