"""Faults: each gives the program that its misconception brings about, and no right one."""
# ruff: noqa: E501 - one case a row

from __future__ import annotations

import random

import pytest

from gradatim.kg import ConceptGraph
from gradatim.tools.items.families import FAMILIES
from gradatim.tools.items.faults import FAULTS, faulty
from gradatim.tools.items.source import canonical, shape

COUNT = """
def count(values, limit):
    found = 0
    for value in values:
        if value > limit and value % 2 == 0:
            found += 1
    return found
"""
SAFE = """
def safe(texts):
    total = 0
    for text in texts:
        try:
            total += int(text)
        except ValueError:
            total -= 1
    return total
"""
BOX = """
class Box:
    def __init__(self):
        self.held = []

    def size(self):
        return len(self.held)

def f(n):
    box = Box()
    return box.size()
"""
CASES = [
    ("range-stop-included", "def f(n):\n    for i in range(1, n + 1):\n        print(i)\n", "range(1, n):"),
    ("range-starts-at-one", "def f(n):\n    for i in range(n):\n        print(i)\n", "range(1, n):"),
    ("return-inside-loop", COUNT, "            found += 1\n        return found"),
    ("initialise-inside-loop", COUNT, "for value in values:\n        found = 0"),
    ("boundary-comparison-strictness", COUNT, "value >= limit"),
    ("and-or-swapped", COUNT, "value > limit or value % 2 == 0"),
    ("augmented-operator-reversed", COUNT, "found = +1"),
    ("print-instead-of-return", COUNT, "print(found)"),
    ("modulo-as-division", COUNT, "value // 2 == 0"),
    ("precedence-of-arithmetic", "def f(a, b):\n    return (a + b) * 2\n", "return a + b * 2"),
    ("missing-base-case", "def f(n):\n    if n == 0:\n        return 0\n    return n + f(n - 1)\n", "def f(n):\n    return n"),
    ("recursion-not-approaching-base", "def f(n):\n    if n == 0:\n        return 0\n    return n + f(n - 1)\n", "n + f(n)"),
    ("separate-ifs-for-elif", "def f(n):\n    if n > 1:\n        x = 1\n    elif n > 0:\n        x = 2\n    else:\n        x = 3\n    return x\n", "    if n > 0:"),
    ("get-stores-default", "def f(ws):\n    d = {}\n    for w in ws:\n        d[w] = d.get(w, 0) + 1\n    return d\n", "        d.get(w, 0) + 1"),
    ("sequential-swap", "def f(a, b):\n    a, b = b, a\n    return a\n", "a = b\n    b = a"),
    ("slice-is-alias", "def f(a):\n    b = a[:]\n    b.sort()\n    return a\n", "b = a\n"),
    ("catches-wrong-exception", SAFE, "except TypeError:"),
    ("try-too-large", SAFE, "    try:\n        for text in texts:"),
    ("bare-except-hides-error", SAFE, "except:\n            pass"),
    ("string-number-confusion", SAFE, "total += text"),
    ("missing-self-prefix", BOX, "        held = []"),
    ("mutable-class-attribute", BOX, "class Box:\n    held = []"),
    ("method-without-call", BOX, "return box.size\n"),
    ("exception-returned-not-raised", "def f(n):\n    if n < 0:\n        raise ValueError('no')\n    return n\n", "return 'no'"),
    ("end-marker-treated-as-data", "def f(a):\n    t = 0\n    for x in a:\n        if x == 9:\n            break\n        t += x\n    return t\n", "        t += x\n        if x == 9:"),
    ("best-value-without-its-partner", "def f(a):\n    b, m = '', 0\n    for x in a:\n        if a[x] > m:\n            m = a[x]\n            b = x\n    return b\n", "a[x] > m:\n            b = x"),
    ("f-prefix-missing", "def f(n):\n    return f'{n:.2f}'\n", "return '{n:.2f}'"),
    ("wrong-output-format", "def f(n):\n    return f'{n:04}'\n", "f'{n}'"),
    ("round-keeps-trailing-zeros", "def f(n):\n    return f'{n:.2f}'\n", "f'{round(n, 2)}'"),
    ("width-cuts-text", "def f(n):\n    return f'{n:5}|'\n", "f'{n[:5]:5}|'"),
    ("newline-kept-in-line", "def f(t):\n    return t.splitlines()\n", "splitlines(True)"),
    ("split-strips-pieces", "def f(t):\n    p = t.split(',')\n    return p[0].strip()\n", "return p[0]\n"),
    ("top-k-ties-ignored", "def f(a):\n    return sorted(a, key=lambda x: (-len(x), x))\n", "lambda x: -len(x)"),
    ("reverse-applies-to-one-key", "def f(a):\n    return sorted(a, key=lambda x: (-len(x), x))\n", "(len(x), x), reverse=True"),
    ("missing-loop-update", "def f(n):\n    i = 0\n    while i < n:\n        print(i)\n        i += 1\n", "print(i)\n"),
]  # fmt: skip


@pytest.mark.parametrize(("misconception", "code", "part"), CASES, ids=[case[0] for case in CASES])
def test_a_misconception_shows_in_the_program(misconception: str, code: str, part: str) -> None:
    found = [item.code for item in faulty(code) if item.misconception == misconception]
    assert any(part in text for text in found), found
    assert canonical(code) not in found


def test_every_fault_belongs_to_a_misconception_of_the_graph(graph: ConceptGraph) -> None:
    known = {item.id for item in graph.misconceptions}
    assert {fault.misconception for fault in FAULTS} <= known


def test_every_fault_is_found_in_some_template() -> None:
    seen = {
        item.misconception
        for family in FAMILIES
        for seed in range(6)
        for item in faulty(family.draw(random.Random(seed)).code)
    }
    # no template puts a list into a list; programs that people or models write do
    assert {fault.misconception for fault in FAULTS} - seen == {"append-versus-extend"}


def test_a_second_fault_still_leaves_a_program() -> None:
    for family in FAMILIES[::6]:
        for one in faulty(family.draw(random.Random(2)).code)[::2]:
            for other in faulty(one.code)[::5]:
                canonical(other.code)


def test_faults_of_misconceptions_that_the_graph_does_not_have_are_left_out() -> None:
    assert {item.misconception for item in faulty(COUNT, {"and-or-swapped"})} == {"and-or-swapped"}


def test_a_shape_knows_no_names_and_no_constants() -> None:
    other = COUNT.replace("values", "prices").replace("found", "n").replace("count", "tally").replace("% 2", "% 3")
    assert shape(COUNT) == shape(other)
    assert shape(COUNT) != shape(COUNT.replace(">", ">="))
    assert shape("def f(n):\n    return n % 2 == 0") != shape("def f(n):\n    return n % 2 == 1")
