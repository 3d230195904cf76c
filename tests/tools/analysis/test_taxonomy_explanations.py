"""What is said about an exception: Python's own messages, raised by running the program here."""

from __future__ import annotations

import traceback

import pytest

from gradatim.domain import ExceptionFact
from gradatim.tools.analysis import Program, explain
from gradatim.tools.analysis.explanations import Explanation, general

CASES = [
    ("NameError", "total = 3\nprint(totl)\n", 2, "`totl`", "total"),
    ("NameError", "print(math.pi)\n", 1, "imported", None),
    ("NameError", "def f():\n    inside = 1\nf()\nprint(inside)\n", 4, "belongs to `f`", None),
    ("NameError", "pront(3)\n", 1, "Python's own `print`", "print"),
    ("UnboundLocalError", "n = 1\ndef f():\n    n = n + 1\nf()\n", 3, "not the one outside", None),
    ("TypeError", "x = 'a' + 3\n", 1, "text (str)", None),
    ("TypeError", "x = 3 + 'a'\n", 1, "text and a number", None),
    ("TypeError", "def f():\n    pass\nx = f() + 1\n", 3, "None", None),
    ("TypeError", "x = [1] + (2,)\n", 1, "joins a list only", None),
    ("TypeError", "x = 3 < 'a'\n", 1, "cannot compare", None),
    ("TypeError", "x = 3\nx()\n", 2, "value of its own", None),
    ("TypeError", "x = 5\ny = x[0]\n", 2, "no positions", None),
    ("TypeError", "x = print\ny = x[0]\n", 2, "parentheses, not brackets", None),
    ("TypeError", "for i in 5:\n    pass\n", 1, "range() makes", None),
    ("TypeError", "t = (1, 2)\nt[0] = 3\n", 2, "cannot be changed", None),
    ("TypeError", "def f(a):\n    return a\nf(1, 2)\n", 3, "takes 1 argument and is called with 2", None),
    ("TypeError", "def f(a, b=1):\n    return a\nf(1, 2, 3)\n", 3, "takes from 1 to 2 arguments", None),
    ("TypeError", "def f(a, b):\n    return a\nf(1)\n", 3, "without 1 of its arguments: `b`", None),
    ("TypeError", "def f(size):\n    return size\nf(siez=1)\n", 3, "no parameter called `siez`", "size"),
    ("TypeError", "d = {[1]: 2}\n", 1, "key of a dictionary", None),
    ("TypeError", "x = [1, 2]\nx['0']\n", 2, "whole number", None),
    ("TypeError", "x = [1, 2]\nx[1 / 1]\n", 2, "always gives a float", None),
    ("TypeError", "range(2.5)\n", 1, "whole number is needed", None),
    ("TypeError", "len(5)\n", 1, "no length", None),
    ("TypeError", "x = -'a'\n", 1, "cannot stand before", None),
    ("TypeError", "int([1])\n", 1, "int() converts", None),
    ("TypeError", "','.join([1, 2])\n", 1, "item 0", None),
    ("TypeError", "a, b = 5\n", 1, "takes a value apart", None),
    ("TypeError", "class A:\n    def __int__(self, x):\n        pass\nA(1)\n", 4, "`__int__`", "__int__"),
    ("TypeError", "'a' * 2.0\n", 1, "whole number only", None),
    ("TypeError", "'a' % 2\n", 1, "no place", None),
    ("ValueError", "int('abc')\n", 1, "'abc'", None),
    ("ValueError", "int('2.5')\n", 1, "read by float()", None),
    ("ValueError", "float('x')\n", 1, "number of the text 'x'", None),
    ("ValueError", "a, b = [1, 2, 3]\n", 1, "2 names", None),
    ("ValueError", "a, b = [1]\n", 1, "there are 1", None),
    ("ValueError", "max([])\n", 1, "something empty", None),
    ("ValueError", "[1].index(2)\n", 1, "not in there", None),
    ("ValueError", "import math\nmath.sqrt(-1)\n", 2, "not defined", None),
    ("ValueError", "def f(x):\n    raise ValueError('bad')\nf(1)\n", 2, "own raise: bad", None),
    ("ValueError", "range(1, 2, 0)\n", 1, "step is zero", None),
    ("IndexError", "xs = [1]\nprint(xs[len(xs)])\n", 2, "len(xs) - 1", None),
    ("IndexError", "s = 'a'\ni = 4\nprint(s[i])\n", 3, "position `i`", None),
    ("IndexError", "[].pop()\n", 1, "is empty", None),
    ("KeyError", "d = {'name': 1}\nprint(d['nmae'])\n", 2, "'nmae'", "name"),
    ("AttributeError", "xs = [1]\nxs.push(2)\n", 2, "append is used", "append"),
    ("AttributeError", "s = 'a'\ns.uper()\n", 2, "`upper`", "upper"),
    ("AttributeError", "x = [3].sort()\nx.append(1)\n", 2, "`x` is None", None),
    ("AttributeError", "s = 'a'\ns.append('b')\n", 2, "+ is used", "+"),
    ("AttributeError", "import math\nmath.squareroot(2)\n", 2, "nothing called `squareroot`", None),
    ("AttributeError", "n = 5\nn.items()\n", 2, "A `dict` has one", None),
    ("ZeroDivisionError", "xs = []\nprint(sum(xs) / len(xs))\n", 2, "`xs` is empty", None),
    ("ZeroDivisionError", "n = 0\nprint(3 % n)\n", 2, "`n`, which is zero", None),
    ("RecursionError", "def f(n):\n    return f(n + 1)\nf(0)\n", 2, "`f` calls itself", None),
    ("ModuleNotFoundError", "import maht\n", 1, "no such module", "math"),
    ("ImportError", "from math import squrt\n", 1, "`sqrt`", "sqrt"),
    ("FileNotFoundError", "open('nowhere.txt')\n", 1, "no file of that name", None),
    ("IsADirectoryError", "open('/')\n", 1, "it is a folder", None),
    ("StopIteration", "next(iter([]))\n", 1, "none left", None),
    ("OverflowError", "x = 10.0 ** 400\n", 1, "larger than a float", None),
    ("OverflowError", "int(float('inf'))\n", 1, "cannot be converted", None),
    ("AssertionError", "x = 1\nassert x == 2, 'no'\n", 2, "`x == 2` does not hold", None),
    ("UnicodeDecodeError", "b'\\xff'.decode('utf-8')\n", 1, "encoding utf-8", None),
    ("UnicodeEncodeError", "'ä'.encode('ascii')\n", 1, "encoding ascii", None),
    ("RuntimeError", "d = {1: 2}\nfor k in d:\n    d[k + 1] = 3\n", 2, "while items are added", None),
    ("NotImplementedError", "def f():\n    raise NotImplementedError\nf()\n", 2, "has not been written", None),
    ("JSONDecodeError", "import json\njson.loads('{')\n", 2, "not JSON", None),
    ("StatisticsError", "import statistics\nstatistics.mean([])\n", 2, "too few values", None),
    ("KeyboardInterrupt", "raise KeyboardInterrupt\n", 1, "interrupted", None),
]  # fmt: skip


