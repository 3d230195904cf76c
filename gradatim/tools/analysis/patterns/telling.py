"""Signs that are told of one line: the line is quoted, and what is said of it is true of the text alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination, Raised, name_tests
from gradatim.tools.analysis.sign import Sign


def of_line(
    case: Examination, misconception: str, line: int, confidence: float, said: str, *, anywhere: bool = False
) -> Sign:
    """A sign that the text alone gives; failing tests run the line unless it counts `anywhere`."""
    if anywhere:
        why, tests = f"Failing: {name_tests(case.failed_ids)}.", case.failed_ids
    else:
        tests = tuple(test for test in case.failed_ids if case.ran_in(test, line) is not False) or case.failed_ids
        why = f"It runs in {name_tests(tests)}."
    return Sign(misconception, (line,), confidence, _fact(case, line, said), why, tests, anywhere)


def of_errors(
    case: Examination, misconception: str, line: int, confidence: float, said: str, found: Sequence[Raised]
) -> Sign:
    """A sign that exceptions give."""
    tests = tuple(dict.fromkeys(test for item in found for test in item.tests))
    where = f"in {name_tests(tests)}" if tests else "while the program is loaded"
    why = f"{found[0].fact.type} {where}."
    return Sign(misconception, (line,), confidence, _fact(case, line, said), why, tests, anywhere=not tests)


def of_facts(
    case: Examination, misconception: str, line: int, confidence: float, said: str, seen: str, facts: Iterable[Contrast]
) -> Sign:
    """A sign that results give; `seen` says what they have in common, without quoting one."""
    wrong = {fact.test for fact in facts}
    tests = tuple(test for test in case.failed_ids if test in wrong)
    return Sign(misconception, (line,), confidence, _fact(case, line, said), f"{seen} in {name_tests(tests)}.", tests)


def _fact(case: Examination, line: int, said: str) -> str:
    return f"Line {line}: `{case.program.line(line)}` {said}"
