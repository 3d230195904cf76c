"""The eight dimensions of MRBench and their three labels.

Maurya, Srivatsa, Petukhova and Kochmar (2025), "Unifying AI tutor evaluation" (MRBench); Kochmar et al. (2025), BEA
2025 shared task on pedagogical ability assessment, which counts labels exactly (three classes) and leniently (`Yes`
and `To some extent` are one).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, cast

Label = Literal["Yes", "To some extent", "No"]
LABELS: tuple[Label, ...] = ("Yes", "To some extent", "No")
VALUES: Mapping[Label, float] = {"Yes": 1.0, "To some extent": 0.5, "No": 0.0}
"""What a label is worth as a number."""
Dimension = Literal[
    "mistake_identification", "mistake_location", "revealing_of_the_answer", "providing_guidance", "actionability",
    "coherence", "tutor_tone", "humanlikeness",
]  # fmt: skip
DIMENSIONS: tuple[Dimension, ...] = (
    "mistake_identification",
    "mistake_location",
    "revealing_of_the_answer",
    "providing_guidance",
    "actionability",
    "coherence",
    "tutor_tone",
    "humanlikeness",
)
WANTED: Mapping[Dimension, Label] = {
    **dict.fromkeys(DIMENSIONS, "Yes"),
    "revealing_of_the_answer": "No",
}
"""The label that a good tutor's turn has."""
_OTHER_NAMES: Mapping[str, Dimension] = {
    "revealing_answer": "revealing_of_the_answer",
    "revealing": "revealing_of_the_answer",
    "reveal": "revealing_of_the_answer",
    "guidance": "providing_guidance",
    "identification": "mistake_identification",
    "location": "mistake_location",
    "tone": "tutor_tone",
    "human_likeness": "humanlikeness",
    "humanness": "humanlikeness",
}
_TONES: Mapping[str, Label] = {"encouraging": "Yes", "neutral": "To some extent", "offensive": "No"}
"""MRBench's own labels of the tutor's tone."""
_PLACES = ("labels", "annotation", "annotations", "dimensions")


def dimension_of(name: object) -> Dimension | None:
    """The dimension that a name stands for, however it is spelt: `Mistake_Identification`, `Tutor tone`."""
    if not isinstance(name, str) or len(name) > 60:
        return None
    plain = re.sub(r"[^a-z]+", "_", name.lower()).strip("_")
    return plain if plain in DIMENSIONS else _OTHER_NAMES.get(plain)


def label_of(text: object) -> Label | None:
    """The label that a text stands for: one of the three, or MRBench's own for tone and revealed answers.

    `Yes (but the answer is incorrect)` is `Yes`: the answer was given away, if a wrong one.
    """
    if isinstance(text, bool):
        return "Yes" if text else "No"
    if not isinstance(text, str) or len(text) > 80:
        return None
    plain = " ".join(re.sub(r"[^a-z]+", " ", text.lower()).split())
    if plain in _TONES:
        return _TONES[plain]
    if plain in ("to some extent", "some extent", "partly", "partially", "somewhat"):
        return "To some extent"
    match plain.split()[:1]:
        case ["yes"]:
            return "Yes"
        case ["no"]:
            return "No"
        case _:
            return None


def labels_in(reference: Mapping[str, Any]) -> dict[Dimension, Label]:
    """Labels that people gave, by dimension: what stands under `labels` (or `annotation`) of a reference."""
    found: dict[Dimension, Label] = {}
    for place in _PLACES:
        given: Any = reference.get(place)
        if not isinstance(given, Mapping):
            continue
        for name, value in cast("Mapping[Any, Any]", given).items():
            dimension, label = dimension_of(name), label_of(value)
            if dimension is not None and label is not None:
                found.setdefault(dimension, label)
    return found


def lenient(label: Label) -> bool:
    """As BEA 2025 counts leniently: whether it is more than `No`."""
    return label != "No"


def nearest(value: float) -> Label:
    """The label of a value in [0, 1]; the middle one where it lies between two."""
    if value > 0.75:
        return "Yes"
    return "No" if value < 0.25 else "To some extent"
