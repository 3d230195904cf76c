"""Dialogues are read from what harnesses write: roles, parts, repeated histories, programs in fences."""

from __future__ import annotations

from typing import Any

import pytest

from gradatim.evals.scorers.tutoring.reading import Dialogue, dialogue_of, dimension_of, label_of, labels_in, nearest
from gradatim.evals.scorers.tutoring.reading.dialogue import LONGEST, MOST
from gradatim.evals.scorers.tutoring.reading.truth import truth_of
from gradatim.evals.scorers.tutoring.reading.words import words_for
from tests.evals.scorers.tutoring.talks import PROGRAM, RIGHT, inputs, label, learner, tutor


def read(given: Any, made: Any) -> Dialogue:
    found = dialogue_of(given, made)
    assert isinstance(found, Dialogue), found
    return found


def test_inputs_come_before_outputs_and_only_outputs_are_judged() -> None:
    found = read(inputs("Why?"), {"messages": [tutor("What comes out?")]})
    assert [(turn.tutor, turn.text, turn.judged) for turn in found.turns] == [
        (False, "Why?", False), (True, "What comes out?", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ([learner("a"), tutor("b"), learner("c")], [learner("a"), tutor("b"), learner("c"), tutor("d")]),
        ([learner("a"), tutor("b"), learner("c")], [learner("c"), tutor("d")]),
        ([learner("c")], [learner("a"), tutor("b"), learner("c"), tutor("d")]),
        ([learner("a"), tutor("b"), learner("c")], [tutor("d")]),
    ],
)
def test_a_history_that_is_repeated_is_read_once(given: list[Any], made: list[Any]) -> None:
    found = read({"messages": given}, {"messages": made})
    assert [turn.text for turn in found.turns] == ["a", "b", "c", "d"]
    assert [turn.number for turn in found.turns] == [0, 1, 2, 3]


def test_roles_of_other_libraries_and_contents_in_parts() -> None:
    made = [
        {"role": "system", "content": "You are a tutor."},
        {"type": "human", "content": [{"type": "text", "text": "Why"}, {"type": "image_url"}, "?"]},
        {"speaker": "Tutor", "text": "What comes out?"},
        {"role": "tool", "content": "4"},
        {"role": "somebody", "content": "x"},
        "no message",
    ]
    found = read({}, {"messages": made})
    assert [(turn.tutor, turn.text) for turn in found.turns] == [(False, "Why\n?"), (True, "What comes out?")]
    assert found.skipped == 3


def test_programs_stand_in_fields_or_in_fences() -> None:
    fenced = learner(f"Like this?\n```python\n{RIGHT}```")
    found = read(
        inputs(), {"messages": [tutor("Look."), fenced, tutor("Now?"), learner("So.", code="x = 1"), tutor("Ah.")]}
    )
    first, second, third = found.tutor
    assert found.program_at(first) == PROGRAM
    assert found.program_at(second) == RIGHT
    assert found.program_at(third) == "x = 1"
    assert found.turns[2].text == "Like this?"


def test_whether_a_program_passes_is_taken_from_where_it_is_told() -> None:
    made = [
        tutor("Look."), learner("So?", code=RIGHT, passed=True), tutor("Yes."),
        learner("And so?", code=PROGRAM), tutor("Hm."), learner("?"), tutor("No.", passed=False),
    ]  # fmt: skip
    found = read(inputs(), {"messages": made})
    assert [found.passed_at(turn) for turn in found.tutor] == [None, True, None, False]


def test_what_is_long_is_cut_and_said_so() -> None:
    found = read({}, {"messages": [tutor("x" * 10_000_000)] * (MOST + 5)})
    assert found.cut
    assert len(found.turns) == MOST
    assert len(found.turns[0].text) == LONGEST


def test_lines_behind_the_part_that_is_read_may_be_there() -> None:
    long = {"submission": {"code": "x = 1\n" * 3_000}, "messages": [learner("Why?")]}
    found = read(long, {"messages": [tutor("Look at line 2500.")]})
    assert found.cut
    assert label("coherence", "Look at line 2500.", given=long) != "No"
    sent = learner("Here.", code="x = 1\n" * 3_000)
    assert read({}, {"messages": [tutor("Hello."), sent]}).cut


@pytest.mark.parametrize(
    ("given", "made", "says"),
    [
        ({}, {}, "outputs.messages is empty"),
        (None, None, "outputs.messages is empty"),
        ({}, {"messages": "hello"}, "outputs.messages is empty"),
        ({}, {"messages": [{"content": "x"}, {"role": 3}]}, "no message has a role"),
        ({"messages": [learner("x")]}, {"messages": []}, "the tutor says nothing"),
        ({}, {"messages": [tutor("")]}, "the tutor says nothing"),
        ({}, {"messages": [tutor(None)]}, "the tutor says nothing"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_dialogue_says_why(given: Any, made: Any, says: str) -> None:
    found = dialogue_of(given, made)
    assert isinstance(found, str)
    assert says in found


def test_a_text_alone_answers_what_was_said() -> None:
    found = read({"messages": [learner("Why?")]}, {"text": "What comes out?"})
    assert found.tutor[0].text == "What comes out?"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("Yes", "Yes"), ("to some extent", "To some extent"), ("NO", "No"),
        ("Yes (but the answer is incorrect)", "Yes"),
        ("Encouraging", "Yes"), ("Neutral", "To some extent"), ("Offensive", "No"), (True, "Yes"),
        ("perhaps", None), ("", None), (None, None), (1, None), ("yes" * 100, None),
    ],
)  # fmt: skip
def test_labels_are_known_however_they_are_written(written: Any, wanted: str | None) -> None:
    assert label_of(written) == wanted


def test_names_of_dimensions_are_known_however_they_are_written() -> None:
    assert dimension_of("Revealing_of_the_Answer") == "revealing_of_the_answer"
    assert dimension_of("Providing guidance") == "providing_guidance"
    assert dimension_of("human-likeness") == "humanlikeness"
    assert dimension_of("warmth") is None
    assert labels_in({"annotation": {"Coherence": "Yes", "Warmth": "Yes", "Tutor_Tone": 7}}) == {"coherence": "Yes"}


@pytest.mark.parametrize(
    ("value", "wanted"), [(1, "Yes"), (0.75, "To some extent"), (0.5, "To some extent"), (0.2, "No")]
)
def test_the_nearest_label(value: float, wanted: str) -> None:
    assert nearest(value) == wanted


def test_truth_of_wrong_types_is_not_known() -> None:
    strange = {
        "verdict": 1,
        "lines": ["3", -1, True, 2.5],
        "labels": [],
        "passes_after_turns": -3,
        "answer": float("nan"),
    }
    found = truth_of({}, {"attributes": 3}, strange)
    assert (found.mistaken, found.lines, found.labels, found.passes_after, found.answers) == (
        None,
        frozenset(),
        {},
        None,
        (),
    )
    assert truth_of({}, {"diagnosis": {"verdict": "incorrect"}}, None).mistaken is True


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("What does the loop do?", "en"), ("循环做什么？", "zh"), ("第 3 行的 `range(n, 1, -1)` 呢？", "zh"),
        ("Look.", "en"),
        ("Was macht die Schleife, und warum ist das nicht richtig?", None), ("Почему цикл не работает как надо?", None),
        ("¿Por qué el bucle no para en la línea tres?", None), ("", "en"),
    ],
)  # fmt: skip
def test_the_language_of_a_text(text: str, code: str | None) -> None:
    found = words_for(text)
    assert (found.code if found else None) == code
