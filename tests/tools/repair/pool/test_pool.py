"""Repairs from pools of correct programs, run in a real sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gradatim.domain import Repair, Submission, Task, TestCase
from gradatim.settings import Settings
from gradatim.tools.execution import execute
from gradatim.tools.repair.pool import Pool
from gradatim.tools.repair.pool.size import share
from gradatim.tools.repair.trials import Trials
from gradatim.tools.sandbox import Sandbox, open_sandbox


def task_of(*tests: tuple[str, str], kind: str = "function") -> Task:
    cases = tuple(
        TestCase(id=f"t{n}", stdin=a, stdout=b) if kind == "program" else TestCase(id=f"t{n}", call=a, expect=b)
        for n, (a, b) in enumerate(tests, 1)
    )
    return Task.model_validate({"id": "x", "title": "x", "statement": "x", "kind": kind, "tests": cases})


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with open_sandbox(Settings(workers=1)) as opened:
        yield opened


async def repairs(sandbox: Sandbox, task: Task, pool: Pool, code: str, *, prepare: bool = False) -> list[Repair]:
    submission = Submission.of(task.id, code)
    execution = await execute(sandbox, task, submission)
    assert not execution.passed
    if prepare:
        assert await pool.prepare(sandbox, task) > 0
    trials = await Trials.of(sandbox, task, submission, execution)
    found = await pool.repairs(trials, code, task, seconds=20)
    for repair in found:
        assert (await execute(sandbox, task, Submission.of(task.id, repair.code))).passed
        assert repair.origin == "pool"
        assert share(code.splitlines(), repair.code.splitlines()) <= 0.6
    return found


LARGEST = task_of(
    ("largest([3, 9, 2])", "9"),
    ("largest([-5, -2, -9])", "-2"),
    ("largest([7])", "7"),
    ("largest([1, 2, 3])", "3"),
)
LARGEST_POOL = [
    "def largest(items):\n    best = items[0]\n    for item in items:\n        if item > best:\n"
    "            best = item\n    return best\n",
    "def largest(numbers):\n    return max(numbers)\n",
    "def largest(xs):\n    top = xs[0]\n    for i in range(1, len(xs)):\n        if xs[i] > top:\n"
    "            top = xs[i]\n    return top\n",
]


async def test_a_difference_is_put_into_the_students_own_words(sandbox: Sandbox) -> None:
    code = (
        "def largest(values):\n    # the best so far\n    winner = 0\n    for v in values:   # all\n"
        "        if v > winner:\n            winner = v\n\n    return winner\n"
    )
    (repair, *_) = await repairs(sandbox, LARGEST, Pool.of(LARGEST_POOL), code)
    assert repair.code == code.replace("winner = 0", "winner = values[0]")
    assert repair.lines == (3,)
    assert repair.place == "the assignment in line 3"
    assert repair.change == "in line 3 `winner = values[0]` instead of `winner = 0`"
    assert "values[0]" not in repair.place


async def test_only_what_is_needed_changes_and_line_ends_stay(sandbox: Sandbox) -> None:
    code = (
        "def largest(l):\r\n    t = l[0]\r\n    k = 0\r\n    while k < len(l):\r\n        if l[k] < t:\r\n"
        "            t = l[k]\r\n        k = k+1\r\n    return t"
    )
    (repair, *_) = await repairs(sandbox, LARGEST, Pool.of(LARGEST_POOL), code)
    assert repair.lines == (5,)
    assert repair.code == code.replace("l[k] < t", "l[k] > t")
    assert [edit.operator for edit in repair.edits] == ["comparison-operator"]


async def test_only_the_wrong_function_is_touched(sandbox: Sandbox) -> None:
    task = task_of(
        ("even(4)", "True"), ("even(3)", "False"), ("count([2, 4, 5])", "2"), ("count([])", "0"), ("count([1])", "0")
    )
    pool = Pool.of(
        [
            "def even(n):\n    return n % 2 == 0\n\ndef count(xs):\n    c = 0\n    for x in xs:\n        if even(x):\n"
            "            c += 1\n    return c\n"
        ]
    )
    code = (
        "def even(n):\n    if n % 2 == 0:\n        return True\n    else:\n        return False\n\n"
        "def count(ns):\n    total = 0\n    for n in ns:\n        if even(n):\n            total += 1\n"
        "        return total\n"
    )
    (repair, *_) = await repairs(sandbox, task, pool, code)
    assert min(repair.lines) > 5
    assert "total" in repair.code
    assert repair.place.startswith("the indentation of line 12") or "return" in repair.place


async def test_what_a_correct_piece_needs_comes_along(sandbox: Sandbox) -> None:
    task = task_of(("area(1)", "3.141592653589793"), ("area(2)", "12.566370614359172"), ("area(0)", "0.0"))
    pool = Pool.of(
        [
            "import math\n\ndef square(x):\n    return x * x\n\ndef area(r):\n    result = math.pi * square(r)\n"
            "    return result\n"
        ]
    )
    code = 'def area(radius):\n    """Area."""\n    result = 3.14 * radius\n    print(result)\n    print("done")\n' + (
        "    print('x')\n" * 6 + "    return result\n"
    )
    (repair, *_) = await repairs(sandbox, task, pool, code)
    assert repair.code.startswith("import math\n")
    assert "def square" in repair.code


async def test_a_new_program_is_no_repair(sandbox: Sandbox) -> None:
    code = "def largest(a):\n    print(0)\n"
    assert await repairs(sandbox, LARGEST, Pool.of(LARGEST_POOL[:1]), code) == []


async def test_calls_that_programs_agree_on_keep_a_repair_from_fitting_only_the_tests(sandbox: Sandbox) -> None:
    task = task_of(("clamp(5, 0, 10)", "5"), ("clamp(-3, 0, 10)", "0"), ("clamp(20, 0, 30)", "20"))
    pool = Pool.of(
        [
            "def clamp(x, lo, hi):\n    if x < lo:\n        return lo\n    if x > hi:\n"
            "        return hi\n    return x\n",
            "def clamp(v, a, b):\n    return max(a, min(v, b))\n",
            "def clamp(v, a, b):\n    if v < a:\n        v = a\n    elif v > b:\n        v = b\n    return v\n",
        ]
    )
    code = (
        "def clamp(n, low, high):\n    if n > low:\n        return low\n    if n > high:\n        return high\n"
        "    return n\n"
    )
    (repair, *_) = await repairs(sandbox, task, pool, code, prepare=True)
    assert repair.code == code.replace("n > low", "n < low")


async def test_methods_of_a_class_and_their_attributes(sandbox: Sandbox) -> None:
    task = task_of(
        ("(lambda s: (s.push(1), s.push(2), s.pop(), s.size())[2:])(Stack())", "(2, 1)"), ("Stack().size()", "0")
    )
    pool = Pool.of(
        [
            "class Stack:\n    def __init__(self):\n        self.items = []\n    def push(self, item):\n"
            "        self.items.append(item)\n    def pop(self):\n        return self.items.pop()\n"
            "    def size(self):\n        return len(self.items)\n"
        ]
    )
    code = (
        "class Stack:\n    def __init__(self):\n        self.data = []\n\n    def push(self, x):\n"
        "        self.data.append(x)\n\n    def pop(self):\n        return self.data.pop(0)\n\n"
        "    def size(self):\n        return len(self.data)\n"
    )
    (repair, *_) = await repairs(sandbox, task, pool, code)
    assert repair.code == code.replace("pop(0)", "pop()")


async def test_the_code_of_a_whole_program(sandbox: Sandbox) -> None:
    task = task_of(("3\n", "6\n"), ("4\n", "10\n"), ("0\n", "0\n"), kind="program")
    pool = Pool.of(["n = int(input())\ns = 0\nfor i in range(n + 1):\n    s += i\nprint(s)\n"])
    code = "number = int(input())\ntotal = 0\nfor k in range(number):\n    total += k\nprint(total)\n"
    (repair, *_) = await repairs(sandbox, task, pool, code)
    assert repair.code == code.replace("range(number)", "range(number + 1)")


async def test_a_program_that_does_not_compile(sandbox: Sandbox) -> None:
    code = (
        "def largest(values):\n    winner = values[0]\n    for v in values\n        if v < winner:\n"
        "            winner = v\n    return winner\n"
    )
    (repair, *_) = await repairs(sandbox, LARGEST, Pool.of(LARGEST_POOL), code)
    assert repair.lines == (3, 4)


async def test_the_nearest_miss_is_told(sandbox: Sandbox) -> None:
    task = task_of(("f(1)", "1"), ("f(2)", "4"), ("f(3)", "9"))
    submission = Submission.of("x", "def f(x):\n    y = x\n    return y - 1\n")
    trials = await Trials.of(sandbox, task, submission, await execute(sandbox, task, submission))
    result = await Pool.of(["def f(x):\n    return x\n"]).search(trials, submission.code, task, seconds=5)
    assert result.repairs == ()
    assert result.trial is not None
    assert result.trial.passed == 1


async def test_warnings_of_the_compiler_about_students_code_are_not_ours(sandbox: Sandbox) -> None:
    code = (
        LARGEST_POOL[0]
        .replace("item > best", "item < best")
        .replace("    best = items", '    "\\d" is ()\n    best = items')
    )
    assert await repairs(sandbox, LARGEST, Pool.of(LARGEST_POOL), code)


def test_pools_hold_each_normal_form_once() -> None:
    pool = Pool.of([*LARGEST_POOL, "def largest(a): return max(a)", "def broken(:"])
    assert (len(pool), pool.repeated, pool.skipped) == (3, 1, 1)
