"""Kinds of inputs, and whether a program does with them what its task needs."""

from __future__ import annotations

import ast
import itertools
import math
import re
from collections.abc import Iterator
from typing import Any, cast

from gradatim.domain import Check, CheckVerdict, InputClass, InputClassClaim, TestCase
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.code import literal_value, parse
from gradatim.tools.claims.constructs import places_of
from gradatim.tools.sandbox import Job, Probe, ProbeResult, Sandbox

_LARGE = 100
_MOST = 3
"""Inputs of a kind that are made where no test has one."""
_SAMPLES: dict[InputClass, tuple[object, ...]] = {
    "empty": ([], "", {}),
    "zero": (0,),
    "one": (1,),
    "negative": (-1, -5, [-1, -2]),
    "positive": (3,),
    "single": ([1], ["a"], "a"),
    "uppercase": ("A", "ABC", ["A"]),
    "lowercase": ("a", "abc"),
    "odd": (7,),
    "even": (8,),
    "fraction": (2.5,),
    "prime": (7,),
    "large": (1_000,),
}


async def check_input_class(claim: InputClassClaim, case: Case, sandbox: Sandbox) -> Check:
    """Looked up among the tests with such an input; where there are none, tried against the reference program."""
    failing = [test for test in case.task.tests if _failed(case, test)]
    if case.execution.load_error is not None:
        return _open(claim, "the program cannot be loaded")
    members = [test for test in case.task.tests if claim.what in classes_of(test, case)]
    bad = [test for test in members if test in failing]
    if claim.cause and not claim.handled:
        return _cause(claim, failing, members, case)
    if bad and not claim.handled and _told_apart(claim.what, failing, case):
        return _decided(claim, False, "inputs of another kind are those that fail")
    if bad and not claim.handled and len(failing) > len(bad):
        return _open(claim, "tests without such an input fail as well")
    if bad:
        name = next((f"test {test.id}" for test in bad if not test.hidden), "a hidden test")
        detail = f"{name} has such an input and fails"
        return _decided(claim, not claim.handled, detail)
    if members:
        names = ", ".join(test.id for test in members if not test.hidden) or "hidden ones"
        return _decided(claim, claim.handled, f"the tests with such an input pass ({names})")
    return await _tried(claim, case, sandbox)


def classes_of(test: TestCase, case: Case) -> frozenset[InputClass]:
    """Kinds of the inputs of one test."""
    if test.form == "program":
        return frozenset(kind for line in (test.stdin or "").split() for kind in _of_word(line))
    source = test.call or test.check or ""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return frozenset()
    name = case.task.entry_point
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) == name]
    known = {
        item.targets[0].id: item.value
        for item in tree.body
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name)
    }
    found: set[InputClass] = set()
    most = max((len(_arguments(item)) for item in _all_calls(case)), default=0)
    for call in calls:
        values = [known.get(item.id, item) if isinstance(item, ast.Name) else item for item in _arguments(call)]
        if len(values) < most:
            found.add("omitted")
        for value in values:
            plain = literal_value(ast.unparse(value))
            if plain is not None:
                found |= set(kinds_of_value(plain[0]))
    return frozenset(found)


def numbers_of(test: TestCase) -> tuple[float, ...]:
    """Numbers that one test gives to the program."""
    if test.form == "program":
        words = (test.stdin or "").split()
        return tuple(float(word) for word in words if re.fullmatch(r"-?\d+(?:\.\d+)?", word))
    call = parse(test.call or "")
    if call is None:
        return ()
    found = [
        literal_value(ast.unparse(node)) for node in ast.walk(call) if isinstance(node, ast.Constant | ast.UnaryOp)
    ]
    values = [item[0] for item in found if item is not None]
    return tuple(float(item) for item in values if isinstance(item, int | float) and not isinstance(item, bool))


def kinds_of_value(value: object, *, inner: bool = False) -> Iterator[InputClass]:
    """Kinds that a plain value belongs to, those of its items included."""
    if value is None:
        yield "none"
    elif isinstance(value, bool):
        return
    elif isinstance(value, int | float):
        yield "zero" if value == 0 else "negative" if value < 0 else "positive"
        if value == 1:
            yield "one"
        if not math.isfinite(value):
            return
        if value % 1:
            yield "fraction"
        else:
            yield "odd" if value % 2 else "even"
            if value > 1 and all(value % divisor for divisor in range(2, min(int(value**0.5), 1_000) + 1)):
                yield "prime"
        if abs(value) >= _LARGE:
            yield "large"
    elif isinstance(value, str | list | tuple | dict | set | frozenset):
        items: list[Any] = list(cast("Any", value))
        if not items:
            yield "empty"
        if len(items) == 1 and not inner:
            yield "single"
        if len(items) > 1:
            yield "several"
            if any(items[i] == items[j] for i, j in itertools.combinations(range(min(len(items), 30)), 2)):
                yield "repeated"
        if isinstance(value, str):
            if any(sign.isupper() for sign in value):
                yield "uppercase"
            if any(sign.islower() for sign in value):
                yield "lowercase"
            if " " in value:
                yield "space"
        else:
            for item in items:
                for kind in kinds_of_value(item, inner=True):
                    if kind != "several":
                        yield kind


