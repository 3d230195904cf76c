"""Tutoring dialogues in the formats in which they are published."""

from gradatim.evals.datasets.dialogues.load import load_dialogues

__all__ = ["load_dialogues"]
