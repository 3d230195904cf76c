from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.kg.construction.contexts import Context, Pair, Spot, contexts, standing
from gradatim.kg.construction.judges import turn
from gradatim.kg.construction.language import default_parser
from gradatim.kg.construction.mentions import Mention, mentions
from gradatim.kg.construction.passages import passages
from gradatim.kg.construction.sentences import sentences
from gradatim.kg.construction.signs import name_signs
from gradatim.kg.lexicon import name_key
from tests.kg.construction.documents.reading import document

NAMES = ("tuple", "list", "named tuple", "sequence", "index")
TUPLE, LIST, NAMED, SEQUENCE, INDEX = range(5)


def seen(text: str) -> dict[Pair, list[Context]]:
    """The contexts of all passages of a text."""
    found = sentences(document(text, "a.md"), default_parser())
    named = mentions(found, {name_key(name): number for number, name in enumerate(NAMES)})
    together: dict[Pair, list[Context]] = {}
    for passage in passages(found):
        for pair, items in contexts(passage, found, named).items():
            together.setdefault(pair, []).extend(items)
    return together


def signs(text: str, first: int, second: int) -> set[str]:
    """The signs of a pair as seen from `first`."""
    pair = (min(first, second), max(first, second))
    found = {sign for context in seen(text)[pair] for sign in context.signs_for(pair)}
    return found if pair[0] == first else {turn(sign) for sign in found}


@settings(deadline=None)
@given(st.sampled_from("<>="), st.text())
def test_turning_twice_changes_nothing(mark: str, rest: str) -> None:
    assert turn(turn(mark + rest)) == mark + rest
    assert (turn(mark + rest) == mark + rest) == (mark == "=")


def test_a_sign_points_in_the_order_of_the_text() -> None:
    spot = {number: Spot(0, Mention(number, number, number)) for number in (1, 2)}
    assert list(Context(spot[1], spot[2], ("gap:0", "pronoun")).signs_for((1, 2))) == [">gap:0", ">pronoun"]
    assert list(Context(spot[2], spot[1], ("gap:0",)).signs_for((1, 2))) == ["<gap:0"]


@pytest.mark.parametrize(
    ("text", "first", "second", "expected"),
    [
        ("A named tuple is a kind of tuple.", NAMED, TUPLE, {">between:kind", ">between:is-a", ">in:paragraph"}),
        ("Unlike lists, tuples are fixed.", LIST, TUPLE, {">before:unlike", ">gap:1"}),
        ("Sequences such as tuples are handy.", SEQUENCE, TUPLE, {">between:such-as"}),
        ("An index requires a sequence.", INDEX, SEQUENCE, {">between:need", ">path:nsubj|use|dobj"}),
        ("A tuple and a list, both are sequences.", TUPLE, SEQUENCE, {">others:1"}),
    ],
)
def test_what_a_sentence_shows(text: str, first: int, second: int, expected: set[str]) -> None:
    assert expected <= signs(text, first, second)
    turned = {turn(sign) for sign in expected}
    assert turned <= signs(text, second, first)
    assert not turned & signs(text, first, second)


def test_mentions_far_apart_show_little() -> None:
    far = "A tuple is " + "very, " * 40 + "unlike a list."
    assert {">gap:4"} <= signs(far, TUPLE, LIST)
    assert not {sign for sign in signs(far, TUPLE, LIST) if "between" in sign or "path" in sign}


def test_a_heading_stands_above_what_its_section_names() -> None:
    text = "# Sequences\n\n## Tuples\n\nWe use an index. More words. And more. At last a list."
    assert ">under-heading:paragraph" in signs(text, TUPLE, INDEX)
    assert ">under-heading:alone:first:object" in signs(text, TUPLE, INDEX)
    assert ">up1-under-heading:paragraph" in signs(text, SEQUENCE, INDEX)
    assert ">under-heading:alone:late:pobj" in signs(text, TUPLE, LIST)


def test_a_lead_in_stands_above_its_items() -> None:
    found = signs("There are kinds of sequences:\n\n- a tuple\n- a list\n", SEQUENCE, LIST)
    assert [sign for sign in found if sign.startswith(">lead:item")]
    assert (TUPLE, LIST) in seen("There are kinds of sequences:\n\n- a tuple\n- a list\n")


def test_a_term_stands_above_its_definition() -> None:
    text = "<dl><dt>Tuple</dt><dd>A sequence that is fixed.</dd></dl>"
    found = sentences(document(text, "a.html"), default_parser())
    named = mentions(found, {("tuple",): TUPLE, ("sequence",): SEQUENCE})
    (passage,) = passages(found)
    shown = [sign for context in contexts(passage, found, named)[TUPLE, SEQUENCE] for sign in context.signs]
    assert "under-term:item" in shown


def test_neighbouring_sentences_show_less() -> None:
    found = signs("A tuple is fixed. We like a list.", TUPLE, LIST)
    assert found == {">next", ">next:subject:object"}


def test_one_concept_is_no_pair_and_sections_do_not_mix() -> None:
    assert seen("A tuple is a tuple.") == {}
    assert seen("# A\n\nA tuple is fixed.\n\n# B\n\nA list grows.") == {}


def test_standing_in_a_passage() -> None:
    found = sentences(document("# Tuples\n\nA list is no tuple. It grows.", "a.md"), default_parser())
    named = mentions(found, {("tuple",): TUPLE, ("list",): LIST})
    (passage,) = passages(found)
    assert standing(passage, named) == {TUPLE: (0, 2, True), LIST: (1, 2, False)}


_WORDS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4)
_MIRROR = {"name:longer": "name:shorter", "name:begins-with": "name:begins"}


@settings(deadline=None)
@given(_WORDS, _WORDS)
def test_names_show_the_mirrored_sign_from_the_other_side(left: list[str], right: list[str]) -> None:
    both_ways = _MIRROR | {there: here for here, there in _MIRROR.items()}
    assert [both_ways.get(sign, sign) for sign in name_signs(left, right)] == list(name_signs(right, left))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("nested list", "list", ["name:longer"]),
        ("list", "list method", ["name:begins"]),
        ("for loop", "while loop", ["name:same-head"]),
        ("list index", "index error", ["name:shares"]),
        ("tuple", "list", []),
    ],
)
def test_what_names_show(left: str, right: str, expected: list[str]) -> None:
    assert list(name_signs(name_key(left), name_key(right))) == expected
