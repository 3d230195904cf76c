"""Hostile programs by what they abuse; each is judged on a task whose answers it cannot know."""

from __future__ import annotations

from tests.tools.sandbox.hostile import files, forging, network, persistence, processes, resources, signals
from tests.tools.sandbox.hostile.case import Case

CASES: tuple[Case, ...] = (
    *resources.CASES,
    *signals.CASES,
    *files.CASES,
    *network.CASES,
    *processes.CASES,
    *forging.CASES,
    *persistence.CASES,
)

__all__ = ["CASES", "Case"]
