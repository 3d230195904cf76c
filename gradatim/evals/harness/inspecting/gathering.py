"""The runs that agents make inside a block, as traces with their texts."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from gradatim import telemetry
from gradatim.domain import stable_id
from gradatim.evals.traces.recording.converting import trace_of_run
from gradatim.evals.traces.trace import Plain, Span, Trace
from gradatim.memory.rights.scrubbing import Scrubber
from gradatim.settings import Settings
from gradatim.telemetry import Run


class Gathered:
    """A `gradatim.telemetry.Recorder` that keeps runs.

    Learners' texts are kept, for scorers judge what is said of them; who wrote them is pseudonymised.
    """

    def __init__(self, settings: Settings) -> None:
        self._scrubber = Scrubber.of(settings, keeps_content=True)
        self._runs: list[Run] = []

    def began(self, run: Run) -> None:
        """A run begins."""

    def take(self, run: Run) -> None:
        """A run is over."""
        self._runs.append(run)

    @contextmanager
    def recorded(self) -> Generator[None]:
        """Gather what is run in the block."""
        with telemetry.policed(self._scrubber), telemetry.recorded_by(self):
            yield

    def traces(self) -> list[Trace]:
        """The agents' runs that are over, in the order in which they ended.

        What else was run in the block (a simulated learner tries programs, too) is no work of the agents.
        """
        found = (trace_of_run(run, self._scrubber) for run in self._runs)
        return [trace for trace in found if any(map(_is_workflow, trace.spans))]


def _is_workflow(span: Span) -> bool:
    return span.parent is None and span.operation == "invoke_workflow"


def known(trace: Trace, example: Trace) -> Trace:
    """A run with what is known of the example that it is a run of."""
    return replace(
        trace,
        inputs={**trace.inputs, "task": example.inputs.get("task", trace.inputs.get("task"))},
        reference=example.reference,
        attributes={**trace.attributes, **_about(example)},
    )


def dialogue(turns: Sequence[Trace], example: Trace) -> Trace:
    """The turns of a session as one run: all its messages, and a span around the turns.

    Args:
        turns: At least one, in order.
    """
    first, last = turns[0], turns[-1]
    messages: list[Plain] = [message for turn in turns for message in turn.outputs.get("messages") or ()]
    identity = stable_id("dialogue", *(turn.id for turn in turns), length=32)
    root = Span(
        id=stable_id(identity, "session", length=16),
        parent=None,
        name=f"invoke_workflow {first.name}",
        operation="invoke_workflow",
        start=min((span.start for span in first.spans), default=0),
        end=max((span.end for turn in turns for span in turn.spans), default=0),
        ok=all(span.ok for turn in turns for span in turn.spans if span.parent is None),
        attributes={"gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": first.name},
    )
    inner = [replace(span, parent=span.parent or root.id) for turn in turns for span in turn.spans]
    inputs: dict[str, Any] = {key: value for key, value in first.inputs.items() if key != "messages"}
    opening = next((number for number, item in enumerate(messages) if item.get("role") == "assistant"), len(messages))
    return known(
        Trace(
            id=identity,
            name=first.name,
            inputs={**inputs, "messages": messages[:opening]},
            outputs={
                **last.outputs,
                "messages": messages,
                "degradations": [item for turn in turns for item in turn.outputs.get("degradations") or ()],
                "seconds": _summed([turn.outputs.get("seconds") or {} for turn in turns]),
            },
            attributes=last.attributes,
            spans=(root, *inner),
        ),
        example,
    )


def _about(example: Trace) -> Plain:
    return {key: value for key, value in example.attributes.items() if value}


def _summed(parts: Sequence[Mapping[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in parts:
        for name, seconds in part.items():
            found[name] = found.get(name, 0.0) + seconds
    return found
