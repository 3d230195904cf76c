from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from gradatim.errors import InputError
from gradatim.kg import InconsistentGraph
from gradatim.kg.exchange import export_graph, import_graph, limits
from gradatim.kg.exchange.tables import write_tables
from tests.kg.graphs import small_graph

HEAD = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'


def _refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        import_graph(path)
    return str(caught.value)


def _xml(folder: Path, text: str) -> Path:
    path = folder / "bad.graphml"
    path.write_text(text, "utf-8")
    return path


def test_entity_bombs_are_refused_unread(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY a{n} "{"&a" + str(n - 1) + ";" if n else "ha"}{"x" * 10}">' for n in range(30))
    message = _refused(_xml(tmp_path, f"<?xml version='1.0'?>\n<!DOCTYPE g [{entities}]>\n{HEAD}&a29;</graphml>"))
    assert "bad.graphml:2: has a document type" in message


@pytest.mark.parametrize("kind", ["SYSTEM 'secret.txt'", "SYSTEM 'http://127.0.0.1:9/x'", "PUBLIC 'a' 'secret.txt'"])
def test_external_entities_are_refused(tmp_path: Path, kind: str) -> None:
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    message = _refused(_xml(tmp_path, f"<!DOCTYPE g [<!ENTITY e {kind}>]>{HEAD}&e;</graphml>"))
    assert "document type" in message
    assert "remove the declaration" in message


def test_deep_xml_is_refused(tmp_path: Path) -> None:
    message = _refused(_xml(tmp_path, HEAD + "\n<graph>" + "<x>" * 100_000))
    assert "bad.graphml:2: has more than 64 elements in one another" in message


def test_a_text_without_end_is_refused_with_its_line(tmp_path: Path) -> None:
    message = _refused(_xml(tmp_path, f'{HEAD}<graph>\n<node id="a"><data key="d">{"x" * 2_000_000}</data></node>'))
    assert "bad.graphml:2: a text is longer" in message


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "not well-formed XML"),
        ("<svg/>", "holds 'svg', not graphml"),
        (HEAD, "not well-formed XML"),
        (f"{HEAD}</graphml>", "holds no graph"),
        (f"{HEAD}<graph/>\n<graph/></graphml>", "bad.graphml:2: has several graphs"),
        (f"{HEAD}<graph><node id='a'><graph/></node></graph></graphml>", "has a graph in a graph"),
        (f"{HEAD}<graph><node id='a'/>\n<node id='a'/></graph></graphml>", "bad.graphml:2: node 'a' is there twice"),
        ("<?xml version='1.0' encoding='nonsense'?><graphml/>", "not well-formed XML"),
    ],
)
def test_what_is_no_graphml_is_told(tmp_path: Path, text: str, part: str) -> None:
    assert part in _refused(_xml(tmp_path, text))


@pytest.mark.parametrize("name", ["bad.json", "bad.jsonld"])
@pytest.mark.parametrize(
    "text", ["[" * 200_000, '{"a":' * 200_000, '{"concepts":' + "9" * 5_000 + "}", "", "\xff", "NaN"]
)
def test_hostile_json_is_refused(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode("latin-1"))
    assert name in _refused(path)


def test_halves_of_characters_are_refused(tmp_path: Path) -> None:
    export_graph(small_graph(), tmp_path / "a.jsonld")
    text = (tmp_path / "a.jsonld").read_text("utf-8").replace("What range is.", "\\ud800").replace("small", "\\udc00")
    (tmp_path / "a.jsonld").write_text(text, "utf-8")
    assert "@graph[7]: concept 'range': definition:" in _refused(tmp_path / "a.jsonld")


@pytest.mark.parametrize("name", ["big.graphml", "big.json", "big.jsonld", "big.zip", "big/nodes.csv"])
def test_a_file_of_a_gigabyte_is_not_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.truncate(2**30)
    assert "holds more than 256 MiB" in _refused(tmp_path / name.partition("/")[0])


def test_a_cell_without_end_is_refused_with_its_line(tmp_path: Path) -> None:
    export_graph(small_graph(), tmp_path / "t")
    nodes = tmp_path / "t" / "nodes.csv"
    for length, part in ((3_000_000, "a cell is too long"), (120_000, "definition is longer than 100,000 characters")):
        text = nodes.read_text("utf-8").replace("What integer is.", "x" * length)
        (tmp_path / "t" / "nodes.csv").write_text(text, "utf-8", newline="")
        assert f"nodes.csv:3: {part}" in _refused(tmp_path / "t").replace("concept: ", "")
        export_graph(small_graph(), tmp_path / "t")


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_FILE", 1_000_000)
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in write_tables(small_graph()).items():
            archive.writestr(name, content + b"\n" * (5_000_000 if name == "edges.csv" else 0))
    assert (tmp_path / "b.zip").stat().st_size < 20_000
    assert "b.zip/edges.csv: holds more than" in _refused(tmp_path / "b.zip")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nonsense", b"x" * 1000])
def test_what_is_no_zip_file_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.zip").write_bytes(content)
    assert "b.zip: is not a zip file" in _refused(tmp_path / "b.zip")


def test_a_zip_file_in_a_folder_of_its_own_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for name, content in write_tables(small_graph()).items():
            archive.writestr(f"../../small/{name}", content)
    assert import_graph(tmp_path / "b.zip").graph.version == small_graph().version
    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]


