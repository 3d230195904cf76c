from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from itertools import pairwise

import pytest

from gradatim.app.bench.retrieval.curriculum import curriculum
from gradatim.kg import Concept, ConceptGraph, ConceptStore, EmbeddedStore, Topic
from gradatim.kg.neo4j import Neo4jStore, Server
from gradatim.kg.neo4j.connection import Connection, Rows
from gradatim.kg.schema import Counterexample
from tests.bolt import proxy
from tests.kg.conformance import StoreConformance
from tests.kg.graphs import concept, like, misconception, needs, part_of, small_graph
from tests.kg.neo4j.raw import run


class TestNeo4jStore(StoreConformance):
    @pytest.fixture(autouse=True)
    def _server(self, graph_server: Server) -> None:
        self.server = graph_server

    async def open(self, graph: ConceptGraph) -> ConceptStore:
        store = Neo4jStore(self.server, graph.name)
        await store.import_graph(graph)
        return store


def tangle(name: str, size: int, seed: int) -> ConceptGraph:
    """A graph with many ways of the same length and the same weight."""
    chance = random.Random(seed)
    ids = [f"n{number:02}" for number in range(size)]
    chance.shuffle(ids)
    pairs = [(a, b) for a in range(size) for b in range(a + 1, min(size, a + 7)) if chance.random() < 0.4]
    return ConceptGraph(
        name=name,
        topics=(Topic(id="basics", title="Basics"),),
        concepts=tuple(concept(item) for item in ids),
        relations=(
            *(needs(ids[b], ids[a], chance.choice((0.5, 0.5, 1.0))) for a, b in pairs),
            *(part_of(ids[b], ids[a]) for a, b in pairs if chance.random() < 0.3),
            *(like(ids[b], ids[a], 0.5) for a, b in pairs if chance.random() < 0.2),
        ),
        misconceptions=tuple(
            misconception(f"belief-{number}", chance.sample(ids, 2), ["logical"]) for number in range(size // 2)
        ),
    )


async def test_answers_what_the_embedded_store_answers(graph_server: Server) -> None:
    graph = tangle("tangle", 40, 1)
    store, embedded = Neo4jStore(graph_server, graph.name), EmbeddedStore(graph)
    await store.import_graph(graph)
    ids = [item.id for item in graph.concepts]
    chance = random.Random(2)
    for item in ids:
        depth = chance.choice((None, 1, 2, 3, 4, 5, 9))
        assert await store.prerequisites(item, depth) == await embedded.prerequisites(item, depth)
        assert await store.dependents(item, depth) == await embedded.dependents(item, depth)
        assert await store.parents(item, depth) == await embedded.parents(item, depth)
        assert await store.children(item, depth) == await embedded.children(item, depth)
        assert await store.similar(item) == await embedded.similar(item)
        other = chance.choice(ids)
        assert await store.relations(item, other) == await embedded.relations(item, other)
        assert await store.holds(item, "prerequisite", other) == await embedded.holds(item, "prerequisite", other)
        assert await store.holds(other, "hierarchical", item) == await embedded.holds(other, "hierarchical", item)
        about, deep = chance.sample(ids, 3), chance.choice((0, 1, 3, 4, 7))
        assert await store.around(about, depth=deep, errors=["logical"]) == await embedded.around(
            about, depth=deep, errors=["logical"]
        )
    await store.aclose()


async def test_what_is_read_is_what_was_written(graph_server: Server) -> None:
    graph = ConceptGraph(
        name="kinds of values",
        topics=(Topic(id="second", title="Zwei – 二"), Topic(id="basics", title="Basics")),
        concepts=(
            Concept(
                id="range",
                name="range()",
                aliases=("range function", "Bereich"),
                definition="Zählt: 0 … n-1\n\tand a tab, CRLF\r\n, 🐍, עברית and \u2028.",
                example="print(\"a\\n'b'\")\n",
                output="a\n'b'\n",
                counterexample=Counterexample(code="1/0\n", error="ZeroDivisionError", why='Divides by "zero".'),
                topic="second",
            ),
            concept("empty"),
            concept("a-first"),
        ),
        relations=(needs("range", "empty", 0.30000000000000004), like("range", "a-first", 1e-9)),
        misconceptions=(
            misconception("z-last", ["range", "empty"], ["timeout"]),
            misconception("b", ["empty"], ["logical"]),
        ),
    )
    store = Neo4jStore(graph_server, graph.name)
    assert await store.import_graph(graph)
    assert await store.snapshot() == graph
    assert not await store.import_graph(graph)
    await store.aclose()


HOSTILE = (
    "'; MATCH (n) DETACH DELETE n //",
    '"}) DETACH DELETE n //',
    "`) RETURN 1 UNION MATCH (n) DETACH DELETE n //",
    "$graph {graph} ${graph} %s \\u0027 \\",
    "a\x00b",
    "кириллица 中文 🐍 e\u0301 ﷽",
    "*1..99]-(x)",
)


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_texts_are_only_texts(graph_server: Server, text: str) -> None:
    bystander = Neo4jStore(graph_server, "small")
    await bystander.import_graph(small_graph())
    graph = ConceptGraph(
        name=text,
        concepts=(concept("plain"), concept("odd", text, name=text, definition=text)),
        relations=(needs("odd", "plain"),),
        misconceptions=(misconception("belief", ["odd"], ["logical"]).model_copy(update={"belief": text}),),
    )
    store, embedded = Neo4jStore(graph_server, text), EmbeddedStore(graph)
    await store.import_graph(graph)
    assert await store.snapshot() == graph
    assert await store.find(text) == await embedded.find(text)
    assert await store.search(text) == await embedded.search(text)
    assert await store.concept(text) is None
    assert await store.prerequisites(text) == await store.similar(text) == await store.relations(text, text) == ()
    assert await store.holds(text, "prerequisite", text) is None
    assert await store.misconceptions_of([text], [text]) == ()
    assert (await store.around([text, "odd"], depth=3, errors=[text], misconceptions=[text])).misconceptions == ()
    await store.drop()
    assert (await bystander.snapshot()).version == small_graph().version
    await store.aclose()
    await bystander.aclose()


async def test_everything_around_concepts_costs_one_query(
    graph_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Neo4jStore(graph_server, "small")
    await store.import_graph(small_graph())
    await store.ready()
    queries: list[object] = []
    read = Connection.read

    async def counting(self: Connection, *arguments: object, **more: object) -> Rows:
        queries.append(arguments[0])
        return await read(self, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Connection, "read", counting)
    found = await store.around(["range-step", "Range function", "while"], depth=4, errors=["logical"])
    assert len(found.prerequisites["range-step"]) == 5
    assert len(queries) == 1
    assert await store.find("range") is not None  # rests on the version seen just now
    assert len(queries) == 1
    await store.aclose()


async def test_without_a_bound_ways_are_not_walked_one_by_one(graph_server: Server) -> None:
    """Ten concepts in each of twelve layers, each needing all of the layer before: 10¹¹ ways."""
    layers = [[f"l{layer:02}-{number}" for number in range(10)] for layer in range(12)]
    graph = ConceptGraph(
        name="dense",
        concepts=tuple(concept(item) for layer in layers for item in layer),
        relations=tuple(
            needs(upper, lower, 0.9) for below, above in pairwise(layers) for upper in above
            for lower in below
        ),
    )  # fmt: skip
    store, embedded = Neo4jStore(graph_server, graph.name), EmbeddedStore(graph)
    await store.import_graph(graph)
    await store.prerequisites("l11-0")
    began = time.monotonic()
    steps = await store.prerequisites("l11-0")
    assert time.monotonic() - began < 5
    assert steps == await embedded.prerequisites("l11-0")
    assert await store.holds("l00-3", "prerequisite", "l11-5") == await embedded.holds("l00-3", "prerequisite", "l11-5")
    await store.aclose()


async def test_a_chain_longer_than_any_query_is_followed_to_its_end(graph_server: Server) -> None:
    ids = [f"c{number:02}" for number in range(40)]
    graph = ConceptGraph(
        name="chain",
        concepts=tuple(concept(item) for item in ids),
        relations=tuple(needs(later, earlier) for earlier, later in pairwise(ids)),
    )
    store = Neo4jStore(graph_server, graph.name)
    await store.import_graph(graph)
    steps = await store.prerequisites("c39")
    assert [step.distance for step in steps] == list(range(1, 40))
    assert steps[-1].path == tuple(ids)
    assert [step.concept.id for step in await store.dependents("c00", 11)] == ids[1:12]
    await store.aclose()


async def test_thousands_at_once_wait_in_order_for_few_connections(graph_server: Server) -> None:
    async with proxy(graph_server) as between:
        server = Server(
            between.server.url, graph_server.user, graph_server.password, graph_server.database, pool=3, deadline=10.0
        )
        store = Neo4jStore(server, "small")
        await store.import_graph(small_graph())
        await store.ready()
        order: list[int] = []

        async def one(number: int) -> None:
            await store.prerequisites("range", 3)
            order.append(number)

        await asyncio.gather(*map(one, range(1_000)))
        assert len(order) == 1_000
        assert max(abs(place - number) for place, number in enumerate(order)) < 100
        assert between.most <= 3
        await store.aclose()


async def test_a_graph_of_ten_thousand_relations_is_imported_in_seconds(graph_server: Server) -> None:
    graph = curriculum(1_200, 10_000)
    store = Neo4jStore(graph_server, graph.name)
    began = time.monotonic()
    await store.import_graph(graph)
    assert time.monotonic() - began < 30
    assert (await store.snapshot()).version == graph.version
    await store.drop()
    await store.aclose()


async def test_a_relation_that_is_there_twice_counts_once(graph_server: Server) -> None:
    graph = ConceptGraph(
        name="twice", concepts=(concept("a"), concept("b")), relations=(needs("b", "a", 0.5), part_of("b", "a"))
    )
    store = Neo4jStore(graph_server, graph.name)
    await store.import_graph(graph)
    await run(
        graph_server,
        "MATCH (a:Concept {graph: 'twice', id: 'a'}) MATCH (b:Concept {graph: 'twice', id: 'b'})"
        " CREATE (a)-[:PREREQUISITE {weight: 0.5, position: 0}]->(b)",
    )
    assert [step.weight for step in await store.prerequisites("b")] == [0.5]
    assert await store.snapshot() == graph
    await store.aclose()


def test_the_driver_is_not_imported_before_a_store_is_opened() -> None:
    program = (
        "import sys; import gradatim.kg, gradatim.kg.fallback, gradatim.kg.neo4j, gradatim.agents.retriever\n"
        "from gradatim.kg import open_graph\nfrom gradatim.settings import Settings\nopen_graph(Settings())\n"
        "sys.exit('neo4j' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
