"""Features of many learners as a table for researchers, with the missing-data policy applied.

A row is a learner; each attribute has three columns: value, standard error (`_error`) and number of observations
(`_n`). What was not observed is empty: it is left missing, not filled in. The scores of questionnaires are those of
the policy, so that they may rest on imputed answers (`_imputed` counts them); counted actions are 0 where the log is
silent (`count_…`).
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gradatim.domain import Feature
from gradatim.errors import StorageError
from gradatim.memory.processing.cleaning import RobustScale, log_latency, robust_scale
from gradatim.memory.processing.policy import COUNTED, Processed
from gradatim.memory.profile import ATTRIBUTES
from gradatim.memory.profile.dimensions.affect import INSTRUMENT as AFFECT
from gradatim.memory.profile.dimensions.cognitive import INSTRUMENTS

SURVEYED = {name: instrument for instrument, name in INSTRUMENTS.items()} | {"self_reported_affect": AFFECT}
"""Attribute → instrument whose score it is."""
LOGARITHMS = ("response_latency", "session_minutes", "task_minutes", "days_between_sessions")
"""Attributes that are skewed to the right, so that their scales are those of the logarithm."""
Cell = str | float | int | None


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """Features of learners.

    Attributes:
        columns: Names; the first is `learner`.
        rows: In the order of the learners' ids; `None` where a value is missing.
        scales: Attribute → robust scale of the cohort, of the logarithm for those in `LOGARITHMS`.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    scales: dict[str, RobustScale]

    def column(self, name: str) -> list[Cell]:
        """The values of a column."""
        place = self.columns.index(name)
        return [row[place] for row in self.rows]

    def z(self, name: str) -> list[float | None]:
        """An attribute in robust standard units of the cohort; `None` where it is missing or does not vary."""
        scale = self.scales.get(name)
        return [
            None if scale is None or not isinstance(value, int | float) else scale.z(_scaled(name, value))
            for value in self.column(name)
        ]


def feature_table(features: Iterable[tuple[str, Sequence[Feature]]], processed: Processed) -> FeatureTable:
    """A table of these learners.

    Args:
        features: Learner and their features (`Progress.features` or `LearnerState.features`).
        processed: The policy applied to the same learners, and others if need be.
    """
    columns = ["learner"]
    for attribute in ATTRIBUTES:
        columns += [attribute.name, f"{attribute.name}_error", f"{attribute.name}_n"]
        if attribute.name in SURVEYED:
            columns.append(f"{attribute.name}_imputed")
    columns += [f"count_{action}" for action in COUNTED]
    rows: list[tuple[Cell, ...]] = []
    for learner, known in sorted(features, key=lambda item: item[0]):
        named = {feature.name: feature for feature in known}
        row: list[Cell] = [learner]
        for attribute in ATTRIBUTES:
            if attribute.name in SURVEYED:
                row += _surveyed(learner, SURVEYED[attribute.name], processed)
            else:
                feature = named.get(attribute.name)
                row += [None, None, 0] if feature is None else [feature.value, feature.error, feature.observations]
        counts = processed.counts.get(learner, {})
        rows.append((*row, *(counts.get(action, 0) for action in COUNTED)))
    return FeatureTable(tuple(columns), tuple(rows), _scales(columns, rows))


def write_table(table: FeatureTable, path: Path) -> None:
    """Write the table as CSV (UTF-8, comma, a header); the file is whole, or as it was.

    Raises:
        StorageError: It cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # readable by its owner alone
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(table.columns)
                writer.writerows(table.rows)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StorageError(
            f"cannot be written: {error.strerror}", place=str(path), remedy="check folder, permissions and space"
        ) from error


def _surveyed(learner: str, instrument: str, processed: Processed) -> list[Cell]:
    analysis = processed.surveys.get(instrument)
    score = None if analysis is None else analysis.scores.get(learner)
    return [None, None, 0, 0] if score is None else [score.value, score.error, score.items, len(score.imputed)]


def _scales(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> dict[str, RobustScale]:
    scales: dict[str, RobustScale] = {}
    for attribute in ATTRIBUTES:
        place = columns.index(attribute.name)
        values = [_scaled(attribute.name, value) for row in rows if isinstance(value := row[place], int | float)]
        scale = robust_scale(values)
        if scale is not None:
            scales[attribute.name] = scale
    return scales


def _scaled(name: str, value: float) -> float:
    return log_latency(value) if name in LOGARITHMS else value
