"""A piece of work while it goes on: one span, written to the application's provider, to a recorder, or to neither."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from time import time_ns
from types import TracebackType
from typing import Any, Self

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import ProxyTracerProvider, Span, SpanKind, Status, StatusCode, Tracer

from gradatim import __version__
from gradatim.telemetry import names
from gradatim.telemetry.content import Policy, policy_or, scrubbed_within
from gradatim.telemetry.names import Operation
from gradatim.telemetry.record import Plain, Record, Recorder, Run
from gradatim.telemetry.recorders import recorder_at_work

_KINDS: Mapping[Operation, SpanKind] = {"chat": SpanKind.CLIENT}
_tracer: Tracer = trace.get_tracer("gradatim", __version__)
"""Stands for that of whatever provider the application sets, also when it sets one later."""


class Work:
    """A span as a context manager; see `gradatim.telemetry`.

    Where nobody listens it does nothing. The same object is entered once.

    Args:
        operation: What kind of work.
        subject: Name of the agent, tool, model, store or workflow.
        attributes: Beside the operation; values of `None` are left out.
        expected: Exceptions that are no failure: the work stops to ask a person.
        learner: Whose work this is about; that of the work around it when not given.
        policy: What is kept of content where the context has no policy; that of the work around it when not given.
    """

    __slots__ = (
        "_attributes", "_before", "_expected", "_learner", "_operation", "_otel", "_policy", "_record", "_span",
        "_subject",
    )  # fmt: skip

    def __init__(
        self,
        operation: Operation,
        subject: str,
        attributes: Plain,
        expected: tuple[type[BaseException], ...] = (),
        learner: str | None = None,
        policy: Policy | None = None,
    ) -> None:
        self._operation: Operation = operation
        self._subject = subject
        self._attributes = attributes
        self._expected = expected
        self._learner = learner
        self._policy = policy
        self._record: Record | None = None
        self._span: Span | None = None
        self._before: Work | None = None
        self._otel: Context | None = None

    # --------------------------------------------------------------------------------------- its life

    def __enter__(self) -> Self:
        self.begin()
        self.resume()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.suspend()
        self.end(error)

    def begin(self) -> None:
        """Start the span without making it the current one."""
        above = _current.get()
        parent = above._record if above is not None else None
        recorder = recorder_at_work() if parent is None else None
        provided = _provided()
        if parent is None and recorder is None and not provided:
            return
        if above is not None:
            self._learner = self._learner or above._learner
            self._policy = self._policy or above._policy
        self._policy = policy_or(self._policy)
        attributes = self._attributes
        attributes[names.OPERATION] = self._operation
        conversation = attributes.get(names.CONVERSATION)
        if conversation is not None and self._learner is not None:  # whoever names a run may name it after its learner
            attributes[names.CONVERSATION] = self._policy.scrubbed(conversation, self._learner)
        name = f"{self._operation} {self._subject}"
        if provided:
            given = {key: value for key, value in attributes.items() if value is not None}
            kind = _KINDS.get(self._operation, SpanKind.INTERNAL)
            self._span = _tracer.start_span(name, kind=kind, attributes=given)
        if parent is not None:
            self._record = _noted(parent.run, parent, name, self._operation, attributes)
        elif recorder is not None:
            run = _Recorded(os.urandom(16).hex(), self._subject, recorder)
            run.learner = self._learner
            recorder.began(run)
            self._record = _noted(run, None, name, self._operation, attributes)

    def resume(self) -> None:
        """Make it the current span of this context."""
        self._before = _current.get()
        if self._record is not None or self._span is not None:
            _current.set(self)
        if self._span is not None:
            self._otel = contexts.get_current()
            contexts.attach(trace.set_span_in_context(self._span, self._otel))

    def suspend(self) -> None:
        """Give way to the span that was current before."""
        if self._record is not None or self._span is not None:
            _current.set(self._before)
        if self._otel is not None:
            contexts.attach(self._otel)
            self._otel = None

    def end(self, error: BaseException | None = None) -> None:
        """End the span.

        Args:
            error: Why it ends early.
        """
        if self._record is None and self._span is None:
            return
        if error is not None and not isinstance(error, GeneratorExit):
            if isinstance(error, self._expected):
                self.set(names.WAITING, True)
            else:
                self._fail(error)
        if self._span is not None:
            self._span.end()
        record = self._record
        if record is not None and not record.end:
            record.end = time_ns()
            run = record.run
            run.open -= 1
            if not run.open and not run.over and isinstance(run, _Recorded):
                run.over = True
                run.recorder.take(run)

    def _fail(self, error: BaseException) -> None:
        kind, place = type(error).__name__, _place(error)
        # an exception's text may quote a learner
        message = f"{kind} at {place}"
        if self.keeps_content:
            message = self.scrubbed(f"{kind}: {error}".rstrip(": "))
        self.set(names.ERROR, kind)
        self.set(names.PLACE, place)
        if self._record is not None:
            self._record.ok = False
            self._record.message = message
        if self._span is not None:
            self._span.set_status(Status(StatusCode.ERROR, message))

    # ----------------------------------------------------------------------------------- what it tells

    @property
    def listened_to(self) -> bool:
        """Whether anybody gets what is told here."""
        # a span that a sampler left out only carries the context on
        return self._record is not None or (self._span is not None and self._span.is_recording())

    @property
    def run(self) -> Run | None:
        """The run that is recorded, if it is."""
        return self._record.run if self._record is not None else None

    @property
    def is_run(self) -> bool:
        """Whether this is the outermost work of a recorded run."""
        return self._record is not None and self._record.parent is None

    @property
    def operation(self) -> Operation:
        """What kind of work it is."""
        return self._operation

    @property
    def keeps_content(self) -> bool:
        """Whether learners' text may be written down here, and anybody gets it."""
        return self._policy is not None and self.listened_to and self._policy.keeps_content

    def scrubbed(self, text: str) -> str:
        """A text as it may be written down here."""
        return "" if self._policy is None else self._policy.scrubbed(text, self._learner)

    def set(self, key: str, value: Any) -> None:
        """Say something about the work: text, a number, a truth value, or a sequence of these; `None` says nothing.

        Never a learner's text: for that there is `content`.
        """
        if value is None:
            return
        if self._record is not None:
            self._record.attributes[key] = value
        if self._span is not None:
            self._span.set_attribute(key, value)

    def content(self, key: str, make: Callable[[], Any]) -> None:
        """Say something that holds learners' text, where that may be written down.

        Args:
            make: Gives a text, or plain data that are written as JSON; only called where they are kept.
        """
        if self._policy is not None and self.keeps_content:
            value = scrubbed_within(make(), self._policy, self._learner)
            self.set(key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))

    def evaluated(
        self, name: str, value: float | None = None, label: str | None = None, explanation: str | None = None
    ) -> None:
        """Report the result of an evaluation of this work (event `gen_ai.evaluation.result`).

        Args:
            name: Of what was evaluated, e.g. `claim_support`.
            value: The score.
            label: The score as a word.
            explanation: Why; kept only where content is, for it may quote a learner.
        """
        if not self.listened_to:
            return
        told: Plain = {names.EVALUATION_NAME: name}
        if value is not None:
            told[names.EVALUATION_VALUE] = float(value)
        if label is not None:
            told[names.EVALUATION_LABEL] = label
        if explanation and self.keeps_content:
            told[names.EVALUATION_EXPLANATION] = self.scrubbed(explanation)
        instant = time_ns()
        if self._record is not None:
            self._record.events.append((names.EVALUATION, instant, told))
        if self._span is not None:
            self._span.add_event(names.EVALUATION, told, instant)


