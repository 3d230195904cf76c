"""From a sentence of prose to claims that can be executed or looked up.

A language model writes sentences; what can be decided in them is taken out here by patterns, each of which reads
some ways of saying one kind of thing, and only where the sentence states it: not in a question, a piece of advice, a
condition or a negation. What a sentence says beyond that becomes a `ProseClaim`: it is compared with the cited
evidence, and if that does not bear it out it never reaches a learner as a fact.
"""

from __future__ import annotations

import re
from functools import lru_cache

from gradatim.domain import Claim, ExampleOutputClaim, FeedbackPart, LineQuoteClaim, ProseClaim
from gradatim.languages.meaning import meaning_of
from gradatim.tools.claims.extraction.changes import changes
from gradatim.tools.claims.extraction.clauses import Clause
from gradatim.tools.claims.extraction.counts import counts, outcomes
from gradatim.tools.claims.extraction.examples import examples
from gradatim.tools.claims.extraction.exceptions import exceptions
from gradatim.tools.claims.extraction.learning import learning, values
from gradatim.tools.claims.extraction.lines import lines
from gradatim.tools.claims.extraction.reading import Found, Reading
from gradatim.tools.claims.extraction.remainder import assertive, remains
from gradatim.tools.claims.extraction.results import results

__all__ = ["claims_of"]

LONGEST = 800
"""Characters of a sentence that are read; a longer one is prose as a whole."""


def claims_of(sentence: str, part: FeedbackPart, program: str) -> tuple[Claim, ...]:
    """What a sentence says that can be decided, and a `ProseClaim` for what it states beyond that.

    A sentence of another language is read as the English ones that its clauses mean; a clause that cannot be read is
    prose.

    Args:
        sentence: One sentence, as `sentences` gives it.
        part: The feedback part it stands in: advice and encouragement state facts less often.
        program: The student's program, to find what a proposed change replaces and which calls can be tried.

    Returns:
        No claim where the sentence states nothing: a question, advice, praise.
    """
    meaning = meaning_of(sentence)
    if meaning is None:
        return _claims_of(sentence, part, program)
    if meaning.unread and not meaning.english:
        return (ProseClaim(text=sentence),)
    read = [claim for english in meaning.english for claim in _claims_of(english, part, program)]
    if meaning.whole in meaning.english:  # what stays prose is kept as it was written
        prose = ProseClaim(text=str(meaning.whole))
        read = [ProseClaim(text=sentence) if claim == prose else claim for claim in read]
    return tuple(dict.fromkeys((*read, *(ProseClaim(text=clause) for clause in meaning.unread))))


@lru_cache(maxsize=256)
def _claims_of(sentence: str, part: FeedbackPart, program: str) -> tuple[Claim, ...]:
    """The claims of an English sentence."""
    if not sentence.strip():
        return ()
    if len(sentence) > LONGEST:
        return (ProseClaim(text=sentence),)
    reading = Reading.of(sentence, program)
    found = _decidable(reading)
    claims = list(dict.fromkeys(item.claim for item in found if item.claim is not None))
    stated = [clause for clause in reading.clauses if assertive(reading, clause, part)]
    if not claims:
        if len(stated) == len(reading.clauses):
            return (ProseClaim(text=sentence),)
        return tuple(ProseClaim(text=reading.restored(clause.start, clause.end)) for clause in stated)
    open_clauses = [clause for clause in stated if _uncovered(reading, clause, found)]
    if len(open_clauses) == len(reading.clauses):
        return (*claims, ProseClaim(text=sentence))
    prose = (ProseClaim(text=reading.restored(clause.start, clause.end)) for clause in open_clauses)
    return (*claims, *dict.fromkeys(item for item in prose if item.text))


def _decidable(reading: Reading) -> list[Found]:
    found = [
        *counts(reading),
        *outcomes(reading),
        *results(reading),
        *changes(reading),
        *exceptions(reading),
        *examples(reading),
        *learning(reading),
        *values(reading),
    ]
    # a line that a change or an exception names already says that it is there
    order = re.compile(r"O\([^)]*\)")  # how time grows is written like a call
    quotes = [
        item
        for item in lines(reading)
        if not (isinstance(item.claim, LineQuoteClaim) and order.fullmatch(item.claim.text))
    ]
    named = {getattr(item.claim, "line", None) for item in found}
    placed = {item.claim.text for item in quotes if isinstance(item.claim, LineQuoteClaim) and item.claim.line}
    for item in quotes:
        claim = item.claim
        repeats = isinstance(claim, LineQuoteClaim) and (
            (not claim.text and claim.line in named) or (claim.line is None and claim.text in placed)
        )
        found.append(Found(None, item.start, item.end) if repeats else item)
    return found


def _uncovered(reading: Reading, clause: Clause, found: list[Found]) -> bool:
    """Whether a clause says more than its claims; a reason that only quotes code still has to be shown to be one."""
    if remains(reading, clause, found):
        return True
    inside = [
        item.claim for item in found if item.start < clause.end and item.end > clause.start and item.claim is not None
    ]
    return clause.causal and all(isinstance(claim, LineQuoteClaim | ExampleOutputClaim) for claim in inside)
