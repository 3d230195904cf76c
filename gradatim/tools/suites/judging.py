"""Running a task's test file on a submission: from what the sandbox saw to outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gradatim.domain import ExceptionFact, Outcome, OutcomeStatus, Submission, Task, TestCase
from gradatim.errors import InputError
from gradatim.tools.outcomes import MAX_STDOUT, load_fact, not_run
from gradatim.tools.sandbox.job import Raised
from gradatim.tools.sandbox.protocol import Sandbox
from gradatim.tools.sandbox.suite import Suite, SuiteFinding
from gradatim.tools.sandbox.values import shorten
from gradatim.tools.suites.names import outline
from gradatim.tools.suites.pack import pytest_pack

_SHORT = 300


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """Outcomes of the tests of a test file, in order."""

    outcomes: tuple[Outcome, ...]
    load_error: ExceptionFact | None = None
    """Why the program cannot be compiled or imported, if that is so."""


async def run_suite(
    sandbox: Sandbox, task: Task, submission: Submission, *, give_up: int | None, patience: int, hurry: float
) -> SuiteRun:
    """Run those tests of a task that stand in its test file.

    Program and tests run in two processes; the tests reach the program only by asking its process (see
    `sandbox.inner.suite_proxy` for how its objects behave in a test). Whether a test passed is told by the tests'
    process alone.

    Args:
        sandbox: Where both run.
        task: With `test_file`.
        submission: The program; the tests import it as `submission`.
        give_up: After how many stopped or crashed tests the others are left out; `None` runs them all.
        patience: With `give_up=None`, after how many the others get less time.
        hurry: Share of their time that they get then.

    Raises:
        ServiceError: The test file needs pytest, and there is none.
        SandboxError: Programs cannot be run safely here.
    """
    cases = tuple(test for test in task.tests if test.suite is not None)
    suite = _suite(task, submission, cases, give_up or patience)
    result = await sandbox.run_suite(suite)
    if result.load_error is not None:
        load_error = load_fact(result.load_error)
        return SuiteRun(tuple(not_run(case, result.load_error) for case in cases), load_error)
    findings = list(result.findings)
    left = [index for index, finding in enumerate(findings) if finding.status == "not-run"]
    if left and give_up is None:
        cases = tuple(
            case.model_copy(update={"timeout": hurry * case.timeout}) if index in left else case
            for index, case in enumerate(cases)
        )
        some = tuple(cases[index] for index in left)
        names, timeouts = tuple(case.suite or "" for case in some), tuple(case.timeout for case in some)
        rest = await sandbox.run_suite(replace(suite, names=names, timeouts=timeouts, give_up=None))
        for index, finding in zip(left, rest.findings, strict=False):
            findings[index] = finding
    outcomes = tuple(_judge(case, finding) for case, finding in zip(cases, findings, strict=True))
    unloaded = all(finding.status == "not-loaded" and finding.raised is not None for finding in findings)
    return SuiteRun(outcomes, outcomes[0].exception if unloaded else None)


def _suite(task: Task, submission: Submission, cases: Sequence[TestCase], give_up: int | None) -> Suite:
    source = task.test_file or ""
    try:
        runner = outline(source).runner
    except (SyntaxError, ValueError) as error:
        raise InputError(
            f"the test file is no Python: {error}", place=f"task {task.id}", remedy="correct the test file"
        ) from error
    return Suite(
        source=submission.code,
        tests=source,
        names=tuple(case.suite or "" for case in cases),
        timeouts=tuple(case.timeout for case in cases),
        runner=runner,
        pack=pytest_pack() if runner == "pytest" else None,
        setup=task.setup,
        filename=submission.filename,
        give_up=give_up,
    )


def _judge(case: TestCase, finding: SuiteFinding) -> Outcome:
    match finding.status:
        case "passed":
            return _outcome(case, finding, "passed")
        case "failed":
            return _outcome(case, finding, "failed", _brief(finding.message) or "an assertion does not hold")
        case "skipped":
            reason = f": {_brief(finding.message)}" if finding.message else ""
            return _outcome(case, finding, "not-run", f"the test file skips this test{reason}")
        case "absent":
            return _outcome(case, finding, "not-run", f"the test itself is wrong: the test file has no {case.suite}")
        case "not-run":
            return _outcome(case, finding, "not-run", "not run: tests before it had to be stopped")
        case "error" | "not-loaded":
            return _raised(case, finding)
        case _:
            return _stopped(case, finding)


def _raised(case: TestCase, finding: SuiteFinding) -> Outcome:
    """An exception: of the program, of the test that uses it, or of the test file as such."""
    raised = finding.raised
    if finding.missing is not None:
        fact = ExceptionFact(type="ImportError", message=finding.message)
        return _outcome(case, finding, "error", f"the program defines no {finding.missing}", fact)
    if raised is not None:
        detail = f"raised {_named(raised.type, raised.message, raised.line)}"
        if finding.status == "not-loaded":
            detail = f"the program itself {detail}"
        status = "memory" if "MemoryError" in raised.builtin else "error"
        return _outcome(case, finding, status, detail, _fact(raised))
    what = _named(finding.type, finding.message, None)
    if finding.status == "not-loaded":
        place = "" if finding.line is None else f" (line {finding.line} of the test file)"
        return _outcome(case, finding, "not-run", f"the test itself is wrong: {what}{place}")
    fact = ExceptionFact(type=finding.type or "Exception", message=finding.message)
    return _outcome(case, finding, "error", f"using the program raised {what}", fact)


def _stopped(case: TestCase, finding: SuiteFinding) -> Outcome:
    """A process was ended, or ended itself."""
    where = f" at line {finding.where[-1]}" if finding.where else ""
    if finding.by_tests:
        return _outcome(case, finding, "not-run", "the test itself is wrong: it ended its own process")
    match finding.status:
        case "timeout":
            return _outcome(case, finding, "timeout", f"no answer within {case.timeout:g} s (endless loop{where}?)")
        case "memory":
            return _outcome(case, finding, "memory", "needed more memory than a program may have")
        case "output-limit":
            return _outcome(case, finding, "output-limit", "printed without end and was stopped")
        case _:
            end = "exit" if finding.exit_code is None else f"exit status {finding.exit_code}"
            end = end if finding.signal is None else f"signal {finding.signal}"
            return _outcome(case, finding, "crashed", f"the program ended its own process ({end})")


def _outcome(
    case: TestCase,
    finding: SuiteFinding,
    status: OutcomeStatus,
    detail: str = "",
    exception: ExceptionFact | None = None,
) -> Outcome:
    return Outcome(
        test=case.id,
        status=status,
        detail=detail,
        actual=None if exception is None else exception.type,
        stdout=shorten(finding.stdout, MAX_STDOUT),
        exception=exception,
        seconds=round(finding.seconds, 6),
    )


def _fact(raised: Raised) -> ExceptionFact:
    return ExceptionFact(
        type=raised.type, message=raised.message, line=raised.line, function=raised.function, trace=raised.lines
    )


def _named(kind: str, message: str, line: int | None) -> str:
    place = "" if line is None else f" at line {line}"
    return f"{kind}{place}: {_brief(message)}" if message else f"{kind}{place}"


def _brief(text: str) -> str:
    return shorten(" ".join(text.split()), _SHORT)
