"""Prompts in a workflow's own words, as the agents of its nodes find them while they are built."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_WORDS: ContextVar[Mapping[str, str]] = ContextVar("gradatim-own-prompts", default={})  # noqa: B039 never changed


@contextmanager
def worded(prompts: Mapping[str, str]) -> Generator[None]:
    """Agents built inside the block use these prompts."""
    token = _WORDS.set(prompts)
    try:
        yield
    finally:
        _WORDS.reset(token)


def own_prompts() -> Mapping[str, str]:
    """Prompts of the node that is being built: name → text."""
    return _WORDS.get()
