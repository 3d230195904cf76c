"""Cypher of the tests' own, past the store."""

from __future__ import annotations

from typing import Any, LiteralString

from gradatim.kg.neo4j import Server
from gradatim.kg.neo4j.connection import Connection, Rows, Transaction


async def run(server: Server, query: LiteralString, **parameters: Any) -> Rows:
    """All rows of a query that may write."""
    connection = Connection(server)

    async def work(transaction: Transaction) -> Rows:
        return await transaction.run(query, parameters)

    try:
        return await connection.write(work)
    finally:
        await connection.aclose()


async def versions(server: Server, name: str) -> set[str]:
    """Versions of a graph of which anything is there."""
    rows = await run(
        server,
        "MATCH (n) WHERE n.graph = $name AND (n:Concept OR n:Misconception OR n:Topic OR n:GraphVersion)"
        " RETURN DISTINCT n.version",
        name=name,
    )
    return {version for (version,) in rows}
