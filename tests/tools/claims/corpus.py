"""Sentences as a small language model writes them, with the claims they make and what becomes of those.

A row: (program, sentence, claims). Each claim stands with its verdict against the case of the program: `+`
supported, `-` refuted, `?` undecided; where a program has to be run, `✓` and `✗`. `PROSE` alone means the whole
sentence.
"""

from __future__ import annotations

from typing import Any

from gradatim.domain import (
    CallResultClaim,
    ChangeFixesClaim,
    Claim,
    ExampleOutputClaim,
    ExceptionClaim,
    ExpectedResultClaim,
    LineQuoteClaim,
    ProseClaim,
    TestCountClaim,
    TestOutcomeClaim,
)

Judged = tuple[Claim, str]
Row = tuple[str, str, tuple[Judged, ...]]
WHOLE = "<the sentence>"


def count(status: Any, number: int, total: int | None, verdict: str) -> Judged:
    return TestCountClaim(status=status, count=number, total=total), verdict


def outcome(test: str, status: Any, verdict: str, actual: str | None = None) -> Judged:
    return TestOutcomeClaim(test=test, status=status, actual=actual), verdict


def gives(call: str, result: str, verdict: str = "✓") -> Judged:
    return CallResultClaim(call=call, result=result), verdict


def needs(call: str, result: str, verdict: str = "✓") -> Judged:
    return ExpectedResultClaim(call=call, result=result), verdict


def quote(line: int | None, text: str, verdict: str) -> Judged:
    return LineQuoteClaim(line=line, text=text), verdict


def raises(exception: str, line: int | None, verdict: str) -> Judged:
    return ExceptionClaim(exception=exception, line=line), verdict


def change(line: int, replacement: str, verdict: str = "✓") -> Judged:
    return ChangeFixesClaim(line=line, replacement=replacement), verdict


def prints(code: str, output: str) -> Judged:
    return ExampleOutputClaim(code=code, output=output), "✓"


def prose(text: str = WHOLE) -> Judged:
    return ProseClaim(text=text), "?"


PROSE = (prose(),)
NOTHING: tuple[Judged, ...] = ()

COUNTS: tuple[Row, ...] = (
    ("fib", "4 of 6 tests fail.", (count("failed", 4, 6, "+"),)),
    ("fib", "2 of 6 tests fail.", (count("failed", 2, 6, "-"),)),
    ("fib", "Two of the six tests pass.", (count("passed", 2, 6, "+"),)),
    ("fib", "Your program passes 2 out of 6 tests.", (count("passed", 2, 6, "+"),)),
    ("fib", "Only 2/6 tests pass.", (count("passed", 2, 6, "+"),)),
    ("fib", "Three of the five visible tests fail.", (count("failed", 3, 5, "+"),)),
    ("fib", "2 tests pass and 4 fail.", (count("passed", 2, None, "+"), count("failed", 4, None, "+"))),
    ("fib", "All tests pass.", (count("failed", 0, None, "-"),)),
    ("square", "All tests pass!", (count("failed", 0, None, "+"),)),
    ("square", "No error was found: all 3 tests pass.",
     (count("failed", 0, None, "+"), count("failed", 0, 3, "+"))),
    ("square", "Your solution passes all the tests.", (count("failed", 0, None, "+"),)),
    ("square", "Every test passes.", (count("failed", 0, None, "+"),)),
    ("square", "None of the tests fail.", (count("failed", 0, None, "+"),)),
    ("last", "None of the 2 tests pass.", (count("passed", 0, 2, "+"),)),
    ("last", "Both tests fail.", PROSE),
    ("mean", "All but one test pass.", (count("failed", 1, None, "+"),)),
    ("mean", "2 of 3 tests do not pass.", (count("failed", 2, 3, "-"),)),
    ("mean", "Only one test fails.", (count("failed", 1, None, "+"),)),
    ("mean", "One test fails.", PROSE),
    ("mean", "Not all tests pass.", PROSE),
    ("mean", "Most of the tests pass.", PROSE),
    ("mean", "At least two tests pass.", PROSE),
    ("mean", "If all tests pass, you are done.", PROSE),
    ("mean", "All tests that use an empty list fail.", PROSE),
    ("mean", "All visible tests pass.", PROSE),
    ("mean", "The first two tests fail.", PROSE),
    ("mean", "Do all tests pass now?", NOTHING),
    ("mean", "Your program should pass all tests.", PROSE),
    ("mean", "With this change all tests pass.", PROSE),
    ("fib", "4 of 6 tests fail because the loop runs once too often.",
     (count("failed", 4, 6, "+"), prose("the loop runs once too often."))),
    ("fib", "2 of 6 tests pass already, so much of the idea is right.",
     (count("passed", 2, 6, "+"), prose("much of the idea is right."))),
)  # fmt: skip

