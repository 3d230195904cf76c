"""One run as a person reads it: its path and times, what was found, said and checked, what it cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import asdict, dataclass
from typing import Any

from gradatim.evals.traces.formats.conventions import EVALUATION
from gradatim.evals.traces.formats.plain import count, mapping, number, objects, text, texts, truth
from gradatim.evals.traces.trace import Plain, Trace
from gradatim.evals.traces.view.calls import Asked, Found, Ran, asked_of, found_of, ran_of
from gradatim.evals.traces.view.statements import Sentence, sentences_of
from gradatim.evals.traces.view.timeline import Timeline, timeline_of

_SHOWN = frozenset({
    "id", "execution", "diagnosis", "feedback", "confidence", "delivered", "waiting", "revisions", "degradations",
    "messages", "usage", "seconds", "model", "verdict", "prompts",
})  # fmt: skip
"""Outputs that have a place of their own in the view."""
_SHORT = 300
"""Characters of what is a word or a title."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """A piece of evidence.

    Attributes:
        cited: How many sentences rest on it.
    """

    id: str
    kind: str
    summary: str
    lines: tuple[str, ...]
    source: str
    cited: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """A result of an evaluation, reported while the run went on.

    Attributes:
        by: Which part reported it.
    """

    by: str
    name: str
    value: float | None
    label: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that went wrong, with the part that it befell."""

    where: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a dialogue, with what else is known of it."""

    role: str
    content: str
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Costs:
    """What a run took: `None` where it was not recorded.

    Attributes:
        cost: In the currency in which prices were given.
    """

    seconds: float | None
    requests: int
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    cost: float | None


@dataclass(frozen=True, slots=True)
class RunView:
    """Everything that is shown of one run.

    Attributes:
        facts: Name → value, of what the run was about.
        given, came: Name → value, of what went in and came out that is shown nowhere else.
        tests: Test → status and detail.
        components: Part of the confidence → its value.
        reference: What is known of the truth.
    """

    id: str
    name: str
    title: str
    code: str
    verdict: str
    category: str
    confidence: float | None
    route: str
    delivered: bool | None
    waiting: bool
    revisions: int
    reasons: tuple[str, ...]
    components: tuple[tuple[str, float | None], ...]
    facts: tuple[tuple[str, str], ...]
    given: tuple[tuple[str, str], ...]
    came: tuple[tuple[str, str], ...]
    reference: tuple[tuple[str, str], ...]
    tests: tuple[tuple[str, str, str], ...]
    misconceptions: tuple[tuple[str, float | None, str], ...]
    timeline: Timeline
    evidence: tuple[Grounds, ...]
    sentences: tuple[Sentence, ...]
    turns: tuple[Turn, ...]
    judgements: tuple[Judgement, ...]
    asked: tuple[Asked, ...]
    ran: tuple[Ran, ...]
    found: tuple[Found, ...]
    faults: tuple[Fault, ...]
    costs: Costs

    def plain(self) -> Plain:
        """This view as plain data."""
        return asdict(self)


def view_of(trace: Trace) -> RunView:
    """The view of a trace; what a trace does not hold, or holds in a shape of its own, is left out."""
    outputs = trace.outputs
    diagnosis, confidence = mapping(outputs.get("diagnosis")), mapping(outputs.get("confidence"))
    task, submission = mapping(trace.inputs.get("task")), mapping(trace.inputs.get("submission"))
    sentences = sentences_of(trace)
    named = {span.id: span.subject for span in trace.spans}
    timeline = timeline_of(trace)
    asked = tuple(asked_of(span, named) for span in trace.of("chat"))
    return RunView(
        id=trace.id,
        name=trace.name,
        title=text(task.get("title") or task.get("id") or trace.inputs.get("task"))[:_SHORT],
        code=text(submission.get("code")),
        verdict=text(diagnosis.get("verdict") or outputs.get("verdict"))[:_SHORT],
        category=text(diagnosis.get("error_category"))[:_SHORT],
        confidence=number(confidence.get("value")),
        route=text(confidence.get("route"))[:_SHORT],
        delivered=truth(outputs.get("delivered")),
        waiting=outputs.get("waiting") is True,
        revisions=count(outputs.get("revisions")) or 0,
        reasons=texts(confidence.get("reasons")),
        components=tuple((key, number(value)) for key, value in mapping(confidence.get("components")).items()),
        facts=tuple((key, text(value)) for key, value in trace.attributes.items() if value not in (None, "")),
        given=_rest(
            trace.inputs, {"task", "submission", "learner"} | ({"messages"} if outputs.get("messages") else set())
        ),
        came=_rest(outputs, _SHOWN),
        reference=tuple((key, text(value)) for key, value in trace.reference.items()),
        tests=tuple(_tests(mapping(outputs.get("execution")))),
        misconceptions=tuple(
            (text(held.get("id")), number(held.get("confidence")), text(held.get("why")))
            for held in objects(diagnosis.get("misconceptions"))
        ),
        timeline=timeline,
        evidence=tuple(_evidence(diagnosis, sentences)),
        sentences=sentences,
        turns=tuple(_turn(message) for message in objects(outputs.get("messages"))),
        judgements=tuple(judgements_of(trace)),
        asked=asked,
        ran=tuple(ran_of(span, named) for span in trace.of("execute_tool")),
        found=tuple(found_of(span, named) for span in trace.of("retrieval")),
        faults=tuple(_faults(trace)),
        costs=_costs(trace, timeline, asked),
    )


def judgements_of(trace: Trace) -> Iterator[Judgement]:
    """Results of evaluations that the spans report, in order."""
    for span in trace.spans:
        for event in span.events:
            if event.name == EVALUATION:
                held = event.attributes
                yield Judgement(
                    span.subject,
                    text(held.get("gen_ai.evaluation.name")),
                    number(held.get("gen_ai.evaluation.score.value")),
                    text(held.get("gen_ai.evaluation.score.label")),
                    text(held.get("gen_ai.evaluation.explanation")),
                )


def _rest(part: Mapping[str, Any], shown: Set[str]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (key, text(value)) for key, value in part.items() if key not in shown and value not in (None, "", [], {})
    )


def _tests(execution: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    fault = mapping(execution.get("load_error"))
    if fault:
        yield "loading", text(fault.get("type")), text(fault.get("message"))
    for held in objects(execution.get("outcomes")):
        yield text(held.get("test")), text(held.get("status")), text(held.get("detail"))


def _evidence(diagnosis: Mapping[str, Any], sentences: tuple[Sentence, ...]) -> Iterator[Grounds]:
    for held in objects(diagnosis.get("evidence")):
        key = text(held.get("id"))
        cited = sum(key in sentence.evidence for sentence in sentences)
        yield Grounds(
            key,
            text(held.get("kind")),
            text(held.get("summary")),
            texts(held.get("lines")),
            text(held.get("source")),
            cited,
        )


def _turn(message: Mapping[str, Any]) -> Turn:
    left_out = ("role", "content", "statements")
    notes = tuple((key, text(value)) for key, value in message.items() if key not in left_out and value is not None)
    return Turn(text(message.get("role")), text(message.get("content")), notes)


def _faults(trace: Trace) -> Iterator[Fault]:
    for span in trace.spans:
        told = [
            Fault(
                span.name,
                text(event.attributes.get("exception.type")),
                text(event.attributes.get("exception.message")),
            )
            for event in span.events
            if event.name == "exception"
        ]
        yield from told
        if not span.ok and not any(fault.message == span.message for fault in told):
            yield Fault(span.name, text(span.attributes.get("error.type")), span.message)
    for held in objects(trace.outputs.get("degradations")):
        reason = f"{text(held.get('reason'))}; instead: {text(held.get('fallback'))}"
        yield Fault(text(held.get("node")), "degraded", reason)


def _costs(trace: Trace, timeline: Timeline, asked: tuple[Asked, ...]) -> Costs:
    """Of the questions that were recorded; where none were, of what the outputs say of them."""
    usage = [mapping(held) for held in mapping(trace.outputs.get("usage")).values()]
    if asked or not usage:
        given = [(call.input_tokens, call.output_tokens, call.cached_tokens) for call in asked]
        requests = len(asked)
    else:
        keys = ("input_tokens", "output_tokens", "cached_tokens")
        given = [tuple(count(held.get(key)) for key in keys) for held in usage]
        requests = sum(count(held.get("requests")) or 0 for held in usage)
    sums = [_total(held[place] for held in given) for place in range(3)]
    cost = number(trace.attributes.get("cost"))
    if cost is None:
        priced = [value for span in trace.spans if (value := number(span.attributes.get("gradatim.cost"))) is not None]
        cost = sum(priced) if priced else None
    root = trace.root
    seconds = (root.seconds if root is not None else timeline.seconds) if timeline.timed else None
    return Costs(seconds, requests, sums[0], sums[1], sums[2], cost)


def _total(values: Iterator[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
