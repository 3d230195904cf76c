"""What items are about."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.errors import InputError
from gradatim.memory.collection import ConceptMap, Item, read_concepts


def test_a_table_of_concepts(tmp_path: Path) -> None:
    path = tmp_path / "concepts.csv"
    path.write_text("\ufeffItem,Concepts,max,pass\nq1,loops; ranges,10,0.8\nq1,loops;sums,,\nQ 2,sums,,\n", "utf-8")
    known = read_concepts(path)
    assert known.find("q1") == Item(("loops", "ranges", "sums"), 10.0, 0.8)
    assert known.find(" q  2 ") == Item(("sums",))
    assert known.find("q3") is None
    assert known.find(None) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,colour\n", "names no item"),
        ("item,concepts\n,loops\n", "empty"),
        ("item,concepts,max\nq,a,-1\n", "'-1'"),
        ("item,concepts,pass\nq,a,80\n", "'80'"),
        ("item,concepts,max\nq,a,nan\n", "'nan'"),
        ("item,concepts\nq,a\x07\n", "U+0007"),
    ],
)
def test_a_wrong_table_is_named_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "concepts.csv"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        read_concepts(path)
    assert words.lower() in str(error.value).lower()
    assert "concepts.csv" in str(error.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "concepts.csv").write_bytes(b"item,concepts\nq,caf\xe9\n")
    with pytest.raises(InputError, match="UTF-8"):
        read_concepts(tmp_path / "concepts.csv")


def test_spellings_that_several_items_share_find_none() -> None:
    known = ConceptMap({"Q1": Item(("loops",)), "q1": Item(("sums",))})
    assert known.find("Q1") == Item(("loops",))
    assert known.find("q1") == Item(("sums",))
    assert known.find(" Q1") is None


def test_maps_are_joined() -> None:
    one = ConceptMap({"a": Item(("loops",)), "b": Item(points=5)}, ("a",))
    two = ConceptMap({"a": Item(("sums",), pass_mark=0.7), "b": Item(("ranges",)), "c": Item()}, ("c",))
    joined = one.joined(two)
    assert joined.items == {"a": Item(("loops",), None, 0.7), "b": Item(("ranges",), 5), "c": Item()}
    assert joined.bank == ("a", "c")


def test_the_concepts_of_tasks() -> None:
    class Given:
        id = "sum-up-to"
        concepts = ("range", "loops")

    assert ConceptMap.of_tasks([Given()]).find("sum-up-to") == Item(("range", "loops"))
