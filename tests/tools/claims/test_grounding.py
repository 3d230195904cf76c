"""A sentence is grounded where its evidence says the same, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from gradatim.domain import Evidence
from gradatim.tools.claims.grounding import grounded

PROGRAM = "def sum_to(n):\n    total = 0\n    for i in range(n):\n        total += i\n    return total\n"


def evidence(id: str, summary: str, *lines: int, **detail: Any) -> Evidence:
    kind: Any = id.partition(":")[0]
    return Evidence(id=id, kind=kind, summary=summary, lines=lines, detail=detail)


RANGE = evidence(
    "misconception:range-stop-included",
    "Common wrong belief: The stop of a range is its last number. In truth: The stop of a range is never among its "
    "numbers: range(1, n) ends with n - 1, and range(1, n + 1) ends with n.",
    3,
    belief="The stop of a range is its last number.",
    correction="The stop of a range is never among its numbers: range(1, n) ends with n - 1.",
)
ENDS = evidence("static:range-stop-included:3", "Line 3: `range(n)` ends before n.", 3)
TEST = evidence("test:t2", "Test t2 `sum_to(3)`: expected 6, got 3.")
PASSED = evidence("test:t3", "Test t3 `sum_to(0)`: gives 0, as expected.")
RAISED = evidence("exception:t2", "Test t2 raises IndexError at line 4: list index out of range.", 4)
LOOP = evidence("concept:loop", "loop: A loop runs the same block of code several times.")
EARLY = evidence("static:return-in-loop:5", "Line 5: `return total` stands inside the loop of line 3.", 5)
START = evidence("static:range-start:3", "Line 3: the loop starts at 2 and ends before 5.", 3)
COUNTER = evidence("static:counter:4", "Line 4: the index `i` is used after the loop, and `j` before it.", 4)
NEEDS = evidence("concept:recursion", "recursion needs functions before conditions.")
LARGER = evidence("static:compare:4", "Line 4: the first number is larger than the last number.", 4)
TRUE = evidence("static:always:2", "Line 2: the condition `n < 1` is always false at the start.", 2)
WHILE = evidence("static:missing-loop-update:3", "Line 3: nothing in the loop changes `n` of the condition `n > 0`.", 3)
NOTHING = evidence("static:no-return:1", "Line 1: sum_to prints with `print(total)` and has no return with a value.", 1)
HISTORY = evidence("history:1a", "Earlier error: the loop stops one step too early.")
EARLIER = evidence("history:2b", "Earlier error: the loop stopped one step too early before.")
EMPTY = evidence("static:empty:2", "Line 2: the loop does not run for an empty list.", 2)
LONG = evidence(
    "concept:while",
    "while loop: A while loop tests its condition, runs the block if the condition is true, and goes back again.",
    definition="A while loop tests its condition first. Something in the block has to change the condition.",
)
ADDS = evidence("static:sum:4", "Line 4: `total` is increased by i in every round.", 4)
INT = evidence("static:type:2", "Line 2: input gives a string, and the string is compared with an integer.", 2)

GROUNDED = [
    ("`range(n)` ends before n.", ENDS),
    ("Line 3: `range(n)` ends before n.", ENDS),
    ("On line 3, `range(n)` ends before n.", ENDS),
    ("The range `range(n)` ends before n.", evidence("static:x:3", "The range `range(n)` ends before n.")),
    ("The stop of a range is never among its numbers.", RANGE),
    ("Test t2 `sum_to(3)`: expected 6, got 3.", TEST),
    ("It expected 6, but got 3.", TEST),
    ("The test expected 6 and your program returned 3.", evidence("test:t2", "Test t2: expected 6, returned 3.")),
    ("Your program got 3 instead of 6.", TEST),
    ("Test t2 raises IndexError at line 4: list index out of range.", RAISED),
    ("list index out of range", RAISED),
    ("The list index is out of range on line 4.", RAISED),
    ("A loop runs the same block of code several times.", LOOP),
    ("A loop runs the same block several times.", LOOP),
    ("`return total` stands inside the loop of line 3.", EARLY),
    ("The loop starts at 2 and ends before 5.", START),
    ("The loop starts at 2.", START),
    ("The first number is larger than the last number.", LARGER),
    ("The condition `n < 1` is always false at the start.", TRUE),
    ("Nothing in the loop changes `n` of the condition.", WHILE),
    ("Nothing in the loop changes the condition `n > 0`.", WHILE),
    ("sum_to prints and has no return with a value.", NOTHING),
    ("The loop does not run for an empty list.", EMPTY),
    ("The loop doesn't run for an empty list.", EMPTY),
    ("A while loop tests its condition first.", LONG),
    ("Something in the block has to change the condition.", LONG),
    ("`total` is increased by i in every round.", ADDS),
    ("The loop stopped one step too early before.", EARLIER),
    ("The string is compared with an integer.", INT),
]  # fmt: skip
NOT_GROUNDED = [
    ("`range(n)` ends after n.", ENDS),
    ("`range(n)` does not end before n.", ENDS),
    ("`range(n + 1)` ends before n.", ENDS),
    ("`range(m)` ends before m.", ENDS),
    ("On line 4, `range(n)` ends before n.", ENDS),
    ("`range(n)` starts before n.", ENDS),
    ("The stop of a range is its last number.", RANGE),
    ("The stop of a range is always among its numbers.", RANGE),
    ("The start of a range is never among its numbers.", RANGE),
    ("It expected 3, but got 6.", TEST),
    ("Your program got 6 instead of 3.", TEST),
    ("It should return 3, but it returned 6.", TEST),
    ("6 was returned and 3 was expected.", TEST),
    ("It expected 7, but got 3.", TEST),
    ("`sum_to(4)` expected 6, got 3.", TEST),
    ("The list index is out of range on line 5.", RAISED),
    ("The list index is not out of range.", RAISED),
    ("A loop runs the same block only once.", LOOP),
    ("`return total` stands outside the loop.", EARLY),
    ("`return total` stands inside the loop of line 4.", EARLY),
    ("The loop starts at 5 and ends before 2.", START),
    ("The loop ends at 2.", START),
    ("The loop starts at 3.", START),
    ("The index `j` is used after the loop.", COUNTER),
    ("The index `i` is used before the loop.", COUNTER),
    ("Functions need recursion before conditions.", NEEDS),
    ("Recursion needs conditions before functions.", NEEDS),
    ("The last number is larger than the first number.", LARGER),
    ("The first number is smaller than the last number.", LARGER),
    ("The condition `n < 1` is always true at the start.", TRUE),
    ("The condition `n < 1` is never false at the start.", TRUE),
    ("The condition `n <= 1` is always false at the start.", TRUE),
    ("The loop changes `n` of the condition.", WHILE),
    ("sum_to returns with a value.", NOTHING),
    ("sum_to has a return with a value.", NOTHING),
    ("The loop stops one step too early.", HISTORY),
    ("The loop stopped one step too late before.", EARLIER),
    ("The loop stops one step too late.", evidence("static:x:3", "The loop stops one step too early.")),
    ("The loop makes too many rounds.", evidence("static:x:3", "The loop makes too few rounds.")),
    ("The range includes the stop.", evidence("static:x:3", "The range excludes the stop.")),
    ("The value is less than the limit.", evidence("static:x:3", "The value is greater than the limit.")),
    ("The loop runs for an empty list.", EMPTY),
    ("The loop does not run for a long list.", EMPTY),
    ("A for loop tests its condition first.", evidence("concept:x", "A while loop tests its condition first.")),
    ("`total` is decreased by i in every round.", ADDS),
    ("`count` is increased by i in every round.", ADDS),
    ("The integer is a string.", INT),
    ("The string is an integer.", INT),
    ("`i` is increased by i in every round.", ADDS),
    ("`total` is increased by n in every round.", ADDS),
    ("The test t3 expected 6, got 3.", TEST),
    ("Your program printed 3 instead of 6.", TEST),
    ("The string is compared with a float.", INT),
    ("The program prints the total.", evidence("static:x:3", "The program returns the total.")),
    ("`range(n)` ends before n because the base case is missing.", ENDS),
    ("Your indentation is wrong.", ENDS),
    ("", ENDS),
    ("循环少了一次。", ENDS),
]


def test_the_tables_are_large_enough() -> None:
    assert len(GROUNDED) + len(NOT_GROUNDED) >= 60


@pytest.mark.parametrize(("sentence", "item"), GROUNDED)
def test_grounded(sentence: str, item: Evidence) -> None:
    assert grounded(sentence, [item], PROGRAM) == item.id


@pytest.mark.parametrize(("sentence", "item"), NOT_GROUNDED)
def test_not_grounded(sentence: str, item: Evidence) -> None:
    assert grounded(sentence, [item], PROGRAM) is None


def test_clauses_may_rest_on_different_evidence() -> None:
    sentence = "`range(n)` ends before n, so it expected 6, but got 3."
    assert grounded(sentence, [TEST, ENDS], PROGRAM) == ENDS.id
    assert grounded(sentence, [ENDS], PROGRAM) is None


def test_words_of_several_pieces_do_not_make_one_statement() -> None:
    one = evidence("static:a:1", "The loop ends.")
    other = evidence("static:b:2", "The list is empty.")
    assert grounded("The list ends.", [one, other], PROGRAM) is None


def test_every_summary_is_grounded_in_itself() -> None:
    for item in (ENDS, TEST, PASSED, RAISED, LOOP, EARLY, START, LARGER, TRUE, WHILE, NOTHING, EMPTY, LONG, ADDS, INT):
        assert grounded(item.summary, [RANGE, item], PROGRAM) == item.id


def test_code_may_come_from_the_program() -> None:
    item = evidence("static:a:3", "The loop ends before n.", 3)
    assert grounded("The loop `for i in range(n)` ends before n.", [item], PROGRAM) == item.id
    assert grounded("The loop `for k in range(n)` ends before n.", [item], PROGRAM) is None
    assert grounded("The loop `total = 0` ends before n.", [item], PROGRAM) is None, "that is another line"
    assert grounded("The loop `for i in range(n)` ends before n.", [item]) is None


def test_a_clause_may_be_quoted_word_for_word() -> None:
    item = evidence("static:a:6", "Line 6: `n <= 10` is never reached, since `n <= 30` of line 4 covers it.", 6, 4)
    assert grounded("`n <= 30` of line 4 covers it.", [item], PROGRAM) == item.id
    assert grounded("`n <= 10` of line 4 covers it.", [item], PROGRAM) is None
