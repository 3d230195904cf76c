"""The hostile battery: in every tier that works here, nothing escapes, no verdict is forged, the server survives.

The tier `unsafe` has no walls to test; there, only what concerns verdicts is tried.
"""

from __future__ import annotations

import platform
import re
import time
from collections.abc import Iterator

import pytest

from gradatim.domain import Submission, Task, TestCase
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import Batch, ForkServerSandbox, Job, Probe
from tests.tools.sandbox.hostile import CASES, Case
from tests.tools.sandbox.hostile.canaries import TOKEN, Canaries, canaries
from tests.tools.sandbox.hostile.persistence import LOOK
from tests.tools.sandbox.processes import descendants

TIERS = ("bubblewrap", "landlock", "docker", "unsafe")
VERDICTS = ("forging", "persistence")
pytestmark = pytest.mark.asyncio(loop_scope="module")
every_tier = pytest.mark.parametrize("tier", TIERS, scope="module", indirect=True)
every_case = pytest.mark.parametrize(
    ("tier", "case"),
    [(tier, case) for tier in TIERS for case in CASES if tier != "unsafe" or case.group in VERDICTS],
    ids=lambda value: value.id if isinstance(value, Case) else value,
    scope="module",
    indirect=["tier"],
)

TASK = Task(
    id="secret",
    title="Secret numbers",
    statement="",
    entry_point="f",
    tests=(
        TestCase(id="t1", call="f(2)", expect="7919", timeout=5.0),
        TestCase(id="t2", call="f(3)", expect="[104729]", timeout=5.0),
        TestCase(id="t3", check="assert f(4) == 1299709\nassert f(5) > 10**9", timeout=5.0),
        TestCase(id="t4", check="assert f(6) is None", timeout=5.0),
    ),
)
HONEST = "def f(n):\n    return {2: 7919, 3: [104729], 4: 1299709, 5: 10**10, 6: None}[n]\n"
SLACK = 20.0
"""Seconds beyond its own time that a case may take on a busy machine."""


@pytest.fixture(scope="module")
def host() -> Iterator[Canaries]:
    with canaries() as put_out:
        yield put_out


async def still_right(sandbox: ForkServerSandbox) -> None:
    honest = await execute(sandbox, TASK, Submission.of("secret", HONEST))
    assert honest.passed, honest.outcomes


def server_processes(sandbox: ForkServerSandbox) -> list[int]:
    """The server, and all processes below it."""
    (server,) = sandbox._running
    assert server.pid is not None
    return sorted([server.pid, *descendants(server.pid)])


def limited(case: Case) -> Task:
    """The task with the case's time; the programs that only use something up get one test."""
    tests = TASK.tests if case.group in VERDICTS else TASK.tests[:1]
    return TASK.model_copy(update={"tests": tuple(t.model_copy(update={"timeout": case.seconds}) for t in tests)})


@every_case
async def test_a_hostile_program_comes_to_nothing(tier_sandbox: ForkServerSandbox, case: Case, host: Canaries) -> None:
    if case.machine not in (None, platform.machine()):
        pytest.skip(f"uses system call numbers of {case.machine}")
    before = server_processes(tier_sandbox)
    began = time.monotonic()
    if case.denied:
        told = await refused(tier_sandbox, case)
    else:
        told = await judged(tier_sandbox, case)
    assert time.monotonic() - began < 4 * len(limited(case).tests) * case.seconds + SLACK
    assert TOKEN not in told
    assert host.touched() == []
    await still_right(tier_sandbox)
    assert server_processes(tier_sandbox) == before, "the server was replaced, or a process stayed"
    if case.group == "persistence":
        await nothing_is_left(tier_sandbox)


async def refused(sandbox: ForkServerSandbox, case: Case) -> str:
    (probe,) = (await sandbox.run(Job(case.source, (Probe.call("f(1)", timeout=case.seconds),)))).probes
    assert probe.status == "raised", probe
    assert probe.raised is not None
    assert any(map(probe.raised.is_a, case.denied)), probe.raised
    return repr(probe)


async def judged(sandbox: ForkServerSandbox, case: Case) -> str:
    execution = await execute(sandbox, limited(case), Submission.of("secret", case.source))
    assert not [outcome for outcome in execution.outcomes if outcome.status == "passed"]
    ends = {outcome.status for outcome in execution.outcomes} - {"not-run"}
    assert ends <= case.ends, execution.outcomes
    assert ends or execution.load_error, "nothing was run, and nothing is said about it"
    for outcome in execution.outcomes:
        assert outcome.detail
        assert len(outcome.stdout) <= 2_000
    told = execution.model_dump_json()
    assert execution.model_validate_json(told) == execution
    return told


