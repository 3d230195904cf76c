from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gradatim.kg.construction.background import Background, Entry
from gradatim.kg.construction.judges import KINDS, MOST_CONTEXTS, PairCase, RelationJudge
from gradatim.kg.construction.language import default_parser
from gradatim.kg.construction.material import Material, analyse
from gradatim.kg.construction.reader import default_reader
from gradatim.kg.construction.relating import Found, JudgedRelater, pair_signs
from gradatim.kg.construction.terms import Term
from gradatim.kg.lexicon import name_key
from tests.kg.construction.documents.reading import document


class Always(RelationJudge):
    """Gives every pair the same probabilities and keeps what it was asked."""

    def __init__(self, **probabilities: float) -> None:
        names = {"prerequisite": "prerequisite>", "prerequired": "prerequisite<", "kind": "hierarchical>"}
        names |= {"whole": "hierarchical<", "similarity": "similarity"}
        self.row = np.zeros(len(KINDS))
        for name, value in probabilities.items():
            self.row[KINDS.index(names[name])] = value
        self.row[0] = 1 - self.row.sum()
        self.asked: list[PairCase] = []

    def probabilities(self, cases: Sequence[PairCase]) -> Any:
        self.asked += cases
        return np.tile(self.row, (len(cases), 1))


def term(name: str) -> Term:
    """A term that is a concept wherever it is named."""
    at = {(f"{number}.md", sentence): 0.9 for number in range(3) for sentence in range(40)}
    return Term({name_key(name): None}, Counter({name: 1}), 0.9, 1, "", "a.md:1", name=name, at=at)


TERMS = [term("tuple"), term("list"), term("named tuple")]


def related(judge: RelationJudge, *texts: str, terms: Sequence[Term] = TERMS) -> list[Found]:
    read = [
        analyse(document(text, f"{number}.md"), default_parser(), default_reader()) for number, text in enumerate(texts)
    ]
    return JudgedRelater(judge, Background([])).relate(Material(tuple(read)), terms)


TEXT = "We meet again. Unlike a list, a tuple is fixed."


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("prerequisite", (0, 1, "prerequisite")),
        ("prerequired", (1, 0, "prerequisite")),
        ("kind", (0, 1, "hierarchical")),
        ("whole", (1, 0, "hierarchical")),
        ("similarity", (0, 1, "similarity")),
    ],
)
def test_a_kind_says_the_direction(kind: str, expected: tuple[int, int, str]) -> None:
    (found,) = related(Always(**{kind: 0.6}), TEXT)
    assert (found.source, found.target, found.type) == expected
    assert found.confidence == pytest.approx(0.6)
    assert (found.sentence, found.place) == ("Unlike a list, a tuple is fixed.", "0.md:1")


def test_passages_add_up() -> None:
    (found,) = related(Always(similarity=0.6), TEXT, TEXT, "Nothing here.")
    assert found.confidence == pytest.approx(1 - 0.4**2)


def test_one_passage_can_speak_for_several_relations() -> None:
    found = related(Always(similarity=0.3, kind=0.5, prerequisite=0.04), TEXT)
    assert [(item.type, round(item.confidence, 4)) for item in found] == [("hierarchical", 0.5), ("similarity", 0.3)]


def test_a_pair_that_no_sentence_names_rests_on_the_later_one() -> None:
    (found,) = related(Always(similarity=0.6), "# The tuple\n\nWe say more.\n\nThen a list comes.")
    assert found.sentence == "Then a list comes."


def test_a_pair_that_never_stands_together_rests_on_the_first_sentence_of_the_second() -> None:
    judge = Always(similarity=0.6)
    (found,) = related(judge, "A list grows. The sun shines. A tuple is fixed. The tuple stays.")
    assert not judge.asked[0].contexts
    assert (found.sentence, found.place) == ("A tuple is fixed.", "0.md:1")


def test_pairs_are_judged_within_a_passage_only() -> None:
    assert related(Always(similarity=0.6), "# A\n\nA tuple is fixed.\n\n# B\n\nA list grows.") == []
    assert related(Always(similarity=0.6), "A tuple is fixed.") == []


def test_only_what_is_a_concept_in_the_passage_is_related_there() -> None:
    texts = "Unlike a list, the tuple is fixed.", "A tuple is no list."
    elsewhere = replace(TERMS[0], at={("1.md", 0): 0.9, ("0.md", 0): 0.1})
    (found,) = related(Always(similarity=0.6), *texts, terms=[elsewhere, *TERMS[1:]])
    assert found.confidence == pytest.approx(0.6)
    assert found.place == "1.md:1"
    nowhere = replace(TERMS[0], at={})
    assert related(Always(similarity=0.6), *texts, terms=[nowhere, *TERMS[1:]]) == []


def test_not_every_place_of_a_pair_is_looked_at() -> None:
    judge = Always(similarity=0.6)
    related(judge, " ".join(["A tuple is no list."] * 30))
    (case,) = judge.asked
    assert len(case.contexts) == len(case.vectors) == MOST_CONTEXTS


def test_vectors_are_those_of_the_pairs_concepts() -> None:
    judge = Always(similarity=0.6)
    related(judge, "Unlike a list, the tuple is fixed.")
    (analysed,) = [analyse(document("Unlike a list, the tuple is fixed.", "0.md"), default_parser(), default_reader())]
    words = [token.text for token in analysed.sentences[0].tokens]
    vectors = analysed.encoded[0].tokens
    (case,) = judge.asked
    first, second, between = case.vectors[0]
    assert (first == vectors[words.index("tuple")]).all()
    assert (second == vectors[words.index("list")]).all()
    assert between == pytest.approx(vectors[[words.index(","), words.index("the")]].mean(axis=0), abs=1e-6)


def test_what_is_seen_of_a_pair_as_such() -> None:
    background = Background([Entry("named tuple", parents=("tuple",)), Entry("tuple"), Entry("list")])
    known = [background.known(name_key(item.name)) for item in TERMS]
    first = ("named", "tuple")
    found = set(pair_signs(first, ("tuple",), (0, 9, True), (1, 2, False), known[2], known[0], background))
    assert found == {
        ">name:longer",
        ">background:kind",
        "=known:2",
        ">earlier",
        ">count:4",
        "<count:2",
        ">headed",
    }
    found = set(pair_signs(("tuple",), ("list",), (3, 1, False), (1, 1, True), known[0], known[1], background))
    assert found == {"=known:2", "=background:none", "<earlier", ">count:1", "<count:1", "<headed"}
    found = set(pair_signs(("x",), ("y",), (0, 1, False), (1, 1, False), None, known[1], background))
    assert found == {"=known:1", ">earlier", ">count:1", "<count:1"}
