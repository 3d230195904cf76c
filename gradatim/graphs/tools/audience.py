"""Who reads what the tools answer: what a learner may not see never reaches a model that talks to learners."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from gradatim.domain import Assessment, Check, Diagnosis, Evidence, Execution, Outcome, Statement, Task, TestCase
from gradatim.languages import rendered
from gradatim.tools.redaction import Redaction

Audience = Literal["learner", "staff"]
"""`learner`: no hidden tests, no reference, no change that repairs the program unless the task reveals solutions."""

_LONGEST = 400
"""Characters of a value or of what a program printed that an answer quotes."""
_EVIDENCE = 12
"""Pieces of evidence that an answer holds at most."""

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """What one audience may read about one task and its programs.

    Attributes:
        task: The task.
        staff: Whether everything may be read.
        redaction: Takes what repeats a hidden test out of texts.
    """

    task: Task
    staff: bool
    redaction: Redaction

    @classmethod
    def of(cls, task: Task, audience: Audience) -> View:
        """The view that an audience has of a task."""
        return cls(task, audience == "staff", Redaction(task, full=audience == "staff"))

    @property
    def solutions(self) -> bool:
        """Whether corrected code may be read."""
        return self.staff or self.task.reveal_solution

    def exercise(self) -> Plain:
        """The task itself."""
        task = self.task
        hidden = sum(case.hidden for case in task.tests)
        return _dense(
            {
                "id": task.id,
                "title": task.title,
                "statement": task.statement.strip(),
                "kind": task.kind,
                "entry_point": task.entry_point,
                "setup": task.setup,
                "concepts": list(task.concepts),
                "tests": [self._test(case) for case in task.tests if self.staff or not case.hidden],
                "hidden_tests": hidden,
                "reference": task.reference if self.solutions else None,
            }
        )

    def execution(self, execution: Execution) -> Plain:
        """Verdict and outcomes; of hidden tests only how many there are and how many passed."""
        hidden = [item for item in execution.outcomes if item.test in self.redaction.hidden]
        shown = [item for item in execution.outcomes if item.test not in self.redaction.hidden]
        answer: Plain = {
            "verdict": execution.verdict,
            "passed": sum(item.status == "passed" for item in execution.outcomes),
            "total": len(execution.outcomes),
            "tests": [self._outcome(item) for item in shown],
        }
        if hidden:
            answer["hidden_tests"] = {
                "passed": sum(item.status == "passed" for item in hidden),
                "total": len(hidden),
            }
        if execution.load_error is not None:
            fact = execution.load_error
            answer["load_error"] = _dense({"type": fact.type, "message": fact.message, "line": fact.line})
        return answer

    def diagnosis(self, diagnosis: Diagnosis) -> Plain:
        """What is wrong, as far as it can be shown; where a repair lies, and the change itself only for staff."""
        repairs = [
            _dense(
                {
                    "place": self._text(repair.place),
                    "lines": list(repair.lines),
                    "generalises": repair.generalises,
                    "change": repair.change if self.solutions else None,
                    "code": repair.code if self.staff else None,
                }
            )
            for repair in diagnosis.repairs[: None if self.staff else 1]
        ]
        return _dense(
            {
                "verdict": diagnosis.verdict,
                "error_category": diagnosis.error_category,
                "suspicious_lines": [
                    {"line": item.line, "score": round(item.score, 3), "why": self._text(item.why)}
                    for item in diagnosis.suspicious_lines
                ],
                "misconceptions": [
                    {
                        "id": item.id,
                        "confidence": round(item.confidence, 3),
                        "lines": list(item.lines),
                        "why": self._text(item.why),
                    }
                    for item in diagnosis.misconceptions
                ],
                "repairs": repairs,
                "evidence": self.evidence(diagnosis.evidence),
            }
        )

    def evidence(self, found: Iterable[Evidence]) -> list[Plain]:
        """Evidence that may be seen, each with its id to cite."""
        seen = list(self.redaction.evidence(found))[:_EVIDENCE]
        return [
            _dense({"id": item.id, "summary": self._text(item.summary), "lines": list(item.lines)}) for item in seen
        ]

    def assessment(self, assessment: Assessment) -> Plain:
        """Feedback that was delivered, or that a person has to see it first."""
        answer: Plain = {
            "id": assessment.id,
            "verdict": assessment.execution.verdict,
            "delivered": assessment.delivered,
            "waits_for_a_person": assessment.waiting,
            "confidence": round(assessment.confidence.value, 3),
            "tests": self.execution(assessment.execution),
            "degradations": [f"{item.node}: {item.fallback}" for item in assessment.degradations],
        }
        if self.staff:
            answer["reasons"] = list(assessment.confidence.reasons)
            answer["author"] = assessment.feedback.author
        if assessment.delivered or self.staff:
            answer["feedback"] = {
                part: [self._statement(item) for item in statements]
                for part, statements in assessment.feedback.parts()
                if statements
            }
        return _dense(answer)

    def check(self, check: Check) -> Plain:
        """What became of a claim."""
        return {
            "claim": check.claim.kind,
            "verdict": check.verdict,
            "method": check.method,
            "detail": rendered(self.redaction.check(check))[:_LONGEST],
        }

    def _statement(self, statement: Statement) -> Plain:
        return _dense({"text": self._text(statement.text), "evidence": list(self._ids(statement.evidence))})

    def _ids(self, ids: Iterable[str]) -> Iterator[str]:
        return (name for name in ids if name.partition(":")[2] not in self.redaction.hidden)

    def _test(self, case: TestCase) -> Plain:
        return _dense(
            {
                "id": case.id,
                "name": case.name,
                "call": case.call,
                "check": case.check,
                "suite": case.suite,
                "input": case.stdin,
                "expected": case.expect if case.expect is not None else case.stdout,
                "raises": case.raises,
                "hidden": case.hidden or None,
            }
        )

    def _outcome(self, outcome: Outcome) -> Plain:
        failed = outcome.status != "passed"
        return _dense(
            {
                "test": outcome.test,
                "label": self._text(self.task.test(outcome.test).label),
                "status": outcome.status,
                "detail": self._text(outcome.detail) if failed else None,
                "printed": self._text(outcome.stdout) if failed else None,
            }
        )

    def _text(self, text: str) -> str:
        text = rendered(self.redaction(text))
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _dense(answer: Plain) -> Plain:
    """Without what says nothing: a model pays for every token."""
    return {key: value for key, value in answer.items() if value not in (None, "", [], {})}
