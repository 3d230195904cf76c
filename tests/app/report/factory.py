"""Hand-built assessments for the tests of the reports."""

from __future__ import annotations

from typing import Any

from gradatim.domain import (
    Assessment,
    CallResultClaim,
    Check,
    Confidence,
    Degradation,
    Diagnosis,
    Edit,
    Evidence,
    ExceptionFact,
    Execution,
    Feedback,
    LineQuoteClaim,
    MasteryChange,
    MisconceptionMatch,
    Outcome,
    ProseClaim,
    Repair,
    Statement,
    Submission,
    SuspiciousLine,
    Task,
    TestCase,
    TestCountClaim,
    TestOutcomeClaim,
)

CODE = '''\
def fibonacci(n):
    """The n-th Fibonacci number."""
    if n < 2:
        return n
    a, b = 0, 1
    for i in range(2, n):  # one step short
        a, b = b, a + b
    return b
'''

TASK = Task(
    id="fibonacci",
    title="Fibonacci numbers",
    statement="Write `fibonacci(n)`, which gives the n-th Fibonacci number; the 0-th is 0 and the first is 1.",
    entry_point="fibonacci",
    concepts=("range", "for-loop"),
    tests=(
        TestCase(id="t1", call="fibonacci(0)", expect="0"),
        TestCase(id="t2", call="fibonacci(1)", expect="1"),
        TestCase(id="t3", call="fibonacci(5)", expect="5"),
        TestCase(id="t4", name="a larger number", call="fibonacci(10)", expect="55"),
        TestCase(id="t5", name="the secret number", call="fibonacci(30)", expect="832040", hidden=True),
    ),
    reference=CODE.replace("range(2, n)", "range(2, n + 1)"),
)


def supported(text: str, claim: Any, detail: str, *evidence: str, method: Any = "execution") -> Statement:
    """A statement whose one claim was found true."""
    check = Check(claim=claim, verdict="supported", method=method, detail=detail)
    return Statement(text=text, evidence=evidence, claims=(claim,), checks=(check,))


def unchecked(text: str, *evidence: str) -> Statement:
    """A statement that nothing can decide."""
    claim = ProseClaim(text=text)
    check = Check(claim=claim, verdict="unchecked", method="none", detail="no checker decides this sentence")
    return Statement(text=text, evidence=evidence, claims=(claim,), checks=(check,))


def refuted(text: str, detail: str, *evidence: str) -> Statement:
    """A statement that running the program refutes."""
    claim = CallResultClaim(call="fibonacci(1)", result="0")
    check = Check(claim=claim, verdict="refuted", method="execution", detail=detail)
    return Statement(text=text, evidence=evidence, claims=(claim,), checks=(check,))


def feedback(**parts: tuple[Statement, ...]) -> Feedback:
    """A feedback about the loop that stops one step early."""
    default: dict[str, tuple[Statement, ...]] = {
        "error_identification": (
            supported(
                "3 of 5 tests fail.",
                TestCountClaim(status="failed", count=3, total=5),
                "3 of 5 tests ended with failed",
                "test:t3",
                method="evidence",
            ),
            supported(
                "`fibonacci(5)` gives 3, but 5 is needed.",
                TestOutcomeClaim(test="t3", status="failed", actual="3"),
                "test t3 failed and gave 3",
                "test:t3",
                method="evidence",
            ),
        ),
        "explanation": (
            supported(
                "Line 6, `for i in range(2, n):`, stops before it reaches `n`.",
                LineQuoteClaim(line=6, text="for i in range(2, n):"),
                "line 6 holds this text",
                "line:6",
                "misconception:range-stop-included",
                method="source",
            ),
            unchecked("You may have read the second number as the last one that the loop visits."),
        ),
        "corrective_suggestion": (unchecked("Write down which values `i` takes for n = 5, and count them.", "line:6"),),
        "encouragement": (Statement(text="Your base cases are right, and the two variables swap neatly."),),
    }
    return Feedback(**(default | parts), author="model:qwen2.5-coder-1.5b")


def outcome(test: str, status: Any = "passed", **fields: Any) -> Outcome:
    return Outcome(test=test, status=status, seconds=0.004, **fields)


EVIDENCE = (
    Evidence(
        id="test:t3",
        kind="test",
        summary="Test t3, fibonacci(5), failed: 5 was needed and 3 came.",
        source="sandbox/bubblewrap",
        detail={"status": "failed", "actual": "3"},
    ),
    Evidence(
        id="test:t5",
        kind="test",
        summary="Test t5, fibonacci(30), failed: 832040 was needed and 514229 came.",
        source="sandbox/bubblewrap",
        visible=False,
    ),
    Evidence(
        id="line:6",
        kind="line",
        summary="Line 6 is executed by every failing test and by no passing one.",
        lines=(6,),
        source="localise",
    ),
    Evidence(
        id="misconception:range-stop-included",
        kind="misconception",
        summary="The stop value of range is thought to be included. range(2, n) ends at n - 1.",
        lines=(6,),
        source="kg/python",
    ),
)


