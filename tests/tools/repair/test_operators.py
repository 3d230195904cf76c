"""Edits: each family offers the correction of its kind of mistake, and changes nothing else in the text."""

from __future__ import annotations

import ast

import pytest

from gradatim.domain import Task, TestCase
from gradatim.tools.repair.operators import edits
from gradatim.tools.repair.operators.syntax import mended
from gradatim.tools.repair.source import Expected, Source

TASK = Task(
    id="t",
    title="",
    statement="",
    entry_point="f",
    tests=(
        TestCase(id="t1", call="f([])", expect="0"),
        TestCase(id="t2", call="f([3, 4])", expect="7"),
        TestCase(id="t3", call="f([5])", expect="5"),
    ),
)
LOOP = "def f(xs):\n    total = 0  # sum\n    for x in xs:\n        total += x\n    return total\n"


def source(code: str) -> Source:
    return Source(code, Expected.of(TASK))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("if a < b: pass", "if a <= b: pass"),
        ("if a == 1 or 2: pass", "if a == 1 or a == 2: pass"),
        ("while xs[i] > 0 and i < n: pass", "while i < n and xs[i] > 0: pass"),
        ("if a and b: pass", "if a or b: pass"),
        ("if a: pass", "if not a: pass"),
        ("x == 3", "x = 3"),
        ("if x is 3: pass", "if x == 3: pass"),
        ("for i in range(n): pass", "for i in range(n + 1): pass"),
        ("for i in range(1, n - 1): pass", "for i in range(1, n): pass"),
        ("for i in range(xs): pass", "for i in range(len(xs)): pass"),
        ("for i in len(xs): pass", "for i in range(len(xs)): pass"),
        ("for i in range(len(xs), 0, -1): pass", "for i in range(len(xs) - 1, 0, -1): pass"),
        ("for k, v in d: pass", "for k, v in d.items(): pass"),
        ("x = a + b", "x = a - b"),
        ("x = a / b", "x = a // b"),
        ("x = 2 ^ n", "x = 2 ** n"),
        ("x = a - b", "x = b - a"),
        ("x = a + b * c", "x = (a + b) * c"),
        ("x = t + (n)", "x = t + (n,)"),
        ("x = xs[i]", "x = xs[i - 1]"),
        ("x = s[1:n]", "x = s[1:n + 1]"),
        ("x = n", "x += n"),
        ("x = 0", "x = 1"),
        ("x = []", "x = ()"),
        ("x = 'True'", "x = True"),
        ("s.replace(a, b)", "s = s.replace(a, b)"),
        ("xs = xs.append(1)", "xs.append(1)"),
        ("xs = xs.sort()", "xs.sort()"),
        ("x = s.upper", "x = s.upper()"),
        ("x = '{a}'", "x = f'{a}'"),
        ("x = max(xs)", "x = min(xs)"),
        ("xs.append(a)", "xs.extend(a)"),
        ("x = s.uper()", "x = s.upper()"),
    ],
)
def test_one_line(wrong: str, right: str) -> None:
    found = {item.code for item in edits(source(f"{wrong}\n"))}
    assert f"{right}\n" in found


@pytest.mark.parametrize(
    ("wrong", "right", "operator"),
    [
        (LOOP.replace("return total", "print(total)"), LOOP, "print-to-return"),
        (LOOP.replace("    return total\n", ""), LOOP, "missing-return"),
        (LOOP.replace("    return total", "        return total"), LOOP, "dedent"),
        (LOOP.replace("return total", "return x + 1"), LOOP, "return-value"),
        (LOOP.replace("total += x", "total += xs"), LOOP, "variable"),
        (LOOP.replace("return total", "return totl"), LOOP, "name"),
        (LOOP.replace("def f", "def g"), LOOP, "function-name"),
        (
            LOOP.replace("total = 0  # sum\n    for x in xs:\n", "for x in xs:\n        total = 0  # sum\n"),
            LOOP,
            "statement-moved",
        ),
        (
            "def f(n):\n    if n == 0:\n        return 0\n    f(n - 1)\n",
            "def f(n):\n    if n == 0:\n        return 0\n    return f(n - 1)\n",
            "missing-return",
        ),
        (
            "def f(xs):\n    for x in xs:\n        if x:\n            return True\n        else:\n"
            "            return False\n",
            "def f(xs):\n    for x in xs:\n        if x:\n            return True\n    return False\n",
            "else-after-loop",
        ),
        (
            "def f(xs):\n    return xs[0]\n",
            "def f(xs):\n    if not xs:\n        return 0\n    return xs[0]\n",
            "guard",
        ),
        (
            "class A:\n    def size(n):\n        return n.m\n    def f():\n        return 1\n",
            "class A:\n    def size(n):\n        return n.m\n    def f(self):\n        return 1\n",
            "missing-self",
        ),
        (
            "def f(n):\n    i = 0\n    while i < n:\n        print(i)\n",
            "def f(n):\n    i = 0\n    while i < n:\n        print(i)\n        i += 1\n",
            "step-added",
        ),
        (
            "def g(a, b):\n    return a + b\ndef f(a, b):\n    return g\n",
            "def g(a, b):\n    return a + b\ndef f(a, b):\n    return g(a, b)\n",
            "missing-call",
        ),
        (
            "def f(a):\n    if a < 1 or a < 2:\n        return a\n",
            "def f(a):\n    if a > 1 or a > 2:\n        return a\n",
            "comparison-operators",
        ),
    ],
)
def test_several_lines(wrong: str, right: str, operator: str) -> None:
    found = {item.code: item for item in edits(source(wrong))}
    assert right in found
    assert found[right].operator == operator


