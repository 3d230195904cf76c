"""Socratic quality and its parts: kinds of questions, what is told, what comes first; and who talks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.evals.scorers.tutoring.reading.speech import spoken
from gradatim.evals.scorers.tutoring.reading.wordcount import words_in
from tests.evals.scorers.tutoring.talks import RIGHT, inputs, learner, score


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Is `i` ever 1?", "closed"), ("So does the loop reach 1?", "closed"), ("It stops at 2, right?", "closed"),
        ("What is the value of `i` after the loop?", "short"), ("How many rounds does the loop run?", "short"),
        ("Which line sets `result`?", "short"), ("Why does it stop at 2?", "long"),
        ("Can you explain why it stops?", "long"), ("What happens if n is 0?", "long"),
        ("How does range treat its stop?", "long"), ("循环会到 1 吗？", "closed"), ("i 最后是多少？", "short"),
        ("循环执行几次？", "short"), ("为什么停在 2？", "long"), ("如果 n 是 0 会怎样？", "long"),
    ],
)  # fmt: skip
def test_kinds_of_questions(question: str, kind: str) -> None:
    (asked,) = spoken(question, "en" if question.isascii() else "zh").questions
    assert asked.kind == kind


def test_a_question_mark_in_code_asks_nothing() -> None:
    said = spoken('Print `"why?"` first. ```python\nprint("what?")\n```', "en")
    assert said.questions == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Hello! Good luck!", 0), ("You are nearly there.", 0), ("Print `i` in the loop.", 0), ("Why is that so?", 0),
        ("range leaves out its stop.", 1), ("range leaves out its stop. The list has two elements.", 2),
        ("你好！加油！", 0), ("range 的终点不包含在内。", 1), ("打印 i 看看。", 0),
    ],
)  # fmt: skip
def test_things_told(text: str, told: int) -> None:
    assert spoken(text, "en" if text.isascii() else "zh").told == told


def test_a_socratic_dialogue_beats_a_lecture() -> None:
    asking = ["Why does the list end with 2?", learner("Because of range?"), "What is the last value of `i`?"]
    telling = ["range leaves out its stop. Your list ends with 2. Write 0.", learner("ok"), "The loop is right now."]
    best, worst = score("socratic_quality", *asking), score("socratic_quality", *telling)
    assert best["score"] == pytest.approx((1 + 0.75 + 1 + 1 + 1) / 5)
    assert worst["score"] == 0
    assert best["metadata"]["questions"] == 2
    assert "asks" in worst["comment"]


def test_parts_of_socratic_quality() -> None:
    dialogue = ["Is it long? Why is it long?", learner("hm"), "The list has two elements.", learner("hm"), "Why?"]
    assert score("questions_a_turn", *dialogue)["score"] == 1
    assert score("open_questions", *dialogue)["score"] == pytest.approx(2 / 3)
    assert score("one_question_at_a_time", *dialogue)["score"] == 0.5
    assert score("facts_a_question", *dialogue)["score"] == pytest.approx(1 / 3)
    assert score("question_before_telling", *dialogue)["score"] is True


def test_telling_first() -> None:
    assert score("question_before_telling", "It stops. It is short. Why?")["score"] is False
    assert score("question_before_telling", "For n = 3 the list has two elements. Why?")["score"] is True
    assert score("question_before_telling", "Hello!")["score"] is None


@pytest.mark.parametrize("key", ["open_questions", "one_question_at_a_time"])
def test_without_questions_their_kind_is_not_known(key: str) -> None:
    assert score(key, "range leaves out its stop.")["score"] is None


def test_turns_after_success_do_not_count() -> None:
    passed = learner("It works!", code=RIGHT, passed=True)
    found = score("questions_a_turn", "Why?", passed, "Great. range leaves out its stop.")
    assert (found["score"], found["metadata"]["turns"]) == (1, 1)
    assert score("questions_a_turn", "Great!", given=inputs() | {"messages": [passed]})["score"] is None


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Why is that?", "Is it 3?", "The loop stops.", "Hello!", "Print `i`.", "你好"]), min_size=1
    )
)
def test_socratic_quality_is_in_the_unit_interval(texts: list[str]) -> None:
    found = score("socratic_quality", *texts)
    assert found["score"] is not None
    assert 0 <= found["score"] <= 1
    parts = [
        found["metadata"][key] for key in ("asks", "openness", "one_at_a_time", "asks_rather_than_tells", "asks_first")
    ]
    assert found["score"] == pytest.approx(sum(parts) / 5)


def test_who_talks() -> None:
    found = score("talk_ratio", "one two three", learner("four", code=RIGHT), given={"messages": []})
    assert found["score"] == 0.75
    assert found["metadata"]["ratio"] == 3
    assert score("talk_ratio", "alone", given={})["score"] is None
    assert score("talk_ratio", "...", given=inputs("?"))["score"] is None


def test_words_of_chinese_count_as_in_a_translation() -> None:
    assert words_in("循环少执行了一次。") == 5
    assert words_in("one two ```\nx = 1\n```") == 2
