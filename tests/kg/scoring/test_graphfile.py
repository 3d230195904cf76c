"""Graph files, as scoring reads them."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.kg.graphfile import (
    Doubtful,
    FileConcept,
    FileEdge,
    FileSkipped,
    FileSource,
    GraphFile,
    read_graph_file,
)
from tests.kg.scoring.files import graph

FULL = GraphFile(
    name="course",
    documents=(FileSource(name="a.md", digest="0" * 64),),
    skipped=(FileSkipped(name="b.md", reason="Broken."),),
    concepts=(
        FileConcept(name="список", aliases=("list",), confidence=0.5, sentence="A „list“.", place="a.md:1", mentions=3),
        FileConcept(name="tuple", standing="accepted"),
    ),
    edges=(FileEdge(source="lists", target="tuple", type="similarity", confidence=1.0, standing="edited"),),
    doubtful=Doubtful(concepts=(FileConcept(name="kind"),)),
    thresholds={"concept": 0.4},
)


def test_a_file_comes_back_as_it_was_written(tmp_path: Path) -> None:
    FULL.write(tmp_path / "graph.json")
    assert read_graph_file(tmp_path / "graph.json") == FULL
    assert [path.name for path in tmp_path.iterdir()] == ["graph.json"]
    assert "список" in (tmp_path / "graph.json").read_text("utf-8")


def test_unknown_keys_are_kept(tmp_path: Path) -> None:
    data = {"concepts": [{"name": "a", "note": "mine"}], "licence": "CC0", "edges": []}
    (tmp_path / "a.json").write_text(json.dumps(data), "utf-8")
    read_graph_file(tmp_path / "a.json").write(tmp_path / "b.json")
    written = json.loads((tmp_path / "b.json").read_text("utf-8"))
    assert written["licence"] == "CC0"
    assert written["concepts"][0]["note"] == "mine"


def test_an_edge_may_name_an_alias_in_the_plural(tmp_path: Path) -> None:
    graph("array = list; tuple", ["Lists ~ tuple"]).write(tmp_path / "a.json")
    assert len(read_graph_file(tmp_path / "a.json").edges) == 1


CONCEPTS = '"concepts": [{"name": "a"}, {"name": "b"}]'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"[1, 2]", "object with the keys concepts and edges"),
        (b"null", "object with the keys concepts and edges"),
        (b'"text"', "object with the keys concepts and edges"),
        (b"{}", "concepts: Field required"),
        (b'{"concepts": {}}', "concepts: "),
        (b'{"concepts": [{"name": 3}]}', "concepts.0.name: "),
        (b'{"concepts": [{"name": " "}]}', "concepts.0.name: "),
        (b'{"concepts": [{"name": "a", "aliases": "b"}]}', "concepts.0.aliases: "),
        (b'{"concepts": [{"name": "a", "confidence": 1.5}]}', "concepts.0.confidence: "),
        (b'{"concepts": [{"name": "a", "confidence": NaN}]}', "concepts.0.confidence: "),
        (b'{"concepts": [{"name": "a", "standing": "liked"}]}', "concepts.0.standing: "),
        (f'{{{CONCEPTS}, "edges": [{{"source": "a", "target": "b"}}]}}'.encode(), "edges.0.type: "),
        (
            f'{{{CONCEPTS}, "edges": [{{"source": "a", "target": "b", "type": "related"}}]}}'.encode(),
            "edges.0.type: ",
        ),
        (
            f'{{{CONCEPTS}, "edges": [{{"source": "a", "target": "b", "type": "similarity"}},'
            '{"source": "a", "target": "cc", "type": "similarity"}]}'.encode(),
            "edges.1.target: 'cc' is not the name of a concept",
        ),
        (
            f'{{{CONCEPTS}, "edges": [{{"source": "cc", "target": "b", "type": "similarity"}}]}}'.encode(),
            "edges.0.source: 'cc'",
        ),
        (b'{"concepts": [{"name": "caf\xe9"}]}', "UTF-8"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"concepts": [{"name": "a", "mentions": ' + b"9" * 5000 + b"}]}", "not valid JSON"),
    ],
)
def test_a_wrong_file_is_an_error_that_names_the_place(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "graph.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_graph_file(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert caught.value.exit_code == 2


def test_bad_json_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"concepts": [\n{"name": "a",}\n]}', "utf-8")
    with pytest.raises(InputError) as caught:
        read_graph_file(tmp_path / "a.json")
    assert caught.value.place == f"{tmp_path / 'a.json'}:2"


def test_what_is_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "no.json"):
        with pytest.raises(InputError, match="cannot be read"):
            read_graph_file(path)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["name", "concepts", "edges", "source", "target", "type"]), inner)
        ),
        max_leaves=12,
    )
)
def test_any_json_is_a_graph_or_an_input_error(tmp_path: Path, data: Any) -> None:
    path = tmp_path / "graph.json"
    path.write_text(json.dumps(data), "utf-8")
    with suppress(InputError):
        GraphFile.model_validate(read_graph_file(path).model_dump())


@pytest.mark.parametrize("where", ["missing/graph.json", "file/graph.json", "folder", "x" * 253])
def test_a_place_that_cannot_be_written(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        FULL.write(tmp_path / where)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
    assert list((tmp_path / "folder").iterdir()) == []


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "graph.json"
    FULL.write(path)

    def full(self: Path, *arguments: Any, **named: Any) -> int:
        self.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(InputError, match="No space left on device"):
        graph("a").write(path)
    monkeypatch.undo()
    assert read_graph_file(path) == FULL
    assert [item.name for item in tmp_path.iterdir()] == ["graph.json"]
