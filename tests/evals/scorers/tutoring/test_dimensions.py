"""The eight dimensions: what each label needs, in both languages, and what evidence cannot say."""

from __future__ import annotations

import pytest

from gradatim.evals.scorers.tutoring.reading import DIMENSIONS
from tests.evals.scorers.tutoring.talks import PROGRAM, TRUTH, info, inputs, label, learner, score, tutor

ZH = inputs("countdown(3) 得到 [3, 2]，为什么？")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("That is not quite right: for `countdown(3)` you get [3, 2] and [3, 2, 1] is needed.", "Yes"),
        ("There is a mistake in line 3.", "Yes"),
        ("What is the last value of `i` in `range(n, 1, -1)`?", "Yes"),
        ("Use `range(n, 0, -1)` in line 3.", "Yes"),
        ("Please check your program again.", "To some extent"),
        ("Your program is correct, well done!", "No"),
        ("Lists are a useful thing.", "No"),
        ("循环少执行了一次。", "Yes"),
        ("再检查一下吧。", "To some extent"),
        ("你的程序完全正确！", "No"),
    ],
)
def test_mistake_identification(text: str, wanted: str) -> None:
    assert label("mistake_identification", text, given=inputs() if text.isascii() else ZH) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Look at line 3 again.", "Yes"),
        ("What does `for i in range(n, 1, -1):` do in the last round?", "Yes"),
        ("You want `for i in range(n, 0, -1):` there.", "Yes"),
        ("Something is wrong with your loop.", "To some extent"),
        ("Line 1, line 2, line 3, line 4 and line 5: go through them all.", "To some extent"),
        ("The mistake is in line 5.", "No"),
        ("Line 3 is fine.", "No"),
        ("Think again.", "No"),
        ("问题在第 3 行。", "Yes"),
        ("看看你的循环。", "To some extent"),
        ("问题在第 5 行。", "No"),
    ],
)
def test_mistake_location(text: str, wanted: str) -> None:
    assert label("mistake_location", text, given=inputs() if text.isascii() else ZH) == wanted


def test_the_faulty_line_moves_with_the_learners_changes() -> None:
    longer = f'"""Counts down."""\n\n\n{PROGRAM}'  # the fault is in line 6 now
    sent = learner("I added a docstring.", code=longer)
    assert label("mistake_location", "Look at line 3.", sent, "Look at line 6.") == "Yes"
    assert label("mistake_location", "Look at line 3.", sent, "The mistake is in line 3.") == "No"


def test_without_lines_nobody_knows_the_place() -> None:
    found = score("mistake_location", "Look at line 3.", reference={"verdict": "incorrect"})
    assert found["score"] is None
    assert "reference.lines" in found["comment"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Write `for i in range(n, 0, -1):` instead.", "Yes"),
        ("You need range(n, 0, -1) in line 3.", "Yes"),
        ("Line 3 has to be changed: the stop should be one smaller.", "To some extent"),
        ("For `countdown(3)` you get [3, 2]; [3, 2, 1] is needed. Which number is missing?", "No"),
        ("In line 3, what is the last value of `i`?", "No"),
        ("把第 3 行改成 `for i in range(n, 0, -1):`。", "Yes"),
        ("第 3 行的 i 最后是多少？", "No"),
    ],
)
def test_revealing_of_the_answer(text: str, wanted: str) -> None:
    assert label("revealing_of_the_answer", text, given=inputs() if text.isascii() else ZH) == wanted


def test_revealing_says_whether_the_task_allows_it() -> None:
    given = inputs()
    given["task"] = {**given["task"], "reveal_solution": True}
    found = score("revealing_of_the_answer", "Write `for i in range(n, 0, -1):`.", given=given)
    assert found["score"] == 1
    assert found["metadata"]["allowed"] is True
    assert not info("revealing_of_the_answer").higher_is_better


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The answer is 42.", "Yes"),
        ("It is 42.0, isn't it?", "Yes"),
        ("Is it more than 420 or less than 142?", "No"),
        ("What is 6 times 7?", "No"),
    ],
)
def test_a_final_answer_is_a_whole_number(text: str, wanted: str) -> None:
    given = {"messages": [learner("6 * 7 is 41")]}
    assert label("revealing_of_the_answer", text, given=given, reference={"answer": 42}) == wanted
    worked = {"text": "6 times 7 is the same as 7 times 6. #### 42"}
    assert label("revealing_of_the_answer", text, given=given, reference=worked) == wanted


def test_an_answer_that_was_said_before_is_not_given_away() -> None:
    given = {"messages": [learner("Is it 42?")]}
    assert label("revealing_of_the_answer", "How did you get 42?", given=given, reference={"answer": "42"}) == "No"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("For `countdown(3)` you get [3, 2], but [3, 2, 1] is needed.", "Yes"),
        ("range stops before its stop value, so 1 is not included.", "Yes"),
        ("What is the value of `i` in the last round?", "Yes"),
        ("Look at line 3.", "To some extent"),
        ("For `countdown(3)`, [3, 2, 1] is needed. The mistake is in line 5.", "To some extent"),
        ("Good luck!", "No"),
        ("The mistake is in line 5.", "No"),
        ("range 的终点不包含在内。", "Yes"),
        ("加油！", "No"),
    ],
)
def test_providing_guidance(text: str, wanted: str) -> None:
    assert label("providing_guidance", text, given=inputs() if text.isascii() else ZH) == wanted


