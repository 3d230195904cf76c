"""Agreement of claims: whether independent opinions say the same thing, in whatever words.

An opinion becomes a set of claims: where the fault lies, of what kind it is, which misconception it shows, what calls
return. Two sets are compared claim by claim with a soft Jaccard index: the weight of the best matching of their claims
over the weight of all that either says.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from gradatim.domain import (
    CallResultClaim,
    Claim,
    ExceptionClaim,
    FaultKindClaim,
    FaultLineClaim,
    LineQuoteClaim,
    MisconceptionClaim,
    VariableValueClaim,
)

NEAR = 0.5
"""Agreement of two opinions that name neighbouring lines."""


def similarity(one: Claim, other: Claim) -> float | None:
    """How far two claims say the same, in [0, 1]; `None` where they are about different things."""
    match one, other:
        case (FaultLineClaim() | LineQuoteClaim(), FaultLineClaim() | LineQuoteClaim()):
            return _same_place(_span(one), _span(other))
        case FaultKindClaim(), FaultKindClaim():
            return float(one.operator == other.operator)
        case MisconceptionClaim(), MisconceptionClaim():
            return float(one.misconception == other.misconception)
        case CallResultClaim(), CallResultClaim():
            return float(_squeezed(one.result) == _squeezed(other.result)) if one.call == other.call else None
        case ExceptionClaim(), ExceptionClaim():
            return float(one.exception == other.exception)
        case VariableValueClaim(), VariableValueClaim():
            same = (one.variable, one.line, one.call) == (other.variable, other.line, other.call)
            return float(_squeezed(one.value) == _squeezed(other.value)) if same else None
        case _:
            return None


def jaccard(one: Sequence[Claim], other: Sequence[Claim]) -> float | None:
    """Soft Jaccard index of two sets of claims, in [0, 1]; `None` where neither claims anything."""
    if not one and not other:
        return None
    pairs = sorted(
        (
            (similarity(left, right) or 0.0, number, place)
            for number, left in enumerate(one)
            for place, right in enumerate(other)
        ),
        reverse=True,
    )
    used_left: set[int] = set()
    used_right: set[int] = set()
    matched = 0.0
    for weight, number, place in pairs:
        if weight and number not in used_left and place not in used_right:
            used_left.add(number)
            used_right.add(place)
            matched += weight
    return matched / (len(one) + len(other) - matched)


def mutual(samples: Sequence[Sequence[Claim]]) -> float | None:
    """Mean soft Jaccard index over all pairs of samples; `None` with fewer than two that claim anything."""
    found = [value for one, other in combinations(samples, 2) if (value := jaccard(one, other)) is not None]
    return sum(found) / len(found) if found else None


def support(claim: Claim, samples: Sequence[Sequence[Claim]]) -> float | None:
    """Mean, over the samples, of the best agreement with one claim, in [0, 1].

    A sample that says nothing about where, of what kind or which misconception does not support a claim about that;
    one that says nothing about a call, an exception or a variable has no opinion on it. `None` where no sample has one.
    """
    if not isinstance(claim, FaultLineClaim | FaultKindClaim | MisconceptionClaim | CallResultClaim | ExceptionClaim):
        return None
    best: list[float] = []
    for sample in samples:
        values = [value for other in sample if (value := similarity(claim, other)) is not None]
        if values or not isinstance(claim, CallResultClaim | ExceptionClaim):
            best.append(max(values, default=0.0))
    return sum(best) / len(best) if best else None


def place_agreement(sample: Sequence[Claim], said: Sequence[Claim]) -> float | None:
    """How well the lines that one sample blames fit those that a feedback names, in [0, 1].

    A feedback may name lines beside the faulty one, so the best of them counts. `None` where either names none.
    """
    found = [
        max(values)
        for claim in sample
        if isinstance(claim, FaultLineClaim)
        and (values := [value for other in said if (value := similarity(claim, other)) is not None])
    ]
    return sum(found) / len(found) if found else None


def _span(claim: FaultLineClaim | LineQuoteClaim) -> range:
    if claim.line is None:
        return range(0)
    last = claim.last_line if isinstance(claim, FaultLineClaim) and claim.last_line else claim.line
    return range(claim.line, max(claim.line, last) + 1)


def _same_place(one: range, other: range) -> float | None:
    if not one or not other:
        return None
    shared = len(set(one) & set(other))
    if shared:
        return shared / len(set(one) | set(other))
    return NEAR if one.stop == other.start or other.stop == one.start else 0.0


def _squeezed(literal: str) -> str:
    return "".join(literal.split())
