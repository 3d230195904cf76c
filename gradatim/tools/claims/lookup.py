"""Checks that compare a claim with what was already observed: tests, exceptions, source lines, evidence."""

from __future__ import annotations

import ast
import re

from gradatim.domain import (
    Check,
    ExceptionClaim,
    LineQuoteClaim,
    MisconceptionClaim,
    ProseClaim,
    TestCountClaim,
    TestOutcomeClaim,
)
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.grounding import grounded

_AS_FAILED = {"failed", "error", "timeout", "memory", "output-limit", "crashed"}


def check_test_outcome(claim: TestOutcomeClaim, case: Case) -> Check:
    """`failed` is true of every test that did not pass; `error` and `timeout` are meant exactly."""
    try:
        outcome = case.execution.outcome(claim.test)
    except KeyError:
        known = ", ".join(item.test for item in case.execution.outcomes)
        return Check(claim=claim, verdict="refuted", method="evidence", detail=f"there is no test {claim.test}; there are {known}")
    status_holds = outcome.status == claim.status or (claim.status == "failed" and outcome.status in _AS_FAILED)
    if not status_holds:
        return Check(claim=claim, verdict="refuted", method="evidence", detail=f"test {claim.test} {_ended(outcome.status)}")
    if claim.actual is not None and not same_value(claim.actual, outcome.actual):
        return Check(claim=claim, verdict="refuted", method="evidence", detail=f"test {claim.test} gave {outcome.actual}")
    return Check(claim=claim, verdict="supported", method="evidence", detail=f"test {claim.test} {_ended(outcome.status)}")


def check_test_count(claim: TestCountClaim, case: Case) -> Check:
    passed = sum(outcome.status == "passed" for outcome in case.execution.outcomes)
    total = len(case.execution.outcomes)
    found = passed if claim.status == "passed" else total - passed
    truth = f"{passed} of {total} tests passed"
    holds = found == claim.count and claim.total in (None, total)
    if not holds and claim.total is not None and claim.total < total:
        # a statement for a learner may count the visible tests alone
        visible = [case.execution.outcome(test.id) for test in case.task.tests if not test.hidden and _ran(case, test.id)]
        good = sum(outcome.status == "passed" for outcome in visible)
        holds = claim.total == len(visible) and claim.count == (good if claim.status == "passed" else len(visible) - good)
    return Check(claim=claim, verdict="supported" if holds else "refuted", method="evidence", detail=truth)


def check_line_quote(claim: LineQuoteClaim, case: Case) -> Check:
    quoted = _squeeze(claim.text)
    places = [number for number, line in enumerate(case.lines, 1) if quoted and quoted in _squeeze(line)]
    if claim.line is None:
        verdict = "supported" if places else "refuted"
        detail = f"stands in line {places[0]}" if places else f"`{claim.text}` does not stand in the program"
        return Check(claim=claim, verdict=verdict, method="source", detail=detail)
    if claim.line > len(case.lines):
        return Check(claim=claim, verdict="refuted", method="source", detail=f"the program has only {len(case.lines)} lines")
    line = case.lines[claim.line - 1].strip()
    if not line:
        return Check(claim=claim, verdict="refuted", method="source", detail=f"line {claim.line} is empty")
    if not quoted or claim.line in places:
        return Check(claim=claim, verdict="supported", method="source", detail=f"line {claim.line} is `{line}`")
    elsewhere = f"; that text stands in line {places[0]}" if places else ""
    return Check(claim=claim, verdict="refuted", method="source", detail=f"line {claim.line} is `{line}`{elsewhere}")


def check_exception(claim: ExceptionClaim, case: Case) -> Check:
    raised = [outcome.exception for outcome in case.execution.outcomes if outcome.exception]
    if case.execution.load_error:
        raised.append(case.execution.load_error)
    if not raised:
        return Check(claim=claim, verdict="refuted", method="evidence", detail="no test raised an exception")
    same = [item for item in raised if item.type == claim.exception]
    if not same:
        names = ", ".join(sorted({item.type for item in raised}))
        return Check(claim=claim, verdict="refuted", method="evidence", detail=f"the tests raised {names}")
    if claim.line is not None and not any(claim.line == item.line or claim.line in item.trace for item in same):
        return Check(
            claim=claim, verdict="refuted", method="evidence", detail=f"{claim.exception} was raised in line {same[0].line}"
        )
    return Check(claim=claim, verdict="supported", method="evidence", detail=f"{claim.exception}: {same[0].message}")


def check_misconception(claim: MisconceptionClaim, case: Case) -> Check:
    for match in case.diagnosis.misconceptions:
        if match.id == claim.misconception:
            return Check(claim=claim, verdict="supported", method="evidence", detail=match.why)
    return Check(
        claim=claim, verdict="refuted", method="evidence", detail=f"nothing in the program shows {claim.misconception}"
    )


def check_prose(claim: ProseClaim, case: Case, cited: tuple[str, ...]) -> Check:
    """Supported when the cited evidence says the same; otherwise undecided, never refuted."""
    source = grounded(claim.text, [case.evidence[item] for item in cited if item in case.evidence])
    if source is not None:
        return Check(claim=claim, verdict="supported", method="evidence", detail=f"said by {source}")
    return Check(claim=claim, verdict="unchecked", method="none", detail="no test, rule or evidence decides this")


def same_value(one: str | None, other: str | None) -> bool:
    """Whether two texts stand for the same plain value, or are the same text but for white space."""
    if one is None or other is None:
        return one == other
    try:
        return bool(ast.literal_eval(one.strip()) == ast.literal_eval(other.strip()))
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return _squeeze(one) == _squeeze(other)


def _ran(case: Case, test_id: str) -> bool:
    return any(outcome.test == test_id for outcome in case.execution.outcomes)


def _ended(status: str) -> str:
    words = {"passed": "passed", "failed": "failed", "error": "ended with an exception", "timeout": "ran out of time"}
    return words.get(status, f"ended with {status}")


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)
