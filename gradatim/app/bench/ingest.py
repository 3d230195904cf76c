"""`gradatim bench ingest`: how fast files become stored events, and in how much memory."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

from gradatim.domain import LearnerEvent
from gradatim.errors import ServiceError
from gradatim.memory.collection import (
    ConceptMap,
    Item,
    Parsed,
    QuarantineFile,
    ReadingOptions,
    collect_files,
    reader_of,
    write_xapi,
)
from gradatim.memory.storage.sqlite import SQLiteEventLog

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures

ROWS = 400_000
LEARNERS = 2_000
ITEMS = 200
CONCEPTS = 40
DUPLICATES = 50
"""Every so many rows one stands there again."""
LATE = 20
"""Every so many rows one lies a day back."""
GROWTH = 4
"""How much larger the file is whose memory is compared."""
_GROUP = 10_000


def ingest(request: BenchRequest) -> Figures:
    """Rows of a grade book, and xAPI statements as JSON Lines, into the SQLite log; some duplicates, some late.

    Each end-to-end run is a process of its own, which reads in another one. Memory is the most that the two processes
    ever held, taken together.
    """
    rows = request.sample or ROWS
    figures: dict[str, str | int | float | bool | None] = {"rows": rows, "learners": LEARNERS}
    with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as name:
        folder = Path(name)
        request.say(f"writing {rows:,} and {GROWTH * rows:,} rows")
        small, large = folder / "small.csv", folder / "large.csv"
        _grade_book(small, rows)
        _grade_book(large, GROWTH * rows)
        statements = folder / "statements.jsonl"
        with statements.open("wb") as file:
            write_xapi((_foreign(event) for event in _events(small)), file)
        request.say("reading alone")
        for form, path in (("gradebook", small), ("xapi", statements)):
            count, seconds = _read(path, form)
            figures[f"parse_{form}_events_per_second"] = round(count / seconds)
        request.say("storing alone")
        figures["store_events_per_second"] = round(asyncio.run(_store(small, folder / "alone.sqlite3")))
        for title, path in (("", small), ("xapi_", statements), ("large_", large)):
            request.say(f"collecting {path.name}")
            run = _collected(path, folder / f"{path.stem}.sqlite3")
            figures[f"{title}events_per_second"] = round(run["read"] / run["seconds"])
            figures[f"{title}peak_mb"] = round(run["peak_mb"], 1)
            if not title:
                figures |= {key: run[key] for key in ("stored", "duplicates", "quarantined", "late")}
        request.say("collecting the same again")
        again = _collected(small, folder / "small.sqlite3")
        figures["again_stored"] = again["stored"]
        figures["again_events_per_second"] = round(again["read"] / again["seconds"])
    peak, peak_large = cast(float, figures["peak_mb"]), cast(float, figures["large_peak_mb"])
    figures["peak_growth"] = round(peak_large / peak, 3)
    return figures


def concepts() -> ConceptMap:
    """What the items are about."""
    return ConceptMap({f"item-{item}": Item((f"concept-{item % CONCEPTS}",)) for item in range(ITEMS)})


def _grade_book(path: Path, rows: int) -> None:
    """Outcomes of many learners in turn, a second apart."""
    with path.open("w", encoding="utf-8") as file:
        file.write("learner,item,score,max,at,seconds\n")
        for number in range(rows):
            original = number - 1 if number % DUPLICATES == DUPLICATES - 1 else number
            day, second = divmod(original, 86_400)
            day += 5 if (original * 2_654_435_761 >> 9) % LATE else 4
            hour, minute = second // 3600, second // 60 % 60
            file.write(
                f"learner-{original * 7919 % LEARNERS},item-{original * 31 % ITEMS},{original * 13 % 11},10,"
                f"2026-{1 + day // 28:02}-{1 + day % 28:02}T{hour:02}:{minute:02}:{second % 60:02}Z,"
                f"{original % 300}\n"
            )


def _events(path: Path) -> Iterator[LearnerEvent]:
    reader = reader_of("gradebook", ReadingOptions(concepts()))
    return (row.event for row in reader.read(path) if isinstance(row, Parsed))


def _foreign(event: LearnerEvent) -> LearnerEvent:
    """The event with an id as other systems give them, so that a statement says all of it."""
    return event.model_copy(update={"id": str(uuid.uuid5(uuid.NAMESPACE_URL, event.id))})


def _read(path: Path, form: str) -> tuple[int, float]:
    reader = reader_of(form, ReadingOptions(concepts()))
    began = perf_counter()
    count = sum(isinstance(row, Parsed) for row in reader.read(path))
    return count, perf_counter() - began


async def _store(path: Path, database: Path) -> float:
    """Events a second that storing takes, when reading costs nothing."""
    log = SQLiteEventLog(database)
    await log.open()
    count, seconds = 0, 0.0
    group: list[LearnerEvent] = []
    try:
        for event in _events(path):
            group.append(event)
            if len(group) == _GROUP:
                began = perf_counter()
                await log.append(group)
                seconds += perf_counter() - began
                count += len(group)
                group.clear()
    finally:
        await log.aclose()
    return count / seconds if seconds else 0.0


def _collected(path: Path, database: Path) -> Mapping[str, Any]:
    """A whole collection in a process of its own.

    Raises:
        ServiceError: It failed.
    """
    arguments = [sys.executable, "-P", "-m", __name__, str(path), str(database)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ServiceError("the collection failed", place=str(path), remedy=done.stderr.strip()[-500:])
    return json.loads(done.stdout)


async def _collect(path: Path, database: Path) -> dict[str, Any]:
    import resource

    log = SQLiteEventLog(database)
    await log.open()
    began = perf_counter()
    try:
        with QuarantineFile(None) as quarantine:
            options = ReadingOptions(concepts())
            (done,) = await collect_files([path], log, quarantine, options=options, apart=True)
    finally:
        await log.aclose()
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {**done.tally.plain(), "seconds": perf_counter() - began, "peak_mb": sum(peaks) / 1024}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_collect(Path(sys.argv[1]), Path(sys.argv[2])))))
