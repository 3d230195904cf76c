from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.conftest import Invoke
from tests.kg.scoring.files import graph

A = """\
{"id": "1", "text": "A list is a sequence. Unlike a tuple, it is mutable.", "concepts": [{"name": "list"}, \
{"name": "sequence"}, {"name": "tuple"}], "relations": [{"source": "list", "target": "sequence", \
"type": "hierarchical"}, {"source": "list", "target": "tuple", "type": "similarity"}]}
"""
B = A.replace(', {"source": "list", "target": "tuple", "type": "similarity"}', "")


@pytest.fixture
def files(workspace: Path) -> Path:
    edges = ["sequence -> list", "list ~ tuple", "tuple < sequence"]
    graph("list; tuple; sequence; list comprehension", edges).write(workspace / "gold.json")
    built = ["list -> sequence", "tuple ~ list", "weather ~ tuple"]
    graph("lists; tuple; sequence; comprehension; weather", built).write(workspace / "built.json")
    (workspace / "a.jsonl").write_text(A, "utf-8")
    (workspace / "b.jsonl").write_text(B, "utf-8")
    return workspace


def test_scores_as_a_table(invoke: Invoke, files: Path) -> None:
    result = invoke("kg", "score", "gold.json", "--graph", "built.json")
    assert result.exit_code == 0, result.output
    lines = {line.split("  ")[0]: line.split() for line in result.stdout.splitlines() if line}
    assert lines["concepts (exact)"][-6:] == ["0.600", "0.750", "0.667", "3", "5", "4"]
    assert lines["similarity (relaxed)"][-6:] == ["0.500", "1.000", "0.667", "1", "2", "1"]
    assert lines["prerequisite (exact)"][-6:] == ["0.000", "0.000", "0.000", "0", "1", "1"]
    for heading in ("split compound: 1", "ambiguous word: 1", "wrong direction: 1", "missed relation: 1"):
        assert heading in result.stdout
    assert "  list comprehension  (in the graph: " in result.stdout
    assert "  sequence → list (prerequisite)" in result.stdout


def test_scores_as_json(invoke: Invoke, files: Path) -> None:
    data = json.loads(invoke("kg", "score", "gold.json", "--graph", "built.json", "--json").stdout)
    assert (data["concepts_precision"], data["concepts_recall"], data["concepts_f1"]) == (0.6, 0.75, 0.6667)
    assert (data["similarity_found"], data["similarity_gold"], data["similarity_right"]) == (2, 1, 1)
    assert data["prerequisite_exact_f1"] == 0
    assert (data["related_right"], data["related_found"], data["related_gold"]) == (2, 3, 3)
    kinds = [item["kind"] for item in data["errors"]]
    assert sorted(kinds) == [
        "ambiguous word",
        "missed relation",
        "split compound",
        "spurious relation",
        "wrong direction",
    ]


def test_long_lists_of_errors_are_cut_unless_asked_for(invoke: Invoke, workspace: Path) -> None:
    graph("; ".join(f"word{chr(97 + number)}" for number in range(20))).write(workspace / "built.json")
    graph("list").write(workspace / "gold.json")
    short = invoke("kg", "score", "gold.json", "--graph", "built.json").stdout
    assert "ambiguous word: 20" in short
    assert "and 8 more (--errors lists them)" in short
    assert "wordt" not in short
    assert "wordt" in invoke("kg", "score", "gold.json", "--graph", "built.json", "--errors").stdout


def test_agreement_of_annotations(invoke: Invoke, files: Path) -> None:
    result = invoke("kg", "score", "--annotations", "a.jsonl", "b.jsonl")
    assert result.exit_code == 0, result.output
    assert "two annotations of 1 segment" in result.stdout
    assert "κ 1.000" in result.stdout
    data = json.loads(invoke("kg", "score", "--annotations", "a.jsonl", "b.jsonl", "--json").stdout)
    assert (data["segments"], data["concept_kappa"], data["concept_agreement_f1"]) == (1, 1, 1)
    assert (data["hierarchical_agreement_f1"], data["similarity_agreement_f1"]) == (1, 0)
    # Three pairs, two of them decided alike: observed 2/3, chance (1·1 + 1·2 + 1·0)/9.
    assert data["relation_kappa"] == round((2 / 3 - 3 / 9) / (1 - 3 / 9), 4)
    assert "errors" not in data


def test_noun_phrases_that_both_rejected_count_where_the_text_is_given(invoke: Invoke, files: Path) -> None:
    (files / "b.jsonl").write_text(
        B.replace('{"name": "list"}, ', '{"name": "day"}, ').replace('"source": "list"', '"source": "tuple"'), "utf-8"
    )
    (files / "a.jsonl").write_text(A.replace("mutable.", "mutable. The weather on a Monday morning is nice."), "utf-8")
    with_text = json.loads(invoke("kg", "score", "--annotations", "a.jsonl", "b.jsonl", "--json").stdout)
    (files / "a.jsonl").write_text(A.replace('"text"', '"note"'), "utf-8")
    without = json.loads(invoke("kg", "score", "--annotations", "a.jsonl", "b.jsonl", "--json").stdout)
    assert with_text["concept_agreement_f1"] == without["concept_agreement_f1"]
    assert with_text["concept_kappa"] > without["concept_kappa"]


def test_both_at_once(invoke: Invoke, files: Path) -> None:
    arguments = "kg", "score", "gold.json", "--graph", "built.json", "--annotations", "a.jsonl", "b.jsonl"
    data = json.loads(invoke(*arguments, "--json").stdout)
    assert {"concepts_f1", "concept_kappa", "errors"} <= data.keys()
    assert "two annotations of 1 segment" in invoke(*arguments).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "belong together"),
        (["gold.json"], "belong together"),
        (["--graph", "built.json"], "belong together"),
        (["gold.json", "--annotations", "a.jsonl", "b.jsonl"], "belong together"),
        (["no.json", "--graph", "built.json"], "no.json: cannot be read"),
        (["gold.json", "--graph", "two.jsonl"], "two.jsonl:2: is not valid JSON"),
        (["gold.json", "--graph", "broken.json"], "broken.json:2: is not valid JSON"),
        (["--annotations", "a.jsonl", "broken.json"], "broken.json:1"),
        (["--annotations", "a.jsonl", "other.jsonl"], "not about the same segments"),
    ],
)
def test_wrong_input_is_told(invoke: Invoke, files: Path, arguments: list[str], message: str) -> None:
    (files / "broken.json").write_text("{\n,", "utf-8")
    (files / "two.jsonl").write_text(A + B, "utf-8")
    (files / "other.jsonl").write_text(A.replace('"1"', '"2"'), "utf-8")
    result = invoke("kg", "score", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output
