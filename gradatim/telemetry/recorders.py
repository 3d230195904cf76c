"""Which recorder is at work: a context variable, so that whatever is started inside a block inherits it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from gradatim.telemetry.record import Recorder

_recorder: ContextVar[Recorder | None] = ContextVar("gradatim_recorder", default=None)


def recorder_at_work() -> Recorder | None:
    """The recorder that runs are handed to from here."""
    return _recorder.get()


@contextmanager
def recorded_by(recorder: Recorder | None) -> Generator[None]:
    """Hand runs that begin inside the block to a recorder; `None` hands them to nobody."""
    before = _recorder.get()
    _recorder.set(recorder)
    try:
        yield
    finally:
        # not by a token: a block that is opened and closed in different tasks of a framework must not fail here
        _recorder.set(before)