OUTCOMES: tuple[Row, ...] = (
    ("fib", "Test t2 fails.", (outcome("t2", "failed", "+"),)),
    ("fib", "Test t1 fails.", (outcome("t1", "failed", "-"),)),
    ("fib", "Test t9 fails.", (outcome("t9", "failed", "-"),)),
    ("fib", "Tests t2 and t3 fail.", (outcome("t2", "failed", "+"), outcome("t3", "failed", "+"))),
    ("fib", "Tests t1, t2 and t4 passed.",
     (outcome("t1", "passed", "+"), outcome("t2", "passed", "-"), outcome("t4", "passed", "+"))),
    ("fib", "The test `t2` does not pass.", PROSE),
    ("fib", "Your function fails on test t2 [test:t2].", (outcome("t2", "failed", "+"),)),
    ("fib", "[test:t3] fails.", (outcome("t3", "failed", "+"),)),
    ("fib", "Test t2 (`fib(5)`) fails: it returns 8 instead of 5.",
     (outcome("t2", "failed", "+"), gives("fib(5)", "8"), needs("fib(5)", "5"))),
    ("fib", "Test t2 returns 8 instead of 5.", (outcome("t2", "failed", "+", "8"), prose())),
    ("fib", "Test t2 returns 7 instead of 5.", (outcome("t2", "failed", "-", "7"), prose())),
    ("fib", "Test 2 fails.", (outcome("t2", "failed", "+"),)),
    ("fib", "The second test fails.", PROSE),
    ("fib", "Test t2 `fib(5)`: expected 5, got 8.", (needs("fib(5)", "5"), gives("fib(5)", "8"))),
    ("fib", "Test t1 `fib(0)`: gives 0, as expected.", (needs("fib(0)", "0"), gives("fib(0)", "0"))),
    ("mean", "Test t2 raises a ZeroDivisionError.",
     (outcome("t2", "error", "+", "ZeroDivisionError"), raises("ZeroDivisionError", None, "+"))),
    ("mean", "Test t1 raises a ZeroDivisionError.",
     (outcome("t1", "error", "-", "ZeroDivisionError"), raises("ZeroDivisionError", None, "+"))),
    ("mean", "Test t2 `mean([])`: expected 0.0, raised ZeroDivisionError (line 5).",
     (needs("mean([])", "0.0"), gives("mean([])", "ZeroDivisionError"), raises("ZeroDivisionError", 5, "+"))),
    ("steps", "Test t2 times out.", (outcome("t2", "timeout", "+"),)),
    ("steps", "Test t1 never ends.", (outcome("t1", "timeout", "-"),)),
    ("steps", "Why does test t2 fail?", NOTHING),
    ("steps", "Test t2 may fail.", PROSE),
    ("double", "Test t1 fails.", (outcome("t1", "failed", "-"),)),
)  # fmt: skip

