"""What a person touches of a graph server: `kg push`, `doctor`, `bench retrieval`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gradatim.app.bench import BENCHMARKS, BenchRequest
from gradatim.app.bench.retrieval import bench
from gradatim.app.bench.retrieval.curriculum import curriculum
from gradatim.app.checkup import Finding
from gradatim.app.checkup.graph import check_graph
from gradatim.app.commands.kg.push import push
from gradatim.errors import GradatimError
from gradatim.kg import validate
from gradatim.kg.fallback import snapshot_path
from gradatim.kg.neo4j import Neo4jStore, Server
from gradatim.kg.snapshots import write_snapshot
from gradatim.settings import load_settings
from tests.bolt import DEADLINE
from tests.kg.graphs import small_graph

_LOOPS = """\
topic: loops
title: Loops
concepts:
  - id: loop
    name: Loop
    definition: Something that repeats.
  - id: while-loop
    name: While loop
    definition: A loop with a condition.
    prerequisites: [loop]
"""


@pytest.fixture
def named(graph_server: Server, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server that the environment names."""
    password = graph_server.password.get_secret_value() if graph_server.password else ""
    for name, value in {
        "GRAPH": graph_server.url,
        "NEO4J_USER": graph_server.user,
        "NEO4J_PASSWORD": password,
        "NEO4J_DATABASE": graph_server.database,
        "NEO4J_DEADLINE": str(DEADLINE),
        "CACHE_DIR": str(workspace / "cache"),
    }.items():
        monkeypatch.setenv(f"GRADATIM_{name}", value)
    return graph_server


def run_push(*arguments: str) -> Result:
    return CliRunner().invoke(push, list(arguments))


def test_a_folder_is_pushed_once(named: Server, workspace: Path) -> None:
    folder = workspace / "course of loops"
    folder.mkdir()
    (folder / "loops.yaml").write_text(_LOOPS)
    first = run_push("--curriculum", str(folder), "--json")
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert (told["changed"], told["concepts"], told["relations"]) == (True, 2, 1)
    again = run_push("--curriculum", str(folder))
    assert "was there already" in again.output
    assert f"GRADATIM_GRAPH_NAME={told['graph']}" in again.output

    async def needed() -> list[str]:
        store = Neo4jStore(named, told["graph"])
        try:
            return [step.concept.id for step in await store.prerequisites("while-loop")]
        finally:
            await store.aclose()

    assert asyncio.run(needed()) == ["loop"]


def test_without_a_server_nothing_is_pushed(workspace: Path) -> None:
    found = run_push()
    assert isinstance(found.exception, GradatimError)
    assert found.exception.exit_code == 2
    assert "GRADATIM_GRAPH" in str(found.exception)


# ------------------------------------------------------------------------------------------- doctor


def findings(**settings: object) -> list[Finding]:
    async def run() -> list[Finding]:
        return [finding async for finding in check_graph(load_settings(**settings))]

    return asyncio.run(run())


def test_the_doctor_looks_at_no_server_that_is_not_asked_for(workspace: Path) -> None:
    (found,) = findings()
    assert (found.name, found.status) == ("graph server", "unused")


def test_the_doctor_asks_the_server_and_looks_for_the_snapshot(named: Server, workspace: Path) -> None:
    async def fill() -> None:
        store = Neo4jStore(named, "small")
        await store.import_graph(small_graph())
        await store.aclose()

    asyncio.run(fill())
    server, snapshot = findings(graph_name="small")
    assert server.status == "ok"
    assert f"small {small_graph().version}: 8 concepts, 11 relations" in server.detail
    assert "ms a question" in server.detail
    assert (snapshot.name, snapshot.status) == ("graph snapshot", "weak")
    path = snapshot_path(workspace / "cache" / "graphs", named, "small")
    write_snapshot(path, small_graph())
    assert [found.status for found in findings(graph_name="small")] == ["ok", "ok"]
    write_snapshot(path, small_graph().model_copy(update={"topics": ()}))
    assert "older version" in findings(graph_name="small")[1].detail
    path.write_text("nonsense")
    assert "no concept graph" in findings(graph_name="small")[1].detail


def test_the_doctor_says_why_a_server_is_of_no_use(named: Server, workspace: Path) -> None:
    server, _ = findings(graph_name="never pushed")
    assert server.status == "missing"
    assert server.remedy == "run `gradatim kg push`, or set GRADATIM_GRAPH_NAME"
    server, _ = findings(neo4j_password="wrong")
    assert "GRADATIM_NEO4J_PASSWORD" in (server.remedy or "")
    (server,) = findings(graph="bolt://me:secret@host")
    assert "holds a user or a password" in server.detail


# -------------------------------------------------------------------------------------------- bench


def test_generated_curricula_are_like_a_curriculum() -> None:
    graph = curriculum()
    assert (len(graph.concepts), len(graph.relations)) == (850, 2_200)
    assert [problem for problem in validate(graph) if problem.severity == "error"] == []
    assert curriculum().version == graph.version != curriculum(seed=4).version


def test_retrieval_is_measured_on_both_sides(
    graph_server: Server, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, number in {"CONCEPTS": 120, "RELATIONS": 300, "WARM_UP": 10, "SMALL_FACTOR": 3}.items():
        monkeypatch.setattr(bench, name, number)
    said: list[str] = []
    request = BenchRequest(load_settings(neo4j_deadline=5.0), None, said.append, sample=60)
    figures = BENCHMARKS["retrieval"].load()(request)
    assert figures["crowd_errors"] == figures["killed_errors"] == figures["crowd_pool_exhausted"] == 0
    assert isinstance(figures["killed_recovered_seconds"], float)
    for name in ("embedded_p50_ms", "embedded_p99_ms", "embedded_growth", "bolt_p50_ms", "bolt_p99_ms", "bolt_growth"):
        value = figures[name]
        assert isinstance(value, float)
        assert value > 0
    assert any("killed" in text for text in said)


def test_without_a_server_only_this_process_is_measured(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    request = BenchRequest(load_settings(), None, lambda text: None, sample=20)
    figures = BENCHMARKS["retrieval"].load()(request)
    assert figures["bolt_p50_ms"] is None
    assert "arcadedb-embedded is not installed" in str(figures["note"])
    assert isinstance(figures["embedded_p50_ms"], float)
