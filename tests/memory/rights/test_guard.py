"""The memory as agents get it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gradatim.memory import ChromaRecall, EmbeddedMemory, LearnerFeatures, LearnerMemory, SQLiteEventLog
from gradatim.memory.rights.consent import NoConsent, consent_event
from gradatim.memory.rights.guard import guarded
from tests.memory.material import HashingEmbedder, event, recollection

AT = "2026-03-01T00:00:00Z"


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[LearnerMemory]:
    recall = ChromaRecall(tmp_path / "recall", HashingEmbedder)
    async with EmbeddedMemory(SQLiteEventLog(tmp_path / "memory.sqlite3"), recall) as memory:
        yield memory


async def test_nothing_goes_in_or_out_without_consent(memory: LearnerMemory) -> None:
    guard = guarded(memory, ())
    for refused in (
        guard.state("anna"),
        guard.events("anna"),
        guard.record(event(1, ("loops", True))),
        guard.recall("anna", "loops"),
        guard.remember([recollection("r", "loops")]),
    ):
        with pytest.raises(NoConsent):
            await refused
    assert await guard.append([event(1)]) == 0
    assert await guard.ingest([event(1)]) == 0
    await guard.record(consent_event("anna", "personalisation", True))
    assert await guard.ingest([event(1, ("loops", True)), event(2, learner_id="ben")]) == 1
    assert (await guard.state("anna")).of("loops") is not None
    assert await memory.events("ben") == ()


async def test_a_guard_is_not_guarded_again(memory: LearnerMemory) -> None:
    guard = guarded(memory, ())
    assert guarded(guard, ("personalisation",)) is guard


async def test_only_those_who_agree_to_research_are_compared(memory: LearnerMemory) -> None:
    guard = guarded(memory, ("personalisation",))
    await memory.append([event(1), event(2, learner_id="ben"), consent_event("anna", "research", True)])
    await guard.remember_features([LearnerFeatures(name, (1.0, 0.5), AT) for name in ("anna", "ben")])
    assert [item.learner_id for item in await memory.similar_learners((1.0, 0.5))] == ["anna"]
    await guard.record(consent_event("anna", "research", False))
    assert await guard.similar_learners((1.0, 0.5)) == []


async def test_recall_is_passed_on_with_its_filters(memory: LearnerMemory) -> None:
    guard = guarded(memory, ("personalisation",))
    await guard.remember([recollection("old", "loop"), recollection("new", "loop", at="2026-04-01T00:00:00Z")])
    found = await guard.recall("anna", "loop", since="2026-03-15T00:00:00Z")
    assert [item.id for item in found] == ["new"]
