from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.kg.construction.background import Background, Entry, default_background
from gradatim.kg.construction.language import default_parser
from gradatim.kg.construction.material import Analysed, Material
from gradatim.kg.construction.merging import RuleMerger, canonical
from gradatim.kg.construction.sentences import sentences
from gradatim.kg.construction.terms import Term, surface_key
from gradatim.kg.lexicon import name_key
from tests.kg.construction.documents.reading import document

KNOWN = Background(
    [
        Entry("dictionary", ("dict", "associative array", "mapping type")),
        Entry("string formatting", ("format",)),
        Entry("random module", ("random",)),
        Entry("for statement", ("for",)),
    ]
)


def term(name: str, *, code: float = 0.0, bare: Iterable[str] = (), mentions: int = 2, confidence: float = 0.8) -> Term:
    return Term(
        {name_key(name): None},
        Counter({name: mentions}),
        confidence,
        mentions,
        f"About {name}.",
        "a.md:1",
        code=code,
        documents=frozenset({f"{name}.md"}),
        bare=frozenset(bare),
    )


def material(text: str) -> Material:
    read = document(text, "a.md")
    return Material((Analysed("a.md", "0", tuple(sentences(read, default_parser())), (), frozenset()),))


def merged(*terms: Term, text: str = "Nothing.", background: Background | None = None) -> list[Term]:
    return RuleMerger(background or Background([])).merge(terms, material(text))


def groups(*terms: Term, text: str = "Nothing.", background: Background | None = None) -> set[frozenset[str]]:
    found = merged(*terms, text=text, background=background)
    return {frozenset(" ".join(key) for key in item.keys) for item in found}


def test_known_synonyms_are_one_concept_under_the_proper_name() -> None:
    (found,) = merged(term("dict", code=1, mentions=9), term("dictionaries", mentions=3), background=KNOWN)
    assert found.name == "dictionary"
    assert set(found.aliases) == {"dict", "associative array", "mapping type"}
    assert found.mentions == 12
    assert found.documents == {"dict.md", "dictionaries.md"}
    assert found.code == pytest.approx(0.75)


def test_the_proper_name_is_taken_only_where_the_course_uses_it() -> None:
    (found,) = merged(term("associative array"), term("dict"), background=KNOWN)
    assert found.name == "dict"
    assert "dictionary" in found.aliases


def test_an_everyday_word_means_what_it_is_another_name_of_in_code_alone() -> None:
    assert len(merged(term("format"), term("string formatting"), background=KNOWN)) == 2
    assert len(merged(term("format", code=1), term("string formatting"), background=KNOWN)) == 1


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("A dictionary (also called associative array) has keys.", "dictionary", "associative array"),
        ("A parameter, also known as formal argument, is a name.", "parameter", "formal argument"),
        (
            "A lambda expression, sometimes called an anonymous function, is short.",
            "lambda expression",
            "anonymous function",
        ),
        ("Object-oriented programming (OOP) uses classes.", "Object-oriented programming", "OOP"),
        ("OOP (object-oriented programming) uses classes.", "OOP", "object-oriented programming"),
        ("The application programming interfaces (APIs) are many.", "application programming interfaces", "APIs"),
    ],
)
def test_what_the_text_equates_is_one_concept(text: str, first: str, second: str) -> None:
    assert len(merged(term(first), term(second), text=text)) == 1


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("A list (or a tuple) is a sequence.", "list", "tuple"),
        ("A list or tuple is a sequence.", "list", "tuple"),
        ("Object-oriented programming (SQL) uses classes.", "Object-oriented programming", "SQL"),
        ("A method called by a class is bound.", "method", "class"),
        ("Lists and tuples, also strings, are sequences.", "tuple", "string"),
    ],
)
def test_what_the_text_sets_side_by_side_stays_two(text: str, first: str, second: str) -> None:
    assert len(merged(term(first), term(second), text=text)) == 2


def test_code_and_the_noun_that_says_what_it_is_are_one() -> None:
    (found,) = merged(term("json", code=1), term("json module", bare=["json"]))
    assert (found.name, found.aliases) == ("json", ("json module",))


