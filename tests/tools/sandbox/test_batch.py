"""Batches: every candidate is run, in order, whatever those before it did."""

from __future__ import annotations

import time

import pytest

from gradatim.tools.sandbox import Batch, CandidateResult, ForkServerSandbox, Probe
from gradatim.tools.sandbox.answer import candidate_probe

pytestmark = pytest.mark.asyncio(loop_scope="module")

GOOD = "def f(x):\n    return x + 1\n"
HOSTILE = {
    "endless": "def f(x):\n    while True:\n        pass\n",
    "swallows": "def f(x):\n    while True:\n        try:\n            while True: pass\n"
    "        except:\n            pass\n",
    "exits": "import os\ndef f(x):\n    os._exit(0)\n",
    "sleeps": "import time\ndef f(x):\n    time.sleep(60)\n",
    "memory": "def f(x):\n    return [0] * 10 ** 11\n",
    "handler": "import signal\ndef f(x):\n    signal.signal(signal.SIGPROF, signal.SIG_IGN)\n    while True: pass\n",
    "prints": "def f(x):\n    while True: print('x' * 1000)\n",
    "thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\ndef f(x): return x\n",
}


async def run(
    sandbox: ForkServerSandbox, *sources: str, calls: tuple[str, ...] = ("f(1)", "f(2)")
) -> list[CandidateResult]:
    return await sandbox.run_batch(Batch(sources, tuple(Probe.call(call, 0.01) for call in calls)))


def values(result: CandidateResult) -> list[object]:
    return [candidate_probe(text).value for text in result.answers]


async def test_values_come_back_exactly_typed_and_in_order(sandbox: ForkServerSandbox) -> None:
    results = await run(sandbox, GOOD, "def f(x):\n    return (x, [True], {'a': 1.5})\n")
    assert [item.status for item in results] == ["ran", "ran"]
    assert values(results[0]) == [2, 3]
    assert values(results[1]) == [(1, [True], {"a": 1.5}), (2, [True], {"a": 1.5})]


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_candidate_costs_itself_alone(sandbox: ForkServerSandbox, name: str) -> None:
    began = time.process_time()
    before, bad, after = await run(sandbox, GOOD, HOSTILE[name], GOOD + "# again\n")
    assert values(before) == values(after) == [2, 3]
    assert values(bad) != [2, 3]
    assert time.process_time() - began < 5


async def test_a_candidate_is_abandoned_after_two_late_tests(sandbox: ForkServerSandbox) -> None:
    calls = tuple(f"f({n})" for n in range(6))
    (result,) = await run(sandbox, HOSTILE["endless"], calls=calls)
    assert [candidate_probe(text).status for text in result.answers] == ["timeout", "timeout"]


async def test_nothing_leaks_into_the_next_candidate(sandbox: ForkServerSandbox) -> None:
    changes = "import builtins, sys\nkept = 1\nbuiltins.len = lambda x: 0\nsys.setrecursionlimit(5000)\n"
    first = f"{changes}def f(x): return kept\n"
    second = "import sys\ndef f(x):\n    return len([x]), 'kept' in globals(), sys.getrecursionlimit()\n"
    _, result = await run(sandbox, first, second)
    assert values(result)[0] == (1, False, 1000)


async def test_each_test_finds_a_fresh_module(sandbox: ForkServerSandbox) -> None:
    (result,) = await run(sandbox, "seen = []\ndef f(x):\n    seen.append(x)\n    return seen\n")
    assert values(result) == [[1], [2]]


async def test_what_does_not_compile_is_told_apart_from_what_raises(sandbox: ForkServerSandbox) -> None:
    broken, raising = await run(sandbox, "def f(x:\n", "def f(x):\n    return {}[x]\n")
    assert broken.status == "not-compiled"
    probe = candidate_probe(raising.answers[0])
    assert probe.status == "raised"
    assert probe.raised is not None
    assert (probe.raised.type, probe.raised.line) == ("KeyError", 2)


async def test_input_and_output_belong_to_one_test(sandbox: ForkServerSandbox) -> None:
    batch = Batch(
        ("print(int(input('n? ')) * 2)\n",), (Probe.program("4\n", 0.05), Probe.program("5\n", 0.05)), main=True
    )
    (result,) = await sandbox.run_batch(batch)
    assert [candidate_probe(text).stdout for text in result.answers] == ["n? 8\n", "n? 10\n"]


async def test_the_time_of_the_whole_batch_is_kept(sandbox: ForkServerSandbox) -> None:
    slow = "def f(x):\n    for n in range(10 ** 9): pass\n"
    batch = Batch(tuple(f"{slow}# {n}\n" for n in range(500)), (Probe.call("f(1)", 0.05),), seconds=0.3)
    results = await sandbox.run_batch(batch)
    statuses = [item.status for item in results]
    assert "unfinished" in statuses
    assert statuses == sorted(statuses, key=("ran", "stopped", "unfinished").index)


async def test_a_large_value_is_told_by_its_type(sandbox: ForkServerSandbox) -> None:
    (result,) = await run(sandbox, "def f(x):\n    return list(range(10 ** 5))\n")
    assert "more than" in repr(values(result)[0])
