from __future__ import annotations

import json
from pathlib import Path

import pytest
from langchain_core.messages import BaseMessage

from gradatim.kg.graphfile import read_graph_file
from gradatim.serving.scripted import ScriptedChat
from tests.app.conftest import Invoke

TUPLES = """\
# Tuples

A **tuple** is an immutable sequence. Unlike lists, tuples are immutable. A *list* is a mutable sequence.

## Stacks

A **stack** is a data structure. A stack is similar to a queue.
"""


@pytest.fixture
def course(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADATIM_CACHE_DIR", str(workspace / "cache"))
    folder = workspace / "course"
    folder.mkdir()
    (folder / "tuples.md").write_text(TUPLES, "utf-8")
    return folder


def kept(workspace: Path) -> list[Path]:
    return sorted((workspace / "cache" / "construction").glob("*"))


def test_build_writes_a_graph(invoke: Invoke, course: Path, workspace: Path) -> None:
    result = invoke("kg", "build", "course", "--out", "mine.json")
    assert result.exit_code == 0, result.output
    graph = read_graph_file(workspace / "mine.json")
    assert graph.name == "mine"
    assert {"tuple", "list", "stack"} <= {concept.name for concept in graph.concepts}
    assert f"1 document: {len(graph.concepts)} concepts, " in result.stdout
    assert "written to mine.json" in result.stdout
    assert "gradatim kg validate mine.json" in result.stderr
    assert len(kept(workspace)) == 1


def test_build_as_json(invoke: Invoke, course: Path, workspace: Path) -> None:
    result = invoke("kg", "build", "course/tuples.md", "--out", "mine.json", "--name", "My course", "--json")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    graph = read_graph_file(workspace / "mine.json")
    assert (data["out"], data["name"], graph.name) == ("mine.json", "My course", "My course")
    assert (data["documents"], data["skipped"]) == (1, [])
    assert data["concepts"] == len(graph.concepts) > 2
    assert data["edges"] == len(graph.edges)
    kinds = ("prerequisite", "similarity", "hierarchical")
    assert sum(data[f"{kind}_edges"] for kind in kinds) == data["edges"]
    assert data["doubtful"] == len(graph.doubtful.concepts) + len(graph.doubtful.edges)


def test_what_is_left_out_is_told_by_the_exit_code(invoke: Invoke, course: Path, workspace: Path) -> None:
    (course / "broken.ipynb").write_text("{", "utf-8")
    result = invoke("kg", "build", "course", "--out", "mine.json")
    assert result.exit_code == 1
    assert "left out broken.ipynb: " in result.stderr
    assert read_graph_file(workspace / "mine.json").skipped[0].name == "broken.ipynb"
    data = json.loads(invoke("kg", "build", "course", "--out", "mine.json", "--json").stdout)
    assert data["skipped"][0]["name"] == "broken.ipynb"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such-folder", "--out", "mine.json"], "no-such-folder"),
        (["empty", "--out", "mine.json"], "no document could be read"),
        (["course", "--out", "missing/mine.json"], "there is no such folder"),
        (["course", "--out", "course"], "is a directory"),
        (["course"], "--out"),
        (["course", "--out", "mine.json", "--model", "http://127.0.0.1:9/v1"], "needs an address and a model's name"),
        (["--out", "mine.json"], "DOCS"),
    ],
)
def test_wrong_input_is_told(invoke: Invoke, course: Path, workspace: Path, arguments: list[str], message: str) -> None:
    (workspace / "empty").mkdir()
    result = invoke("kg", "build", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert not (workspace / "mine.json").exists()


def test_nothing_is_kept_of_a_fresh_build(invoke: Invoke, course: Path, workspace: Path) -> None:
    assert invoke("kg", "build", "course", "--out", "a.json", "--fresh").exit_code == 0
    assert kept(workspace) == []
    assert invoke("kg", "build", "course", "--out", "b.json", "--name", "a").exit_code == 0
    assert invoke("kg", "build", "course", "--out", "c.json", "--name", "a").exit_code == 0
    assert len(kept(workspace)) == 1
    contents = {(workspace / name).read_text("utf-8") for name in ("a.json", "b.json", "c.json")}
    assert len(contents) == 1


def test_a_cache_that_cannot_be_used_stops_no_build(invoke: Invoke, course: Path, workspace: Path) -> None:
    (workspace / "cache").write_text("no folder", "utf-8")
    result = invoke("kg", "build", "course", "--out", "mine.json")
    assert result.exit_code == 0, result.output
    assert (workspace / "mine.json").exists()


def test_a_model_adds_what_it_can_quote(
    invoke: Invoke, course: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoke("kg", "build", "course", "--out", "alone.json")
    edge = min(read_graph_file(workspace / "alone.json").edges, key=lambda edge: edge.confidence or 0)
    said = {"source": edge.source, "target": edge.target, "type": edge.type, "quote": edge.sentence}

    def answer(messages: list[BaseMessage]) -> dict[str, object]:
        shown = str(messages[-1].text)
        heard = all(text in shown for text in (f"- {edge.source}\n", f"- {edge.target}\n", edge.sentence or ""))
        return {"relations": [said] if heard else []}

    chat = ScriptedChat(script=answer)
    monkeypatch.setattr("gradatim.serving.open_chat_model", lambda model, settings: chat)
    assert invoke("kg", "build", "course", "--out", "both.json", "--model", "any").exit_code == 0
    assert chat.requests
    (again,) = [
        other
        for other in read_graph_file(workspace / "both.json").edges
        if (other.source, other.target, other.type) == (edge.source, edge.target, edge.type)
    ]
    assert (again.confidence or 0) > (edge.confidence or 0)


def test_a_model_that_cannot_be_reached_is_told(invoke: Invoke, course: Path, workspace: Path) -> None:
    result = invoke("kg", "build", "course", "--out", "mine.json", "--model", "http://127.0.0.1:9/v1#name")
    assert result.exit_code == 3
    assert "127.0.0.1:9" in result.stderr
    assert not (workspace / "mine.json").exists()
