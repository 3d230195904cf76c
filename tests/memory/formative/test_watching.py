from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gradatim.memory import LearnerMemory, open_memory
from gradatim.memory.formative import Budget, Threshold, Watch, formative_requests, load_policy, taken_up
from gradatim.memory.rights.consent import NoConsent, consent_event
from gradatim.memory.tracing import ConceptParameters
from gradatim.settings import Settings
from tests.memory.formative.streams import BEGIN, attempt, struggle

POLICY = load_policy()
PARAMETERS = ConceptParameters()
NOW = (BEGIN + timedelta(hours=3)).isoformat()
ASSUMED = ("personalisation",)


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[LearnerMemory]:
    async with open_memory(Settings(data_dir=tmp_path)) as opened:
        yield opened


def watching(memory: LearnerMemory, learners: tuple[str, ...] | None = None) -> Watch:
    return Watch(memory, POLICY, PARAMETERS, ASSUMED, learners)


async def test_each_request_is_told_once(memory: LearnerMemory) -> None:
    watch = watching(memory)
    assert await watch.poll(NOW) == []
    events = struggle(8)
    await memory.append(events[:2])
    assert await watch.poll(NOW) == []
    await memory.append(events[2:])
    (request,) = await watch.poll(NOW)
    assert request.status == "open"
    assert await watch.poll(NOW) == []
    assert await formative_requests(memory, "anna", POLICY, PARAMETERS, ASSUMED, now=NOW) == (request,)


async def test_a_late_event_leads_to_what_would_have_fired_in_time(memory: LearnerMemory) -> None:
    watch = watching(memory)
    events = struggle(4)
    await memory.append(events[:1] + events[2:])
    assert await watch.poll(NOW) == []
    await memory.append(events[1:2])
    (request,) = await watch.poll(NOW)
    assert (request,) == await formative_requests(memory, "anna", POLICY, PARAMETERS, ASSUMED, now=NOW)


async def test_late_events_do_not_lead_beyond_the_budget(memory: LearnerMemory) -> None:
    eager = POLICY.model_copy(
        update={
            "threshold": Threshold(high=0.3, low=0.1), "events": 1,
            "budget": Budget(per_day=1, per_week=1, cool_down_hours=0),
        }
    )  # fmt: skip
    watch = Watch(memory, eager, PARAMETERS, ASSUMED)
    await memory.append(struggle(3, first=10, minutes=100))
    assert len(await watch.poll(NOW)) == 1
    await memory.append(struggle(3, first=0, minutes=0))  # these now fire first, and what was told does no more
    assert await watch.poll(NOW) == []
    told = await formative_requests(memory, "anna", eager, PARAMETERS, ASSUMED, now=NOW)
    assert [request.event for request in told] == ["e0000"]


async def test_only_learners_who_agree(memory: LearnerMemory) -> None:
    await memory.append([consent_event("bo", "personalisation", False, at=BEGIN.isoformat())])
    await memory.append(struggle(8, learner="bo"))
    await memory.append([event.model_copy(update={"id": f"a{event.id}"}) for event in struggle(8)])
    watch = watching(memory)
    assert [request.learner_id for request in await watch.poll(NOW)] == ["anna"]
    assert watch.without_consent == 1
    with pytest.raises(NoConsent):
        await formative_requests(memory, "bo", POLICY, PARAMETERS, ASSUMED, now=NOW)


async def test_only_some_learners(memory: LearnerMemory) -> None:
    await memory.append([*struggle(8)])
    await memory.append([event.model_copy(update={"id": f"b{event.id}", "learner_id": "bo"}) for event in struggle(8)])
    assert [request.learner_id for request in await watching(memory, ("bo",)).poll(NOW)] == ["bo"]


async def test_a_forgotten_learner_is_forgotten(memory: LearnerMemory) -> None:
    watch = watching(memory)
    await memory.append(struggle(8))
    await watch.poll(NOW)
    await memory.forget("anna")
    assert await watch.poll(NOW) == []
    await memory.append([attempt(50, 900, True)])
    assert await watch.poll(NOW) == []


async def test_requests_are_taken_and_lapse(memory: LearnerMemory) -> None:
    await memory.append(struggle(8))
    (request,) = await formative_requests(memory, "anna", POLICY, PARAMETERS, ASSUMED, now=NOW)
    later = (BEGIN + timedelta(days=POLICY.open_days + 1)).isoformat()
    (lapsed,) = await formative_requests(memory, "anna", POLICY, PARAMETERS, ASSUMED, now=later)
    assert (request.status, lapsed.status) == ("open", "lapsed")
    await memory.append([taken_up(request, NOW, "run-1")])
    (taken,) = await formative_requests(memory, "anna", POLICY, PARAMETERS, ASSUMED, now=later)
    assert taken.status == "taken"
    (own,) = await formative_requests(memory, "anna", POLICY, PARAMETERS, ASSUMED, now=NOW, run="run-1")
    assert own.status == "open"  # to the run that took it
