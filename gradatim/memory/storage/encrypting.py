"""Encrypting a learner memory that was begun without a key, in place.

A mark stands in the store meanwhile: nobody else can open it, and who has it open can no longer write. When it is
interrupted, the same call goes on where it was, for a body shows whether it is sealed. At the end the store is written
anew, so that nothing of what was there before is left in free pages.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial

from gradatim.errors import StorageError
from gradatim.memory.storage.encryption import SEALED, Cipher
from gradatim.memory.storage.marks import CONTEXT, KNOWN, check_mark
from gradatim.memory.storage.sealing import (
    as_bytes,
    changes_context,
    decision_context,
    estimates_context,
    event_context,
)
from gradatim.memory.storage.session import (
    ENCRYPTING,
    ENCRYPTION,
    SEALED_TABLES,
    Body,
    Database,
    SealedRow,
    SealedTable,
    Session,
)

BATCH = 1000
"""Rows in one transaction."""


class Begun(Enum):
    """What was found."""

    NOW = "now"
    RESUMED = "resumed"
    ALREADY = "already encrypted"


def begin(database: Database, cipher: Cipher) -> Begun:
    """Mark a store as being encrypted.

    Raises:
        StorageError: It is encrypted, or half encrypted, with another key.
    """
    database.connect()

    def work(session: Session) -> tuple[Begun, bytes | None]:
        if (mark := session.mark(ENCRYPTION)) is not None:
            return Begun.ALREADY, mark
        if (mark := session.mark(ENCRYPTING)) is not None:
            return Begun.RESUMED, mark
        session.set_mark(ENCRYPTING, cipher.seal(KNOWN, CONTEXT))
        return Begun.NOW, None

    begun, mark = database.run(work, write=True)
    if mark is not None:
        check_mark(mark, cipher, database.place)
    return begun


def encrypt_bodies(database: Database, cipher: Cipher, tell: Callable[[int], None] = lambda rows: None) -> int:
    """Seal all bodies that are not sealed yet.

    Args:
        database: Which `begin` has marked.
        cipher: Seals them.
        tell: Is told how many rows were looked at, again and again.

    Returns:
        How many rows were sealed.
    """
    sealed = 0
    for table in SEALED_TABLES:
        after: tuple[str | int, ...] = ()
        while True:
            looked_at, changed, last = database.run(partial(_batch, table, after, cipher), write=True)
            if last is None:
                break
            sealed += changed
            after = last
            tell(looked_at)
    return sealed


def _batch(
    table: SealedTable, after: tuple[str | int, ...], cipher: Cipher, session: Session
) -> tuple[int, int, tuple[str | int, ...] | None]:
    """Seal some rows; how many were looked at and changed, and the key of the last."""
    rows = session.bodies(table, after, BATCH)
    changed = [row for row in (_sealed(table, item, cipher) for item in rows) if row is not None]
    session.replace_bodies(table, changed)
    return len(rows), len(changed), rows[-1].key if rows else None


def finish(database: Database) -> None:
    """Clean the store of what was there before, and mark it as encrypted."""
    database.rewrite()

    def work(session: Session) -> None:
        mark = session.mark(ENCRYPTING)
        if mark is not None:
            session.set_mark(ENCRYPTION, mark)
            session.set_mark(ENCRYPTING, None)

    database.run(work, write=True)
    database.clear()


def refuse_plain(session: Session, cipher: Cipher | None, place: str) -> None:
    """Keep a writer without a key from a store that has been encrypted since it was opened.

    Raises:
        StorageError: It has.
    """
    if session.mark(ENCRYPTING) is not None or (cipher is None and session.mark(ENCRYPTION) is not None):
        raise StorageError(
            "this learner memory is being encrypted, or has been since it was opened",
            place=place,
            remedy="set GRADATIM_MEMORY_KEY to its key and open it again",
        )


def _sealed(table: SealedTable, row: SealedRow, cipher: Cipher) -> SealedRow | None:
    """A row with its bodies sealed; `None` where they are."""
    bodies = tuple(
        body if not body or _is_sealed(body) else cipher.seal(as_bytes(body), context)
        for body, context in zip(row.bodies, _contexts(table, row.key), strict=True)
    )
    return None if bodies == row.bodies else SealedRow(row.key, bodies)


def _is_sealed(body: Body) -> bool:
    return isinstance(body, bytes) and body.startswith(SEALED)


def _contexts(table: SealedTable, key: tuple[str | int, ...]) -> tuple[str, ...]:
    if table == "events":
        return event_context(str(key[0])), changes_context(str(key[0]))
    if table == "decisions":
        return (decision_context(str(key[0])),)
    learner, at, event_id = key
    return (estimates_context(str(learner), (int(at), str(event_id))),)