def explained(kind: str, code: str) -> tuple[ExceptionFact, Explanation]:
    try:
        exec(compile(code, "<case>", "exec"), {"__name__": "case"})
    except BaseException as error:  # noqa: BLE001 - the exception is what is wanted
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<case>"]
        last = frames[-1]
        message = repr(error.args[0]) if isinstance(error, KeyError) else str(error)
        function = None if last.name == "<module>" else last.name
        fact = ExceptionFact(type=type(error).__name__, message=message, line=last.lineno, function=function)
        assert fact.type == kind
        return fact, explain(fact, Program.parse(code))
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(("kind", "code", "line", "said", "near"), CASES)
def test_an_exception_is_explained_from_the_program(
    kind: str, code: str, line: int, said: str, near: str | None
) -> None:
    _, found = explained(kind, code)
    assert said in found.text
    assert (found.line, found.near) == (line, near)
    assert found.text != general(kind)
    assert found.text.endswith(".")


def test_what_is_unknown_is_not_made_up() -> None:
    fact = ExceptionFact(type="OddError", message="very odd", line=1)
    assert explain(fact, Program.parse("x = 1\n")).text == "The program stops with OddError."
    fact = ExceptionFact(type="NameError", message="name 'x' is not defined", line=1)
    assert "Nothing in the program defines it" in explain(fact, Program.parse("x\n")).text
    assert explain(fact, Program.parse("(")).text


def test_names_of_the_set_up_count_as_defined() -> None:
    fact = ExceptionFact(type="NameError", message="name 'helprr' is not defined", line=1)
    assert explain(fact, Program.parse("helprr()\n"), frozenset({"helper"})).near == "helper"
