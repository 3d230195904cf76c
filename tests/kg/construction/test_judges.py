from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.kg.construction.background import FLAGS, default_background
from gradatim.kg.construction.contexts import Context, Spot
from gradatim.kg.construction.judges import (
    KINDS,
    ConceptJudge,
    PairCase,
    RelationJudge,
    _strongest,
    default_judges,
    turn,
)
from gradatim.kg.construction.language import default_parser
from gradatim.kg.construction.material import analyse
from gradatim.kg.construction.mentions import Mention, mentions
from gradatim.kg.construction.reader import default_reader
from gradatim.kg.construction.recognition import FEATURES
from gradatim.kg.construction.relating import JudgedRelater
from gradatim.kg.construction.terms import Term
from gradatim.kg.lexicon import name_key
from tests.kg.construction.documents.reading import document

SIGNS = ("gap:0", "between:kind", "next", "unseen")
PAIR_SIGNS = (">name:longer", "<name:longer", ">count:1", "<count:1", "=known:2")
WIDTH, SIDE, HIDDEN = 5, 3, 4


def relation_judge(seed: int) -> RelationJudge:
    """A judge whose weights were drawn, with all its parts."""
    draw = np.random.default_rng(seed).normal
    known = [order + sign for sign in SIGNS[:3] for order in "<>"]
    return RelationJudge(
        {
            "signs": np.array(known),
            "pair_signs": np.array(PAIR_SIGNS),
            "embedding": draw(size=(len(known), HIDDEN)),
            "linear": draw(size=(len(known), 3)),
            **{name: draw(size=(WIDTH, SIDE)) for name in ("first", "second", "between")},
            **{f"{name}_bias": draw(size=SIDE) for name in ("first", "second", "between")},
            "mix": draw(size=(4 * SIDE, HIDDEN)),
            "mix_bias": draw(size=HIDDEN),
            "out": draw(size=(HIDDEN, 3)),
            "out_bias": draw(size=3),
            "pair_linear": draw(size=(len(PAIR_SIGNS), 3)),
            "pair_bias": draw(size=3),
            "pair_hidden": draw(size=(len(PAIR_SIGNS), 2)),
            "pair_hidden_bias": draw(size=2),
            "pair_out": draw(size=(2, 3)),
            "pair_out_bias": draw(size=3),
        }
    )


@st.composite
def pair_cases(draw: st.DrawFn) -> PairCase:
    vectors = np.random.default_rng(draw(st.integers(0, 1000)))
    signs = draw(st.sets(st.sampled_from([*PAIR_SIGNS, ">never-seen"])))
    places: list[Context] = []
    for first_leads in draw(st.lists(st.booleans(), max_size=4)):
        spots = Spot(0, Mention(3, 0, 0)), Spot(0, Mention(8, 2, 2))
        earlier, later = spots if first_leads else spots[::-1]
        places.append(Context(earlier, later, tuple(draw(st.sets(st.sampled_from(SIGNS))))))
    seen = [(vectors.normal(size=WIDTH), vectors.normal(size=WIDTH), vectors.normal(size=WIDTH)) for _ in places]
    return PairCase((3, 8), frozenset(signs), places, seen)


def mirrored(case: PairCase) -> PairCase:
    """The same pair, its concepts given in the other order."""
    return PairCase(
        case.pair[::-1],
        frozenset(map(turn, case.signs)),
        case.contexts,
        [(second, first, between) for first, second, between in case.vectors],
    )


MIRRORED_KINDS = [KINDS.index(kind.translate(str.maketrans("<>", "><"))) for kind in KINDS]


@settings(deadline=None)
@given(st.integers(0, 10_000), st.lists(pair_cases(), min_size=1, max_size=4))
def test_rows_are_probabilities(seed: int, cases: list[PairCase]) -> None:
    found = relation_judge(seed).probabilities(cases)
    assert found.shape == (len(cases), len(KINDS))
    assert (found >= 0).all()
    assert found.sum(axis=1) == pytest.approx(1, abs=1e-6)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.lists(pair_cases(), min_size=1, max_size=4))
def test_a_pair_turned_round_gets_the_mirrored_answer(seed: int, cases: list[PairCase]) -> None:
    judge = relation_judge(seed)
    straight, turned = judge.probabilities(cases), judge.probabilities([mirrored(case) for case in cases])
    assert turned == pytest.approx(straight[:, MIRRORED_KINDS], abs=1e-5)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.lists(pair_cases(), min_size=2, max_size=4))
