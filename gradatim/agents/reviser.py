"""Reviser: sends a refuted feedback back with what was found, and ends the rounds.

A model that answers a refutation with the very same text would do so again: its rounds are over.
"""

from __future__ import annotations

from typing import Any

from gradatim.agents.state import Plain, State, checked_of
from gradatim.domain import Feedback


class Reviser:
    """Collects refutations for the model; after `max_revisions` rounds lets the realiser write.

    Args:
        max_revisions: Rounds that the model gets.
    """

    name = "revise"

    def __init__(self, max_revisions: int) -> None:
        self.max_revisions = max_revisions

    def refutations(self, feedback: Feedback) -> list[str]:
        """What was found wrong, a sentence each, with the truth."""
        found = [
            f'"{statement.text}" is wrong: {check.detail}.'
            for statement in feedback.statements()
            for check in statement.checks
            if check.verdict == "refuted"
        ]
        return list(dict.fromkeys(found))

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        rounds = int(state.get("revisions") or 0)
        if rounds >= self.max_revisions or state.get("repeated"):
            return {"realise": True, "refutations": []}
        return {"revisions": rounds + 1, "refutations": self.refutations(checked_of(state))}