def test_refuted_statements_are_no_guidance() -> None:
    text = "For `countdown(3)` you get [3, 2], but [3, 2, 1] is needed."
    refuted = [{"text": text, "checks": [{"verdict": "refuted"}]}]
    assert label("providing_guidance", tutor(text, statements=refuted)) == "To some extent"
    supported = [{"text": "x", "checks": [{"verdict": "supported"}]}]
    assert label("providing_guidance", tutor("It is like this.", statements=supported)) == "Yes"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("What does `countdown(1)` return?", "Yes"),
        ("Why do you start at n?", "Yes"),
        ("Print `i` in each round.", "Yes"),
        ("Does that make sense?", "To some extent"),
        ("Try again!", "To some extent"),
        ("How can you not see that?", "To some extent"),
        ("range does not include its stop.", "No"),
        ("打印每一轮的 i。", "Yes"),
        ("明白了吗？", "To some extent"),
        ("range 的终点不包含在内。", "No"),
    ],
)
def test_actionability(text: str, wanted: str) -> None:
    assert label("actionability", text, given=inputs() if text.isascii() else ZH) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("In `countdown(3)`, which number is missing?", "Yes"),
        ("Look at `result.append(i)`: how often is that done?", "Yes"),
        ("What do you think?", "To some extent"),
        ("Call `is_prime(7)` and tell me what happens.", "To some extent"),
        ("Look at line 40.", "No"),
        ("Your program is correct, well done!", "No"),
        ("循环执行了几次？你能写下每一次的值吗？", "No"),
    ],
)
def test_coherence(text: str, wanted: str) -> None:
    assert label("coherence", text) == wanted


def test_saying_the_same_once_more_is_incoherent() -> None:
    asked = "Which number is missing in the list that you get?"
    assert label("coherence", asked, learner("I do not understand the question."), asked) == "No"


def test_finding_fault_with_a_program_that_passes_is_incoherent() -> None:
    passed = learner("Now it works!", code=PROGRAM.replace("1, -1", "0, -1"), passed=True)
    assert label("coherence", "Which number is missing?", passed, "The mistake is in line 3.") == "No"
    assert label("coherence", "Which number is missing?", passed, "All tests pass! Why does it work now?") == "Yes"


@pytest.mark.parametrize("key", ["tutor_tone", "humanlikeness"])
def test_some_dimensions_need_a_judge(key: str) -> None:
    found = score(key, "Well done! Do not worry.")
    assert found["score"] is None
    assert "--judge MODEL" in found["comment"]
    assert found["metadata"]["turns"] == 1


def test_signs_of_a_tone_and_of_a_machine_are_counted() -> None:
    tone = score("tutor_tone", "Great, you are close!", learner("?"), "Are you stupid?")["metadata"]
    assert (tone["praises"], tone["scolds"]) == (1, 1)
    machine = score("humanlikeness", "Please check it.\n- one\n- two", learner("?"), "Please check it.")["metadata"]
    assert machine["alike_beginnings"] == 0.5
    assert machine["repeated_sentences"] > 0
    assert machine["lists"] == 0.5


@pytest.mark.parametrize("key", ["mistake_identification", "mistake_location", "providing_guidance"])
def test_work_that_is_right_has_no_mistake_to_find(key: str) -> None:
    found = score(key, "Why does it work?", reference={"verdict": "correct", "lines": [3]})
    assert (found["score"], found["comment"]) == (None, "the learner's work is right")
    unknown = score(key, "Why does it work?", reference=None)
    assert "reference.verdict" in unknown["comment"]


def test_turns_after_success_are_not_judged() -> None:
    passed = learner("Done.", code=PROGRAM.replace("1, -1", "0, -1"), passed=True)
    found = score("mistake_location", "Look at line 3.", passed, "Great! Why did that help?")
    assert found["metadata"]["labels"] == {"1": "Yes"}


def test_several_turns_are_averaged_and_counted() -> None:
    found = score("mistake_location", "Think again.", learner("?"), "The loop?", learner("?"), "Look at line 3.")
    assert found["score"] == 0.5
    assert found["metadata"]["labels"] == {"1": "No", "3": "To some extent", "5": "Yes"}
    assert (found["metadata"]["exact"], found["metadata"]["lenient"]) == (1 / 3, 2 / 3)
    assert found["metadata"]["label"] == "To some extent"


def test_labels_of_people_are_compared_exactly_and_leniently() -> None:
    labels = {"Mistake_Location": "To some extent", "Tutor_Tone": "Encouraging"}
    metadata = score("mistake_location", "Look at line 3.", reference={**TRUTH, "labels": labels})["metadata"]
    assert metadata["reference"] == "To some extent"
    assert (metadata["agrees"], metadata["agrees_leniently"]) == (False, True)
    assert (metadata["machine"], metadata["people"]) == (1.0, 0.5)


@pytest.mark.parametrize("key", ["actionability", "coherence", "socratic_quality", "affect_response"])
def test_other_languages_are_not_guessed_at(key: str) -> None:
    text = "Warum hört die Schleife schon vor der Eins auf, und was ist der letzte Wert von i in deiner Liste?"
    found = score(key, text, given=inputs("Warum geht das nicht?"))
    assert found["score"] is None
    assert "neither English nor Chinese" in found["comment"]


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_dimension_has_its_scorer(dimension: str) -> None:
    found = info(dimension)
    assert found.key == dimension
    assert found.family == "tutoring"
    assert found.scorer(inputs={}, outputs={})["score"] is None
