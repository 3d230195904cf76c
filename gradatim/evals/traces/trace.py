"""What a run did, as it was recorded: its spans, what went in, what came out, and what is known of the truth.

A trace is JSON-plain through and through, so that any harness can read it. Reading ten thousand of them is no reason to
validate ten thousand deep models: these are slotted dataclasses over plain data, and who needs a noun of
`gradatim.domain` validates just that part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Plain = dict[str, Any]
Operation = Literal["invoke_workflow", "invoke_agent", "chat", "execute_tool", "retrieval", "embeddings", "other"]
"""Values of `gen_ai.operation.name` (OpenTelemetry GenAI semantic conventions)."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened within a span, e.g. `gen_ai.evaluation.result`."""

    name: str
    at: int
    """Nanoseconds since 1970."""
    attributes: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Span:
    """One piece of work: a workflow, an agent, a question to a model, a tool, a look-up.

    Attributes:
        id: 16 hexadecimal digits.
        parent: Id of the span that it is part of; `None` for the run itself.
        name: As the conventions name it: operation and name, e.g. `invoke_agent diagnose`.
        operation: What kind of work.
        start, end: Nanoseconds since 1970.
        ok: False where it ended with an error.
        message: What went wrong.
        attributes: By the names of the conventions (`gen_ai.…`), and ours (`gradatim.…`).
    """

    id: str
    parent: str | None
    name: str
    operation: Operation
    start: int
    end: int
    ok: bool = True
    message: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    events: tuple[Event, ...] = ()

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.end - self.start) / 1e9

    @property
    def subject(self) -> str:
        """Name of the agent, tool, model or store: the span's name without its operation."""
        return self.name.removeprefix(self.operation).strip() or self.name


@dataclass(frozen=True, slots=True)
class Trace:
    """One run.

    Attributes:
        id: 32 hexadecimal digits.
        name: Of the workflow (`assessment`, `tutoring`, a workflow file's name).
        inputs: What the run was given. Of an assessment: `task` and `submission` (nouns of `gradatim.domain`, as plain
            data), `learner`. Of a dialogue: `task`, and what the learner said last in `messages`.
        outputs: What came of it. Of an assessment: the fields of `gradatim.domain.Assessment` but `task` and
            `submission`. Of a dialogue: `messages`, each `{"role": "assistant" | "user", "content": …}` and what else
            is known of it (`code`, `passed`, `statements` with their checks, `hint`, `intent`).
        reference: What is known of the truth: `verdict`, `lines`, `misconceptions`, `objectives` (ids of concepts),
            `scores` ({dimension: {rater: value}}), `text`, `passes_after_turns`; empty where nothing is known.
        attributes: About the run as a whole: `variant`, `model`, `seed`, `sample` (id of the example), `groups`
            ({attribute: value} for fairness audits), `conversation`, `version`, `language`, `cost`.
        spans: In the order in which they began; the run's own is the one without a parent. Empty where no spans were
            recorded.
    """

    id: str
    name: str
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    reference: Mapping[str, Any] = field(default_factory=dict[str, Any])
    attributes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    spans: tuple[Span, ...] = ()

    @property
    def root(self) -> Span | None:
        """The span of the run itself."""
        return next((span for span in self.spans if span.parent is None), None)

    def of(self, *operations: Operation) -> Iterator[Span]:
        """Its spans of some kinds, in order."""
        return (span for span in self.spans if span.operation in operations)

    @property
    def path(self) -> tuple[str, ...]:
        """Names of the agents in the order in which they began."""
        return tuple(span.subject for span in self.of("invoke_agent"))
