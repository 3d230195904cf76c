"""Whether the faulty line is found: first, or among three, in the diagnosis and in the text that a learner reads."""

from __future__ import annotations

from gradatim.evals.scorers.given import Given, Missing, line_of, objects_of, scorer
from gradatim.evals.scorers.outcome.blamed import first_among, told_lines
from gradatim.evals.scorers.score import Score, Scorer, ScorerInfo
from gradatim.evals.scorers.scores import listed, scored


def fault_line(most: int) -> Scorer:
    """A scorer: is a faulty line among the first `most` suspicious lines of the diagnosis?"""
    key = f"fault_line_top{most}"

    @scorer(key)
    def judge(given: Given) -> Score:
        known = known_lines(given)
        suspects = objects_of(given.items("outputs.diagnosis.suspicious_lines"))
        named = [line for item in suspects if (line := line_of(item.get("line"))) is not None]
        return _found(key, named, known, most)

    return judge


def fault_line_told(most: int) -> Scorer:
    """A scorer: is a faulty line among the first `most` lines that the text of the feedback blames?"""
    key = f"fault_line_told_top{most}"

    @scorer(key)
    def judge(given: Given) -> Score:
        known = known_lines(given)
        return _found(key, told_lines(given), known, most)

    return judge


def known_lines(given: Given) -> tuple[int, ...]:
    """Lines that are known to be faulty.

    Raises:
        Missing: None is.
    """
    known = given.lines("reference.lines")
    if not known:
        raise Missing("`reference.lines` is empty: no line is known to be faulty")
    return known


def _found(key: str, named: list[int] | tuple[int, ...], known: tuple[int, ...], most: int) -> Score:
    said = f"names {listed(named[:most])}" if named else "names no line"
    comment = f"{said}, known: {listed(known)}"
    return scored(key, first_among(named, known, most), comment, named=list(named[:10]), known=list(known[:50]))


INFOS = tuple(
    ScorerInfo(
        key=f"fault_line_{told}top{most}",
        scorer=(fault_line_told if told else fault_line)(most),
        summary=f"Whether a faulty line is {'the first' if most == 1 else 'among the first three'} that the "
        f"{'text of the feedback blames' if told else 'diagnosis suspects'}.",
        family="outcome",
        summarised="share",
        needs=("outputs.feedback" if told else "outputs.diagnosis.suspicious_lines", "reference.lines"),
    )
    for told in ("", "told_")
    for most in (1, 3)
)
