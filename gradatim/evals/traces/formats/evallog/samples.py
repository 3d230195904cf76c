"""A trace as a sample of inspect_ai's log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from gradatim.evals.traces.formats.conventions import EVALUATION
from gradatim.evals.traces.formats.conversation import conversation_of
from gradatim.evals.traces.formats.evallog.events import events_of
from gradatim.evals.traces.formats.evallog.pieces import KEPT, instant, message_for, score_for
from gradatim.evals.traces.trace import Plain, Trace

_TOKENS = {
    "input_tokens": "gen_ai.usage.input_tokens",
    "output_tokens": "gen_ai.usage.output_tokens",
    "input_tokens_cache_read": "gen_ai.usage.cache_read.input_tokens",
    "reasoning_tokens": "gen_ai.usage.reasoning.output_tokens",
}


def sample_of(trace: Trace, epoch: int) -> Plain:
    """A trace as an `EvalSample`.

    Args:
        trace: The trace.
        epoch: Which one of the traces of the same sample it is, counted from 1.
    """
    found = conversation_of(trace)
    messages = [message_for(message) for message in found.messages]
    first = next((number for number, item in enumerate(messages) if item["role"] == "assistant"), len(messages))
    usage = usage_of(trace)
    model = model_of(trace)
    root = trace.root
    sample: Plain = {
        "id": sample_id(trace),
        "epoch": epoch,
        "input": messages[:first] or "",
        "target": target_of(trace.reference),
        "messages": messages,
        "output": _output(messages[first:], model, usage.get(model)),
        "scores": scores_of(trace),
        "metadata": {KEPT: _kept(trace)},
        "store": {},
        "events": list(events_of(trace)),
        "model_usage": usage,
        "role_usage": {},
        "uuid": trace.id,
        "attachments": {},
    }
    if root is not None:
        sample |= {"started_at": instant(root.start), "completed_at": instant(root.end)}
        sample |= {"total_time": root.seconds, "working_time": root.seconds}
        if not root.ok:
            sample["error"] = {"message": root.message or "failed", "traceback": "", "traceback_ansi": ""}
    return sample


def sample_id(trace: Trace) -> str | int:
    """The example that a trace is a run of; the trace's own id where it is of none."""
    held = trace.attributes.get("sample")
    return held if isinstance(held, str | int) and not isinstance(held, bool) and held != "" else trace.id


def model_of(trace: Trace) -> str:
    """Name of the model of a run."""
    named = trace.attributes.get("model") or trace.outputs.get("model")
    if not isinstance(named, str):
        asked = (span.attributes.get("gen_ai.request.model") for span in trace.of("chat"))
        named = next((name for name in asked if isinstance(name, str) and name), None)
    return named if isinstance(named, str) and named else "none"


def usage_of(trace: Trace) -> dict[str, dict[str, int]]:
    """Tokens by model, from the questions that were recorded."""
    usage: dict[str, dict[str, int]] = {}
    for span in trace.of("chat"):
        name = str(span.attributes.get("gen_ai.request.model") or model_of(trace))
        held = usage.setdefault(name, {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0})
        for key, attribute in _TOKENS.items():
            count = span.attributes.get(attribute)
            if isinstance(count, int) and not isinstance(count, bool):
                held[key] = held.get(key, 0) + count
        held["total_tokens"] = held["input_tokens"] + held["output_tokens"]
    return usage


def scores_of(trace: Trace) -> dict[str, Plain]:
    """Judgements that were recorded, the last of each name, as scores."""
    found: dict[str, Plain] = {}
    for span in trace.spans:
        for event in span.events:
            if event.name == EVALUATION and event.attributes.get("gen_ai.evaluation.name"):
                found[str(event.attributes["gen_ai.evaluation.name"])] = score_for(event.attributes)
    return found


def target_of(reference: Mapping[str, Any]) -> str | list[str]:
    """What is known to be right, as a text."""
    for key in ("text", "verdict"):
        held = reference.get(key)
        if isinstance(held, str):
            return held
    held = reference.get("misconceptions")
    return [str(item) for item in cast("Sequence[object]", held)] if isinstance(held, list | tuple) else ""


def _kept(trace: Trace) -> Plain:
    found: Plain = {"trace": trace.id, "name": trace.name}
    for key in ("inputs", "outputs", "reference", "attributes"):
        if part := getattr(trace, key):
            found[key] = dict(part)
    return found


def _output(answers: Sequence[Plain], model: str, usage: Mapping[str, int] | None) -> Plain:
    said = next(_last(answers), None)
    output: Plain = {
        "model": model,
        "choices": [{"message": said, "stop_reason": "stop"}] if said is not None else [],
        "completion": said["content"] if said is not None else "",
    }
    if usage:
        output["usage"] = dict(usage)
    return output


def _last(answers: Sequence[Plain]) -> Iterator[Plain]:
    return (answer for answer in reversed(answers) if answer["role"] == "assistant")