def assessment(**changes: Any) -> Assessment:
    """An assessment of a wrong Fibonacci program that was delivered; fields can be replaced."""
    submission = Submission(id="s1", task_id="fibonacci", code=CODE, filename="fibonacci.py", learner_id="learner-7")
    fields: dict[str, Any] = {
        "id": "run-1",
        "task": TASK,
        "submission": submission,
        "execution": Execution(
            submission="s1",
            task="fibonacci",
            tier="bubblewrap",
            seconds=0.031,
            outcomes=(
                outcome("t1", expected="0", actual="0"),
                outcome("t2", expected="1", actual="1"),
                outcome("t3", "failed", expected="5", actual="3", detail="5 was needed and 3 came"),
                outcome("t4", "failed", expected="55", actual="34", detail="55 was needed and 34 came"),
                outcome("t5", "failed", expected="832040", actual="514229", detail="832040 was needed"),
            ),
        ),
        "diagnosis": Diagnosis(
            submission="s1",
            verdict="incorrect",
            error_category="logical",
            suspicious_lines=(
                SuspiciousLine(line=6, score=0.92, why="all failing tests run it; fibonacci(30) fails here"),
                SuspiciousLine(line=7, score=0.35, why="runs inside the loop of line 6"),
            ),
            misconceptions=(
                MisconceptionMatch(
                    id="range-stop-included",
                    lines=(6,),
                    confidence=0.84,
                    why="The loop ends one step before `n`, and results lag by one.",
                    evidence=("line:6",),
                ),
            ),
            repairs=(
                Repair(
                    code=CODE.replace("range(2, n)", "range(2, n + 1)"),
                    edits=(
                        Edit(
                            line=6,
                            last_line=6,
                            replacement="    for i in range(2, n + 1):  # one step short",
                            operator="loop-bound",
                        ),
                    ),
                    place="the range in line 6",
                    change="in line 6 `range(2, n + 1)` instead of `range(2, n)`",
                    origin="search",
                    weight=0.8,
                    generalises=True,
                    inputs_tried=20,
                ),
            ),
            evidence=EVIDENCE,
        ),
        "feedback": feedback(),
        "confidence": Confidence(
            value=0.8132,
            components={
                "checks": 0.75,
                "coverage": 0.8,
                "consistency": 0.9,
                "likelihood": None,
                "diagnosis": 0.84,
            },
            route="deliver",
        ),
        "delivered": True,
        "changes": (
            MasteryChange(concept="range", before=0.42, after=0.27),
            MasteryChange(concept="for-loop", before=0.5, after=0.61),
        ),
        "model": "qwen2.5-coder-1.5b",
        "prompts": {"system": "1", "case": "1"},
        "seconds": {
            "recall": 0.02,
            "intake": 0.001,
            "execute": 0.05,
            "diagnose": 0.4,
            "retrieve": 0.03,
            "generate": 21.3,
            "verify": 0.12,
            "critique": 9.7,
            "decide": 0.001,
            "deliver": 0.001,
            "record": 0.02,
        },
    }
    return Assessment(**(fields | changes))


def held(**changes: Any) -> Assessment:
    """An assessment that waits for a person, with a refuted sentence and a part that could not do its work."""
    wrong = refuted("`fibonacci(1)` gives 0.", "running fibonacci(1) gives 1, not 0", "test:t3")
    fields: dict[str, Any] = {
        "feedback": feedback(explanation=(wrong,)),
        "confidence": Confidence(
            value=0.41,
            components={"checks": 0.33, "coverage": 1.0, "consistency": None, "likelihood": None, "diagnosis": 0.2},
            route="review",
            reasons=("confidence 0.41 is below 0.75; weakest part: diagnosis 0.20",),
        ),
        "delivered": False,
        "waiting": True,
        "revisions": 2,
        "changes": (),
        "degradations": (
            Degradation(
                node="critique",
                reason="the model did not answer within 300 s",
                fallback="self-consistency was not measured",
            ),
        ),
    }
    return assessment(**(fields | changes))


def hostile(text: str) -> Assessment:
    """An assessment in which everything that somebody else can write is `text`."""
    fact = ExceptionFact(type="ValueError", message=text, line=1)
    task = Task(
        id="x",
        title=text,
        statement=text,
        tests=(TestCase(id="t1", name=text, stdin=text, stdout=text), TestCase(id="t2", call=text, expect=text)),
    )
    said = Statement(
        text=f"`{text}` {text}",
        evidence=(text,),
        checks=(Check(claim=ProseClaim(text=text), verdict="refuted", method="none", detail=text),),
    )
    return assessment(
        id=text,
        task=task,
        submission=Submission(id="s1", task_id="x", code=text, filename=text, learner_id=text),
        execution=Execution(
            submission="s1",
            task="x",
            tier="unsafe",
            load_error=fact,
            outcomes=(
                outcome("t1", "failed", expected=text, actual=text, stdout=text + "!", detail=text),
                outcome("t2", "error", exception=fact, detail=text),
            ),
        ),
        diagnosis=Diagnosis(
            submission="s1",
            verdict="incorrect",
            error_category=text,
            suspicious_lines=(SuspiciousLine(line=1, score=1, why=text),),
            misconceptions=(MisconceptionMatch(id=text, lines=(1,), confidence=1, why=text, evidence=(text,)),),
            repairs=(
                Repair(
                    code=f"{text}\n",
                    edits=(Edit(line=1, last_line=1, replacement=text, operator=text),),
                    place=text,
                    change=text,
                    origin="search",
                    weight=0.5,
                ),
            ),
            evidence=(Evidence(id=text, kind="static", summary=text, source=text, detail={text: text}, lines=(1,)),),
        ),
        feedback=Feedback(
            error_identification=(said,),
            explanation=(said,),
            corrective_suggestion=(said,),
            encouragement=(said,),
            author=text,
        ),
        confidence=Confidence(value=1, components={text: 0.5, text + "?": None}, route="review", reasons=(text,)),
        degradations=(Degradation(node=text, reason=text, fallback=text),),
        changes=(MasteryChange(concept=text, before=0.1, after=0.2),),
        model=text,
        prompts={text: text},
        seconds={text: 1.0},
        reviewed_by=text,
    )
