"""Lines, differences, sizes and words of pool repairs, without running anything."""

from __future__ import annotations

import ast

import pytest

from gradatim.domain import Edit
from gradatim.tools.repair.pool.agreement import new_calls
from gradatim.tools.repair.pool.alignment import TreeShape
from gradatim.tools.repair.pool.expressions import places, replaced
from gradatim.tools.repair.pool.naming import name_maps
from gradatim.tools.repair.pool.refactoring import refactored
from gradatim.tools.repair.pool.script import Script
from gradatim.tools.repair.pool.size import changed_lines, share
from gradatim.tools.repair.pool.syntax import compilable
from gradatim.tools.repair.pool.unit import Program
from gradatim.tools.repair.pool.usefulness import idle_statements
from gradatim.tools.repair.pool.wording import change, place
from tests.tools.repair.pool.test_pool import task_of

SEARCH = """def search(x, seq):
    for i, item in enumerate(seq):
        if x <= item:
            return i
    return len(seq)
"""
MESSY = '''def search(key,  values):
    """Find the place."""
    # nothing to do
    if values == []: return 0
    n = 0; k = 1
    while n<len(values):   # go on
        if values[n] < key :
            n += 1
        else:
            return n
    # not found
    return  n
'''


def script(student: str, donor: str, name: str = "search") -> Script:
    ours, theirs = Program.parse(student), Program.parse(donor)
    one, two = ours.unit(name), theirs.unit(name)
    assert one is not None
    assert two is not None
    names = name_maps(one, two, (TreeShape(one.lines), TreeShape(two.lines)))[0]
    made = Script.of(one, ours.physical, two, names, "    ")
    assert made is not None
    return made


def test_no_difference_applied_gives_the_same_text() -> None:
    assert script(MESSY, SEARCH).render(()) == MESSY.splitlines()


@pytest.mark.parametrize(("student", "donor"), [(MESSY, SEARCH), (SEARCH, MESSY)])
def test_all_differences_applied_give_the_correct_structure(student: str, donor: str) -> None:
    made = script(student, donor)
    lines = made.render(made.atoms)
    assert lines is not None
    kinds = [type(node).__name__ for node in ast.walk(ast.parse("\n".join(lines))) if isinstance(node, ast.stmt)]
    wanted = [type(node).__name__ for node in ast.walk(ast.parse(donor)) if isinstance(node, ast.stmt)]
    assert sorted(kind for kind in kinds if kind != "Expr") == sorted(kind for kind in wanted if kind != "Expr")


def test_each_difference_alone_gives_a_program() -> None:
    made = script(MESSY, SEARCH)
    rendered = [made.render({atom}) for atom in made.atoms]
    assert sum(lines is not None for lines in rendered) > len(rendered) // 2
    for lines in rendered:
        assert lines is None or "# not found" in "\n".join(lines)


def test_names_correspond_by_their_part() -> None:
    ours = Program.parse(SEARCH.replace("item", "it").replace("i,", "pos,").replace("return i\n", "return pos\n"))
    one, two = ours.unit("search"), Program.parse(SEARCH).unit("search")
    assert one is not None
    assert two is not None
    names = name_maps(one, two, (TreeShape(one.lines), TreeShape(two.lines)))[0]
    assert names == {("", "x"): "x", ("", "seq"): "seq", ("", "i"): "pos", ("", "item"): "it"}


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [
        ("if x<seq[i]:", "if x <= seq[i]:", 1),
        ("x=x+1", "x = x - 2", 2),
        ("if a or b:", "if a or b or c:", 1),
        ("elif f(a)*2 == 3:", "elif (f(b) + 1) * 2 != 3:", 2),
        ("return é[0]", "return é[1]", 1),
        ("for i in range(n):", "while n:", 1),
    ],
)
def test_differences_within_a_line_are_whole_expressions(old: str, new: str, count: int) -> None:
    found = places(old, new)
    assert len(found) == count
    body = "if 0:\n pass\n{} pass" if new.startswith("elif") else "{} pass" if new.endswith(":") else "{}"
    assert ast.dump(ast.parse(body.format(replaced(old, found)))) == ast.dump(ast.parse(body.format(new)))


