from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import replace

import pytest
from pydantic import SecretStr

from gradatim.app.bench.retrieval.arcade import ArcadeServer
from gradatim.errors import ServiceError, SettingsError
from gradatim.kg.neo4j import GraphAway, GraphRefused, GraphSpoilt, Neo4jStore, Server
from tests.bolt import proxy
from tests.kg.graphs import small_graph

leaky = pytest.mark.usefixtures("leaky_driver")


@pytest.mark.parametrize(
    ("change", "said", "remedy"),
    [
        ({"password": SecretStr("wrong")}, "refuses user", "GRADATIM_NEO4J_PASSWORD"),
        ({"user": "nobody"}, "refuses user 'nobody'", "GRADATIM_NEO4J_USER"),
        ({"password": None}, "refuses user", "GRADATIM_NEO4J_PASSWORD"),
        ({"database": "elsewhere"}, "no database 'elsewhere'", "GRADATIM_NEO4J_DATABASE"),
    ],
)
async def test_who_is_not_let_in_is_told_why(
    graph_server: Server, change: dict[str, str], said: str, remedy: str
) -> None:
    store = Neo4jStore(replace(graph_server, **change))
    with pytest.raises(GraphRefused, match=said) as found:
        await store.find("range")
    assert remedy in (found.value.remedy or "")
    assert isinstance(found.value, ServiceError)
    assert "wrong" not in str(found.value)
    await store.aclose()


@leaky
async def test_a_server_that_is_not_there_is_told_at_once() -> None:
    store = Neo4jStore(Server("bolt://127.0.0.1:1", password=SecretStr("x")))
    began = time.monotonic()
    with pytest.raises(GraphAway, match=r"bolt://127\.0\.0\.1:1/neo4j: the server does not answer"):
        await store.find("range")
    assert time.monotonic() - began < 2
    await store.aclose()


def test_without_the_driver_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "neo4j", None)
    with pytest.raises(GraphRefused, match="driver is not installed") as found:
        Neo4jStore(Server("bolt://127.0.0.1:1"))
    assert "gradatim[neo4j]" in (found.value.remedy or "")


async def test_an_address_must_hold_no_password() -> None:
    with pytest.raises(SettingsError, match="holds a user or a password") as found:
        Server("neo4j://neo4j:secret@host:7687")
    assert "secret" not in str(found.value)


async def test_the_server_is_found_behind_the_routing_scheme(graph_server: Server) -> None:
    store = Neo4jStore(replace(graph_server, url=graph_server.url.replace("bolt://", "neo4j://")), "small")
    await store.import_graph(small_graph())
    assert len(await store.prerequisites("range")) == 4
    await store.aclose()


@leaky
async def test_a_slow_server_is_not_waited_for_longer_than_the_deadline(graph_server: Server) -> None:
    async with proxy(graph_server) as between:
        store = Neo4jStore(replace(between.server, deadline=0.3), "small")
        await store.import_graph(small_graph())
        await store.ready()
        await store.prerequisites("range")
        between.delay = 5.0
        began = time.monotonic()
        with pytest.raises(GraphAway, match=r"no answer within 0\.3 s"):
            await store.prerequisites("range")
        assert time.monotonic() - began < 1.5
        between.delay = 0.0
        await store.ready()
        assert len(await store.prerequisites("range")) == 4
        await store.aclose()


@leaky
@pytest.mark.parametrize(
    "garbage", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00" * 40, b"\xff" * 40, b"\x00\x00\x05\x04"]
)
async def test_what_does_not_speak_bolt_is_an_error_of_ours(graph_server: Server, garbage: bytes) -> None:
    async with proxy(graph_server) as between:
        between.garbage = garbage
        store = Neo4jStore(replace(between.server, deadline=0.5))
        with pytest.raises((GraphAway, GraphSpoilt)):
            await store.version()
        await store.aclose()


@leaky
async def test_rubbish_in_the_middle_of_a_connection_is_an_error_of_ours(graph_server: Server) -> None:
    async with proxy(graph_server) as between:
        store = Neo4jStore(replace(between.server, deadline=2.0), "small")
        await store.import_graph(small_graph())
        await store.ready()
        between.garbage = b"\x00\x04\xb1\x71\xc9\xff\x00\x00\x00\x03\xb1\x70\xa0\x00\x00"
        with pytest.raises((GraphAway, GraphSpoilt)):
            await store.prerequisites("range")
        between.garbage = None
        assert len(await store.prerequisites("range")) == 4
        await store.aclose()


@leaky
async def test_a_restart_of_the_server_is_not_noticed_by_the_next_question(mortal: ArcadeServer) -> None:
    store = Neo4jStore(mortal.server(pool=4, deadline=10.0), "small")
    await store.import_graph(small_graph())
    await asyncio.gather(*(store.prerequisites("range") for _ in range(8)))
    mortal.kill()
    with pytest.raises(GraphAway):
        await store.prerequisites("range")
    await asyncio.to_thread(mortal.start)
    found = await asyncio.gather(*(store.prerequisites("range") for _ in range(8)))
    assert {len(steps) for steps in found} == {4}
    assert (await store.snapshot()).version == small_graph().version
    await store.aclose()


@leaky
async def test_who_gives_up_leaves_the_connections_usable(graph_server: Server) -> None:
    store = Neo4jStore(replace(graph_server, pool=2), "small")
    await store.import_graph(small_graph())
    await store.ready()
    for _ in range(3):
        tasks = [asyncio.create_task(store.prerequisites("range")) for _ in range(30)]
        await asyncio.sleep(0.003)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert len(await asyncio.wait_for(store.prerequisites("range"), 10)) == 4
    await store.aclose()


async def test_a_closed_store_says_so(graph_server: Server) -> None:
    store = Neo4jStore(graph_server, "small")
    await store.import_graph(small_graph())
    await store.aclose()
    with pytest.raises(GraphAway, match="closed"):
        await store.prerequisites("range")
