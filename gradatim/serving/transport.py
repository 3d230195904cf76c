"""How a chat request reaches a model: the protocol, what can go wrong, and whose request it is.

Payloads and answers are those of OpenAI's chat completions; streams give its `chat.completion.chunk` objects.

```
ModelError
└── TransportError            a request got no answer; `retryable` tells whether another attempt can help
    ├── RequestRefused        the server is there and will not do it (its HTTP status)
    ├── Unreachable           nobody answers at the address
    ├── Stalled               the server fell silent
    ├── BrokenOff             the connection or the model failed in the middle of an answer
    ├── Nonsense              what came is not a chat completion
    ├── DeadlinePassed        the time for the request is over
    └── Overloaded            every endpoint is put aside, or too many requests wait already
```
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from gradatim.errors import ModelError

if TYPE_CHECKING:
    from gradatim.serving.client.http import HttpTransport as HttpTransport

Payload = dict[str, Any]
Completion = dict[str, Any]
Chunk = dict[str, Any]


class Transport(Protocol):
    """Carries requests to one model.

    Both methods raise `ModelError` when there is no answer; cancelling stops the work as soon as the model
    can.
    """

    @property
    def endpoint(self) -> str:
        """Where the model is, for error messages and traces."""
        ...

    async def complete(self, payload: Payload) -> Completion:
        """The whole answer, with all its choices."""
        ...

    def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        """The answer in pieces, as they come."""
        ...


class TransportError(ModelError):
    """A request got no answer.

    Args:
        retry_after: Seconds after which another attempt makes sense, where the other side said so.
    """

    retryable = True
    """Whether the same request, sent again, may be answered."""

    def __init__(
        self, message: str, *, place: str | None = None, remedy: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, place=place, remedy=remedy)
        self.retry_after = retry_after


class RequestRefused(TransportError):
    """The model's server is there and will not do what was asked.

    Args:
        status: HTTP status, or what the embedded server gives as such.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        place: str | None = None,
        remedy: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, place=place, remedy=remedy, retry_after=retry_after)
        self.status = status
        self.retryable = status in (408, 425, 429) or (status >= 500 and status != 501)


class Unreachable(TransportError):
    """Nobody answers at the address, or the connection ended before an answer began."""


class Stalled(TransportError):
    """The server took the request and fell silent."""


class BrokenOff(TransportError):
    """The connection, or the model behind it, failed in the middle of an answer."""


class Nonsense(TransportError):
    """What came is not a chat completion.

    Args:
        retryable: False where it shows that the address is not that of a model's server.
    """

    def __init__(
        self, message: str, *, place: str | None = None, remedy: str | None = None, retryable: bool = True
    ) -> None:
        super().__init__(message, place=place, remedy=remedy)
        self.retryable = retryable


class DeadlinePassed(TransportError):
    """The time for the request is over."""

    retryable = False


class Overloaded(TransportError):
    """Every endpoint is put aside, or too many requests wait already.

    It is retryable where `retry_after` tells when an endpoint will be tried again.
    """

    def __init__(
        self, message: str, *, place: str | None = None, remedy: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, place=place, remedy=remedy, retry_after=retry_after)
        self.retryable = retry_after is not None


@dataclass(frozen=True, slots=True)
class Call:
    """Whose request it is, and until when an answer is of use.

    Attributes:
        tenant: Who shares the endpoint fairly with others (a course, a school).
        deadline: On the clock of `time.monotonic`; `None` for no limit.
        seconds: The span that the deadline was set from, for messages.
    """

    tenant: str = "default"
    deadline: float | None = None
    seconds: float | None = None

    def within(self, seconds: float | None) -> Call:
        """The same call with at most so many seconds from now; the earlier deadline wins."""
        if seconds is None:
            return self
        deadline = time.monotonic() + seconds
        if self.deadline is not None and self.deadline <= deadline:
            return self
        return replace(self, deadline=deadline, seconds=seconds)

    @property
    def remaining(self) -> float | None:
        """Seconds until the deadline, never negative; `None` without one."""
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    @property
    def over(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and time.monotonic() >= self.deadline

    def passed(self, place: str) -> DeadlinePassed:
        """The error that says so."""
        within = f" within {self.seconds:g} seconds" if self.seconds is not None else " in time"
        return DeadlinePassed(
            f"no complete answer{within}",
            place=place,
            remedy="raise GRADATIM_MODEL_TIMEOUT, or use a faster model",
        )


_NOBODY = Call()
_call: ContextVar[Call] = ContextVar("gradatim_call", default=_NOBODY)


def current_call() -> Call:
    """The call under way in this task; one of the default tenant without a deadline when none was named."""
    return _call.get()


def named_call() -> bool:
    """Whether `calling` holds here."""
    return _call.get() is not _NOBODY


@contextmanager
def calling(*, tenant: str | None = None, seconds: float | None = None) -> Generator[Call]:
    """Name the tenant of all model requests in the block, and how long they may take together.

    Blocks nest: what is not given is taken over, and of two deadlines the earlier holds.

    Example:
        ```python
        with calling(tenant="cs101", seconds=60):
            await assessor.assess(task, submission)
        ```
    """
    call = current_call()
    if tenant is not None:
        call = replace(call, tenant=tenant)
    with using_call(call.within(seconds)) as call:
        yield call


@contextmanager
def using_call(call: Call) -> Generator[Call]:
    """Make exactly this call the current one in the block."""
    token = _call.set(call)
    try:
        yield call
    finally:
        _call.reset(token)


def __getattr__(name: str) -> object:
    if name == "HttpTransport":  # it stands on this module
        from gradatim.serving.client.http import HttpTransport

        return HttpTransport
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
