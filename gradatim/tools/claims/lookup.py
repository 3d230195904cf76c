"""Checks that compare a claim with what was already observed: tests, exceptions, source lines, evidence.

What a hidden test was given, needed or gave never stands in a check's detail, which may reach a model.
"""

from __future__ import annotations

from gradatim.domain import (
    Check,
    CheckVerdict,
    ExceptionClaim,
    LineQuoteClaim,
    MisconceptionClaim,
    Outcome,
    ProseClaim,
    TestCountClaim,
    TestOutcomeClaim,
)
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.code import places, same_value, tokens
from gradatim.tools.claims.grounding import grounded

__all__ = [
    "check_exception",
    "check_line_quote",
    "check_misconception",
    "check_prose",
    "check_test_count",
    "check_test_outcome",
    "same_value",
]

_AS_FAILED = {"failed", "error", "timeout", "memory", "output-limit", "crashed"}
_ENDED = {
    "passed": "passed",
    "failed": "failed",
    "error": "ended with an exception",
    "timeout": "ran out of time",
    "memory": "used more memory than allowed",
    "output-limit": "printed more than allowed",
    "crashed": "ended its own process",
    "not-run": "was not run",
}


def check_test_outcome(claim: TestOutcomeClaim, case: Case) -> Check:
    """`failed` is true of every test that was run and did not pass; `error` and `timeout` are meant exactly."""
    try:
        outcome = case.execution.outcome(claim.test)
    except KeyError:
        known = ", ".join(item.test for item in case.execution.outcomes)
        return _check(
            claim, "refuted", f"there is no test {claim.test}; there are {known}" if known else "no test was run"
        )
    ended = f"test {claim.test} {_ENDED[outcome.status]}"
    holds = outcome.status == claim.status or (claim.status == "failed" and outcome.status in _AS_FAILED)
    if not holds:
        return _check(claim, "refuted", ended)
    if claim.actual is not None and not _gave(claim.actual, outcome):
        if claim.test in _hidden(case):
            return _check(claim, "refuted", f"test {claim.test} gave something else")
        given = outcome.exception.type if outcome.status == "error" and outcome.exception else outcome.actual
        return _check(claim, "refuted", f"test {claim.test} gave {given}" if given else ended)
    return _check(claim, "supported", ended)


def check_test_count(claim: TestCountClaim, case: Case) -> Check:
    """A count of all tests; a count of some may be of the visible ones alone, but "all" and "none" never are."""
    outcomes = case.execution.outcomes
    total = len(outcomes)
    found = _count(outcomes, claim.status)
    truth = f"{_count(outcomes, 'passed')} of {total} tests passed"
    holds = found == claim.count and claim.total in (None, total)
    if not holds:
        hidden = _hidden(case)
        visible = [outcome for outcome in outcomes if outcome.test not in hidden]
        partly = 0 < claim.count < (claim.total or total)
        holds = partly and claim.total in (None, len(visible)) and claim.count == _count(visible, claim.status)
    return _check(claim, "supported" if holds else "refuted", truth)


def check_line_quote(claim: LineQuoteClaim, case: Case) -> Check:
    """Compares whole names and signs: `<` does not stand in `a <= b`; white space and quotation marks do not count."""
    quote = tokens(claim.text)
    found = places(quote, case.lines)
    if claim.line is None:
        if not quote:
            return _check(claim, "unchecked", "neither a line nor a text is named", "source")
        detail = f"stands in line {found[0]}" if found else f"`{claim.text}` does not stand in the program"
        return _check(claim, "supported" if found else "refuted", detail, "source")
    if claim.line > len(case.lines):
        return _check(claim, "refuted", f"the program has only {len(case.lines)} lines", "source")
    line = case.lines[claim.line - 1].strip()
    if not line:
        return _check(claim, "refuted", f"line {claim.line} is empty", "source")
    if not quote or claim.line in found:
        return _check(claim, "supported", f"line {claim.line} is `{line}`", "source")
    elsewhere = f"; that text stands in line {found[0]}" if found else ""
    return _check(claim, "refuted", f"line {claim.line} is `{line}`{elsewhere}", "source")


def check_exception(claim: ExceptionClaim, case: Case) -> Check:
    """An exception that a test or the loading of the program raised, at a line of its trace."""
    hidden = _hidden(case)
    raised = [(item.exception, item.test in hidden) for item in case.execution.outcomes if item.exception]
    if case.execution.load_error:
        raised.append((case.execution.load_error, False))
    if not raised:
        return _check(claim, "refuted", "no test raised an exception")
    same = sorted((item for item in raised if item[0].type == claim.exception), key=lambda item: item[1])
    if not same:
        names = ", ".join(sorted({fact.type for fact, _ in raised}))
        return _check(claim, "refuted", f"the tests raised {names}")
    if claim.line is not None and not any(claim.line == fact.line or claim.line in fact.trace for fact, _ in same):
        lines = sorted({fact.line for fact, _ in same if fact.line})
        where = f"was raised in line {lines[0]}" if lines else "was not raised in a line of the program"
        return _check(claim, "refuted", f"{claim.exception} {where}")
    fact, secret = same[0]
    return _check(claim, "supported", fact.type if secret or not fact.message else f"{fact.type}: {fact.message}")


def check_misconception(claim: MisconceptionClaim, case: Case) -> Check:
    """A misconception that the diagnosis found signs of."""
    for match in case.diagnosis.misconceptions:
        if match.id == claim.misconception:
            return _check(claim, "supported", match.why)
    return _check(claim, "refuted", f"nothing in the program shows {claim.misconception}")


def check_prose(claim: ProseClaim, case: Case, cited: tuple[str, ...]) -> Check:
    """Supported when the cited evidence says the same; otherwise undecided, never refuted."""
    evidence = [case.evidence[item] for item in cited if item in case.evidence]
    source = grounded(claim.text, evidence, case.submission.code)
    if source is not None:
        return _check(claim, "supported", f"said by {source}")
    return Check(claim=claim, verdict="unchecked", method="none", detail="no test, rule or evidence decides this")


def _gave(actual: str, outcome: Outcome) -> bool:
    if outcome.exception is not None and actual.strip() == outcome.exception.type:
        return True
    return same_value(actual, outcome.actual)


def _count(outcomes: tuple[Outcome, ...] | list[Outcome], status: str) -> int:
    passed = sum(outcome.status == "passed" for outcome in outcomes)
    return passed if status == "passed" else len(outcomes) - passed


def _hidden(case: Case) -> set[str]:
    return {test.id for test in case.task.tests if test.hidden}


def _check(claim: TestOutcomeClaim | TestCountClaim | LineQuoteClaim | ExceptionClaim | MisconceptionClaim | ProseClaim,
           verdict: CheckVerdict, detail: str, method: str = "evidence") -> Check:  # fmt: skip
    return Check(claim=claim, verdict=verdict, method="source" if method == "source" else "evidence", detail=detail)
