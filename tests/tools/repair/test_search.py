"""The search: smallest natural repairs first, verified, told in words, within its limits."""

from __future__ import annotations

import time

import pytest

from gradatim.domain import Repair, Submission, Task, TestCase
from gradatim.tools.execution import execute
from gradatim.tools.repair.search import RepairReport, find_repairs, search_repairs
from gradatim.tools.sandbox import ForkServerSandbox
from tests.cases import CORRECT, OFF_BY_ONE, TASK, submission

pytestmark = pytest.mark.asyncio(loop_scope="module")


def task(*pairs: tuple[str, str], setup: str = "") -> Task:
    cases = tuple(TestCase(id=f"t{n}", call=call, expect=expect) for n, (call, expect) in enumerate(pairs, 1))
    return Task(id="t", title="", statement="", tests=cases, setup=setup)


POSITION = task(
    ("search(3, [1, 5])", "1"), ("search(0, [1, 5])", "0"), ("search(5, [1, 5])", "1"), ("search(9, (1, 5))", "2"),
    ("search(7, [])", "0"),
)  # fmt: skip
LARGEST = task(
    ("largest([3, 9, 4])", "9"), ("largest([-5, -2])", "-2"), ("largest([7])", "7"), ("total([1, 2, 3])", "6"),
    ("total([])", "0"),
)  # fmt: skip


async def report(sandbox: ForkServerSandbox, of: Task, code: str, **options: object) -> RepairReport:
    handed_in = Submission.of(of.id, code)
    execution = await execute(sandbox, of, handed_in)
    given = {"seconds": 60, "most_tries": 3_000, **options}
    return await search_repairs(sandbox, of, handed_in, execution, **given)  # type: ignore[arg-type]


def applied(code: str, repair: Repair) -> str:
    lines = code.split("\n")
    for edit in reversed(repair.edits):
        lines[edit.line - 1 : edit.last_line] = edit.replacement.split("\n") if edit.replacement else []
    return "\n".join(lines)


async def test_an_off_by_one_loop(sandbox: ForkServerSandbox) -> None:
    found = await report(sandbox, TASK, OFF_BY_ONE)
    best = found.repairs[0]
    assert best.code == CORRECT
    assert best.place == "the end of the range in line 3"
    assert best.change == "in line 3 `for i in range(n + 1):` instead of `for i in range(n):`"
    assert best.edits[0].operator == "loop-bound"
    assert best.lines == (3,)
    assert found.gains[3] == 4
    assert found.tried > 50


async def test_every_repair_passes_and_is_what_its_edits_say(sandbox: ForkServerSandbox) -> None:
    found = await report(sandbox, TASK, OFF_BY_ONE.replace("\n", "\r\n"))
    assert 1 <= len(found.repairs) <= 5
    assert len({item.code for item in found.repairs}) == len(found.repairs)
    weights = [item.weight for item in found.repairs]
    assert weights == sorted(weights, reverse=True)
    for item in found.repairs:
        assert applied(OFF_BY_ONE, item) == item.code
        assert (await execute(sandbox, TASK, Submission.of(TASK.id, item.code))).passed


@pytest.mark.parametrize(
    ("of", "code", "right"),
    [
        (
            POSITION,
            "def search(x, seq):\n    for i in range(len(seq)):\n        if x < seq[i]:\n"
            "            return i\n    return len(seq)\n",
            "x <= seq[i]",
        ),
        (
            POSITION,
            "def search(x, seq):\n    for i, e in enumerate(seq):\n        if x <= e:\n"
            "            return i\n        else:\n"
            "            return len(seq)\n    return 0\n",
            "return len(seq)",
        ),
        (
            POSITION,
            "def search(x, seq):\n    for i in range(len(seq))\n        if x =< seq[i]:\n"
            "            return i\n    return len(seq)\n",
            "range(len(seq)):",
        ),
        (
            POSITION,
            "def search(x, seq):\n    for i in range(len(seq)):\n        if x <= seq[i]:\n"
            "            print(i)\n    return len(seq)\n",
            "return i",
        ),
        (POSITION, "def find(x, seq):\n    return sum(e < x for e in seq)\n", "def search"),
        (
            LARGEST,
            "def largest(xs):\n    best = 0\n    for x in xs:\n        if x > best:\n"
            "            best = x\n    return best\n"
            "def total(xs):\n    s = 0\n    for x in xs:\n        s += x\n        return s\n",
            "best = xs[0]",
        ),
    ],
    ids=["comparison", "else", "two-syntax-errors", "print", "name", "two-functions"],
)
async def test_mistakes_of_beginners(sandbox: ForkServerSandbox, of: Task, code: str, right: str) -> None:
    found = await report(sandbox, of, code, most_tries=6_000)
    assert found.repairs
    assert any(right in item.code for item in found.repairs)


async def test_the_place_does_not_give_the_solution_away(sandbox: ForkServerSandbox) -> None:
    code = "def search(x, seq):\n    for i in range(len(seq)):\n        if x <= seq[i]:\n            return i\n"
    found = await report(sandbox, POSITION, code)
    assert found.repairs[0].place == "a return is missing at the end of function `search`"
    assert "len(seq)" not in found.repairs[0].place
    assert "`return len(seq)`" in found.repairs[0].change


async def test_a_correct_program_needs_no_repair(sandbox: ForkServerSandbox) -> None:
    assert await report(sandbox, TASK, CORRECT) == RepairReport()


async def test_no_time_means_no_repair(sandbox: ForkServerSandbox) -> None:
    handed_in = submission()
    assert await find_repairs(sandbox, TASK, handed_in, await execute(sandbox, TASK, handed_in), seconds=0) == ()


async def test_an_endless_program_is_repaired_too(sandbox: ForkServerSandbox) -> None:
    code = "def sum_up_to(n):\n    total = 0\n    i = 0\n    while i <= n:\n        total += i\n    return total\n"
    found = await report(sandbox, TASK, code)
    assert any("i += 1" in item.code for item in found.repairs)


async def test_nothing_goes_beyond_the_time_by_much(sandbox: ForkServerSandbox) -> None:
    hopeless = (
        "def search(x, seq):\n" + "".join(f"    a{n} = x * {n} + len(seq)\n" for n in range(40)) + "    return 'no'\n"
    )
    began = time.monotonic()
    found = await report(sandbox, POSITION, hopeless, seconds=0.5, most_tries=100_000)
    assert found.repairs == ()
    assert time.monotonic() - began < 20  # generous: the machine may be busy


async def test_the_same_seed_gives_the_same_repairs(sandbox: ForkServerSandbox) -> None:
    one, two = [await report(sandbox, TASK, OFF_BY_ONE, seed=3, most_tries=500) for _ in range(2)]
    assert one.repairs == two.repairs
    assert one.tried == two.tried


async def test_repairs_that_agree_with_the_reference_come_first(sandbox: ForkServerSandbox) -> None:
    first = (await report(sandbox, TASK, OFF_BY_ONE)).repairs
    assert len(first) > 1

    async def agreement(code: str) -> float:
        return 1.0 if code == first[1].code else 0.5

    told = (await report(sandbox, TASK, OFF_BY_ONE, agreement=agreement)).repairs
    assert told[0].code == first[1].code
    assert told[0].generalises is True
    assert told[1].generalises is False
