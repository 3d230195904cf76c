"""Many assessments at once: who is let in when, and what becomes of them when the model fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import pytest

from gradatim.app.bench.load.cases import cases
from gradatim.app.bench.load.process import SimulatedServer, simulated_server
from gradatim.graphs import Assessor, NodeEvent, open_assessor
from gradatim.graphs.admission import Admission
from gradatim.serving.transport import calling
from gradatim.settings import Settings
from tests.cases import TASK, submission
from tests.graphs.conftest import Opener

# --------------------------------------------------------------------------------------------- the gate


async def enter(gate: Admission, tenant: str, order: list[str], name: str, go_on: asyncio.Event) -> float:
    async with gate.admitted(tenant) as ticket:
        order.append(name)
        await go_on.wait()
        return ticket.waited


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_only_as_many_as_may_work_are_let_in_and_in_order() -> None:
    gate, order, go_on = Admission(2, 100), list[str](), asyncio.Event()
    tasks = [asyncio.create_task(enter(gate, "a", order, str(number), go_on)) for number in range(5)]
    await settle()
    assert (order, gate.inside, gate.waiting) == (["0", "1"], 2, 3)
    go_on.set()
    await asyncio.gather(*tasks)
    assert order == ["0", "1", "2", "3", "4"]
    assert (gate.inside, gate.waiting) == (0, 0)


async def test_tenants_take_turns() -> None:
    gate, order, go_on = Admission(1, 100), list[str](), asyncio.Event()
    names = ["a1", "a2", "a3", "a4", "b1", "c1", "b2"]
    tasks = [asyncio.create_task(enter(gate, name[0], order, name, go_on)) for name in names]
    await settle()
    go_on.set()
    await asyncio.gather(*tasks)
    assert order == ["a1", "a2", "b1", "c1", "a3", "b2", "a4"]


async def test_what_waits_for_the_model_makes_room_until_the_limit_is_reached() -> None:
    gate = Admission(1, 2)
    async with gate.admitted() as first:
        second = asyncio.create_task(enter(gate, "a", [], "second", asyncio.Event()))
        await settle()
        assert gate.inside == 1
        first.started("generate")
        await settle()
        assert gate.inside == 2, "the first one waits for the model"
        second.cancel()
        with suppress(asyncio.CancelledError):
            await second
        third, fourth, order = asyncio.Event(), asyncio.Event(), list[str]()
        tasks = [
            asyncio.create_task(enter(gate, "a", order, "third", third)),
            asyncio.create_task(enter(gate, "a", order, "fourth", fourth)),
        ]
        await settle()
        assert (order, gate.inside) == (["third"], 2)
        third.set()
        fourth.set()
        await asyncio.gather(*tasks)


async def test_what_comes_back_from_the_model_works_before_anything_new_begins() -> None:
    gate = Admission(1, 10)
    async with gate.admitted() as first:
        first.started("generate")
        first.finished("generate")
        first.started("verify")
        first.started("critique")
        task = asyncio.create_task(enter(gate, "a", [], "second", asyncio.Event()))
        await settle()
        assert gate.inside == 1, "the first one checks"
        first.finished("verify")
        await settle()
        assert gate.inside == 2, "only the critic is left, which waits for the model"
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.mark.parametrize("after", ["before its turn", "at its turn"])
async def test_who_gives_up_takes_no_place(after: str) -> None:
    gate, order, go_on = Admission(1, 10), list[str](), asyncio.Event()
    go_on.set()
    async with gate.admitted():
        leaving = asyncio.create_task(enter(gate, "a", order, "leaving", go_on))
        staying = asyncio.create_task(enter(gate, "b", order, "staying", go_on))
        await settle()
        if after == "before its turn":
            leaving.cancel()
            await settle()
            assert gate.waiting == 1
    leaving.cancel()  # its turn has just come, and it is not awake yet
    await asyncio.wait_for(staying, 5)
    with suppress(asyncio.CancelledError):
        await leaving
    assert order == ["staying"]
    assert (gate.inside, gate.waiting) == (0, 0)
    async with asyncio.timeout(5), gate.admitted():
        assert gate.inside == 1


async def test_an_error_gives_the_place_back() -> None:
    gate = Admission(1, 1)
    with pytest.raises(KeyError):
        async with gate.admitted():
            raise KeyError
    assert gate.inside == 0


def test_several_endpoints_take_more() -> None:
    one = Admission.of(Settings(model="http://a/v1#m", model_concurrency=10, workers=2))
    two = Admission.of(Settings(model="http://a/v1,http://b/v1#m", model_concurrency=10, workers=2))
    assert (one.workers, one.limit) == (4, 24)
    assert two.limit == 44
    with pytest.raises(ValueError, match="at least one"):
        Admission(0, 1)


# --------------------------------------------------------------------------------------------- with the graph


async def test_evidence_is_gathered_for_a_few_at_a_time_and_the_wait_is_told(assessor_with: Opener) -> None:
    gathering: set[str] = set()
    most = 0

    async with assessor_with(deliver_threshold=0.0) as assessor:

        def watch(run: str, event: NodeEvent) -> None:
            nonlocal most
            if event.node == "intake" and event.status == "started":
                gathering.add(run)
            if event.node == "retrieve" and event.status == "finished":
                gathering.discard(run)
            most = max(most, len(gathering))

        made = await asyncio.gather(
            *(
                assessor.assess(
                    TASK, submission(learner=f"l{number}"), thread=f"r{number}",
                    on_node=lambda event, run=f"r{number}": watch(run, event),
                )
                for number in range(16)
            )
        )  # fmt: skip
        assert all(assessment.delivered for assessment in made)
        assert 1 <= most <= assessor.admission.workers
        waited = [assessment.seconds.get("queue", 0.0) for assessment in made]
        assert waited[0] == 0.0
        assert waited[-1] > waited[5] > 0.0
        assert assessor.admission.inside == 0


async def test_one_alone_does_not_wait(assessor_with: Opener) -> None:
    async with assessor_with() as assessor:
        assessment = await assessor.assess(TASK, submission())
        assert "queue" not in assessment.seconds


async def test_a_tenant_with_many_does_not_keep_another_waiting(assessor_with: Opener) -> None:
    ended: list[str] = []

    async with assessor_with(deliver_threshold=0.0) as assessor:

        async def one(tenant: str, number: int) -> None:
            with calling(tenant=tenant):
                await assessor.assess(TASK, submission(learner=f"{tenant}{number}"))
            ended.append(tenant)

        await asyncio.gather(*(one("large", number) for number in range(14)), one("small", 0))
        assert ended.index("small") < 10


@asynccontextmanager
async def on_server(settings: Settings, server: SimulatedServer, **changed: object) -> AsyncGenerator[Assessor]:
    update = {"model": server.spec, "repair_seconds": 0.0, "model_idle_timeout": 2.0, **changed}
    async with open_assessor(settings.model_copy(update=update)) as assessor:
        yield assessor


async def test_a_model_that_writes_garbage_every_time(settings: Settings) -> None:
    case = cases(1, "garbage")[0]
    async with simulated_server(rate=5000, faults={"garbage": 1.0}) as server, on_server(settings, server) as assessor:
        assessment = await asyncio.wait_for(assessor.assess(case.task, case.submission), 60)
        asked = len((await server.report())["requests"])
    assert assessment.feedback.author == "realiser"
    (told,) = [item for item in assessment.degradations if item.node == "generate"]
    assert "after one repair" in told.reason
    assert asked == 2, "the answer and its one repair"
    assert assessment.delivered or assessment.waiting


async def test_an_endpoint_that_is_gone(settings: Settings) -> None:
    case = cases(1, "gone")[0]
    async with simulated_server() as server, on_server(settings, server) as assessor:
        await server.kill()
        assessment = await asyncio.wait_for(assessor.assess(case.task, case.submission), 60)
    assert assessment.feedback.author == "realiser"
    (told,) = [item for item in assessment.degradations if item.node == "generate"]
    assert server.address in told.reason
    assert assessment.delivered or assessment.waiting


async def test_an_endpoint_that_falls_silent_is_given_up_in_time(settings: Settings) -> None:
    case = cases(1, "silent")[0]
    loop = asyncio.get_running_loop()
    async with (
        simulated_server(rate=5000, faults={"stall": 1.0}) as server,
        on_server(settings, server, model_timeout=6.0, model_idle_timeout=1.0) as assessor,
    ):
        began = loop.time()
        assessment = await asyncio.wait_for(assessor.assess(case.task, case.submission), 60)
    assert loop.time() - began < 30
    assert assessment.degradations[0].node == "generate"
    assert assessment.delivered or assessment.waiting


async def test_faults_lose_nothing_and_record_nothing_twice(settings: Settings) -> None:
    work = cases(24, "faulty")
    faults = {"error": 0.08, "reset": 0.08, "stall": 0.04, "garbage": 0.04, "nonsense": 0.04}
    async with (
        simulated_server(rate=20_000, sequence_rate=4000, faults=faults, seed=3) as server,
        on_server(settings, server, model_idle_timeout=1.0) as assessor,
    ):
        made = await asyncio.gather(*(assessor.assess(case.task, case.submission) for case in work))
        pending = [request.id for request in await assessor.pending()]
        struck = [record for record in (await server.report())["requests"] if record["fault"]]
        assert len(struck) > 3
        for case, assessment in zip(work, made, strict=True):
            events = await assessor.services.memory.events(case.submission.learner_id or "")
            assert len(events) == (0 if assessment.waiting else 1)
            assert pending.count(assessment.id) == assessment.waiting
            assert assessment.delivered or assessment.waiting
            assert all(item.reason for item in assessment.degradations)
            assert (await assessor.find(assessment.id) is None) == assessment.waiting
