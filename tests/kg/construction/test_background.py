from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import CurriculumError
from gradatim.kg.construction.background import (
    FLAGS,
    Background,
    Entry,
    _key,
    default_background,
    graph_entries,
    read_thesaurus,
)
from gradatim.kg.lexicon import name_key
from tests.kg.graphs import small_graph

THESAURUS = sorted(
    (file for file in (files("gradatim.kg") / "construction" / "thesaurus").iterdir() if file.name.endswith(".txt")),
    key=lambda file: file.name,
)
MIRRORED = {
    "prerequisite": "prerequired",
    "prerequisite-2": "prerequired-2",
    "kind": "kinds",
    "kind-2": "kinds-2",
    "similar": "similar",
    "siblings": "siblings",
}
MIRRORED |= {there: here for here, there in MIRRORED.items()}

SMALL = Background(
    [
        Entry("statement"),
        Entry("loop", ("repetition",), needs=("statement",)),
        Entry("for loop", ("for",), parents=("loop",), similar=("while loop",), needs=("loop",)),
        Entry("while loop", parents=("loop",)),
        Entry("nested for loop", parents=("for loop",), needs=("for loops",)),
    ]
)


def flags(first: str, second: str) -> set[str]:
    return set(SMALL.flags(SMALL.known(name_key(first)), SMALL.known(name_key(second))))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("loop", "for loop", {"prerequisite", "kinds"}),
        ("for", "repetitions", {"prerequired", "kind"}),
        ("statement", "for loop", {"prerequisite-2"}),
        ("nested for loop", "loop", {"prerequired-2", "kind-2"}),
        ("while loop", "for loop", {"similar", "siblings"}),
        ("statement", "while loop", set()),
        ("loop", "loop", set()),
        ("loop", "unheard of", set()),
    ],
)
def test_how_two_terms_hang_together(first: str, second: str, expected: set[str]) -> None:
    assert flags(first, second) == expected
    assert flags(second, first) == {MIRRORED[flag] for flag in expected}


_NAMES = st.sampled_from(["a", "b", "c", "d", "e"])
_ENTRIES = st.builds(
    Entry,
    _NAMES,
    st.lists(st.sampled_from(["x", "y", "b"]), max_size=2).map(tuple),
    *(st.lists(_NAMES, max_size=3).map(tuple) for _ in range(3)),
)


@settings(deadline=None)
@given(st.lists(_ENTRIES, max_size=8))
def test_flags_are_mirrored_from_the_other_side(entries: list[Entry]) -> None:
    background = Background(entries)
    for first in range(len(entries)):
        for second in range(len(entries)):
            there = list(background.flags(first, second))
            assert set(there) <= set(FLAGS)
            assert len(set(there)) == len(there)
            assert {MIRRORED[flag] for flag in there} == set(background.flags(second, first))


def test_flags_of_the_packaged_background_are_mirrored() -> None:
    background = default_background()
    terms = [background.known(name_key(name)) for name in ("list", "tuple", "array", "loop", "class", "stack", "queue")]
    assert None not in terms
    seen = {flag for first in terms for second in terms for flag in background.flags(first, second)}
    assert {"prerequisite", "prerequired", "similar"} <= seen
    for first in terms:
        for second in terms:
            assert {MIRRORED[flag] for flag in background.flags(first, second)} == set(background.flags(second, first))


def test_terms_with_a_name_in_common_are_one() -> None:
    both = Background([Entry("list", ("array list",)), Entry("lists", ("vector",), needs=("x",)), Entry("x")])
    assert len(both) == 2
    number = both.known(("list",))
    assert number is not None
    assert both.known(("vector",)) == both.known(("array", "list")) == number
    assert both.name(number) == "list"
    assert set(both.names(number)) == {"list", "lists", "array list", "vector"}
    assert list(both.flags(both.known(("x",)), number)) == ["prerequisite"]


def test_an_alias_takes_no_name_away() -> None:
    both = Background([Entry("array", ("list",)), Entry("list")])
    assert both.known(("list",)) != both.known(("array",))


def test_a_call_is_known_without_its_brackets() -> None:
    assert Background([Entry("print()")]).known(("print",)) == 0


# ------------------------------------------------------------------------------------------ thesaurus


def test_a_line_of_a_thesaurus() -> None:
    text = (
        "# a note\n\nlist | array list; vector | sequence |  | variable; value\n"
        "a | b operator |  | | | \n#!x |  | |  |\n"
    )
    assert list(read_thesaurus(text, "t.txt")) == [
        Entry("list", ("array list", "vector"), ("sequence",), (), ("variable", "value")),
        Entry("a", ("b operator",)),
        Entry("#!x"),
    ]


def test_a_bar_may_stand_in_a_name() -> None:
    (entry,) = read_thesaurus("bitwise or | a|b; |= |  |  | ", "t.txt")
    assert entry.name == "bitwise or"
    assert entry.aliases[0] == "a|b"


@pytest.mark.parametrize("line", ["list", "list | a | b | c", " | a | b | c | d", "list | a | b | c | d | e"])
def test_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(CurriculumError, match="fields") as caught:
        list(read_thesaurus(f"# fine\nloop |  |  |  | \n{line}\n", "t.txt"))
    assert caught.value.place == "t.txt:3"


@pytest.mark.parametrize("file", THESAURUS, ids=lambda file: file.name)
def test_every_line_of_the_packaged_thesaurus_is_well_formed(file: object) -> None:
    text = file.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    entries = list(read_thesaurus(text, "t.txt"))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]
    assert len(entries) == len(lines) > 500
    for line, entry in zip(lines, entries, strict=True):
        assert line.startswith(entry.name)
        for name in (entry.name, *entry.aliases, *entry.parents, *entry.similar, *entry.needs):
            assert name_key(name), line
            assert len(name) <= 80, line
        assert entry.name not in (*entry.parents, *entry.similar, *entry.needs), line


def test_every_end_of_a_relation_is_a_term() -> None:
    background = default_background()
    unknown = [
        (file.name, entry.name, name)
        for file in THESAURUS
        for entry in read_thesaurus(file.read_text(encoding="utf-8"), file.name)
        for name in (*entry.parents, *entry.similar, *entry.needs)
        if background.known(_key(name)) is None
    ]
    assert unknown == []


# ------------------------------------------------------------------------------------------ curriculum


def test_a_graph_is_background_too() -> None:
    entries = {entry.name: entry for entry in graph_entries(small_graph())}
    assert entries["for loop"] == Entry("for loop", ("for loop", "for"), ("loop",), (), ("loop",))
    assert entries["while loop"].similar == ("for loop",)
    background = Background(entries.values())
    loop, ranges = background.known(("for", "loop")), background.known(("range", "function"))
    assert list(background.flags(loop, ranges)) == ["prerequisite"]
    assert set(background.flags(loop, background.known(("while",)))) == {"similar", "siblings"}


def test_the_packaged_background_knows_computing_and_python() -> None:
    background = default_background()
    assert len(background) > 2500
    for name in ("list comprehension", "linked list", "OOP", "binary search tree", "TCP", "range()"):
        assert background.known(_key(name)) is not None, name
    assert background.known(("no", "such", "thing")) is None