@pytest.mark.parametrize(
    ("table", "old", "new", "part"),
    [
        ("edges.csv", "loop,for-loop", "lop,for-loop", "edges.csv:3: concept for-loop: prerequisite 'lop' is not"),
        ("edges.csv", "statement,loop,", "range,loop,", "run in a circle"),
        ("edges.csv", "0.9", "1.5", "edges.csv:3: relation number 2: weight: input should be less"),
        ("edges.csv", "0.9", "nan", "edges.csv:3: relation number 2: weight"),
        ("edges.csv", "prerequisite,0.9", "is-a,0.9", "edges.csv:3: relation number 2: type"),
        ("nodes.csv", "integer,integer", "Int,integer", "nodes.csv:3: concept 'Int': id 'Int' has to be lower-case"),
        ("nodes.csv", "integer,integer", "loop,integer", "nodes.csv:4: concept loop: the id is used twice"),
        ("nodes.csv", "What integer is.", "", "nodes.csv:3: concept 'integer': 'definition' is missing"),
        ("nodes.csv", "id,label", "key,label", "nodes.csv:1: has no column id"),
        ("nodes.csv", "What integer is.", '"What', "nodes.csv:3: is not valid CSV"),
        ("nodes.csv", "What integer is.", "a,b,c,d,e,f,g,h,i,j", "nodes.csv:3: has 20 cells"),
        ("misconceptions.csv", "timeout", "tiresome", "misconceptions.csv:6: misconception endless: 'tiresome' is not"),
        ("graph.csv", "topic,basics", "chapter,basics", "graph.csv:3: the kind has to be graph or topic"),
    ],
)
def test_mistakes_in_tables_are_told_with_their_lines(
    tmp_path: Path, table: str, old: str, new: str, part: str
) -> None:
    export_graph(small_graph(), tmp_path / "t")
    path = tmp_path / "t" / table
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())
    assert part in _refused(tmp_path / "t")


def test_tables_of_other_programs(tmp_path: Path) -> None:
    """As a spreadsheet saves them: with a mark, semicolons, more columns, and nothing but what is needed."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "nodes.csv").write_text(
        "\ufeffId;Label;Topic;Definition;Colour\nloop;Loop;loops;Repeats.;red\n\n", "utf-8"
    )
    (folder / "edges.csv").write_text("source;target;kind\n", "utf-8")
    graph = import_graph(folder).graph
    assert (graph.name, graph.concepts[0].name, graph.topics[0].id) == ("mine", "Loop", "loops")


def test_tables_that_are_missing(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    assert "holds no nodes.csv" in _refused(tmp_path / "t")


def test_formulas_do_not_reach_a_spreadsheet(tmp_path: Path) -> None:
    graph = small_graph()
    bad = graph.concepts[0].model_copy(update={"definition": '=HYPERLINK("http://127.0.0.1")', "name": "'+x"})
    export_graph(type(graph)(**{**dict(graph), "concepts": (bad, *graph.concepts[1:])}), tmp_path / "t")
    text = (tmp_path / "t" / "nodes.csv").read_text("utf-8")
    assert ",\"'=HYPERLINK(" in text
    assert ",''+x," in text
    assert import_graph(tmp_path / "t").graph.concepts[0] == bad


def test_mistakes_in_json_ld_are_told_with_their_nodes(tmp_path: Path) -> None:
    export_graph(small_graph(), tmp_path / "a.jsonld")
    data = json.loads((tmp_path / "a.jsonld").read_text("utf-8"))
    nodes = data["@graph"]
    nodes.append(7)
    nodes.append({"@type": "Person"})
    nodes.append({"@type": "WeightedRelation", "relation": "prerequisite", "source": "a", "target": "b", "weight": 0.5})
    next(node for node in nodes[2:] if node.get("@id") == "concept:loop")["prerequisite"] = ["concept:range"]
    (tmp_path / "a.jsonld").write_text(json.dumps(data), "utf-8")
    with pytest.raises(InconsistentGraph) as caught:
        import_graph(tmp_path / "a.jsonld")
    text = str(caught.value)
    last = len(nodes) - 1
    for part in (
        f"@graph[{last - 2}]: has to be an object",
        f"@graph[{last - 1}]: is none of the types",
        f"@graph[{last}]: there is no prerequisite relation from 'a' to 'b'",
        "run in a circle: ",
    ):
        assert part in text


def test_thousands_of_problems_are_not_all_listed(tmp_path: Path) -> None:
    data = {"@graph": [{"@type": "Concept", "@id": f"concept:c{number}"} for number in range(10_000)]}
    (tmp_path / "a.jsonld").write_text(json.dumps(data), "utf-8")
    message = _refused(tmp_path / "a.jsonld")
    assert len(message) < 10_000
    assert "more" in message


def test_texts_too_long_to_be_read_again_are_not_written(tmp_path: Path) -> None:
    graph = small_graph()
    long = graph.concepts[1].model_copy(update={"definition": "x" * 100_001})
    with pytest.raises(InputError, match="concept integer: definition is longer than 100,000 characters"):
        export_graph(type(graph)(**{**dict(graph), "concepts": (long,), "relations": ()}), tmp_path / "a.jsonld")


def test_files_that_are_not_there_or_cannot_be_written(tmp_path: Path) -> None:
    assert "there is no such file" in _refused(tmp_path / "a.json")
    (tmp_path / "a.odt").touch()
    assert "no format of concept graphs ends in '.odt'" in _refused(tmp_path / "a.odt")
    (tmp_path / "a.cypher").touch()
    assert "does not read" in _refused(tmp_path / "a.cypher")
    for name in ("no/a.graphml", "no/a.json", "a.odt/t", "n" * 300 + ".graphml"):
        with pytest.raises(InputError, match="cannot be"):
            export_graph(small_graph(), tmp_path / name)
