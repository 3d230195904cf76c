from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.conftest import Invoke

GOOD = """\
topic: loops
title: Loops
concepts:
  - id: loop
    name: loop
    definition: Repeats statements.
  - id: for-loop
    name: for loop
    aliases: [counting loop]
    definition: Repeats once for each item.
    example: |
      for i in range(2):
          print(i)
    output: |
      0
      1
    prerequisites: [loop]
    parents: [loop]
misconceptions:
  - id: off-by-one
    concepts: [for-loop]
    belief: The last number is included.
    correction: It is not.
    looks_like: range(n)
    evidence: One round is missing.
    talk: Count the rounds.
    errors: [logical]
"""


@pytest.fixture
def curriculum(workspace: Path) -> Path:
    folder = workspace / "mine"
    folder.mkdir()
    (folder / "loops.yaml").write_text(GOOD, "utf-8")
    return folder


def test_the_packaged_curriculum_is_without_error(invoke: Invoke) -> None:
    result = invoke("kg", "check")
    assert result.exit_code == 0
    assert "0 errors" in result.stdout


def test_errors_are_listed_with_their_places(invoke: Invoke, curriculum: Path) -> None:
    (curriculum / "loops.yaml").write_text(GOOD.replace("prerequisites: [loop]", "prerequisites: [lop]"), "utf-8")
    result = invoke("kg", "check", "--curriculum", str(curriculum))
    assert result.exit_code == 1
    assert "error: mine/loops.yaml:17: concept for-loop: prerequisite 'lop' is not a concept" in result.stdout
    assert "did you mean 'loop'?" in result.stdout
    assert "1 error, 0 warnings" in result.stdout


def test_check_as_json(invoke: Invoke, curriculum: Path) -> None:
    result = invoke("kg", "check", "--json", "--curriculum", str(curriculum))
    data = json.loads(result.stdout)
    assert (result.exit_code, data["errors"], data["problems"]) == (0, 0, [])
    assert (data["curriculum"], data["concepts"], data["relations"], data["misconceptions"]) == ("mine", 2, 2, 1)


def test_the_curriculum_of_the_settings_is_checked(
    invoke: Invoke, curriculum: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADATIM_CURRICULUM", str(curriculum))
    assert invoke("kg", "check").stdout.startswith("mine: 2 concepts")


def test_a_folder_that_is_not_there(invoke: Invoke) -> None:
    result = invoke("kg", "check", "--curriculum", "nowhere")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: nowhere: there is no such folder\nremedy: ")


@pytest.mark.parametrize("name", ["for-loop", "For Loop", "counting loops"])
def test_show_a_concept(invoke: Invoke, curriculum: Path, name: str) -> None:
    result = invoke("kg", "show", name, "--curriculum", str(curriculum))
    assert result.exit_code == 0
    for part in (
        "for loop  (for-loop, topic loops)",
        "also called counting loop",
        "Repeats once for each item.",
        "    for i in range(2):\n        print(i)\nprints\n    0\n    1\n",
        "Needs first: loop\n",
        "Kind or part of: loop\n",
        "off-by-one: The last number is included.",
    ):
        assert part in result.stdout


def test_show_a_concept_as_json(invoke: Invoke, curriculum: Path) -> None:
    data = json.loads(invoke("kg", "show", "for-loop", "--json", "--curriculum", str(curriculum)).stdout)
    assert data["id"] == "for-loop"
    assert data["prerequisites"] == [{"concept": "loop", "distance": 1, "weight": 1.0}]
    assert data["parents"] == ["loop"]
    assert data["misconceptions"] == [{"id": "off-by-one", "belief": "The last number is included."}]


def test_the_chain_is_shown_nearest_first(invoke: Invoke) -> None:
    result = invoke("kg", "show", "range")
    chain = next(line for line in result.stdout.splitlines() if line.startswith("Needs first: "))
    assert "for-loop" in chain.split("←")[0]
    assert "program" in chain.split("←")[-2]


def test_show_a_misconception(invoke: Invoke, curriculum: Path) -> None:
    result = invoke("kg", "show", "off-by-one", "--curriculum", str(curriculum))
    assert "In truth: It is not." in result.stdout


def test_near_misses_are_proposed(invoke: Invoke) -> None:
    result = invoke("kg", "show", "rnage")
    assert result.exit_code == 2
    assert "did you mean range" in result.stderr


def test_an_ambiguous_name_is_not_guessed(invoke: Invoke) -> None:
    result = invoke("kg", "show", "flag")
    assert result.exit_code == 2
    assert "flag-variable" in result.stderr
    assert "boolean-flag" in result.stderr


def test_stats(invoke: Invoke, curriculum: Path) -> None:
    data = json.loads(invoke("kg", "stats", "--json", "--curriculum", str(curriculum)).stdout)
    assert data["prerequisite_relations"] == 1
    assert data["hierarchical_relations"] == 1
    assert data["relations_per_concept"] == 1.0
    assert data["longest_prerequisite_chain"] == 1
    assert data["by_topic"] == [{"topic": "loops", "concepts": 2, "misconceptions": 1}]
    assert "Loops" in invoke("kg", "stats", "--curriculum", str(curriculum)).stdout
