"""What measuring one dimension gives."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """A value in [0, 1] (`None`: not measured), what was observed, and ids of evidence."""

    value: float | None
    why: str
    evidence: tuple[str, ...] = ()
