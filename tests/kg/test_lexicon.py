from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.kg.lexicon import Lexicon, name_key
from tests.kg.graphs import concept

LEXICON = Lexicon(
    [
        concept("loop"),
        concept("for-loop", "for"),
        concept("class"),
        concept("true-division", "/ operator", name="true division"),
        concept("equality", "=="),
        concept("in-place-sorting", "sort()"),
        concept("nested-list-comprehension"),
        concept("list-comprehension"),
        concept("flag-variable", "flag"),
        concept("boolean-flag", "flag"),
    ]
)


def named(text: str) -> list[str]:
    return [text[mention.start : mention.end] for mention in LEXICON.mentions(text)]


def test_offsets_point_at_the_words_of_the_text() -> None:
    text = "Classes, a nested list-comprehension and for loops."
    assert named(text) == ["Classes", "nested list-comprehension", "for loops"]


def test_a_mention_does_not_start_inside_a_word() -> None:
    assert named("subclass loophole loop_count flagged") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("names.sort(key=len)", ["in-place-sorting"]),
        ("sort the names", []),
        ("use `sort` on it", ["in-place-sorting"]),
        ("the / operator", ["true-division"]),
        ("a == b", []),
        ("compare with `==`", ["equality"]),
        ("```\nfor x in y:\n```", ["for-loop"]),
        ("a flag", ["flag-variable", "boolean-flag"]),
    ],
)
def test_short_and_sign_names(text: str, expected: list[str]) -> None:
    assert [mention.concept for mention in LEXICON.mentions(text)] == expected


def test_shared_names_are_listed_with_their_owners() -> None:
    assert list(LEXICON.shared()) == [("flag", ("flag-variable", "boolean-flag"))]


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("classes", "class"),
        ("values", "value"),
        ("branches", "branch"),
        ("dictionaries", "dictionary"),
        ("indexes", "index"),
    ],
)
def test_plurals_compare_equal(plural: str, singular: str) -> None:
    assert name_key(plural) == name_key(singular)


@given(st.text())
def test_any_text_can_be_searched_and_looked_up(text: str) -> None:
    LEXICON.find(text)
    mentions = LEXICON.mentions(text)
    assert all(0 <= mention.start < mention.end <= len(text) for mention in mentions)
    assert [mention.start for mention in mentions] == sorted(mention.start for mention in mentions)