RESULTS: tuple[Row, ...] = (
    ("fib", "`fib(5)` returns 8 instead of 5.", (gives("fib(5)", "8"), needs("fib(5)", "5"))),
    ("fib", "`fib(5)` returns `8` instead of the expected `5`.", (gives("fib(5)", "8"), needs("fib(5)", "5"))),
    ("fib", "The call `fib(5)` should return 5 but your program returns 8.",
     (needs("fib(5)", "5"), gives("fib(5)", "8"))),
    ("fib", "For `fib(5)` the expected result is 5, but your program gives 8.",
     (needs("fib(5)", "5"), gives("fib(5)", "8"))),
    ("fib", "`fib(5)`: expected 5, got 8.", (needs("fib(5)", "5"), gives("fib(5)", "8"))),
    ("fib", "`fib(5)` returned 8 (expected 5).", (gives("fib(5)", "8"), needs("fib(5)", "5"))),
    ("fib", "fib(5) gives 8.", (gives("fib(5)", "8"),)),
    ("fib", "When you call `fib(5)`, it returns 8, but 5 is expected.", (gives("fib(5)", "8"), needs("fib(5)", "5"))),
    ("fib", "Calling `fib(5)` gives 8.", (gives("fib(5)", "8"),)),
    ("fib", "It returns 8 for `fib(5)`, but it should return 5.", (gives("fib(5)", "8"), needs("fib(5)", "5"))),
    ("fib", "The expected result of `fib(6)` is 8.", (needs("fib(6)", "8"),)),
    ("fib", "The result of `fib(6)` is 13.", (gives("fib(6)", "13"),)),
    ("fib", "The test expects `fib(6)` to return 8.", (needs("fib(6)", "8"),)),
    ("fib", "`fib(6)` is 13 instead of 8.", (gives("fib(6)", "13"), needs("fib(6)", "8"))),
    ("fib", "`fib(0)` is 0.", PROSE),
    ("fib", "`fib(0)` correctly returns 0.", (needs("fib(0)", "0"), gives("fib(0)", "0"))),
    ("fib", "`fib(5)` returns 8 and `fib(6)` returns 13.", (gives("fib(5)", "8"), gives("fib(6)", "13"))),
    ("fib", "`fib(5)` returns 7 instead of 5.", (gives("fib(5)", "7", "✗"), needs("fib(5)", "5"))),
    ("fib", "`fib(5)` returns 8 instead of 6.", (gives("fib(5)", "8"), needs("fib(5)", "6", "✗"))),
    ("fib", "The function should return 5 for `fib(5)`, but it returns 8.",
     (needs("fib(5)", "5"), gives("fib(5)", "8"))),
    ("fib", "Expected `5` but got `8` for `fib(5)`.", (needs("fib(5)", "5"), gives("fib(5)", "8"))),
    ("fib", "The test `fib(5)` fails because the function returns 8 instead of 5.",
     (gives("fib(5)", "8"), needs("fib(5)", "5"))),
    ("fib", "`fib(5)` → 8, expected 5.", (gives("fib(5)", "8"), needs("fib(5)", "5"))),
    ("fib", "`fib(5)` returns 8 only if n is 5.", PROSE),
    ("fib", "`fib(0)` and `fib(1)` return the right values.", PROSE),
    ("fib", "Can you see that `fib(5)` returns 8 instead of 5?", NOTHING),
    ("fib", "The problem is that `fib(5)` returns 8.", (gives("fib(5)", "8"),)),
    ("fact", "`fact(3)` should give 6, but it raises a RecursionError on line 2.",
     (needs("fact(3)", "6"), gives("fact(3)", "RecursionError"), raises("RecursionError", 2, "+"))),
    ("fib", "`fib(5)` returns 8, not 5.", (gives("fib(5)", "8"),)),
    ("fib", "`fib(5)` wrongly returns 8 instead of 5.", (gives("fib(5)", "8"), needs("fib(5)", "5"))),
    ("fib", "`fib(5)` does not return 5.", PROSE),
    ("fib", "`fib(5)` never returns 5.", PROSE),
    ("fib", "`fib(5)` would return 5.", PROSE),
    ("fib", "You think that `fib(5)` returns 5.", PROSE),
    ("fib", "If you start at 1, `fib(5)` returns 5.", PROSE),
    ("fib", "Make sure that `fib(5)` returns 5.", NOTHING),
    ("fib", "Does `fib(5)` return 5?", NOTHING),
    ("fib", "Notice that `fib(5)` returns 8.", (gives("fib(5)", "8"),)),
    ("fib", "When called with 5 it returns 8.", PROSE),
    ("fib", "`fib(5)` returns 2 values.", PROSE),
    ("fib", "`fib(5)` returns 8 or 9.", PROSE),
    ("fib", "`fib(n)` returns 8.", PROSE),
    ("fib", "`fibonacci(5)` returns 8.", PROSE),
    ("fib", "`fib(5)` returns 8 because `range(n)` makes one round too many.",
     (gives("fib(5)", "8"), prose("`range(n)` makes one round too many."))),
    ("fib", "`fib(5)` returns 8, which means that the loop runs once too often.",
     (gives("fib(5)", "8"), prose("the loop runs once too often."))),
    ("fib", "`fib(5)` is 8 instead of 5, so the base case is wrong.",
     (gives("fib(5)", "8"), needs("fib(5)", "5"), prose("the base case is wrong."))),
    ("fib", "Because the loop starts too early, `fib(5)` returns 8.",
     (gives("fib(5)", "8"), prose("the loop starts too early"))),
    ("fib", "`fib(5)` returns 8 in the last round of the loop.", (gives("fib(5)", "8"), prose())),
    ("initials", "`initials(['Ada', 'Bo'])` returns 'B' instead of 'AB'.",
     (gives("initials(['Ada', 'Bo'])", "'B'"), needs("initials(['Ada', 'Bo'])", "'AB'"))),
    ("initials", "`initials([])` returns an empty string.", (gives("initials([])", "''"),)),
    ("is_even", "`is_even(4)` returns None instead of True.",
     (gives("is_even(4)", "None"), needs("is_even(4)", "True"))),
    ("is_even", "`is_even(4)` prints True.", PROSE),
    ("largest", "`largest([-3, -9])` returns 0, but it should return -3.",
     (gives("largest([-3, -9])", "0"), needs("largest([-3, -9])", "-3"))),
    ("largest", "“largest([-3, -9])” isn’t right: `largest([-3, -9])` returns 0.",
     (gives("largest([-3, -9])", "0"), prose("\"largest([-3, -9])\" isn't right"))),
    ("mean", "`mean([])` raises a ZeroDivisionError.", (gives("mean([])", "ZeroDivisionError"),)),
    ("mean", "`range(1, 4)` gives `[1, 2, 3]`.", PROSE),
    ("mean", "For example, `len([1, 2])` is 2.", PROSE),
    ("mean", "`len([1, 2])` returns 2.", (gives("len([1, 2])", "2"),)),
    ("mean", "`print(len([1, 2]))` prints 2.", (prints("print(len([1, 2]))", "2"),)),
)  # fmt: skip

