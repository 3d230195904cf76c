"""Verifier: executes or looks up every claim of a draft."""

from __future__ import annotations

from typing import Any

from gradatim import telemetry
from gradatim.agents.answer import to_feedback
from gradatim.agents.conversation import grounding_of
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
from gradatim.agents.unsaid import unsaid
from gradatim.domain import FEEDBACK_PARTS, Check, FaultKindClaim, Feedback, FeedbackPart, ProseClaim, Statement
from gradatim.serving.realiser import Grounding, available, realise
from gradatim.tools.claims import ClaimChecker, SentenceVerdict, false_acclaim, judge_sentences
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.grounding import word_for_word
from gradatim.tools.claims.leaks import find_leak

_TELLING: tuple[FeedbackPart, ...] = ("error_identification", "explanation", "corrective_suggestion")
"""Parts that speak of the fault, in reading order."""


class Verifier:
    """Turns what a feedback says into checks, and lets only what they bear out stand.

    Each claim is checked. A sentence that gives the solution away where the task forbids it is refuted; a citation
    of evidence that does not exist is dropped. A sentence of a model that nothing can decide is withheld, and a part
    that is left empty is completed by the grounded realiser. What the diagnosis is sure of and a model does not name
    is supplied from evidence.
    """

    name = "verify"

    def __init__(self, checker: ClaimChecker) -> None:
        self.checker = checker

    async def verify(self, case: Case, feedback: Feedback) -> Feedback:
        """The same feedback with a check for each claim.

        What a model or a person says in words of their own is also read for what it says of the fault: which line, what
        kind, what should be changed. A sentence that goes on from a refuted one is refuted with it.
        """
        checked: dict[FeedbackPart, tuple[Statement, ...]] = {
            part: tuple([await self._statement(case, statement) for statement in statements])
            for part, statements in feedback.parts()
        }
        if feedback.author != "realiser":
            await self._read(case, checked)
        return feedback.model_copy(update={**checked})

    async def _read(self, case: Case, checked: dict[FeedbackPart, tuple[Statement, ...]]) -> None:
        """Add what the words of a text come to, its sentences held against each other."""
        said = [statement for part in _TELLING for statement in checked.get(part, ())]
        texts = [statement.text for statement in said]
        verdicts = iter(await judge_sentences(texts, "explanation", case, self.checker))
        for part, statements in checked.items():
            checked[part] = tuple(
                _with(statement, next(verdicts) if part in _TELLING else None, case) for statement in statements
            )

    async def prune(self, case: Case, checked: Feedback, grounding: Grounding) -> Feedback:
        """The checked feedback without the sentences that nothing could decide, and with what evidence adds.

        Refuted sentences stay, for they go back to the model.

        Args:
            grounding: What the realiser may say instead, where a part would be empty.
        """
        kept = {
            part: tuple(item for item in statements if item.refuted or not item.unchecked)
            for part, statements in checked.parts()
        }
        withheld = tuple(item for item in checked.statements() if item.unchecked and not item.refuted)
        empty = tuple(part for part in FEEDBACK_PARTS if not kept[part])
        if empty:
            spoken = to_feedback(realise(grounding), "realiser", case.submission.code)
            spoken = await self.verify(case, spoken)
            kept |= {part: statements for part, statements in spoken.parts() if part in empty}
        whole = checked.model_copy(update={**kept, "completed": empty, "withheld": withheld})
        return await self._supplied(case, whole, grounding)

    async def _supplied(self, case: Case, told: Feedback, grounding: Grounding) -> Feedback:
        """The feedback with what evidence shows and it does not name."""
        answer = unsaid(told, case, grounding)
        if answer is None:
            return told
        said = {statement.text for statement in told.statements()}
        added = await self.verify(case, to_feedback(answer, "realiser", case.submission.code))
        parts = {
            part: tuple(
                statement.model_copy(update={"author": added.author})
                for statement in statements
                if statement.text not in said and not statement.refuted and not statement.unchecked
            )
            for part, statements in added.parts()
        }
        # where comes after what happened; why, before whatever else there is to say of it
        identified = (*told.error_identification, *parts["error_identification"])
        explained = (*parts["explanation"], *told.explanation)
        return told.model_copy(update={"error_identification": identified, "explanation": explained})

    async def _statement(self, case: Case, statement: Statement) -> Statement:
        known = tuple(item for item in statement.evidence if item in case.evidence)
        source = word_for_word(statement.text, case.evidence, known)
        if source is not None:
            claim = ProseClaim(text=statement.text)
            check = Check(claim=claim, verdict="supported", method="evidence", detail=f"said by {source}")
            cited = tuple(dict.fromkeys((*known, source)))
            return statement.model_copy(update={"evidence": cited, "checks": (check,)})
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
        draft = draft_of(state)
        checked = await self.verify(case, draft)
        if draft.author.startswith("model:"):
            checked = await self.prune(case, checked, grounding_of(case, available(grounds_of(state))))
        _evaluate(checked)
        return {"checked": checked.plain()}


def _evaluate(checked: Feedback) -> None:
    """Report how much of what the feedback says was borne out."""
    checks = [check for statement in checked.statements() for check in statement.checks]
    if not checks:
        return
    verdicts = [check.verdict for check in checks]
    telemetry.evaluated(
        "claim_support",
        verdicts.count("supported") / len(verdicts),
        "refuted" if checked.refuted else "unchecked" if "unchecked" in verdicts else "supported",
        "; ".join(check.detail for check in checks if check.verdict != "supported") or None,
    )


def _with(statement: Statement, verdict: SentenceVerdict | None, case: Case) -> Statement:
    """The statement with what its words came to, unless its claims are decided already."""
    borne_out = bool(statement.checks) and not statement.unchecked and not statement.refuted
    acclaim = None if borne_out else false_acclaim(statement.text, case)
    if acclaim is not None:
        return statement.model_copy(update={"checks": (*statement.checks, acclaim)})
    open_ = statement.unchecked or not statement.checks
    if verdict is None or statement.refuted or not open_:
        return statement
    settled = tuple(check for check in statement.checks if check.verdict == "supported")
    told = tuple(check for check in verdict.checks if check.verdict == verdict.verdict and check not in settled)
    if verdict.verdict == "refuted":
        return statement.model_copy(update={"checks": (*statement.checks, *told[:1])})
    # what kind of fault words name is read too loosely to deliver a sentence on
    if verdict.verdict == "supported" and told and not any(isinstance(c.claim, FaultKindClaim) for c in told):
        return statement.model_copy(update={"checks": (*settled, *told)})
    if statement.checks or statement.text.rstrip().endswith(("?", "？")):
        return statement
    nothing = Check(
        claim=ProseClaim(text=statement.text), verdict="unchecked", method="none", detail="nothing bears this out"
    )
    return statement.model_copy(update={"checks": (nothing,)})
