"""Reading dialogues: turns, programs and truth from plain data, and what a tutor's words hold."""

from gradatim.evals.scorers.tutoring.reading.dialogue import Dialogue, Turn, dialogue_of
from gradatim.evals.scorers.tutoring.reading.labels import (
    DIMENSIONS,
    LABELS,
    VALUES,
    WANTED,
    Dimension,
    Label,
    dimension_of,
    label_of,
    labels_in,
    lenient,
    nearest,
)

__all__ = [
    "DIMENSIONS",
    "LABELS",
    "VALUES",
    "WANTED",
    "Dialogue",
    "Dimension",
    "Label",
    "Turn",
    "dialogue_of",
    "dimension_of",
    "label_of",
    "labels_in",
    "lenient",
    "nearest",
]
