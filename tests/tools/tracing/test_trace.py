"""Values of variables, line by line, from real runs."""

from __future__ import annotations

import pytest

from gradatim.domain import TestCase
from gradatim.tools.sandbox import ForkServerSandbox
from gradatim.tools.sandbox.inner.trace import MAX_EVENTS
from gradatim.tools.tracing import trace_values, value_after, values_after
from tests.tools.tracing.programs import FIB, program_task, task

TASK = task(("fib(5)", "5"))


async def test_each_line_tells_what_it_changes(sandbox: ForkServerSandbox) -> None:
    run = await trace_values(sandbox, TASK, FIB, "fib(3)")
    inside = [step for step in run.steps if step.function == "fib"]
    assert [(step.kind, step.line, dict(step.changes)) for step in inside[:4]] == [
        ("call", 1, {"n": "3"}),
        ("line", 2, {"a": "0", "b": "1"}),
        ("line", 3, {"i": "0"}),
        ("line", 4, {"a": "1"}),
    ]
    assert (inside[-1].kind, inside[-1].value, run.result, run.status) == ("return", "1", "1", "ok")
    assert run.hits == {1: 1, 2: 1, 3: 3, 4: 2, 5: 1}
    assert run.whole


async def test_the_value_after_a_line(sandbox: ForkServerSandbox) -> None:
    run = await trace_values(sandbox, TASK, FIB, TASK.tests[0])
    assert [value_after(run, 4, "b", round_) for round_ in (1, 2, 3, 4)] == ["1", "2", "3", "5"]
    assert value_after(run, 4, "b") == "5"
    assert value_after(run, 4, "b", 5) is None
    assert value_after(run, 4, "nothing", 1) is None
    assert value_after(run, 99, "b") is None
    assert values_after(run, 3, "i") == ("0", "1", "2", "3", "3")


async def test_a_list_changed_in_place_is_a_change(sandbox: ForkServerSandbox) -> None:
    code = "def f():\n    xs = []\n    xs.append(1)\n    ys = xs\n    ys[0] = True\n    return xs\n"
    run = await trace_values(sandbox, TASK, code, "f()")
    assert [value_after(run, line, "xs", 1) for line in (2, 3, 5)] == ["[]", "[1]", "[True]"]


async def test_calls_know_their_caller_and_keep_their_own_variables(sandbox: ForkServerSandbox) -> None:
    code = "def f(n):\n    if n == 0:\n        return 1\n    return n * f(n - 1)\n"
    run = await trace_values(sandbox, TASK, code, "f(2)")
    calls = [step for step in run.steps if step.kind == "call" and step.function == "f"]
    assert [step.changes["n"] for step in calls] == ["2", "1", "0"]
    assert calls[0].caller is None
    assert [run.steps[step.caller].line for step in calls[1:] if step.caller is not None] == [4, 4]
    returned = [step.value for step in run.steps if step.kind == "return" and step.function == "f"]
    assert returned == ["1", "1", "2"]


async def test_attributes_of_own_objects_and_globals_are_watched(sandbox: ForkServerSandbox) -> None:
    code = (
        "count = 0\nclass Box:\n    def __init__(self):\n        self.items = 0\n    def add(self):\n"
        "        global count\n        self.items += 2\n        count += 1\n"
        "def f():\n    box = Box()\n    box.add()\n    return box.items\n"
    )
    run = await trace_values(sandbox, TASK, code, "f()")
    assert value_after(run, 7, "self.items") == "2"
    assert value_after(run, 8, "count") == "1"
    assert value_after(run, 11, "box.items") == "2"


async def test_code_of_the_program_is_not_run_to_show_a_value(sandbox: ForkServerSandbox) -> None:
    code = (
        "class Loud:\n    def __repr__(self):\n        print('shown')\n        return 'x'\n"
        "def f():\n    a = Loud()\n    b = [a]\n    return 1\n"
    )
    run = await trace_values(sandbox, TASK, code, "f()")
    assert run.stdout == ""
    assert value_after(run, 6, "a") == "<Loud>"


async def test_large_values_are_told_by_their_length(sandbox: ForkServerSandbox) -> None:
    code = "def f():\n    xs = list(range(500))\n    s = 'a' * 900\n    return len(xs)\n"
    run = await trace_values(sandbox, TASK, code, "f()")
    assert value_after(run, 3, "xs") == "<list of length 500>"
    assert value_after(run, 3, "s") == "<str of length 900>"


async def test_a_whole_program_with_input(sandbox: ForkServerSandbox) -> None:
    code = "n = int(input())\nwhile n > 0:\n    n -= 1\nprint(n)\n"
    given = program_task(("3\n", "0\n"))
    run = await trace_values(sandbox, given, code, given.tests[0])
    assert (run.result, run.stdout, run.hits[3]) == (None, "0\n", 3)
    assert values_after(run, 3, "n") == ("2", "1", "0")


async def test_an_exception_leaves_the_function(sandbox: ForkServerSandbox) -> None:
    run = await trace_values(sandbox, TASK, "def f(xs):\n    n = 3\n    return xs[n]\n", "f([1])")
    last = run.steps[-1]
    assert (last.kind, last.line, last.value) == ("raise", 3, "IndexError")
    assert run.raised is not None
    assert (run.status, run.raised.type) == ("raised", "IndexError")


async def test_endless_programs_are_cut_and_still_counted(sandbox: ForkServerSandbox) -> None:
    code = "def f(n):\n    while True:\n        n += 1\n"
    run = await trace_values(sandbox, TASK, code, "f(1)", seconds=0.3)
    assert (run.status, run.whole) == ("timeout", False)
    assert 0 < len(run.steps) <= MAX_EVENTS
    assert run.hits[3] > len(run.of_line(3))


async def test_a_deep_recursion_does_not_break_the_tracer(sandbox: ForkServerSandbox) -> None:
    run = await trace_values(sandbox, TASK, "def f(n):\n    return f(n + 1)\n", "f(1)")
    assert run.raised is not None
    assert (run.raised.type, run.whole) == ("RecursionError", False)


async def test_generators_go_on_after_a_yield(sandbox: ForkServerSandbox) -> None:
    code = "def g():\n    x = 1\n    yield x\n    x = 2\n    yield x\ndef f():\n    return list(g())\n"
    run = await trace_values(sandbox, TASK, code, "f()")
    assert (value_after(run, 2, "x"), value_after(run, 4, "x"), run.result) == ("1", "2", "[1, 2]")
    assert sum(step.kind == "call" and step.function == "g" for step in run.steps) == 1


async def test_a_program_that_cannot_be_compiled_has_no_steps(sandbox: ForkServerSandbox) -> None:
    assert (await trace_values(sandbox, TASK, "def f(:\n", "f()")).steps == ()


async def test_a_test_of_a_test_file_is_refused(sandbox: ForkServerSandbox) -> None:
    with pytest.raises(ValueError, match="cannot be traced"):
        await trace_values(sandbox, TASK, FIB, TestCase(id="t1", suite="test_it"))


async def test_tracing_does_not_change_what_a_program_gives(sandbox: ForkServerSandbox) -> None:
    code = (
        "def f(n):\n    d = {}\n    for i in range(n):\n        d.setdefault(i % 3, []).append(i * 1.5)\n"
        "    return {k: [x for x in v if x] for k, v in d.items()}\n"
    )
    run = await trace_values(sandbox, TASK, code, "f(5)")
    assert run.result == "{0: [4.5], 1: [1.5, 6.0], 2: [3.0]}"
