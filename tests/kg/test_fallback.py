from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from gradatim.agents.retriever import Retriever
from gradatim.app.bench.retrieval.arcade import ArcadeServer
from gradatim.app.bench.retrieval.curriculum import curriculum
from gradatim.app.bench.retrieval.killing import kill_in_the_middle
from gradatim.app.bench.retrieval.questions import Crowd, all_at_once, questions
from gradatim.domain import Diagnosis, Task, TestCase
from gradatim.errors import ServiceError, SettingsError, StorageError
from gradatim.graphs import open_services
from gradatim.kg import ConceptGraph, ConceptStore, EmbeddedStore, open_graph, retrieve
from gradatim.kg.fallback import SnapshotStore, snapshot_path, stand_in
from gradatim.kg.neo4j import GraphAway, GraphMissing, GraphRefused, Neo4jStore, Server
from gradatim.kg.snapshots import read_snapshot, write_snapshot
from gradatim.settings import Settings, load_settings
from tests.bolt import proxy
from tests.kg.conformance import StoreConformance
from tests.kg.graphs import concept, small_graph
from tests.kg.neo4j.raw import run

leaky = pytest.mark.usefixtures("leaky_driver")

NOWHERE = Server("bolt://127.0.0.1:1", password=SecretStr("x"))


def guarded(server: Server, path: Path, name: str = "small") -> SnapshotStore:
    primary = Neo4jStore(server, name, fresh=0.0, patience=server.deadline)
    return SnapshotStore(primary, path, first_pause=0.05, longest_pause=0.2)


async def push(server: Server, graph: ConceptGraph) -> None:
    store = Neo4jStore(server, graph.name)
    await store.import_graph(graph)
    await store.aclose()


class TestWithTheServer(StoreConformance):
    @pytest.fixture(autouse=True)
    def _place(self, graph_server: Server, tmp_path: Path) -> None:
        self.server, self.path = graph_server, tmp_path / "snapshot.json"

    async def open(self, graph: ConceptGraph) -> ConceptStore:
        await push(self.server, graph)
        return guarded(self.server, self.path, graph.name)


class TestWithoutTheServer(StoreConformance):
    @pytest_asyncio.fixture(autouse=True)
    async def _place(self, tmp_path: Path) -> AsyncIterator[None]:
        self.path = tmp_path / "snapshot.json"
        async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0) as dead:
            self.server = replace(NOWHERE, url=f"bolt://127.0.0.1:{dead.sockets[0].getsockname()[1]}")
            yield

    async def open(self, graph: ConceptGraph) -> ConceptStore:
        write_snapshot(self.path, graph)
        return guarded(self.server, self.path, graph.name)


# ------------------------------------------------------------------------------------ while it goes on


async def test_a_snapshot_is_kept_of_each_new_version(graph_server: Server, tmp_path: Path) -> None:
    graph = small_graph().model_copy(update={"name": "kept"})
    path = tmp_path / "deep" / "snapshot.json"
    await push(graph_server, graph)
    store = guarded(graph_server, path, "kept")
    await store.find("range")
    await store.settled()
    assert read_snapshot(path) == graph
    newer = graph.model_copy(update={"concepts": (*graph.concepts, concept("more"))})
    newer = ConceptGraph.model_validate(newer.plain())
    await push(graph_server, newer)
    assert await store.find("more") is not None
    await store.settled()
    assert read_snapshot(path) == newer
    standing = store.status()
    assert (standing.degraded, standing.version, standing.falls, standing.from_snapshot) == (None, newer.version, 0, 0)
    assert [file.name for file in path.parent.iterdir()] == ["snapshot.json"]
    await store.aclose()


async def test_what_lasts_only_a_moment_leaves_a_snapshot_too(graph_server: Server, tmp_path: Path) -> None:
    await push(graph_server, small_graph())
    store = guarded(graph_server, tmp_path / "snapshot.json")
    await store.start()
    await store.aclose()
    assert read_snapshot(tmp_path / "snapshot.json") == small_graph()


