"""From an assessment to the content of its report: decides, once for all layouts, what the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import unified_diff

from gradatim.app.report.content import (
    Delivery,
    Finding,
    Mark,
    NodeTime,
    Part,
    ProgramLine,
    RepairView,
    Report,
    Sentence,
    TestRow,
)
from gradatim.app.report.listing import lines_of, tokens
from gradatim.app.report.wording import named_or, words
from gradatim.domain import (
    Assessment,
    Check,
    Composite,
    LearnerEvent,
    Outcome,
    ProseClaim,
    Statement,
    TestCase,
    Usage,
    Verdict,
)
from gradatim.languages import phrase
from gradatim.memory.tracing import ParameterSource
from gradatim.tools.redaction import Redaction
from gradatim.tools.telling import (
    told,
    told_change,
    told_check,
    told_match,
    told_measure,
    told_outcome,
    told_reason,
    told_why,
)

UNCHECKED = "Not checked: "
"""How the deliverer marks a sentence that nothing could decide; a report shows the mark itself instead.

The same as `gradatim.agents.deliverer.UNCHECKED`, without the cost of importing the agents.
"""
STAGES = (
    ("intake",),
    ("execute", "recall"),
    ("diagnose",),
    ("retrieve",),
    ("generate",),
    ("verify", "critique"),
    ("decide",),
    ("revise",),
    ("human_review",),
    ("deliver",),
    ("record",),
)
"""The assessment graph from left to right; nodes of other graphs follow in the order they are given."""


SUSPECTS = 3
"""Lines that are marked as suspicious, at most: all lines together would point nowhere."""


def report_of(
    assessment: Assessment,
    *,
    full: bool = False,
    history: Iterable[LearnerEvent] = (),
    parameters: ParameterSource | None = None,
) -> Report:
    """The content of a report.

    Args:
        assessment: What is reported.
        history: The learner's events, in any order; those of anybody else are passed over.
        parameters: Of knowledge tracing, as the memory uses them.
        full: For staff: with hidden tests, all evidence, feedback that is not delivered, and the repair.
            Without it, only what the learner may see.
    """
    redact = Redaction(assessment.task, full=full)
    task, execution, diagnosis = assessment.task, assessment.execution, assessment.diagnosis
    evidence = redact.evidence(diagnosis.evidence)
    parts = _parts(assessment, redact, full=full) if full or assessment.delivered else ()
    cited = _cited(assessment, parts)
    matches = tuple(told_match(item.model_copy(update={"why": redact(item.why)})) for item in diagnosis.misconceptions)
    degraded = tuple(item.model_copy(update={"reason": redact(item.reason)}) for item in assessment.degradations)
    reasons = tuple(told_reason(redact(reason)) for reason in assessment.confidence.reasons)
    return Report(
        id=assessment.id,
        title=task.title,
        statement=task.statement,
        filename=assessment.submission.filename,
        learner=assessment.submission.learner_id,
        verdict=execution.verdict,
        passed=sum(outcome.status == "passed" for outcome in execution.outcomes),
        total=len(execution.outcomes),
        hidden=sum(test.hidden for test in task.tests),
        error_category=_category(diagnosis.error_category),
        load_error=execution.load_error,
        tier=execution.tier,
        seconds=execution.seconds,
        tests=tuple(_test(assessment, outcome, full) for outcome in execution.outcomes),
        program=_program(assessment, redact),
        parts=parts,
        author=assessment.feedback.author,
        evidence=tuple(
            told(item.model_copy(update={"summary": redact(item.summary)}))
            for item in sorted(evidence, key=lambda item: item.id not in cited)
        ),
        cited=cited,
        withheld_evidence=len(diagnosis.evidence) - len(evidence),
        misconceptions=matches,
        repair=_repair(assessment) if full or task.reveal_solution else None,
        confidence=assessment.confidence.model_copy(update={"reasons": reasons}),
        delivery=_delivery(assessment, reasons),
        revisions=assessment.revisions,
        degradations=degraded,
        changes=assessment.changes,
        rubric=None if assessment.rubric is None else _told_rubric(assessment.rubric),
        stages=_stages(assessment),
        model=assessment.model,
        usage=sum(assessment.usage.values(), Usage()),
        prompts=tuple(sorted(assessment.prompts.items())),
        full=full,
        history=tuple(event for event in history if event.learner_id == assessment.submission.learner_id),
        parameters=parameters,
    )


def _category(name: str | None) -> str | None:
    """What a kind of error is called; exceptions by their own names."""
    return None if name is None else named_or(f"category.{name}", name)


def _told_rubric(rubric: Composite) -> Composite:
    """The rubric with its reasons in the language spoken."""
    told_measures = tuple(item.model_copy(update={"why": told_measure(item.why)}) for item in rubric.measures)
    return rubric.model_copy(update={"measures": told_measures})


def mark_of(statement: Statement) -> Mark:
    """What became of a statement: refuted by any check, supported only when every claim was."""
    if statement.refuted:
        return "refuted"
    if any(_said_whole(check, statement) for check in statement.checks):
        return "supported"
    if statement.unchecked or len(statement.checks) < len(statement.claims):
        return "unchecked"
    return "supported" if statement.checks else "none"


def _said_whole(check: Check, statement: Statement) -> bool:
    """Whether evidence says the whole sentence word for word, so that its claims need no checks of their own."""
    return (
        check.verdict == "supported"
        and check.method == "evidence"
        and check.detail.startswith("said by ")
        and isinstance(check.claim, ProseClaim)
        and check.claim.text == statement.text
    )


def part_title(key: str, verdict: Verdict) -> str:
    """What a learner reads above a part of the feedback."""
    shown = key == "error_identification" and verdict == "correct"
    return words("part.tests_show" if shown else f"part.{key}")


def _test(assessment: Assessment, outcome: Outcome, full: bool) -> TestRow:
    try:
        case: TestCase | None = assessment.task.test(outcome.test)
    except KeyError:
        case = None
    hidden = case.hidden if case else False
    if hidden and not full:
        return TestRow(outcome.test, None, None, outcome.status, None, None, "", "", outcome.seconds, True)
    raised = outcome.exception
    actual = outcome.actual
    if raised is not None:
        where = words("at_line", line=raised.line) if raised.line else ""
        actual = f"{raised.type}: {raised.message}".rstrip(": ") + where
    return TestRow(
        id=outcome.test,
        name=case.name if case else None,
        label=case.model_copy(update={"name": None}).label if case else outcome.test,
        status=outcome.status,
        expected=outcome.expected if outcome.expected is not None else _expected(case),
        actual=actual,
        detail=told_outcome(outcome.detail),
        printed=outcome.stdout if outcome.stdout != outcome.actual else "",
        seconds=outcome.seconds,
        hidden=hidden,
    )


def _expected(case: TestCase | None) -> str | None:
    if case is None:
        return None
    return case.expect or case.stdout or case.raises


def _program(assessment: Assessment, redact: Redaction) -> tuple[ProgramLine, ...]:
    suspicion: dict[int, float] = {}
    notes: dict[int, list[str]] = {}
    for item in assessment.diagnosis.suspicious_lines[:SUSPECTS]:
        suspicion[item.line] = max(item.score, suspicion.get(item.line, 0.0))
        notes.setdefault(item.line, []).append(told_why(redact(item.why)))
    for raised in _exceptions(assessment, redact):
        if raised[0] not in notes or raised[1] not in notes[raised[0]]:
            notes.setdefault(raised[0], []).append(raised[1])
    return tuple(
        ProgramLine(number, tuple(line), suspicion.get(number), tuple(notes.get(number, ())))
        for number, line in enumerate(tokens(assessment.submission.code), start=1)
    )


def _exceptions(assessment: Assessment, redact: Redaction) -> list[tuple[int, str]]:
    """Line and wording of the exceptions that may be told, each once."""
    facts = [assessment.execution.load_error] + [
        outcome.exception for outcome in assessment.execution.outcomes if outcome.test not in redact.hidden
    ]
    return list(dict.fromkeys((fact.line, words("raises", error=fact.type)) for fact in facts if fact and fact.line))


def _parts(assessment: Assessment, redact: Redaction, *, full: bool) -> tuple[Part, ...]:
    verdict, feedback = assessment.execution.verdict, assessment.feedback
    parts = [
        Part(
            key,
            part_title(key, verdict),
            tuple(_sentence(statement, redact) for statement in statements),
            words("remark.completed") if key in feedback.completed else "",
        )
        for key, statements in feedback.parts()
        if statements
    ]
    if full and feedback.withheld:
        sentences = tuple(_sentence(statement, redact) for statement in feedback.withheld)
        parts.append(Part("withheld", words("part.withheld"), sentences, words("remark.withheld")))
    return tuple(parts)


def _sentence(statement: Statement, redact: Redaction) -> Sentence:
    text = statement.text
    for opening in (UNCHECKED, phrase("labels.unchecked")):
        text = text.removeprefix(opening)
    return Sentence(
        text=redact(text),
        mark="unchecked" if text != statement.text else mark_of(statement),
        cites=statement.evidence,
        findings=tuple(
            Finding(check.verdict, check.method, told_check(redact.check(check))) for check in statement.checks
        ),
    )


def _cited(assessment: Assessment, parts: tuple[Part, ...]) -> frozenset[str]:
    said = (cite for part in parts for sentence in part.sentences for cite in sentence.cites)
    return frozenset((*said, *(cite for match in assessment.diagnosis.misconceptions for cite in match.evidence)))


def _repair(assessment: Assessment) -> RepairView | None:
    repair = assessment.diagnosis.repair
    if repair is None:
        return None
    changes = unified_diff(
        lines_of(assessment.submission.code),
        lines_of(repair.code),
        fromfile=assessment.submission.filename,
        tofile=words("repaired"),
        lineterm="",
        n=1,
    )
    return RepairView(words("repair", change=told_change(repair.change)), tuple(changes)[2:])


def _delivery(assessment: Assessment, reasons: tuple[str, ...]) -> Delivery:
    reviewer = assessment.reviewed_by
    if assessment.delivered:
        how = words("delivery.released", reviewer=reviewer) if reviewer else words("delivery.without")
        return Delivery("delivered", words("delivery.delivered", how=how), reasons)
    if assessment.waiting:
        return Delivery("held", words("delivery.held"), reasons)
    return Delivery("rejected", words("delivery.rejected", reviewer=reviewer or words("delivery.person")), reasons)


def _stages(assessment: Assessment) -> tuple[tuple[NodeTime, ...], ...]:
    seconds = assessment.seconds
    degraded = {item.node for item in assessment.degradations}
    known = {name for stage in STAGES for name in stage} | {"queue"}  # waiting for its turn is no work
    stages = STAGES + tuple((name,) for name in seconds if name not in known)
    found = (
        tuple(NodeTime(name, seconds[name], name in degraded) for name in stage if name in seconds) for stage in stages
    )
    return tuple(stage for stage in found if stage)