EXCEPTIONS: tuple[Row, ...] = (
    ("last", "Your program raises an IndexError.", (raises("IndexError", None, "+"),)),
    ("last", "Your program raises an `IndexError` on line 2.", (raises("IndexError", 2, "+"),)),
    ("last", "Your function raises an IndexError on line 1.", (raises("IndexError", 1, "-"),)),
    ("last", "Line 2 raises a KeyError.", (raises("KeyError", 2, "-"),)),
    ("last", "On line 2 the program stops with an IndexError.", (raises("IndexError", 2, "+"),)),
    ("last", "The program crashes with an IndexError on line 2.", (raises("IndexError", 2, "+"),)),
    ("last", "You get an IndexError.", (raises("IndexError", None, "+"),)),
    ("last", "An IndexError occurs on line 2.", (raises("IndexError", 2, "+"),)),
    ("last", "IndexError: list index out of range.",
     (raises("IndexError", None, "+"), prose("list index out of range."))),
    ("last", "The IndexError on line 2 says that the position does not exist.",
     (raises("IndexError", 2, "+"), prose())),
    ("last", "It would raise an IndexError.", PROSE),
    ("last", "Your program could raise a TypeError.", PROSE),
    ("last", "Your program does not raise an IndexError.", PROSE),
    ("last", "Python raises an IndexError when a position does not exist.", PROSE),
    ("last", "An IndexError occurs when the index is too large.", PROSE),
    ("last", "Avoid the IndexError by checking the length.", NOTHING),
    ("last", "`items[len(items)]` on line 2 raises an IndexError.",
     (raises("IndexError", 2, "+"), quote(2, "items[len(items)]", "+"))),
    ("last", "Your program raises an IndexError because positions start at 0.",
     (raises("IndexError", None, "+"), prose("positions start at 0."))),
    ("fact", "Your program raises a RecursionError when n is 0.", (raises("RecursionError", None, "+"), prose())),
    ("double", "The program cannot start: SyntaxError on line 1.",
     (raises("SyntaxError", 1, "+"), prose("The program cannot start"))),
    ("vowels", "Test t2 stops with an UnboundLocalError on line 5.",
     (outcome("t2", "error", "+", "UnboundLocalError"), raises("UnboundLocalError", 5, "+"))),
    ("double", "There is a SyntaxError on line 1.", (raises("SyntaxError", 1, "+"),)),
    ("mean", "Dividing by zero raises a ZeroDivisionError.", PROSE),
    ("last", "Test t1 raises IndexError at line 2: 'list' is too short.",
     (outcome("t1", "error", "+", "IndexError"), raises("IndexError", 2, "+"), prose("'list' is too short."))),
    ("square", "Your program raises a TypeError.", (raises("TypeError", None, "-"),)),
)  # fmt: skip

