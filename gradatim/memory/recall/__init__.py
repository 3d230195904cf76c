"""Recall by resemblance: earlier errors and feedback found by their meaning, learners found by their features."""

from gradatim.memory.recall.chroma import ChromaRecall, ChromaServerRecall
from gradatim.memory.recall.items import learner_key
from gradatim.memory.recall.opening import open_recall
from gradatim.memory.recall.protocol import LearnerFeatures, Recall, SimilarLearner

__all__ = [
    "ChromaRecall",
    "ChromaServerRecall",
    "LearnerFeatures",
    "Recall",
    "SimilarLearner",
    "learner_key",
    "open_recall",
]