def test_the_noun_is_left_out_of_the_name_also_where_the_bare_code_never_stands() -> None:
    (found,) = merged(term("json module", bare=["json"]), term("json library", bare=["json"]))
    assert found.name == "json"
    assert set(found.aliases) == {"json module", "json library"}


def test_a_statement_keeps_its_noun() -> None:
    (found,) = merged(
        term("for", code=1, mentions=20), term("for statement", bare=["for"]), term("for loops", bare=["for"])
    )
    assert found.name in ("for statement", "for loop")
    assert "for" in found.aliases
    (found,) = merged(
        term("for", code=1), term("for loop", bare=["for"]), term("for statement", bare=["for"]), background=KNOWN
    )
    assert found.name == "for statement"


def test_a_word_that_is_not_code_is_not_what_code_names() -> None:
    found = merged(term("JSON"), term("json module", bare=["json"]))
    assert [(item.name, item.aliases) for item in found] == [("JSON", ()), ("json module", ())]


def test_a_dotted_method_is_the_method() -> None:
    assert groups(term("list.append", code=1), term("append", code=1)) == {frozenset({"list . append", "append"})}
    (found,) = merged(term("list.append", code=1, mentions=9), term("append", code=1, mentions=9))
    assert found.name == "append"


def test_methods_of_two_owners_are_not_one() -> None:
    found = groups(term("list.pop", code=1), term("dict.pop", code=1), term("pop", code=1))
    assert len(found) == 3


def test_names_of_other_concepts_are_no_aliases() -> None:
    found = {item.name: item for item in merged(term("format"), term("string formatting"), background=KNOWN)}
    assert found["string formatting"].aliases == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("For Loops", "for loop"),
        ("Dictionaries", "dictionary"),
        ("ValueError", "ValueError"),
        ("JSON file", "JSON file"),
        ("None", "None"),
        ("True", "True"),
        ("List Comprehension", "list comprehension"),
        ("class", "class"),
        ("__init__", "__init__"),
        ("os.path", "os.path"),
        ("2D arrays", "2D array"),
    ],
)
def test_canonical_names(text: str, expected: str) -> None:
    assert canonical(text) == expected


def test_the_best_of_a_group_speaks_for_it() -> None:
    (found,) = merged(term("dict", confidence=0.4), term("dictionary", confidence=0.9), background=KNOWN)
    assert (found.confidence, found.sentence) == (0.9, "About dictionary.")


_GIVEN = ["tuple", "list", "format", "json", "JSON", "dict", "dictionary", "random", "for", "loop", "pop", "list.pop"]
_GIVEN += ["dict.pop", "json module", "json library", "for loop", "for statement", "random module", "string formatting"]
_GIVEN += [
    "list type",
    "associative array",
    "hash table",
    "while loop",
    "function",
    "lambda",
    "lambda function",
    "start",
]
_NAMES = st.sampled_from(_GIVEN)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.tuples(_NAMES, st.sampled_from([0.0, 1.0])), max_size=12), st.sampled_from(["small", "packaged"]))
def test_every_term_is_in_one_concept_and_no_two_share_a_name(given: list[tuple[str, float]], which: str) -> None:
    terms: dict[tuple[str, ...], Term] = {}
    for name, code in given:
        first, _, noun = name.partition(" ")
        bare = [first] if noun in ("module", "library", "statement", "type") else []
        terms.setdefault(name_key(name), term(name, code=0.0 if bare else code, bare=bare))
    background = KNOWN if which == "small" else default_background()
    found = merged(*terms.values(), background=background)
    assert sorted(key for item in found for key in item.keys) == sorted(terms)
    assert sum(item.mentions for item in found) == sum(item.mentions for item in terms.values())
    names = [surface_key(item.name) for item in found]
    assert len(set(names)) == len(names)
    for item in found:
        aliases = [surface_key(alias) for alias in item.aliases]
        assert len(set(aliases)) == len(aliases)
        assert not set(aliases) & set(names)
