"""Runs the load benchmark: finds out what the machine can do, sets the server's rate, and puts it under load."""

from __future__ import annotations

import asyncio
import resource
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradatim.app.bench.load.cases import Case, cases, history
from gradatim.app.bench.load.figures import Made, added, busy, ends, milliseconds, own, quantile
from gradatim.app.bench.load.process import MODEL, SimulatedServer, simulated_server
from gradatim.app.bench.load.timing import Noted, Waits, noting
from gradatim.errors import GradatimError

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures
    from gradatim.graphs import Assessor
    from gradatim.settings import Settings

SIZES = (200, 1000)
WARM_UP = 48
TOGETHER = 16
"""Assessments at once while the machine's own speed is found out."""
SHARE = 0.5
"""Part of what the machine could do that the server lets through: so the server is what everything waits for."""
SLOTS = 32
SEQUENCE_RATE = 80.0
"""Tokens a second of one sequence: what a model of six billion parameters gives on one large card."""
PREFILL = 20.0
"""Tokens of a prompt that are read in the time in which one is written."""
UNLIMITED = 1e7
FAULTS = {"error": 0.02, "reset": 0.02, "stall": 0.02, "garbage": 0.01, "nonsense": 0.01}
"""Shares of the requests; broken JSON comes in two kinds, half of it each."""
IDLE_SECONDS = 10.0
"""Silence after which a stalled answer is given up, in the run with faults."""
SEED = 4


def run(request: BenchRequest) -> Figures:
    """Run it."""
    return asyncio.run(_run(request))


@dataclass(frozen=True, slots=True)
class Speed:
    """What the machine does without a model.

    Attributes:
        rate: Assessments a second.
        tokens: Tokens that an assessment costs the server, those that are read counted by their time.
        requests: Requests of an assessment.
    """

    rate: float
    tokens: float
    requests: float


async def _run(request: BenchRequest) -> Figures:
    sizes = (request.sample,) if request.sample is not None else SIZES
    request.say(f"{WARM_UP} assessments against a server without limits, to find out what this machine can do")
    speed = await _speed(request.settings)
    rate = SHARE * speed.rate * speed.tokens
    figures: dict[str, str | int | float | bool | None] = {
        "repair_seconds": 0.0,
        "machine_assessments_per_second": round(speed.rate, 2),
        "server_share_of_machine": SHARE,
        "server_tokens_per_second": round(rate, 1),
        "server_slots": SLOTS,
        "tokens_per_assessment": round(speed.tokens, 1),
        "requests_per_assessment": round(speed.requests, 2),
    }
    for size in sizes:
        request.say(f"{size:,} assessments at once, {rate:,.0f} tokens/s: about {size / speed.rate / SHARE:.0f} s")
        figures |= await _plain(request.settings, size, rate)
    for size in sizes:
        request.say(f"{size:,} assessments at once with injected faults")
        figures |= await _faulty(request.settings, size, rate / SHARE)
    return figures


async def _speed(settings: Settings) -> Speed:
    async with (
        simulated_server(rate=UNLIMITED, sequence_rate=UNLIMITED, slots=1024) as server,
        _assessor(settings, server, slots=TOGETHER) as assessor,
    ):
        await _all(assessor, await _prepared(assessor, TOGETHER, "warm"))
        await server.clear()
        measured = await _prepared(assessor, WARM_UP, "speed")
        began = time.perf_counter()
        made = await _all(assessor, measured)
        seconds = time.perf_counter() - began
        failed = next((item.error for item in made if item.error), None)
        if failed is not None:
            raise GradatimError(f"an assessment failed: {failed}", place="bench load", remedy="see `gradatim doctor`")
        records = (await server.report())["requests"]
    fresh = sum(record["prompt_tokens"] - record["cached_tokens"] for record in records)
    written = sum(record["completion_tokens"] for record in records)
    return Speed(len(made) / seconds, (written + fresh / PREFILL) / len(made), len(records) / len(made))


