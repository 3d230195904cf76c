"""What a job gives: values, output, exceptions with their lines, input, time limits, executed lines."""

from __future__ import annotations

import time

import pytest

from gradatim.tools.sandbox import ForkServerSandbox, Job, Probe, ProbeResult, Step

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def one(sandbox: ForkServerSandbox, source: str, probe: Probe, **options: object) -> ProbeResult:
    result = await sandbox.run(Job(source, (probe,), **options))  # type: ignore[arg-type]
    assert result.load_error is None
    return result.probes[0]


async def test_each_probe_has_a_namespace_of_its_own(sandbox: ForkServerSandbox) -> None:
    source = "seen = []\ndef add(x):\n    seen.append(x)\n    return seen\n"
    result = await sandbox.run(Job(source, (Probe.call("add(1)"), Probe.call("add(2)"))))
    assert [probe.value for probe in result.probes] == [[1], [2]]


async def test_setup_runs_before_the_program_in_its_namespace(sandbox: ForkServerSandbox) -> None:
    probe = await one(sandbox, "def f():\n    return [x * 2 for x in given]", Probe.call("f()"), setup="given = [1, 2]")
    assert probe.value == [2, 4]


async def test_an_exception_comes_with_lines_function_and_bases(sandbox: ForkServerSandbox) -> None:
    source = "def outer(d):\n    return inner(d)\n\ndef inner(d):\n    return d['missing']\n"
    probe = await one(sandbox, source, Probe.call("outer({})"))
    assert probe.status == "raised"
    raised = probe.raised
    assert raised is not None
    assert (raised.type, raised.message, raised.line, raised.lines) == ("KeyError", "'missing'", 5, (2, 5))
    assert raised.function == "inner"
    assert raised.is_a("LookupError")
    assert not raised.is_a("IndexError")


async def test_a_class_that_borrows_a_builtin_name_is_not_that_exception(sandbox: ForkServerSandbox) -> None:
    probe = await one(sandbox, "class ValueError(Exception): pass\ndef f(): raise ValueError", Probe.call("f()"))
    assert probe.raised is not None
    assert probe.raised.type == "ValueError"
    assert not probe.raised.is_a("ValueError")
    own = await one(sandbox, "class Empty(LookupError): pass\ndef f(): raise Empty('no')", Probe.call("f()"))
    assert own.raised is not None
    assert own.raised.is_a("Empty")
    assert own.raised.is_a("LookupError")


async def test_a_long_trace_keeps_both_ends(sandbox: ForkServerSandbox) -> None:
    probe = await one(sandbox, "def f(n):\n    return g(n)\ndef g(n):\n    return g(n - 1)\n", Probe.call("f(1)"))
    assert probe.raised is not None
    assert probe.raised.type == "RecursionError"
    assert probe.raised.lines == (2, *(4,) * 19)


async def test_a_program_that_does_not_compile_is_reported_once(sandbox: ForkServerSandbox) -> None:
    result = await sandbox.run(Job("x = 1\ndef f(:\n", (Probe.call("f()"),) * 3))
    assert result.probes == ()
    assert result.load_error is not None
    assert (result.load_error.type, result.load_error.line) == ("SyntaxError", 2)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = 1\ny = '\0'\n", 2),
        ("x = 1\n\ny = '\ud800'\n", 3),
        ("(" * 500 + ")" * 500, 1),
        ("if True:\nx = 1\n", 2),
        ("x = 1\n\ty = 2\n", 2),
        ("x = 08\n", 1),
    ],
)
async def test_odd_text_is_refused_with_its_line(sandbox: ForkServerSandbox, source: str, line: int) -> None:
    result = await sandbox.run(Job(source, (Probe.call("1"),)))
    assert result.load_error is not None
    assert result.load_error.line == line
    assert result.load_error.message


@pytest.mark.parametrize(
    "source",
    ["\ufeffx = 5\r\n", "x = 5\r", "\x0cx = 5\n", "# -*- coding: latin-1 -*-\nx = 5"],
)
async def test_odd_but_legal_text_runs(sandbox: ForkServerSandbox, source: str) -> None:
    assert (await one(sandbox, source, Probe.call("x"))).value == 5


