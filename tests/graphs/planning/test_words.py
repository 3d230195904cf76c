"""Words, clauses, numbers and denials of instructions."""

from __future__ import annotations

import pytest

from gradatim.errors import InputError
from gradatim.graphs.planning.clauses import LONGEST, clauses_of, read_instruction
from gradatim.graphs.planning.hearing import hear
from gradatim.graphs.planning.quantities import quantities_of
from gradatim.graphs.planning.words import is_chinese, stem, words_of


@pytest.mark.parametrize(
    ("words", "one"),
    [
        (("grade", "grades", "graded", "grading"), "grade"),
        (("submit", "submits", "submitted", "submitting"), "submit"),
        (("try", "tries", "tried"), "try"),
        (("assess", "assesses", "assessed", "assessing"), "assess"),
        (("write", "written", "writes"), "write"),
    ],
)
def test_forms_of_a_word_have_one_stem(words: tuple[str, ...], one: str) -> None:
    assert {stem(word) for word in words} == {stem(one)}


def test_different_words_keep_different_stems() -> None:
    assert stem("note") != stem("not")
    assert stem("once") != stem("one")
    assert stem("mass") == "mass"


def test_words_know_where_they_stand() -> None:
    text = "Don't ask me, at most 2 sign-offs"
    words = words_of(text)
    assert [word.stem for word in words][:4] == ["do", "not", "ask", "me"]
    assert {text[word.start : word.end] for word in words} >= {"at most", "sign", "offs", "2"}


@pytest.mark.parametrize(
    ("text", "chinese"), [("评估作业", True), ("assess", False), ("用 Python 写反馈", True), ("123", False)]
)
def test_language_is_told_by_its_letters(text: str, chinese: bool) -> None:
    assert is_chinese(text) is chinese


def test_a_condition_is_read_with_what_hangs_on_it() -> None:
    clauses = clauses_of("Assess, and if the model is not sure or a tool failed, stop and ask me. Then record it.")
    assert [clause.text for clause in clauses] == [
        "Assess",
        "if the model is not sure or a tool failed, stop",
        "ask me",
        "record it",
    ]
    assert clauses[2].condition == "if the model is not sure or a tool failed"
    assert clauses[3].condition == ""


@pytest.mark.parametrize("text", ["", "   ", "?!…", "\x00\x01"])
def test_an_instruction_without_words_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="empty"):
        read_instruction(text)


def test_a_long_instruction_is_refused_with_its_length() -> None:
    with pytest.raises(InputError, match="10,001") as caught:
        read_instruction("a " * 5000 + "b")
    assert str(LONGEST // 1000) in str(caught.value.remedy)


@pytest.mark.parametrize(
    ("text", "value", "measure"),
    [
        ("two hint rounds", 2, "count"),
        ("at most 12 hints", 12, "count"),
        ("confidence below 80 %", 0.8, "share"),
        ("confidence below 0.65", 0.65, "share"),
        ("more than half of the tests", 0.5, "share"),
        ("a limit of 2 minutes", 120, "seconds"),
        ("最多三次提示", 3, "count"),
        ("十二道题", 12, "count"),
        ("满分二十", 20, "count"),
        ("置信度低于百分之八十", 0.8, "share"),
        ("低于八成", 0.8, "share"),
        ("三十秒之内", 30, "seconds"),
    ],
)
def test_numbers_are_read_with_what_they_measure(text: str, value: float, measure: str) -> None:
    (found,) = quantities_of(clauses_of(text))
    assert (found.value, found.measure) == (pytest.approx(value), measure)


@pytest.mark.parametrize("text", ["the better one", "no one", "all at once", "一起评估", "统一评分"])
def test_what_only_sounds_like_a_number_is_none(text: str) -> None:
    assert quantities_of(clauses_of(text)) == ()


@pytest.mark.parametrize(
    ("text", "pattern", "wanted"),
    [
        ("no hints", "hint_rounds", False),
        ("give feedback without remembering anything", "memory", False),
        ("never involve a person", "person_before", False),
        ("without asking me", "person_before", False),
        ("skip the memory", "memory", False),
        ("memory off", "memory", False),
        ("hints are not needed", "hint_rounds", False),
        ("关闭记忆", "memory", False),
        ("nothing goes out without my approval", "person_before", True),
        ("do not publish the grades until I have approved them", "person_before", True),
        ("no more than two revisions", "revision_rounds", True),
        ("if the model is not sure ask me", "person_unsure", True),
        ("不要提示", "hint_rounds", False),
        ("无需老师审核", "person_before", False),
        ("未经我同意不得发布反馈", "person_before", True),
        ("两人评分不一致时由老师决定", "person_disagree", True),
        ("仍然不会就转给老师", "still_failing", True),
    ],
)
def test_denials_reach_what_they_deny_and_nothing_else(text: str, pattern: str, wanted: bool) -> None:
    steps = {step.pattern: step.wanted for step in hear(text).steps}
    assert steps[pattern] is wanted
