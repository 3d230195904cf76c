"""Rubrics: what a judge is told of a dimension. A file each, packaged in `rubrics/`, or one's own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gradatim.errors import InputError
from gradatim.evals.scorers.tutoring.reading import DIMENSIONS, LABELS, Dimension, Label

_FOLDER = Path(__file__).parent / "rubrics"
_LARGEST = 100_000
_Text = Annotated[str, Field(min_length=1, max_length=2_000)]


class RubricExample(BaseModel):
    """A reply with its label, as the judge is shown it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    learner: _Text
    reply: _Text
    label: Label
    why: _Text


class Rubric(BaseModel):
    """What is asked of a judge about one dimension."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    dimension: Dimension
    name: _Text
    question: _Text
    labels: dict[Label, _Text]
    """What each of the three labels means."""
    note: str = ""
    examples: tuple[RubricExample, ...] = ()

    @property
    def digest(self) -> str:
        """12 hexadecimal digits that stand for its content."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]


@cache
def packaged_rubrics() -> Mapping[Dimension, Rubric]:
    """The rubrics of the eight dimensions."""
    return {dimension: read_rubric(_FOLDER / f"{dimension}.yaml") for dimension in DIMENSIONS}


def rubrics_of(paths: Iterable[Path]) -> dict[Dimension, Rubric]:
    """The rubrics in some files, by dimension; of two of the same dimension the later one counts.

    Raises:
        InputError: One cannot be read, or is no rubric.
    """
    return {rubric.dimension: rubric for rubric in map(read_rubric, paths)}


def read_rubric(path: Path) -> Rubric:
    """The rubric in a file.

    Raises:
        InputError: It cannot be read, or is no rubric; says which key is wrong.
    """
    remedy = f'write it like {_FOLDER.name}/coherence.yaml of the package; quote "Yes" and "No"'
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"is larger than {_LARGEST:,} bytes", place=str(path), remedy=remedy)
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        what = " ".join(str(error).split())
        raise InputError(f"cannot be read: {what}", place=str(path), remedy=remedy) from error
    try:
        rubric = Rubric.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(f"{place or 'the file'}: {first['msg']}", place=str(path), remedy=remedy) from error
    if set(rubric.labels) != set(LABELS):
        raise InputError("labels: all three are needed", place=str(path), remedy=remedy)
    return rubric
