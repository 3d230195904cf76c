"""Scorers: plain callables that judge one run, and figures with intervals of many."""

from gradatim.evals.scorers.registry import SCORERS, scorers_of
from gradatim.evals.scorers.score import Score, Scorer, ScorerInfo, inputs_of, score_trace, unscored

__all__ = ["SCORERS", "Score", "Scorer", "ScorerInfo", "inputs_of", "score_trace", "scorers_of", "unscored"]
