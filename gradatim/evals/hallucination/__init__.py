"""Statements that nothing bears out: how many are detected, and how many would reach a learner."""

from gradatim.evals.hallucination.evaluation import Evaluation, run
from gradatim.evals.hallucination.labels import Sentence, labelled_sentences, sampled_texts
from gradatim.evals.hallucination.statements import KnownStatement

__all__ = ["Evaluation", "KnownStatement", "Sentence", "labelled_sentences", "run", "sampled_texts"]
