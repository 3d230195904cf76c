"""The SQLite file: never overwritten, never changed behind the log's back, fast."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gradatim.errors import StorageError
from gradatim.memory import BKTParameters, ConceptParameters, SQLiteEventLog
from gradatim.memory.profile import DECAY
from gradatim.memory.tracing import update
from tests.memory.material import event


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "memory.sqlite3"


@pytest.fixture
async def log(path: Path) -> AsyncIterator[SQLiteEventLog]:
    log = SQLiteEventLog(path)
    yield log
    await log.aclose()


def content(path: Path) -> bytes:
    return path.read_bytes()


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


async def refused(path: Path) -> str:
    """The message with which a file is refused, once it was found untouched."""
    before = content(path)
    log = SQLiteEventLog(path)
    try:
        with pytest.raises(StorageError) as caught:
            await log.record(event(1))
        assert content(path) == before
        assert caught.value.place == str(path)
        assert caught.value.remedy
        return caught.value.message
    finally:
        await log.aclose()


async def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    put(path, b"Dear diary, " * 500)
    assert "not a database" in await refused(path)


async def test_another_programs_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE events (a)")
        other.commit()
    assert "not a gradatim" in await refused(path)


async def test_a_database_of_a_newer_version_is_refused(path: Path, log: SQLiteEventLog) -> None:
    await log.record(event(1))
    await log.aclose()
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 99")
    assert "version 99" in await refused(path)


async def test_a_database_that_lacks_a_guard_is_refused(path: Path, log: SQLiteEventLog) -> None:
    await log.record(event(1))
    await log.aclose()
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TRIGGER events_are_never_changed")
        other.commit()
    assert "events_are_never_changed" in await refused(path)


async def test_a_damaged_database_is_refused(path: Path, log: SQLiteEventLog) -> None:
    await log.append(event(number, ("loops", True), payload={"x": "y" * 2000}) for number in range(200))
    await log.aclose()
    damaged = content(path)[:4096] + b"\xa5" * (len(content(path)) - 4096)
    put(path, damaged)
    again = SQLiteEventLog(path)
    with pytest.raises(StorageError, match=r"malformed.*backup"):
        await again.events("anna")
    await again.aclose()
    assert content(path) == damaged


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    log = SQLiteEventLog(tmp_path / "file" / "memory.sqlite3")
    with pytest.raises(StorageError, match=r"memory\.sqlite3.*GRADATIM_DATA_DIR"):
        await log.open()
    await log.aclose()


async def test_an_empty_file_is_taken_as_a_new_memory(path: Path, log: SQLiteEventLog) -> None:
    put(path, b"")
    assert await log.append([event(1)]) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET body = '{}'",
        "DELETE FROM events",
        "DELETE FROM events WHERE learner = 'anna'",
        "INSERT OR REPLACE INTO events SELECT id, learner, at, kind, '{}', changes FROM events",
    ],
)
async def test_the_log_is_append_only_for_everybody(path: Path, log: SQLiteEventLog, statement: str) -> None:
    await log.append([event(1), event(2, learner_id="ben")])
    with closing(sqlite3.connect(path)) as other, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        other.execute(statement)
    assert await log.events("anna") == (event(1),)


async def test_a_failed_batch_leaves_no_trace(log: SQLiteEventLog) -> None:
    await log.record(event(1, ("loops", True)))
    before = await log.state("anna")
    with pytest.raises(StorageError):
        await log.append([event(2, ("loops", False)), event(0, ("lists", True)), event(1)])
    after = await log.state("anna")
    assert (after.events, after.mastery) == (before.events, before.mastery)


async def test_other_parameters_redo_the_estimates(path: Path, log: SQLiteEventLog) -> None:
    await log.append([event(1, ("loops", True)), event(2, ("loops", False))])
    own = BKTParameters(prior=0.5, learn=0.3)
    expected = update(update(0.5, True, own), False, own)
    other = SQLiteEventLog(path, parameters=ConceptParameters({"loops": own}))
    assert (await other.state("anna")).mastery[0].probability == expected
    (change,) = await other.record(event(3, ("loops", True)))
    assert (change.before, change.after) == (expected, update(expected, True, own))
    await other.aclose()
    third = BKTParameters(prior=0.1)
    recording_first = SQLiteEventLog(path, parameters=ConceptParameters(default=third))
    belief = third.prior
    for correct in (True, False, True):
        belief = update(belief, correct, third)
    (change,) = await recording_first.record(event(4, ("loops", True)))
    assert change.before == belief
    await recording_first.aclose()


async def test_profile_fades_with_the_clock(path: Path) -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    log = SQLiteEventLog(path, clock=lambda: now)
    await log.record(event(1, at="2026-03-01T12:00:00Z"))
    assert (await log.state("anna")).profile["engagement"] == 1.0
    now += timedelta(days=3)
    profile = (await log.state("anna")).profile
    assert profile["engagement"] == pytest.approx(DECAY**3)
    assert profile["recency_days"] == 3.0
    await log.aclose()


async def test_many_can_open_a_new_file_at_once(path: Path) -> None:
    logs = [SQLiteEventLog(path) for _ in range(8)]
    await asyncio.gather(*(log.record(event(number)) for number, log in enumerate(logs)))
    assert len(await logs[0].events("anna")) == 8
    for log in logs:
        await log.aclose()


async def test_a_cancelled_caller_does_not_break_the_log(log: SQLiteEventLog) -> None:
    calls = [asyncio.create_task(log.record(event(number, ("loops", True)))) for number in range(20)]
    await asyncio.sleep(0)
    for call in calls[::2]:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    for number in range(20):
        await log.record(event(number, ("loops", True)))
    state = await log.state("anna")
    assert (state.events, state.mastery[0].observations) == (20, 20)
