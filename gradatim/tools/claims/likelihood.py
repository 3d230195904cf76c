"""How likely a sentence about a program is false, where checks alone do not settle it.

A sentence that nothing could decide is not worth as much as one whose neighbours were all refuted, and one that was
refuted by a rough reading is not as surely false as one whose change was run and failed. A few signs of that kind are
joined by a logistic regression whose coefficients were fitted to sentences of a small model that were labelled by
reading (`gradatim.evals.hallucination`); applying it is plain arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from math import exp

from pydantic import BaseModel, ConfigDict, model_validator

from gradatim.domain import Claim, FaultKindClaim, FaultLineClaim, Probability
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.code import tokens
from gradatim.tools.claims.extraction import LONGEST, claims_of
from gradatim.tools.claims.faults import telling
from gradatim.tools.claims.prose import assertions_of
from gradatim.tools.claims.sentences import sentences
from gradatim.tools.claims.verdict import SentenceVerdict, prepared
from gradatim.tools.claims.vocabulary import word_set

SIGNS = (
    "refuted", "refuted_exactly", "supported", "partly_supported", "tried_in_vain", "text_refuted", "text_supported",
    "names_change", "text_names_new", "cause", "length", "agreed",
)  # fmt: skip
"""What the likelihood is made of, each in [0, 1] or not measured."""

_CAUSE = re.compile(r"\b(?:because|since|therefore|thus|hence|so that|which means|this means|as a result|leads? to"
                    r"|caus(?:e|es|ing)|results? in|due to)\b", re.I)  # fmt: skip
_EXACT = frozenset(
    {"test_outcome", "call_result", "expected_result", "test_count", "line_quote", "exception", "concept_relation",
     "example_output", "construct", "termination", "variable_value"}
)  # fmt: skip
"""Kinds of claims that leave no room for what was meant."""
_TELLING = frozenset(
    {"fault_line", "fault_kind", "change_fixes", "call_result", "exception", "input_class", "variable_value"}
)
"""Kinds of claims that say something about the fault or about what the program does."""
_SPOKEN = {
    "<": ("less than", "smaller than", "strict"), "<=": ("less than or equal", "at most", "inclusive"),
    ">": ("greater than", "larger than", "strict"), ">=": ("greater than or equal", "at least"),
    "==": ("equal to", "compar"), "%": ("modulo", "remainder"), "//": ("floor division", "integer division"),
    "int": ("integer", "convert"), "return": ("return",), "+": ("add", "increment"), "-": ("subtract",),
    "and": ("both ",), "not": ("negat",), "append": ("append",), "self": ("self",), "lower": ("lowercase", "case"),
}  # fmt: skip
"""Operators and names, with words that speak of them."""
_COMMON = word_set("( ) [ ] { } : , . = a i is in the to of for if it and or be")


class Likelihood(BaseModel):
    """A fitted model, as its JSON file holds it.

    A sign that was not measured stands at the mean of the fitted sentences, and so says nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = 1
    sentences: int
    """Labelled sentences that it was fitted to."""
    false: int
    """How many of them were false."""
    intercept: float
    coefficients: dict[str, float]
    """Of the standardised signs."""
    means: dict[str, float]
    scales: dict[str, float]
    slope: float = 1.0
    """Of the calibration of log-odds (J. Platt, 1999)."""
    offset: float = 0.0
    threshold: Probability = 0.5
    """Probability from which a sentence is taken for false."""

    @model_validator(mode="after")
    def _whole(self) -> Likelihood:
        if not set(self.coefficients) == set(self.means) == set(self.scales) or not set(self.means) <= set(SIGNS):
            raise ValueError("coefficients, means and scales need the same, known signs")
        if any(scale <= 0 for scale in self.scales.values()):
            raise ValueError("scales have to be above 0")
        return self

    def probability(self, signs: Mapping[str, float | None]) -> float:
        """Probability that a sentence with these signs is false, in [0, 1]."""
        return round(sigmoid(self.slope * self.log_odds(signs) + self.offset), 4)

    def log_odds(self, signs: Mapping[str, float | None]) -> float:
        """What the regression says, before its calibration."""
        total = self.intercept
        for name, coefficient in self.coefficients.items():
            value = signs.get(name)
            if value is not None:
                total += coefficient * (value - self.means[name]) / self.scales[name]
        return total

    def reasons(self, signs: Mapping[str, float | None], most: int = 3) -> tuple[tuple[str, float], ...]:
        """The signs that speak loudest, with what each adds to the log-odds of being false."""
        parts = [
            (name, self.slope * coefficient * (value - self.means[name]) / self.scales[name])
            for name, coefficient in self.coefficients.items()
            if (value := signs.get(name)) is not None
        ]
        return tuple(sorted(parts, key=lambda item: -abs(item[1]))[:most])


@cache
def packaged_likelihood() -> Likelihood:
    """The model that comes with the package."""
    text = resources.files("gradatim.tools.claims").joinpath("likelihood.json").read_text(encoding="utf-8")
    return Likelihood.model_validate_json(text)


