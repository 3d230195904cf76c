"""Where the fault of a program lies and of what kind it is, as far as that was shown."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator

from gradatim.domain import Check, CheckVerdict, FaultKindClaim, FaultLineClaim, Repair
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.code import parse
from gradatim.tools.claims.kinds import kinds_of_match, kinds_of_repair, size_of

CLOSE = 0.75
"""A line is as suspicious as the first one from this share of its score on."""
SURE = 0.5
"""A match or a line of less confidence does not speak for a fault."""
LEAST = 0.02
"""A repair of less weight tells nothing: nobody would make that change."""
LIKELY = 0.25
"""A repair of less than this share of the best one's weight tells nothing either."""
BEST = 0.5
"""A repair from this share of the best one's weight on shows of what kind the fault is."""
SMALL = 4
"""A repair of more lines tells where a rewritten program differs, not where the fault is."""


def telling(case: Case) -> tuple[Repair, ...]:
    """Repairs that tell where the fault is: no answers to single tests, and none much less likely than the first."""
    repairs = [item for item in case.diagnosis.repairs if item.generalises is not False and not _answers_tests(item)]
    best = max((item.weight for item in repairs), default=0.0)
    return tuple(item for item in repairs if item.weight >= max(LEAST, LIKELY * best))


def _answers_tests(repair: Repair) -> bool:
    """Whether a repair makes a test pass by asking for its very input: `if votes == ["Ann"]: return {"Ann": 1}`."""
    for edit in repair.edits:
        tree = parse(textwrap.dedent(edit.replacement))
        for node in ast.walk(tree) if tree is not None else ():
            if isinstance(node, ast.If) and isinstance(node.test, ast.Compare) and isinstance(node.test.ops[0], ast.Eq):
                value, result = node.test.comparators[0], node.body[0]
                collected = isinstance(value, ast.List | ast.Dict | ast.Tuple | ast.Set) and bool(
                    ast.unparse(value)[1:-1]
                )
                text = isinstance(value, ast.Constant) and isinstance(value.value, str) and bool(value.value)
                if (collected or text) and isinstance(result, ast.Return):
                    return True
    return False


def check_fault_line(claim: FaultLineClaim, case: Case) -> Check:
    """Supported where something that was shown touches the line; refuted where repairs are known and nothing does."""
    last = claim.last_line or claim.line
    lines = range(claim.line, last + 1)
    if case.execution.passed:
        return _check(claim, "refuted", "all tests pass, so no line holds a fault")
    if claim.line > len(case.lines):
        return _check(claim, "refuted", f"the program has only {len(case.lines)} lines")
    for line, why in _shown(case):
        if line in lines:
            return _check(claim, "supported", why)
    if any(line in lines for line in _possible(case)):
        return _open(claim, f"line {claim.line} is suspicious, and nothing shows that the fault lies there")
    places = sorted({line for repair in telling(case) for line in repair.lines})
    if not places:
        return _open(claim, "no repair was found that would show where the fault lies")
    named = ", ".join(map(str, places))
    return _check(claim, "refuted", f"changes that make all tests pass lie in line{'s' * (len(places) > 1)} {named}")


def check_fault_kind(claim: FaultKindClaim, case: Case) -> Check:
    """Supported where a small repair or a clear sign is of that kind; refuted where repairs are known and none is."""
    if case.execution.passed:
        return _check(claim, "refuted", "all tests pass, so nothing is wrong")
    wanted = claim.operator
    maybe = False
    found: set[str] = set()
    best = max((item.weight for item in telling(case)), default=0.0)
    for repair in telling(case):
        kinds = kinds_of_repair(case.submission.code, repair)
        found |= {edit.operator for edit in repair.edits}
        if wanted in kinds and (claim.line is None or claim.line in repair.lines):
            if size_of(repair) <= SMALL and repair.weight >= BEST * best:
                return _check(claim, "supported", f"a change of this kind makes all tests pass ({repair.place})")
            maybe = True
    for match in case.diagnosis.misconceptions:
        if wanted in kinds_of_match(match) and (claim.line is None or claim.line in match.lines):
            if match.confidence >= SURE and match is case.diagnosis.misconceptions[0]:
                return _check(claim, "supported", match.why)
            maybe = True
    if maybe or not telling(case):
        return _open(claim, "nothing shows that the fault is of this kind")
    return _check(claim, "refuted", f"what makes all tests pass is of another kind: {', '.join(sorted(found))}")


def fault_lines(case: Case) -> frozenset[int]:
    """Lines that something which was shown speaks against."""
    return frozenset(line for line, _ in _shown(case))


def fault_kinds(case: Case) -> frozenset[str]:
    """Kinds of fault that repairs and signs speak for."""
    of_repairs = (kind for item in telling(case) for kind in kinds_of_repair(case.submission.code, item))
    of_matches = (kind for item in case.diagnosis.misconceptions for kind in kinds_of_match(item))
    return frozenset((*of_repairs, *of_matches))


def _shown(case: Case) -> Iterator[tuple[int, str]]:
    """Lines that a repair, the compiler, a clear sign or an exception points at, with what shows it."""
    for repair in telling(case):
        small = size_of(repair) <= SMALL
        for line in repair.lines:
            if small or line in _heads(case, repair.lines):
                yield line, f"a change in line {line} makes all tests pass"
    if case.execution.load_error is not None and case.execution.load_error.line:
        yield case.execution.load_error.line, f"line {case.execution.load_error.line} cannot be compiled or loaded"
    for item in case.evidence.values():
        if item.kind == "syntax":
            for line in item.lines:
                yield line, item.summary
    for match in case.diagnosis.misconceptions[:1]:
        if match.confidence >= SURE:
            for line in match.lines:
                yield line, match.why
    if not telling(case):
        for outcome in case.execution.outcomes:
            if outcome.exception is not None and outcome.exception.line and outcome.status != "passed":
                yield outcome.exception.line, f"line {outcome.exception.line} raises {outcome.exception.type}"


def _heads(case: Case, lines: tuple[int, ...]) -> tuple[int, ...]:
    """Of the lines that a large repair rewrites, those that are suspicious as well."""
    suspicious = [item.line for item in case.diagnosis.suspicious_lines[:2]]
    return tuple(line for line in lines if line in suspicious)


def _possible(case: Case) -> Iterator[int]:
    """Lines that a large repair, a less clear sign, an exception or much suspicion points at."""
    for repair in telling(case):
        yield from repair.lines
    for match in case.diagnosis.misconceptions:
        if match.confidence >= SURE:
            yield from match.lines
    ranked = case.diagnosis.suspicious_lines[:3]
    for item in ranked:
        if item.score >= SURE and item.score >= CLOSE * ranked[0].score:
            yield item.line
    for outcome in case.execution.outcomes:
        if outcome.exception is not None and outcome.exception.line and outcome.status != "passed":
            yield outcome.exception.line


def _check(claim: FaultLineClaim | FaultKindClaim, verdict: CheckVerdict, detail: str) -> Check:
    return Check(claim=claim, verdict=verdict, method="evidence", detail=detail)


def _open(claim: FaultLineClaim | FaultKindClaim, detail: str) -> Check:
    return Check(claim=claim, verdict="unchecked", method="none", detail=detail)


__all__ = ["check_fault_kind", "check_fault_line", "fault_kinds", "fault_lines", "telling"]
