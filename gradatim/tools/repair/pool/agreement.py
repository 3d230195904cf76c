"""More tests than the task has: calls on which the correct programs of a pool agree.

A change that passes the few given tests may still be wrong elsewhere. New calls are made from the arguments of the
given ones, mixed and slightly varied; one counts only if nearly all correct programs that are asked give the same
value.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, cast

from gradatim.domain import Task, TestCase
from gradatim.tools.sandbox.answer import candidate_probe
from gradatim.tools.sandbox.job import Batch, Probe
from gradatim.tools.sandbox.protocol import Sandbox
from gradatim.tools.sandbox.values import Opaque, literal

MOST_CALLS = 300
"""New calls that are put to the correct programs."""
MOST_CASES = 150
"""Of those on which they agree, how many are kept."""
FEWEST = 3
"""Correct programs that have to agree."""
MOST_ASKED = 12
MAJORITY = 0.75
"""Share of the programs asked that have to give the same value: one that only passes the tests may be among them."""
_SECONDS = 0.05


async def agreed_task(sandbox: Sandbox, task: Task, programs: Sequence[str]) -> Task | None:
    """The task with new tests in place of its own.

    Args:
        programs: Correct programs, unlike one another; at most `MOST_ASKED` are asked.

    Returns:
        `None` where no calls can be made from the tests, or too few programs are there to agree.

    Raises:
        SandboxError: Programs cannot be run safely here.
    """
    calls = new_calls(task)
    if not calls or len(programs) < FEWEST:
        return None
    batch = Batch(
        tuple(programs[:MOST_ASKED]),
        tuple(Probe.call(call, _SECONDS) for call in calls),
        setup=task.setup,
        main=task.kind == "program",
        seconds=3.0,
    )
    answers = [result.answers for result in await sandbox.run_batch(batch) if len(result.answers) == len(calls)]
    if len(answers) < FEWEST:
        return None
    cases: list[TestCase] = []
    for call, *given in zip(calls, *answers, strict=True):
        answer, votes = Counter(given).most_common(1)[0]
        probe = candidate_probe(answer)
        if votes < max(FEWEST, MAJORITY * len(given)) or probe.status != "ok" or not _is_plain(probe.value):
            continue
        cases.append(TestCase(id=f"agreed{len(cases) + 1}", call=call, expect=literal(probe.value), hidden=True))
    if not cases:
        return None
    step = max(1.0, len(cases) / MOST_CASES)
    chosen = [cases[int(number * step)] for number in range(min(MOST_CASES, len(cases)))]
    return task.model_copy(update={"tests": tuple(chosen)})


def _is_plain(value: object) -> bool:
    if isinstance(value, Opaque):
        return False
    try:
        return bool(ast.literal_eval(literal(value)) == value)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False


def new_calls(task: Task) -> list[str]:
    """Calls made from the arguments of a task's calls: one argument from another test, or slightly varied."""
    by_function: dict[str, list[ast.Call]] = {}
    for case in task.tests:
        call = _parsed(case.call)
        if call is not None and all(_is_data(argument) for argument in call.args) and not call.keywords:
            by_function.setdefault(f"{ast.unparse(call.func)}/{len(call.args)}", []).append(call)
    known = {ast.unparse(call) for calls in by_function.values() for call in calls}
    rows = [list(dict.fromkeys(_variations(calls))) for calls in by_function.values()]
    share = MOST_CALLS // max(1, len(rows))
    rows = [_spread([call for call in row if call not in known], share) for row in rows]
    return list(dict.fromkeys(call for column in zip_longest(*rows) for call in column if call is not None))


def _spread(row: list[str], most: int) -> list[str]:
    step = max(1.0, len(row) / max(1, most))
    return [row[int(number * step)] for number in range(min(most, len(row)))]


def _parsed(text: str | None) -> ast.Call | None:
    try:
        node = ast.parse((text or "").strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        return None
    return node if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None


def _is_data(node: ast.expr) -> bool:
    """Whether an argument is plain data, or a name that the set-up code gives a value."""
    return isinstance(node, ast.Name) or _value(node) is not None


def _value(node: ast.expr) -> tuple[Any] | None:
    try:
        return (ast.literal_eval(node),)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _variations(calls: Sequence[ast.Call]) -> Iterator[str]:
    function = ast.unparse(calls[0].func)
    texts = [[ast.unparse(argument) for argument in call.args] for call in calls]
    for place in range(len(texts[0])):
        for other in texts:
            for own in texts:
                yield f"{function}({', '.join([*own[:place], other[place], *own[place + 1 :]])})"
    for call, own in zip(calls, texts, strict=True):
        parts = [part for argument in call.args for part in _parts(_value(argument))]
        for place, argument in enumerate(call.args):
            value = _value(argument)
            if value is None:
                continue
            same = [part for part in parts if type(part) is type(value[0])]
            for fresh in (*same, *_varied(value[0])):
                yield f"{function}({', '.join([*own[:place], repr(fresh), *own[place + 1 :]])})"


def _parts(value: tuple[Any] | None) -> Iterator[Any]:
    """What stands in a container, at any depth: a likely argument beside it."""
    if value is not None and isinstance(value[0], list | tuple | dict):
        for item in cast("list[Any]", value[0]):
            yield item
            yield from _parts((item,))


def _varied(value: Any) -> Iterator[Any]:
    """Values of the same kind, a little different."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield from (value + 1, value - 1)
    elif isinstance(value, str | list | tuple):
        row = cast(str, value)
        if row:
            yield from (row[1:], row[:-1], row[:1])
        if len(row) > 2:
            yield row[: len(row) // 2] + row[len(row) // 2 + 1 :]
            yield row[::2]
    elif isinstance(value, dict):
        table = cast("dict[Any, Any]", value)
        for key in table:
            yield {other: item for other, item in table.items() if other != key}
