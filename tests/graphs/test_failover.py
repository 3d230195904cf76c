"""An endpoint is killed in the middle of an answer: the assessment is completed by another one, once."""

from __future__ import annotations

import asyncio
from typing import Any

from gradatim.app.bench.load.cases import cases
from gradatim.app.bench.load.process import SimulatedServer, simulated_server
from gradatim.graphs import open_assessor
from gradatim.settings import Settings

SPEED = {"rate": 400.0, "sequence_rate": 100.0, "chunk": 0.05}
"""An answer takes more than a second and comes in more than ten pieces."""


async def streaming(server: SimulatedServer) -> bool:
    """Whether it is in the middle of an answer."""
    running = (await server.report())["running"]
    return any(item["sent"] for item in running)


async def test_an_endpoint_killed_while_it_streams(settings: Settings) -> None:
    case = cases(1, "failover")[0]
    async with simulated_server(**SPEED) as one, simulated_server(**SPEED) as other:
        model = f"{one.address}/v1,{other.address}/v1#simulated"
        used = settings.model_copy(update={"model": model, "repair_seconds": 0.0})
        async with open_assessor(used) as assessor:
            work = asyncio.create_task(assessor.assess(case.task, case.submission))
            hit = await first_to_stream(work, one, other)
            await hit.kill()
            assessment = await asyncio.wait_for(work, 60)
            events = await assessor.services.memory.events(case.submission.learner_id or "")
            pending = await assessor.pending()
        left = other if hit is one else one
        answers = [item for item in (await left.report())["requests"] if item["status"] == "served"]
    assert not hit.alive
    assert assessment.delivered
    assert assessment.feedback.author == "model:simulated"
    assert not [item for item in assessment.degradations if item.node in ("generate", "critique")]
    assert len(answers) == 2, "the answer that broke off, and the opinions"
    assert len(events) == 1
    assert not pending


async def first_to_stream(work: asyncio.Task[Any], *servers: SimulatedServer) -> SimulatedServer:
    async with asyncio.timeout(60):
        while not work.done():
            for server in servers:
                if await streaming(server):
                    return server
            await asyncio.sleep(0.02)
    raise AssertionError("nothing was ever streamed")
