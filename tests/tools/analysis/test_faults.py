"""Programs that cannot be compiled: the line where the mistake stands, and a plain sentence."""

from __future__ import annotations

import pytest

from gradatim.tools.analysis import Program


@pytest.mark.parametrize(
    ("code", "kind", "line", "plain"),
    [
        ("x = (1 +\ny = 2\n", "SyntaxError", 1, "never closed"),
        ("def f(x)\n    return x\n", "SyntaxError", 1, "colon"),
        ("def f(x):\n\n\nreturn x\n", "IndentationError", 4, "not indented"),
        ("x = 1\n  y = 2\n", "IndentationError", 2, "no block begins"),
        ("if 1:\n    x = 1\n  y = 2\n", "IndentationError", 3, "differently"),
        ("if 1:\n        x = 1\n\ty = 2\n", "TabError", 3, "Tabs and spaces"),
        ("print('a)\n", "SyntaxError", 1, "not closed"),
        ("print 'a'\n", "SyntaxError", 1, "parentheses"),
        ("for i in range(3):\n    pass\nreturn i\n", "SyntaxError", 3, "outside of every function"),
        ("5 = x\n", "SyntaxError", 1, "left side"),
        ("if x = 5:\n    pass\n", "SyntaxError", 1, "comparing takes =="),
        ("x = 1\0\n", "SyntaxError", 1, ""),
    ],
)
def test_the_fault_is_named_with_its_line(code: str, kind: str, line: int, plain: str) -> None:
    fault = Program.parse(code).fault
    assert fault is not None
    assert (fault.type in (kind, "ValueError"), fault.line) == (True, line)
    assert plain in fault.plain


@pytest.mark.parametrize("code", ["", "\n\n", "# nothing\n", "x = 1", "def f():\r\n    return 1\r\n", "é = 'ü'\n"])
def test_a_good_program_has_no_fault(code: str) -> None:
    program = Program.parse(code)
    assert program.fault is None
    assert program.tree is not None


@pytest.mark.parametrize(
    "code", ["(" * 300, "x = " + "-" * 100_000 + "1", "\ud800", "a" * 100_000, "[" * 100 + "]" * 100]
)
def test_odd_texts_are_read_without_an_exception(code: str) -> None:
    Program.parse(code)
