"""Every query, as it is sent.

What comes from outside is a parameter, always. Patterns begin at the node that is bound and lead away from it: the
other way round a planner may begin at every concept there is.

The model: a `ConceptGraph` names the `version` that is in force and the one before; every other node carries `graph`
and `version`, so that a version is never changed while it is read. The relations of concepts are `PREREQUISITE`,
`SIMILARITY` and `HIERARCHICAL`, in their own direction, and `(:Misconception)-[:ABOUT]->(:Concept)`. A `GraphVersion`
tells whether a version is `importing`, `ready` or `dropping`.
"""

from __future__ import annotations

from typing import Final, LiteralString

from gradatim.kg.schema import RelationType

BATCH = 1_000
"""Rows of one writing transaction."""
SPAN = 4
"""Relations that one query follows at most."""

HEAD: Final = "MATCH (g:ConceptGraph {name: $graph}) RETURN g.version"

# ---------------------------------------------------------------------------------------- what stands around
# The version comes last: if it is still the one that was asked for, nothing of that version had been removed before.

_BOUND: Final = "UNWIND $ids AS id MATCH (c:Concept {graph: $graph, version: $version, id: id})"
_EDGES: Final = "collect([startNode(r).id, endNode(r).id, r.weight])"
_VERSION: Final = (
    " UNION ALL MATCH (g:ConceptGraph {name: $graph}) RETURN 'version' AS kind, collect(g.version) AS found"
)


def _chain(pattern: LiteralString, kind: LiteralString) -> LiteralString:
    return f"{_BOUND}{pattern} WITH DISTINCT last(rs) AS r RETURN '{kind}' AS kind, {_EDGES} AS found"


_PREREQUISITES: Final[tuple[LiteralString, ...]] = (
    _chain("<-[rs:PREREQUISITE*1..1]-()", "prerequisite"),
    _chain("<-[rs:PREREQUISITE*1..2]-()", "prerequisite"),
    _chain("<-[rs:PREREQUISITE*1..3]-()", "prerequisite"),
    _chain("<-[rs:PREREQUISITE*1..4]-()", "prerequisite"),
)
_DEPENDENTS: Final[tuple[LiteralString, ...]] = (
    _chain("-[rs:PREREQUISITE*1..1]->()", "prerequisite"),
    _chain("-[rs:PREREQUISITE*1..2]->()", "prerequisite"),
    _chain("-[rs:PREREQUISITE*1..3]->()", "prerequisite"),
    _chain("-[rs:PREREQUISITE*1..4]->()", "prerequisite"),
)
_PARENTS: Final[tuple[LiteralString, ...]] = (
    _chain("-[rs:HIERARCHICAL*1..1]->()", "hierarchical"),
    _chain("-[rs:HIERARCHICAL*1..2]->()", "hierarchical"),
    _chain("-[rs:HIERARCHICAL*1..3]->()", "hierarchical"),
    _chain("-[rs:HIERARCHICAL*1..4]->()", "hierarchical"),
)
_CHILDREN: Final[tuple[LiteralString, ...]] = (
    _chain("<-[rs:HIERARCHICAL*1..1]-()", "hierarchical"),
    _chain("<-[rs:HIERARCHICAL*1..2]-()", "hierarchical"),
    _chain("<-[rs:HIERARCHICAL*1..3]-()", "hierarchical"),
    _chain("<-[rs:HIERARCHICAL*1..4]-()", "hierarchical"),
)
_SIMILAR: Final = f"{_BOUND}-[r:SIMILARITY]-() WITH DISTINCT r RETURN 'similarity' AS kind, {_EDGES} AS found"

SIMILAR: Final = _SIMILAR + _VERSION
BETWEEN: Final = (
    "MATCH (a:Concept {graph: $graph, version: $version, id: $source})"
    "-[r:PREREQUISITE|SIMILARITY|HIERARCHICAL]-(b:Concept {graph: $graph, version: $version, id: $target})"
    f" WITH type(r) AS kind, r RETURN kind, {_EDGES} AS found" + _VERSION
)


def away(relation: RelationType, *, upward: bool, span: int) -> LiteralString:
    """The relations of one type within `span` steps (1 to `SPAN`) of `$ids`, against their direction or along it."""
    if relation == "prerequisite":
        texts = _PREREQUISITES if upward else _DEPENDENTS
    else:
        texts = _CHILDREN if upward else _PARENTS
    return texts[span - 1] + _VERSION


def around(span: int) -> LiteralString:
    """Prerequisites within `span` steps of `$ids`, their parents and what is similar, in one query."""
    return f"{_PREREQUISITES[span - 1]} UNION ALL {_PARENTS[0]} UNION ALL {_SIMILAR}{_VERSION}"


# ---------------------------------------------------------------------------------------- the whole graph

