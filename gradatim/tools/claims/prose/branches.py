"""Which way conditions go: always true, never true, loops that never run; seen in traced runs of the visible tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import partial

from gradatim.domain import Check, CheckVerdict, ProseClaim
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.code import expression, parse
from gradatim.tools.claims.extraction.reading import CODE
from gradatim.tools.claims.prose.assertion import Assertion, Scene
from gradatim.tools.sandbox import Sandbox

_ALWAYS = re.compile(
    rf"({CODE})(?: condition| check| statement)?,? (?:(?:is|will|evaluates|returns|be|does|can|would) ){{0,3}}"
    rf"(?P<how>always|never) (?:be |been |evaluates? (?:to )?|returns? |becomes? )?(?:as )?(?P<value>{CODE}"
    rf"|true|false)",
    re.IGNORECASE,
)
_NEVER_RUNS = re.compile(
    r"\b(?P<what>loop|loop body)\b[^.;,]{0,30}?\b(?:never|not|n't) (?:be )?(?:runs?|executed?|entered|executes"
    r"|starts?|iterates?)\b(?! (?:correctly|properly|enough|the|for|until|over|through|from|to|all|as))",
    re.IGNORECASE,
)
_TESTS = 4
_FUTURE = re.compile(r"\b(?:should|would|could|if|must|may|might)\b", re.IGNORECASE)


def branches(scene: Scene) -> Iterator[Assertion]:
    """Claims about conditions and loops, each decided by tracing the visible tests."""
    tree = parse(scene.case.submission.code)
    if tree is None or scene.case.execution.load_error is not None:
        return
    for match in _ALWAYS.finditer(scene.text):
        value = match["value"].lower() if match["value"].isascii() else scene.code(match["value"]).lower()
        if value not in ("true", "false") or _FUTURE.search(scene.text[: match.start()][-40:]):
            continue
        wanted = (value == "true") == (match["how"].lower() == "always")
        lines = list(_conditions(tree, scene.code(match[1])))
        if len(lines) == 1:
            probe = partial(_goes, text=match.group(), line=lines[0][0], body=lines[0][1], wanted=wanted)
            yield Assertion((), *match.span(), probe=probe)
    for match in _NEVER_RUNS.finditer(scene.text):
        loops = [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While)]
        if len(loops) == 1 and not _FUTURE.search(scene.text, 0, match.start()):
            body = loops[0].body[0].lineno
            probe = partial(_goes, text=match.group(), line=loops[0].lineno, body=body, wanted=False)
            yield Assertion((), *match.span(), probe=probe)


def _conditions(tree: ast.Module, code: str) -> Iterator[tuple[int, int]]:
    """Line and first body line of the statements with this condition."""
    wanted = expression(re.sub(r"^(?:if|elif|while)\b", "", code.strip()).strip().rstrip(":"))
    if wanted is None:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.If | ast.While) and ast.dump(node.test) == ast.dump(wanted):
            yield node.lineno, node.body[0].lineno


async def _goes(case: Case, sandbox: Sandbox, *, text: str, line: int, body: int, wanted: bool) -> Check:
    """Whether a condition always has this value, as often as it is reached."""
    from gradatim.tools.tracing import trace_values

    claim = ProseClaim(text=text)
    reached = taken = 0
    whole = True
    tests = [test for test in case.task.tests if not test.hidden and test.form != "suite"][:_TESTS]
    for test in tests:
        trace = await trace_values(sandbox, case.task, case.submission.code, test, seconds=0.2)
        whole = whole and trace.status in ("ok", "raised")
        reached += trace.hits.get(line, 0)
        taken += trace.hits.get(body, 0)
    if not reached or line == body:
        return Check(claim=claim, verdict="unchecked", method="none", detail=f"line {line} was not reached")
    detail = f"of the {reached} times that line {line} ran, line {body} came after it {taken} times"
    other = taken > 0 if not wanted else taken < reached
    if other and (not wanted or whole):
        return Check(claim=claim, verdict="refuted", method="execution", detail=detail)
    verdict: CheckVerdict = "supported" if whole and not other else "unchecked"
    return Check(claim=claim, verdict=verdict, method="execution" if verdict == "supported" else "none", detail=detail)
