"""Recall by resemblance: a learner's earlier errors and feedback, found by their meaning."""

from gradatim.memory.recall.chroma import ChromaRecall

__all__ = ["ChromaRecall"]