LINES: tuple[Row, ...] = (
    ("sum_to", "On line 3 you use `range(n)`.", (quote(3, "range(n)", "+"),)),
    ("sum_to", "On line 2 you use `range(n)`.", (quote(2, "range(n)", "-"),)),
    ("sum_to", "Line 3: `range(n)`", (quote(3, "range(n)", "+"),)),
    ("sum_to", "Line 3 is `for i in range(n):`.", (quote(3, "for i in range(n):", "+"),)),
    ("sum_to", "Line 3 contains the loop `for i in range(1, n):`.", (quote(3, "for i in range(1, n):", "-"),)),
    ("sum_to", "The evidence points to line 3: `for i in range(n):`.", (quote(3, "for i in range(n):", "+"),)),
    ("sum_to", "In the second line you set `total = 0`.", (quote(2, "total = 0", "+"),)),
    ("sum_to", "Look at `range(n)` on line 3.", (quote(3, "range(n)", "+"),)),
    ("sum_to", "What does `range(n)` on line 3 leave out?", (quote(3, "range(n)", "+"),)),
    ("sum_to", "What does line 3 do?", (quote(3, "", "+"),)),
    ("sum_to", "What does line 12 do?", (quote(12, "", "-"),)),
    ("sum_to", "Lines 3 and 4 hold the loop.", (quote(3, "", "+"), quote(4, "", "+"), prose())),
    ("sum_to", "Line 3 never reaches n.", (quote(3, "", "+"), prose())),
    ("sum_to", "The loop on line 3 uses `range(n)`, which stops at `n - 1`.", (quote(3, "range(n)", "+"), prose())),
    ("sum_to", "Your loop uses `range(n)`.", (quote(None, "range(n)", "+"),)),
    ("sum_to", "Your loop uses `range(1, n)`.", (quote(None, "range(1, n)", "-"),)),
    ("sum_to", "The variable `total` starts at 0.", (quote(None, "total", "+"), prose())),
    ("sum_to", "The variable `summe` starts at 0.", (quote(None, "summe", "-"), prose())),
    ("sum_to", "The variable `tot` is wrong.", (quote(None, "tot", "-"), prose())),
    ("sum_to", "Line 3 does not use `range(n + 1)`.", (quote(3, "", "+"), prose())),
    ("sum_to", "Line 3 should be `for i in range(n + 1):`.", (quote(3, "", "+"), prose())),
    ("sum_to", "Use `range(n + 1)` on line 3.", (quote(3, "", "+"),)),
    ("sum_to", "Add a `return` on line 9.", NOTHING),
    ("sum_to", "Line 2 of the output is empty.", PROSE),
    ("sum_to", "`fib(5)` returns 8 because line 3 uses `range(n)`.",
     (quote(3, "range(n)", "+"), prose())),
    ("sum_to", "`sum_to(3)` returns 3 because line 3 uses `range(n)`.",
     (gives("sum_to(3)", "3"), quote(3, "range(n)", "+"), prose("line 3 uses `range(n)`."))),
    ("largest", "Line 6 is wrong.", (quote(6, "", "-"), prose())),
    ("largest", "The condition `n >= best` on line 4 keeps the larger number.", (quote(4, "n >= best", "-"), prose())),
    ("largest", "Line 4 compares with `>`.", (quote(4, ">", "+"),)),
    ("largest", "Line 4 compares with `>=`.", (quote(4, ">=", "-"),)),
    ("initials", "Line 2 is `result = \"\"`.", (quote(2, 'result = ""', "+"),)),
    ("initials", "Line 3 is `for name in ...:`.", (quote(3, "for name in ...:", "+"),)),
)  # fmt: skip

