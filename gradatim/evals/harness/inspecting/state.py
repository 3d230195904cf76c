"""Between a trace of ours and what inspect_ai knows of a run: a sample, and the state of a task.

A run of gradatim stands in the metadata of its sample, under `gradatim`, as a whole: a log can be scored again without
the file that it came from. Of any other solver's run, a trace is made of its messages and events, with what is known of
the example that it worked on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast
from weakref import WeakKeyDictionary

from inspect_ai.dataset import Sample
from inspect_ai.log import transcript
from inspect_ai.model import ChatMessage, ModelOutput, ModelUsage
from inspect_ai.solver import TaskState
from pydantic import TypeAdapter

from gradatim.errors import InputError
from gradatim.evals.scorers.given import Shared
from gradatim.evals.scorers.score import inputs_of
from gradatim.evals.traces.formats.conversation import conversation_of
from gradatim.evals.traces.formats.evallog.pieces import KEPT, message_for
from gradatim.evals.traces.formats.evallog.restoring import trace_of as trace_of_sample
from gradatim.evals.traces.formats.evallog.samples import model_of, target_of, usage_of
from gradatim.evals.traces.lines import plain_of, trace_of
from gradatim.evals.traces.trace import Plain, Trace

_MESSAGES: TypeAdapter[list[ChatMessage]] = TypeAdapter(list[ChatMessage])
_RAN = "ran"
"""Key beside the trace: whether it is what this sample's solver did, and not only the example that it was given."""
_read: WeakKeyDictionary[TaskState, tuple[Plain, Plain]] = WeakKeyDictionary()
"""What scorers were given of a state, with the plain trace that it was read from."""


def kept_of(trace: Trace) -> Plain:
    """A trace as it stands under `KEPT` in the metadata of a sample; `gradatim trace` reads it there, too."""
    return {"trace": trace.id, **plain_of(trace)}


def sample_for(trace: Trace, identity: str) -> Sample:
    """A recorded run as a sample.

    Args:
        identity: Its id, unique in the data set.
    """
    asked, _ = messages_of(trace)
    return Sample(
        input=asked or "",
        target=target_of(trace.reference),
        id=identity,
        metadata={KEPT: kept_of(trace)},
    )


def messages_of(trace: Trace) -> tuple[list[ChatMessage], list[ChatMessage]]:
    """The messages that went into a run, and all of them."""
    plain = [message_for(message) for message in conversation_of(trace).messages]
    first = next((number for number, item in enumerate(plain) if item["role"] == "assistant"), len(plain))
    messages = _MESSAGES.validate_python(plain)
    return messages[:first], messages


def output_of(trace: Trace, messages: list[ChatMessage]) -> ModelOutput:
    """What a run said last, as a model's output, with the tokens that were recorded."""
    model = model_of(trace)
    said = next((message for message in reversed(messages) if message.role == "assistant"), None)
    output = ModelOutput.from_content(model, said.text if said is not None else "")
    if used := usage_of(trace).get(model):
        output.usage = ModelUsage.model_validate(used)
    return output


def replayed(state: TaskState, trace: Trace) -> TaskState:
    """A state as the run of a trace left it: messages, output, and the trace itself."""
    _, messages = messages_of(trace)
    state.metadata[KEPT] = {**kept_of(trace), _RAN: True}
    state.output = output_of(trace, messages)
    state.messages = messages
    state.completed = True
    return state


def kept_in(state: TaskState) -> Plain | None:
    """The plain trace that a state carries; `None` where it carries none."""
    held: Any = state.metadata.get(KEPT)
    return cast("Plain", held) if isinstance(held, dict) and "gradatim_trace" in held else None


def trace_of_state(state: TaskState) -> Trace:
    """The trace of a run, whoever's: one of gradatim as it is, of another solver by its messages and events.

    Raises:
        InputError: What stands under `gradatim` in the metadata is no trace.
    """
    held = kept_in(state)
    if held is not None and held.get(_RAN):
        return trace_of(held, f"sample {state.sample_id}")
    made = trace_of_sample(_sample_of(state), {"task": "inspect_ai", "model": str(state.model)})
    if held is None:
        return made
    example = trace_of(held, f"sample {state.sample_id}")
    about = {key: value for key, value in example.attributes.items() if key in ("sample", "groups")}
    return replace(
        made,
        inputs={**example.inputs, **made.inputs},
        reference=example.reference,
        attributes={**made.attributes, **about},
    )


def given_to_scorers(state: TaskState) -> Mapping[str, Any]:
    """The three arguments of a scorer for a state; of a trace of ours they are read once for all scorers.

    Raises:
        InputError: As `trace_of_state`.
    """
    held = kept_in(state)
    known = _read.get(state)
    if known is not None and known[0] is held:
        return known[1]
    given: Plain = dict(inputs_of(trace_of_state(state)))
    given["outputs"] = Shared(given["outputs"])
    if held is not None and held.get(_RAN):  # what another solver has done may go on
        _read[state] = held, given
    return given


def required(state: TaskState) -> Trace:
    """The recorded run that a sample carries.

    Raises:
        InputError: It carries none.
    """
    held = kept_in(state)
    if held is None:
        raise InputError(
            "carries no recorded run", place=f"sample {state.sample_id}", remedy="use recorded_traces(…) as data set"
        )
    return trace_of(held, f"sample {state.sample_id}")


def _sample_of(state: TaskState) -> Plain:
    """A state as a sample of a log, as far as scorers look at it."""
    events = [event.model_dump(mode="json", exclude_none=True) for event in transcript().events]
    asked = state.input
    found: Plain = {
        "id": state.sample_id,
        "epoch": state.epoch,
        "uuid": state.uuid,
        "input": asked if isinstance(asked, str) else [_plain_message(item) for item in asked],
        "messages": [_plain_message(item) for item in state.messages],
        "output": state.output.model_dump(mode="json", exclude_none=True),
        "target": list(state.target),
        "metadata": state.metadata if kept_in(state) is None else {},
        "events": events,
    }
    instants = [str(event["timestamp"]) for event in events if event.get("timestamp")]
    if instants:
        found |= {"started_at": instants[0], "completed_at": instants[-1]}
    return found


def _plain_message(message: ChatMessage) -> Plain:
    return message.model_dump(mode="json", exclude_none=True)