@leaky
async def test_the_server_is_killed_in_the_middle_of_five_hundred_retrievals(
    mortal: ArcadeServer, tmp_path: Path
) -> None:
    graph = curriculum(300, 800)
    server = mortal.server(deadline=2.0)
    await push(server, graph)
    store = guarded(server, tmp_path / "snapshot.json", graph.name)
    await store.start()
    await store.settled()
    began = time.monotonic()
    asked = questions(graph, 500)
    found = await kill_in_the_middle(store, mortal, asked)
    assert found.crowd.errors == {}
    assert found.crowd.answered == 500
    assert 0.1 < found.snapshot_share < 1
    assert found.recovered_seconds is not None
    assert store.status().degraded is None
    assert store.status().falls == 1
    assert stand_in(store, began) is not None
    assert stand_in(store, time.monotonic()) is None
    before = store.status().from_snapshot
    embedded = EmbeddedStore(graph)
    for item in asked[:20]:
        arguments = {"concepts": item.concepts, "errors": item.errors, "mastery": item.mastery}
        assert await retrieve(store, **arguments) == await retrieve(embedded, **arguments)
    assert store.status().from_snapshot == before
    await store.aclose()


@leaky
async def test_nobody_waits_for_a_slow_server_twice_and_it_comes_back_by_itself(
    graph_server: Server, tmp_path: Path
) -> None:
    await push(graph_server, small_graph())
    async with proxy(graph_server) as between:
        store = guarded(replace(between.server, deadline=0.4), tmp_path / "snapshot.json")
        await store.start()
        await store.settled()
        between.delay = 3.0
        began = time.monotonic()
        assert len(await store.prerequisites("range")) == 4
        assert 0.3 < time.monotonic() - began < 2
        began = time.monotonic()
        for _ in range(50):
            assert len((await store.around(["range"], depth=3)).prerequisites["range"]) == 4
        assert time.monotonic() - began < 0.3
        degraded = store.status().degraded
        assert degraded is not None
        assert "no answer within 0.4 s" in degraded.reason
        assert degraded.version == small_graph().version
        assert str(degraded).startswith(f"the server of the concept graph cannot be used since {degraded.since}")
        between.delay = 0.0
        await asyncio.wait_for(store.settled(), 30)  # and nobody asks meanwhile
        assert store.status().degraded is None
        before = store.status().from_snapshot
        assert len(await store.prerequisites("range")) == 4
        assert store.status().from_snapshot == before
        await store.aclose()


@leaky
async def test_those_who_wait_for_a_connection_do_not_wait_for_a_dead_server(
    graph_server: Server, tmp_path: Path
) -> None:
    await push(graph_server, small_graph())
    async with proxy(graph_server) as between:
        store = guarded(replace(between.server, deadline=0.5, pool=2), tmp_path / "snapshot.json")
        await store.start()
        await store.settled()
        between.delay = 60.0
        began = time.monotonic()
        crowd = await all_at_once(store, questions(small_graph(), 300), Crowd())
        assert time.monotonic() - began < 4  # one after the other they would wait for more than a minute
        assert (crowd.answered, crowd.errors) == (300, {})
        await store.aclose()


async def test_nonsense_on_the_server_is_answered_by_the_snapshot(graph_server: Server, tmp_path: Path) -> None:
    graph = small_graph().model_copy(update={"name": "odd"})
    await push(graph_server, graph)
    store = guarded(graph_server, tmp_path / "snapshot.json", "odd")
    await store.start()
    await store.settled()
    await run(graph_server, "MATCH (:Concept {graph: 'odd'})-[r:PREREQUISITE]->() SET r.weight = -1")
    assert [step.weight for step in await store.prerequisites("range", 1)] == [1.0, 0.5]
    degraded = store.status().degraded
    assert degraded is not None
    assert "has weight -1" in degraded.reason
    await store.aclose()


@leaky
async def test_a_new_version_that_takes_long_to_read_does_not_hold_anybody_up(
    graph_server: Server, tmp_path: Path
) -> None:
    graph = small_graph().model_copy(update={"name": "growing"})
    await push(graph_server, graph)
    async with proxy(graph_server) as between:
        store = guarded(replace(between.server, deadline=0.5), tmp_path / "snapshot.json", "growing")
        await store.start()
        await store.settled()
        await push(graph_server, curriculum(900, 2_000).model_copy(update={"name": "growing"}))
        between.delay = 0.2  # a question is quick enough, many packets are not
        began = time.monotonic()
        assert await store.find("range") is not None
        assert time.monotonic() - began < 3
        degraded = store.status().degraded
        assert degraded is not None
        assert degraded.version == graph.version
        between.delay = 0.0
        await asyncio.wait_for(store.settled(), 30)
        assert await store.find("range") is None
        assert store.status().degraded is None
        await store.aclose()