def test_a_case_is_judged_by_itself(seed: int, cases: list[PairCase]) -> None:
    judge = relation_judge(seed)
    alone = np.concatenate([judge.probabilities([case]) for case in cases])
    assert judge.probabilities(cases) == pytest.approx(alone, abs=1e-5)


def test_nothing_to_judge() -> None:
    assert relation_judge(0).probabilities([]).shape == (0, len(KINDS))
    concepts, _ = default_judges()
    assert concepts.probabilities([], np.zeros((0, 768))).shape == (0,)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.lists(st.floats(-30, 30), min_size=3, max_size=3)), min_size=1, max_size=8)
)
def test_the_strongest_place_counts_most(rows: list[tuple[int, list[float]]]) -> None:
    owners = [owner for owner, _ in rows]
    found = _strongest(np.array([values for _, values in rows]), owners, 3)
    for owner in range(3):
        for kind in range(3):
            own = [values[kind] for at, values in rows if at == owner]
            assert found[owner, kind] == pytest.approx(math.log1p(sum(map(math.exp, own))), abs=1e-9)
            assert found[owner, kind] >= max([0.0, *own])


def test_the_concept_judge_computes_what_its_docstring_says() -> None:
    draw = np.random.default_rng(5).normal
    weights: dict[str, Any] = {
        "hidden": draw(size=(2 + 4, 3)),
        "hidden_bias": draw(size=3),
        "out": draw(size=3),
        "linear": draw(size=2),
        "bias": draw(),
    }
    features, vectors = draw(size=(6, 2)), draw(size=(6, 4))
    found = ConceptJudge(weights).probabilities(features.tolist(), vectors)
    for row, x in enumerate(np.concatenate([features, vectors], axis=1)):
        hidden = [max(0.0, float(x @ weights["hidden"][:, at] + weights["hidden_bias"][at])) for at in range(3)]
        logit = sum(h * w for h, w in zip(hidden, weights["out"], strict=True))
        logit += float(features[row] @ weights["linear"]) + float(weights["bias"])
        assert found[row] == pytest.approx(1 / (1 + math.exp(-logit)), abs=1e-5)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000))
def test_the_packaged_concept_judge_takes_the_features_there_are(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    found = default_judges()[0].probabilities(
        drawn.normal(size=(3, len(FEATURES))).tolist(), drawn.normal(size=(3, 768))
    )
    assert ((found >= 0) & (found <= 1)).all()


TEXT = """\
# Tuples

A tuple is a sequence. Unlike lists, tuples are immutable. A named tuple is a kind of tuple. It has fields.

There are other sequences:

- a list that grows
- a string of characters
"""


def packaged_cases() -> tuple[RelationJudge, list[PairCase]]:
    background = default_background()
    _, relations = default_judges()
    analysed = analyse(document(TEXT, "a.md"), default_parser(), default_reader())
    terms = [
        Term(
            {name_key(name): None}, Counter({name: 1}), 0.9, 1, "", "a.md:1", at={("a.md", at): 0.9 for at in range(9)}
        )
        for name in ("tuple", "sequence", "list", "named tuple", "string", "character", "field")
    ]
    relater = JudgedRelater(relations, background)
    names = {key: number for number, term in enumerate(terms) for key in term.keys}
    named = mentions(analysed.sentences, names)
    known = [relater._known(term) for term in terms]
    cases = [case for passage in analysed.passages for case in relater.cases(analysed, passage, named, terms, known)]
    return relations, cases


def test_the_packaged_relation_judge_mirrors_real_pairs() -> None:
    judge, cases = packaged_cases()
    straight, turned = judge.probabilities(cases), judge.probabilities([mirrored(case) for case in cases])
    assert straight.sum(axis=1) == pytest.approx(1, abs=1e-6)
    assert turned == pytest.approx(straight[:, MIRRORED_KINDS], abs=1e-4)


def test_the_packaged_relation_judge_knows_the_signs_that_are_read() -> None:
    """A sign that was renamed without training anew would be ignored silently."""
    judge, cases = packaged_cases()
    of_contexts = [sign for case in cases for context in case.contexts for sign in context.signs_for(case.pair)]
    of_pairs = [sign for case in cases for sign in case.signs]
    assert len(of_contexts) > 50
    assert np.mean([sign in judge._signs for sign in of_contexts]) > 0.8
    assert np.mean([sign in judge._pair_signs for sign in of_pairs]) > 0.9
    flags = {f"{order}background:{flag}" for flag in FLAGS for order in "<>"}
    assert len(flags - judge._pair_signs.keys()) <= 4
