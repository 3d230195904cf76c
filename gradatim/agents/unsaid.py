"""What evidence shows and a text leaves unsaid: the line to look at, and the misconception behind the fault.

An author has to be right in what they say; that they say what matters is another thing. A small model often tells facts
that are true and beside the point. What the diagnosis is sure enough of for evidence to tell by itself then stands
before what the author says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gradatim.domain import FaultLineClaim, Feedback, LineQuoteClaim, MisconceptionMatch, Statement
from gradatim.serving.realiser import FeedbackAnswer, Grounding, Part, naming, pointing
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.grounding import spoken, word_for_word

LEAD = 0.1
"""By how much the most suspicious line has to be ahead of the next one: two that are nearly alike point to neither."""
_NOTHING = Part(text="")


def unsaid(feedback: Feedback, case: Case, grounding: Grounding) -> FeedbackAnswer | None:
    """What evidence has to add to a checked feedback; `None` where it names all that there is to name."""
    if case.execution.passed:
        return None
    told = (*feedback.error_identification, *feedback.explanation)
    line, idea = pointing(grounding) if _stands_out(grounding) else None, naming(grounding)
    if line is not None and any(_lines(statement, case) == _claimed(line) for statement in told):
        line = None
    if idea is not None and any(_names(statement, case) for statement in told):
        idea = None
    if line is None and idea is None:
        return None
    return FeedbackAnswer(
        error_identification=line or _NOTHING,
        explanation=idea or _NOTHING,
        corrective_suggestion=_NOTHING,
        encouragement=_NOTHING,
    )


def _stands_out(grounding: Grounding) -> bool:
    first, second, *_ = (*(line.score for line in grounding.suspicious_lines), 0.0, 0.0)
    return first - second >= LEAD


def _claimed(part: Part) -> set[int | None]:
    return {claim.line for claim in part.claims if isinstance(claim, LineQuoteClaim)}


def _lines(statement: Statement, case: Case) -> set[int | None]:
    """Lines to which a statement points: those that it names of the evidence whose words it has, else of its claims."""
    source = word_for_word(statement.text, case.evidence, statement.evidence)
    if source is not None:
        about = case.evidence[source].lines
        return {*about} if all(re.search(rf"(?<!\d){line}(?!\d)", statement.text) for line in about) else set()
    claims = (*statement.claims, *(check.claim for check in statement.checks))
    return {claim.line for claim in claims if isinstance(claim, LineQuoteClaim | FaultLineClaim)}


def _names(statement: Statement, case: Case) -> bool:
    """Whether a statement tells of a misconception that the program shows, in its words or in those of its signs."""
    return any(statement.text in _words(match, case) for match in case.diagnosis.misconceptions)


def _words(match: MisconceptionMatch, case: Case) -> Iterable[str]:
    for name in (f"misconception:{match.id}", *match.evidence):
        if (item := case.evidence.get(name)) is not None and item.kind in ("misconception", "static", "syntax"):
            yield from spoken(item)
