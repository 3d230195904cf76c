"""Inputs from real tasks, answered by their references in the real sandbox."""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from gradatim.domain import Task, TestCase
from gradatim.errors import InputError
from gradatim.settings import Settings
from gradatim.tools.inputs import agreement, disagreement, generate_inputs
from gradatim.tools.inputs.lines import InputDrawer
from gradatim.tools.inputs.running import same
from gradatim.tools.sandbox import ForkServerSandbox, open_sandbox
from gradatim.tools.sandbox.values import Opaque
from gradatim.tools.taskfile import load_task

pytestmark = pytest.mark.asyncio(loop_scope="module")
TASKS = sorted((Path(__file__).parents[3] / "examples/tasks").glob("*.yaml"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[ForkServerSandbox]:
    async with open_sandbox(Settings(workers=1)) as opened:
        yield opened


def task(reference: str, *tests: TestCase, **more: Any) -> Task:
    numbered = tuple(case.model_copy(update={"id": f"t{number}"}) for number, case in enumerate(tests, 1))
    fields = {"id": "task", "title": "Task", "statement": "", "entry_point": "f", **more}
    return Task(tests=numbered, reference=reference, **fields)


SEARCH = task(
    "def f(x, items):\n    return len([i for i in items if i < x])\n",
    TestCase(call="f(4, [1, 4, 9])", expect="1"),
    TestCase(call="f(5, [1, 4, 9])", expect="2"),
    TestCase(call="f(0, [2, 3])", expect="0"),
    TestCase(call="f(0, [])", expect="0"),
)


@pytest.mark.parametrize("path", TASKS, ids=[path.stem for path in TASKS])
async def test_example_tasks_get_new_inputs_that_their_reference_answers(
    sandbox: ForkServerSandbox, path: Path
) -> None:
    example = load_task(path)
    if example.reference is None or all(case.form == "suite" for case in example.tests):
        pytest.skip("nothing to generate from")
    inputs = await generate_inputs(sandbox, example, 12, seed=5)
    own = {case.call or case.stdin for case in example.tests}
    assert len(inputs) == len(set(inputs)) > 5
    assert sorted(text in own for text in inputs) == [text in own for text in inputs], "new ones come first"
    assert inputs[0] not in own
    assert inputs == await generate_inputs(sandbox, example, 12, seed=5)
    assert await agreement(sandbox, example, example.reference, inputs) == 1.0


async def test_another_seed_gives_other_inputs(sandbox: ForkServerSandbox) -> None:
    assert await generate_inputs(sandbox, SEARCH, 10, 1) != await generate_inputs(sandbox, SEARCH, 10, 2)


async def test_inputs_keep_the_shape_of_the_tests(sandbox: ForkServerSandbox) -> None:
    for text in await generate_inputs(sandbox, SEARCH, 60, 1):
        call = ast.parse(text, mode="eval").body
        assert isinstance(call, ast.Call)
        x, items = map(ast.literal_eval, call.args)
        assert type(x) is int
        assert items == sorted(items)


async def test_programs_are_told_apart(sandbox: ForkServerSandbox) -> None:
    inputs = await generate_inputs(sandbox, SEARCH, 60, 1)
    wrong = "def f(x, items):\n    return len([i for i in items if i <= x])\n"
    share = await agreement(sandbox, SEARCH, wrong, inputs)
    assert 0.2 < share < 1
    found = await disagreement(sandbox, SEARCH, wrong, inputs)
    assert found is not None
    text, right, other = found
    assert int(other) == int(right) + 1
    assert text in inputs
    shorter = [one for one in inputs if len(one) < len(text)]
    assert not shorter or await agreement(sandbox, SEARCH, wrong, shorter) == 1
    assert await agreement(sandbox, SEARCH, "def f(x, items) return 1", inputs) == 0.0
    assert await disagreement(sandbox, SEARCH, SEARCH.reference or "", inputs) is None


async def test_an_endless_program_does_not_take_for_ever(sandbox: ForkServerSandbox) -> None:
    short = SEARCH.model_copy(update={"tests": tuple(c.model_copy(update={"timeout": 0.05}) for c in SEARCH.tests)})
    inputs = await generate_inputs(sandbox, short, 60, 1)
    code = "def f(x, items):\n    while True:\n        pass\n"
    assert await agreement(sandbox, short, code, inputs) == 0.0
    found = await disagreement(sandbox, short, code, inputs)
    assert found is not None
    assert found[2] == "timeout"


async def test_inputs_that_the_reference_cannot_answer_are_left_out(sandbox: ForkServerSandbox) -> None:
    code = "def f(n):\n    if n > 5: raise ValueError(n)\n    while n == 4: pass\n    return n\n"
    tests = [TestCase(call=f"f({n})", expect=str(n), timeout=0.1) for n in (1, 2, 5)]
    found = await generate_inputs(sandbox, task(code, *tests), 50, 1)
    assert set(found) == {"f(1)", "f(2)", "f(3)", "f(5)"}
    raising = task(code, *tests, TestCase(call="f(9)", raises="ValueError", timeout=0.1))
    assert {"f(7)", "f(8)"} <= set(await generate_inputs(sandbox, raising, 50, 1))
    assert await agreement(sandbox, raising, "def f(n):\n    return [][n]\n", ["f(7)"]) == 0.0
    assert await agreement(sandbox, raising, "def f(n):\n    raise UnicodeError\n", ["f(7)"]) == 1.0


async def test_checks_are_taken_apart(sandbox: ForkServerSandbox) -> None:
    code = "class C:\n    n = 0\n    def add(self, k):\n        self.n += k\n        return self\n"
    checks = (
        TestCase(check="c = C()\nc.add(3)\nc.add(10)\nassert c.n == 13"),
        TestCase(check="for i in range(2):\n    pass\nassert C().add(i).n == 1"),
    )
    found = await generate_inputs(sandbox, task(code, *checks, entry_point="C"), 10, 1)
    assert found
    assert all(text.startswith("((c := C()), c.add(") and text.endswith("), c.n)[-1]") for text in found)
    wrong = code.replace("+= k", "= k")
    assert await agreement(sandbox, task(code, *checks), wrong, found) < 1


async def test_names_of_the_setup_stand_for_their_values(sandbox: ForkServerSandbox) -> None:
    with_setup = task(
        "def f(x, pairs):\n    return [a for a, b in pairs if b == x]\n",
        TestCase(call="f(1, PAIRS)", expect="['a']"),
        TestCase(call="f(2, PAIRS)", expect="['b']"),
        setup="PAIRS = (('a', 1), ('b', 2))\n",
    )
    found = await generate_inputs(sandbox, with_setup, 40, 1)
    assert len(found) == 40
    assert any("PAIRS" not in text for text in found)


async def test_a_task_may_draw_its_own_inputs(sandbox: ForkServerSandbox) -> None:
    expression = "f'f({random.randint(0, 9)}, {sorted(random.sample(POOL, 3))})'"
    drawn = SEARCH.model_copy(update={"inputs": (expression,), "setup": "POOL = range(90)"})
    found = await generate_inputs(sandbox, drawn, 30, 1)
    assert len(found) == 30
    assert all(text.startswith("f(") and text.count(",") == 3 for text in found)
    assert found == await generate_inputs(sandbox, drawn, 30, 1)
    for expression, what in (("1 / 0", "ZeroDivisionError"), ("[1]", "something else than text")):
        with pytest.raises(InputError, match=rf"inputs\[0\].*{what}"):
            await generate_inputs(sandbox, SEARCH.model_copy(update={"inputs": (expression,)}), 5, 1)


async def test_programs_are_compared_by_what_they_print(sandbox: ForkServerSandbox) -> None:
    code = "n = int(input())\nprint(sum(int(input()) for _ in range(n)))\n"
    tests = (TestCase(stdin="2\n3\n4\n", stdout="7\n"), TestCase(stdin="3\n1\n1\n9\n", stdout="11\n"))
    program = task(code, *tests, kind="program", entry_point=None)
    found = await generate_inputs(sandbox, program, 30, 1)
    assert len(found) == 30
    assert all(int(text.splitlines()[0]) == len(text.splitlines()) - 1 for text in found)
    assert await agreement(sandbox, program, code.replace("print(", "print("), found) == 1.0
    assert await agreement(sandbox, program, code.replace("print(", "print(1 + "), found) == 0.0


async def test_nothing_to_compare_with_is_an_error(sandbox: ForkServerSandbox) -> None:
    with pytest.raises(InputError, match="no reference program"):
        await generate_inputs(sandbox, SEARCH.model_copy(update={"reference": None}), 5, 1)
    with pytest.raises(ValueError, match="no inputs"):
        await agreement(sandbox, SEARCH, "", [])


def lines(*seen: str, count: int = 60) -> list[str]:
    import random

    drawn = InputDrawer(seen).draw(random.Random(2))
    return [next(drawn) for _ in range(count)]


async def test_inputs_of_programs_keep_their_counts_and_ends() -> None:
    assert all(int(a) == len(b.split()) for a, b in (text.splitlines() for text in lines("2\n3 4\n", "3\n1 2 3\n")))
    ended = lines("5\n7\nstop\n", "1\nstop\n", "stop\n")
    assert all(text.endswith("stop\n") and text.count("stop") == 1 for text in ended)
    assert {text.count("\n") for text in ended} >= {1, 2, 3}
    two = lines("Ann\n17\n", "Bob\n30\n")
    assert all(text.splitlines()[0].isalpha() and text.splitlines()[1].isdecimal() for text in two)


async def test_values_that_differ_by_rounding_are_the_same() -> None:
    assert same([0.1 + 0.2, {"a": (1.0,)}], [0.3, {"a": (1.0,)}])
    assert not same([1], (1,))
    assert not same(0.3, 0.31)
    assert same(float("nan"), float("nan"))
    assert same(Opaque("C", "C(1)"), Opaque("C", "C(1)"))
    assert not same(Opaque("C", "C(1)"), Opaque("C", "C(2)"))
    assert not same({1: 2}, {2: 2})
