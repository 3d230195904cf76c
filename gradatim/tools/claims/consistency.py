"""What the sentences of one text owe to each other: a diagnosis, what follows from it, and how to mend it.

A tutor's text names a fault, describes it, draws conclusions and says what to change. A sentence that builds on a
diagnosis which was shown to be false is false with it, unless it is shown to be right by itself; and a diagnosis whose
own change was run and leaves the tests failing has named the wrong fault.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from gradatim.domain import ChangeFixesClaim, Check, FaultKindClaim, FaultLineClaim, LineQuoteClaim, ProseClaim
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.decision import SentenceVerdict
from gradatim.tools.claims.extraction.reading import CODE, Reading
from gradatim.tools.claims.wording import wording_of

Role = Literal["heading", "general", "consequence", "advice", "description", "other"]
"""What a sentence does in a text.

`heading`: announces what comes. `general`: speaks of Python, or of what the task asks for. `consequence`: goes on from
the sentence before it. `advice`: says what to change. `description`: says what the present program is or does.
"""

_HEADING = re.compile(
    r"^(?:here(?:'s| is| are)\b|(?:the|a|your) (?:corrected|correct|fixed|updated|modified|right|following) (?:\w+"
    r" ){0,3}(?:is|should be|should look|looks|would be|will be)(?: like)?(?: this| as follows)?:|to (?:fix|correct"
    r"|solve|resolve|address) (?:this|these|the|it)\b[^`]{0,30}:)",
    re.IGNORECASE,
)
_GENERAL = re.compile(
    r"^in (?:python|programming|general)\b|^(?:python|generally|usually|remember|note that)\b"
    rf"|^(?:the |a |an )?(?:{CODE}|\w+) (?:operator|keyword|method|function) (?:in python )?(?:is used"
    r"|checks?|returns?|adds?|removes?|compares?|reads?|gives?|means)\b",
    re.IGNORECASE,
)
_CONSEQUENCE = re.compile(
    r"^(?:\d+[.)] )?(?:however,? |also,? |additionally,? )?(?:this (?:means|results|causes|ensures|will|is because|is"
    r" causing|leads|makes|modifies|line|happens|is the|is not|change|is due)\b|that(?:'s| is) (?:why|because)\b"
    r"|therefore\b|thus\b|hence\b|consequently\b|as a result\b|because of this\b|without this\b|in this case\b"
    r"|changing this\b|specifically\b|instead,|so,? |for example\b|the (?:reason|result) (?:is|for this)\b)",
    re.IGNORECASE,
)
_HOWEVER = re.compile(r"^(?:however|but|moreover|furthermore|additionally|also)\b,?", re.IGNORECASE)
_MENDS = re.compile(
    r"^(?:\d+[.)] |[-*] )?(?:to (?:fix|correct|solve|resolve|address)\b|(?:you|we) (?:should|need|must|can|have to)\b"
    r"|(?:add|use|change|replace|remove|define|move|put|initiali[sz]e|set|make|ensure|update|modify|convert"
    r"|check)\b)",
    re.IGNORECASE,
)
_ADVISES = re.compile(r"\b(?:should|must|needs? to|has to|have to|ought to|to fix|correct (?:line|approach|way|code"
                      r"|operation|change))\b", re.IGNORECASE)  # fmt: skip
_SUPPOSES = re.compile(r"^(?:if|when|for|suppose|in case)\b|\bwould\b", re.IGNORECASE)
_PRESENT = re.compile(
    r"\b(?:the|this|your|current|given) (?:\w+ ){0,2}?(?:program|code|function|implementation|loop|line|variable"
    r"|condition|statement|method|version|check|list|result|solution|call)\b|\bit\b|\bline \d",
    re.IGNORECASE,
)
_ACTS = re.compile(
    r"\b(?:is|are|was|were|does|do|has|have|will|can|cannot|only|never|always|not|\w+(?:s|ed|ing))\b|n't\b",
    re.IGNORECASE,
)


_ASKED = re.compile(
    r"\b(?:should|must|is|needs? to|has to) (?:\w+ )?(?:return|print|be|give|the|raise|greater)\b", re.I
)
_TASK_SHARE = 0.7
"""Share of the words of a requirement that the task's own statement has to have."""


_READS = re.compile(r"^(?:in |on )?line \d+\b", re.IGNORECASE)
_JUDGES = re.compile(
    r"\b(?:incorrect\w*|wrong\w*|not|because|error|problem|which|causes?|only|always|never)\b|n't\b", re.IGNORECASE
)
"""Words without which a sentence on a line only reads it out."""
_BY_USING = re.compile(rf"^(?:this|that|it) (?:can|could) be (?:done|achieved|fixed|solved) (?:by )?(?:using"
    rf"|with) (?:the )?"
                       rf"({CODE})(?: \w+)?\.?$", re.IGNORECASE)  # fmt: skip


_IT_SHOULD = re.compile(r"^(?:instead,? )?(?:it|this|they) (?:should|must|needs? to|has to)\b", re.IGNORECASE)
_PLACE = re.compile(r"^the (?:problem|error|issue|mistake|fault) (?:is|lies) (?:in|on|at) line \d+\.?$", re.IGNORECASE)


