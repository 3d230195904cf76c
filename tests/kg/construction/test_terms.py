from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from gradatim.kg.construction.background import Background, Entry
from gradatim.kg.construction.judges import ConceptJudge
from gradatim.kg.construction.language import default_parser
from gradatim.kg.construction.material import Analysed, Material, analyse
from gradatim.kg.construction.phrases import phrases
from gradatim.kg.construction.reader import default_reader
from gradatim.kg.construction.recognition import FEATURES, Count, Course, counted, features
from gradatim.kg.construction.terms import JudgedRecogniser, Term
from tests.kg.construction.documents.reading import document


class ByFeature(ConceptJudge):
    """Takes a weighted sum of features for the probability."""

    def __init__(self, **weights: float) -> None:
        self.by_feature = {name.replace("_", "-"): weight for name, weight in weights.items()}

    def probabilities(self, features: Sequence[Sequence[float]], vectors: Any) -> Any:
        assert np.asarray(vectors).shape == (len(features), 768)
        columns = {FEATURES.index(name): weight for name, weight in self.by_feature.items()}
        return np.array([sum(row[at] * weight for at, weight in columns.items()) for row in features])


def material(*texts: str) -> Material:
    return Material(
        tuple(
            analyse(document(text, f"{number}.md"), default_parser(), default_reader())
            for number, text in enumerate(texts)
        )
    )


def recognised(judge: ConceptJudge, *texts: str) -> dict[str, Term]:
    found = JudgedRecogniser(judge, Background([])).recognise(material(*texts))
    assert [term.confidence for term in found] == sorted((term.confidence for term in found), reverse=True)
    return {" ".join(key): term for term in found for key in term.keys}


def test_of_overlapping_phrases_only_the_likeliest_is_a_mention() -> None:
    text = "A nested list comprehension is short. A list is long."
    found = recognised(ByFeature(three_words=0.9, two_words=0.5, one_word=0.2), text)
    assert {name: term.mentions for name, term in found.items()} == {"nested list comprehension": 1, "list": 1}
    found = recognised(ByFeature(three_words=0.1, two_words=0.5, one_word=0.2), text)
    assert {name: term.mentions for name, term in found.items()} == {
        "nested list": 1,
        "comprehension": 1,
        "list": 1,
    }


def test_the_telling_mentions_make_the_confidence() -> None:
    text = "# Tuple\n\nA tuple is fixed.\n\nOne tuple more. Another tuple here.\n\n# Lists"
    found = recognised(ByFeature(heading=0.5, one_word=0.2), text)
    assert found["tuple"].mentions == 4
    assert found["tuple"].confidence == pytest.approx((0.7 + 0.2 + 0.2) / 3)
    assert (found["tuple"].sentence, found["tuple"].place) == ("Tuple", "0.md:1")
    assert found["list"].confidence == pytest.approx(0.7)


def test_what_is_hardly_a_concept_is_dropped() -> None:
    assert recognised(ByFeature(one_word=0.04), "A tuple is fixed.") == {}


def test_a_term_remembers_how_and_where_it_is_written() -> None:
    found = recognised(ByFeature(one_word=0.3, two_words=0.6), "Use the `json` module.", "JSON modules and `json`.")
    assert found["json module"].surfaces == {"json module": 1, "JSON modules": 1}
    assert found["json module"].bare == {"json"}
    assert found["json module"].documents == {"0.md", "1.md"}
    assert (found["json module"].code, found["json"].code) == (0.0, 1.0)


def test_names_of_examples_are_taken_off() -> None:
    found = recognised(ByFeature(code=0.9), "```python\ndata = open('x')\n```\n\nCall `data.read()` here.")
    assert list(found) == ["read"]


def test_no_documents_have_no_terms() -> None:
    assert JudgedRecogniser(ByFeature(one_word=1.0), Background([])).recognise(Material(())) == []
    empty = Analysed("a.md", "0", (), (), frozenset())
    assert JudgedRecogniser(ByFeature(one_word=1.0), Background([])).recognise(Material((empty,))) == []


# ------------------------------------------------------------------------------------------- features


def shown(
    text: str, name: str, *, known: Sequence[str] = (), examples: frozenset[str] = frozenset()
) -> dict[str, float]:
    """The features of the first phrase that is written so."""
    (analysed,) = material(text).documents
    background = Background([Entry(item) for item in known])
    course = Course(counted(analysed.sentences, examples), examples, background, lambda word: len(word) / 100)
    for sentence in analysed.sentences:
        for phrase in phrases(sentence, examples):
            if phrase.text == name:
                values = features(phrase, sentence, course, longer_known=False)
                assert len(values) == len(FEATURES)
                return dict(zip(FEATURES, values, strict=True))
    raise AssertionError(f"no phrase {name!r}")


@pytest.mark.parametrize(
    ("text", "name", "seen", "unseen"),
    [
        ("# Named tuples", "Named tuples", {"heading", "whole-heading", "plural", "whole", "two-words"}, {"item"}),
        ("# Using tuples well", "tuples", {"heading"}, {"whole-heading"}),
        ("A tuple is a sequence.", "tuple", {"defined", "subject", "indefinite"}, {"definite", "stressed"}),
        ("We make the **tuple** here.", "tuple", {"stressed", "object", "definite"}, {"defined", "indefinite"}),
        ("This is called a tuple.", "tuple", {"named"}, {"defined"}),
        ("- tuple\n- list\n", "tuple", {"item", "listed"}, {"heading"}),
        ("We know the length of tuples.", "tuples", {"of-before", "oblique"}, {"of-phrase"}),
        ("We know the length of tuples.", "length", {"of-phrase"}, {"of-before"}),
        ("Use `os.path` and `+` here.", "os.path", {"code", "dotted"}, {"sign"}),
        ("Use `os.path` and `+` here.", "+", {"code", "sign"}, {"dotted"}),
        ("Use the `json` module.", "json module", {"code-with-noun"}, {"code"}),
        ("A list (tuple) here.", "tuple", {"in-brackets"}, {"heading"}),
    ],
)
def test_what_is_seen_of_a_phrase(text: str, name: str, seen: set[str], unseen: set[str]) -> None:
    found = shown(text, name)
    assert {feature for feature in seen if not found[feature]} == set()
    assert {feature for feature in unseen if found[feature]} == set()


def test_what_is_known_of_a_phrase() -> None:
    found = shown("A named tuple is fixed.", "named tuple", known=["named tuple", "tuple"])
    assert (found["known"], found["head-known"], found["first-known"], found["parts-known"]) == (1, 1, 0, 0)
    assert found["rarity"] == found["head-rarity"] == 0.05
    assert shown("A total is kept.", "total", examples=frozenset({"total"}))["example-name"] == 1


def test_phrases_are_counted_by_place() -> None:
    (analysed,) = material("# Tuples\n\nA tuple is no list. A named tuple.\n\n# Lists\n\nThe tuple.").documents
    counts = counted(analysed.sentences, ())
    assert counts["tuple",] == Count(mentions=4, whole=3, sections=2, headings=1)
    assert counts["named", "tuple"] == Count(1, 1, 1, 0)
