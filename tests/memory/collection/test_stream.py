"""Collecting while things happen."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from gradatim.domain import LearnerEvent
from gradatim.memory.collection import ClockLedger, QuarantineFile, collect, follow, from_queue
from gradatim.memory.collection.stream import Record
from gradatim.memory.storage.sqlite import SQLiteEventLog
from tests.memory.collection.material import lines, statement


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[SQLiteEventLog]:
    found = SQLiteEventLog(tmp_path / "memory.sqlite3")
    yield found
    await found.aclose()


async def until(condition: Any, seconds: float = 10.0) -> None:
    for _ in range(round(seconds * 100)):
        if await condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


async def test_a_queue_of_statements(tmp_path: Path, log: SQLiteEventLog) -> None:
    queue: asyncio.Queue[Record | None] = asyncio.Queue()
    with QuarantineFile(tmp_path / "q.jsonl") as kept:
        task = asyncio.create_task(collect(from_queue(queue), log, kept, form="xapi", wait=0.05, name="lrs"))
        await queue.put(statement(1))
        await queue.put(orjson.dumps(statement(2)))

        async def both() -> bool:
            return len(await log.events("anna")) == 2

        await until(both)  # stored although the source goes on
        await queue.put(orjson.dumps(statement(2)).decode())
        await queue.put({"id": object()})
        await queue.put({"id": "x"})
        await queue.put(b"")
        await queue.put(None)
        tally = await task
    assert (tally.read, tally.stored, tally.duplicates, tally.quarantined) == (5, 2, 1, 2)
    assert b'"file":"lrs"' in (tmp_path / "q.jsonl").read_bytes()


async def test_what_was_taken_is_stored_when_the_call_is_cancelled(log: SQLiteEventLog) -> None:
    queue: asyncio.Queue[Record | None] = asyncio.Queue()
    with QuarantineFile(None) as kept:
        task = asyncio.create_task(collect(from_queue(queue), log, kept, form="xapi", wait=60, most=1_000))
        for number in range(50):
            await queue.put(statement(number))

        async def taken() -> bool:
            return queue.empty()

        await until(taken)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(await log.events("anna")) == 50


async def test_an_error_of_the_source_comes_through_after_its_records(log: SQLiteEventLog) -> None:
    async def source() -> AsyncIterator[Record]:
        yield statement(1)
        raise ConnectionError("gone")

    with QuarantineFile(None) as kept, pytest.raises(ConnectionError, match="gone"):
        await collect(source(), log, kept, form="xapi")
    assert len(await log.events("anna")) == 1


async def test_a_file_that_grows_and_is_rotated(tmp_path: Path) -> None:
    path, end = tmp_path / "log.jsonl", asyncio.Event()
    found: list[bytes] = []

    async def read() -> None:
        async for line in follow(path, every=0.01, until=end):
            found.extend((line,))

    async def has(count: int) -> None:
        async def enough() -> bool:
            return len(found) >= count

        await until(enough)

    task = asyncio.create_task(read())
    await asyncio.sleep(0.03)
    path.write_bytes(b"one\ntw")
    await has(1)
    await asyncio.sleep(0.03)
    assert found == [b"one"]  # half a line is no line
    with path.open("ab") as file:
        file.write(b"o\n")
    await has(2)
    (tmp_path / "new").write_bytes(b"three\n")
    os.replace(tmp_path / "new", path)
    await has(3)
    path.write_bytes(b"4\n")  # emptied and begun again
    await has(4)
    with path.open("ab") as file:
        file.write(b"unfinished")
    end.set()
    await task
    assert found == [b"one", b"two", b"three", b"4", b"unfinished"]


async def test_lines_of_a_table_begin_with_their_header(tmp_path: Path, log: SQLiteEventLog) -> None:
    path, end = tmp_path / "grades.csv", asyncio.Event()
    path.write_text("learner,item,score,at\nanna,a,1,2026-03-01\nanna,b,x,2026-03-01\n")
    end.set()
    with QuarantineFile(None) as kept:
        tally = await collect(follow(path, until=end), log, kept, form="gradebook", name=str(path))
    assert (tally.read, tally.stored, tally.quarantined) == (2, 1, 1)


async def test_a_stream_and_a_file_of_the_same_happenings_agree(tmp_path: Path, log: SQLiteEventLog) -> None:
    ledger = ClockLedger(tmp_path / "clocks.json")

    def stamped(day: int, count: int = 40) -> list[dict[str, Any]]:
        return [
            statement(
                1_000 * day + number,
                timestamp=f"2026-03-{day:02}T12:{number:02}:00Z",
                stored=f"2026-03-{day:02}T10:{number:02}:00.25Z",
            )
            for number in range(count)
        ]

    async def source(day: int) -> AsyncIterator[Record]:
        for given in stamped(day):
            yield given

    with QuarantineFile(None) as kept:
        first = await collect(source(1), log, kept, form="xapi", ledger=ledger)
        second = await collect(source(2), log, kept, form="xapi", ledger=ledger)
        assert (first.aligned, second.aligned) == (0, 40)
        path = tmp_path / "both.jsonl"
        path.write_bytes(lines(*map(orjson.dumps, stamped(1) + stamped(2))))
        from gradatim.memory.collection import collect_files

        (done,) = await collect_files([path], log, kept, ledger=ledger)
    assert (done.tally.stored, done.tally.duplicates, done.tally.quarantined) == (0, 80, 0)
    newest: LearnerEvent = (await log.events("anna"))[0]
    assert newest.at == "2026-03-02T10:39:00.250000Z"
