"""Reading what was recorded of a run's way: spans, of our own recording or of anybody's, and what nodes took.

Attributes are those of the OpenTelemetry GenAI conventions; older names of the token counts are read as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, cast

from gradatim.evals.scorers.given import Given, Missing, Plain, mapping_of, number_of, objects_of, once, text_of
from gradatim.evals.traces.trace import Event, Span

MOST = 20_000
"""Spans of one run that are read."""
_OPERATIONS = ("invoke_workflow", "invoke_agent", "chat", "execute_tool", "retrieval", "embeddings")
_TOKENS: Mapping[str, tuple[str, ...]] = {
    "input": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
    "output": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
    "cached": ("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.input_tokens.cached"),
}
_FURTHEST = 2**63
"""Nanoseconds: no instant lies further from 1970."""


def spans_of(given: Given) -> Sequence[Span]:
    """The spans of a run, in the order in which they began.

    Raises:
        Missing: None were recorded.
    """
    return once(given, "spans", _spans)


def agents_of(given: Given) -> Sequence[Span]:
    """The spans of agents, in the order in which they began.

    Raises:
        Missing: None were recorded.
    """
    found = [span for span in spans_of(given) if span.operation == "invoke_agent"]
    if not found:
        raise Missing("`outputs.spans` holds no agent (`invoke_agent`)")
    return found


def work_of(given: Given) -> Sequence[Span]:
    """The spans of a run whose questions and calls were recorded, too, so that where there are none, none was made.

    Raises:
        Missing: Only the path is known: agents without times, as some formats hold them.
    """
    spans = spans_of(given)
    if all(span.start == span.end and span.operation in ("invoke_workflow", "invoke_agent", "other") for span in spans):
        raise Missing("only the path of agents was recorded, no questions, calls or times")
    return spans


def root_of(spans: Iterable[Span]) -> Span | None:
    """The span of the run itself."""
    return next((span for span in spans if span.parent is None), None)


def extent_of(spans: Sequence[Span]) -> tuple[int, int]:
    """When a run began and ended: its own span's instants, else the first and the last of all.

    Raises:
        Missing: It took no time at all, as where a format holds no times, or it ends before it begins.
    """
    root = root_of(spans)
    begin = root.start if root else min(span.start for span in spans)
    end = root.end if root else max(span.end for span in spans)
    if end < begin:
        raise Missing("the run ends before it begins")
    if end == begin:
        raise Missing("times were not recorded: the run takes none")
    return begin, end


def node_seconds(given: Given) -> dict[str, float]:
    """Seconds of work of each node, as the outputs tell; empty where they do not."""
    seconds = mapping_of(given.find("outputs.seconds"))
    return {str(name): value for name, item in seconds.items() if (value := number_of(item)) is not None and value >= 0}


def tokens_of(given: Given) -> dict[str, float]:
    """Tokens of the whole run: `input`, `output`, `cached`; a kind of which no question tells is not there.

    By the spans of questions to models where those tell, else by what the outputs say of each node. Recordings leave
    `cached` out where nothing was cached: it counts as 0.

    Raises:
        Missing: Neither was recorded.
    """
    return once(given, "tokens", _tokens)


def _tokens(given: Given) -> dict[str, float]:
    recorded = isinstance(given.find("outputs.spans"), list | tuple) and bool(given.find("outputs.spans"))
    if recorded:
        asked = [span for span in spans_of(given) if span.operation == "chat"]
        told = [span.attributes for span in asked if _amount(span.attributes, "input", "output") is not None]
        if told:
            amounts = {kind: [_amount(attributes, kind) for attributes in told] for kind in _TOKENS}
            return {
                kind: sum(amount or 0.0 for amount in found)
                for kind, found in amounts.items()
                if kind == "cached" or any(amount is not None for amount in found)
            }
    nodes = _usage(given)
    if nodes is not None and (nodes or not recorded):
        return {kind: sum(_count(item.get(f"{kind}_tokens")) for item in nodes) for kind in _TOKENS}
    if recorded and not any(span.operation == "chat" for span in work_of(given)):
        return dict.fromkeys(_TOKENS, 0.0)
    raise Missing("neither the spans of questions to a model nor `outputs.usage` tell of tokens")


def questions(given: Given) -> int | None:
    """How often a model was asked; `None` where that was not recorded."""
    spans = given.find("outputs.spans")
    if isinstance(spans, list | tuple) and spans:
        return sum(span.operation == "chat" for span in spans_of(given))
    nodes = _usage(given)
    return None if nodes is None else round(sum(_count(item.get("requests")) for item in nodes))


def _usage(given: Given) -> list[Plain] | None:
    """What each node's questions took, as the outputs tell; `None` where they do not."""
    usage = given.find("outputs.usage")
    if not isinstance(usage, Mapping):
        return None
    return [mapping_of(item) for item in cast("Plain", usage).values()]


def _amount(attributes: Plain, *kinds: str) -> float | None:
    for kind in kinds:
        for name in _TOKENS[kind]:
            value = number_of(attributes.get(name))
            if value is not None and value >= 0:
                return value
    return None


def _count(value: object) -> float:
    number = number_of(value)
    return number if number is not None and number >= 0 else 0.0


def _spans(given: Given) -> Sequence[Span]:
    found = list(_read(given.items("outputs.spans")[:MOST]))
    if not found:
        raise Missing("`outputs.spans` holds no span")
    if any(one.start > other.start for one, other in pairwise(found)):
        found.sort(key=lambda span: span.start)
    return found


def _read(items: Sequence[Any]) -> Iterator[Span]:
    """Spans, and what can be read as one; what cannot is left out."""
    for item in items:
        if isinstance(item, Span):
            yield item
        elif isinstance(item, Mapping):
            plain = cast("Plain", item)
            start, end = _instant(plain.get("start")), _instant(plain.get("end"))
            if start is None or end is None:
                continue
            attributes = mapping_of(plain.get("attributes"))
            operation = plain.get("operation") or attributes.get("gen_ai.operation.name")
            parent = plain.get("parent")
            yield Span(
                id=str(plain.get("id")),
                parent=None if parent is None else str(parent),
                name=str(plain.get("name")),
                operation=operation if operation in _OPERATIONS else "other",
                start=start,
                end=end,
                ok=plain.get("ok", True) is not False,
                message=text_of(plain.get("message")),
                attributes=attributes,
                events=tuple(_events(plain.get("events"))),
            )


def _events(value: object) -> Iterator[Event]:
    for item in objects_of(value):
        name, at = item.get("name"), _instant(item.get("at"))
        if isinstance(name, str) and at is not None:
            yield Event(name, at, mapping_of(item.get("attributes")))


def _instant(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or not -_FURTHEST < value < _FURTHEST:
        return None
    return value
