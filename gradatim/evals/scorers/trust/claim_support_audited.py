"""Claim support as the audit of an experiment sees it: the same full checker for every variant.

Sentences that state nothing (a question, praise) count in neither. Unlike `claim_support`, which takes the variant's
own checks, a sentence that nothing bears out counts against the text: a variant that asserts what nobody can check is
not a supported one. A text that states nothing at all has 0, not no score: else a variant that is mostly silent would
be judged by the few texts in which it dared to say something.
"""

from __future__ import annotations

from gradatim.evals.scorers.given import Given, Missing, Plain, number_of, scorer
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import scored, share

KEY = "claim_support_audited"


@scorer(KEY)
def claim_support_audited(given: Given) -> Score:
    """Share of the sentences that state something which the audit found to be borne out."""
    counts = given.mapping("outputs.audit.counts")
    supported, refuted, unchecked = (_count(counts, name) for name in ("supported", "refuted", "unchecked"))
    stated = supported + refuted + unchecked
    delivered = bool(given.find("outputs.audit.delivered"))
    about = {"refuted": refuted, "unchecked": unchecked, "delivered": delivered}
    if stated <= 0:
        return scored(KEY, 0.0, "the text states nothing that could be borne out", part=0, whole=0, **about)
    comment = f"sentences that state something are borne out, {refuted} refuted, {unchecked} unchecked"
    return share(KEY, supported, stated, comment, **about)


def _count(counts: Plain, name: str) -> int:
    """How many sentences came to something.

    Raises:
        Missing: It was not counted.
    """
    number = number_of(counts.get(name))
    if number is None or number < 0 or not number.is_integer():
        raise Missing(f"`outputs.audit.counts.{name}` is no count")
    return int(number)


INFO = ScorerInfo(
    key=KEY,
    scorer=claim_support_audited,
    summary="Share of the sentences stating something that the full checker, with all evidence, finds borne out "
    "afterwards: the same judge for every variant.",
    family="trust",
    needs=("outputs.audit",),
)
