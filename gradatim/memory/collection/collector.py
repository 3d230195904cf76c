"""Collects files: reads, aligns, stores, quarantines and counts, in bounded memory however large they are."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

from gradatim.memory.collection.apart import read_apart
from gradatim.memory.collection.clocks import Estimate
from gradatim.memory.collection.formats import recognise
from gradatim.memory.collection.gate import Gate
from gradatim.memory.collection.gift import bank_concepts, read_bank
from gradatim.memory.collection.groups import Group, Job, groups
from gradatim.memory.collection.ledger import ClockLedger
from gradatim.memory.collection.quarantine import QuarantineFile
from gradatim.memory.collection.row import Position, ReadingOptions
from gradatim.memory.collection.storing import EventSink, Storing
from gradatim.memory.collection.tally import Tally

APART = 8 * 1024 * 1024
"""Bytes from which a file is read in a process of its own."""

Watcher = Callable[[Path, int, int], None]
"""Is told of a file, its bytes read so far, and its bytes in all."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of one file."""

    path: Path
    form: str
    tally: Tally
    clocks: tuple[Estimate, ...]
    """Estimates of clocks that were added to the record."""


async def collect_files(
    paths: Sequence[Path],
    log: EventSink,
    quarantine: QuarantineFile,
    *,
    options: ReadingOptions | None = None,
    form: str = "auto",
    ledger: ClockLedger | None = None,
    apart: bool | None = None,
    watch: Watcher | None = None,
    gate: Gate | None = None,
) -> list[Collected]:
    """Collect files one after another. Collecting them again stores nothing twice.

    Question banks among them are read first: they tell what the items of the others are about.

    Args:
        paths: Files and ProgSnap2 folders.
        log: Where events go.
        quarantine: Where rows go that cannot be used.
        options: What a person adds to what the files say.
        form: Name of their format; `auto` recognises it for each.
        ledger: Record of clocks; without one, estimates last for this call alone.
        apart: Whether to read in a process of its own; large files where there is more than one core, by default.
        watch: Is told how far the work has come.
        gate: Says whose events may be stored, and under which name; all are, as they are, when not given.

    Raises:
        InputError: A file cannot be read or is not of its format; nothing of any file is stored then, unless the file
            turns out to be another in its middle.
        StorageError: The storage cannot be used any more; what was counted as stored is.
    """
    forms = [recognise(path) if form == "auto" else form for path in paths]
    given = options or ReadingOptions()
    for path, kind in zip(paths, forms, strict=True):
        if kind == "gift":
            given = replace(given, concepts=given.concepts.joined(bank_concepts(read_bank(path))))
    storing = Storing(log, quarantine, gate)
    recorded: list[Estimate] = [] if ledger is None else ledger.estimates()
    done: list[Collected] = []
    for path, kind in zip(paths, forms, strict=True):
        job = Job(path, kind, replace(given, position=Position()), tuple(recorded))
        tally = Tally()
        added: list[Estimate] = []
        size = _size(path)
        separate = (size >= APART and _cores() > 1) if apart is None else apart
        async with aclosing(_ahead(read_apart(job) if separate else _read_here(job))) as parts:
            async for part in parts:
                if not isinstance(part, Group):
                    added += part
                    if ledger is not None:
                        ledger.add(part)  # before the events that were aligned by it
                    continue
                await storing.settle(part, tally, str(path), kind)
                if watch is not None:
                    watch(path, min(part.position, size), size)
        tally.check()
        recorded += added
        done.append(Collected(path, kind, tally, tuple(added)))
    return done


async def _read_here(job: Job) -> AsyncGenerator[Group | list[Estimate]]:
    for part in groups(job):
        yield part


async def _ahead(
    parts: AsyncGenerator[Group | list[Estimate]],
) -> AsyncGenerator[Group | list[Estimate]]:
    """The same, one further than asked for: the next group is made ready while this one is on its way to the disk."""

    async def following() -> Group | list[Estimate] | None:
        return await anext(parts, None)

    task = asyncio.create_task(following())
    try:
        while (part := await task) is not None:
            task = asyncio.create_task(following())
            yield part
    finally:
        task.cancel()
        await asyncio.wait([task])
        await parts.aclose()


def _size(path: Path) -> int:
    try:
        return (path / "MainTable.csv" if path.is_dir() else path).stat().st_size
    except OSError:
        return 0  # whoever opens it says what is wrong


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