def test_the_rest_of_the_text_stays_as_it_is() -> None:
    code = "def f( xs ):\n\ttotal=0   # the sum, äöü\n\tfor x in xs : total+=x\n\n\treturn  total\n"
    for item in edits(source(code)):
        kept = sum(line in item.code.split("\n") for line in code.split("\n"))
        assert kept >= 2, item


def test_columns_behind_other_scripts_are_right() -> None:
    found = {item.code for item in edits(source("x = 'äöü' if a < b else 'ü'\n"))}
    assert "x = 'äöü' if a <= b else 'ü'\n" in found


def test_each_program_comes_once_and_never_the_program_itself() -> None:
    found = edits(source(LOOP))
    codes = [item.code for item in found]
    assert len(set(codes)) == len(codes)
    assert LOOP not in codes
    assert all(0 < item.prior <= 1 for item in found)
    assert all(1 <= item.line <= LOOP.count("\n") for item in found)


def test_most_edits_compile() -> None:
    found = edits(source(LOOP))
    fine = sum(_compiles(item.code) for item in found)
    assert fine > 0.9 * len(found)


def test_answers_of_single_tests_are_marked() -> None:
    written_down = [item for item in edits(source(LOOP)) if "if xs == [3, 4]:" in item.code]
    assert written_down
    assert all(item.overfits and item.prior < 0.1 for item in written_down)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("def f(x)\n    return x\n", "def f(x):\n    return x\n"),
        ("def f(x):\n    if x = 1:\n        return x\n", "def f(x):\n    if x == 1:\n        return x\n"),
        ("def f(x):\n    return (x + 1\n", "def f(x):\n    return (x + 1)\n"),
        ("def f(x):\n    return x + 1)\n", "def f(x):\n    return x + 1\n"),
        ("def f(x):\n    return 'a\n", "def f(x):\n    return 'a'\n"),
        ("def f(x):\nreturn x\n", "def f(x):\n    return x\n"),
        (
            "def f(x):\n    if x:\n        return 1\n    else if x > 2:\n        return 2\n",
            "def f(x):\n    if x:\n        return 1\n    elif x > 2:\n        return 2\n",
        ),
        ("def f(x):\n    y = 1\n      return y\n", "def f(x):\n    y = 1\n    return y\n"),
        ("def f(x):\n    retrun x\n", "def f(x):\n    return x\n"),
        ("def f(x):\n    if x => 1:\n        return x\n", "def f(x):\n    if x >= 1:\n        return x\n"),
        ("def f(x):\n    x++\n    return x\n", "def f(x):\n    x += 1\n    return x\n"),
        ("def f(x):\n    print 'a'\n", "def f(x):\n    print('a')\n"),
        ("def f(x)\n    if x = 1\n        return x\n", "def f(x):\n    if x == 1:\n        return x\n"),
        ("f(x):\n    return x\n", "def f(x):\n    return x\n"),
    ],
)
def test_what_python_cannot_read_is_mended(wrong: str, right: str) -> None:
    assert right in [item.code for item in mended(source(wrong))]


def test_what_compiles_needs_no_mending() -> None:
    assert mended(source(LOOP)) == []


def _compiles(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True
