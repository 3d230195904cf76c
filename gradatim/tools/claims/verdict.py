"""One verdict on one sentence, from everything in it that can be decided."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from gradatim.domain import (
    ChangeFixesClaim,
    Check,
    CheckVerdict,
    Edit,
    FaultKindClaim,
    FeedbackPart,
    LineQuoteClaim,
    ProseClaim,
    Repair,
)
from gradatim.languages.meaning import Meaning, meaning_of
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.checker import ClaimChecker
from gradatim.tools.claims.consistency import reconciled
from gradatim.tools.claims.coverage import FEW, covered
from gradatim.tools.claims.decision import SentenceVerdict
from gradatim.tools.claims.extraction import LONGEST, claims_of
from gradatim.tools.claims.extraction.reading import Reading
from gradatim.tools.claims.faults import SMALL, fault_kinds, fault_lines, telling
from gradatim.tools.claims.kinds import kinds_of_repair, size_of
from gradatim.tools.claims.prose import Assertion, assertions_of
from gradatim.tools.claims.running import helps, together
from gradatim.tools.claims.sentences import sentences

__all__ = ["SentenceVerdict", "judge_sentence", "judge_sentences", "judge_text"]
_ADDS_CHECK = re.compile(r"\b(?:should|need to|needs to|must|to fix)\b[^.;]{0,40}?\bcheck", re.IGNORECASE)
_TOGETHER = 5
"""Changes of one text that are tried together."""
_EVERYWHERE = frozenset({"proposed", "missing-statement", "name", "call", "constant", "argument", "assignment"})
"""Kinds that most changes of a program are of."""
_KEYWORD = re.compile(
    r"`(return|print|for|while|if|else|elif|range|append|extend|remove|input|break|continue|import|or|and"
    r"|not)(?:\(\))?`"
)


async def judge_sentence(
    sentence: str,
    part: FeedbackPart,
    case: Case,
    checker: ClaimChecker,
    cited: tuple[str, ...] = (),
    before: str = "",
) -> SentenceVerdict:
    """Decide a sentence: refuted by any false claim, supported where all that it asserts was shown.

    Args:
        sentence: As `sentences` gives it.
        cited: Evidence that prose is compared with; all visible evidence where it is empty.
        before: The sentence before it, which "it" and "this" point back to.

    Raises:
        SandboxError: A program has to be run and cannot be.
    """
    if not sentence.strip():
        return SentenceVerdict("none", (), "it says nothing")
    meaning = meaning_of(sentence)
    if meaning is not None:
        return await _of_meaning(meaning, part, case, checker, cited, before)
    claims = claims_of(sentence, part, case.submission.code)
    checks = [
        await _checked(claim, case, checker, cited)
        if isinstance(claim, ProseClaim)
        else await checker.check(claim, case)
        for claim in claims
    ]
    plain = [check for check in checks if not isinstance(check.claim, ProseClaim)]
    prose = [check for check in checks if isinstance(check.claim, ProseClaim)]
    refuted = next((check for check in plain if check.verdict == "refuted"), None)
    if refuted is not None:
        return SentenceVerdict("refuted", tuple(checks), refuted.detail)
    if all(check.verdict == "supported" for check in checks) and not all(map(_only_there, checks)):
        return SentenceVerdict("supported", tuple(checks), checks[0].detail)
    if len(sentence) > LONGEST:
        return SentenceVerdict("unchecked", tuple(checks), "it is too long to be read")
    reading = prepared(sentence, case)
    earlier = prepared(before, case) if before else None
    found = assertions_of(reading, case, whole=sentence.count("```") % 2 == 0, before=earlier)
    decided = [(item, await _decide(item, sentence, case, checker)) for item in found]
    everything = (*plain, *(check for _, check in decided), *prose)
    tried = any(check.verdict == "supported" and isinstance(check.claim, ChangeFixesClaim) for _, check in decided)
    wrong = next(
        (check for _, check in decided if check.verdict == "refuted" and not (tried and vague_kind(check))), None
    )
    if wrong is not None:
        return SentenceVerdict("refuted", everything, wrong.detail)
    if not claims and not found:
        return SentenceVerdict("none", (), "it states nothing that could be false")
    shown = [item for item, check in decided if check.verdict == "supported"]
    # what a change that was tried leaves open of the same words does not count
    spans = [(item.start, item.end) for item in shown]
    open_ones = [
        check
        for item, check in decided
        if check.verdict == "unchecked" and not any(start < item.end and item.start < end for start, end in spans)
    ]
    held = [check for _, check in decided if check.verdict == "supported"]
    if not all(item.aside for item in shown) and not open_ones and covered(reading, shown, held):
        check = held[0]
        return SentenceVerdict("supported", everything, check.detail)
    why = next((check.detail for check in (*open_ones, *prose)), "no test, rule or evidence decides all of it")
    return SentenceVerdict("unchecked", everything, why)


async def judge_text(
    text: str, part: FeedbackPart, case: Case, checker: ClaimChecker, cited: tuple[str, ...] = ()
) -> tuple[tuple[str, SentenceVerdict], ...]:
    """Decide the sentences of a text one after the other, each with what was said before it.

    Raises:
        SandboxError: A program has to be run and cannot be.
    """
    parts = tuple(sentences(text))
    return tuple(zip(parts, await judge_sentences(parts, part, case, checker, cited), strict=True))


async def judge_sentences(
    parts: Sequence[str], part: FeedbackPart, case: Case, checker: ClaimChecker, cited: tuple[str, ...] = ()
) -> tuple[SentenceVerdict, ...]:
    """Decide the sentences of one text, given in their order, and hold each against the others.

    Raises:
        SandboxError: A program has to be run and cannot be.
    """
    alone = [
        await judge_sentence(sentence, part, case, checker, cited, before)
        for before, sentence in zip(("", *parts), parts, strict=False)
    ]
    joined = await _joined(alone, case, checker)
    return reconciled([in_english(part) for part in parts], joined, case)


def in_english(sentence: str) -> str:
    """A sentence of another language in English, where all of it could be read."""
    meaning = meaning_of(sentence)
    return (meaning.whole if meaning is not None else None) or sentence


async def _of_meaning(
    meaning: Meaning, part: FeedbackPart, case: Case, checker: ClaimChecker, cited: tuple[str, ...], before: str
) -> SentenceVerdict:
    """The verdict on a sentence of another language, from those on what its clauses mean.

    Any false clause refutes it; it is supported where every clause that states something is, and none was left unread.
    """
    found: list[SentenceVerdict] = []
    earlier = in_english(before)
    for english in meaning.english:
        found.append(await judge_sentence(english, part, case, checker, cited, earlier))
        earlier = english
    for clause in meaning.unread:
        check = await _checked(ProseClaim(text=clause), case, checker, cited)
        found.append(SentenceVerdict(check.verdict, (check,), check.detail))
    checks = tuple(check for verdict in found for check in verdict.checks)
    for wanted in ("refuted", "unchecked", "supported"):
        first = next((verdict for verdict in found if verdict.verdict == wanted), None)
        if first is not None:
            return SentenceVerdict(first.verdict, checks, first.reason)
    return SentenceVerdict("none", checks, "it states nothing that could be false")


async def _joined(alone: Sequence[SentenceVerdict], case: Case, checker: ClaimChecker) -> list[SentenceVerdict]:
    """The verdicts, after changes of several sentences that do not help alone were made together."""
    found = list(alone)
    open_ones = [
        (index, claim)
        for index, verdict in enumerate(alone)
        for claim in [check.claim for check in verdict.checks if check.verdict != "supported"][:FEW]
        if isinstance(claim, ChangeFixesClaim) and verdict.verdict != "supported"
    ][:_TOGETHER]
    for size in (2, 3):
        for chosen in itertools.combinations(open_ones, size):
            if len({index for index, _ in chosen}) < 2:
                continue
            execution = await together([claim for _, claim in chosen], case, checker.sandbox)
            if execution is not None and execution.passed:
                detail = f"with these changes together all {len(execution.outcomes)} tests pass"
                for index, claim in chosen:
                    check = Check(claim=claim, verdict="supported", method="execution", detail=detail)
                    found[index] = SentenceVerdict("supported", (check,), detail)
                return found
    return found


def prepared(sentence: str, case: Case) -> Reading:
    """The sentence ready for reading; single keywords between backticks count as words."""
    return Reading.of(_KEYWORD.sub(r"\1", sentence), case.submission.code)


async def _checked(claim: ProseClaim, case: Case, checker: ClaimChecker, cited: tuple[str, ...]) -> Check:
    """Prose, compared with the cited evidence or else with each visible piece of it."""
    check = await checker.check(claim, case, cited)
    if check.verdict == "unchecked" and not cited:
        for item in case.evidence.values():
            if item.visible:
                again = await checker.check(claim, case, (item.id,))
                if again.verdict == "supported":
                    return again
    return check


async def _decide(item: Assertion, sentence: str, case: Case, checker: ClaimChecker) -> Check:
    """One check for an assertion: the first reading that holds, else what its readings come to."""
    if item.absurd:
        return Check(claim=ProseClaim(text=sentence), verdict="refuted", method="consistency", detail=item.absurd)
    if item.shown:
        return Check(claim=ProseClaim(text=sentence), verdict="supported", method="source", detail=item.shown)
    if item.probe is not None:
        return await item.probe(case, checker.sandbox)
    if not item.claims:
        return Check(
            claim=ProseClaim(text=sentence), verdict="unchecked", method="none", detail="it was not understood"
        )
    checks: list[Check] = []
    for claim in item.claims:
        check = await checker.check(claim, case)
        if check.verdict == "supported":
            return check
        checks.append(check)
    false = all(check.verdict == "refuted" for check in checks) and not item.loose
    if all(isinstance(claim, FaultKindClaim) for claim in item.claims) and _ADDS_CHECK.search(sentence):
        false = False  # there is more than one place and way to catch a case
    verdict: CheckVerdict = "refuted" if false else "unchecked"
    first = next((check for check in checks if check.verdict == verdict), checks[0])
    if verdict == "refuted" and any(isinstance(claim, ChangeFixesClaim) for claim in item.claims):
        return await _change(item, first, case, checker)
    return first.model_copy(update={"verdict": verdict, "method": first.method if verdict == "refuted" else "none"})


async def _change(item: Assertion, check: Check, case: Case, checker: ClaimChecker) -> Check:
    """A change that does not help is wrong, unless it may be a part of the right one or was not understood well.

    Exact words leave no other reading. Of others, a change in another place, or of another kind, than those which help
    is no part of them.
    """
    changes = [claim for claim in item.claims if isinstance(claim, ChangeFixesClaim)]
    whole = any(len(repair.edits) == 1 and size_of(repair) <= SMALL for repair in telling(case))
    near = [
        claim
        for claim in changes
        if fault_lines(case).intersection(range(claim.line, (claim.last_line or claim.line) + 1))
    ]
    if item.sure and (whole or not near):
        return check
    if telling(case) and not (near and any(_same_kind(claim, case) for claim in near)):
        return check
    effects = [await helps(claim, case, checker.sandbox) for claim in changes]
    if effects and all(gained == 0 and lost > 0 for gained, lost in effects):
        return check  # tests that passed fail with it, and no other one passes
    return check.model_copy(update={"verdict": "unchecked", "method": "none"})


def _same_kind(claim: ChangeFixesClaim, case: Case) -> bool:
    """Whether a change does to the program something that a change which helps does as well."""
    code, last = case.submission.code, claim.last_line or claim.line
    lines = code.splitlines()
    new = "\n".join([*lines[: claim.line - 1], *claim.replacement.splitlines(), *lines[last:]]) + "\n"
    edit = Edit(line=claim.line, last_line=last, replacement=claim.replacement, operator="proposed")
    proposal = Repair(code=new, edits=(edit,), place="", change="", origin="search", weight=0.0)
    return bool((kinds_of_repair(code, proposal) - _EVERYWHERE) & fault_kinds(case))


def vague_kind(check: Check) -> bool:
    return isinstance(check.claim, FaultKindClaim)


def _only_there(check: Check) -> bool:
    """Whether all that was shown is that a line or a piece of code is there."""
    return isinstance(check.claim, LineQuoteClaim)
