"""Getting rid of the bytes of deleted rows in PostgreSQL, and looking for them.

A deleted row stays in its page until VACUUM, and VACUUM alone frees the place without overwriting it. `VACUUM FULL`
writes a table anew; it locks the table meanwhile and takes time with its size, so it is done for tables up to
`REWRITTEN_BYTES`, and bigger ones are vacuumed plainly. The server's write-ahead log, its archives and backups are
out of reach from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString, cast

from gradatim.memory.storage.postgres.tables import OWN_TABLES, SCHEMA
from gradatim.memory.storage.traces import found_in_file

if TYPE_CHECKING:
    from psycopg import Connection

REWRITTEN_BYTES = 1 << 26
LOCK_SECONDS = 2
"""How long a table is waited for before it is vacuumed plainly."""
_TEXTS = {"text": "convert_to({0}, 'UTF8')", "character varying": "convert_to({0}, 'UTF8')", "bytea": "{0}"}
_JSON = "convert_to({0}::text, 'UTF8')"


def clear(connection: Connection, tables: Sequence[str] = OWN_TABLES) -> None:
    """Vacuum tables; those of moderate size are written anew.

    Raises:
        psycopg.Error: The database cannot be used.
    """
    from psycopg import errors

    connection.execute("SELECT set_config('lock_timeout', %s, false)", (f"{LOCK_SECONDS}s",))
    try:
        for table in tables:
            name = f"{SCHEMA}.{table}"
            row = connection.execute("SELECT pg_total_relation_size(%s)", (name,)).fetchone()
            if row is not None and row[0] <= REWRITTEN_BYTES:
                try:
                    connection.execute(cast(LiteralString, f"VACUUM (FULL) {name}"))
                    continue
                except errors.LockNotAvailable:  # somebody reads or writes it all the time
                    connection.execute("SET lock_timeout = 0")
            connection.execute(cast(LiteralString, f"VACUUM (TRUNCATE) {name}"))
    finally:
        if not connection.closed:
            connection.execute("RESET lock_timeout")


def traces(connection: Connection, needles: Sequence[bytes]) -> list[str]:
    """Columns of our tables, and files of this database where they can be read, that hold any of some byte strings.

    Raises:
        psycopg.Error: The database cannot be used.
    """
    if not needles:
        return []
    columns = connection.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = %s ORDER BY 1, 2",
        (SCHEMA,),
    ).fetchall()
    places: list[str] = []
    for table, column, kind in columns:
        if kind not in _TEXTS and kind not in ("json", "jsonb", "ARRAY"):
            continue
        text = _TEXTS.get(kind, _JSON).format(f'"{column}"')
        query = (
            f'SELECT 1 FROM {SCHEMA}."{table}" WHERE EXISTS '
            f"(SELECT 1 FROM unnest(%s::bytea[]) AS needle WHERE position(needle IN {text}) > 0) LIMIT 1"
        )
        if connection.execute(cast(LiteralString, query), (list(needles),)).fetchone():
            places.append(f"table {table}, column {column}")
    return places + _in_files(connection, needles)


def _in_files(connection: Connection, needles: Sequence[bytes]) -> list[str]:
    """Files of our tables in the server's data folder, where the server lets us know it and we may read it."""
    from psycopg import errors

    try:
        row = connection.execute("SELECT current_setting('data_directory')").fetchone()
        connection.execute("CHECKPOINT")  # pages in memory go to the files
    except errors.InsufficientPrivilege:
        return []
    if row is None or not row[0]:
        return []
    folder = Path(row[0])
    files = connection.execute(
        "SELECT relname, pg_relation_filepath(pg_class.oid) FROM pg_class "
        "JOIN pg_namespace ON pg_namespace.oid = relnamespace "
        "WHERE (nspname = %s OR nspname = 'pg_toast') AND relkind IN ('r', 'i', 't') ORDER BY 1",
        (SCHEMA,),
    ).fetchall()
    places: list[str] = []
    for name, path in files:
        try:
            parts = [path_ for path_ in (folder / path).parent.glob(f"{Path(path).name}*") if _is_part(path_, path)]
            places += [f"file of {name}: {part}" for part in parts if found_in_file(part, needles)]
        except OSError:  # another machine's, or not ours to read
            return places
    return places


def _is_part(found: Path, path: str) -> bool:
    """Whether a file is a segment of the relation's main file, not of one whose number begins alike."""
    rest = found.name.removeprefix(Path(path).name)
    return rest == "" or rest.startswith(".")
