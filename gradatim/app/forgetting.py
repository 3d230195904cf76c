"""Forgetting a learner everywhere, and proving it.

What is about to happen is noted first (`gradatim.memory.rights.journal`), so that a forgetting that is cut off can be
gone on with: every step may be repeated. Then a model's cached answers go, and after them, side by side, written files,
assessments with unfinished runs, and the memory's events, estimates and recollections. A scan of all that is kept ends
it, and only when it finds nothing is the note itself removed.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Awaitable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, cast

from gradatim.app.console import label, printable, say
from gradatim.app.material import material_of, pieces_of
from gradatim.app.recording import TRACES, held
from gradatim.app.records import erase_records
from gradatim.errors import StorageError
from gradatim.memory import LearnerMemory, checked_id
from gradatim.memory.recall import learner_key
from gradatim.memory.rights.artefacts import Artefact, Artefacts, Fated, InUse
from gradatim.memory.rights.hits import Name
from gradatim.memory.rights.journal import Journal
from gradatim.memory.rights.scan import Scan
from gradatim.memory.rights.scanner import scan_apart
from gradatim.memory.rights.scrubbing import Scrubber
from gradatim.settings import Settings

_BATCH = "batch"
"""Kind of artefact that has a ledger beside it."""


_ROWS = ("table ", "collection ")
"""How a memory begins the name of a place that holds rows or items, and not mere bytes."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted, and the proof.

    Attributes:
        answers: Cached answers of a model.
        files: Written files that may have held something.
        resumed: An earlier try had been cut off.
    """

    learner_id: str
    events: int
    records: int
    decisions: int
    answers: int
    files: tuple[Fated, ...]
    scan: Scan
    seconds: float
    resumed: bool

    @property
    def left(self) -> list[Fated]:
        """Files that a person has to look after."""
        return [item for item in self.files if item.left]

    @property
    def complete(self) -> bool:
        """Whether nothing is left anywhere."""
        return self.scan.clean and not self.left

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "learner_id": self.learner_id,
            "deleted_events": self.events,
            "deleted_assessments": self.records,
            "deleted_decisions": self.decisions,
            "deleted_answers": self.answers,
            "files": [item.plain() for item in self.files if item.fate != "untouched"],
            "proof": self.scan.plain(),
            "complete": self.complete,
            "resumed": self.resumed,
            "seconds": round(self.seconds, 3),
        }


async def forget_learner(
    settings: Settings, memory: LearnerMemory, learner_id: str, *, also: tuple[str, ...] = ()
) -> Forgotten:
    """Delete everything about a learner and look for what is left.

    Args:
        memory: Open, and not behind a guard.
        also: Other names of the same person that have to be gone (the id behind a pseudonym).

    Raises:
        StorageError: Something cannot be deleted or read; the call can be repeated and goes on.
    """
    began = perf_counter()
    journal = Journal.of(settings)
    resumed = journal.find(checked_id(learner_id)) is not None
    material = await material_of(settings, memory, learner_id)
    registered = Artefacts.of(settings)
    if not material.empty or registered.of_learner(learner_id) or resumed:
        # recall keeps what is a learner's under a digest of the id
        names = tuple(name.encode("utf-8") for name in (*also, learner_key(learner_id)))
        noted = await asyncio.to_thread(journal.begin, learner_id, (*names, *material.needles()))
    else:
        noted = None
    pieces = pieces_of(material.texts())
    pieces += [needle.decode("utf-8", "replace") for needle in noted.needles] if noted else []
    answers = await asyncio.to_thread(_forget_answers, settings, learner_id, pieces)
    files, records, events = await _all_of(
        asyncio.to_thread(_forget_files, settings, registered, learner_id),
        erase_records(settings, learner_id),
        memory.forget(learner_id),
    )
    found = await _proof(settings, memory, learner_id, noted.needles if noted else (), tuple(files))
    if noted is not None and found.clean:
        await asyncio.to_thread(journal.end, learner_id)
    decisions = len(material.decisions)
    seconds = perf_counter() - began
    return Forgotten(learner_id, events, records, decisions, answers, tuple(files), found, seconds, resumed)


def _forget_files(settings: Settings, registered: Artefacts, learner_id: str) -> list[Fated]:
    """Delete or clean a learner's files; recorded runs name a learner by the pseudonym alone."""
    with held(item.path for item in registered.of_learner(learner_id) if item.kind == TRACES):
        return _forget_held_files(settings, registered, learner_id)


def _forget_held_files(settings: Settings, registered: Artefacts, learner_id: str) -> list[Fated]:
    fates = registered.forget(learner_id, _scrub_ledger)
    if not any(item.artefact.kind == TRACES for item in fates):
        return fates
    known = Scrubber.of(settings).learner(learner_id)
    if known == learner_id:
        return fates
    again = {item.artefact.path: item for item in registered.forget(known, _scrub_ledger) if item.fate != "untouched"}
    return [again.get(item.artefact.path, item) for item in fates]