class _Recorded(Run):
    """A run that knows whom it is handed to."""

    __slots__ = ("recorder",)

    def __init__(self, id: str, name: str, recorder: Recorder) -> None:
        super().__init__(id, name)
        self.recorder = recorder


_current: ContextVar[Work | None] = ContextVar("gradatim_work", default=None)
_nobody = Work("invoke_agent", "nobody", {})


def current() -> Work:
    """The work that goes on in this context; one that does nothing where there is none, or nobody listens."""
    return _current.get() or _nobody


def evaluated(name: str, value: float | None = None, label: str | None = None, explanation: str | None = None) -> None:
    """Report the result of an evaluation of the current work; see `Work.evaluated`."""
    current().evaluated(name, value, label, explanation)


def _noted(run: Run, parent: Record | None, name: str, operation: Operation, attributes: Plain) -> Record:
    record = Record(run, parent, os.urandom(8).hex(), name, operation, time_ns(), attributes)
    run.records.append(record)
    run.open += 1
    return record


def _provided() -> bool:
    """Whether the application has set a provider of its own."""
    return not isinstance(trace.get_tracer_provider(), ProxyTracerProvider)


def _place(error: BaseException) -> str:
    """Where an error arose: the innermost frame, without anything of what it worked on."""
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    return f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else "unknown"
