from __future__ import annotations

import json

import pytest

from gradatim.app.commands.kg.matching import matches
from gradatim.kg import packaged_curriculum
from tests.app.conftest import Invoke
from tests.kg.graphs import small_graph


def _first(text: str) -> tuple[str, str]:
    found = matches(packaged_curriculum(), text)
    return found[0].id, found[0].reason


@pytest.mark.parametrize(
    ("text", "concept", "reason"),
    [
        ("range", "range", "name 'range'"),
        ("FOR LOOP", "for-loop", "name 'for loop'"),
        ("whole number", "integer", "alias 'whole number'"),
        ("for loops", "for-loop", "another form of 'for loop'"),
        ("why does my for loop skip an item?", "for-loop", "the text names it: 'for loop'"),
        ("dictionnary", "dictionary", "looks like"),
        ("rnage", "range", "looks like"),
        ("lst indx", "list-index", "looks like"),
        ("range stop included", "range-stop-included", "words of its id begin so"),
    ],
)
def test_the_likeliest_comes_first_with_its_reason(text: str, concept: str, reason: str) -> None:
    assert _first(text)[0] == concept
    assert reason in _first(text)[1]


def test_beginnings_of_words() -> None:
    found = {match.id: match.reason for match in matches(packaged_curriculum(), "recur")}
    assert "recursion" in found
    assert "begins so" in found["recursion"]


def test_misconceptions_are_found_by_their_beliefs() -> None:
    found = [match for match in matches(small_graph(), "belief endless") if match.kind == "misconception"]
    assert [match.id for match in found] == ["endless"]
    assert found[0].name == "Belief of endless."


def test_each_thing_is_found_once_and_always_in_the_same_order() -> None:
    found = matches(packaged_curriculum(), "list")
    assert len({(match.kind, match.id) for match in found}) == len(found)
    assert found == matches(packaged_curriculum(), "list")
    assert all(0 < match.score <= 1 for match in found)
    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)


@pytest.mark.parametrize("text", ["", "   ", "zzzz", "\x00", "((((", "🦆"])
def test_nothing_is_found_for_nothing(text: str) -> None:
    assert matches(small_graph(), text) == []


def test_the_command(invoke: Invoke) -> None:
    result = invoke("kg", "search", "for", "loop", "--limit", "3")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].split()[:2] == ["for-loop", "concept"]
    assert len(result.stdout.splitlines()) == 3
    assert "not shown (--limit)" in result.stderr


def test_the_command_as_json(invoke: Invoke) -> None:
    data = json.loads(invoke("kg", "search", "indx", "--json", "--limit", "2").stdout)
    assert data["text"] == "indx"
    assert data["found"] > 2
    assert len(data["matches"]) == 2
    assert set(data["matches"][0]) == {"kind", "id", "name", "score", "reason"}


def test_nothing_found_and_nothing_to_find(invoke: Invoke) -> None:
    result = invoke("kg", "search", "qqqqq")
    assert (result.exit_code, result.stdout) == (1, "nothing is called like 'qqqqq'\n")
    assert invoke("kg", "search", "  ").exit_code == 2
