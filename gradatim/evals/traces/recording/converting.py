"""From what was gathered of a run to its trace, reduced to what may be written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from time import time_ns
from typing import Any, cast

from gradatim import __version__
from gradatim.domain import Usage
from gradatim.evals.traces.recording.reduction import reduced
from gradatim.evals.traces.trace import Event, Plain, Span, Trace
from gradatim.memory.rights.scrubbing import Scrubber
from gradatim.serving.client.accounting import Prices
from gradatim.telemetry import Record, Run, names

_NEVER_ENDED = "was not over when recording ended"
_PROGRAM = "submission.py"
"""What every program is called: its own name may be its learner's."""
_SINGLE = ("task", "submission")
_PERSON = "person:"
_REVIEWER = ("reviewed_by", "reviewer")
"""Keys that say who decided."""
_LEARNER = ("learner", "learner_id")
"""Keys that say whose something is."""


def trace_of_run(run: Run, scrubber: Scrubber) -> Trace:
    """The trace of a run.

    Args:
        scrubber: Says whether learners' text is kept, and takes out who they are.
    """
    records = list(run.records)
    root = records[0]
    kind, given, came = "workflow", Plain(), Plain()
    if run.result is not None:
        kind, inputs, outputs = run.result()
        given, came = dict(inputs), dict(outputs)
    spans = tuple(_span(record) for record in records)
    about: Plain = {**run.about, "kind": kind, "version": __version__}
    about["content"] = "pseudonymised" if scrubber.keeps_content else "none"
    if conversation := root.attributes.get(names.CONVERSATION):
        about["conversation"] = conversation
    prices = about.pop("prices", None)
    if isinstance(prices, Prices):
        about["cost"] = sum(prices.cost(_usage(span)) for span in spans if span.operation == "chat")
    writing = _Whole(run, scrubber, kind, given, came) if scrubber.keeps_content else _Reduced(run, scrubber)
    return Trace(
        id=run.id,
        name=run.name,
        inputs=writing.inputs(given),
        outputs=writing.outputs(came),
        attributes=about,
        spans=spans,
    )


class _Reduced:
    """Inputs and outputs without learners' text."""

    def __init__(self, run: Run, scrubber: Scrubber) -> None:
        self.scrubber = scrubber
        self.learner = run.learner

    def inputs(self, given: Plain) -> Plain:
        """The task as it is, for it is a teacher's; the program without its text."""
        found = {key: given[key] for key in ("task",) if given.get(key) is not None}
        found |= reduced({key: item for key, item in given.items() if key not in (*_SINGLE, "learner_id")}, self._word)
        submission: Any = given.get("submission")
        if isinstance(submission, Mapping):
            held = cast("Mapping[str, Any]", submission)
            id = self.scrubber.digest(str(held.get("id")))
            found["submission"] = {**held, "id": id, "code": "", "filename": _PROGRAM, "learner_id": None}
        return found | ({"learner": None} if self.learner is not None else {})

    def outputs(self, came: Plain) -> Plain:
        """What came of the run; ids that follow from a program are replaced as in the inputs."""
        for key in ("execution", "diagnosis"):
            part: Any = came.get(key)
            if isinstance(part, Mapping) and "submission" in part:
                whole = cast("Mapping[str, Any]", part)
                came[key] = {**whole, "submission": self.scrubber.digest(str(whole["submission"]))}
        return reduced(came, self._word)

    def _word(self, text: str) -> str:
        return self.scrubber.without_id(text, self.learner)


class _Whole:
    """Inputs and outputs with all texts, in which learners are known by their pseudonyms alone.

    Args:
        kind: Of the run: a workflow may be about any number of learners, other runs are about one.
    """

    def __init__(self, run: Run, scrubber: Scrubber, kind: str, given: Plain, came: Plain) -> None:
        self.scrubber = scrubber
        self.learner = run.learner
        others = {*_learners(given), *_learners(came)} if kind == "workflow" else set[str]()
        self._known: dict[str, str] = {}  # keys and words come again and again
        self._others = sorted(others - {run.learner or ""}, key=len, reverse=True)

    def inputs(self, given: Plain) -> Plain:
        """All that went in; the task as it is, for it is a teacher's."""
        task = {key: given[key] for key in ("task",) if given.get(key) is not None}
        rest = {key: item for key, item in given.items() if key not in ("task", "learner_id")}
        found = {**task, **self._mapping(rest)}
        return found | ({"learner": self.scrubber.learner(self.learner)} if self.learner is not None else {})

    def outputs(self, came: Plain) -> Plain:
        """All that came of it."""
        return self._mapping(came)

    def _mapping(self, value: Mapping[str, Any]) -> Plain:
        found = {self._text(str(key)): self._item(str(key), item) for key, item in value.items()}
        if "code" in found and "learner_id" in found:  # a submission, wherever it stands
            # its id is a digest of learner and code that anybody can try out
            found |= {"id": self.scrubber.digest(str(value.get("id"))), "filename": _PROGRAM}
        return found

    def _item(self, key: str, item: Any) -> Any:
        if isinstance(item, str):
            if key in _LEARNER:
                return self.scrubber.learner(item)
            if key in _REVIEWER or (key == "author" and item.startswith(_PERSON)):
                return _PERSON + self.scrubber.digest(item.removeprefix(_PERSON))
            return self.scrubber.digest(item) if key == "submission" else self._text(item)
        if isinstance(item, dict):
            return self._mapping(cast("dict[str, Any]", item))
        if isinstance(item, list | tuple):
            return [self._item("", element) for element in cast("list[Any]", item)]
        return item

    def _text(self, text: str) -> str:
        known = self._known.get(text)
        if known is None:
            known = text
            for learner in self._others:
                known = self.scrubber.without_id(known, learner)
            known = self._known[text] = self.scrubber.scrubbed(known, self.learner)
        return known


def _learners(value: Any) -> Iterator[str]:
    """All learners that stand somewhere in plain data."""
    if isinstance(value, dict):
        for key, item in cast("dict[str, Any]", value).items():
            if key in _LEARNER and isinstance(item, str):
                yield item
            else:
                yield from _learners(item)
    elif isinstance(value, list | tuple):
        for item in cast("list[Any]", value):
            yield from _learners(item)


def _usage(span: Span) -> Usage:
    read, cached, written = (
        int(span.attributes.get(name) or 0) for name in (names.INPUT_TOKENS, names.CACHED_TOKENS, names.OUTPUT_TOKENS)
    )
    return Usage(input_tokens=read, cached_tokens=cached, output_tokens=written)


def _span(record: Record) -> Span:
    over = bool(record.end)
    return Span(
        id=record.id,
        parent=record.parent.id if record.parent is not None else None,
        name=record.name,
        operation=record.operation,
        start=record.start,
        end=record.end or time_ns(),
        ok=record.ok and over,
        message=record.message if over else _NEVER_ENDED,
        attributes={key: value for key, value in record.attributes.items() if value is not None},
        events=tuple(Event(name, at, attributes) for name, at, attributes in record.events),
    )
