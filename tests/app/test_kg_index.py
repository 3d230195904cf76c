from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradatim.kg.passages.chroma import ChromaPassages
from gradatim.serving.embeddings import default_embedder
from tests.app.conftest import Invoke
from tests.app.kg_curriculum import write_curriculum

LOOPS = """\
# Loops

## For loops

A for loop repeats its statements once for each item of a list, and then the program goes on behind it.

## Weather

It rains today, and it rained yesterday, and it will rain tomorrow, as far as anybody can tell.

## Counting

The loop that counts is a for loop too: its numbers go from the first to the last one of a range.
"""


@pytest.fixture
def course(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADATIM_CURRICULUM", str(write_curriculum(workspace)))
    folder = workspace / "course"
    folder.mkdir()
    (folder / "loops.md").write_text(LOOPS, "utf-8")
    return folder


def indexed(workspace: Path) -> dict[str, tuple[str, ...]]:
    """Place and concepts of every passage."""
    folder = ChromaPassages(workspace / "data" / "passages", default_embedder)
    found = {item.place: item.concepts for item in folder.load()}
    folder.close()
    return found


def test_index_and_search(invoke: Invoke, course: Path, workspace: Path) -> None:
    result = invoke("kg", "index", "course")
    assert result.exit_code == 0, result.output
    assert result.stdout == "1 document: 2 passages, 2 of them new\n"
    assert indexed(workspace) == {"loops.md:5": ("for-loop",), "loops.md:13": ("for-loop", "loop")}
    result = invoke("kg", "index", "--search", "repeat something for every element")
    assert result.exit_code == 0
    first, second, *_ = result.stdout.splitlines()
    assert "loops.md:5  Loops › For loops" in first
    assert second == "      about for-loop"
    found = json.loads(invoke("kg", "index", "--search", "counting numbers", "--limit", "1", "--json").stdout)
    assert [item["place"] for item in found] == ["loops.md:13"]
    assert 0 < found[0]["similarity"] <= 1
    assert found[0]["concepts"] == ["for-loop", "loop"]


def test_a_document_is_brought_up_to_date(invoke: Invoke, course: Path, workspace: Path) -> None:
    invoke("kg", "index", "course")
    assert json.loads(invoke("kg", "index", "course", "--json").stdout) == {
        "documents": 1,
        "passages": 2,
        "added": 0,
        "skipped": [],
    }
    changed = LOOPS.replace("# Loops\n", "# Loops\n\nNew.\n", 1).replace("The loop that counts", "The loop counting")
    (course / "loops.md").write_text(changed, "utf-8")
    assert json.loads(invoke("kg", "index", "course", "--json").stdout)["added"] == 1
    assert set(indexed(workspace)) == {"loops.md:7", "loops.md:15"}


def test_what_is_left_out_is_told_by_the_exit_code(invoke: Invoke, course: Path, workspace: Path) -> None:
    (course / "broken.ipynb").write_text("{", "utf-8")
    result = invoke("kg", "index", "course", "--json")
    assert result.exit_code == 1
    assert "left out broken.ipynb: " in result.stderr
    data = json.loads(result.stdout)
    assert (data["documents"], data["skipped"][0]["name"]) == (1, "broken.ipynb")
    assert len(indexed(workspace)) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to index"),
        (["no-such-folder"], "no-such-folder"),
        (["empty"], "no document could be read"),
        (["course", "--curriculum", "no-such-curriculum"], "no-such-curriculum"),
        (["--search", "x", "--limit", "0"], "--limit"),
    ],
)
def test_wrong_input_is_told(invoke: Invoke, course: Path, workspace: Path, arguments: list[str], message: str) -> None:
    (workspace / "empty").mkdir()
    result = invoke("kg", "index", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert not (workspace / "data" / "passages").exists()


def test_nothing_is_found_where_nothing_is_indexed(invoke: Invoke, course: Path, workspace: Path) -> None:
    result = invoke("kg", "index", "--search", "loops")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no passages are indexed" in result.stderr
    assert json.loads(invoke("kg", "index", "--search", "loops", "--json").stdout) == []
    assert not (workspace / "data" / "passages").exists()


def test_a_folder_that_cannot_be_used_is_told(invoke: Invoke, course: Path, workspace: Path) -> None:
    (workspace / "data").mkdir()
    (workspace / "data" / "passages").write_text("no folder", "utf-8")
    result = invoke("kg", "index", "course")
    assert result.exit_code == 3
    assert str(workspace / "data" / "passages") in result.stderr
