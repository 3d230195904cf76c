"""What verified changes speak for: pairs of a wrong program and one that passes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

from gradatim.domain import Edit, Repair
from gradatim.tools.analysis.changes import changes_between
from gradatim.tools.analysis.from_repair import HIGHEST, signs_of_repairs
from gradatim.tools.analysis.program import Program
from gradatim.tools.analysis.sign import Sign

CURRICULUM = Path(__file__).parents[3] / "gradatim" / "kg" / "curricula" / "python"


def repair_of(code: str, weight: float = 1.0, generalises: bool | None = None, inputs_tried: int = 0) -> Repair:
    """A repair whose tree is what matters: the edit is only there because there has to be one."""
    edit = Edit(line=1, last_line=1, replacement="", operator="any")
    return Repair(
        code=code, edits=(edit,), place="somewhere", change="something", origin="search", weight=weight,
        generalises=generalises, inputs_tried=inputs_tried,
    )  # fmt: skip


def signs(old: str, new: str, **more: object) -> tuple[Sign, ...]:
    return tuple(signs_of_repairs(Program.parse(old), [repair_of(new, **more)]))  # type: ignore[arg-type]


SUM = "def f(xs):\n    total = 0\n    for i in range(len(xs)):\n        total += xs[i]\n    return total\n"
COUNT = "def f(n):\n    total = 0\n    for i in range(1, n + 1):\n        total += i\n    return total\n"
BEST = "def f(xs):\n    best = xs[0]\n    for x in xs:\n        if x > best:\n            best = x\n    return best\n"
FACT = "def f(n):\n    if n == 0:\n        return 1\n    return n * f(n - 1)\n"
WHILE = "def f(n):\n    i = 0\n    while i < n:\n        print(i)\n        i += 1\n    return i\n"
SEARCH = "def f(xs, y):\n    for x in xs:\n        if x == y:\n            return True\n    return False\n"


def swap(right: str, correct: str, wrong: str) -> tuple[str, str]:
    """The wrong and the right program: in the right one `correct` stands where the wrong one has `wrong`."""
    assert right.count(correct) == 1
    return right.replace(correct, wrong), right


CASES = [
    ("range-stop-included", 3, *swap(COUNT, "range(1, n + 1)", "range(1, n)")),
    ("range-starts-at-one", 3, *swap(COUNT, "range(1, n + 1)", "range(n)")),
    ("range-starts-at-one", 3, *swap(COUNT, "range(1, n + 1)", "range(n + 1)")),
    ("off-by-one-loop", 3, *swap(SUM, "range(len(xs))", "range(len(xs) - 1)")),
    ("off-by-one-loop", 3, *swap(SUM, "range(len(xs))", "range(len(xs) + 1)")),
    ("index-starts-at-one", 3, *swap(SUM, "range(len(xs))", "range(1, len(xs))")),
    ("range-of-list", 3, *swap(SUM, "range(len(xs))", "range(xs)")),
    ("range-of-list", 3, *swap(SUM, "range(len(xs))", "len(xs)")),
    ("index-versus-element", 4, *swap(SUM, "xs[i]", "i")),
    ("wrong-initial-value", 2, *swap(SUM, "total = 0", "total = 1")),
    ("wrong-initial-value", 2,
     "def f(n):\n    a, b = 1, 1\n    for i in range(n):\n        a, b = b, a + b\n    return a\n",
     "def f(n):\n    a, b = 0, 1\n    for i in range(n):\n        a, b = b, a + b\n    return a\n"),
    ("inverted-condition", 2, "def f(n):\n    if n % 2:\n        return 1\n    return 2\n",
     "def f(n):\n    if n % 2 == 0:\n        return 1\n    return 2\n"),
    ("wrong-initial-maximum", 2, *swap(BEST, "xs[0]", "0")),
    ("comparison-direction-reversed", 4, *swap(BEST, "x > best", "x < best")),
    ("boundary-comparison-strictness", 4, *swap(BEST, "x > best", "x >= best")),
    ("return-wrong-variable", 6, *swap(BEST, "return best", "return x")),
    ("off-by-one-loop", 3, *swap(WHILE, "i < n", "i <= n")),
    ("missing-loop-update", 4, *swap(WHILE, "        i += 1\n", "")),
    ("while-condition-inverted", 3, *swap(WHILE, "i < n", "i >= n")),
    ("loop-variable-reset", 4, *swap(WHILE, "        print(i)\n", "        i = 0\n        print(i)\n")),
    ("wrong-base-case", 3, *swap(FACT, "return 1", "return 0")),
    ("wrong-base-case", 2, *swap(FACT, "n == 0", "n == 1")),
    ("recursion-not-approaching-base", 4, *swap(FACT, "f(n - 1)", "f(n)")),
    ("recursion-combines-wrongly", 4, *swap(FACT, "n * f(n - 1)", "n + f(n - 1)")),
    ("missing-base-case", 2, *swap(FACT, "    if n == 0:\n        return 1\n", "")),
    ("recursion-missing-return", 4, *swap(FACT.replace("n * ", ""), "return f(n - 1)", "f(n - 1)")),
    ("early-exit-search", 5, *swap(SEARCH, "    return False", "        return False")),
    ("inverted-condition", 3, *swap(SEARCH, "x == y", "x != y")),
    ("inverted-condition", 3, *swap(SEARCH, "x == y", "not x == y")),
    ("is-for-equality", 3, *swap(SEARCH, "x == y", "x is y")),
    ("return-inside-loop", 5, *swap(SUM, "    return total", "        return total")),
    ("initialise-inside-loop", 3, SUM.replace("    total = 0\n", "").replace(
        "        total +=", "        total = 0\n        total +="), SUM),
    ("statement-wrongly-outside-loop", 5, *swap(SUM, "        total += xs[i]", "        pass\n    total += xs[i]")),
    ("print-instead-of-return", 5, *swap(SUM, "return total", "print(total)")),
    ("print-returns-value", 5, *swap(SUM, "return total", "return print(total)")),
    ("missing-return", 4, *swap(SUM, "    return total\n", "")),
    ("missing-return", 5, *swap(SUM, "return total", "total")),
    ("return-in-only-one-branch", 4, *swap(SEARCH, "    return False\n", "")),
    ("none-is-false-or-zero", 5, *swap(SEARCH, "return False", "return None")),
    ("accumulator-not-initialised", 2, *swap(SUM, "    total = 0\n", "")),
    ("typo-in-name", 5, *swap(SUM, "return total", "return totl")),
    ("augmented-operator-reversed", 4, *swap(SUM, "total += xs[i]", "total =+ xs[i]")),
    ("empty-input-forgotten", 2, BEST, BEST.replace("    best = xs",
     "    if not xs:\n        return None\n    best = xs")),
    ("guard-missing", 2, BEST, BEST.replace("    best = xs",
     "    if not xs:\n        raise ValueError\n    best = xs")),
    ("division-by-zero-unguarded", 2, "def f(a, b):\n    return a / b\n",
     "def f(a, b):\n    if b == 0:\n        return 0\n    return a / b\n"),
    ("division-kind-confusion", 2, "def f(a):\n    return a / 2\n", "def f(a):\n    return a // 2\n"),
    ("modulo-as-division", 2, "def f(a):\n    return a // 2\n", "def f(a):\n    return a % 2\n"),
    ("caret-is-power", 2, "def f(a):\n    return a ^ 2\n", "def f(a):\n    return a ** 2\n"),
    ("precedence-of-arithmetic", 2, "def f(a, b):\n    return a + b / 2\n", "def f(a, b):\n    return (a + b) / 2\n"),
    ("and-or-swapped", 2, "def f(a):\n    return a > 1 or a < 9\n", "def f(a):\n    return a > 1 and a < 9\n"),
    ("or-with-bare-literal", 2, "def f(a):\n    return a == 1 or 2\n", "def f(a):\n    return a == 1 or a == 2\n"),
    ("or-with-bare-literal", 2, "def f(a):\n    return a == 1 or 2\n", "def f(a):\n    return a in (1, 2)\n"),
    ("bitwise-for-logical", 2, "def f(a):\n    return a > 1 & a < 9\n", "def f(a):\n    return a > 1 and a < 9\n"),
    ("find-returns-boolean", 2, "def f(a):\n    if a.find('x'):\n        return 1\n    return 2\n",
     "def f(a):\n    if a.find('x') >= 0:\n        return 1\n    return 2\n"),
    ("inverted-condition", 3, "def f(a):\n    if a:\n        return 'x'\n    return 'y'\n",
     "def f(a):\n    if a:\n        return 'y'\n    return 'x'\n"),
    ("case-sensitive-comparison", 3, "def f(s):\n    n = 0\n    for c in s:\n        n += c == 'a'\n    return n\n",
     "def f(s):\n    n = 0\n    for c in s.lower():\n        n += c == 'a'\n    return n\n"),
    ("separate-ifs-for-elif", 4,
     "def f(a):\n    if a > 9:\n        b = 1\n    if a > 5:\n        b = 2\n    return b\n",
     "def f(a):\n    if a > 9:\n        b = 1\n    elif a > 5:\n        b = 2\n    return b\n"),
    ("continue-is-break", 4, "def f(s):\n    for c in s:\n        if c == 'a':\n            break\n        print(c)\n",
     "def f(s):\n    for c in s:\n        if c == 'a':\n            continue\n        print(c)\n"),
    ("modify-list-while-iterating", 2, "def f(xs):\n    for x in xs:\n        xs.remove(x)\n    return xs\n",
     "def f(xs):\n    for x in xs[:]:\n        xs.remove(x)\n    return xs\n"),
    ("dictionary-iterates-values", 2, "def f(d):\n    for k, v in d:\n        print(k, v)\n",
     "def f(d):\n    for k, v in d.items():\n        print(k, v)\n"),
    ("assignment-copies-object", 2, "def f(xs):\n    ys = xs\n    ys.append(1)\n    return xs, ys\n",
     "def f(xs):\n    ys = xs.copy()\n    ys.append(1)\n    return xs, ys\n"),
    ("missing-list-wrap", 4, "def f(xs):\n    r = []\n    for x in xs:\n        r += x\n    return r\n",
     "def f(xs):\n    r = []\n    for x in xs:\n        r += [x]\n    return r\n"),
    ("append-versus-extend", 4, "def f(xs):\n    r = []\n    for x in xs:\n        r.append(x)\n    return r\n",
     "def f(xs):\n    r = []\n    for x in xs:\n        r.extend(x)\n    return r\n"),
    ("append-returns-none-assigned", 2, "def f(xs):\n    xs = xs.append(1)\n    return xs\n",
     "def f(xs):\n    xs.append(1)\n    return xs\n"),
    ("string-method-result-ignored", 2, "def f(s):\n    s.upper()\n    return s\n",
     "def f(s):\n    s = s.upper()\n    return s\n"),
    ("sort-versus-sorted", 2, "def f(s):\n    sorted(s)\n    return s\n",
     "def f(s):\n    s = sorted(s)\n    return s\n"),
    ("type-changes-variable-in-place", 2, "def f(s):\n    int(s)\n    return s\n",
     "def f(s):\n    s = int(s)\n    return s\n"),
    ("input-is-number", 1, "n = input()\nprint(n * 2)\n", "n = int(input())\nprint(n * 2)\n"),
    ("prompt-in-output", 1, "n = input('n: ')\nprint(n)\n", "n = input()\nprint(n)\n"),
    ("extra-debug-output", 2, "n = input()\nprint('x', n)\nprint(n)\n", "n = input()\nprint(n)\n"),
    ("wrong-output-format", 2, "n = input()\nprint('Sum', n)\n", "n = input()\nprint('Sum:', n)\n"),
    ("f-prefix-missing", 2, "def f(n):\n    return 'Hi {n}'\n", "def f(n):\n    return f'Hi {n}'\n"),
    ("string-number-confusion", 2, "def f(n):\n    return str(n)\n", "def f(n):\n    return n\n"),
    ("length-as-last-index", 2, "def f(xs):\n    return xs[len(xs)]\n", "def f(xs):\n    return xs[len(xs) - 1]\n"),
    ("slice-end-included", 2, "def f(xs, a, b):\n    return xs[a:b]\n", "def f(xs, a, b):\n    return xs[a:b + 1]\n"),
    ("loop-variable-is-index-confusion", 4, SUM.replace("range(len(xs))", "xs"),
     SUM.replace("range(len(xs))", "xs").replace("xs[i]", "i")),
    ("sort-order-reversed", 2, "def f(xs):\n    return sorted(xs)\n",
     "def f(xs):\n    return sorted(xs, reverse=True)\n"),
    ("method-without-call", 2, "def f(s):\n    return s.upper\n", "def f(s):\n    return s.upper()\n"),
    ("global-not-declared", 3, "n = 0\ndef f():\n    n += 1\n    return n\n",
     "n = 0\ndef f():\n    global n\n    n += 1\n    return n\n"),
    ("import-missing", 1, "def f(x):\n    return math.sqrt(x)\n", "import math\ndef f(x):\n    return math.sqrt(x)\n"),
    ("missing-self-prefix", 5,
     "class C:\n    def __init__(self):\n        self.n = 1\n    def f(self):\n        return n\n",
     "class C:\n    def __init__(self):\n        self.n = 1\n    def f(self):\n        return self.n\n"),
    ("sequential-swap", 4,
     "def f(n):\n    a, b = 0, 1\n    for i in range(n):\n        a = b\n        b = a + b\n    return a\n",
     "def f(n):\n    a, b = 0, 1\n    for i in range(n):\n        a, b = b, a + b\n    return a\n"),
    ("sequential-swap", 2, "def f(a, b):\n    a = b\n    b = a\n    return a, b\n",
     "def f(a, b):\n    t = a\n    a = b\n    b = t\n    return a, b\n"),
    ("parameter-overwritten", 2, "def f(n):\n    n = 3\n    return n * 2\n", "def f(n):\n    return n * 2\n"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "line", "old", "new"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)])
def test_a_change_speaks_for_one_belief(name: str, line: int, old: str, new: str) -> None:
    found = signs(old, new)
    assert [sign.misconception for sign in found][:1] == [name], found
    assert line in found[0].lines
    assert 0.6 <= found[0].confidence <= HIGHEST
    assert found[0].fact.endswith("makes every test pass.")


def test_what_is_told_gives_nothing_of_the_solution_away() -> None:
    for _, _, old, new in CASES:
        before = set(old.replace("(", " ").replace(")", " ").split())
        for token in set(new.replace("(", " ").replace(")", " ").split()) - before:
            if len(token) < 3:
                continue
            for sign in signs(old, new):
                assert token not in f"{sign.fact} {sign.why}".replace("`", " ").split()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (SUM, SUM),
        (COUNT, "def f(n):\n    return n * (n + 1) // 2\n"),
        ("def f(n):\n    return n + 3\n", "def f(n):\n    return n + 4\n"),
        ("def f(n:\n    return n\n", "def f(n):\n    return n\n"),
        (SUM, "def f(xs:\n"),
    ],
    ids=["same", "other program", "other number", "student's program not Python", "repair not Python"],
)
def test_other_changes_tell_nothing(old: str, new: str) -> None:
    assert signs(old, new) == ()


def test_confidence_follows_weight_and_further_inputs() -> None:
    old, new = swap(COUNT, "range(1, n + 1)", "range(1, n)")
    sure, doubtful = signs(old, new)[0], signs(old, new, weight=0.2)[0]
    assert doubtful.confidence < sure.confidence
    assert signs(old, new, generalises=False)[0].confidence < sure.confidence
    confirmed = signs(old, new, generalises=True, inputs_tried=40)[0]
    assert confirmed.confidence == sure.confidence
    assert "40 further inputs" in confirmed.why


def test_two_repairs_with_the_same_message_are_told_once() -> None:
    old, new = swap(COUNT, "range(1, n + 1)", "range(1, n)")
    found = tuple(signs_of_repairs(Program.parse(old), [repair_of(new, weight=0.3), repair_of(new)]))
    assert found == signs(old, new)


def test_everything_told_is_in_the_curriculum() -> None:
    known: set[str] = set()
    for path in CURRICULUM.glob("*.yaml"):
        known |= {item["id"] for item in yaml.safe_load(path.read_text("utf-8")).get("misconceptions") or ()}
    assert {case[0] for case in CASES} <= known


def test_a_statement_elsewhere_is_one_change() -> None:
    old, new = swap(SUM, "    return total", "        return total")
    (change,) = changes_between(ast.parse(old), ast.parse(new))
    assert (change.kind, change.line, change.loops) == ("moved", 5, (1, 0))


def test_changes_come_from_top_to_bottom() -> None:
    old, new = "a = 1\nb = 2\nc = 3\n", "a = 5\nb = 2\nc = 4\nd = 1\n"
    found = changes_between(ast.parse(old), ast.parse(new))
    assert [(change.kind, change.line) for change in found] == [("replaced", 1), ("replaced", 3), ("added", 3)]
