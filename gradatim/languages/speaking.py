"""Which language is spoken now.

It belongs to a run, like its deadline, and not to any one agent: a graph's nodes speak the language that stands in the
run's state, a command the one of the settings.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from gradatim.languages.language import DEFAULT, language

_SPOKEN: ContextVar[str] = ContextVar("gradatim-language", default=DEFAULT)


def spoken() -> str:
    """Code of the language that is spoken here."""
    return _SPOKEN.get()


@contextmanager
def speaking(code: str | None) -> Generator[None]:
    """Speak a language inside the block; the one spoken already for `None`.

    Raises:
        InputError: There is no such language.
    """
    if code is None:
        yield
        return
    token = _SPOKEN.set(language(code).code)
    try:
        yield
    finally:
        _SPOKEN.reset(token)
