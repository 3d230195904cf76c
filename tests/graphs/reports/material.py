"""A class, and one learner of whom much is known."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache

from gradatim.domain import LearnerEvent, Observation
from gradatim.kg import ConceptGraph, opened_graph
from gradatim.memory.rights.consent import consent_event
from gradatim.memory.rights.disputes import correction_event, self_assessment_event
from gradatim.settings import Settings

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOW = (BEGIN + timedelta(days=20)).isoformat()
NASTY = "a|b `c` <script>alert(1)</script> [x](y) *z* # 数"


@cache
def graph() -> ConceptGraph:
    """The packaged one."""

    async def read() -> ConceptGraph:
        async with opened_graph(Settings()) as store:
            return await store.snapshot()

    with ThreadPoolExecutor(1) as apart:  # tests that ask for it run in a loop of their own
        return apart.submit(lambda: asyncio.run(read())).result()


def attempt(
    event_id: str, day: float, correct: bool, *, learner: str = "anna", task: str = "sum", concept: str = "for-loop",
    wrong: Sequence[str] = (), **more: object,
) -> LearnerEvent:  # fmt: skip
    """An assessed attempt so many days after the begin."""
    payload = {
        "passed": correct,
        "misconceptions": list(wrong),
        "error_category": None if correct else "logical",
        **more,
    }
    return LearnerEvent.model_validate(
        {
            "id": event_id,
            "learner_id": learner,
            "kind": "assessment",
            "at": (BEGIN + timedelta(days=day)).isoformat(),
            "task_id": task,
            "observations": [Observation(concept=concept, correct=correct)],
            "payload": payload,
        }
    )


def interaction(event_id: str, day: float, learner: str = "anna", **payload: str) -> LearnerEvent:
    """Something that was done beside attempts."""
    at = (BEGIN + timedelta(days=day)).isoformat()
    return LearnerEvent(id=event_id, learner_id=learner, kind="interaction", at=at, payload={**payload})


def history() -> list[LearnerEvent]:
    """Anna: one misconception resolved, one open, one label disputed, a hint, a self-assessment."""
    at = [(BEGIN + timedelta(days=day)).isoformat() for day in range(20)]
    return [
        attempt("a1", 0, False, wrong=["off-by-one-loop"], confidence=0.9),
        interaction("h1", 0.01, action="hint", resource="loops"),
        attempt("a2", 0.02, False, wrong=["off-by-one-loop"], confidence=0.6),
        attempt("a3", 0.03, True, confidence=0.7),
        attempt("a4", 7, True, task="product"),
        attempt("a5", 8, True, task="product"),
        attempt("a6", 9, False, task="recursion", concept="recursion", wrong=["recursive-result-discarded"]),
        attempt("a7", 9.1, False, task="recursion", concept="recursion", wrong=["recursive-result-discarded"]),
        attempt("a8", 9.2, False, task="recursion", concept="recursion"),
        self_assessment_event("anna", can=["for-loop"], note="I like loops", at=at[10]).model_copy(update={"id": "s1"}),
        correction_event("anna", "struggles-with:recursion", "dispute", text=NASTY, at=at[11]).model_copy(
            update={"id": "c1"}
        ),
    ]


def classroom(learners: int = 8) -> list[LearnerEvent]:
    """Learners l0, l1, …: all agree to research; the first three have trouble, the last one has been away."""
    found: list[LearnerEvent] = []
    for number in range(learners):
        who = f"l{number}"
        at = BEGIN.isoformat()
        found.append(consent_event(who, "research", True, at=at).model_copy(update={"id": f"{who}-consent"}))
        for place in range(5):
            correct = number >= 3 and place > 0
            found.append(
                attempt(
                    f"{who}-{place}",
                    0.1 + 0.01 * place,
                    correct,
                    learner=who,
                    task=f"task-{place % 2}",
                    wrong=() if correct else ("off-by-one-loop",),
                )
            )
        if number != learners - 1:
            found.append(attempt(f"{who}-last", 19, number >= 3, learner=who, task="task-9"))
    return found