# -------------------------------------------------------------------------------------------- the start


@leaky
async def test_it_starts_without_the_server_when_there_is_a_snapshot(graph_server: Server, tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    await push(graph_server, small_graph())
    async with proxy(graph_server) as between:
        first = guarded(between.server, path)
        await first.start()
        await first.settled()
        await first.aclose()
    store = guarded(between.server, path)
    await store.start()
    assert store.status().degraded is not None
    assert len(await store.prerequisites("range")) == 4
    async with proxy(graph_server, between.port):
        await asyncio.wait_for(store.settled(), 30)
        before = store.status().from_snapshot
        assert len(await store.prerequisites("range")) == 4
        assert (store.status().degraded, store.status().from_snapshot) == (None, before)
        await store.aclose()


@leaky
async def test_without_server_and_snapshot_it_says_what_to_do(tmp_path: Path) -> None:
    store = guarded(NOWHERE, tmp_path / "none.json")
    for _ in range(2):
        with pytest.raises(GraphAway, match="there is no snapshot") as found:
            await store.find("range")
    assert isinstance(found.value, ServiceError)
    assert "start it" in (found.value.remedy or "")
    await store.aclose()


@leaky
async def test_a_damaged_snapshot_does_not_stand_in(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    path.write_text('{"format": 1')
    store = guarded(NOWHERE, path)
    with pytest.raises(GraphAway, match="snapshot is no concept graph"):
        await store.start()
    await store.aclose()


async def test_a_damaged_snapshot_is_replaced_when_the_server_answers(graph_server: Server, tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    path.write_text("nonsense")
    await push(graph_server, small_graph())
    store = guarded(graph_server, path)
    assert len(await store.prerequisites("range")) == 4
    await store.settled()
    assert read_snapshot(path) == small_graph()
    await store.aclose()


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        ({"password": SecretStr("wrong")}, GraphRefused, "refuses user"),
        ({"database": "elsewhere"}, GraphRefused, "no database"),
    ],
)
async def test_a_wrong_password_or_database_is_no_reason_for_a_snapshot(
    graph_server: Server, tmp_path: Path, change: dict[str, str], kind: type[Exception], said: str
) -> None:
    path = tmp_path / "snapshot.json"
    write_snapshot(path, small_graph())
    store = guarded(replace(graph_server, **change), path)
    with pytest.raises(kind, match=said):
        await store.start()
    await store.aclose()


async def test_a_graph_that_was_never_pushed_is_no_reason_for_a_snapshot(graph_server: Server, tmp_path: Path) -> None:
    store = guarded(graph_server, tmp_path / "snapshot.json", "never pushed")
    with pytest.raises(GraphMissing, match="gradatim kg push"):
        await store.find("range")
    await store.aclose()


@leaky
async def test_a_snapshot_that_cannot_be_written_still_answers(
    graph_server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    await push(graph_server, small_graph())
    async with proxy(graph_server) as between:
        store = guarded(replace(between.server, deadline=0.3), tmp_path / "file" / "snapshot.json")
        await store.start()
        await store.settled()
        assert "cannot be written" in caplog.text
        between.delay = 10.0
        assert len(await store.prerequisites("range")) == 4
        await store.aclose()


# ---------------------------------------------------------------------------------------- the snapshot


def test_a_snapshot_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.json"
    assert read_snapshot(path) is None
    write_snapshot(path, small_graph())
    assert read_snapshot(path) == small_graph()


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-10],
        lambda text: text.replace("What range is.", "What range is not."),
        lambda text: json.dumps({**json.loads(text), "format": 99}),
        lambda text: json.dumps({**json.loads(text), "version": "0" * 16}),
        lambda text: json.dumps([]),
        lambda text: json.dumps({"format": 1}),
        lambda text: "[" * 100_000,
        lambda text: "",
    ],
)
def test_a_snapshot_that_was_changed_is_refused(tmp_path: Path, damage: object) -> None:
    path = tmp_path / "snapshot.json"
    write_snapshot(path, small_graph())
    assert callable(damage)
    path.write_text(damage(path.read_text("utf-8")), "utf-8")
    with pytest.raises(StorageError, match="snapshot"):
        read_snapshot(path)


