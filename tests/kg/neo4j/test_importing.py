from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gradatim.kg import ConceptGraph, InconsistentGraph, Topic
from gradatim.kg.neo4j import GraphMissing, GraphRefused, GraphSpoilt, Neo4jStore, Server, importing
from gradatim.kg.neo4j.connection import Connection, Transaction
from gradatim.kg.neo4j.migrations import MIGRATIONS, migrate, recorded
from tests.kg.graphs import concept, needs
from tests.kg.neo4j.raw import run, versions


def numbered(name: str, number: int, size: int = 12) -> ConceptGraph:
    """A version of a graph in which everything carries the number of the version: names, aliases, relations."""
    ids = [f"v{number}-{item}" for item in range(size)]
    return ConceptGraph(
        name=name,
        concepts=(concept("goal", f"goal of version {number}"), *(concept(item) for item in ids)),
        relations=tuple(needs("goal", item, 1.0 / number) for item in ids),
    )


def version_of(ids: list[str]) -> str:
    (version,) = {item.partition("-")[0] for item in ids}
    return version


async def test_readers_see_one_version_or_the_next_and_never_both(graph_server: Server) -> None:
    writer, reader = Neo4jStore(graph_server, "moving"), Neo4jStore(graph_server, "moving", fresh=0.0)
    await writer.import_graph(numbered("moving", 1))
    seen: set[str] = set()
    done = False

    async def read() -> None:
        while not done:
            steps = await reader.prerequisites("goal")
            assert len(steps) == 12
            version = version_of([step.concept.id for step in steps])
            assert {step.weight for step in steps} == {1.0 / int(version[1:])}
            seen.add(version)
            around = await reader.around(["goal"], depth=2)
            assert len(around.prerequisites["goal"]) == 12
            version_of([step.concept.id for step in around.prerequisites["goal"]])

    async def write() -> None:
        nonlocal done
        try:
            for number in range(2, 7):
                await writer.import_graph(numbered("moving", number))
        finally:
            done = True

    await asyncio.gather(read(), read(), read(), write())
    assert len(seen) > 1
    assert version_of([step.concept.id for step in await reader.prerequisites("goal")]) == "v6"
    assert await reader.find("goal of version 6") is not None
    assert await reader.find("goal of version 1") is None
    await writer.aclose()
    await reader.aclose()


async def test_names_follow_a_new_version_within_the_time_that_they_are_trusted(graph_server: Server) -> None:
    writer = Neo4jStore(graph_server, "names")
    trusting, asking = Neo4jStore(graph_server, "names", fresh=600.0), Neo4jStore(graph_server, "names", fresh=0.0)
    await writer.import_graph(numbered("names", 1))
    for store in (trusting, asking):
        assert await store.find("goal of version 1") is not None
    await writer.import_graph(numbered("names", 2))
    assert await asking.find("goal of version 2") is not None
    assert await trusting.find("goal of version 2") is None
    await trusting.prerequisites("goal")  # every question about relations shows the version
    assert await trusting.find("goal of version 2") is not None
    for store in (writer, trusting, asking):
        await store.aclose()


class Interrupted(Exception):
    pass


