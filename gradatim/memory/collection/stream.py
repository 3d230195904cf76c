"""Collects while things happen: from an async iterator, a queue, or a file that grows."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import orjson

from gradatim.errors import InputError
from gradatim.memory.collection.csv_stream import fields_of
from gradatim.memory.collection.formats import reader_of
from gradatim.memory.collection.gate import Gate
from gradatim.memory.collection.groups import Grouping
from gradatim.memory.collection.ledger import ClockLedger
from gradatim.memory.collection.live import LiveClocks
from gradatim.memory.collection.quarantine import QuarantineFile
from gradatim.memory.collection.row import Reader, ReadingOptions, Rejected
from gradatim.memory.collection.storing import EventSink, Storing
from gradatim.memory.collection.tally import Tally

Record = bytes | str | Mapping[str, Any]
"""A record as text or as parsed JSON."""

SMALL = 200
"""Rows after which a group is stored."""
AHEAD = 1_000
"""Records that are taken from the source before they are stored, at most."""
LIMIT = 16 * 1024 * 1024
_TABLES = frozenset({"gradebook", "progsnap2"})


async def collect(
    source: AsyncIterable[Record],
    log: EventSink,
    quarantine: QuarantineFile,
    *,
    form: str,
    options: ReadingOptions | None = None,
    ledger: ClockLedger | None = None,
    name: str = "stream",
    wait: float = 1.0,
    most: int = SMALL,
    gate: Gate | None = None,
) -> Tally:
    """Store records as they come, in small groups, until the source ends.

    When the call is cancelled, what was taken from the source is stored first.

    Args:
        source: Records: statements, events, envelopes, or lines of a table, of which the first is the header.
        log: Where events go.
        quarantine: Where records go that cannot be used.
        form: Name of their format; a stream cannot be recognised by its beginning.
        options: What a person adds.
        ledger: Record of clocks.
        name: Of the source, for the quarantine.
        wait: Seconds after which a record is stored even if no other comes.
        most: Rows after which a group is stored.
        gate: Says whose events may be stored, and under which name; all are, as they are, when not given.

    Returns:
        What became of the records.

    Raises:
        StorageError: The storage cannot be used; the last group may be missing.
    """
    reader = reader_of(form, options or ReadingOptions())
    clocks = LiveClocks(() if ledger is None else ledger.estimates())
    pending = _Pending(reader, Grouping(clocks), Storing(log, quarantine, gate), name)
    records: asyncio.Queue[Record | None] = asyncio.Queue(AHEAD)
    pump = asyncio.create_task(_pump(source, records))
    loop = asyncio.get_running_loop()
    try:
        deadline: float | None = None
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    record = await records.get()
            except TimeoutError:
                await pending.store()
                deadline = None
                continue
            if record is None:
                break
            pending.add(record)
            if deadline is None:
                deadline = loop.time() + wait
            if pending.rows >= most or pending.full:
                await pending.store()
                deadline = None
        await pump  # its error, if it had one
    finally:
        pump.cancel()
        while not records.empty():
            if (record := records.get_nowait()) is not None:
                pending.add(record)
        await pending.store()
        if ledger is not None:
            ledger.add(clocks.finish())
    pending.tally.check()
    return pending.tally


async def _pump(source: AsyncIterable[Record], records: asyncio.Queue[Record | None]) -> None:
    try:
        async for record in source:
            await records.put(record)
    finally:
        with suppress(asyncio.QueueFull):  # a full queue is being emptied by whoever cancelled this
            records.put_nowait(None)


class _Pending:
    """Records that were taken and are not stored yet."""

    def __init__(self, reader: Reader, grouping: Grouping, storing: Storing, name: str) -> None:
        self._reader = reader
        self._grouping = grouping
        self._storing = storing
        self._name = name
        self._context: dict[str, Any] | None = None if reader.name in _TABLES else {}
        self._number = 0
        self.tally = Tally()

    @property
    def rows(self) -> int:
        """Rows of the group."""
        return self._grouping.group.read

    @property
    def full(self) -> bool:
        """Whether the group has grown large."""
        return self._grouping.full

    def add(self, record: Record) -> None:
        """Read one record."""
        self._number += 1
        if isinstance(record, Mapping):
            try:
                raw = orjson.dumps(dict(record))
            except TypeError as error:
                self._grouping.add(Rejected(self._number, f"it is no JSON: {error}", repr(record).encode()))
                return
        else:
            raw = record if isinstance(record, bytes) else record.encode("utf-8", "surrogateescape")
        if not raw.strip():
            return
        if self._context is None:
            self._context = self._header(raw)
            return
        for row in self._reader.again(raw, self._context, self._number):
            self._grouping.add(row)

    def _header(self, raw: bytes) -> dict[str, Any]:
        delimiter = max(",;\t", key=raw.decode("utf-8", "replace").count)
        try:
            header = [name.strip() for name in fields_of(raw.removeprefix(b"\xef\xbb\xbf"), delimiter)]
        except ValueError as error:
            raise InputError("its first line is no header", place=self._name, remedy="send the header first") from error
        return {"header": header, "delimiter": delimiter, "file": Path(self._name).name, "folder": self._name}

    async def store(self) -> None:
        """Store the group."""
        if self._grouping.group.read:
            await self._storing.settle(self._grouping.taken(), self.tally, self._name, self._reader.name)


async def from_queue(queue: asyncio.Queue[Record | None]) -> AsyncIterator[Record]:
    """The records of a queue, until `None` comes out of it."""
    while (record := await queue.get()) is not None:
        yield record


async def follow(path: Path, *, every: float = 0.5, until: asyncio.Event | None = None) -> AsyncIterator[bytes]:
    """The lines of a file as they are written to it, from its beginning.

    A line counts when it is finished. A file that is replaced or emptied is read from its beginning again.

    Args:
        path: The file, which may not be there yet.
        every: Seconds between looks at it.
        until: Ends the following, once everything written so far was given.

    Raises:
        InputError: It cannot be read.
    """
    file: IO[bytes] | None = None
    rest = b""
    try:
        while True:
            ending = until is not None and until.is_set()
            if file is not None and _replaced(file, path):
                file.close()
                file, rest = None, b""
            if file is None:
                file = _opened(path)
            while file is not None and (block := file.read(1024 * 1024)):
                *lines, rest = (rest + block).split(b"\n")
                for line in lines:
                    yield line
                if len(rest) > LIMIT:
                    yield rest  # too long for any format: let it be rejected
                    rest = b""
            if ending:
                if rest.strip():
                    yield rest
                return
            await _pause(every, until)
    finally:
        if file is not None:
            file.close()


async def _pause(seconds: float, until: asyncio.Event | None) -> None:
    if until is None:
        await asyncio.sleep(seconds)
    else:
        with suppress(TimeoutError):
            await asyncio.wait_for(until.wait(), seconds)


def _opened(path: Path) -> IO[bytes] | None:
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy="name a file") from error


def _replaced(file: IO[bytes], path: Path) -> bool:
    """Whether another file stands there now, or this one was emptied."""
    try:
        there, ours = path.stat(), os.fstat(file.fileno())
    except OSError:
        return False  # gone for the moment: whoever rotates files is about to make a new one
    return (there.st_ino, there.st_dev) != (ours.st_ino, ours.st_dev) or ours.st_size < file.tell()
