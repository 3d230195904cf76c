"""Whole collections: everything stored once, nothing lost, and the count adds up."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import orjson
import pytest

from gradatim.domain import LearnerEvent
from gradatim.errors import InputError, ServiceError, StorageError
from gradatim.memory.collection import (
    ClockLedger,
    Collected,
    ConceptMap,
    Item,
    QuarantineFile,
    ReadingOptions,
    Tally,
    collect_files,
    recognise,
)
from gradatim.memory.collection import groups as groups_module
from gradatim.memory.collection.apart import read_apart
from gradatim.memory.collection.groups import Job
from gradatim.memory.storage.sqlite import SQLiteEventLog
from tests.memory.collection.material import lines, statement


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[SQLiteEventLog]:
    found = SQLiteEventLog(tmp_path / "memory.sqlite3")
    yield found
    await found.aclose()


async def collected(
    log: SQLiteEventLog, *paths: Path, quarantine: Path | None = None, **options: Any
) -> tuple[Tally, list[Collected]]:
    with QuarantineFile(quarantine) as kept:
        done = await collect_files(paths, log, kept, **options)
    total = Tally()
    for part in done:
        total.add(part.tally)
    total.check()
    return total, done


def counts(tally: Tally) -> tuple[int, int, int, int, int]:
    return tally.read, tally.stored, tally.duplicates, tally.quarantined, tally.without_event.total()


def mixed(path: Path) -> Path:
    """Eight rows of every fate."""
    path.write_bytes(
        lines(
            orjson.dumps(statement(1)),
            orjson.dumps(statement(2)),
            orjson.dumps(statement(1)),  # a duplicate
            orjson.dumps(statement(2, timestamp="2026-03-05T10:00:00Z")),  # the same id, another content
            orjson.dumps(statement(3, actor={"objectType": "Group"})),
            orjson.dumps(statement(4, timestamp="someday")),
            b'{"id": "caf\xe9"}',
            orjson.dumps(statement(5, timestamp="2026-02-01T10:00:00Z")),  # late
        )
    )
    return path


@pytest.mark.parametrize("apart", [False, True])
async def test_everything_is_accounted_for(tmp_path: Path, log: SQLiteEventLog, apart: bool) -> None:
    path, quarantine = mixed(tmp_path / "statements.jsonl"), tmp_path / "quarantine.jsonl"
    tally, _ = await collected(log, path, quarantine=quarantine, apart=apart)
    assert counts(tally) == (8, 3, 1, 3, 1)
    assert tally.late == 1
    assert [event.id[-1] for event in await log.events("anna")] == ["2", "1", "5"]
    records = [json.loads(line) for line in quarantine.read_text().splitlines()]
    assert {record["row"] for record in records} == {4, 6, 7}
    by_row = {record["row"]: record for record in records}
    assert by_row[4]["reason"] == "an event of this id is stored with another content"
    assert by_row[6] == {
        "gradatim": "quarantine", "file": str(path), "row": 6, "format": "xapi",
        "reason": "its timestamp 'someday' is not an ISO 8601 instant",
        "raw": orjson.dumps(statement(4, timestamp="someday")).decode() + "\n",
    }  # fmt: skip
    assert "raw_base64" in by_row[7]
    assert quarantine.stat().st_mode & 0o077 == 0
    again, _ = await collected(log, path, apart=apart)
    assert counts(again) == (8, 0, 4, 3, 1)


async def test_a_mended_quarantine_is_collected(tmp_path: Path, log: SQLiteEventLog) -> None:
    csv = tmp_path / "grades.csv"
    csv.write_text("learner,item,score,max,at\nanna,a,7,10,2026-03-01\nanna,b,sieben,10,2026-03-01\nanna,c\n")
    first = tmp_path / "quarantine.jsonl"
    tally, _ = await collected(log, mixed(tmp_path / "statements.jsonl"), csv, quarantine=first)
    assert counts(tally) == (11, 4, 1, 5, 1)
    mended = first.read_text().replace("someday", "2026-03-09T10:00:00Z").replace("sieben", "7")
    first.write_text(mended)
    second = tmp_path / "second.jsonl"
    tally, (done,) = await collected(log, first, quarantine=second)
    assert done.form == "quarantine"
    assert counts(tally) == (5, 2, 0, 3, 0)
    assert {event.task_id for event in await log.events("anna")} == {"https://lms.example/q/1", "a", "b"}
    records = [json.loads(line) for line in second.read_text().splitlines()]
    # What is still wrong keeps saying where it first stood.
    assert {(Path(record["file"]).name, record["row"], record["format"]) for record in records} == {
        ("quarantine.jsonl", 3, "gradatim"), ("statements.jsonl", 7, "xapi"), ("grades.csv", 4, "gradebook"),
    }  # fmt: skip


async def test_of_a_very_long_row_the_beginning_is_kept(tmp_path: Path, log: SQLiteEventLog) -> None:
    path, first, second = tmp_path / "statements.jsonl", tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    path.write_bytes(lines(b'{"id": "' + b"x" * 300_000, orjson.dumps(statement(1))))
    tally, _ = await collected(log, path, quarantine=first)
    assert counts(tally) == (2, 1, 0, 1, 0)
    (record,) = [json.loads(line) for line in first.read_text().splitlines()]
    assert (record["cut"], len(record["raw"])) == (True, 256 * 1024)
    tally, _ = await collected(log, first, quarantine=second)
    assert counts(tally) == (1, 0, 0, 1, 0)
    (record,) = [json.loads(line) for line in second.read_text().splitlines()]
    assert (record["file"], record["row"], record["cut"]) == (str(path), 1, True)
    assert "mend it where it came from" in record["reason"]


async def test_contradictions_in_numbers_are_all_found(tmp_path: Path, log: SQLiteEventLog) -> None:
    path = tmp_path / "statements.jsonl"
    path.write_bytes(lines(*(orjson.dumps(statement(number)) for number in range(300))))
    await collected(log, path)
    path.write_bytes(
        lines(*(orjson.dumps(statement(number, **({} if number % 3 else {"result": None}))) for number in range(330)))
    )
    tally, _ = await collected(log, path)
    assert counts(tally) == (330, 30, 200, 100, 0)


async def test_an_unchanged_grade_in_a_later_export_is_a_duplicate(tmp_path: Path, log: SQLiteEventLog) -> None:
    text = "Student,ID,SIS Login ID,Section,Quiz (1),Quiz 2 (2)\n    Points Possible,,,,10,10\n"
    text += "A,1,ada,x,8,\nB,2,bob,x,5,5\n"
    one, two = tmp_path / "2026-03-01T1000_Grades-A.csv", tmp_path / "2026-03-08T1000_Grades-A.csv"
    one.write_text(text)
    two.write_text(text.replace("A,1,ada,x,8,", "A,1,ada,x,8,9"))
    tally, _ = await collected(log, one)
    assert counts(tally) == (5, 3, 0, 0, 2)
    tally, _ = await collected(log, two)
    assert counts(tally) == (5, 1, 3, 0, 1)


async def test_a_question_bank_serves_the_grade_books_beside_it(tmp_path: Path, log: SQLiteEventLog) -> None:
    csv, gift = tmp_path / "grades.csv", tmp_path / "bank.gift"
    csv.write_text("learner,item,score,at\nanna,Sum,1,2026-03-01\n")
    gift.write_text("$CATEGORY: Loops\n\n::Sum:: 1 + 1 {=2}\n\n::Bad:: {=\n")
    tally, _ = await collected(log, csv, gift)
    assert counts(tally) == (3, 1, 0, 1, 1)
    assert (await log.events("anna"))[0].observations[0].concept == "Loops"


async def test_clocks_are_aligned_and_recorded(tmp_path: Path, log: SQLiteEventLog) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    times = [(f"{11 + n // 60:02}:{n % 60:02}:00", f"{10 + n // 60:02}:{n % 60:02}:01") for n in range(90)]
    rows = [f"Run.Program,s1,2026-03-01T{client},2026-03-01T{server}" for client, server in times]
    rows.append("Run.Program,s2,2026-03-01T11:00:00,2026-03-01T10:30:00")
    (folder / "MainTable.csv").write_text("EventType,SubjectID,ClientTimestamp,ServerTimestamp\n" + "\n".join(rows))
    ledger = ClockLedger(tmp_path / "clocks.json")
    tally, (done,) = await collected(log, folder, ledger=ledger, apart=True)
    assert counts(tally) == (91, 91, 0, 0, 0)
    assert (tally.aligned, tally.late) == (91, 0)
    assert [clock.applied for clock in done.clocks] == [True, False]
    assert done.clocks[0].offset == -3_599_000_000
    assert "s1" not in (tmp_path / "clocks.json").read_text()
    newest, *_ = await log.events("s1")
    assert newest.at == "2026-03-01T11:29:01Z"
    assert newest.payload["clock"] == {
        "at": "2026-03-01T12:29:00Z", "offset_seconds": -3599.0, "uncertainty_seconds": 0.289
    }  # fmt: skip
    (alone,) = await log.events("s2")
    assert alone.at == "2026-03-01T10:30:00Z"
    again, (done,) = await collected(log, folder, ledger=ledger)
    assert counts(again) == (91, 0, 91, 0, 0)
    assert done.clocks == ()


async def test_a_file_of_no_format_stops_before_anything_is_stored(tmp_path: Path, log: SQLiteEventLog) -> None:
    good = mixed(tmp_path / "statements.jsonl")
    (tmp_path / "notes.txt").write_text("Buy milk.")
    for bad, reason in ((tmp_path / "notes.txt", "not recognised"), (tmp_path / "none.csv", "cannot be read")):
        with pytest.raises(InputError, match=reason):
            await collected(log, good, bad)
    assert await log.learners() == []


class FullDisk:
    """A log that can take one group and then no more."""

    def __init__(self) -> None:
        self.stored = 0

    async def append(self, events: Iterable[LearnerEvent]) -> int:
        if self.stored:
            raise StorageError("the database is full", place="memory.sqlite3")
        self.stored = len(list(events))
        return self.stored

    async def events(self, learner_id: str, limit: int | None = None, kind: Any = None) -> tuple[LearnerEvent, ...]:
        return ()


async def test_a_full_disk_is_no_fault_of_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups_module, "SIZE", 10)
    path = tmp_path / "statements.jsonl"
    path.write_bytes(lines(*(orjson.dumps(statement(number)) for number in range(25))))
    log = FullDisk()
    with QuarantineFile(tmp_path / "q.jsonl") as kept, pytest.raises(StorageError, match="full"):
        await collect_files([path], log, kept)
    assert log.stored == 10
    assert not (tmp_path / "q.jsonl").exists()


async def test_reading_apart_gives_the_same_rows_and_the_same_errors(tmp_path: Path) -> None:
    concepts = ConceptMap({"https://lms.example/q/1": Item(("sums",))})
    path = tmp_path / "statements.jsonl"
    path.write_bytes(lines(*(orjson.dumps(statement(number)) for number in range(21_000))))
    job = Job(path, "xapi", ReadingOptions(concepts))
    here = [part for part in groups_module.groups(job) if isinstance(part, groups_module.Group)]
    apart = [part async for part in read_apart(job)]
    assert [len(part.events) for part in here] == [10_000, 10_000, 1_000]
    assert [(part.events, part.places, part.read) for part in here] == [
        (part.events, part.places, part.read) for part in apart if isinstance(part, groups_module.Group)
    ]
    with pytest.raises(InputError, match="no header"):
        async for _ in read_apart(Job(path, "gradebook", ReadingOptions())):
            pass


def kill_readers() -> None:
    """End the reading processes of this one."""
    for number in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        if b"gradatim.memory.collection.worker" in Path(f"/proc/{number}/cmdline").read_bytes():
            os.kill(int(number), signal.SIGKILL)


async def test_a_reading_process_that_dies_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "statements.jsonl"
    path.write_bytes(lines(*(orjson.dumps(statement(number)) for number in range(20_000))))
    parts = read_apart(Job(path, "xapi", ReadingOptions()))
    await anext(parts)
    kill_readers()
    with pytest.raises(ServiceError, match="ended before"):
        [part async for part in parts]


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("a.json", orjson.dumps([statement()]), "xapi"),
        ("a.json", orjson.dumps({"statements": []}), "xapi"),
        ("a.json", b'{"sensor": "s", "sendTime": "x", "data": []}', "caliper"),
        ("a.jsonl", b'{"id": "1", "learner_id": "a", "kind": "review", "at": "2026-01-01"}', "gradatim"),
        ("a.csv", b"EventType,EventID,SubjectID\n", "progsnap2"),
        ("a.csv", b"learner;item;score\n", "gradebook"),
        ("a.csv", b"First name,Last name,Email address,Quiz: A (Real)\n", "gradebook"),
        ("a.txt", b"::A:: x {T}\n", "gift"),
        ("a.txt", b"What is it? {=this ~that}\n", "gift"),
        ("a.jsonl", b'{"gradatim":"quarantine","file":"x","row":1,"format":"xapi"}', "quarantine"),
    ],
)  # fmt: skip
def test_formats_are_recognised_by_what_stands_in_them(tmp_path: Path, name: str, text: bytes, form: str) -> None:
    (tmp_path / name).write_bytes(text)
    assert recognise(tmp_path / name) == form


def test_a_quarantine_file_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text("rows of another run")
    with pytest.raises(InputError, match="there already"), QuarantineFile(tmp_path / "q.jsonl"):
        pass
    with pytest.raises(InputError, match="folder"), QuarantineFile(tmp_path / "none" / "q.jsonl"):
        pass


def test_a_tally_that_does_not_add_up_is_noticed() -> None:
    tally = Tally(read=3, stored=1, duplicates=1)
    with pytest.raises(RuntimeError, match="3 rows were read, and 2"):
        tally.check()
    tally.without_event["a reason"] += 1
    tally.check()
