"""The schema of the database, in numbered steps that are recorded where they were done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from gradatim.kg.neo4j.connection import Connection, Transaction
from gradatim.kg.neo4j.errors import GraphRefused


@dataclass(frozen=True, slots=True)
class Migration:
    """A step. It can be done twice, by several processes at a time, and be broken off anywhere."""

    number: int
    name: str
    statements: tuple[LiteralString, ...]


MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        1,
        "one node for each id of a version of a graph",
        (
            "CREATE CONSTRAINT gradatim_graph IF NOT EXISTS FOR (n:ConceptGraph) REQUIRE n.name IS UNIQUE",
            "CREATE CONSTRAINT gradatim_version IF NOT EXISTS FOR (n:GraphVersion)"
            " REQUIRE (n.graph, n.version) IS UNIQUE",
            "CREATE CONSTRAINT gradatim_topic IF NOT EXISTS FOR (n:Topic) REQUIRE (n.graph, n.version, n.id) IS UNIQUE",
            "CREATE CONSTRAINT gradatim_concept IF NOT EXISTS FOR (n:Concept)"
            " REQUIRE (n.graph, n.version, n.id) IS UNIQUE",
            "CREATE CONSTRAINT gradatim_misconception IF NOT EXISTS FOR (n:Misconception)"
            " REQUIRE (n.graph, n.version, n.id) IS UNIQUE",
        ),
    ),
    Migration(
        2,
        "all nodes of a version are found without looking at those of others",
        (
            "CREATE INDEX gradatim_topics IF NOT EXISTS FOR (n:Topic) ON (n.graph, n.version)",
            "CREATE INDEX gradatim_concepts IF NOT EXISTS FOR (n:Concept) ON (n.graph, n.version)",
            "CREATE INDEX gradatim_misconceptions IF NOT EXISTS FOR (n:Misconception) ON (n.graph, n.version)",
        ),
    ),
)
_RECORDS: LiteralString = (
    "CREATE CONSTRAINT gradatim_migration IF NOT EXISTS FOR (n:GradatimMigration) REQUIRE n.number IS UNIQUE"
)


async def migrate(connection: Connection) -> tuple[int, ...]:
    """Bring the schema up to date.

    Returns:
        Numbers of the migrations that were done now.

    Raises:
        GraphRefused: The database was used by a newer gradatim.
        GraphServerError: It did not work.
    """
    done = await recorded(connection)
    newer = done - {migration.number for migration in MIGRATIONS}
    if newer:
        raise GraphRefused(
            f"the database has migration {max(newer)}, which this gradatim does not know",
            place=connection.server.place,
            remedy="update gradatim, or use another database",
        )
    pending = [migration for migration in MIGRATIONS if migration.number not in done]
    if pending:
        await _statement(connection, _RECORDS)
    for migration in pending:
        for statement in migration.statements:  # one a transaction: a change of the schema stands alone there
            await _statement(connection, statement)
        await _record(connection, migration)
    return tuple(migration.number for migration in pending)


async def recorded(connection: Connection) -> set[int]:
    """Numbers of the migrations that the database says it has had."""
    rows = await connection.read("MATCH (m:GradatimMigration) RETURN m.number", {}, seconds=30.0)
    return {int(number) for (number,) in rows}


async def _statement(connection: Connection, statement: LiteralString) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.run(statement)

    await connection.write(work)


async def _record(connection: Connection, migration: Migration) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.run(
            "MERGE (m:GradatimMigration {number: $number}) SET m.name = $name, m.at = timestamp()",
            {"number": migration.number, "name": migration.name},
        )

    await connection.write(work)
