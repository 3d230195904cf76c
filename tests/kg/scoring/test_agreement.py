from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.kg.scoring import Segment, agreement, read_annotation
from gradatim.kg.scoring.agreement import kappa
from tests.kg.scoring.files import concept, edge


def segment(number: int, concepts: str, *relations: str) -> Segment:
    return Segment(
        id=str(number),
        concepts=tuple(concept(part) for part in concepts.split(";") if part.strip()),
        relations=tuple(map(edge, relations)),
    )


def table(*rows: list[int]) -> Counter[tuple[object, object]]:
    return Counter({(a, b): count for a, row in enumerate(rows) for b, count in enumerate(row)})


# ------------------------------------------------------------------------------------------------- κ


def test_the_worked_example_of_the_textbook() -> None:
    """Two raters' diagnoses of 100 subjects (Fleiss, Levin and Paik 2003, Statistical Methods for Rates and
    Proportions, chapter 18): 89 % observed and 66 % chance agreement, κ = 0.68."""
    assert kappa(table([75, 1, 4], [5, 4, 1], [0, 0, 10])) == pytest.approx(0.23 / 0.34)
    assert round(kappa(table([75, 1, 4], [5, 4, 1], [0, 0, 10])), 2) == 0.68


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[20, 5], [10, 15]], 0.4),  # observed 0.7, chance 0.5
        ([[45, 15], [25, 15]], 0.06 / 0.46),  # observed 0.6, chance 0.54
        ([[10, 0], [0, 10]], 1.0),
        ([[0, 10], [10, 0]], -1.0),
        ([[5, 5], [5, 5]], 0.0),
        ([[10]], 1.0),
        ([[0, 10], [0, 0]], 0.0),
        ([], 1.0),
    ],
)
def test_kappa_by_hand(rows: list[list[int]], expected: float) -> None:
    assert kappa(table(*rows)) == pytest.approx(expected)


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 20), min_size=3, max_size=3), min_size=3, max_size=3))
def test_kappa_is_symmetric_and_bounded(rows: list[list[int]]) -> None:
    found = kappa(table(*rows))
    assert -1 <= found <= 1
    assert found == pytest.approx(kappa(table(*map(list, zip(*rows, strict=True)))))
    assert found < 1 or not any(rows[a][b] for a in range(3) for b in range(3) if a != b)


# ---------------------------------------------------------------------------------------- annotations


def test_the_same_annotation_agrees_fully() -> None:
    one = [segment(1, "list; tuple", "list ~ tuple"), segment(2, "loop; for loop", "loop -> for loop")]
    found = agreement(one, one, [[("list",), ("day",)], [("week",)]])
    assert found.segments == 2
    assert (found.concept_kappa, found.concept_f1, found.relation_kappa) == (1, 1, 1)
    assert found.relation_f1 == {"prerequisite": 1, "similarity": 1, "hierarchical": 1}


def test_agreement_by_hand() -> None:
    left = [segment(1, "list; tuple; string", "list ~ tuple", "string -> list")]
    right = [segment(1, "tuples; lists; sequence", "tuples ~ lists")]
    noun_phrases = [[("list",), ("tuple",), ("string",), ("sequence",), ("day",), ("week",), ("weather",)]]
    found = agreement(left, right, noun_phrases)
    # Both say yes to 2 phrases, one alone to 1 each, and no to 3: observed 5/7, chance (3·3 + 4·4)/49.
    assert found.concept_kappa == pytest.approx((5 / 7 - 25 / 49) / (1 - 25 / 49))
    assert found.concept_f1 == pytest.approx(2 * 2 / 6)
    assert found.relation_f1["similarity"] == 1
    # Without the phrases that both rejected: observed 2/4, chance (3·3 + 1·1)/16.
    assert agreement(left, right).concept_kappa == pytest.approx((2 / 4 - 10 / 16) / (1 - 10 / 16))


def test_kappa_of_relations_by_hand() -> None:
    left = [segment(1, "a; b; c", "a -> b", "b ~ c")]
    right = [segment(1, "c; b; a", "a -> b", "c < a")]
    # The three pairs: a–b the same, b–c similarity against none, a–c none against a kind.
    assert agreement(left, right).relation_kappa == pytest.approx((1 / 3 - 2 / 9) / (1 - 2 / 9))
    assert agreement(left, right).relation_f1 == {"prerequisite": 1, "similarity": 0, "hierarchical": 0}


def test_the_direction_counts_but_not_that_of_similarity() -> None:
    there, back = [segment(1, "a; b", "a -> b")], [segment(1, "b; a", "b -> a")]
    assert agreement(there, back).relation_f1["prerequisite"] == 0
    assert agreement(there, there).relation_f1["prerequisite"] == 1
    assert agreement([segment(1, "a; b", "a ~ b")], [segment(1, "a; b", "b ~ a")]).relation_f1["similarity"] == 1


def test_relations_of_concepts_that_one_alone_annotated_do_not_count() -> None:
    found = agreement([segment(1, "a; b", "a -> b")], [segment(1, "a")])
    assert (found.relation_kappa, found.relation_f1["prerequisite"]) == (1, 1)


def test_relations_may_name_aliases() -> None:
    left, right = [segment(1, "list = array; tuple", "array ~ tuple")], [segment(1, "list; tuple", "list ~ tuple")]
    assert agreement(left, right).relation_f1["similarity"] == 1
    assert agreement(left, right).relation_kappa == 1


@pytest.mark.parametrize("ids", [(1,), (2, 1), (1, 2, 3)])
def test_annotations_of_other_segments_cannot_be_compared(ids: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="same segments"):
        agreement([segment(1, "a"), segment(2, "b")], [segment(number, "a") for number in ids])


# ---------------------------------------------------------------------------------------------- files


def test_an_annotation_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"id": "1", "concepts": [{"name": "list"}], "text": "A list.", "annotator": "x"}\n\n'
        '{"id": "2", "concepts": [], "relations": []}\n',
        "utf-8",
    )
    first, second = read_annotation(path)
    assert (first.id, first.text, first.concepts[0].name) == ("1", "A list.", "list")
    assert second.concepts == second.relations == ()


@pytest.mark.parametrize(
    ("content", "message", "place"),
    [
        (b"{\n", "not valid JSON", ":1"),
        (b'{"id": "1", "concepts": []}\n{"id": "2"}\n', "concepts: Field required", ":2"),
        (b'{"id": 1, "concepts": []}\n', "id: ", ":1"),
        (b"[]\n", "", ":1"),
        (b'{"id": "1", "concepts": [{"name": ""}]}', "concepts.0.name", ":1"),
        (
            b'{"id": "1", "concepts": [], "relations": [{"source": "a", "target": "b", "type": "x"}]}',
            "relations.0.type",
            ":1",
        ),
        (b"\xff\xfe", "UTF-8", ""),
    ],
)
def test_a_wrong_annotation_file_is_an_error_with_its_place(
    tmp_path: Path, content: bytes, message: str, place: str
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_annotation(path)
    assert message in str(caught.value)
    assert caught.value.place == f"{path}{place}"


def test_a_missing_annotation_file(tmp_path: Path) -> None:
    for path in (tmp_path / "no.jsonl", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_annotation(path)
