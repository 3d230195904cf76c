"""Whether the misconception is found: first, or among three, in the diagnosis and in the text that a learner reads."""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.evals.scorers.given import Given, Missing, objects_of, scorer
from gradatim.evals.scorers.outcome.blamed import first_among, told_misconceptions
from gradatim.evals.scorers.score import Score, Scorer, ScorerInfo
from gradatim.evals.scorers.scores import listed, scored


def misconception(most: int) -> Scorer:
    """A scorer: is a known misconception among the first `most` of the diagnosis?"""
    key = f"misconception_top{most}"

    @scorer(key)
    def judge(given: Given) -> Score:
        known = known_misconceptions(given)
        matches = objects_of(given.items("outputs.diagnosis.misconceptions"))
        named = [name for item in matches if isinstance(name := item.get("id"), str)]
        return _found(key, named, known, most)

    return judge


def misconception_told(most: int) -> Scorer:
    """A scorer: is a known misconception among the first `most` that the text of the feedback explains?"""
    key = f"misconception_told_top{most}"

    @scorer(key)
    def judge(given: Given) -> Score:
        known = known_misconceptions(given)
        return _found(key, told_misconceptions(given), known, most)

    return judge


def known_misconceptions(given: Given) -> tuple[str, ...]:
    """Misconceptions of which any describes the fault.

    Raises:
        Missing: None is known.
    """
    known = given.names("reference.misconceptions")
    if not known:
        raise Missing("`reference.misconceptions` is empty: none is known to describe the fault")
    return known


def _found(key: str, named: Sequence[str], known: tuple[str, ...], most: int) -> Score:
    said = f"names {listed(named[:most])}" if named else "names no misconception"
    comment = f"{said}, known: {listed(known)}"
    return scored(key, first_among(named, known, most), comment, named=list(named[:10]), known=list(known[:50]))


INFOS = tuple(
    ScorerInfo(
        key=f"misconception_{told}top{most}",
        scorer=(misconception_told if told else misconception)(most),
        summary=f"Whether a misconception that describes the fault is "
        f"{'the first' if most == 1 else 'among the first three'} that the "
        f"{'text of the feedback explains' if told else 'diagnosis matches'}.",
        family="outcome",
        summarised="share",
        needs=("outputs.feedback" if told else "outputs.diagnosis.misconceptions", "reference.misconceptions"),
    )
    for told in ("", "told_")
    for most in (1, 3)
)
