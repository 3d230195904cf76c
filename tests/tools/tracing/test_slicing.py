"""Which lines a result rests on."""

from __future__ import annotations

from gradatim.tools.analysis import Program
from gradatim.tools.sandbox import ForkServerSandbox
from gradatim.tools.tracing import slice_of, static_slice, trace_values
from tests.tools.tracing.programs import program_task, task

TASK = task(("f(3)", "6"))


async def sliced(sandbox: ForkServerSandbox, code: str, call: str = "f(3)") -> frozenset[int]:
    return slice_of(await trace_values(sandbox, TASK, code, call), Program.parse(code))


async def test_what_the_result_does_not_rest_on_is_left_out(sandbox: ForkServerSandbox) -> None:
    code = (
        "def f(n):\n    total = 0\n    unused = 5\n    for i in range(n):\n        unused += i\n        total += i\n"
        "    seen = unused\n    return total\n"
    )
    assert await sliced(sandbox, code) == {2, 4, 6, 8}


async def test_conditions_that_led_to_the_result_count(sandbox: ForkServerSandbox) -> None:
    code = (
        "def f(n):\n    limit = 2\n    other = 7\n    if n > limit:\n        result = 1\n    else:\n"
        "        result = other\n    return result\n"
    )
    assert await sliced(sandbox, code) == {2, 4, 5, 8}


async def test_an_early_return_that_was_not_taken_counts(sandbox: ForkServerSandbox) -> None:
    code = "def f(n):\n    flag = n > 5\n    if flag:\n        return 0\n    return n\n"
    assert await sliced(sandbox, code) == {2, 3, 5}


async def test_a_slice_goes_into_called_functions(sandbox: ForkServerSandbox) -> None:
    code = (
        "def g(x):\n    noise = 1\n    y = x + 1\n    return y\n"
        "def f(n):\n    a = n * 2\n    b = n * 3\n    return g(a)\n"
    )
    assert await sliced(sandbox, code) == {3, 4, 6, 8}


async def test_a_list_filled_by_another_function(sandbox: ForkServerSandbox) -> None:
    code = (
        "def fill(xs, n):\n    for i in range(n):\n        xs.append(i)\n"
        "def f(n):\n    xs = []\n    fill(xs, n)\n    return xs\n"
    )
    assert {3, 5, 6, 7} <= await sliced(sandbox, code)


async def test_the_slice_of_an_exception(sandbox: ForkServerSandbox) -> None:
    code = "def f(n):\n    xs = [1]\n    name = 'x'\n    i = n\n    return xs[i]\n"
    assert await sliced(sandbox, code) == {2, 4, 5}


async def test_the_slice_of_what_is_printed(sandbox: ForkServerSandbox) -> None:
    given = program_task(("4\n", "5\n"))
    code = "n = int(input())\nother = 3\nm = n + 1\nprint(m)\n"
    run = await trace_values(sandbox, given, code, given.tests[0])
    assert slice_of(run, Program.parse(code)) == {1, 3, 4}


def test_the_static_slice_takes_every_branch() -> None:
    code = (
        "def f(n):\n    limit = 2\n    unused = 9\n    if n > limit:\n        result = 1\n    else:\n"
        "        result = 0\n    return result\n"
    )
    assert static_slice(Program.parse(code)) == {2, 4, 5, 7, 8}


def test_a_program_that_cannot_be_read_has_an_empty_slice() -> None:
    assert static_slice(Program.parse("def f(:\n")) == frozenset()
