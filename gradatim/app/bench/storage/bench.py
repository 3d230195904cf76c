"""The measuring of `gradatim bench storage`."""

from __future__ import annotations

import asyncio
import gc
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING
from uuid import UUID

from gradatim.app.bench.storage.server import NoPostgres, PostgresServer, postgres_server
from gradatim.domain import LearnerEvent, Observation
from gradatim.memory.storage.log import StoredEventLog
from gradatim.memory.storage.postgres.database import PostgresDatabase
from gradatim.memory.storage.session import Database
from gradatim.memory.storage.sqlite.database import SQLiteDatabase

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures

EVENTS = 200_000
LEARNERS = 2_000
MANY = 100_000
"""Events of the one learner who is opened."""
LATE_SHARE = 0.01
CONCEPTS = 200
RECORDS = 400
WRITERS = 8
OPENINGS = 5
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)

Measured = dict[str, float | int | None]


def run(request: BenchRequest) -> Figures:
    """As `gradatim.app.bench.storage.storage`."""
    events = request.sample or EVENTS
    figures: dict[str, str | int | float | bool | None] = {
        "events": events,
        "learners": min(LEARNERS, max(1, events // 20)),
        "late_share": LATE_SHARE,
        "events_of_one_learner": min(MANY, events),
    }
    with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as folder:
        path = Path(folder) / "memory.sqlite3"
        figures |= _prefixed("sqlite", asyncio.run(_measured(request, lambda: SQLiteDatabase(path), "SQLite", events)))
        figures["sqlite_file_mb"] = round(path.stat().st_size / 1e6, 1)
    with ExitStack() as stack:
        try:
            server = _server(request, stack)
        except NoPostgres as reason:
            return figures | {"postgres": reason.message}
        url = server.database()
        stack.callback(server.drop, url)
        measured = asyncio.run(_measured(request, lambda: PostgresDatabase(url), "PostgreSQL", events))
        figures |= _prefixed("postgres", measured)
    for name in ("ingest_events_per_second", "record_p50_ms"):
        ours, theirs = figures[f"sqlite_{name}"], figures[f"postgres_{name}"]
        if isinstance(ours, int | float) and isinstance(theirs, int | float):
            figures[f"sqlite_over_postgres_{name}"] = round(ours / theirs, 2)
    return figures


def _server(request: BenchRequest, stack: ExitStack) -> PostgresServer:
    if request.settings.database is not None:
        return PostgresServer(request.settings.database)
    request.say("starting PostgreSQL")
    return stack.enter_context(postgres_server())


async def _measured(request: BenchRequest, database: Callable[[], Database], name: str, events: int) -> Measured:
    def log() -> StoredEventLog:
        return StoredEventLog(database())

    learners = min(LEARNERS, max(1, events // 20))
    request.say(f"making {events:,} events")
    made = list(_events(events, learners, "e"))
    gc.collect()
    gc.freeze()  # or else these events, which belong to the measuring, are looked through again and again
    request.say(f"{name}: taking in {events:,} events of {learners:,} learners")
    async with log() as storing:
        began, worked = perf_counter(), process_time()
        await storing.ingest(made)
        seconds, work = perf_counter() - began, process_time() - worked
        began = perf_counter()
        again = await storing.ingest(made)
        repeated = perf_counter() - began
        figures: Measured = {
            "ingest_events_per_second": round(events / seconds),
            "ingest_events_per_cpu_second": round(events / work),
            "ingest_again_events_per_second": round(events / repeated),
            "ingest_again_new": again,
        }
    gc.unfreeze()
    request.say(f"{name}: opening learners")
    figures |= await _opening(log, made, min(MANY, events))
    request.say(f"{name}: recording one by one")
    figures |= await _recording(log)
    return figures


async def _opening(log: Callable[[], StoredEventLog], made: list[LearnerEvent], many: int) -> Measured:
    async with log() as reading:
        names = [item.learner_id for item in (await reading.learners())[:200]]
        began = perf_counter()
        for name in names:
            await reading.state(name)
        usual = (perf_counter() - began) / len(names)
    async with log() as storing:
        await storing.ingest(_events(many, 1, "many"))
    fresh = await _opened(log)
    async with log() as storing:
        late = _event(random.Random(0), many - 100, "late", "many-0", behind=30)
        began = perf_counter()
        await storing.record(late)
        recording = perf_counter() - began
    return {
        "open_ms_of_others": round(1e3 * usual, 2),
        "open_ms": fresh,
        "record_late_ms": round(1e3 * recording, 2),
        "open_ms_after_late": await _opened(log),
    }


async def _opened(log: Callable[[], StoredEventLog]) -> float:
    """Median milliseconds from a new connection to the state of the learner with many events."""
    times: list[float] = []
    for _ in range(OPENINGS):
        opening = log()
        began = perf_counter()
        await opening.open()
        await opening.state("many-0")
        times.append(perf_counter() - began)
        await opening.aclose()
    return round(1e3 * sorted(times)[OPENINGS // 2], 2)


async def _recording(log: Callable[[], StoredEventLog]) -> Measured:
    chance = random.Random(3)
    alone = [_event(chance, number, "r", f"rec-{chance.randrange(50)}") for number in range(RECORDS)]
    async with log() as storing:
        times: list[float] = []
        for event in alone:
            began = perf_counter()
            await storing.record(event)
            times.append(perf_counter() - began)
    times.sort()
    logs = [log() for _ in range(WRITERS)]
    try:
        for one in logs:
            await one.open()
        share = [
            [_event(chance, number, f"w{writer}", f"rec-{chance.randrange(50)}") for number in range(RECORDS // 4)]
            for writer in range(WRITERS)
        ]

        async def write(number: int) -> None:
            for event in share[number]:
                await logs[number].record(event)

        began = perf_counter()
        await asyncio.gather(*(write(number) for number in range(WRITERS)))
        several = perf_counter() - began
        waiting = [_event(chance, number, "g", f"rec-{chance.randrange(50)}") for number in range(RECORDS * 2)]
        began = perf_counter()
        await asyncio.gather(*(logs[0].record(event) for event in waiting))
        together = perf_counter() - began
    finally:
        for one in logs:
            await one.aclose()
    return {
        "record_p50_ms": round(1e3 * times[len(times) // 2], 2),
        "record_p99_ms": round(1e3 * times[int(len(times) * 0.99)], 2),
        "writers": WRITERS,
        "writers_records_per_second": round(WRITERS * len(share[0]) / several),
        "together_records_per_second": round(len(waiting) / together),
    }


def _events(count: int, learners: int, prefix: str) -> Iterator[LearnerEvent]:
    chance = random.Random(prefix)
    for number in range(count):
        behind = chance.randrange(3600) if chance.random() < LATE_SHARE else 0
        yield _event(chance, number, prefix, f"{prefix}-{chance.randrange(learners)}", behind)


def _event(chance: random.Random, number: int, prefix: str, learner: str, behind: int = 0) -> LearnerEvent:
    return LearnerEvent(
        id=f"{prefix}-{UUID(int=chance.getrandbits(128))}",
        learner_id=learner,
        kind="submission",
        at=(_BEGIN + timedelta(seconds=2 * number - behind)).isoformat(),
        task_id=f"task-{chance.randrange(300)}",
        observations=tuple(
            Observation(concept=f"concept-{chance.randrange(CONCEPTS)}", correct=chance.random() < 0.7)
            for _ in range(chance.randrange(1, 3))
        ),
        payload={"passed": chance.random() < 0.6, "seconds": round(chance.random() * 100, 1)},
    )


def _prefixed(name: str, figures: Mapping[str, float | int | None]) -> dict[str, float | int | None]:
    return {f"{name}_{key}": value for key, value in figures.items()}