def _of_word(word: str) -> Iterator[InputClass]:
    plain = literal_value(word)
    value: object = word if plain is None else plain[0]
    yield from kinds_of_value(value)


def _cause(claim: InputClassClaim, failing: list[TestCase], members: list[TestCase], case: Case) -> Check:
    """Whether the tests fail because of such inputs: no failing test without one, and at least one with it.

    A recursive program may come to such an input from any other.
    """
    bad = [test for test in members if test in failing]
    if not failing:
        return _decided(claim, False, "every test passes")
    if not bad:
        return _decided(claim, False, "no test that fails has such an input")
    if len(bad) == len(failing) and len(members) == len(case.task.tests):
        return _open(claim, "every test has such an input")
    others = [test for test in failing if test not in bad]
    if others:
        detail = f"{len(others)} tests without such an input fail as well"
        reached = any(place.what == "recursion" for place in places_of(case.submission.code))
        return _open(claim, detail) if reached else _decided(claim, False, detail)
    return _decided(claim, True, "the tests that fail are those with such an input")


def _told_apart(what: InputClass, failing: list[TestCase], case: Case) -> bool:
    """Whether another kind of input is what exactly the failing tests have in common, and this one is not."""
    kinds = {test.id: classes_of(test, case) for test in case.task.tests}
    wrong = {test.id for test in failing}
    exact = [kind for kind in frozenset[InputClass]().union(*kinds.values())
             if {test for test, found in kinds.items() if kind in found} == wrong]  # fmt: skip
    return bool(exact) and what not in exact


async def _tried(claim: InputClassClaim, case: Case, sandbox: Sandbox) -> Check:
    """Calls with such an input, made from a test's call, on the program and on the reference."""
    calls = list(itertools.islice(_made(claim.what, case), _MOST))
    if not calls or case.task.reference is None:
        return _open(claim, "no test has such an input")
    wanted = await _results(case.task.reference, calls, case, sandbox)
    given = await _results(case.submission.code, calls, case, sandbox)
    decided = False
    for call, needed, came in zip(calls, wanted, given, strict=False):
        if needed.status != "ok":
            continue
        decided = True
        if came.status != "ok" or came.value != needed.value:
            if not claim.handled:
                # a task need not say anything about inputs that none of its tests has
                return _open(claim, f"`{call}` gives something else, and no test has such an input")
            return _decided(claim, not claim.handled, f"`{call}` does not give what the task needs")
    if not decided:
        return _open(claim, "the task says nothing about such inputs")
    return _decided(claim, claim.handled, f"`{calls[0]}` gives what the task needs")


async def _results(program: str, calls: list[str], case: Case, sandbox: Sandbox) -> tuple[ProbeResult, ...]:
    job = Job(program, tuple(Probe.call(call) for call in calls), setup=case.task.setup, filename="submission.py")
    return (await sandbox.run(job)).probes


def _made(what: InputClass, case: Case) -> Iterator[str]:
    """Calls like a visible test's, with an argument of this kind in place of one of the same type."""
    if case.task.kind == "program":
        return
    for call in _all_calls(case):
        values = [literal_value(ast.unparse(item)) for item in _arguments(call)]
        for position, old in enumerate(values):
            for sample in _SAMPLES.get(what, ()):
                if old is not None and _alike(old[0], sample):
                    texts = [ast.unparse(item) for item in _arguments(call)]
                    texts[position] = repr(sample)
                    yield f"{ast.unparse(call.func)}({', '.join(texts)})"
        return


def _alike(old: object, sample: object) -> bool:
    if isinstance(old, int | float) and isinstance(sample, int | float):
        return True
    if type(old) is not type(sample):
        return False
    if isinstance(old, list) and isinstance(sample, list):
        first, second = cast("list[object]", old)[:1], cast("list[object]", sample)[:1]
        return not first or not second or _alike(first[0], second[0])
    return True


def _all_calls(case: Case) -> list[ast.Call]:
    found: list[ast.Call] = []
    for test in case.task.tests:
        if test.call is not None and not test.hidden:
            try:
                tree = ast.parse(test.call.strip(), mode="eval").body
            except (SyntaxError, ValueError, MemoryError, RecursionError):
                continue
            if isinstance(tree, ast.Call) and _called(tree) == case.task.entry_point:
                found.append(tree)
    return found


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(item.value for item in call.keywords)]


def _called(call: ast.Call) -> str | None:
    return call.func.id if isinstance(call.func, ast.Name) else None


def _failed(case: Case, test: TestCase) -> bool:
    return any(item.test == test.id and item.status not in ("passed", "not-run") for item in case.execution.outcomes)


def _decided(claim: InputClassClaim, holds: bool, detail: str) -> Check:
    verdict: CheckVerdict = "supported" if holds else "refuted"
    return Check(claim=claim, verdict=verdict, method="execution", detail=detail)


def _open(claim: InputClassClaim, detail: str) -> Check:
    return Check(claim=claim, verdict="unchecked", method="none", detail=detail)
