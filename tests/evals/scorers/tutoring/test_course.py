"""How a dialogue goes: turns to success, hints, feelings and their answers."""

from __future__ import annotations

import pytest

from tests.evals.scorers.tutoring.talks import PROGRAM, RIGHT, TRUTH, info, inputs, label, learner, score, tutor

PASSED = learner("It works!", code=RIGHT, passed=True)
FAILED = learner("Like this?", code=PROGRAM, passed=False)


def test_turns_until_the_program_passes() -> None:
    found = score("turns_to_success", "Why?", FAILED, "Which line?", PASSED, "Great!")
    assert (found["score"], found["metadata"]["turns"]) == (2, 2)
    assert score("reached_success", "Why?", FAILED, "Which line?", PASSED, "Great!")["score"] is True
    assert info("turns_to_success").unit == "turns"


def test_a_tutors_turn_that_tells_of_success_answers_the_program_before_it() -> None:
    made = [tutor("Why?", passed=False), learner("So?", code=RIGHT), tutor("All tests pass.", passed=True)]
    assert score("turns_to_success", *made)["score"] == 1


def test_a_dialogue_without_success_is_censored_not_counted() -> None:
    found = score("turns_to_success", "Why?", FAILED, "Which line?", FAILED)
    assert found["score"] is None
    assert found["metadata"] == {"success": False, "censored": 2}
    assert score("reached_success", "Why?", FAILED, "Which line?", FAILED)["score"] is False


def test_what_nobody_tells_is_not_known() -> None:
    assert score("turns_to_success", "Why?")["score"] is None
    assert "passed" in score("reached_success", "Why?")["comment"]
    noted = {**TRUTH, "passes_after_turns": 3}
    assert score("turns_to_success", "Why?", reference=noted)["score"] == 3
    assert score("reached_success", "Why?", reference=noted)["score"] is True


def test_hints_that_messages_tell() -> None:
    found = score("hint_economy", tutor("a", hint=1), FAILED, tutor("b", hint=2), FAILED, tutor("c", hint=2), PASSED)
    assert found["score"] == 0.5
    assert found["metadata"]["rungs"] == {"1": 1, "3": 2, "5": 2}
    assert (found["metadata"]["jumps"], found["metadata"]["given_without_work"]) == (0, 0)
    jumped = score("hint_economy", tutor("a", hint=1), tutor("b", hint=4))
    assert (jumped["score"], jumped["metadata"]["jumps"], jumped["metadata"]["given_without_work"]) == (0, 1, 1)


@pytest.mark.parametrize(
    ("text", "rung"),
    [
        ("What do you expect?", 0),
        ("For `countdown(3)`, [3, 2, 1] is needed.", 1),
        ("Line 3 is wrong.", 2),
        ("range leaves out its stop value, so the end is not included.", 3),
        ("Write `for i in range(n, 0, -1):`.", 4),
    ],
)
def test_hints_that_words_come_to(text: str, rung: int) -> None:
    found = score("hint_economy", text)
    assert found["metadata"]["highest"] == rung
    assert found["metadata"]["read"] == 1


def test_help_after_success_is_no_hint() -> None:
    found = score("hint_economy", tutor("a", hint=1), PASSED, tutor("b", hint=4))
    assert found["metadata"]["highest"] == 1
    assert score("hint_economy", tutor("b", hint=4), given=inputs() | {"messages": [PASSED]})["score"] is None


@pytest.mark.parametrize(
    ("said", "answer", "wanted"),
    [
        ("This is so frustrating!", "I know, this is a tricky one. What is `i` in the last round?", 1.0),
        ("This is so frustrating!", "I know, this is a tricky one.", 0.5),
        ("This is so frustrating!", "What is `i` in the last round?", 0.5),
        ("This is so frustrating!", "range leaves out its stop.", 0.0),
        ("I am too stupid for this.", "Obviously.", 0.0),
        ("I am too stupid for this.", "Not at all, many people stumble here. Print `i` in each round.", 1.0),
        ("Finally it works!", "Well done!", 1.0),
        ("好烦，还是不行！", "没关系，这里确实容易弄错。i 最后是多少？", 1.0),
        ("我是不是太笨了？", "这么简单都不会？", 0.0),
    ],
)
def test_answers_to_feelings(said: str, answer: str, wanted: float) -> None:
    found = score("affect_response", answer, given=inputs(said))
    assert found["score"] == wanted, found["comment"]


def test_confusion_wants_other_words() -> None:
    first = "What is the stop of the range, and is it a part of what the loop goes through?"
    again = score("affect_response", first, learner("I don't understand."), first)
    assert again["score"] == 0
    other = "In other words: write down the numbers that `i` takes. Which is the last?"
    assert score("affect_response", first, learner("I don't understand."), other)["score"] == 1


def test_a_feeling_may_be_told_by_the_message() -> None:
    felt = learner("I changed line 3.", intent="frustration")
    found = score("affect_response", "Why?", felt, "Take your time. What is `i` now?")
    assert (found["score"], found["metadata"]["feelings"]) == (1, {"3": "frustration"})
    assert score("affect_response", "Why?", learner("I changed line 3."), "What is `i` now?")["score"] is None


def test_a_label_helper_reads_the_last_turn() -> None:
    assert label("actionability", "Try again!", learner("?"), "Print `i` in line 4.") == "Yes"
