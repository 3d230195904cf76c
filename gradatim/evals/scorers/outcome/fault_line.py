"""Whether the faulty line is found: first, or among three, in the diagnosis and in the text that a learner reads."""

from __future__ import annotations

from gradatim.evals.scorers.given import Given, line_of, objects_of
from gradatim.evals.scorers.outcome.among_first import Naming, among_first, infos
from gradatim.evals.scorers.outcome.blamed import told_lines
from gradatim.evals.scorers.score import Scorer

_PLACE, _KNOWN = "outputs.diagnosis.suspicious_lines", "reference.lines"


def _diagnosed(given: Given) -> list[int]:
    suspects = objects_of(given.items(_PLACE))
    return [line for item in suspects if (line := line_of(item.get("line"))) is not None]


LINE = Naming(
    key="fault_line",
    noun="line",
    what="a faulty line",
    known=lambda given: given.lines(_KNOWN),
    diagnosed=_diagnosed,
    told=told_lines,
    verbs=("suspects", "blames"),
    places=(_PLACE, _KNOWN),
)


def fault_line(most: int) -> Scorer:
    """A scorer: is a faulty line among the first `most` suspicious lines of the diagnosis?"""
    return among_first(LINE, most, told=False)


def fault_line_told(most: int) -> Scorer:
    """A scorer: is a faulty line among the first `most` lines that the text of the feedback blames?"""
    return among_first(LINE, most, told=True)


INFOS = infos(LINE)