@pytest.mark.parametrize("after", [1, 3, 5, 6])
async def test_half_an_import_is_never_seen_and_can_be_finished(
    graph_server: Server, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    name = f"half {after}"
    store = Neo4jStore(graph_server, name, fresh=0.0)
    await store.import_graph(numbered(name, 1))
    await store.ready()
    written = 0
    write = Connection.write

    async def failing(self: Connection, work: Any, **more: Any) -> Any:
        nonlocal written
        written += 1
        if written > after:
            raise Interrupted
        return await write(self, work, **more)

    monkeypatch.setattr("gradatim.kg.neo4j.cypher.BATCH", 4)
    monkeypatch.setattr(Connection, "write", failing)
    with pytest.raises(Interrupted):
        await store.import_graph(numbered(name, 2))
    monkeypatch.undo()
    assert len(await versions(graph_server, name)) == 2
    assert version_of([step.concept.id for step in await store.prerequisites("goal")]) == "v1"
    assert (await store.snapshot()).version == numbered(name, 1).version
    assert await store.import_graph(numbered(name, 2))
    assert (await store.snapshot()).version == numbered(name, 2).version
    await store.aclose()


async def test_an_import_that_is_missing_something_is_not_switched_to(
    graph_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody removes nodes of the very version that is being imported, again and again."""
    store = Neo4jStore(graph_server, "robbed", fresh=0.0)
    await store.import_graph(numbered("robbed", 1))
    switch = importing._switch

    async def robbed(connection: Connection, graph: ConceptGraph) -> bool:
        await run(graph_server, "MATCH (c:Concept {graph: 'robbed', id: 'v2-3'}) DETACH DELETE c")
        return await switch(connection, graph)

    monkeypatch.setattr(importing, "_switch", robbed)
    with pytest.raises(GraphSpoilt, match="has not arrived whole"):
        await store.import_graph(numbered("robbed", 2))
    assert await store.version() == numbered("robbed", 1).version
    assert await versions(graph_server, "robbed") == {numbered("robbed", 1).version}
    await store.aclose()


async def test_many_import_the_same_graph_at_the_same_time(graph_server: Server) -> None:
    stores = [Neo4jStore(graph_server, "crowded") for _ in range(4)]
    graph = numbered("crowded", 1, 60)
    done = await asyncio.gather(*(store.import_graph(graph) for store in stores))
    assert any(done)
    rows = await run(graph_server, "MATCH (c:Concept {graph: 'crowded'}) RETURN count(c)")
    assert rows == [[61]]
    for store in stores:
        assert await store.snapshot() == graph
        await store.aclose()


async def test_many_import_different_versions_at_the_same_time(graph_server: Server) -> None:
    graphs = [numbered("raced", number, 40) for number in range(1, 5)]
    stores = [Neo4jStore(graph_server, "raced", fresh=0.0) for _ in graphs]
    await asyncio.gather(*(store.import_graph(graph) for store, graph in zip(stores, graphs, strict=True)))
    found = {(await store.snapshot()).version for store in stores}
    assert len(found) == 1
    assert found <= {graph.version for graph in graphs}
    for store in stores:
        await store.aclose()


async def test_the_version_before_stays_and_older_ones_go(graph_server: Server) -> None:
    store = Neo4jStore(graph_server, "pruned")
    for number in range(1, 5):
        await store.import_graph(numbered("pruned", number))
    expected = {numbered("pruned", number).version for number in (3, 4)}
    assert await versions(graph_server, "pruned") == expected
    assert await store.import_graph(numbered("pruned", 3))  # and back
    assert (await store.snapshot()).version == numbered("pruned", 3).version
    await store.aclose()


async def test_an_import_under_way_is_not_removed_and_one_given_up_is(graph_server: Server) -> None:
    store = Neo4jStore(graph_server, "others")
    await store.import_graph(numbered("others", 1))
    await run(
        graph_server,
        "UNWIND ['new', 'dead'] AS version CREATE (:GraphVersion {graph: 'others', version: version,"
        " state: 'importing', touched: CASE version WHEN 'new' THEN timestamp() ELSE 0 END})",
    )
    await run(graph_server, "CREATE (:Concept {graph: 'others', version: 'dead', id: 'left'})")
    await store.import_graph(numbered("others", 2))
    assert await versions(graph_server, "others") == {
        "new", numbered("others", 1).version, numbered("others", 2).version
    }  # fmt: skip
    await store.drop()
    assert await versions(graph_server, "others") == set()
    await store.aclose()


async def test_graphs_lie_side_by_side_and_are_dropped_alone(graph_server: Server) -> None:
    one, other = Neo4jStore(graph_server, "side one"), Neo4jStore(graph_server, "side other")
    await one.import_graph(numbered("side one", 1))
    await one.import_graph(numbered("side other", 2))  # stored under its own name
    await one.drop()
    await one.drop()
    fresh = Neo4jStore(graph_server, "side one")
    with pytest.raises(GraphMissing, match="gradatim kg push"):
        await fresh.find("goal")
    with pytest.raises(GraphMissing):
        await one.prerequisites("goal")
    assert await versions(graph_server, "side one") == set()
    assert (await other.snapshot()).version == numbered("side other", 2).version
    for store in (one, other, fresh):
        await store.aclose()


async def test_what_others_changed_is_noticed_and_put_right_by_another_import(graph_server: Server) -> None:
    graph = numbered("touched", 1)
    store = Neo4jStore(graph_server, "touched")
    await store.import_graph(graph)
    await run(graph_server, "MATCH (c:Concept {graph: 'touched', id: 'v1-3'}) SET c.definition = 'Nonsense.'")
    await run(
        graph_server,
        "MATCH (a:Concept {graph: 'touched', id: 'v1-1'}) MATCH (b:Concept {graph: 'touched', id: 'v1-2'})"
        " CREATE (a)-[:PREREQUISITE {weight: 1.0, position: 99}]->(b)",
    )
    fresh = Neo4jStore(graph_server, "touched")
    with pytest.raises(GraphSpoilt, match="not the one that was put there"):
        await fresh.snapshot()
    await fresh.aclose()
    assert await store.import_graph(graph)
    fresh = Neo4jStore(graph_server, "touched")
    assert await fresh.snapshot() == graph
    for used in (store, fresh):
        await used.aclose()


@pytest.mark.parametrize(
    "damage",
    [
        "MATCH (c:Concept {graph: 'damaged', id: 'goal'}) SET c.definition = ''",
        "MATCH (c:Concept {graph: 'damaged', id: 'goal'}) SET c.colour = 'red'",
        "MATCH (c:Concept {graph: 'damaged', id: 'goal'}) SET c.counterexample_json = '{'",
        "MATCH (c:Concept {graph: 'damaged', id: 'goal'})<-[r:PREREQUISITE]-() SET r.weight = 7",
        "MATCH (c:Concept {graph: 'damaged', id: 'goal'})<-[r:PREREQUISITE]-() SET r.weight = 'heavy'",
        "MATCH (c:Concept {graph: 'damaged', id: 'goal'}) MATCH (d:Concept {graph: 'damaged', id: 'v1-0'})"
        " CREATE (c)-[:PREREQUISITE {weight: 1.0}]->(d)",
        "MATCH (c:Concept {graph: 'damaged', id: 'goal'}) MATCH (v:GraphVersion {graph: 'damaged'})"
        " CREATE (:Concept {graph: 'damaged', version: v.version, id: 'stray'})-[:PREREQUISITE {weight: 1.0}]->(c)",
    ],
)
async def test_what_is_no_graph_is_an_error_that_says_so(graph_server: Server, damage: Any) -> None:
    store = Neo4jStore(graph_server, "damaged")
    await store.import_graph(numbered("damaged", 1, 1))
    await run(graph_server, damage)
    fresh = Neo4jStore(graph_server, "damaged")
    with pytest.raises(GraphSpoilt) as found:
        await fresh.prerequisites("goal")
    assert found.value.remedy == "run `gradatim kg push`"
    await store.drop()
    for used in (store, fresh):
        await used.aclose()


async def test_an_inconsistent_graph_is_refused_before_anything_is_written(graph_server: Server) -> None:
    store = Neo4jStore(graph_server, "bad")
    unknown = ConceptGraph(name="bad", concepts=(concept("a"),), relations=(needs("a", "b"),))
    with pytest.raises(InconsistentGraph, match="'b' is not a concept"):
        await store.import_graph(unknown)
    topics = (Topic(id="basics", title="One"), Topic(id="basics", title="Other"))
    with pytest.raises(InconsistentGraph, match="the id is used twice"):
        await store.import_graph(ConceptGraph(name="bad", topics=topics, concepts=(concept("a"),)))
    assert await versions(graph_server, "bad") == set()
    await store.aclose()


# ------------------------------------------------------------------------------------------ schema


async def test_migrations_run_once_are_recorded_and_can_run_again(graph_server: Server) -> None:
    connection = Connection(graph_server)
    await asyncio.gather(*(migrate(connection) for _ in range(3)))
    numbers = {migration.number for migration in MIGRATIONS}
    assert await recorded(connection) == numbers
    assert await migrate(connection) == ()
    await run(graph_server, "MATCH (m:GradatimMigration) DETACH DELETE m")  # as if broken off before it was recorded
    assert await migrate(connection) == tuple(sorted(numbers))
    await connection.aclose()


async def test_a_database_of_a_newer_gradatim_is_left_alone(graph_server: Server) -> None:
    connection = Connection(graph_server)
    await migrate(connection)
    await run(graph_server, "CREATE (:GradatimMigration {number: 999})")
    try:
        with pytest.raises(GraphRefused, match="migration 999"):
            await migrate(connection)
    finally:
        await run(graph_server, "MATCH (m:GradatimMigration {number: 999}) DETACH DELETE m")
        await connection.aclose()


async def test_an_id_is_there_once_in_each_version_of_a_graph(graph_server: Server) -> None:
    connection = Connection(graph_server)
    await migrate(connection)
    query = "CREATE (:Concept {graph: 'unique', version: $version, id: 'a'})"
    await run(graph_server, query, version="1")
    await run(graph_server, query, version="2")
    tries = 0

    async def again(transaction: Transaction) -> None:
        nonlocal tries
        tries += 1
        await transaction.run(query, {"version": "1"})

    with pytest.raises(GraphSpoilt):
        await connection.write(again)
    assert tries > 1  # somebody else may have merged the same in the same moment
    await run(graph_server, "MATCH (c:Concept {graph: 'unique'}) DETACH DELETE c")
    await connection.aclose()
