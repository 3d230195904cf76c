"""Responses from what the learner memory holds."""

from __future__ import annotations

from collections.abc import Iterable

from gradatim.domain import LearnerEvent
from gradatim.memory.inputs import microseconds
from gradatim.memory.irt.responses import Responses

_KINDS = ("submission", "assessment")


def responses_of(events: Iterable[LearnerEvent]) -> Responses:
    """The responses that items can be calibrated on: each learner's first attempt at each task.

    Later attempts follow feedback on the same task and say little about its difficulty. An attempt is correct where
    its payload says `passed`; where it does not say, where everything that was observed in it was correct.

    Args:
        events: Of any learners, kinds and order; those without a task or an outcome are passed over.

    Raises:
        InputError: There is no attempt among them, or an instant is none.
    """
    first: dict[tuple[str, str], tuple[int, bool]] = {}
    for event in events:
        if event.kind not in _KINDS or event.task_id is None:
            continue
        correct = _outcome(event)
        if correct is None:
            continue
        key, at = (event.learner_id, event.task_id), microseconds(event.at)
        if key not in first or at < first[key][0]:
            first[key] = (at, correct)
    return Responses.collect((learner, item, correct) for (learner, item), (_, correct) in first.items())


def _outcome(event: LearnerEvent) -> bool | None:
    passed = event.payload.get("passed")
    if isinstance(passed, bool):
        return passed
    return all(seen.correct for seen in event.observations) if event.observations else None
