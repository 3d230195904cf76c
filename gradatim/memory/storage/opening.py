"""Which database the settings name, and the stores in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradatim.memory.storage.decisions import DecisionStore, StoredDecisions
from gradatim.memory.storage.encryption import open_cipher
from gradatim.memory.storage.log import StoredEventLog
from gradatim.memory.storage.sqlite.database import SQLiteDatabase

if TYPE_CHECKING:
    from gradatim.memory.storage.session import Database
    from gradatim.memory.tracing import ParameterSource
    from gradatim.settings import Settings


def open_database(settings: Settings) -> Database:
    """The database of these settings; nothing is connected yet.

    Raises:
        StorageError: The address of a server cannot be read, or the package for it is not installed.
    """
    if settings.database is None:
        return SQLiteDatabase(settings.memory_path)
    from gradatim.memory.storage.postgres.database import PostgresDatabase

    return PostgresDatabase(settings.database)


def open_log(settings: Settings, *, parameters: ParameterSource | None = None) -> StoredEventLog:
    """The event log of these settings; it connects at its first call.

    Args:
        settings: Name the database and the key.
        parameters: Of knowledge tracing; one set for all concepts when not given.

    Raises:
        SettingsError: The key cannot be used.
        StorageError: See `open_database`; or the package for encryption is not installed.
    """
    return StoredEventLog(open_database(settings), parameters=parameters, cipher=open_cipher(settings))


def open_decisions(settings: Settings) -> DecisionStore:
    """Reviewers' decisions of these settings; they connect at their first call.

    Raises:
        SettingsError: The key cannot be used.
        StorageError: See `open_log`.
    """
    return StoredDecisions(open_database(settings), cipher=open_cipher(settings))


def anything_stored(settings: Settings) -> bool:
    """Whether there may be a learner memory to look into, without making one."""
    return settings.database is not None or settings.memory_path.exists()
