"""Sentences of a small model about wrong programs, each labelled true, false or saying nothing."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any, Literal

from gradatim.domain import Noun
from gradatim.evals.hallucination.material import Name

Label = Literal["T", "F", "N"]


class Sentence(Noun):
    """One labelled sentence.

    Attributes:
        position: Place in its text, from 0.
        a, b: What the two independent labellings said.
        label: What counts; where the two differ it was settled by reading both again.
        seen: Whether the reading of sentences was developed with this one in view; figures for the others are the
            ones to believe.
    """

    task: str
    program: str
    position: int
    text: str
    a: Label
    b: Label
    label: Label
    seen: bool

    @property
    def name(self) -> Name:
        return self.task, self.program


class Samples(Noun):
    """What the model wrote about one program, several times; the first text is the labelled one."""

    task: str
    program: str
    samples: tuple[str, ...]

    @property
    def name(self) -> Name:
        return self.task, self.program


@cache
def labelled_sentences() -> tuple[Sentence, ...]:
    """All labelled sentences, in the order of their texts."""
    return tuple(Sentence.model_validate(row) for row in _rows("sentences.jsonl"))


@cache
def sampled_texts() -> tuple[Samples, ...]:
    """All texts by program."""
    return tuple(Samples.model_validate(row) for row in _rows("samples.jsonl"))


def agreement_of_labels() -> float:
    """Cohen's kappa of the two labellings (J. Cohen, 1960)."""
    rows = labelled_sentences()
    same = sum(row.a == row.b for row in rows) / len(rows)
    chance = sum(
        sum(row.a == label for row in rows) * sum(row.b == label for row in rows) / len(rows) ** 2 for label in "TFN"
    )
    return (same - chance) / (1 - chance)


def _rows(file: str) -> list[dict[str, Any]]:
    text = resources.files("gradatim.evals.hallucination").joinpath(file).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]