def test_size_counts_code_alone() -> None:
    old = ["a = 1", "# note", "", "b = 2", "c = 3"]
    assert changed_lines(old, ["a = 1", "b = 2", "c = 3"]) == 0
    assert changed_lines(old, ["a = 1", "b = 4", "c = 3", "d = 5"]) == 2
    assert changed_lines(old, []) == 3
    assert share(old, ["a = 1", "b = 4", "c = 3", "d = 5"]) == pytest.approx(1 / 3)
    assert share(old, ["a = 1", "b = 2", "c = 3", "d = 5", "e = 6", "f = 7"]) == pytest.approx(0.6)
    assert share(
        ["def f(x):", "    y = x", "    return y"], ["def f(x):", "    y = x", "    return 2"]
    ) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    "code",
    [
        "def f(x)\n    return x\n",
        "def f(x):\n    if x = 1:\n        return 2\n    else if x > 2:\n        return 3\n",
        "def f(x):\n    print('a'\n    return (x\n",
        "def f(x):\nreturn x\n",
        "def f(x):\n    for i in range(3):\n    return x\n",
        "def f(x):\n        y = 1\n    return y\n",
        "def f(x):\n    ??? !!\n    return x\n",
        "def f(x):\n    retrun x && x\n",
    ],
)
def test_simple_means_make_programs_compile(code: str) -> None:
    lines = compilable(code.splitlines())
    assert lines is not None
    ast.parse("\n".join(lines))
    assert any(line.startswith("def f") for line in lines)


def test_rewritings_keep_the_meaning() -> None:
    code = (
        "def f(xs, y):\n    found = []\n    for i in range(len(xs)):\n        if xs[i] > y and xs[i] % 2 == 0:\n"
        "            found.append(xs[i])\n    if len(found) > 2 or y == 0:\n        return False\n    else:\n"
        "        count = len(found)\n        return count == 1\n"
    )
    made = [ast.unparse(node) for node in refactored(ast.parse(code).body[0])]
    assert len(made) > 15
    for xs, y in (([], 0), ([2, 3, 4, 6], 1), ([8], 3), ([1, 5], 2)):
        results: set[object] = set()
        for text in [code, *made]:
            space: dict[str, object] = {}
            exec(text, space)
            function = space["f"]
            assert callable(function)
            results.add(function(xs, y))
        assert len(results) == 1


def test_new_calls_mix_and_vary_the_given_arguments() -> None:
    calls = new_calls(task_of(("f(1, [2, 3])", "0"), ("f(7, [])", "0")))
    assert "f(1, [])" in calls
    assert "f(7, [2, 3])" in calls
    assert "f(2, [2, 3])" in calls
    assert "f(1, [2, 3])" not in calls


def test_words_for_a_beginner() -> None:
    old = ["def f(x):", "    if x < 1:", "        return 1", "    return x"]
    one = Edit(line=2, last_line=2, replacement="    if x <= 1:", operator="from-pool")
    assert (place(old, one), change(old, one)) == ("the condition in line 2", "in line 2 `<=` instead of `<`")
    new = Edit(line=5, last_line=4, replacement="    return 0", operator="from-pool")
    assert (place(old, new), change(old, new)) == (
        "a missing `return` after line 4",
        "after line 4 a new line `return 0`",
    )
    gone = Edit(line=3, last_line=3, replacement="", operator="from-pool")
    assert place(old, gone) == "line 3, which should not be there"
    deeper = Edit(line=4, last_line=4, replacement="        return x", operator="from-pool")
    assert place(old, deeper) == "the indentation of line 4"


@pytest.mark.parametrize(
    ("body", "idle"),
    [
        ("return 1\nx = 2\nreturn x", 2),
        ("t = xs[0]\nfor x in xs:\n    if x > t:\n        t = x\nreturn t", 0),
        ("t = xs[0]\nfor x in xs:\n    if x > t:\n        t = x\nreturn max(xs)", 4),
        ("r = []\nfor x in xs:\n    if x == 0:\n        break\n    r.append(x)\nreturn r", 0),
        ("r = []\nfor x in xs:\n    r.append(x)\nreturn xs", 3),
        ("for x in xs:\n    print(x)", 0),
    ],
)
def test_statements_that_nothing_uses(body: str, idle: int) -> None:
    lines = ["def f(xs):", *("    " + line for line in body.splitlines())]
    assert idle_statements(lines) == idle
