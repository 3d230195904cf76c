from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradatim.kg.construction.documents import Block, CourseDocument, Span
from gradatim.kg.construction.documents.model import SpanKind
from gradatim.kg.construction.language import default_parser
from gradatim.kg.construction.sentences import Sentence, sentences
from tests.kg.construction.documents.reading import document


def read(text: str, name: str = "week.md") -> list[Sentence]:
    return sentences(document(text, name), default_parser())


def codes(text: str) -> list[str]:
    return [token.text for sentence in read(text) for token in sentence.tokens if token.code]


def test_sentences_know_their_section_place_and_paragraph() -> None:
    found = read(
        "# Loops\n\nA loop repeats. It ends.\n\n## While\n\nIt waits.\n\n## For\n\nIt counts.\n\n# Lists\n\nNew."
    )
    assert [(item.kind, item.text, item.section, item.place, item.block) for item in found] == [
        ("heading", "Loops", ("Loops",), "week.md:1", 0),
        ("paragraph", "A loop repeats.", ("Loops",), "week.md:3", 1),
        ("paragraph", "It ends.", ("Loops",), "week.md:3", 1),
        ("heading", "While", ("Loops", "While"), "week.md:5", 2),
        ("paragraph", "It waits.", ("Loops", "While"), "week.md:7", 3),
        ("heading", "For", ("Loops", "For"), "week.md:9", 4),
        ("paragraph", "It counts.", ("Loops", "For"), "week.md:11", 5),
        ("heading", "Lists", ("Lists",), "week.md:13", 6),
        ("paragraph", "New.", ("Lists",), "week.md:15", 7),
    ]


def test_a_heading_is_one_sentence_however_it_is_punctuated() -> None:
    (found,) = read("# Loops. What are they? And why?")
    assert found.text == "Loops. What are they? And why?"
    assert all(0 <= token.head < len(found.tokens) for token in found.tokens)


def test_blocks_of_code_are_left_out() -> None:
    assert [item.text for item in read("Before.\n\n```python\nx = 1\n```\n\nAfter.")] == ["Before.", "After."]


def test_a_list_knows_the_sentence_that_leads_it_in() -> None:
    found = read("There are two kinds of loop:\n\n- the for loop\n- the while loop\n\nNo lead here.\n\n- alone\n")
    assert [(item.text, item.leads) for item in found if item.kind == "item"] == [
        ("the for loop", "There are two kinds of loop:"),
        ("the while loop", "There are two kinds of loop:"),
        ("alone", ""),
    ]


def test_a_lead_in_does_not_reach_below_the_next_heading() -> None:
    (item,) = [item for item in read("Kinds of loop:\n\n# Lists\n\n- nested list\n") if item.kind == "item"]
    assert item.leads == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The `for x in xs:` line starts it.", ["for x in xs:"]),
        ("It calls json.dumps(x, indent=2) twice.", ["json.dumps(x, indent=2)"]),
        ("Its `x` attribute sets my_name.", ["x", "my_name"]),
        ("A ValueError is raised.", ["ValueError"]),
        ("Use a while loop or the if statement.", ["while", "if"]),
        ("While it rains, if you like, we wait.", []),
        ("Read notes.txt from example.com, e.g. today.", []),
        ("Compare with == or != here.", ["==", "!="]),
    ],
)
def test_code_is_one_word_and_looks_like_a_noun(text: str, expected: list[str]) -> None:
    assert codes(text) == expected
    for sentence in read(text):
        for token in sentence.tokens:
            if token.code:
                assert (token.pos, token.tag, token.lemma) == ("NOUN", "CODE", token.text)


def test_code_is_known_without_markup_too() -> None:
    (found,) = read("The __init__ method sets sys.path to my_name.", "week.txt")
    assert [token.text for token in found.tokens if token.code] == ["__init__", "sys.path", "my_name"]


def test_two_pieces_of_code_side_by_side_stay_two() -> None:
    assert codes("Use `break` `continue` and `pass`.") == ["break", "continue", "pass"]


def test_stress_is_known_word_by_word() -> None:
    (found,) = read("A **named tuple** is a *kind* of tuple; see [the list](x.md).")
    assert [token.text for token in found.tokens if token.marked] == ["named", "tuple", "kind"]


def test_code_does_not_change_what_the_rest_is_taken_for() -> None:
    (plain,) = read("The table method returns a list.")
    (coded,) = read("The `a[1:2] + b` method returns a list.")
    assert [(token.text, token.pos, token.dep) for token in plain.tokens][2:] == [
        (token.text, token.pos, token.dep) for token in coded.tokens
    ][2:]


def test_an_empty_document_has_no_sentences() -> None:
    assert sentences(CourseDocument("a.md", "a", "0", ()), default_parser()) == []


_WORDS = [
    "A loop",
    "is",
    "`",
    "tuple.",
    "Lists",
    "(x)",
    "x=1",
    "for",
    "e.g.",
    "naïve",
    "学生",
    "🙂",
    "--",
    "3.5",
    "'s",
    "…",
]
_KINDS: list[SpanKind] = ["strong", "emphasis", "code", "link", "term"]


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    """A block with spans anywhere, also overlapping ones and ones that begin inside a word."""
    free = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=12)
    words = draw(st.lists(st.one_of(st.sampled_from(_WORDS), free), min_size=1, max_size=14))
    text = " ".join(draw(st.sampled_from([" ", ""])).join(words).split()) or "x"
    places = st.integers(0, len(text))
    spans: list[Span] = []
    for first, second in draw(st.lists(st.tuples(places, places), max_size=4)):
        start, end = min(first, second), max(first, second)
        if text[start:end].strip() == text[start:end] and start < end:
            spans.append(Span(start, end, draw(st.sampled_from(_KINDS))))
    kind = draw(st.sampled_from(["heading", "paragraph", "item", "term", "cell"]))
    spans.sort(key=lambda span: span.start)
    return Block(kind, text, "a.md:1", tuple(spans), level=1 if kind in ("heading", "item") else 0)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(blocks(), min_size=1, max_size=3))
def test_offsets_are_right_whatever_is_code(given: list[Block]) -> None:
    found = sentences(CourseDocument("a.md", "a", "0", tuple(given)), default_parser())
    for sentence in found:
        assert sentence.text in given[sentence.block].text
        end = 0
        for token in sentence.tokens:
            assert 0 <= end <= token.start < token.end <= len(sentence.text)
            assert sentence.text[token.start : token.end] == token.text
            assert 0 <= token.head < len(sentence.tokens)
            end = token.end
        assert sentence.tokens[0].start == 0
        assert end == len(sentence.text)
    for number, block in enumerate(given):
        # Nothing but blanks is lost between the sentences and words of a block.
        words = "".join(token.text for item in found if item.block == number for token in item.tokens)
        assert re.sub(r"\s", "", words) == re.sub(r"\s", "", block.text)
        padded = f" {block.text} "
        for span in block.spans:
            alone = padded[span.start] == padded[span.end + 1] == " "
            if span.kind == "code" and alone and sum(other.kind == "code" for other in block.spans) == 1:
                own = [token.text for item in found if item.block == number for token in item.tokens if token.code]
                assert block.text[span.start : span.end] in own
