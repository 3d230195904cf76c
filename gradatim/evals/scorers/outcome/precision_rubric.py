"""Precision rubric: which weighted share of what a feedback says of the fault and the program is right.

`Σ w·right / Σ w` over what could be decided. The line and the misconception that are blamed are judged by the reference
where it knows them, everything else by the checks of its claims. Naming the fault counts most, what the program does
half as much, what merely stands in it a quarter: a text does not become precise by quoting many lines. What nobody
could decide counts in neither; `strict` in the metadata takes it for wrong. Where an experiment has audited its
variants, the checks are those of the audit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import fsum
from typing import Literal

from gradatim.evals.scorers.feedback import Said, judged, subject_of
from gradatim.evals.scorers.given import Given, Missing, scorer
from gradatim.evals.scorers.outcome.blamed import told_lines, told_misconceptions
from gradatim.evals.scorers.score import Score, Scorer, ScorerInfo
from gradatim.evals.scorers.scores import scored

KEY = "precision_rubric"
Aspect = Literal["fault", "behaviour", "program", "other"]
WEIGHTS: Mapping[Aspect, float] = {"fault": 1.0, "behaviour": 0.5, "other": 0.5, "program": 0.25}
"""Aspect of a claim → what it counts."""
_ASPECTS: Mapping[str, Aspect] = {
    **dict.fromkeys(("fault_line", "fault_kind", "misconception", "change_fixes"), "fault"),
    **dict.fromkeys(("line_quote", "construct"), "program"),
    **dict.fromkeys(
        ("test_outcome", "call_result", "expected_result", "test_count", "exception", "variable_value", "termination",
         "complexity", "input_class", "example_output"),
        "behaviour",
    ),
}  # fmt: skip


def precision_rubric_of(weights: Mapping[Aspect, float]) -> Scorer:
    """The scorer with weights of one's own.

    Args:
        weights: Aspect → what a claim of it counts, at least 0; missing ones count as here.
    """
    counts = {**WEIGHTS, **weights}

    @scorer(KEY)
    def judge(given: Given) -> Score:
        right: list[float] = []
        wrong: list[float] = []
        undecided: list[float] = []
        for aspect, holds in _judged(given):
            place = undecided if holds is None else right if holds else wrong
            place.append(counts[aspect])
        decided = fsum(right) + fsum(wrong)
        if decided <= 0:
            raise Missing("nothing that the feedback says could be decided, by checks or by the reference")
        whole = decided + fsum(undecided)
        comment = f"{len(right)} of {len(right) + len(wrong)} decided claims are right, {len(undecided)} undecided"
        return scored(
            KEY,
            fsum(right) / decided,
            comment,
            right=len(right),
            wrong=len(wrong),
            undecided=len(undecided),
            strict=fsum(right) / whole,
        )

    return judge


def _judged(given: Given) -> Iterator[tuple[Aspect, bool | None]]:
    """Each claim of a feedback with whether it holds."""
    lines, misconceptions = _known(given, "lines"), _known(given, "misconceptions")
    for sentence in judged(given):
        yield from _claims(sentence, lines, misconceptions)
    if lines is not None and (named := told_lines(given)):
        yield "fault", named[0] in lines
    if misconceptions is not None:
        for name in told_misconceptions(given):
            yield "fault", name in misconceptions


def _claims(
    said: Said, lines: frozenset[object] | None, misconceptions: frozenset[object] | None
) -> Iterator[tuple[Aspect, bool | None]]:
    for claim, verdict in said.all_claims():
        kind = next(subject_of(claim, "kind"), "")
        # what the reference knows is judged once for the whole text, above
        if (kind == "misconception" and misconceptions is not None) or (kind == "fault_line" and lines is not None):
            continue
        yield _ASPECTS.get(kind, "other"), None if verdict == "unchecked" else verdict == "supported"


def _known(given: Given, key: Literal["lines", "misconceptions"]) -> frozenset[object] | None:
    """What the reference knows of the fault: nothing is at fault in a correct program; `None` where it says nothing."""
    if given.find("reference.verdict") == "correct":
        return frozenset()
    place = f"reference.{key}"
    if not given.find(place):
        return None
    return frozenset(given.lines(place) if key == "lines" else given.names(place)) or None


precision_rubric = precision_rubric_of({})

INFO = ScorerInfo(
    key=KEY,
    scorer=precision_rubric,
    summary="Weighted share of what a feedback says of the fault and the program that is right.",
    family="outcome",
    needs=("outputs.feedback", "reference.lines", "reference.misconceptions"),
)