def test_graphs_of_different_servers_have_different_snapshots(tmp_path: Path) -> None:
    other = replace(NOWHERE, database="other")
    paths = {
        snapshot_path(tmp_path, NOWHERE, "python"),
        snapshot_path(tmp_path, other, "python"),
        snapshot_path(tmp_path, NOWHERE, "../../PYTHON"),
    }
    assert len(paths) == 3
    assert {path.parent for path in paths} == {tmp_path}


# ---------------------------------------------------------------------------- settings, services, agents


def test_opening_a_graph_on_a_server_connects_to_nothing(tmp_path: Path) -> None:
    settings = Settings(
        graph="neo4j+s://graph.example:7687", neo4j_password=SecretStr("x"), neo4j_pool=3, neo4j_deadline=0.1,
        neo4j_user="reader", neo4j_database="concepts", graph_name="algebra", cache_dir=tmp_path,
    )  # fmt: skip
    store = open_graph(settings)
    assert isinstance(store, SnapshotStore)
    assert store.name == "algebra"
    server = store.primary.server
    assert (server.url, server.user, server.database) == ("neo4j+s://graph.example:7687", "reader", "concepts")
    assert (server.pool, server.deadline) == (3, 0.1)
    asyncio.run(store.aclose())
    assert isinstance(open_graph(Settings()), EmbeddedStore)


def test_settings_that_name_no_server_are_told_at_once() -> None:
    for wrong in ("postgres://host", "localhost:7687", "", "Embedded"):
        with pytest.raises(SettingsError, match="neither 'embedded' nor an address"):
            load_settings(graph=wrong)
    with pytest.raises(SettingsError, match="holds a user or a password"):
        open_graph(load_settings(graph="bolt://me:secret@host:7687"))


@leaky
async def test_services_get_in_touch_and_close(graph_server: Server, tmp_path: Path) -> None:
    await push(graph_server, small_graph())
    password = graph_server.password
    settings = Settings(
        data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", model="none", workers=1, graph=graph_server.url,
        neo4j_user=graph_server.user, neo4j_password=password, neo4j_database=graph_server.database,
        neo4j_deadline=graph_server.deadline, graph_name="small",
    )  # fmt: skip
    async with open_services(settings) as services:
        assert len(await services.concepts.prerequisites("range")) == 4
        assert isinstance(services.concepts, SnapshotStore)
        await services.concepts.settled()
    with pytest.raises(GraphAway, match="closed"):
        await services.concepts.primary.prerequisites("range")
    away = settings.model_copy(update={"graph": "bolt://127.0.0.1:1"})
    with pytest.raises(GraphAway, match="there is no snapshot"):
        async with open_services(away):
            pass


@leaky
async def test_an_assessment_says_that_the_snapshot_answered(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    write_snapshot(path, small_graph())
    store = guarded(NOWHERE, path)
    task = Task(
        id="t", title="T", statement="S.", entry_point="f", concepts=("range", "unheard-of"),
        tests=(TestCase(id="1", call="f()", expect="1"),),
    )  # fmt: skip
    diagnosis = Diagnosis(submission="s", verdict="incorrect")
    update = await Retriever(store)({"task": task.plain(), "diagnosis": diagnosis.plain()})
    assert [item["id"] for item in update["grounds"]][:2] == ["concept:range", "path:range"]
    server, names = update["degradations"]
    assert server["node"] == names["node"] == "retrieve"
    assert "cannot be used since" in server["reason"]
    assert server["fallback"].endswith(f"version {small_graph().version}")
    assert "unheard-of" in names["reason"]
    await store.aclose()
    fresh = EmbeddedStore(small_graph())
    update = await Retriever(fresh)({"task": task.plain(), "diagnosis": diagnosis.plain()})
    assert len(update["degradations"]) == 1
