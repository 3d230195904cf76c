from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.kg import ConceptGraph, packaged_curriculum
from gradatim.kg.passages import Passage, PassageIndex
from gradatim.kg.passages.index import AT_MOST, KEPT, curriculum_passages
from gradatim.kg.passages.opening import open_passages
from gradatim.kg.schema import Counterexample
from tests.kg.graphs import concept, small_graph


def passage(passage_id: str, *concepts: str, errors: tuple[str, ...] = (), relevance: float = 0.5) -> Passage:
    return Passage(passage_id, f"Text of {passage_id}.", concepts, errors=errors, relevance=relevance)


def about(
    passages: list[Passage], concepts: list[str], errors: tuple[str, ...] = (), limit: int = AT_MOST
) -> list[str]:
    return [item.id for item in PassageIndex(passages).about(concepts, errors, limit)]


def test_only_passages_about_the_concepts_are_given() -> None:
    given = [passage("a", "loop"), passage("b", "list"), passage("c", "loop", "list"), passage("d", "class")]
    assert sorted(about(given, ["loop", "list"])) == ["a", "b", "c"]
    assert about(given, ["unknown"]) == about(given, []) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (passage("z", "loop", errors=("IndexError",), relevance=0.1), passage("a", "loop", "list", relevance=0.9)),
        (passage("z", "loop", "list", relevance=0.1), passage("a", "loop", relevance=0.9)),
        (passage("z", "loop", relevance=0.1), passage("a", "list", relevance=0.9)),
        (passage("z", "loop", relevance=0.9), passage("a", "loop", relevance=0.1)),
        (passage("a", "loop"), passage("z", "loop")),
    ],
    ids=["shows the error", "about more concepts", "about the concept named first", "more relevant", "by id"],
)
def test_the_most_telling_goes_first(first: Passage, second: Passage) -> None:
    for given in ([first, second], [second, first]):
        assert about(given, ["loop", "list"], ("IndexError",)) == [first.id, second.id]


def test_a_wider_error_counts() -> None:
    given = [passage("a", "loop", relevance=0.9), passage("z", "loop", errors=("NameError",))]
    assert about(given, ["loop"], ("UnboundLocalError",)) == ["z", "a"]
    assert about(given, ["loop"], ("TypeError",)) == ["a", "z"]


def test_no_more_than_asked_for() -> None:
    given = [passage(f"p{number}", "loop") for number in range(9)]
    assert len(about(given, ["loop"])) == AT_MOST
    assert len(about(given, ["loop"], limit=7)) == 7


def test_of_a_concept_the_passages_that_are_most_about_it_are_kept() -> None:
    given = [passage(f"p{number:02}", "loop", relevance=number / 100) for number in range(KEPT + 8)]
    index = PassageIndex(given)
    assert len(index) == KEPT
    assert index.about(["loop"])[0].id == f"p{KEPT + 7}"
    assert f"p{7:02}" not in [item.id for item in index.about(["loop"], limit=99)]


# ---------------------------------------------------------------------------------------- curriculum


def test_counterexamples_are_passages() -> None:
    wrong = Counterexample(code="print(1)\nxs[9]\n", output="1\n", error="IndexError", why="There  is\nno ninth.")
    printed = Counterexample(code="print('a b')\n", output="a\nb\n", why="It prints.")
    graph = ConceptGraph(
        name="mine",
        concepts=(
            concept("index").model_copy(update={"counterexample": wrong}),
            concept("loop").model_copy(update={"counterexample": printed}),
            concept("list"),
        ),
    )
    first, second = curriculum_passages(graph)
    assert first.text == "There is no ninth. The program that shows it ends with IndexError:\nprint(1)\nxs[9]"
    assert (first.concepts, first.errors, first.source) == (("index",), ("IndexError",), "kg/mine")
    assert (first.heading, first.place) == ("How index goes wrong", "concept index")
    assert second.text.startswith("It prints. The program that shows it prints a / b:\n")
    assert second.errors == ("logical",)


def test_the_packaged_curriculum_has_passages() -> None:
    found = list(curriculum_passages(packaged_curriculum()))
    assert len({item.id for item in found}) == len(found) >= 400
    assert all(item.text and item.relevance == 1.0 for item in found)
    (item, *_) = PassageIndex(found).about(["range"], ["TypeError"])
    assert "range" in item.concepts


async def test_opening_without_indexed_documents_makes_no_folder(tmp_path: Path) -> None:
    index = await open_passages(small_graph(), tmp_path / "passages")
    assert len(index) == 0
    assert not (tmp_path / "passages").exists()


async def test_a_folder_that_cannot_be_used_is_left_out_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "passages").write_text("no folder", "utf-8")
    index = await open_passages(packaged_curriculum(), tmp_path / "passages")
    assert len(index) >= 400
    assert "go without the indexed course documents" in caplog.text
