"""A file of the first version goes on in the second, with all that was in it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gradatim.domain import MasteryChange
from gradatim.errors import StorageError
from gradatim.memory import BKTParameters, SQLiteEventLog
from gradatim.memory.storage.decisions import DecisionRecord, SQLiteDecisions
from gradatim.memory.storage.sqlite.tables import SCHEMA_VERSION
from gradatim.memory.tracing import update
from tests.memory.material import event

VERSION_1 = """
CREATE TABLE events (
    id TEXT PRIMARY KEY, learner TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
    body TEXT NOT NULL, changes TEXT NOT NULL);
CREATE INDEX events_in_order ON events (learner, at, id);
CREATE TABLE forgetting (learner TEXT PRIMARY KEY);
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER events_are_never_replaced BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER events_are_only_forgotten BEFORE DELETE ON events
WHEN NOT EXISTS (SELECT 1 FROM forgetting WHERE learner = OLD.learner)
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TABLE observations (
    learner TEXT NOT NULL, concept TEXT NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL, place INTEGER NOT NULL,
    correct INTEGER NOT NULL, instant TEXT NOT NULL,
    PRIMARY KEY (learner, concept, at, event, place)) WITHOUT ROWID;
CREATE TABLE mastery (
    learner TEXT NOT NULL, concept TEXT NOT NULL, probability REAL NOT NULL, observations INTEGER NOT NULL,
    updated_at TEXT NOT NULL, PRIMARY KEY (learner, concept)) WITHOUT ROWID;
CREATE TABLE learners (
    learner TEXT PRIMARY KEY, events INTEGER NOT NULL, last_at INTEGER NOT NULL, last_id TEXT NOT NULL,
    last_instant TEXT NOT NULL, derivation TEXT NOT NULL, progress TEXT NOT NULL) WITHOUT ROWID;
"""
DECISIONS_1 = """
CREATE TABLE decisions (id TEXT PRIMARY KEY, learner TEXT, at TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX decisions_of_a_learner ON decisions (learner, at, id);
CREATE TRIGGER decisions_are_never_changed BEFORE UPDATE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decisions_go_with_the_learner AFTER INSERT ON forgetting
BEGIN DELETE FROM decisions WHERE learner = NEW.learner; END;
CREATE TABLE used_tasks (task TEXT PRIMARY KEY) WITHOUT ROWID;
"""
EVENTS = [
    event(1, ("loops", True), task_id="t1", payload={"code": 'print("ä")\x00', "n": [1, 2.0, 10**25, None], "z": {}}),
    event(2, ("loops", False), ("Schleifen – 循环", True)),
    event(3, kind="interaction", payload={"action": "hint"}),
    event(1, ("loops", True), id="b1", learner_id="ben"),
]
DECISION = DecisionRecord.model_validate(
    {
        "id": "run1", "learner_id": "anna", "task_id": "loops", "at": "2026-01-01T00:00:00Z", "kind": "approve",
        "reviewer": "grace", "author": "model:m", "value": 0.5, "features": {"checks": 1.0}, "draft": "ä",
    }
)  # fmt: skip


def old_body(item: Any) -> str:
    plain = item.model_dump()
    del plain["source"]  # came with the second version
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, sort_keys=True)


def old_file(path: Path, *, decisions: bool) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(VERSION_1)
        for number, item in enumerate(EVENTS):
            changes = json.dumps([["loops", 0.25, 0.5 + number / 100]] if number == 0 else [])
            connection.execute(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)",
                (item.id, item.learner_id, minutes(item.at), item.kind, old_body(item), changes),
            )
            for place, seen in enumerate(item.observations):
                connection.execute(
                    "INSERT INTO observations VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (item.learner_id, seen.concept, minutes(item.at), item.id, place, seen.correct, item.at),
                )
        for learner, number, last in (("anna", 3, EVENTS[2]), ("ben", 1, EVENTS[3])):
            connection.execute(
                "INSERT INTO learners VALUES (?, ?, ?, ?, ?, 'bkt-x/profile-1', '{}')",
                (learner, number, minutes(last.at), last.id, last.at),
            )
            connection.execute("INSERT INTO mastery VALUES (?, 'loops', 0.123, 1, '2026')", (learner,))
        if decisions:
            connection.executescript(DECISIONS_1)
            body = json.dumps(DECISION.plain(), sort_keys=True)
            connection.execute("INSERT INTO decisions VALUES ('run1', 'anna', ?, ?)", (DECISION.at, body))
            connection.execute("INSERT INTO used_tasks VALUES ('loops')")
        connection.execute(f"PRAGMA application_id = {0x67726164}")
        connection.execute("PRAGMA user_version = 1")
        connection.commit()


def minutes(at: str) -> int:
    from gradatim.memory.inputs import microseconds

    return microseconds(at)


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


@pytest.mark.parametrize("decisions", [True, False])
async def test_everything_is_still_there(tmp_path: Path, decisions: bool) -> None:
    path = tmp_path / "memory.sqlite3"
    old_file(path, decisions=decisions)
    async with SQLiteEventLog(path) as log:
        assert await log.events("anna") == tuple(reversed(EVENTS[:3]))
        assert [(item.learner_id, item.events, item.last_at) for item in await log.learners()] == [
            ("anna", 3, EVENTS[2].at),
            ("ben", 1, EVENTS[3].at),
        ]
        state = await log.state("anna")
        parameters = BKTParameters()
        belief = update(update(parameters.prior, True, parameters), False, parameters)
        loops = state.of("loops")
        assert loops is not None
        assert (state.events, loops.probability, loops.observations) == (3, belief, 2)
        assert state.profile["hint_share"] == 1.0
        # an event that is sent once more is the same, and says what was told then
        assert await log.append(EVENTS) == 0
        assert await log.record(EVENTS[0]) == (MasteryChange(concept="loops", before=0.25, after=0.5),)
        with pytest.raises(StorageError, match="e0001"):
            await log.append([EVENTS[0].model_copy(update={"source": "moodle"})])
        assert await log.append([event(9, ("loops", True), source="moodle")]) == 1
        assert [item.id for item in await log.events("anna", kind="interaction")] == ["e0003"]
    store = SQLiteDecisions(path)
    assert await store.decisions() == ((DECISION,) if decisions else ())
    assert await store.add(DECISION) is not decisions
    assert await store.used("loops") is decisions
    await store.aclose()
    assert version(path) == SCHEMA_VERSION
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("UPDATE events SET body = '{}'")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("UPDATE decisions SET body = '{}'")


async def test_an_old_learner_is_forgotten_without_a_trace(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite3"
    old_file(path, decisions=True)
    async with SQLiteEventLog(path) as log:
        assert await log.forget("anna") == 3
        assert await log.traces([b"anna", "循环".encode()]) == []
        assert await log.traces([b"ben"]) == ["memory.sqlite3"]


async def test_an_old_file_that_lacks_something_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite3"
    old_file(path, decisions=False)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER events_are_never_replaced")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()
    log = SQLiteEventLog(path)
    with pytest.raises(StorageError, match="lacks events_are_never_replaced"):
        await log.open()
    await log.aclose()
    assert path.read_bytes() == before


def test_processes_migrate_together(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite3"
    old_file(path, decisions=False)
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from gradatim.memory import SQLiteEventLog\n"
        "async def main():\n"
        "    async with SQLiteEventLog(Path(sys.argv[1])) as log:\n"
        "        assert (await log.state('anna')).events == 3\n"
        "asyncio.run(main())\n"
    )
    started = [subprocess.Popen([sys.executable, "-c", program, str(path)]) for _ in range(3)]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
    assert version(path) == SCHEMA_VERSION
