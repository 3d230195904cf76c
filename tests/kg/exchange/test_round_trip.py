from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.kg import ConceptGraph, load_curriculum, packaged_curriculum
from gradatim.kg.exchange import excerpt, export_graph, format_of, import_graph, write_curriculum
from tests.kg.exchange.strategies import graphs
from tests.kg.graphs import small_graph

READABLE = ("graph.graphml", "graph.jsonld", "graph.json", "graph.zip", "tables")


def _there_and_back(graph: ConceptGraph, file: str) -> ConceptGraph:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file
        export_graph(graph, path)
        return import_graph(path).graph


@pytest.mark.parametrize("file", READABLE)
@given(graph=graphs())
@settings(max_examples=60, deadline=None)
def test_a_graph_comes_back_as_it_was(graph: ConceptGraph, file: str) -> None:
    back = _there_and_back(graph, file)
    assert back.version == graph.version
    assert [concept.id for concept in back.concepts] == [concept.id for concept in graph.concepts]


@given(graph=graphs(name=st.just("mine")))
@settings(max_examples=80, deadline=None)
def test_a_curriculum_folder_holds_the_graph(graph: ConceptGraph) -> None:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "mine"
        read = write_curriculum(graph, target)
        assert read.version == graph.version
        assert load_curriculum(target).version == graph.version


@pytest.mark.parametrize("file", READABLE)
def test_the_packaged_curriculum_comes_back(file: str) -> None:
    graph = packaged_curriculum()
    back = _there_and_back(graph, file)
    assert back.version == graph.version
    assert back.topics == graph.topics


@pytest.mark.parametrize("file", READABLE)
def test_the_same_graph_gives_the_same_file(file: str, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        export_graph(small_graph(), tmp_path / name / file)
    first, second = (
        [path.read_bytes() for path in sorted((tmp_path / name).rglob("*")) if path.is_file()] for name in ("a", "b")
    )
    assert first == second


def test_the_format_of_a_name() -> None:
    names = ("a.graphml", "A.XML", "b.jsonld", "c.cypher", "c.cql", "d.csv", "d.zip", "d", "e.json")
    assert [format_of(Path(name)) for name in names] == [
        "graphml", "graphml", "jsonld", "cypher", "cypher", "csv", "csv", "csv", "json",
    ]  # fmt: skip


def test_an_excerpt_is_a_valid_graph_of_what_lies_around() -> None:
    part = excerpt(small_graph(), "range", 1)
    assert [concept.id for concept in part.concepts] == ["integer", "for-loop", "range", "range-step"]
    assert {(edge.source, edge.target) for edge in part.relations} == {
        ("for-loop", "range"),
        ("integer", "range"),
        ("range", "range-step"),
        ("range-step", "range"),
    }
    assert [item.id for item in part.misconceptions] == ["off-by-one", "range-includes-stop"]
    alone = excerpt(small_graph(), "range", 0)
    assert [item.concepts for item in alone.misconceptions] == [("range",), ("range",)]
    assert len(excerpt(small_graph(), "range", 99).concepts) == 8
    with tempfile.TemporaryDirectory() as folder:
        assert write_curriculum(part, Path(folder) / "small").version == part.version
