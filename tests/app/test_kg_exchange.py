from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradatim.kg import load_curriculum
from tests.app.conftest import Invoke
from tests.app.kg_curriculum import write_curriculum


@pytest.fixture
def curriculum(workspace: Path) -> Path:
    return write_curriculum(workspace)


@pytest.mark.parametrize("file", ["g.graphml", "g.jsonld", "g.zip", "tables", "g.json"])
def test_there_and_back(invoke: Invoke, curriculum: Path, workspace: Path, file: str) -> None:
    version = load_curriculum(curriculum).version
    result = invoke("kg", "export", file, "--curriculum", str(curriculum))
    assert result.exit_code == 0
    assert f"{file}: 2 concepts, 2 relations, 1 misconception, as" in result.stdout
    result = invoke("kg", "import", file, "--out", "new/mine")
    assert (result.exit_code, result.stderr) == (0, "")
    assert version in result.stdout
    assert load_curriculum(workspace / "new" / "mine").version == version
    assert invoke("kg", "check", "--curriculum", "new/mine").exit_code == 0


def test_export_as_json_of_a_part(invoke: Invoke) -> None:
    data = json.loads(invoke("kg", "export", "r.cypher", "--around", "range", "--depth", "1", "--json").stdout)
    assert (data["format"], data["files"]) == ("cypher", ["r.cypher"])
    assert 5 < data["concepts"] < 40
    assert json.loads(invoke("kg", "export", "r.cypher", "--around", "range", "--json").stdout)["concepts"] > 40


def test_the_format_can_be_chosen(invoke: Invoke, curriculum: Path, workspace: Path) -> None:
    assert invoke("kg", "export", "g.txt", "--format", "jsonld", "--curriculum", str(curriculum)).exit_code == 0
    assert "@graph" in (workspace / "g.txt").read_text("utf-8")
    assert invoke("kg", "import", "g.txt", "--format", "jsonld", "--out", "read").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("export", "g.odt"), "g.odt: no format of concept graphs ends in '.odt'"),
        (("export", "g.json", "--around", "lop"), "did you mean loop"),
        (("export", "g.json", "--depth", "1"), "give --around CONCEPT"),
        (("export", "no/g.json"), "cannot be written"),
        (("import", "g.json", "--out", "x"), "g.json: there is no such file"),
        (("import", "mine", "--out", "x"), "mine: holds no nodes.csv"),
    ],
)
def test_what_cannot_be_done_is_told_with_a_remedy(
    invoke: Invoke, curriculum: Path, arguments: tuple[str, ...], part: str
) -> None:
    extra = ("--curriculum", str(curriculum)) if arguments[0] == "export" else ()
    result = invoke("kg", *arguments, *extra)
    assert (result.exit_code, result.stdout) == (2, "")
    assert part in result.stderr
    assert "remedy: " in result.stderr


def test_a_folder_with_something_in_it_is_left_alone(invoke: Invoke, curriculum: Path, workspace: Path) -> None:
    invoke("kg", "export", "g.json", "--curriculum", str(curriculum))
    result = invoke("kg", "import", "g.json", "--out", "mine")
    assert result.exit_code == 2
    assert "mine: is there already, and not empty" in result.stderr
    assert [path.name for path in curriculum.iterdir()] == ["loops.yaml"]
    (workspace / "empty").mkdir()
    assert invoke("kg", "import", "g.json", "--out", "empty").exit_code == 0


BUILT = {
    "name": "Course Notes",
    "concepts": [
        {"name": "for loop", "aliases": ["for"], "sentence": "A for loop repeats.", "confidence": 0.9},
        {"name": "Loop", "definition": "Repeats.", "confidence": 0.8},
        {"name": "C++", "sentence": "C++ is a language."},
        {"name": "C", "sentence": "C is a language."},
        {"name": "++", "sentence": "++ adds one."},
        {"name": "while"},
    ],
    "edges": [
        {"source": "loops", "target": "for", "type": "prerequisite", "confidence": 0.7},
        {"source": "while", "target": "loop", "type": "hierarchical"},
    ],
}


def test_a_built_graph_becomes_a_curriculum(invoke: Invoke, workspace: Path) -> None:
    (workspace / "built.json").write_text(json.dumps(BUILT), "utf-8")
    result = invoke("kg", "import", "built.json", "--out", "mine")
    assert result.exit_code == 1
    assert "built.json: concepts.5: concept 'while' is left out: it has neither a definition nor" in result.stderr
    assert "1 edge of 'while' left out" in result.stderr
    graph = load_curriculum(workspace / "mine")
    assert [(concept.id, concept.definition) for concept in graph.concepts] == [
        ("for-loop", "A for loop repeats."),
        ("loop", "Repeats."),
        ("c", "C++ is a language."),
        ("c-2", "C is a language."),
        ("plus-plus", "++ adds one."),
    ]
    assert [(edge.source, edge.target, edge.type) for edge in graph.relations] == [("loop", "for-loop", "prerequisite")]
    assert [(topic.id, topic.title) for topic in graph.topics] == [("course-notes", "Course Notes")]
    data = json.loads(invoke("kg", "import", "built.json", "--out", "again", "--json").stdout)
    assert (data["concepts"], len(data["left_out"])) == (5, 2)


def test_a_built_graph_that_runs_in_circles_is_refused(invoke: Invoke, workspace: Path) -> None:
    edges = [*BUILT["edges"], {"source": "for loop", "target": "loop", "type": "prerequisite"}]
    (workspace / "built.json").write_text(json.dumps({**BUILT, "edges": edges}), "utf-8")
    result = invoke("kg", "import", "built.json", "--out", "mine")
    assert result.exit_code == 2
    assert "built.json: edges.2: prerequisite relations run in a circle" in result.stderr
    assert not (workspace / "mine").exists()
