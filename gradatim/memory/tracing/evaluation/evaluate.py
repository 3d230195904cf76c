"""Evaluating a model on learners it has not seen, predicting each response from those before it.

Two columns: all rows as they were published, and honest, where rows that only repeat the answer before are neither
predicted nor seen. Which rows those are is learned on the training part alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.data.copies import CopyRule, without_copies
from gradatim.memory.tracing.data.sequences import Flags, Sequences
from gradatim.memory.tracing.evaluation.metrics import Score, score
from gradatim.memory.tracing.models.protocol import FitOptions, TracingModel

Reals = npt.NDArray[np.float64]
Say = Callable[[str], None]

ONLINE_RESPONSES = 20_000
"""Responses on which the time of one update and prediction is measured."""


@dataclass(frozen=True, slots=True)
class Column:
    """What came out for one way of counting rows."""

    correct: Flags
    predicted: Reals
    fit_seconds: float
    predict_seconds: float
    """For all predictions at once."""
    online_seconds: float
    """Of a prediction and an update, one learner at a time."""

    @property
    def score(self) -> Score:
        """Figures of the predictions."""
        return score(self.correct, self.predicted)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Both columns of one training and test part."""

    all_rows: Column
    honest: Column
    copies: float
    """Share of the test rows that repeat the answer before."""


def evaluate(kind: type[TracingModel], train: Sequences, test: Sequences, options: FitOptions) -> Evaluation:
    """Fit on one part and predict the other, in both columns; the model is fitted for each of them."""
    rule = CopyRule.learned(train)
    copies = rule.copies(test)
    everything = _column(kind, train, test, options)
    if not copies.any() and not rule.copies(train).any():
        return Evaluation(everything, everything, 0.0)
    honest = _column(kind, without_copies(train, rule), without_copies(test, rule), options)
    return Evaluation(everything, honest, float(copies.mean()))


def cross_validated(
    kind: type[TracingModel], data: Sequences, folds: int, options: FitOptions, say: Say
) -> list[Evaluation]:
    """Evaluate on each fold of the learners with a model fitted on the others.

    Raises:
        ValueError: There are fewer learners than folds.
    """
    found: list[Evaluation] = []
    for number, held in enumerate(learner_folds(data, folds, options.seed), start=1):
        say(f"fold {number} of {folds}")
        found.append(evaluate(kind, data.rows(~held), data.rows(held), options))
    return found


def learner_folds(data: Sequences, folds: int, seed: int) -> Iterable[Flags]:
    """Rows of each fold's learners; learners are dealt at random, each to one fold.

    Raises:
        ValueError: There are fewer learners than folds.
    """
    number = np.cumsum(data.first) - 1
    learners = len(data.starts) - 1
    if learners < folds:
        raise ValueError(f"{learners} learners cannot be dealt into {folds} folds")
    fold = np.random.default_rng(seed).permutation(np.arange(learners) % folds)
    return [fold[number] == place for place in range(folds)]


def _column(kind: type[TracingModel], train: Sequences, test: Sequences, options: FitOptions) -> Column:
    begin = perf_counter()
    model = kind.fit(train, options)
    fitted = perf_counter()
    predicted = model.predict(test)
    done = perf_counter()
    return Column(test.correct, predicted, fitted - begin, done - fitted, online_seconds(model, test))


def online_seconds(model: TracingModel, data: Sequences) -> float:
    """Seconds of one prediction and update, the mean over the first responses of the data."""
    count = min(len(data), ONLINE_RESPONSES)
    names: list[str] = [data.skills[code] for code in data.skill[:count].tolist()]
    items: list[str | None] = [None] * count
    if data.item is not None:
        items = [data.items[code] for code in data.item[:count].tolist()]
    seconds: list[float | None] = [None] * count if data.seconds is None else data.seconds[:count].tolist()
    rows = list(zip(data.first[:count].tolist(), names, items, seconds, data.correct[:count].tolist(), strict=True))
    trace = model.start()
    begin = perf_counter()
    for first, skill, item, at, correct in rows:
        if first:
            trace = model.start()
        trace.predict(skill, item, at)
        trace.observe(skill, correct, item, at)
    return (perf_counter() - begin) / max(count, 1)
