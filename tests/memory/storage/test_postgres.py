"""PostgreSQL: guards, versions, several writers, killed writers, a killed server, a server that is away."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from gradatim.app.bench.storage.server import PostgresServer
from gradatim.errors import StorageError
from gradatim.memory.storage.postgres import PostgresEventLog, database
from gradatim.memory.storage.session import Session
from gradatim.memory.tracing import BKTParameters, update
from tests.memory.material import event

ROOT = Path(__file__).parents[3]

RECORD = """
import asyncio, sys
from gradatim.memory.storage.postgres import PostgresEventLog, database
from tests.memory.material import event

async def main(url, name, count):
    database.PATIENCE = 60.0  # on a busy machine a server takes its time to come back
    log = PostgresEventLog(url)
    for number in range(int(count)):
        changes = await log.record(event(number, ("loops", True), id=f"{name}-{number:06}", learner_id=name))
        print(f"{name}-{number:06}", changes[0].after, flush=True)
    await log.aclose()

asyncio.run(main(*sys.argv[1:]))
"""

INGEST = """
import asyncio, sys
import gradatim.memory.storage.log as module
from gradatim.memory.storage.postgres import PostgresEventLog
from tests.memory.material import event

def source(name, count):
    for number in range(int(count)):
        yield event(number, ("loops", True), id=f"{name}-{number:06}", learner_id=f"learner-{number % 7}")

async def main(url, name, count):
    module.GROUP = 50
    log = PostgresEventLog(url)
    await log.ingest(source(name, count))
    await log.aclose()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
async def log(postgres_url: str) -> AsyncIterator[PostgresEventLog]:
    async with PostgresEventLog(postgres_url) as log:
        yield log


def start(program: str, url: str, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, url, name, str(count)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def belief_after(observations: int) -> float:
    belief, parameters = BKTParameters().prior, BKTParameters()
    for _ in range(observations):
        belief = update(belief, True, parameters)
    return belief


async def check(log: PostgresEventLog, acknowledged: list[str]) -> None:
    """All that was acknowledged is there, and events and estimates are of one piece."""
    stored = [item.id for item in await log.events("anna")]
    assert set(acknowledged) <= set(stored)
    assert len(stored) == len(set(stored)) <= len(acknowledged) + 1
    state = await log.state("anna")
    assert (state.events, state.mastery[0].observations) == (len(stored), len(stored))
    assert state.mastery[0].probability == belief_after(len(stored))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gradatim.events SET body = ''",
        "DELETE FROM gradatim.events",
        "TRUNCATE gradatim.events",
        "UPDATE gradatim.decisions SET body = ''",
    ],
)
async def test_the_log_is_append_only_for_everybody(log: PostgresEventLog, postgres_url: str, statement: str) -> None:
    await log.append([event(1), event(2, learner_id="ben")])
    with psycopg.connect(postgres_url) as connection:
        connection.execute("INSERT INTO gradatim.decisions VALUES ('d', 'anna', '2026', '')")
        with pytest.raises(psycopg.errors.IntegrityError, match="append-only"):
            connection.execute(statement)  # type: ignore[arg-type]
        connection.rollback()
    assert await log.events("anna") == (event(1),)


async def test_tables_of_a_newer_version_are_refused(log: PostgresEventLog, postgres_url: str) -> None:
    await log.record(event(1))
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("UPDATE gradatim.versions SET version = 99")
    again = PostgresEventLog(postgres_url)
    with pytest.raises(StorageError, match="version 99"):
        await again.open()
    await again.aclose()


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        ("DROP TRIGGER events_are_never_changed ON gradatim.events", "events_are_never_changed"),
        ("ALTER TABLE gradatim.events DISABLE TRIGGER events_are_never_emptied", "events_are_never_emptied"),
        ("DROP TABLE gradatim.marks", "marks"),
    ],
)
async def test_tables_that_lack_something_are_refused(
    log: PostgresEventLog, postgres_url: str, change: str, lacking: str
) -> None:
    await log.record(event(1))
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(change)  # type: ignore[arg-type]
    again = PostgresEventLog(postgres_url)
    with pytest.raises(StorageError, match=f"lacks {lacking}"):
        await again.open()
    await again.aclose()


async def test_many_make_the_tables_at_once(postgres_url: str) -> None:
    logs = [PostgresEventLog(postgres_url) for _ in range(6)]
    await asyncio.gather(*(log.record(event(number, ("loops", True))) for number, log in enumerate(logs)))
    assert (await logs[0].state("anna")).mastery[0].probability == belief_after(6)
    for log in logs:
        await log.aclose()


async def test_a_user_who_may_not_make_tables_is_told_what_to_do(
    postgres_url: str, postgres_server: PostgresServer
) -> None:
    if postgres_server.folder is None:
        pytest.skip("the server is somebody else's: no users are made there")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS guest")
        connection.execute("CREATE ROLE guest LOGIN")
    log = PostgresEventLog(postgres_url.replace("gradatim@", "guest:a-secret-word@"))
    with pytest.raises(StorageError, match="permission denied") as caught:
        await log.open()
    assert "GRANT CREATE" in str(caught.value.remedy)
    assert "a-secret-word" not in str(caught.value)
    await log.aclose()


