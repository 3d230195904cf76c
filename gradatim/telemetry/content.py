"""What may be written down of what learners wrote: nothing, unless somebody says otherwise.

Prompts, answers, programs and what programs print hold learners' text, and error messages may. They become attributes
only where the policy of the context keeps content, and then with the learner's id and other tell-tale words replaced.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, cast


class Policy(Protocol):
    """What is kept of content, and how it is made unrecognisable."""

    @property
    def keeps_content(self) -> bool:
        """Whether texts are kept at all."""
        ...

    def scrubbed(self, text: str, learner: str | None) -> str:
        """A text without what tells who the learner is.

        Args:
            learner: Whose run it is from, if that is known.
        """
        ...


class _Nothing:
    """The policy where nobody set one."""

    keeps_content = False

    def scrubbed(self, text: str, learner: str | None) -> str:
        return text if learner is None else text.replace(learner, "learner")


_KEYS = frozenset({
    "actual", "author", "checks", "claim", "claims", "code", "confidence", "content", "detail", "evidence", "id",
    "kind", "line", "lines", "message", "name", "parts", "reason", "role", "score", "source", "statements", "status",
    "submission", "summary", "test", "text", "type", "value", "verdict", "why",
})  # fmt: skip
"""Keys that come again and again and tell of nobody."""


def scrubbed_within(value: Any, policy: Policy, learner: str | None) -> Any:
    """JSON-plain data with every text in it scrubbed, keys too."""
    kind = cast(object, type(value))  # cheaper than asking for abstract classes, and a run holds hundreds of values
    if kind is str:
        return policy.scrubbed(value, learner)
    if kind is dict:
        items = cast("dict[Any, Any]", value).items()
        return {
            key if key in _KEYS else policy.scrubbed(str(key), learner): scrubbed_within(item, policy, learner)
            for key, item in items
        }
    if kind is list or kind is tuple:
        return [scrubbed_within(item, policy, learner) for item in cast("list[Any]", value)]
    if isinstance(value, str):
        return policy.scrubbed(str(value), learner)
    return (
        scrubbed_within(dict(cast("Mapping[Any, Any]", value)), policy, learner)
        if isinstance(value, Mapping)
        else value
    )


_NOTHING = _Nothing()
_policy: ContextVar[Policy | None] = ContextVar("gradatim_content_policy", default=None)


def current_policy() -> Policy | None:
    """The policy that was set for this context."""
    return _policy.get()


def policy_or(otherwise: Policy | None) -> Policy:
    """The policy that was set for this context, else another one, else the one that keeps nothing."""
    return _policy.get() or otherwise or _NOTHING


@contextmanager
def policed(policy: Policy) -> Generator[None]:
    """Keep to a policy inside the block."""
    before = _policy.get()
    _policy.set(policy)
    try:
        yield
    finally:
        _policy.set(before)
