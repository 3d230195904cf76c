"""The gate before the event log: whose events may come in, and under which name."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from gradatim.domain import LearnerEvent
from gradatim.memory.rights.consent import ConsentSource, agreement
from gradatim.memory.rights.pseudonyms import Pseudonyms

NOT_AGREED = "the learner has not consented to personalisation"
_OWN = ("consent", "correction")
"""Kinds of events with which learners say something about their own data: these always come in."""


class Gate:
    """Lets the events of learners in who agree to be remembered, with pseudonyms where there are any.

    Args:
        memory: What learners have said so far.
        assumed: Purposes that hold before a learner says anything.
        pseudonyms: Replace learners' ids, when given.
    """

    def __init__(self, memory: ConsentSource, assumed: Collection[str], pseudonyms: Pseudonyms | None = None) -> None:
        self._memory = memory
        self._assumed = tuple(assumed)
        self._pseudonyms = pseudonyms
        self._said: dict[str, bool] | None = None
        """What learners said to personalisation, kept up to date by what passes."""

    async def admit(self, events: Sequence[LearnerEvent]) -> list[LearnerEvent | None]:
        """Each event as it may be stored; `None` where the learner does not agree."""
        if self._said is None:
            self._said = dict((await agreement(self._memory, "personalisation", self._assumed)).said)
        return [self._one(event, self._said) for event in events]

    def _one(self, event: LearnerEvent, said: dict[str, bool]) -> LearnerEvent | None:
        if self._pseudonyms is not None:
            event = self._pseudonyms.event(event)
        if event.kind in _OWN:
            given = event.payload.get("given")
            if event.payload.get("purpose") == "personalisation" and isinstance(given, bool):
                said[event.learner_id] = given
            return event
        return event if said.get(event.learner_id, "personalisation" in self._assumed) else None
