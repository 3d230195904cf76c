"""The audit: what every variant wrote, judged afterwards by the same full checker with all evidence there is.

A variant without a verifier has no checks of its own, and one without evidence has nothing to be checked against; it
must not look good for that. So the sentences alone are taken, without claims or checks that the variant attached, and
are checked as a model's draft is: with the test results, the diagnosis with its repairs (searched for longer where the
first search found none), the concept graph, and the task's reference. Where the truth about the program is known, a
sentence that blames a line is also held against the known lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from gradatim.agents.deliverer import UNCHECKED
from gradatim.agents.retriever import Retriever
from gradatim.agents.verifier import Verifier
from gradatim.domain import FEEDBACK_PARTS, FaultLineClaim, Feedback, FeedbackPart, Statement, Submission, Task
from gradatim.evals.experiments.names import Named, Naming, fault_lines
from gradatim.evals.experiments.parts import full_verifier
from gradatim.evals.experiments.sharing import Workbench
from gradatim.graphs.services import Services
from gradatim.languages import say
from gradatim.tools.claims import claims_of, find_leak
from gradatim.tools.claims.case import Case

LONGER = 2.0
"""The search for a repair is given so many times the time where the first found none."""
Verdict = Literal["supported", "refuted", "unchecked", "none"]
Plain = dict[str, Any]


class Auditor:
    """Judges texts of all variants alike.

    Args:
        services: With everything: nothing is taken away from the auditor.
        bench: Runs and diagnoses each program once.
        naming: Reads what texts blame.
    """

    def __init__(self, services: Services, bench: Workbench, naming: Naming) -> None:
        self._services = services
        self._bench = bench
        self._naming = naming
        self._verifier: Verifier = full_verifier(services)
        self._retriever = Retriever(services.concepts, services.passages, services.related)

    async def case(self, task: Task, submission: Submission) -> Case:
        """A program with all evidence.

        Raises:
            SandboxError: Programs cannot be run.
        """
        seconds = self._services.settings.repair_seconds
        found = await self._bench.observed(task, submission, seconds)
        if seconds and not found.execution.passed and not found.diagnosis.repairs:
            found = await self._bench.observed(task, submission, LONGER * seconds)
        grounds = await self._retriever.ground(task, found.diagnosis)
        return Case.of(task, submission, found.execution, found.diagnosis, grounds)

    async def audited(self, case: Case, feedback: Feedback, reference: Mapping[str, Any]) -> tuple[list[Plain], Named]:
        """Each sentence that would reach a learner with what it came to, and what the text blames.

        Args:
            case: As `case` gives it.
            feedback: Of any variant.
            reference: What is known of the truth: `lines`, if there are some.

        Raises:
            SandboxError: Programs cannot be run.
        """
        program = case.submission.code
        bare = Feedback.model_validate(
            {
                **{part: [_bare(item.text, part, program) for item in items] for part, items in feedback.parts()},
                "author": "model:audited",
            }
        )
        # what gives the solution away is not false for that: it is told apart
        open_case = replace(case, task=case.task.model_copy(update={"reveal_solution": True}))
        checked = await self._verifier.verify(open_case, bare)
        lines = [line for line in reference.get("lines") or () if isinstance(line, int)]
        told: list[Plain] = []
        for part, statements in checked.parts():
            for statement in statements:
                verdict, why = _verdict(statement)
                blamed = set(fault_lines(statement.text, case))
                if lines and blamed:
                    only = all(isinstance(check.claim, FaultLineClaim) for check in statement.unchecked)
                    verdict, why = _held_against(blamed, set(lines), verdict, why, nothing_else=only)
                told.append(
                    {
                        "part": part,
                        "text": statement.text,
                        "verdict": verdict,
                        "why": why,
                        "leaks": find_leak(statement.text, case) is not None,
                        "checks": [check.plain() for check in statement.checks],
                    }
                )
        said = [(item["part"], item["text"]) for item in told if item["part"] != FEEDBACK_PARTS[-1]]
        return told, self._naming.read(said, case)


def counts(told: Sequence[Plain]) -> dict[str, int]:
    """How many sentences came to what."""
    verdicts: tuple[Verdict, ...] = ("supported", "refuted", "unchecked", "none")
    return {verdict: sum(item["verdict"] == verdict for item in told) for verdict in verdicts}


def _unmarked(text: str) -> str:
    """A sentence without the mark that tells a learner that nobody could check it: the audit may be able to."""
    for mark in (UNCHECKED, say("labels.unchecked")):
        text = text.removeprefix(mark)
    return text


def _bare(text: str, part: FeedbackPart, program: str) -> Plain:
    text = _unmarked(text)
    return Statement(text=text, claims=claims_of(text, part, program)).plain()


def _verdict(statement: Statement) -> tuple[Verdict, str]:
    """What a sentence came to: refuted by any false claim, supported where nothing in it is open."""
    refuted = next((check for check in statement.checks if check.verdict == "refuted"), None)
    if refuted is not None:
        return "refuted", refuted.detail
    if statement.unchecked:
        return "unchecked", statement.unchecked[0].detail
    if statement.checks:
        return "supported", statement.checks[0].detail
    return "none", "it states nothing that could be false"


def _held_against(
    blamed: set[int], known: set[int], verdict: Verdict, why: str, *, nothing_else: bool
) -> tuple[Verdict, str]:
    """The verdict where the truth is known; a line that a verified change touches stays supported.

    Args:
        nothing_else: Whether the place is all that the checks left open.
    """
    if not blamed & known and verdict != "supported":
        return "refuted", f"the fault is known to lie in line {', '.join(map(str, sorted(known)))}"
    if blamed <= known and verdict == "unchecked" and nothing_else:
        return "supported", "the fault is known to lie there"
    return verdict, why


__all__ = ["Auditor", "Verdict", "counts"]
