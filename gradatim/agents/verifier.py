"""Verifier: executes or looks up every claim of a draft."""

from __future__ import annotations

from typing import Any

from gradatim.agents.state import (
    Plain,
    State,
    diagnosis_of,
    draft_of,
    execution_of,
    grounds_of,
    submission_of,
    task_of,
)
from gradatim.domain import Check, Feedback, ProseClaim, Statement
from gradatim.tools.claims import ClaimChecker
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.leaks import find_leak


class Verifier:
    """Turns what a feedback says into checks.

    Each claim is checked; a citation of evidence that does not exist, and a sentence that gives the solution away
    where the task forbids it, are refuted too.
    """

    name = "verify"

    def __init__(self, checker: ClaimChecker) -> None:
        self.checker = checker

    async def verify(self, case: Case, feedback: Feedback) -> Feedback:
        """The same feedback with a check for each claim."""
        checked = {
            part: tuple([await self._statement(case, statement) for statement in statements])
            for part, statements in feedback.parts()
        }
        return feedback.model_copy(update=checked)

    async def _statement(self, case: Case, statement: Statement) -> Statement:
        known = tuple(item for item in statement.evidence if item in case.evidence)
        checks: list[Check] = []
        for claim in statement.claims:
            check = await self.checker.check(claim, case, cited=known)
            if check.verdict == "unchecked" and isinstance(claim, ProseClaim):
                check, known = await self._uncited(claim, case, check, known)
            checks.append(check)
        leak = find_leak(statement.text, case)
        if leak is not None:
            checks.append(leak)
        return statement.model_copy(update={"evidence": known, "checks": tuple(checks)})

    async def _uncited(
        self, claim: ProseClaim, case: Case, check: Check, known: tuple[str, ...]
    ) -> tuple[Check, tuple[str, ...]]:
        """Another try with evidence that the statement could have cited; what bears it out is cited from then on."""
        for item in case.evidence.values():
            if item.visible and item.id not in known:
                again = await self.checker.check(claim, case, cited=(item.id,))
                if again.verdict == "supported":
                    return again, (*known, item.id)
        return check, known

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        case = Case.of(
            task_of(state), submission_of(state), execution_of(state), diagnosis_of(state), grounds_of(state)
        )
        checked = await self.verify(case, draft_of(state))
        return {"checked": checked.plain()}
