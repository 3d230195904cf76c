"""What a sentence says beyond the claims that were taken out of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gradatim.domain import FeedbackPart
from gradatim.tools.claims.extraction.clauses import Clause
from gradatim.tools.claims.extraction.reading import CODE, Found, Reading
from gradatim.tools.claims.vocabulary import word_set

_FILLERS = word_set(
    """
    a an the this that these those it its you your we our i my they their there here is are was were be been
    being has have had do does did of to in on at by for from with as and or but so yet if then than also
    only just still now currently already actually really very too not program function code call calls
    called test tests line lines result results output value values answer expected actual instead rather
    when where which who what how why while whereas although though however because since therefore thus
    hence consequently means meaning shows show see notice note look observe remember think consider check
    compare run running submission student students task tasks case cases input example python get gets got
    one both each all every some of them let's please next first second another time times again correctly
    wrote write written use uses used using contain contains can could should would will may might must need
    needs needed give gives given return returns returned say says said s t re ve ll d m isn doesn don didn
    wasn aren won n okay ok yes well done great good nice job work evidence points namely i.e e.g so far
    """
)
"""Words that state nothing by themselves, next to a claim that was taken out."""
_WRONG = word_set("wrong wrongly incorrect incorrectly mistakenly failing fails failed passes passed")
"""Words that a pair of given and expected result, or a failed test, says already."""
_FIX = word_set("fix fixes fixed fixing solve correct change changing replace replacing")
_OPENING = re.compile(r"(?:the|your) (?:problem|issue|mistake|error|bug|reason)(?: here)? is that\b", re.IGNORECASE)
_NOTHING: frozenset[str] = frozenset()
_WORD = re.compile(r"[^\W\d_](?:[\w'-]*\w)?|\d+(?:\.\d+)?")
_TECHNICAL = re.compile(
    rf"{CODE}|\b(?:line|loops?|base case|recursi\w+|conditions?|ranges?|ind(?:ex|ices|exing)|variables?"
    rf"|parameters?|return(?:s|ed|ing)?|functions?|lists?|strings?|"
    r"dictionar\w+|counters?|accumulators?|sums?|total|tests?|iterat\w+|branch\w*|operators?|comparisons?"
    r"|edge cases?|edge|boundar\w+|cases?|indentation|syntax|"
    r"algorithm|logic|result|values?|elements?|numbers?|if|while)\b",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\b(?:you|your|it|the|this)\b.*\b(?:is|are|was|were|has|have|do|does|did|works?|handles?|handled|uses?"
    r"|used|understands?|understood|returns?|gets?|got|"
    r"passes|correctly|chose|wrote|defined|built|made|checks?|covers?|includes?|avoids?|set|solved"
    r"|implemented|called|know|\w+ed)\b",
    re.IGNORECASE,
)


def assertive(reading: Reading, clause: Clause, part: FeedbackPart) -> bool:
    """Whether a clause states something about the program, rather than asking, advising or praising."""
    text = reading.text[clause.start : clause.end]
    if clause.mood == "asks" or (text.isascii() and len(text.split()) < 2):
        return False
    if clause.mood == "advises" and not clause.causal:
        # "the loop should end at n" states something outside of advice; "you should look at it" never does
        return part in ("error_identification", "explanation") and _obliges(text)
    if part == "encouragement":
        return bool(_TECHNICAL.search(text) and _SAID.search(text))
    if part == "corrective_suggestion" and re.match(
        r"(?:you|it|this|that) (?:will|can|could|may|might|should|need)\b", text, re.IGNORECASE
    ):
        return False
    return bool(_WORD.search(text) or re.search(CODE, text))


def _obliges(text: str) -> bool:
    return bool(
        re.search(
            r"\b(?:line \d+|the|your|it|this)\b[^,;]*\b(?:should|must|needs? to|has to|could|can|may|might)\b",
            text,
            re.IGNORECASE,
        )
    ) and not re.match(r"(?:\W|and|so|then|also)*you\b", text, re.IGNORECASE)


def remains(reading: Reading, clause: Clause, found: Sequence[Found]) -> bool:
    """Whether words of a clause are covered neither by a claim nor by what says nothing."""
    spans = [(item.start, item.end) for item in found]
    settled = {type(item.claim).__name__ for item in found if item.claim is not None}
    fillers = _FILLERS | (_FIX if "ChangeFixesClaim" in settled else _NOTHING)
    fillers |= _WRONG if settled & {"ExpectedResultClaim", "TestOutcomeClaim", "TestCountClaim"} else _NOTHING
    text = reading.text
    opening = _OPENING.match(text, clause.start)
    if opening:
        spans.append(opening.span())
    for match in _WORD.finditer(text, clause.start, clause.end):
        covered = any(start <= match.start() < end for start, end in spans)
        if not covered and match.group().lower() not in fillers:
            return True
    negated = re.finditer(r"\b(?:not|never|cannot)\b|n't\b", text[clause.start : clause.end], re.IGNORECASE)
    if any(not any(start <= clause.start + item.start() < end for start, end in spans) for item in negated):
        return True
    codes = [match.start() for match in re.finditer(CODE, text[clause.start : clause.end])]
    return any(not any(start <= clause.start + code < end for start, end in spans) for code in codes)
