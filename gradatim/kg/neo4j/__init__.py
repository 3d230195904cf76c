"""The concept graph on Neo4j 5, or another server that speaks Bolt and Cypher.

Importing this package does not import the driver: opening a store does.
"""

from __future__ import annotations

from gradatim.kg.neo4j.errors import GraphAway, GraphMissing, GraphRefused, GraphServerError, GraphSpoilt
from gradatim.kg.neo4j.server import Server
from gradatim.kg.neo4j.store import Neo4jStore

__all__ = [
    "GraphAway",
    "GraphMissing",
    "GraphRefused",
    "GraphServerError",
    "GraphSpoilt",
    "Neo4jStore",
    "Server",
]
