from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.kg.construction.candidates import candidates
from gradatim.kg.construction.examples import example_names
from gradatim.kg.construction.language import default_parser
from gradatim.kg.construction.phrases import LONGEST, Phrase, code_name, phrases
from gradatim.kg.construction.sentences import sentences
from gradatim.kg.lexicon import name_key
from tests.kg.construction.documents.reading import document


def read(text: str, example_names: frozenset[str] = frozenset()) -> list[Phrase]:
    found = sentences(document(text, "a.md"), default_parser())
    return [phrase for sentence in found for phrase in phrases(sentence, example_names)]


def whole(text: str) -> list[str]:
    return [" ".join(phrase.key) for phrase in read(text) if phrase.whole]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A nested list comprehension makes a list.", ["nested list comprehension", "list"]),
        ("Built-in functions are useful.", ["built in function"]),
        ("An object-oriented language has classes.", ["object oriented language", "class"]),
        ("There are several useful functions.", ["function"]),
        ("The `x = 1` line is an assignment statement.", ["line", "assignment statement"]),
        ("The `for` loop calls `range(10)` and `json.dumps(x)`.", ["for loop", "range", "json . dump"]),
    ],
)
def test_compounds_are_found_whole(text: str, expected: list[str]) -> None:
    assert whole(text) == expected


def test_a_compound_comes_before_its_parts() -> None:
    found = [phrase.text for phrase in read("A nested list comprehension is short.")]
    assert found == ["nested list comprehension", "nested list", "list comprehension", "list", "comprehension"]


def test_a_hyphenated_word_is_not_torn_apart() -> None:
    assert {phrase.text for phrase in read("Built-in functions are useful.")} == {"Built-in functions", "functions"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The `break` and `continue` statements end a loop.", {"break statement", "continue statement"}),
        ("Local and global variables differ.", {"local variable", "global variable"}),
        ("Local or global variables are possible.", {"local variable", "global variable"}),
    ],
)
def test_a_shared_noun_belongs_to_both(text: str, expected: set[str]) -> None:
    assert expected <= {" ".join(phrase.key) for phrase in read(text)}


def test_an_empty_describing_word_shares_no_noun() -> None:
    assert "different variable" not in {" ".join(phrase.key) for phrase in read("Different and global variables.")}


def test_code_with_a_noun_knows_what_it_names() -> None:
    found = {phrase.text: phrase for phrase in read("Use the `json` module.")}
    assert (found["json module"].bare, found["json module"].code) == ("json", False)
    assert (found["json"].bare, found["json"].code) == (None, True)


def test_the_function_len_names_len() -> None:
    found = {phrase.text for phrase in read("The function `len` returns a number.")}
    assert "len" in found
    assert "function len" not in found


def test_names_of_examples_are_taken_off_methods() -> None:
    named = example_names(["with open('x') as f:\n    text = f.read()\n"])
    assert [phrase.text for phrase in read("Then `data.read()` is called.", frozenset({"data"}))] == ["read"]
    assert [phrase.text for phrase in read("Then `json.load()` is called.", named)] == ["json.load"]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("range(10)", "range"),
        ("list.append(x)", "list.append"),
        ("print (1, 2)", "print"),
        ("else:", "else"),
        ("for", "for"),
        ("not in", "not in"),
        ("+", "+"),
        ("**=", "**="),
        ("[]", "[]"),
        ("{}", "{}"),
        ("x = 1", None),
        ("a + b", None),
        ("'text'", None),
        ("3", None),
        ("for x in xs:", None),
        ("xs[0]", None),
    ],
)
def test_what_code_names(code: str, name: str | None) -> None:
    assert code_name(code) == name


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("total = 0\ntotal += 1", {"total"}),
        ("for i, item in enumerate(items):\n    pass", {"i", "item"}),
        (">>> def area(width, height=1):\n...     return width", {"area", "width", "height"}),
        ("class Dog(Animal):\n    pass", {"Dog"}),
        ("int count = 0;", {"count"}),
        ("print(total == 1)", set()),
    ],
)
def test_example_code_names_its_own_things(code: str, names: set[str]) -> None:
    assert names <= example_names([code])
    assert not {"enumerate", "print", "Animal"} & example_names([code])


def test_candidates_are_the_whole_noun_phrases() -> None:
    found = candidates("A nested list comprehension makes a list.")
    assert found == {("nested", "list", "comprehension"), ("list",)}
    assert candidates("") == set()


_WORDS = ["the", "a", "list", "lists", "tuple", "`len(x)`", "`x = 1`", "and", "or", ",", ".", "-", "built-in", "for"]
_WORDS += ["while", "loop", "nested", "useful", "called", "of", "is", "statement", "statements", "json", "sys.path"]
_WORDS += ["__init__", "3", "(", ")", "é", "学生", "‘", "“"]
_TEXTS = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=16)


@settings(deadline=None, max_examples=60)
@given(_TEXTS)
def test_phrases_lie_in_their_sentence(words: list[str]) -> None:
    for sentence in sentences(document(" ".join(["Word", *words]), "a.txt"), default_parser()):
        for phrase in phrases(sentence):
            assert 0 <= phrase.first <= phrase.last < len(sentence.tokens)
            assert phrase.key == name_key(phrase.text)
            assert phrase.key
            assert sum(word[0].isalnum() for word in phrase.key) <= LONGEST
            assert phrase.text == phrase.text.strip()
