"""What every `DecisionStore` has to do, and the one on SQLite."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from gradatim.errors import InputError, StorageError
from gradatim.memory import SQLiteEventLog
from gradatim.memory.storage.decisions import DecisionRecord, DecisionStore, Message, SQLiteDecisions
from gradatim.memory.storage.encryption import AESCipher
from gradatim.memory.storage.opening import open_decisions
from gradatim.settings import Settings
from tests.memory.material import event

Reopen = Callable[[], DecisionStore]


def record(number: int = 1, **fields: Any) -> DecisionRecord:
    return DecisionRecord.model_validate(
        {
            "id": f"run{number}",
            "learner_id": "anna",
            "task_id": "loops",
            "at": f"2026-01-{number:02d}T00:00:00+00:00",
            "kind": "approve",
            "reviewer": "grace",
            "author": "model:m",
            "value": 0.5,
            "features": {"checks": 1.0, "graph": None},
            "right": True,
            "prompt": (Message(role="system", content="ä \ud800 \x00"),),
            "draft": "{}",
            **fields,
        }
    )


class DecisionStoreConformance:
    """A store passes by subclassing this and giving the fixture `reopen`: it opens one and the same storage."""

    @pytest.fixture
    async def store(self, reopen: Reopen) -> AsyncIterator[DecisionStore]:
        store = reopen()
        yield store
        await store.aclose()

    async def test_a_decision_is_stored_once_and_comes_back_as_it_was(self, store: DecisionStore) -> None:
        assert await store.add(record())
        assert not await store.add(record())
        assert await store.find("run1") == record()
        assert await store.decisions() == (record(),)
        assert await store.find("other") is None

    async def test_another_decision_under_the_same_id_is_refused(self, store: DecisionStore) -> None:
        await store.add(record())
        with pytest.raises(StorageError, match="run1"):
            await store.add(record(kind="reject", right=False))
        assert await store.decisions() == (record(),)

    async def test_oldest_first_and_by_learner(self, store: DecisionStore) -> None:
        for number, learner in ((3, "anna"), (1, "ben"), (2, None)):
            await store.add(record(number, learner_id=learner))
        assert [item.id for item in await store.decisions()] == ["run1", "run2", "run3"]
        assert [item.id for item in await store.decisions("anna")] == ["run3"]

    async def test_forgetting_takes_one_learner_s_decisions(self, store: DecisionStore) -> None:
        await store.add(record(1))
        await store.add(record(2, learner_id="ben"))
        assert await store.forget("anna") == 1
        assert await store.forget("anna") == 0
        assert [item.id for item in await store.decisions()] == ["run2"]

    async def test_used_tasks(self, store: DecisionStore) -> None:
        assert not await store.used("loops")
        await store.note_use("loops")
        await store.note_use("loops")
        assert await store.used("loops")
        assert not await store.used("lists")

    async def test_unusable_ids_are_refused(self, store: DecisionStore) -> None:
        for bad in (record(id=" "), record(learner_id="a\nb"), record(task_id="")):
            with pytest.raises(InputError):
                await store.add(bad)
        assert await store.decisions() == ()

    async def test_everything_is_there_after_opening_again(self, reopen: Reopen) -> None:
        first = reopen()
        await first.add(record())
        await first.note_use("loops")
        await first.aclose()
        again = reopen()
        assert await again.decisions() == (record(),)
        assert await again.used("loops")
        await again.aclose()
        await again.aclose()
        with pytest.raises(StorageError, match="closed"):
            await again.decisions()

    async def test_several_at_once(self, reopen: Reopen) -> None:
        one, other = reopen(), reopen()
        news = await asyncio.gather(
            *(store.add(record(number)) for number in range(1, 15) for store in (one, other)),
        )
        assert sum(news) == 14
        assert len(await one.decisions()) == 14
        await one.aclose()
        await other.aclose()


class TestSQLiteDecisions(DecisionStoreConformance):
    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Reopen:
        return lambda: SQLiteDecisions(tmp_path / "memory.sqlite3")


class TestEncryptedSQLiteDecisions(DecisionStoreConformance):
    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Reopen:
        return lambda: SQLiteDecisions(tmp_path / "memory.sqlite3", cipher=AESCipher(bytes(32)))


class TestPostgresDecisions(DecisionStoreConformance):
    @pytest.fixture
    def reopen(self, tmp_path: Path, postgres_url: str) -> Reopen:
        settings = Settings(data_dir=tmp_path, database=postgres_url)
        return lambda: open_decisions(settings)


def holds(folder: Path, text: str) -> bool:
    """Whether a text stands in any file of a folder."""
    return any(text.encode() in file.read_bytes() for file in folder.iterdir())


async def test_who_is_forgotten_by_the_memory_leaves_no_decision_in_the_file(tmp_path: Path) -> None:
    path, secret = tmp_path / "memory.sqlite3", "xylophone-7421"
    log, store = SQLiteEventLog(path), SQLiteDecisions(path)
    await log.append([event(1, learner_id=secret), event(2, learner_id="ben")])
    await store.add(record(1, learner_id=secret, draft=secret * 500))
    await store.add(record(2, learner_id="ben"))
    assert await log.forget(secret) == 1
    assert [item.id for item in await store.decisions()] == ["run2"]
    assert not holds(tmp_path, secret)
    await log.aclose()
    await store.aclose()


async def test_a_memory_without_decisions_is_extended_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite3"
    log = SQLiteEventLog(path)
    await log.append([event(1)])
    await log.aclose()
    store = SQLiteDecisions(path)
    await store.add(record())
    await store.aclose()
    again = SQLiteEventLog(path)
    assert len(await again.events("anna")) == 1
    await again.aclose()


async def test_a_decision_cannot_be_changed_behind_the_store(tmp_path: Path) -> None:
    store = SQLiteDecisions(tmp_path / "memory.sqlite3")
    await store.add(record())
    await store.aclose()
    with sqlite3.connect(tmp_path / "memory.sqlite3") as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE decisions SET body = '{}'")
    connection.close()


async def test_another_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite3"
    path.write_text("no database " * 100)
    store = SQLiteDecisions(path)
    with pytest.raises(StorageError, match=r"memory\.sqlite3"):
        await store.decisions()
    await store.aclose()
    assert path.read_text().startswith("no database")


def test_two_processes_make_the_tables_together(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from gradatim.memory.storage.decisions import SQLiteDecisions\n"
        "async def main():\n"
        "    store = SQLiteDecisions(Path(sys.argv[1]))\n"
        "    await store.note_use(sys.argv[2])\n"
        "    await store.aclose()\n"
        "asyncio.run(main())\n"
    )
    path = str(tmp_path / "memory.sqlite3")
    started = [subprocess.Popen([sys.executable, "-c", program, path, name]) for name in "ab"]
    assert [process.wait(timeout=60) for process in started] == [0, 0]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT task FROM used_tasks ORDER BY task").fetchall() == [("a",), ("b",)]
    connection.close()