async def _all_of(
    files: Awaitable[list[Fated]], records: Awaitable[int], events: Awaitable[int]
) -> tuple[list[Fated], int, int]:
    """All three, each to its end even where another fails; then the first error."""
    done = await asyncio.gather(files, records, events, return_exceptions=True)
    for result in done:
        if isinstance(result, BaseException):
            raise result
    return cast("tuple[list[Fated], int, int]", tuple(done))


async def _proof(
    settings: Settings, memory: LearnerMemory, learner_id: str, needles: tuple[bytes, ...], files: tuple[Fated, ...]
) -> Scan:
    places = [settings.data_dir, *(item.artefact.path for item in files if item.fate in ("cleaned", "changed", "busy"))]
    if settings.response_cache is not None:
        places += [
            settings.response_cache.with_name(settings.response_cache.name + end) for end in ("", "-wal", "-shm")
        ]
    ledgers = [_ledger(item.artefact) for item in files if item.artefact.kind == _BATCH]
    places += [path.with_name(path.name + end) for path in ledgers for end in ("", "-wal", "-shm")]
    of_many = [item.artefact.path for item in files if item.artefact.form != "whole"]
    places += [path for path in of_many if path.is_file()]
    own = Journal.of(settings).folder
    found = await asyncio.to_thread(scan_apart, places, learner_id, needles, rows=of_many, apart_from=[own])
    if settings.database is not None or settings.recall != "embedded":
        await _search_servers(memory, learner_id, needles, found)
    return found


async def _search_servers(memory: LearnerMemory, learner_id: str, needles: tuple[bytes, ...], found: Scan) -> None:
    """What lies on servers is searched there; a piece of text in a row or an item of others is no trace."""
    name = await _name_on_server(memory, learner_id)
    if not await memory.traces([name, *needles]):
        return
    found.traces += await memory.traces([name])
    for needle in needles:
        places = await memory.traces([needle])
        if any(place.startswith(_ROWS) for place in places):
            found.shared += 1
        else:
            found.traces += places


async def _name_on_server(memory: LearnerMemory, learner_id: str) -> bytes:
    """The id as it is looked for on a server: in quotes, as JSON has it, where it may stand there by chance."""
    others = await memory.learners()
    plain = not Name(learner_id).vague and not any(learner_id in other.learner_id for other in others)
    return (learner_id if plain else json.dumps(learner_id, ensure_ascii=False)).encode("utf-8")


def warn_unfinished(settings: Settings) -> None:
    """Tell a person of forgettings that were cut off."""
    try:
        unfinished = Journal.of(settings).unfinished()
    except StorageError as error:  # it keeps nobody from their work
        say(f"{label('warning')} {printable(str(error))}")
        return
    for entry in unfinished:
        name = printable(entry.learner_id)
        say(
            f"{label('warning')} forgetting {name} was begun and is not proved: run `gradatim learner forget`, "
            "which goes on with it"
        )


def _forget_answers(settings: Settings, learner_id: str, pieces: list[str]) -> int:
    """Delete a model's cached answers that hold the learner's texts."""
    path = settings.response_cache
    if path is None or not path.exists():
        return 0
    from gradatim.serving.client.cache import ResponseCache

    cache = ResponseCache(path)
    try:
        return cache.forget(pieces if Name(learner_id).vague else [learner_id, *pieces])
    finally:
        cache.close()


def _scrub_ledger(artefact: Artefact, rows: list[dict[str, Any]]) -> None:
    """Take names and reasons of the rows that go out of the ledger of a batch.

    The keys stay, which lead to nobody, so that the batch can be gone on with.

    Raises:
        InUse: The batch is running.
    """
    ledger = _ledger(artefact)
    if artefact.kind != _BATCH or not ledger.exists():
        return
    keys = json.dumps([row["key"] for row in rows if isinstance(row.get("key"), str)])
    try:
        with closing(sqlite3.connect(ledger, timeout=1.0, isolation_level=None)) as base:
            base.execute("PRAGMA secure_delete = ON")
            base.execute(
                "UPDATE items SET name = 'forgotten', reasons = '[]' WHERE key IN (SELECT value FROM json_each(?))",
                (keys,),
            )
            base.execute("VACUUM")
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise InUse from error
        raise _unusable(ledger, error) from error
    except sqlite3.Error as error:
        raise _unusable(ledger, error) from error


def _ledger(artefact: Artefact) -> Path:
    """Where the ledger of a batch lies, whose output this is."""
    return artefact.path.with_name(f"{artefact.path.name}.ledger")


def _unusable(ledger: Path, error: sqlite3.Error) -> StorageError:
    return StorageError(
        f"the ledger of a batch cannot be cleaned: {error}",
        place=str(ledger),
        remedy="wait for the batch to end and forget the learner once more",
    )