async def _plain(settings: Settings, size: int, rate: float) -> dict[str, Any]:
    """Figures of a run without faults."""
    async with _server(rate) as server, _assessor(settings, server) as assessor:
        work = await _prepared(assessor, size, f"load{size}")
        began, waited = time.perf_counter(), processor_wait()
        made = await _all(assessor, work)
        seconds = time.perf_counter() - began
        waited = None if waited is None else ((processor_wait() or 0.0) - waited) / seconds
        seen = (await server.report())["requests"]
        records = [record for record in seen if record["status"] == "served"]
        lost, twice = await _counted(assessor, work, made)
    share, down = busy(records, SLOTS)
    costs, rest = added(made, records), own(made)
    queues = sorted(item.assessment.seconds.get("queue", 0.0) for item in made if item.assessment)
    found = ends(made)
    figures = {
        "server_busy_share": share,
        "ramp_down_busy_share": down,
        "added_p50_ms": milliseconds(quantile(costs, 0.5)),
        "added_p99_ms": milliseconds(quantile(costs, 0.99)),
        "own_p50_ms": milliseconds(quantile(rest, 0.5)),
        "queue_p50_ms": milliseconds(quantile(queues, 0.5)),
        "requests": len(seen),
        "requests_given_up": len(seen) - len(records),
        "assessments_per_second": round(size / seconds, 2),
        "seconds": round(seconds, 1),
        "delivered": found["delivered"],
        "errors": found["error"] + found["undelivered"] + found["degraded"],
        "review": found["review"],
        "lost": lost,
        "twice": twice,
        "processor_wait_share": None if waited is None else round(waited, 3),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    return {f"{name}_{size}": value for name, value in figures.items()}


def processor_wait() -> float | None:
    """Seconds in which this thread could have run and others had the processor; `None` where the system does not tell.

    (Linux: the second number of `/proc/self/schedstat`, nanoseconds.)
    """
    try:
        return int(Path("/proc/self/schedstat").read_text("ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return None


async def _faulty(settings: Settings, size: int, rate: float) -> dict[str, Any]:
    """Figures of a run with faults."""
    async with _server(rate, FAULTS) as server:
        async with _assessor(settings, server, idle=IDLE_SECONDS) as assessor:
            work = await _prepared(assessor, size, f"fault{size}")
            began = time.perf_counter()
            made = await _all(assessor, work)
            seconds = time.perf_counter() - began
            lost, twice = await _counted(assessor, work, made)
        records = (await server.report())["requests"]
    found = ends(made)
    reasons = [
        item
        for item in made
        if item.end == "degraded"
        and item.assessment
        and not all(degradation.reason for degradation in item.assessment.degradations)
    ]
    figures = {
        "requests": len(records),
        "injected": sum(record["fault"] is not None for record in records),
        **found,
        "degraded_without_reason": len(reasons),
        "lost": lost,
        "twice": twice,
        "seconds": round(seconds, 1),
    }
    return {f"faults_{name}_{size}": value for name, value in figures.items()}


def _server(rate: float, faults: dict[str, float] | None = None) -> Any:
    return simulated_server(
        rate=rate, prefill_rate=PREFILL * rate, sequence_rate=SEQUENCE_RATE, slots=SLOTS, faults=faults, seed=SEED
    )


@asynccontextmanager
async def _assessor(
    settings: Settings, server: SimulatedServer, *, slots: int = SLOTS, idle: float = 60.0
) -> AsyncGenerator[Assessor]:
    """An assessor on the server, with empty storage.

    Args:
        slots: Requests under way at most: as many as the server runs, so that it has some to choose from.
        idle: Seconds of silence after which an answer is given up.
    """
    from gradatim.graphs import open_assessor, open_services
    from gradatim.serving.chat import OpenAIChat
    from gradatim.serving.client.opening import open_transport

    with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as folder:
        used = settings.model_copy(
            update={
                "data_dir": Path(folder),
                "model": server.spec,
                "api_key": None,
                "repair_seconds": 0.0,
                "model_concurrency": slots,
                "model_timeout": 600.0,
                "model_idle_timeout": idle,
                "hedge_seconds": None,
                "response_cache": None,
            }
        )
        client = open_transport([f"{server.address}/v1"], used, observers=[Waits()])
        try:
            model = OpenAIChat(model=MODEL, transport=Noted(client))
            async with open_services(used, model=model) as services, open_assessor(services=services) as assessor:
                yield assessor
        finally:
            await client.aclose()


async def _prepared(assessor: Assessor, count: int, prefix: str) -> list[Case]:
    """Cases whose learners have a history."""
    work = cases(count, prefix)
    past = [history(case) for case in work]
    memory = assessor.services.memory
    await memory.append([event for events, _ in past for event in events])
    await memory.remember([error for _, error in past])
    return work


async def _all(assessor: Assessor, work: Sequence[Case]) -> list[Made]:
    """Make all assessments at once."""
    return list(await asyncio.gather(*(_made(assessor, case) for case in work)))


async def _made(assessor: Assessor, case: Case) -> Made:
    began = time.perf_counter()
    with noting() as requests:
        try:
            assessment, error = await assessor.assess(case.task, case.submission), None
        except GradatimError as problem:
            assessment, error = None, str(problem)
    return Made(assessment, error, time.perf_counter() - began, requests)


async def _counted(assessor: Assessor, work: Sequence[Case], made: Sequence[Made]) -> tuple[int, int]:
    """Assessments that are nowhere, and those that were recorded more than once.

    Counted in what is on disk: a finished assessment is in the store once and one event in the memory of its learner;
    one that waits is on the review list once and no event yet.
    """
    waiting = [request.id for request in await assessor.pending()]
    lost = twice = 0
    for case, item in zip(work, made, strict=True):
        events = await assessor.services.memory.events(case.submission.learner_id or "")
        recorded = sum(event.id.startswith("assessment:") for event in events)
        kept = item.assessment is not None and await assessor.find(item.assessment.id) is not None
        listed = 0 if item.assessment is None else waiting.count(item.assessment.id)
        held = item.assessment is not None and item.assessment.waiting
        lost += not (listed if held else kept and recorded)
        twice += recorded + listed > 1
    return lost, twice