def role_of(sentence: str, case: Case) -> Role:
    """What a sentence does in its text."""
    reading = Reading.of(sentence, case.submission.code)
    text = reading.text
    if _HEADING.search(text) and not re.search(CODE, text):
        return "heading"
    if _GENERAL.search(text):
        return "general"
    if _restates(text, case):
        return "general"
    if _MENDS.search(text):
        return "advice"
    if _CONSEQUENCE.search(text):
        return "consequence"
    if _ADVISES.search(text):
        return "advice"
    if _SUPPOSES.search(_HOWEVER.sub("", text).strip()):
        return "other"
    if _READS.search(text) and not _JUDGES.search(text):
        return "other"
    program = "".join(case.submission.code.split())
    quoted = any("".join(code.split()) in program for code in reading.codes if code)
    if (quoted or _PRESENT.search(text)) and _ACTS.search(text):
        return "description"
    return "other"


def _restates(text: str, case: Case) -> bool:
    """Whether a sentence only says what the task asks for."""
    if (
        not _ASKED.search(text)
        or _CONSEQUENCE.search(text)
        or re.search(r"\binstead\b|\bto fix\b", text, re.IGNORECASE)
    ):
        return False
    said = wording_of(re.sub(CODE, " ", text)).words
    entry = (case.task.entry_point or "").replace("_", " ")
    known = wording_of(f"{case.task.title} {case.task.statement} {entry} input output function program").words
    return bool(said) and len(said & known) / len(said) >= _TASK_SHARE


def reconciled(
    sentences: Sequence[str], verdicts: Sequence[SentenceVerdict], case: Case
) -> tuple[SentenceVerdict, ...]:
    """The verdicts on a text's sentences after each was held against the others.

    Args:
        sentences: In their order.
        verdicts: What was found for each of them alone.
    """
    roles: list[Role] = [role_of(sentence, case) for sentence in sentences]
    found = list(verdicts)
    for index, role in enumerate(roles):
        if role == "heading" and found[index].verdict == "unchecked":
            found[index] = SentenceVerdict("none", found[index].checks, "it only announces what comes")
    _borne_out(sentences, found, case)
    _backward(sentences, roles, found)
    _forward(sentences, roles, found)
    return tuple(found)


def _borne_out(sentences: Sequence[str], found: list[SentenceVerdict], case: Case) -> None:
    """ "This can be done with X" is right behind a change that helps and uses X."""
    for index in range(1, len(sentences)):
        reading = Reading.of(sentences[index], case.submission.code)
        match = _BY_USING.search(reading.text)
        if match is None or found[index].verdict == "refuted":
            continue
        wanted = "".join(reading.code(match[1]).split())
        for check in found[index - 1].checks:
            claim = check.claim
            if not isinstance(claim, ChangeFixesClaim) or check.verdict != "supported":
                continue
            if wanted in "".join(claim.replacement.split()):
                detail = f"the change before it uses it: {check.detail}"
                found[index] = SentenceVerdict("supported", (*found[index].checks, check), detail)


def _forward(sentences: Sequence[str], roles: Sequence[Role], found: list[SentenceVerdict]) -> None:
    """What goes on from a false diagnosis is false with it."""
    anchor: SentenceVerdict | None = None
    for index, (sentence, role) in enumerate(zip(sentences, roles, strict=True)):
        verdict = found[index]
        mends = role != "advice" or bool(_MENDS.search(sentence) or _IT_SHOULD.search(sentence)) or _tried(verdict)
        if _PLACE.search(sentence):
            mends = False  # another place says nothing for the first one, nor against itself
        if anchor is not None and verdict.verdict in ("unchecked", "none") and mends and _depends(role, verdict):
            found[index] = _fallen(sentence, verdict, f"it goes on from what is false: {anchor.reason}")
        elif verdict.verdict == "refuted" and not _misquoted(verdict):
            anchor = verdict
        elif verdict.verdict == "supported" and role in ("description", "advice", "consequence", "other"):
            anchor = None


def _tried(verdict: SentenceVerdict) -> bool:
    return any(isinstance(check.claim, ChangeFixesClaim) for check in verdict.checks)


def _depends(role: Role, verdict: SentenceVerdict) -> bool:
    if role in ("heading", "general", "other"):
        return False
    return not any(check.verdict == "supported" and _weighty(check) for check in verdict.checks)


def _backward(sentences: Sequence[str], roles: Sequence[Role], found: list[SentenceVerdict]) -> None:
    """A diagnosis whose change was run and does not help has named the wrong fault."""
    for index in range(len(sentences) - 1, 0, -1):
        before = found[index - 1]
        if (
            found[index].verdict == "refuted"
            and roles[index] == "advice"
            and before.verdict == "unchecked"
            and roles[index - 1] in ("description", "consequence")
            and any(
                check.verdict == "refuted" and isinstance(check.claim, ChangeFixesClaim)
                for check in found[index].checks
            )
            and _depends(roles[index - 1], before)
        ):
            found[index - 1] = _fallen(
                sentences[index - 1], before, f"the change that it leads to does not help: {found[index].reason}"
            )


def _fallen(sentence: str, verdict: SentenceVerdict, detail: str) -> SentenceVerdict:
    check = Check(claim=ProseClaim(text=sentence), verdict="refuted", method="consistency", detail=detail)
    return SentenceVerdict("refuted", (*verdict.checks, check), detail)


def _misquoted(verdict: SentenceVerdict) -> bool:
    """Whether all that is wrong is where some code stands."""
    refuted = [check.claim for check in verdict.checks if check.verdict == "refuted"]
    return all(isinstance(claim, LineQuoteClaim) and claim.line is not None for claim in refuted)


def _weighty(check: Check) -> bool:
    """Whether what was shown is more than that some code is there."""
    claim = check.claim
    if isinstance(claim, LineQuoteClaim):
        return claim.line is not None and bool(claim.text)
    return not isinstance(claim, ProseClaim | FaultKindClaim | FaultLineClaim)
