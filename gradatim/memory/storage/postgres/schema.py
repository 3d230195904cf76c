"""Making the tables in PostgreSQL, and refusing what is not ours to use."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString, cast

from gradatim.errors import StorageError
from gradatim.memory.storage.postgres.tables import EXPECTED, EXPECTED_TRIGGERS, SCHEMA, SCHEMA_VERSION, STATEMENTS

if TYPE_CHECKING:
    from psycopg import Connection

LOCK = 0x67726164
"""Advisory lock ("grad") of whoever makes or changes tables."""


def prepare(connection: Connection, place: str) -> None:
    """Make the tables where there are none; processes that do so together make them once.

    Raises:
        StorageError: They are those of a newer version, or some are missing.
        psycopg.Error: The database cannot be used.
    """
    if _version(connection) is None:
        # before the transaction begins: within it the server would go on seeing no tables
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        try:
            with connection.transaction():
                if _version(connection) is None:
                    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
                    for statement in STATEMENTS:
                        connection.execute(cast(LiteralString, statement))
        finally:
            if not connection.closed:
                connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
    version = _version(connection)
    if version is not None and version > SCHEMA_VERSION:
        raise StorageError(
            f"the learner memory has version {version}; this gradatim knows versions up to {SCHEMA_VERSION}",
            place=place,
            remedy="use the newer gradatim that made it",
        )
    if missing := _missing(connection):
        raise StorageError(
            f"the learner memory is damaged: it lacks {', '.join(missing)}",
            place=place,
            remedy=f"restore the schema {SCHEMA} from a backup, or rename it to begin an empty memory",
        )


def _version(connection: Connection) -> int | None:
    row = connection.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.versions",)).fetchone()
    if row is None or row[0] is None:
        return None
    found = connection.execute(f"SELECT max(version) FROM {SCHEMA}.versions").fetchone()
    return None if found is None else found[0]


def _missing(connection: Connection) -> list[str]:
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (SCHEMA,))
    present = {name for (name,) in tables}
    triggers = connection.execute(
        "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = %s AND tgenabled <> 'D'",
        (SCHEMA,),
    )
    present |= {name for (name,) in triggers}
    return [name for name in (*EXPECTED, *EXPECTED_TRIGGERS) if name not in present]
