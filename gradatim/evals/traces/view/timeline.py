"""When the parts of a run began and ended, and which of them went on at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradatim.evals.traces.formats.plain import count, number
from gradatim.evals.traces.trace import Operation, Span, Trace


@dataclass(frozen=True, slots=True)
class Row:
    """One span of the timeline.

    Attributes:
        depth: How many spans it lies in.
        offset: Seconds from the beginning of the run.
        note: What is worth telling of it in a few words: tokens, finds, the error.
    """

    id: str
    parent: str | None
    operation: Operation
    subject: str
    depth: int
    offset: float
    seconds: float
    ok: bool
    note: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of a drawn timeline: a span, or neighbours without parts that do the same.

    Attributes:
        rows: What is drawn on it, at least one.
    """

    rows: tuple[Row, ...]

    @property
    def first(self) -> Row:
        """The row that stands for them."""
        return self.rows[0]

    @property
    def seconds(self) -> float:
        """In which at least one of them went on."""
        total = until = 0.0
        for row in sorted(self.rows, key=lambda row: row.offset):
            end = row.offset + row.seconds
            total += max(0.0, end - max(until, row.offset))
            until = max(until, end)
        return total

    @property
    def ok(self) -> bool:
        """Whether none of them failed."""
        return all(row.ok for row in self.rows)

    @property
    def note(self) -> str:
        """What is worth telling; of several, only of one that failed."""
        failed = next((row.note for row in self.rows if not row.ok), "")
        return failed or (self.first.note if len(self.rows) == 1 else "")


@dataclass(frozen=True, slots=True)
class Timeline:
    """The spans of a run, each followed by its parts.

    Attributes:
        seconds: From the beginning of the first to the end of the last.
        timed: Whether times were recorded at all.
        stages: Names of agents in the order in which they began; those of one stage overlap in time.
    """

    rows: tuple[Row, ...]
    seconds: float
    timed: bool
    stages: tuple[tuple[str, ...], ...]

    def lanes(self) -> tuple[Lane, ...]:
        """The rows as they are drawn: neighbours that do the same, and have no parts, share a line."""
        lanes: list[list[Row]] = []
        for place, row in enumerate(self.rows):
            leaf = place + 1 == len(self.rows) or self.rows[place + 1].depth <= row.depth
            last = lanes[-1][-1] if lanes else None
            same = last is not None and (last.parent, last.depth, last.operation, last.subject) == (
                row.parent,
                row.depth,
                row.operation,
                row.subject,
            )
            if same and leaf:
                lanes[-1].append(row)
            else:
                lanes.append([row])
        return tuple(Lane(tuple(lane)) for lane in lanes)


def timeline_of(trace: Trace) -> Timeline:
    """The timeline of a run."""
    if not trace.spans:
        return Timeline((), 0.0, False, ())
    origin = min(span.start for span in trace.spans)
    last = max(span.end for span in trace.spans)
    rows = tuple(_row(span, depth, origin) for span, depth in ordered(trace.spans))
    return Timeline(rows, (last - origin) / 1e9, last > 0, stages_of(trace))


def ordered(spans: Sequence[Span]) -> list[tuple[Span, int]]:
    """Spans with their depth, each followed by its parts in the order of their beginnings."""
    known = {span.id for span in spans}
    within: dict[str | None, list[int]] = {}
    for place, span in enumerate(spans):
        within.setdefault(span.parent if span.parent in known else None, []).append(place)
    for places in within.values():
        places.sort(key=lambda place: (spans[place].start, place))
    found: list[tuple[Span, int]] = []
    seen: set[int] = set()
    # spans that are each other's parents hang on nothing: they come last, as beginnings of their own
    for roots in (within.get(None, []), range(len(spans))):
        waiting = [(place, 0) for place in reversed(roots)]
        while waiting:
            place, depth = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            found.append((spans[place], depth))
            waiting += [(part, depth + 1) for part in reversed(within.get(spans[place].id, []))]
    return found


def stages_of(trace: Trace) -> tuple[tuple[str, ...], ...]:
    """Names of the agents of a run, those that overlap in time together."""
    stages: list[list[str]] = []
    end = 0
    for span in sorted(trace.of("invoke_agent"), key=lambda span: span.start):
        if stages and span.start < end:
            stages[-1].append(span.subject)
            end = max(end, span.end)
        else:
            stages.append([span.subject])
            end = span.end
    return tuple(tuple(stage) for stage in stages)


def note_of(span: Span) -> str:
    """What is worth telling of a span in a few words."""
    parts: list[str] = []
    given, made = (count(span.attributes.get(f"gen_ai.usage.{side}_tokens")) for side in ("input", "output"))
    if given is not None or made is not None:
        parts.append(f"{given or 0:,} → {made or 0:,} tokens")
    if (found := number(span.attributes.get("gradatim.retrieval.count"))) is not None:
        parts.append(f"{found:.0f} found")
    if not span.ok:
        parts.append(span.message or "failed")
    return ", ".join(parts)


def _row(span: Span, depth: int, origin: int) -> Row:
    return Row(
        span.id,
        span.parent,
        span.operation,
        span.subject,
        depth,
        (span.start - origin) / 1e9,
        span.seconds,
        span.ok,
        note_of(span),
    )
