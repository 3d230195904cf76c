from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.conftest import Invoke
from tests.app.kg_curriculum import GOOD, write_curriculum


@pytest.fixture
def curriculum(workspace: Path) -> Path:
    return write_curriculum(workspace)


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


def test_stats(invoke: Invoke, curriculum: Path) -> None:
    data = json.loads(invoke("kg", "stats", "--json", "--curriculum", str(curriculum)).stdout)
    assert data["prerequisite_relations"] == 1
    assert data["hierarchical_relations"] == 1
    assert data["relations_per_concept"] == 1.0
    assert data["longest_prerequisite_chain"] == 1
    assert data["by_topic"] == [{"topic": "loops", "concepts": 2, "misconceptions": 1}]
    assert "Loops" in invoke("kg", "stats", "--curriculum", str(curriculum)).stdout
