"""How good a built concept graph is, against a gold standard that people made."""

from gradatim.kg.scoring.agreement import Agreement, Segment, agreement, read_annotation
from gradatim.kg.scoring.errors import Finding, findings
from gradatim.kg.scoring.matching import Matching, match
from gradatim.kg.scoring.scores import Score, Scores, score

__all__ = [
    "Agreement",
    "Finding",
    "Matching",
    "Score",
    "Scores",
    "Segment",
    "agreement",
    "findings",
    "match",
    "read_annotation",
    "score",
]
