"""Calibrated confidence: from the features of a feedback to the probability that every statement in it is right.

A calibration is fitted elsewhere (`gradatim.agents.fitting`); applying one is a few lines of plain Python.
"""

from __future__ import annotations

import json
import os
import tempfile
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from math import exp
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from gradatim.agents.features import FEATURES, weighted_mean
from gradatim.domain import Probability
from gradatim.errors import InputError, SettingsError
from gradatim.settings import Settings

Method = Literal["logistic", "isotonic"]
METHODS: tuple[Method, ...] = ("logistic", "isotonic")


@dataclass(frozen=True, slots=True)
class Example:
    """A case whose outcome is known.

    Attributes:
        features: By the names in `FEATURES`; what is missing or `None` was not measured.
        right: Whether every statement of the feedback was right.
    """

    features: Mapping[str, float | None]
    right: bool


class Calibration(BaseModel):
    """A fitted model, as its JSON file holds it.

    A feature that was not measured stands at the mean of the fitted cases, and so says nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    method: Method
    cases: int
    right: int
    """How many of the cases were right."""
    intercept: float = 0.0
    coefficients: dict[str, float] = {}
    """`logistic`: by feature, of the standardised value."""
    means: dict[str, float] = {}
    scales: dict[str, float] = {}
    scores: tuple[float, ...] = ()
    """`isotonic`: uncalibrated confidences, rising; between two of them the probability is interpolated."""
    probabilities: tuple[Probability, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Calibration:
        if self.method == "logistic":
            if not set(self.coefficients) == set(self.means) == set(self.scales) or not set(self.means) <= set(
                FEATURES
            ):
                raise ValueError("coefficients, means and scales need the same, known features")
            if any(scale <= 0 for scale in self.scales.values()):
                raise ValueError("scales have to be above 0")
        elif not self.scores or len(self.scores) != len(self.probabilities):
            raise ValueError("scores and probabilities need the same length, at least 1")
        elif list(self.scores) != sorted(self.scores) or list(self.probabilities) != sorted(self.probabilities):
            raise ValueError("scores and probabilities have to rise")
        return self

    def probability(self, features: Mapping[str, float | None]) -> float:
        """Probability that every statement is right, in [0, 1]."""
        if self.method == "isotonic":
            return round(_interpolated(weighted_mean(features), self.scores, self.probabilities), 4)
        total = self.intercept
        for name, coefficient in self.coefficients.items():
            value = features.get(name)
            if value is not None:
                total += coefficient * (value - self.means[name]) / self.scales[name]
        return round(_sigmoid(total), 4)


def calibration_path(settings: Settings) -> Path:
    """Where a calibration of one's own is kept."""
    return settings.data_dir / "calibration.json"


def load_calibration(settings: Settings) -> Calibration | None:
    """The calibration in the data folder, else the packaged one; `None` where there is neither.

    Raises:
        SettingsError: The file is no calibration of this version.
    """
    path = calibration_path(settings)
    packaged = resources.files("gradatim.agents").joinpath("calibration.json")
    try:
        text, place = path.read_text(encoding="utf-8"), str(path)
    except FileNotFoundError:
        if not packaged.is_file():
            return None
        text, place = packaged.read_text(encoding="utf-8"), "calibration.json"
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(str(path), error) from error
    try:
        return Calibration.model_validate_json(text)
    except ValidationError as error:
        raise _unusable(place, error.errors()[0]["msg"]) from error


def save_calibration(calibration: Calibration, path: Path) -> None:
    """Write a calibration; the file is whole or as it was, whatever happens meanwhile.

    Raises:
        SettingsError: It cannot be written.
    """
    text = json.dumps(calibration.model_dump(mode="json"), indent=1) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".calibration-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, path)
    except OSError as error:
        raise SettingsError(
            f"cannot be written: {error.strerror}", place=str(path), remedy="check permissions and space of the folder"
        ) from error


def example_of(row: Mapping[str, Any]) -> Example:
    """A case from plain data: `right` beside the features, or the features under `features`.

    Raises:
        ValueError: `right` is missing, or a feature is no number in [0, 1].
    """
    right = row.get("right")
    if not isinstance(right, bool):
        raise ValueError("`right` is not true or false")
    given: Any = row.get("features", row)
    if not isinstance(given, Mapping):
        raise ValueError("`features` is not an object")
    features: dict[str, float | None] = {}
    for name in FEATURES:
        value = cast("Mapping[str, Any]", given).get(name)
        if value is not None and (not isinstance(value, int | float) or not 0 <= float(value) <= 1):
            raise ValueError(f"{name} is no number in [0, 1]")
        features[name] = None if value is None else float(value)
    if all(value is None for value in features.values()):
        raise ValueError(f"holds none of the features {', '.join(FEATURES)}")
    return Example(features, right)


def load_examples(path: Path) -> list[Example]:
    """Cases from a file with one JSON object a line.

    Raises:
        InputError: The file cannot be read or a line is no case; names the line.
    """
    remedy = "write one JSON object a line: features by name, and right: true or false"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", place=str(path), remedy="check the path") from error
    found: list[Example] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                value: Any = json.loads(line)
                if not isinstance(value, dict):
                    raise ValueError("is not a JSON object")
                found.append(example_of(cast("dict[str, Any]", value)))
            except ValueError as error:
                raise InputError(str(error), place=f"{path}:{number}", remedy=remedy) from error
    return found


def _interpolated(score: float, scores: Sequence[float], probabilities: Sequence[float]) -> float:
    after = bisect_left(scores, score)
    before = bisect_right(scores, score) - 1
    if before < 0:
        return probabilities[0]
    if after >= len(scores):
        return probabilities[-1]
    if before >= after:
        return probabilities[before]
    share = (score - scores[before]) / (scores[after] - scores[before])
    return probabilities[before] + share * (probabilities[after] - probabilities[before])


def _sigmoid(value: float) -> float:
    return 1 / (1 + exp(-value)) if value >= 0 else exp(value) / (1 + exp(value))


def _unusable(place: str, reason: object) -> SettingsError:
    return SettingsError(
        f"is no calibration that can be used: {reason}",
        place=place,
        remedy="move the file away, or write it anew with `gradatim review calibrate`",
    )
