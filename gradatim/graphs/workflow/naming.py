"""Help with names that are not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

SHOWN = 12


def did_you_mean(name: str, known: Iterable[str], what: str = "known") -> str:
    """A remedy for an unknown name: the likeliest one that was meant, or what there is."""
    names = list(known)
    lower = {item.lower(): item for item in names}
    close = difflib.get_close_matches(name.lower(), lower, 1, 0.6)
    if close:
        return f"did you mean {lower[close[0]]!r}?"
    if not names:
        return f"{what}: none"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{what}: {', '.join(names[:SHOWN])}{more}"
