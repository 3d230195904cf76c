"""What a sentence says the program gives for numbers within a range; tried on numbers around its ends."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import partial

from gradatim.domain import Check, CheckVerdict, ProseClaim
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.code import expression
from gradatim.tools.claims.extraction.reading import CODE, VALUE
from gradatim.tools.claims.inputclasses import numbers_of
from gradatim.tools.claims.prose.assertion import Assertion, Scene
from gradatim.tools.claims.prose.inputs import predicate_in
from gradatim.tools.sandbox import Job, Probe, Sandbox

_GIVES = re.compile(
    rf"\b(?:(?P<should>should|must|needs? to|has to) )?(?:return|print|give)s?(?:ing)?"
    rf" (?P<what>{VALUE})(?P<rest>[^;]*)",
    re.IGNORECASE,
)
_FOR = re.compile(r"\b(?:for|when|if|even|with)\b", re.IGNORECASE)
_CONDITIONAL = re.compile(r"\b(?:would|could|not|never|n't|instead)\b", re.IGNORECASE)
_ADVICE = re.compile(r"\b(?:to fix|should|needs?|must|add|change|check)\b", re.IGNORECASE)
_AROUND = (-1.0, -0.5, 0.0, 0.5, 1.0)


_EXACTLY = re.compile(r"\bexactly (-?\d+(?:\.\d+)?)(?: [a-z]+)?(?: (?:or|and) (-?\d+(?:\.\d+)?))?", re.IGNORECASE)
_FAILS = re.compile(r"\b(?:fails?|not|wrong|incorrect)\b|n't\b", re.IGNORECASE)


def _exactly(scene: Scene) -> Iterator[Assertion]:
    """Single numbers with which the program is said to fail, though it passes the tests with one of them."""
    match = _EXACTLY.search(scene.text)
    if match is None or not _FAILS.search(scene.text, 0, match.start()) or _ADVICE.search(scene.text):
        return
    for text in filter(None, match.groups()):
        members = [test.id for test in scene.case.task.tests if float(text) in numbers_of(test)]
        outcomes = [item for item in scene.case.execution.outcomes if item.test in members]
        if outcomes and all(item.status == "passed" for item in outcomes):
            yield Assertion((), *match.span(), absurd=f"the tests with {text} pass")


def ranges(scene: Scene) -> Iterator[Assertion]:
    """Claims that the program, or what the task asks for, gives one value for all numbers of a range."""
    calls = [expression(test.call or "") for test in scene.case.task.tests if not test.hidden]
    like = [call for call in calls if isinstance(call, ast.Call) and len(call.args) == 1 and _number(call.args[0])]
    entry = scene.case.task.entry_point
    yield from _exactly(scene)
    if not like or entry is None or scene.case.execution.load_error is not None:
        return
    for match in _GIVES.finditer(scene.text):
        rest = match["rest"]
        if not _FOR.search(rest[:12]) or _CONDITIONAL.search(scene.text[: match.start()][-25:]):
            continue
        if not match["should"] and _ADVICE.search(scene.text, 0, match.start()):
            continue
        after = re.split(rf"\band (?={CODE}|return)", rest)[0]
        found = predicate_in(after)
        value = scene.code(match["what"]) if re.fullmatch(CODE, match["what"]) else match["what"]
        if found is None or expression(value) is None:
            continue
        holds, numbers = found
        points = sorted({number + step for number in numbers for step in _AROUND if holds(number + step)})
        wanted = bool(match["should"])
        if points and not (wanted and scene.case.task.reference is None):
            arguments = tuple(repr(int(point)) if point.is_integer() else repr(point) for point in points)
            probe = partial(_gives, text=match.group(), value=value, arguments=arguments, wanted=wanted)
            yield Assertion((), match.start(), match.end(), probe=probe, aside=True)


def _number(node: ast.expr) -> bool:
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant) and isinstance(inner.value, int | float)


async def _gives(
    case: Case, sandbox: Sandbox, *, text: str, value: str, arguments: tuple[str, ...], wanted: bool
) -> Check:
    """Whether each call gives the value: of the program, or of the reference where the task is spoken of."""
    claim = ProseClaim(text=text)
    program = case.task.reference if wanted else case.submission.code
    entry = case.task.entry_point
    probes = tuple(Probe.call(f"{entry}({argument}) == ({value})", 0.5) for argument in arguments)
    result = await sandbox.run(Job(program or "", probes, setup=case.task.setup, filename="submission.py"))
    given = [probe.status == "ok" and probe.value is True for probe in result.probes]
    if not given or result.load_error is not None:
        return Check(claim=claim, verdict="unchecked", method="none", detail="nothing could be run")
    holds: CheckVerdict = "supported" if all(given) else "refuted"
    shown = next((arguments[place] for place, item in enumerate(given) if not item), arguments[0])
    what = "the task does not need" if wanted else "it does not give"
    detail = f"{what} {value} for {shown}" if holds == "refuted" else f"{value} for {', '.join(arguments)}"
    return Check(claim=claim, verdict=holds, method="execution", detail=detail)
