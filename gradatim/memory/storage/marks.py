"""What a store says about its own encryption, and whether a key fits it."""

from __future__ import annotations

from gradatim.errors import StorageError
from gradatim.memory.storage.encryption import Cipher
from gradatim.memory.storage.session import ENCRYPTING, ENCRYPTION, Database, Session

CONTEXT = "mark/encryption"
KNOWN = b"gradatim"


def check_key(database: Database, cipher: Cipher | None) -> None:
    """Check that a key is the one of the store; a store with nothing in it takes the key as its own.

    Raises:
        StorageError: There is a key and the store is not encrypted, or the other way round; the key is another;
            or encrypting was interrupted.
    """
    state, mark = database.run(lambda session: _look(session), write=False)
    place = database.place
    if state == ENCRYPTING:
        raise StorageError(
            "encrypting this learner memory was interrupted",
            place=place,
            remedy="finish it with gradatim learner encrypt",
        )
    if state == ENCRYPTION:
        if cipher is None:
            raise StorageError(
                "this learner memory is encrypted and no key is set",
                place=place,
                remedy="set GRADATIM_MEMORY_KEY to its key",
            )
        check_mark(mark, cipher, place)
    elif cipher is not None and (
        state == "used" or not database.run(lambda session: _take(session, cipher), write=True)
    ):
        raise StorageError(
            "a key is set and this learner memory is not encrypted",
            place=place,
            remedy="encrypt it with gradatim learner encrypt, or unset GRADATIM_MEMORY_KEY",
        )


def check_mark(mark: bytes, cipher: Cipher, place: str) -> None:
    """Check that a mark was made with this key.

    Raises:
        StorageError: It was not.
    """
    try:
        fits = cipher.open(mark, CONTEXT) == KNOWN
    except StorageError:
        fits = False
    if not fits:
        raise StorageError(
            "this learner memory is encrypted with another key",
            place=place,
            remedy="set GRADATIM_MEMORY_KEY to the key that it was encrypted with; a passphrase also needs the file "
            "memory-key.salt that lay beside the data",
        )


def _look(session: Session) -> tuple[str, bytes]:
    for name in (ENCRYPTING, ENCRYPTION):
        if (mark := session.mark(name)) is not None:
            return name, mark
    return ("empty" if _empty(session) else "used"), b""


def _take(session: Session, cipher: Cipher) -> bool:
    """Make an empty store an encrypted one; whether that is possible, or has been done meanwhile with this key."""
    if (mark := session.mark(ENCRYPTION)) is not None:
        return cipher.open(mark, CONTEXT) == KNOWN
    if not _empty(session):
        return False
    session.set_mark(ENCRYPTION, cipher.seal(KNOWN, CONTEXT))
    return True


def _empty(session: Session) -> bool:
    return not any(session.bodies(table, (), 1) for table in ("events", "decisions"))
