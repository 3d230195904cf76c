"""The event log and its estimates in one SQLite file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from gradatim.memory.storage.encryption import Cipher
from gradatim.memory.storage.log import StoredEventLog, now
from gradatim.memory.storage.sqlite.database import SQLiteDatabase
from gradatim.memory.tracing import ParameterSource


class SQLiteEventLog(StoredEventLog):
    """Append-only events, mastery and profile in a file, which is created where there is none at the first call.

    Args:
        path: The SQLite file.
        parameters: Of knowledge tracing, by concept; estimates stored under others are redone when needed.
        cipher: Seals what is stored; nothing is sealed when not given.
        clock: Gives the present instant, for attributes that fade with time.
    """

    def __init__(
        self,
        path: Path,
        *,
        parameters: ParameterSource | None = None,
        cipher: Cipher | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        super().__init__(SQLiteDatabase(path), parameters=parameters, cipher=cipher, clock=clock)
        self.path = path
