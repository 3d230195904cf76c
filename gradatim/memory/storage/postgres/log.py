"""The event log and its estimates in a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from gradatim.memory.storage.encryption import Cipher
from gradatim.memory.storage.log import StoredEventLog, now
from gradatim.memory.storage.postgres.database import PostgresDatabase
from gradatim.memory.tracing import ParameterSource


class PostgresEventLog(StoredEventLog):
    """Append-only events, mastery and profile on a server, in tables that are made at the first call.

    Args:
        url: Address of the database, `postgresql://user@host/name`.
        parameters: Of knowledge tracing, by concept; estimates stored under others are redone when needed.
        cipher: Seals what is stored; nothing is sealed when not given.
        clock: Gives the present instant, for attributes that fade with time.
    """

    def __init__(
        self,
        url: str,
        *,
        parameters: ParameterSource | None = None,
        cipher: Cipher | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        super().__init__(PostgresDatabase(url), parameters=parameters, cipher=cipher, clock=clock)
