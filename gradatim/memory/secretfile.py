"""Random bytes in a file that its owner alone can read, made once."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from gradatim.errors import StorageError


def secret_in(path: Path, size: int, what: str, *, unusable: str, restore: str) -> bytes:
    """The bytes of a file, made where there is none; processes that make it together agree on one.

    Args:
        path: The file.
        size: Bytes it has.
        what: Names it in messages: `the key of pseudonyms`.
        unusable: Remedy where it can be neither read nor made.
        restore: Remedy where it has another size.

    Raises:
        StorageError: It cannot be read or made, or has another size.
    """
    try:
        if not path.exists():
            _make(path, size)
        found = path.read_bytes()
    except OSError as error:
        raise StorageError(f"{what} cannot be used: {error.strerror}", place=str(path), remedy=unusable) from error
    if len(found) != size:
        raise StorageError(f"{what} has {len(found)} bytes instead of {size}", place=str(path), remedy=restore)
    return found


def _make(path: Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(size))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # whole or not at all
        except FileExistsError:
            return  # another process was first, and its bytes count
    finally:
        draft.unlink(missing_ok=True)