CHANGES: tuple[Row, ...] = (
    ("sum_to", "Change `range(n)` to `range(n + 1)`.",
     (quote(None, "range(n)", "+"), change(3, "    for i in range(n + 1):"))),
    ("sum_to", "Replace `range(n)` with `range(n + 1)` on line 3.",
     (quote(3, "range(n)", "+"), change(3, "    for i in range(n + 1):"))),
    ("sum_to", "Replace `range(n)` on line 2 with `range(n + 1)`.", (quote(2, "range(n)", "-"),)),
    ("sum_to", "You should use `range(n + 1)` instead of `range(n)`.",
     (quote(None, "range(n)", "+"), change(3, "    for i in range(n + 1):"))),
    ("sum_to", "Instead of `range(n)`, use `range(n + 1)`.",
     (quote(None, "range(n)", "+"), change(3, "    for i in range(n + 1):"))),
    ("sum_to", "Change line 3 to `for i in range(n + 1)`.", (change(3, "    for i in range(n + 1):"),)),
    ("sum_to", "Change line 3 to `range(n + 1)`.", (quote(3, "", "+"),)),
    ("sum_to", "Change `range(n)` to `range(n + 1)` because the loop stops too early.",
     (quote(None, "range(n)", "+"), change(3, "    for i in range(n + 1):"), prose("the loop stops too early."))),
    ("sum_to", "What happens if you change `range(n)` to `range(n + 1)`?", NOTHING),
    ("sum_to", "Do not change `range(n)` to `range(n + 1)`.", NOTHING),
    ("sum_to", "Changing `range(n)` to `range(n + 1)` does not help.", PROSE),
    ("sum_to", "Changing `range(n)` to `range(n + 1)` fixes the error.",
     (quote(None, "range(n)", "+"), change(3, "    for i in range(n + 1):"), prose())),
    ("sum_to", "First change `range(n)` to `range(1, n)` and then add `n`.", NOTHING),
    ("sum_to", "The loop changes `i` to `i + 1` in each round.", PROSE),
    ("sum_to", "If you change `range(n)` to `range(n + 1)`, all tests pass.",
     (quote(None, "range(n)", "+"), change(3, "    for i in range(n + 1):"), prose())),
    ("sum_to", "Change `range(1, n)` to `range(1, n + 1)`.", (quote(None, "range(1, n)", "-"),)),
    ("fib", "To fix this, return `a` instead of `b` on line 7.",
     (quote(7, "return b", "+"), change(7, "    return a"))),
    ("initials", "`=` on line 4 should be `+=`.", (quote(4, "=", "+"), change(4, "        result += name[0]"))),
    ("vowels", "You wrote `counter` instead of `count` on line 5.", (quote(5, "", "+"), prose())),
    ("vowels", "Change `counter` to `count`.", (quote(None, "counter", "+"), change(5, "            count += 1"))),
    ("is_even", "Replace `print(True)` with `return True` and `print(False)` with `return False`.", NOTHING),
    ("largest", "Change `best = 0` to `best = 1`.",
     (quote(None, "best = 0", "+"), change(2, "    best = 1", "✗"))),
    ("mean", "Add `if not numbers: return 0.0` before line 5.", NOTHING),
    ("fib", "Change `<` to `<=`.", (quote(None, "<", "+"), change(2, "    if n <= 1:", "✗"))),
    ("largest", "Change `best` to `top`.", (quote(None, "best", "+"),)),
    ("fib", "`n < 1` should be `n < 2`.", (quote(None, "n < 1", "+"), change(2, "    if n < 2:", "✗"))),
)  # fmt: skip

REST: tuple[Row, ...] = (
    ("sum_to", "The loop stops one step too early.", PROSE),
    ("sum_to", "A range ends before its stop value.", PROSE),
    ("sum_to", "You may believe that `range(n)` includes n.", PROSE),
    ("sum_to", "Which number does the loop leave out?", NOTHING),
    ("sum_to", "Try to trace the loop by hand.", NOTHING),
    ("sum_to", "Ask where the value goes, and what the program does with it.", NOTHING),
    ("sum_to", "Then: which number comes last?", NOTHING),
    ("sum_to", "Look at the loop: it stops too early.", (prose("it stops too early."),)),
    ("sum_to", "函数 `sum_to(3)` 返回 3，应该是 6。", (gives("sum_to(3)", "3"), needs("sum_to(3)", "6"))),
    ("sum_to", "循环少了一次。", PROSE),
    ("sum_to", "", NOTHING),
    ("sum_to", "The list is empty", PROSE),
)  # fmt: skip

CORPUS: tuple[Row, ...] = (*COUNTS, *OUTCOMES, *RESULTS, *EXCEPTIONS, *LINES, *CHANGES, *REST)

OTHER_PARTS: tuple[tuple[str, str, tuple[Claim, ...]], ...] = (
    ("encouragement", "Well done, keep going!", ()),
    ("encouragement", "You are on the right track.", ()),
    ("encouragement", "Great start, and 2 of 6 tests pass!", (TestCountClaim(status="passed", count=2, total=6),)),
    ("encouragement", "You handled the base case correctly.",
     (ProseClaim(text="You handled the base case correctly."),)),
    ("encouragement", "2 of 6 tests pass already, so much of the idea is right.",
     (TestCountClaim(status="passed", count=2, total=6),)),
    ("corrective_suggestion", "You could trace the loop with n = 3.", ()),
    ("corrective_suggestion", "Think about which number comes last.", ()),
    ("corrective_suggestion", "The loop leaves out n.", (ProseClaim(text="The loop leaves out n."),)),
    ("corrective_suggestion", "Use a larger stop, because the loop ends too early.",
     (ProseClaim(text="the loop ends too early."),)),
)  # fmt: skip