def signs_of(
    judged: Sequence[tuple[str, SentenceVerdict]], case: Case, others: Sequence[Sequence[Claim]] = ()
) -> tuple[dict[str, float | None], ...]:
    """The signs of each sentence of a text.

    Args:
        judged: The sentences of one text in their order, with their verdicts (`judge_text`).
        case: What they speak of.
        others: What further samples of the same model say about the same program, as `blames` gives it.
    """
    changed, new = _changed_words(case)
    said = [_said(sentence) for sentence, _ in judged]
    everything = frozenset(word for words in said for word in words)
    own = [_blamed(sentence, verdict, case) for sentence, verdict in judged]
    whole = _agreement([claim for claims in own for claim in claims], others)
    found: list[dict[str, float | None]] = []
    for place, (sentence, verdict) in enumerate(judged):
        rest = [item.verdict for index, (_, item) in enumerate(judged) if index != place and item.verdict != "none"]
        agreed = _agreement(own[place], others)
        open_ones = [check for check in verdict.checks if check.verdict == "unchecked"]
        found.append(
            {
                "refuted": float(verdict.verdict == "refuted"),
                "refuted_exactly": float(
                    any(check.verdict == "refuted" and check.claim.kind in _EXACT for check in verdict.checks)
                ),
                "supported": float(verdict.verdict == "supported"),
                "partly_supported": float(
                    verdict.verdict == "unchecked"
                    and any(check.verdict == "supported" and check.claim.kind in _TELLING for check in verdict.checks)
                ),
                "tried_in_vain": float(any(check.claim.kind == "change_fixes" for check in open_ones)),
                "text_refuted": (rest.count("refuted") + 0.5) / (len(rest) + 1),
                "text_supported": (rest.count("supported") + 0.5) / (len(rest) + 1),
                "cause": float(bool(_CAUSE.search(sentence))),
                "names_change": _any(said[place], changed),
                "text_names_new": _any(everything, new),
                "length": min(1.0, len(sentence) / 240),
                "agreed": agreed if agreed is not None else whole,
            }
        )
    return tuple(found)


def blames(text: str, case: Case) -> tuple[Claim, ...]:
    """What a text says about where the fault lies and of what kind it is: claims to compare samples by."""
    found: list[Claim] = []
    for sentence in sentences(text):
        found += _read(sentence, case)
    return tuple(dict.fromkeys(found))


def sigmoid(value: float) -> float:
    """The logistic function, without overflow."""
    return 1 / (1 + exp(-value)) if value >= 0 else exp(value) / (1 + exp(value))


def _blamed(sentence: str, verdict: SentenceVerdict, case: Case) -> tuple[Claim, ...]:
    """Places and kinds that a sentence blames."""
    claims = [check.claim for check in verdict.checks if isinstance(check.claim, FaultLineClaim | FaultKindClaim)]
    return tuple(dict.fromkeys((*claims, *_read(sentence, case))))


def _read(sentence: str, case: Case) -> tuple[Claim, ...]:
    if not sentence.strip() or len(sentence) > LONGEST:
        return ()
    found = list(claims_of(sentence, "error_identification", case.submission.code))
    for item in assertions_of(prepared(sentence, case), case, whole=sentence.count("```") % 2 == 0):
        found += item.claims
    return tuple(claim for claim in found if isinstance(claim, FaultLineClaim | FaultKindClaim))


def _agreement(own: Sequence[Claim], others: Sequence[Sequence[Claim]]) -> float | None:
    """Share of the other samples that blame a line or a kind of fault that these claims blame as well.

    `None` where no other sample, or none of these claims, blames anything.
    """
    lines, kinds = _lines(own), _kinds(own)
    votes: list[float] = []
    for claims in others:
        shared = [
            bool(mine & theirs)
            for mine, theirs in ((lines, _lines(claims)), (kinds, _kinds(claims)))
            if mine and theirs
        ]
        if shared:
            votes.append(sum(shared) / len(shared))
    return sum(votes) / len(votes) if votes else None


def _lines(claims: Sequence[Claim]) -> set[int]:
    return {
        line
        for claim in claims
        if isinstance(claim, FaultLineClaim)
        for line in range(claim.line, (claim.last_line or claim.line) + 1)
    }


def _kinds(claims: Sequence[Claim]) -> set[str]:
    return {claim.operator for claim in claims if isinstance(claim, FaultKindClaim)}


def _changed_words(case: Case) -> tuple[frozenset[str], frozenset[str]]:
    """Words and signs that the likeliest changes take away or bring in, and those that they bring in."""
    old: set[str] = set()
    new: set[str] = set()
    for repair in telling(case)[:3]:
        for edit in repair.edits:
            lines = "\n".join(case.lines[edit.line - 1 : edit.last_line])
            was, is_now = _said(lines), _said(edit.replacement)
            old |= was - is_now
            new |= is_now - was
    return frozenset(old | new), frozenset(new)


def _said(text: str) -> frozenset[str]:
    """Names, numbers and operators of a text, and what its words say of them."""
    found = {token for token in tokens(text) if token.strip()}
    lower = text.lower()
    for sign, words in _SPOKEN.items():
        if any(word in lower for word in words):
            found.add(sign)
    return frozenset(found - _COMMON)


def _any(said: frozenset[str], wanted: frozenset[str]) -> float | None:
    """Whether some of the wanted words are said; `None` where none is wanted."""
    return float(bool(said & wanted)) if wanted else None