TOPICS: Final = "MATCH (n:Topic {graph: $graph, version: $version}) RETURN properties(n) ORDER BY n.position"
CONCEPTS: Final = "MATCH (n:Concept {graph: $graph, version: $version}) RETURN properties(n) ORDER BY n.position"
MISCONCEPTIONS: Final = (
    "MATCH (n:Misconception {graph: $graph, version: $version}) RETURN properties(n) ORDER BY n.position"
)
RELATIONS: Final = (
    "MATCH (c:Concept {graph: $graph, version: $version})-[r:PREREQUISITE|SIMILARITY|HIERARCHICAL]->(d)"
    " RETURN type(r), c.id, d.id, r.weight, r.position"
)

# ------------------------------------------------------------------------------------------------ writing

BEGIN: Final = (
    "MERGE (v:GraphVersion {graph: $graph, version: $version}) SET v.state = 'importing', v.touched = timestamp()"
)
PUT_TOPICS: Final = (
    "UNWIND $rows AS row MERGE (n:Topic {graph: $graph, version: $version, id: row.id}) SET n = row.properties"
)
PUT_CONCEPTS: Final = (
    "UNWIND $rows AS row MERGE (n:Concept {graph: $graph, version: $version, id: row.id}) SET n = row.properties"
)
PUT_MISCONCEPTIONS: Final = (
    "UNWIND $rows AS row MERGE (n:Misconception {graph: $graph, version: $version, id: row.id}) SET n = row.properties"
)
PUT_ABOUT: Final = (
    "UNWIND $rows AS row MATCH (m:Misconception {graph: $graph, version: $version, id: row.id})"
    " MATCH (c:Concept {graph: $graph, version: $version, id: row.concept}) MERGE (m)-[:ABOUT]->(c)"
)
_ENDS: Final = (
    "UNWIND $rows AS row MATCH (a:Concept {graph: $graph, version: $version, id: row.source})"
    " MATCH (b:Concept {graph: $graph, version: $version, id: row.target})"
)
_SET: Final = " SET r.weight = row.weight, r.position = row.position"
PUT_RELATIONS: Final[dict[RelationType, LiteralString]] = {
    "prerequisite": f"{_ENDS} MERGE (a)-[r:PREREQUISITE]->(b){_SET}",
    "similarity": f"{_ENDS} MERGE (a)-[r:SIMILARITY]->(b){_SET}",
    "hierarchical": f"{_ENDS} MERGE (a)-[r:HIERARCHICAL]->(b){_SET}",
}
COUNTS: Final[tuple[LiteralString, ...]] = (
    "MATCH (n:Topic {graph: $graph, version: $version}) RETURN count(n)",
    "MATCH (n:Concept {graph: $graph, version: $version}) RETURN count(n)",
    "MATCH (c:Concept {graph: $graph, version: $version})-[r:PREREQUISITE|SIMILARITY|HIERARCHICAL]->(d)"
    " RETURN count(DISTINCT [type(r), c.id, d.id])",
    "MATCH (n:Misconception {graph: $graph, version: $version}) RETURN count(n)",
)
"""Topics, concepts, relations, misconceptions."""
# Setting `touched` first takes the lock, so that the state that follows is not changed by anybody else.
LOCK: Final = (
    "MATCH (v:GraphVersion {graph: $graph, version: $version}) SET v.touched = timestamp() WITH v RETURN v.state"
)
READY: Final = "MATCH (v:GraphVersion {graph: $graph, version: $version}) SET v.state = 'ready'"
SWITCH: Final = (
    "MERGE (g:ConceptGraph {name: $graph})"
    " SET g.previous = CASE WHEN g.version = $version THEN g.previous ELSE g.version END,"
    " g.version = $version, g.switched = timestamp()"
)

# ----------------------------------------------------------------------------------------------- removing

OLD: Final = (
    "MATCH (g:ConceptGraph {name: $graph}) MATCH (v:GraphVersion {graph: $graph})"
    " WHERE v.version <> g.version AND (g.previous IS NULL OR v.version <> g.previous)"
    " AND (v.state <> 'importing' OR v.touched < timestamp() - $patience) RETURN v.version"
)
"""Versions that nobody can be reading any more. An import without an end for `$patience` ms counts as given up."""
ALL_VERSIONS: Final = "MATCH (v:GraphVersion {graph: $graph}) RETURN v.version"
DROPPING: Final = "MATCH (v:GraphVersion {graph: $graph, version: $version}) SET v.state = 'dropping'"
REMOVE: Final[tuple[LiteralString, ...]] = (
    "MATCH (n:Misconception {graph: $graph, version: $version}) WITH n LIMIT 1000 DETACH DELETE n RETURN count(*)",
    "MATCH (n:Concept {graph: $graph, version: $version}) WITH n LIMIT 1000 DETACH DELETE n RETURN count(*)",
    "MATCH (n:Topic {graph: $graph, version: $version}) WITH n LIMIT 1000 DETACH DELETE n RETURN count(*)",
)
FORGET_VERSION: Final = "MATCH (v:GraphVersion {graph: $graph, version: $version}) WHERE v.state = 'dropping' DELETE v"
REMOVE_HEAD: Final = "MATCH (g:ConceptGraph {name: $graph}) DELETE g"
