from __future__ import annotations

import pytest

from gradatim.testing.learners import Fault, lines_named, programs_in, questions_in, words_in
from gradatim.testing.learners.cues import FactCue, KindCue, LineCue, Sentence
from gradatim.testing.learners.desk import Observation
from gradatim.testing.learners.reading import Reader
from gradatim.testing.learners.speech import lexicon, lexicons


def reader(fault: Fault, language: str = "en") -> Reader:
    first = fault.task.tests[0]
    seen = (Observation(first, "6", "3", False),)
    return Reader(
        lexicon(language), fault.code, seen, "total_up_to", fault.kind, counter=fault.counter, belief=fault.belief
    )


def read(fault: Fault, text: str, language: str = "en") -> Sentence:
    (sentence,) = reader(fault, language).read(text)
    return sentence


def pointers(sentence: Sentence) -> list[LineCue]:
    return [cue for cue in sentence.cues if isinstance(cue, LineCue) and cue.how == "pointer"]


@pytest.mark.parametrize(
    ("text", "language", "lines"),
    [
        ("Look at line 3.", "en", {3}),
        ("Lines 3 and 4 belong together.", "en", {3, 4}),
        ("Look at `for number in range(1, n):` again.", "en", {3}),
        ("What about `range(1, n)`?", "en", {3}),
        ("Your line 99 is odd.", "en", set[int]()),
        ("Think about it again.", "en", set[int]()),
        ("看看第 3 行。", "zh", {3}),
        ("第 3 到 4 行是循环。", "zh", {3, 4}),
        ("Line 3 is correct.", "en", set[int]()),
    ],
)
def test_lines_are_named_by_number_or_by_quoting(fault: Fault, text: str, language: str, lines: set[int]) -> None:
    assert lines_named(text, fault.code, language) == lines


def test_a_line_that_is_said_to_be_wrong_is_blamed_and_one_that_is_fine_is_not(fault: Fault) -> None:
    assert pointers(read(fault, "The mistake is in line 3."))[0].blaming
    assert not pointers(read(fault, "Have a look at line 3."))[0].blaming
    assert not pointers(read(fault, "There is nothing wrong in line 2."))[0].blaming
    assert pointers(read(fault, "Line 2 looks good."))[0].approving


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("The stop of a range is not included.", "en", "loop-bounds"),
        ("The loop runs one time too few.", "en", "loop-bounds"),
        ("循环少执行一次，因为终点不包含在内。", "zh", "loop-bounds"),
        ("What happens if both are equal?", "en", "comparison"),
        ("Printing a value is not the same as returning it: the function returns None.", "en", "result"),
        ("An empty list has to be handled first.", "en", "guard"),
        ("两个值相等的情况下会怎样？", "zh", "comparison"),
    ],
)
def test_what_is_said_about_the_fault_is_understood_as_its_kind(
    fault: Fault, text: str, language: str, kind: str
) -> None:
    said = [cue for cue in read(fault, text, language).cues if isinstance(cue, KindCue) and cue.saying]
    assert any(kind in cue.kinds for cue in said)


def test_the_counter_statement_is_understood_and_the_belief_only_confirms(fault: Fault) -> None:
    counter = read(fault, "Remember: range(1, n) ends with n - 1, its stop is never among the numbers.")
    assert KindCue(("loop-bounds",), True) in counter.cues
    belief = read(fault, "The second number given to range is the last number produced.")
    assert not any("loop-bounds" in cue.kinds for cue in belief.cues if isinstance(cue, KindCue))


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("For `total_up_to(3)` your program gives 3, but 6 is needed.", FactCue(needed=True, got=True)),
        ("`total_up_to(3)` should be 6.", FactCue(needed=True)),
        ("`total_up_to( 3 )` gives `3`.", FactCue(got=True)),
        ("`total_up_to(3)` gives 17.", FactCue(wrong=True)),
    ],
)
def test_concrete_values_are_held_against_what_the_program_does(fault: Fault, text: str, cue: FactCue) -> None:
    assert [item for item in read(fault, text).cues if isinstance(item, FactCue)] == [cue]


def test_a_line_number_is_no_value(fault: Fault) -> None:
    sentence = read(fault, "When `total_up_to(3)` runs, look at line 3.")
    assert not any(isinstance(cue, FactCue) for cue in sentence.cues)


@pytest.mark.parametrize(
    ("text", "after", "variables"),
    [
        ("What is the value of `total` after line 4?", "value", ("total",)),
        ("How many times does the loop run for `total_up_to(3)`?", "rounds", ()),
        ("Which line do you suspect?", "which_line", ()),
        ("In your own words: what does line 3 do?", "why", ()),
        ("What should `total_up_to(3)` give?", "needed", ()),
        ("Why?", "why", ()),
    ],
)
def test_questions_are_told_apart(fault: Fault, text: str, after: str, variables: tuple[str, ...]) -> None:
    question = read(fault, text).question
    assert question is not None
    assert question.after == after
    assert question.variables == variables


def test_chinese_questions_are_told_apart(fault: Fault) -> None:
    question = read(fault, "`total_up_to(3)` 运行时，循环执行几次？", "zh").question
    assert question is not None
    assert question.after == "rounds"
    assert question.case == fault.task.tests[0]


def test_code_that_a_text_gives_makes_programs(fault: Fault) -> None:
    def programs(text: str) -> tuple[str, ...]:
        return programs_in(text, fault.code, fault.task)

    assert programs(f"```python\n{fault.right}```") == (fault.right,)
    assert programs("Use `for number in range(1, n + 1):` there.") == (fault.right,)
    assert programs("Change `range(1, n)` to `range(1, n + 1)`.") == (fault.right,)
    assert programs("Change range(1, n) to range(1, n + 1).") == (fault.right,)
    assert programs_in("把 `range(1, n)` 改成 `range(1, n + 1)`。", fault.code, fault.task, "zh") == (fault.right,)
    assert programs("Look at `for number in range(1, n):` again.") == ()
    assert programs("For example `total_up_to(3)` gives 3.") == ()


def test_an_example_of_another_program_is_not_put_in(fault: Fault) -> None:
    assert programs_in("Here is another program: `for number in range(1, m + 1):`", fault.code, fault.task) == ()


def test_lengths_and_questions_are_counted_in_both_languages() -> None:
    assert words_in("What is `total` now?") == 4
    assert words_in("现在变量是多少呢") == 5
    assert questions_in("Why? 为什么？") == 2


def test_every_language_reads_and_says_the_same_things() -> None:
    first, *others = [lexicon(code) for code in lexicons()]
    assert {"en", "zh"} <= set(lexicons())
    for other in others:
        for part in ("names", "says", "constructs", "asks", "rounds", "marks", "phrases", "beliefs", "tells", "kinds"):
            assert getattr(first, part).keys() == getattr(other, part).keys(), part