_first_looks: dict[str, object] = {}


async def nothing_is_left(sandbox: ForkServerSandbox) -> None:
    (probe,) = (await sandbox.run(Job(LOOK, (Probe.call("f(1)"),)))).probes
    assert probe.status == "ok", probe
    clean = {
        "builtins": [], "modules": [], "frames": [], "pi": 3.141592653589793, "collecting": True, "recursion": 1000,
        "trace": None, "profile": None, "timer": [0.0, 0.0, 0.0], "blocked": [], "threads": 1, "precision": 28,
        "dumps": "[1]", "folder": "/", "hook": True, "stdout": "TextIOWrapper",
    }  # fmt: skip
    assert {key: probe.value[key] for key in clean} == clean
    assert probe.value == _first_looks.setdefault(sandbox.tier, probe.value)


@every_tier
async def test_expected_values_are_nowhere_in_the_tested_process(tier_sandbox: ForkServerSandbox) -> None:
    """A program that reads every object, frame and page of its own process meets no expected value."""
    source = (
        "import gc, re, sys\n"
        "def f(n):\n"
        "    seen = []\n"
        "    frame = sys._getframe()\n"
        "    while frame:\n        seen.append(repr(frame.f_locals))\n        frame = frame.f_back\n"
        "    seen += [repr(o) for o in gc.get_objects() if type(o) in (dict, list, tuple)]\n"
        "    return sorted(set(re.findall('[0-9]{4,}', ' '.join(seen))))\n"
    )
    (probe,) = (await tier_sandbox.run(Job(source, (Probe.call("f(2)", timeout=5.0),)))).probes
    assert probe.status == "ok"
    assert not {"7919", "104729", "1299709"} & set(probe.value)


SLOW_TO_JUDGE = {
    "assert 'x' in f(1)": "range(10**15)",
    "assert 0.5 in f(2)": "range(10**300)",
    "assert 'x' not in f(3)": "range(10**15)",
    "assert round(f(4)) == 3": "Decimal('1E+999999999')",
    "assert round(f(5), f(6)) == 3": "7 if n == 5 else -10**9",
    "assert round(f(7), f(8)) == 3": "Fraction(1, 3) if n == 7 else 10**9",
    "assert f(9) == f(10)": "Decimal('1.5') if n == 9 else 16**900000 - 1",
    "assert [f(11)] != [f(12)]": "Decimal('1.5') if n == 11 else 16**900000 - 1",
    "assert round(f(15)) == 3": "Decimal('1E+99999999')",
    "assert f(13) ** 1000 == 2": "Fraction(2**10000 - 1, 3**6000)",
}
"""Checks, and values that would keep the host busy for hours if it went about judging them plainly."""


@every_tier
async def test_no_value_keeps_the_host_busy(tier_sandbox: ForkServerSandbox) -> None:
    tests = tuple(TestCase(id=f"t{i}", check=check, timeout=0.2) for i, check in enumerate(SLOW_TO_JUDGE))
    task = TASK.model_copy(update={"tests": tests})
    branches = "".join(
        f"    if {' or '.join(f'n == {number}' for number in re.findall('f[(]([0-9]+)[)]', check))}: return {value}\n"
        for check, value in SLOW_TO_JUDGE.items()
    )
    source = f"from decimal import Decimal\nfrom fractions import Fraction\ndef f(n):\n{branches}"
    began = time.process_time()
    execution = await execute(tier_sandbox, task, Submission.of("secret", source))
    assert time.process_time() - began < 5
    # Where the program compares two values of its own, it is the sandbox that stops it.
    assert {outcome.status for outcome in execution.outcomes} <= {"failed", "timeout", "memory", "not-run"}
    assert all(outcome.detail for outcome in execution.outcomes)


@every_tier
async def test_hostile_candidates_of_a_batch(tier_sandbox: ForkServerSandbox, host: Canaries) -> None:
    """A batch of them ends in time, and leaves a server that judges rightly."""
    groups = (
        "forging",
        "persistence",
        *(() if tier_sandbox.tier == "unsafe" else ("resources", "signals", "processes")),
    )
    sources = tuple(case.source for case in CASES if case.group in groups)
    before = server_processes(tier_sandbox)
    began = time.monotonic()
    batch = Batch(sources, (Probe.call("f(2)", timeout=0.02),), seconds=4.0)
    results = await tier_sandbox.run_batch(batch)
    assert len(results) == len(sources)
    assert time.monotonic() - began < batch.seconds + SLACK
    assert host.touched() == []
    await still_right(tier_sandbox)
    assert server_processes(tier_sandbox) == before