async def test_an_address_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="address") as caught:
        PostgresEventLog("postgresql://user:a-secret-word@host:port:port/?nonsense=1")
    assert "a-secret-word" not in str(caught.value)


async def test_a_server_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.3)
    log = PostgresEventLog(f"postgresql://gradatim:a-secret-word@/name?host={tmp_path}")
    with pytest.raises(StorageError) as caught:
        await log.record(event(1))
    assert "GRADATIM_DATABASE" in str(caught.value.remedy)
    assert "a-secret-word" not in str(caught.value)
    await log.aclose()


async def test_what_another_transaction_was_in_the_way_of_is_done_again(postgres_url: str) -> None:
    server = database.PostgresDatabase(postgres_url)
    server.connect()
    failures = [psycopg.errors.DeadlockDetected("x"), psycopg.errors.SerializationFailure("x")]
    calls: list[str | None] = []

    def work(session: Session) -> bool:
        calls.append(None)
        session.note_use("loops")
        if failures:
            raise failures.pop()
        return session.used("loops")

    assert server.run(work, write=True)
    assert len(calls) == 3
    with pytest.raises(StorageError, match="no such"):
        server.run(lambda session: raising(psycopg.errors.UndefinedTable("no such table")), write=True)
    server.close()


def raising(error: Exception) -> None:
    raise error


async def test_transactions_really_lock_one_another_out(postgres_url: str) -> None:
    """Two writers lock two learners in opposite orders: a deadlock, which one of them loses and repeats."""
    server = database.PostgresDatabase(postgres_url)
    server.connect()
    barrier = threading.Barrier(2, timeout=20)
    tries: list[str] = []

    def lock(first: str, second: str) -> None:
        def work(session: Session) -> None:
            tries.append(first)
            session.locked({first})
            if len(tries) <= 2:
                barrier.wait()
            session.locked({second})

        server.run(work, write=True)

    await asyncio.gather(asyncio.to_thread(lock, "a", "b"), asyncio.to_thread(lock, "b", "a"))
    assert len(tries) == 3
    server.close()


async def test_one_id_for_two_learners_at_the_same_time(postgres_url: str) -> None:
    async with PostgresEventLog(postgres_url) as one, PostgresEventLog(postgres_url) as other:
        for number in range(10):
            results = await asyncio.gather(
                one.record(event(number, ("loops", True))),
                other.record(event(number, ("loops", True), learner_id="ben")),
                return_exceptions=True,
            )
            refused = [item for item in results if isinstance(item, BaseException)]
            assert len(refused) == 1
            assert f"e{number:04}" in str(refused[0])
        assert sum(item.events for item in await one.learners()) == 10


async def test_processes_write_at_once(log: PostgresEventLog, postgres_url: str) -> None:
    writers = [start(RECORD, postgres_url, name, 60) for name in ("anna", "anna")]  # both send the same events
    writers += [start(INGEST, postgres_url, "x", 700) for _ in range(2)]
    for writer in writers:
        _, errors = writer.communicate()
        assert writer.returncode == 0, errors
    counts = {item.learner_id: item.events for item in await log.learners()}
    assert counts == {"anna": 60} | {f"learner-{number}": 100 for number in range(7)}
    for name, events in counts.items():
        assert (await log.state(name)).mastery[0].probability == belief_after(events)


async def test_a_writer_is_killed(log: PostgresEventLog, postgres_url: str) -> None:
    with start(RECORD, postgres_url, "anna", 100_000) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(20)]
        writer.send_signal(signal.SIGKILL)
        lines += [line for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    await check(log, [line.split()[0] for line in lines])


async def test_its_own_backend_is_killed(log: PostgresEventLog, postgres_url: str) -> None:
    """The connection breaks again and again, in the middle of transactions; nobody notices."""

    async def breaking() -> None:
        async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
            for _ in range(15):
                await connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gradatim' "
                    "AND datname = current_database()"
                )
                await asyncio.sleep(0.01)

    breaker = asyncio.create_task(breaking())
    recorded: list[str] = []
    while not breaker.done():
        number = len(recorded)
        await log.record(event(number, ("loops", True)))
        recorded.append(event(number).id)
    await breaker
    await check(log, recorded)


async def test_the_server_is_killed_and_comes_back(mortal_postgres: PostgresServer) -> None:
    url = mortal_postgres.database()
    with start(RECORD, url, "anna", 100_000) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline().split() for _ in range(20)]
        mortal_postgres.kill()
        await asyncio.to_thread(mortal_postgres.start)
        lines += [writer.stdout.readline().split() for _ in range(20)]  # the writer has only waited
        writer.send_signal(signal.SIGKILL)
        lines += [line.split() for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    async with PostgresEventLog(url) as log:
        await check(log, [identifier for identifier, _ in lines])
        for identifier, after in lines:  # and everything that is sent again is told the same
            changes = await log.record(event(int(identifier[5:]), ("loops", True), id=identifier, learner_id="anna"))
            assert changes[0].after == float(after)
