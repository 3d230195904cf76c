"""The parsed view of a program, flow questions and expressions worked out from arguments."""

from __future__ import annotations

import ast

import pytest

from gradatim.tools.analysis import Program
from gradatim.tools.analysis.contrast import UNKNOWN, call_of, literal
from gradatim.tools.analysis.evaluate import evaluate
from gradatim.tools.analysis.flow import leaves
from gradatim.tools.analysis.outputs import same_but_format
from gradatim.tools.analysis.patterns.scopes import distance, nearest_name

CODE = """\
import math
LIMIT = 3

def outer(a, b=1, *rest, key=None, **more):
    '''Text.'''
    total = 0
    for x in rest:
        total += x
    def inner(y):
        return y + total
    return inner(total)

class Box:
    def get(self):
        return self.size
"""


def test_functions_know_their_parameters_locals_and_owners() -> None:
    program = Program.parse(CODE)
    assert [(item.name, item.owner) for item in program.functions] == [("outer", None), ("inner", None), ("get", "Box")]
    outer = program.function("outer")
    assert outer is not None
    assert outer.parameters == ("a", "b", "key")
    assert {"a", "rest", "more", "total", "x", "inner"} <= outer.locals
    assert "y" not in outer.locals
    assert outer.body[0].lineno == 6
    assert len(outer.returns) == 1
    assert program.function("inner") is None
    assert program.top_names == {"math", "LIMIT", "outer", "Box"}


def test_text_is_quoted_as_written_also_behind_other_letters() -> None:
    program = Program.parse("name = 'é' + f( 1,2 )\n")
    call = next(node for node in program.nodes if isinstance(node, ast.Call))
    assert program.text(call) == "f( 1,2 )"


def test_loops_around_leave_out_what_is_evaluated_before_the_loop() -> None:
    program = Program.parse("for x in f(1):\n    while g(2):\n        h(3)\nelse:\n    k(4)\n")
    found = {
        node.args[0].value: [loop.lineno for loop in program.loops_around(node)]
        for node in program.nodes
        if isinstance(node, ast.Call) and isinstance(node.args[0], ast.Constant)
    }
    assert found == {1: [], 2: [2, 1], 3: [2, 1], 4: []}


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("return 1", True),
        ("if x:\n    return 1", False),
        ("if x:\n    return 1\nelse:\n    raise ValueError", True),
        ("while True:\n    x = 1", True),
        ("while True:\n    break", False),
        ("while True:\n    for y in x:\n        break", True),
        ("for y in x:\n    return 1", False),
        ("try:\n    return 1\nexcept ValueError:\n    x = 1", False),
        ("match x:\n    case 1:\n        return 1\n    case _:\n        return 2", True),
    ],
)
def test_leaves(body: str, left: bool) -> None:
    assert leaves(ast.parse(f"def f(x):\n{_indented(body)}").body[0].body) is left  # type: ignore[attr-defined]


def _indented(body: str) -> str:
    return "\n".join("    " + line for line in body.splitlines())


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("n + 1", 4),
        ("len(xs) - 1", 1),
        ("xs[-1]", 8),
        ("xs[2]", UNKNOWN),
        ("n / 0", UNKNOWN),
        ("n > 2", True),
        ("xs == []", False),
        ("n < 'a'", UNKNOWN),
        ("f(n)", UNKNOWN),
        ("m", UNKNOWN),
        ("n ** n", UNKNOWN),
        ("-n", -3),
    ],
)
def test_evaluate(expression: str, value: object) -> None:
    got = evaluate(ast.parse(expression, mode="eval").body, {"n": 3, "xs": [7, 8]})
    assert got is value if value is UNKNOWN else got == value


def test_calls_and_literals_of_tests() -> None:
    assert call_of("f(1, [2])") == ("f", (1, [2]))
    assert call_of("sorted(f('a'))") == ("f", ("a",))
    assert call_of("f(x)") == ("f", (UNKNOWN,))
    assert call_of("f(a=1)") == ("f", None)
    assert call_of("1 +") == (None, None)
    assert literal("{1: (2,)}") == {1: (2,)}
    assert literal("<object>") is UNKNOWN


def test_nearest_name() -> None:
    known = frozenset({"result", "n", "len", "possible", "True", "sum"})
    assert nearest_name("reslt", known) == "result"
    assert nearest_name("true", known) == "True"
    assert nearest_name("posible", known) == "possible"
    assert nearest_name("m", known) is None
    assert nearest_name("max", known) is None
    assert distance("abcd", "abdc") == 1


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ("Total: 3\n", "total : 3", True),
        ("***\n", "*\n*\n*\n", True),
        ("3\n", "-3\n", False),
        ("1.5", "15", False),
        ("a", "a", False),
        ("", "a", False),
        ("yes", "no", False),
    ],
)
def test_same_but_format(expected: str, actual: str, same: bool) -> None:
    assert same_but_format(expected, actual) is same