async def test_monstrous_source_does_not_stop_the_server(sandbox: ForkServerSandbox) -> None:
    for source in (
        "-" * 200_000 + "1",
        "x = " + "[" * 5000,
        "a" + ".a" * 100_000,
        "lambda: " * 5000 + "0",
        "x=1\n" * 50_000,
    ):
        result = await sandbox.run(Job(source, (Probe.call("1"),)))
        assert result.load_error is not None or result.probes[0].value == 1
    assert (await one(sandbox, "x = 5", Probe.call("x"))).value == 5


async def test_programs_read_standard_input_in_every_usual_way(sandbox: ForkServerSandbox) -> None:
    ways = {
        "print(int(input('? ')) * 2)": "? 8\n",
        "import sys\nprint(sys.stdin.readline().strip())": "4\n",
        "import sys\nprint(sys.stdin.read().split())": "['4', '5']\n",
        "import sys\nprint(len(sys.stdin.buffer.read()))": "4\n",
        "print(open(0).read().split())": "['4', '5']\n",
        "import sys\nfor line in sys.stdin: print(int(line) + 1)": "5\n6\n",
        "import os\nos.write(1, b'raw\\n')": "raw\n",
        "import sys\nsys.stdout.write('a'); sys.stdout.flush(); sys.stdout.buffer.write(b'b')": "ab",
    }
    for source, printed in ways.items():
        result = await sandbox.run(Job(source, (Probe.program("4\n5\n"),) * 2, main=True))
        assert [(probe.status, probe.stdout) for probe in result.probes] == [("ok", printed)] * 2, source


async def test_input_that_is_missing_is_an_eof_error(sandbox: ForkServerSandbox) -> None:
    result = await sandbox.run(Job("x = input()", (Probe.program("1"), Probe.program()), main=True))
    assert [probe.status for probe in result.probes] == ["ok", "raised"]
    raised = result.probes[1].raised
    assert raised is not None
    assert (raised.type, raised.line) == ("EOFError", 1)


async def test_large_input_and_each_probe_its_own(sandbox: ForkServerSandbox) -> None:
    probes = tuple(Probe.program(str(n) * 200_000) for n in range(3))
    result = await sandbox.run(Job("text = input()\nprint(text[0], len(text))", probes, main=True))
    assert [probe.stdout for probe in result.probes] == [f"{n} 200000\n" for n in range(3)]


async def test_the_main_guard_runs_for_programs_alone(sandbox: ForkServerSandbox) -> None:
    source = "def f(): return 1\nif __name__ == '__main__':\n    print('main')\n    import sys\n    sys.exit(3)\n"
    as_function = await one(sandbox, source, Probe.call("f()"))
    assert (as_function.value, as_function.stdout) == (1, "")
    as_program = await one(sandbox, source, Probe.program(), main=True)
    assert (as_program.status, as_program.stdout) == ("ok", "main\n")


async def test_threads_of_a_program_are_waited_for(sandbox: ForkServerSandbox) -> None:
    source = (
        "import threading, time\ndef late():\n    time.sleep(0.05)\n    print('late')\n"
        "threading.Thread(target=late).start()\n"
    )
    assert (await one(sandbox, source, Probe.program(), main=True)).stdout == "late\n"


async def test_asyncio_dataclasses_and_the_common_library_work(sandbox: ForkServerSandbox) -> None:
    source = (
        "import asyncio, dataclasses, enum, json, random, re, datetime, collections, typing\n"
        "@dataclasses.dataclass\nclass P:\n    x: int\n    y: 'typing.Optional[int]' = None\n"
        "class Colour(enum.Enum):\n    RED = 1\n"
        "async def g():\n    await asyncio.sleep(0)\n    return dataclasses.asdict(P(1))\n"
        "def f():\n\n"
        "    return asyncio.run(g()), Colour.RED.name, json.loads('[1]'), typing.get_type_hints(P)['x'] is int\n"
    )
    assert (await one(sandbox, source, Probe.call("f()"))).value == ({"x": 1, "y": None}, "RED", [1], True)


async def test_exit_and_quit_exist(sandbox: ForkServerSandbox) -> None:
    assert (await one(sandbox, "print('a')\nquit()\nprint('b')", Probe.program(), main=True)).stdout == "a\n"


