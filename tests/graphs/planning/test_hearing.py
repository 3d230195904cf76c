"""Steps that the words of an instruction name, and what of it is left over."""

from __future__ import annotations

import pytest

from gradatim.graphs.planning.hearing import hear
from gradatim.graphs.planning.leftovers import leftovers
from gradatim.graphs.planning.library import patterns
from gradatim.graphs.planning.settling import settle
from gradatim.languages import has, speaking


def _numbers(text: str) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for step in hear(text).steps:
        if step.numbers:
            found.setdefault(step.pattern, {}).update(step.numbers)
    return found


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("two hint rounds, at most 3 revisions", {"hint_rounds": {"rounds": 2}, "revision_rounds": {"rounds": 3}}),
        ("give hints until it passes, four rounds at most", {"hint_rounds": {"rounds": 4}}),
        ("hint rounds: 3", {"hint_rounds": {"rounds": 3}}),
        ("grade out of 20 points, tests count 80%", {"grading": {"points": 20, "tests": 0.8}}),
        ("if the two marks differ by more than 5 points the lecturer decides", {"person_disagree": {"tolerance": 5}}),
        ("let them try once more", {"hint_rounds": {"rounds": 1}}),
        ("assess all submissions, ten in parallel", {"at_once": {"at_once": 10}}),
        ("hints, max 3", {"hint_rounds": {"rounds": 3}}),
        ("最多提示三次，分数低于六十分的交给老师", {"hint_rounds": {"rounds": 3}, "person_low_grade": {"points": 60}}),
    ],
)
def test_numbers_go_to_what_they_count(text: str, numbers: dict[str, dict[str, float]]) -> None:
    assert _numbers(text) == numbers


def test_every_step_cites_words_that_stand_in_the_instruction() -> None:
    text = "Assess the homework, two hint rounds; if the confidence is below 0.8 ask me, and record it."
    for step in hear(text).steps:
        assert text[step.start : step.end] == step.words


def test_numbers_beyond_what_is_possible_are_told() -> None:
    (question,) = hear("assess with 40 hint rounds").questions
    assert question.kind == "bounds"
    assert question.values == {"asked": "40", "least": "1", "most": "20", "used": "20"}


def test_a_number_that_counts_nothing_known_is_asked_about() -> None:
    questions = hear("the feedback must be approved by two teachers").questions
    assert [question.kind for question in questions] == ["number"]
    assert questions[0].values == {"asked": "two"}


def test_a_condition_and_its_consequence_in_two_clauses_are_one_step() -> None:
    design, _ = settle([hear("Send it when confidence is at least 90 percent, otherwise I check it.").steps])
    assert design.number("person_unsure", "threshold") == 0.9
    assert not design.has("person_before")


def test_what_a_person_sees_is_read_from_the_clause() -> None:
    chosen = [step.chosen.get("what") for step in hear("ask me before grades go out").steps]
    assert chosen == [("grades",)]


def _left(text: str) -> list[tuple[str, bool, bool]]:
    heard = hear(text)
    return [(item.text, item.whole, item.topic) for item in leftovers(heard.clauses, heard.steps, heard.quantities)]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("assess it and email the dean", [("email the dean", True, False)]),
        ("give feedback as a haiku", [("as a haiku", True, False)]),
        ("comments in the language of Beijing", [("in the language of Beijing", True, False)]),
        ("if the tests pass give a harder exercise", [("if the tests pass", True, False)]),
        ("when a student hands in, give feedback", []),
        ("short friendly feedback please", [("short friendly", False, False)]),
        ("feedback on a fibonacci exercise", [("fibonacci", False, True)]),
        ("please, thank you, assess my students' homework", []),
        ("评估作业并给家长打电话", [("家长打电话", True, False)]),
    ],
)
def test_nothing_is_dropped_in_silence(text: str, left: list[tuple[str, bool, bool]]) -> None:
    assert _left(text) == left


@pytest.mark.parametrize("code", ["en", "zh"])
def test_every_pattern_has_a_name_for_people(code: str) -> None:
    with speaking(code):
        assert [name for name in patterns() if not has(f"planning.patterns.{name}")] == []
        numbers = {key for pattern in patterns().values() for key in pattern.spec.parameters}
        assert [key for key in numbers if not has(f"planning.numbers.{key}")] == []


def test_patterns_name_only_patterns() -> None:
    for pattern in patterns().values():
        spec = pattern.spec
        for other in (*spec.implies, *spec.instead_of, *([spec.same_as] if spec.same_as else [])):
            assert other in patterns(), f"{spec.id}: {other}"
        assert spec.hints, spec.id