async def test_what_was_printed_before_the_end_of_time_is_kept(sandbox: ForkServerSandbox) -> None:
    source = "print('before')\nn = 1\nwhile n > 0:\n    n += 1\n"
    probe = await one(sandbox, source, Probe.program(timeout=0.2), main=True)
    assert (probe.status, probe.stdout) == ("timeout", "before\n")
    assert probe.where in ((3,), (4,))


async def test_an_endless_probe_costs_its_own_time_only(sandbox: ForkServerSandbox) -> None:
    source = "def f(n):\n    while n == 2: pass\n    return n\n"
    result = await sandbox.run(Job(source, tuple(Probe.call(f"f({n})", 0.2) for n in range(5))))
    assert [probe.status for probe in result.probes] == ["ok", "ok", "timeout", "ok", "ok"]
    assert [probe.value for probe in result.probes] == [0, 1, None, 3, 4]


async def test_a_program_that_never_loads_is_waited_for_once(sandbox: ForkServerSandbox) -> None:
    began = time.monotonic()
    result = await sandbox.run(Job("import time\ntime.sleep(99)", tuple(Probe.call("1", 0.2) for _ in range(20))))
    assert {probe.status for probe in result.probes} == {"timeout"}
    assert not any(probe.loaded for probe in result.probes)
    assert time.monotonic() - began < 3


async def test_sleeping_within_the_limit_is_fine_and_waiting_beyond_it_is_not(sandbox: ForkServerSandbox) -> None:
    source = "import time\ndef f(s):\n    time.sleep(s)\n    return 'awake'\n"
    result = await sandbox.run(Job(source, (Probe.call("f(0.1)", 0.5), Probe.call("f(30)", 0.2))))
    assert [probe.status for probe in result.probes] == ["ok", "timeout"]
    assert result.probes[1].seconds < 2


async def test_give_up_leaves_out_what_follows(sandbox: ForkServerSandbox) -> None:
    source = "def f(n):\n    while n: pass\n    return n\n"
    probes = tuple(Probe.call(f"f({n})", 0.1) for n in (0, 1, 2, 0))
    result = await sandbox.run(Job(source, probes, give_up=1))
    assert [probe.status for probe in result.probes] == ["ok", "timeout", "not-run", "not-run"]


async def test_executed_lines(sandbox: ForkServerSandbox) -> None:
    source = "def f(n):\n    if n > 0:\n        return 1\n    else:\n        return 2\n\ndef never():\n    return 3\n"
    result = await sandbox.run(Job(source, (Probe.call("f(1)"), Probe.call("f(0)")), trace=True))
    assert [probe.lines for probe in result.probes] == [(1, 2, 3, 7), (1, 2, 5, 7)]
    assert (await one(sandbox, source, Probe.call("f(1)"))).lines is None


async def test_executed_lines_up_to_a_timeout_and_an_exception(sandbox: ForkServerSandbox) -> None:
    source = "def f(n):\n    while n:\n        pass\n    return [][0]\n"
    result = await sandbox.run(Job(source, (Probe.call("f(1)", 0.2), Probe.call("f(0)")), trace=True))
    assert [probe.lines for probe in result.probes] == [(1, 2, 3), (1, 2, 4)]


async def test_steps_share_a_namespace_and_catch_what_they_may(sandbox: ForkServerSandbox) -> None:
    steps = (
        Step("exec", "x = make()\nx.append(1)"),
        Step("eval", "x"),
        Step("eval", "1 / 0", catch=True),
        Step("eval", "x", truth=True),
        Step("compare", "is", left=1, right=3, truth=True),
    )
    probe = await one(sandbox, "def make():\n    return []", Probe(steps))
    assert probe.status == "ok"
    first, listed, failed, again, same = probe.values
    assert first is None
    assert listed is not None
    assert listed.value == [1]
    assert failed is not None
    assert failed.raised is not None
    assert failed.raised.type == "ZeroDivisionError"
    assert again is not None
    assert again.truth is True
    assert same is not None
    assert same.truth is True


async def test_the_order_of_sets_is_the_same_in_every_run(sandbox: ForkServerSandbox) -> None:
    source = "print(list({'alpha', 'beta', 'gamma', 'delta'}))"
    printed = {(await one(sandbox, source, Probe.program(), main=True)).stdout for _ in range(3)}
    assert len(printed) == 1
