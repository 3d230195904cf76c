"""Collaborative filtering: how learners with a similar record did on what this learner has not done yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.propagation.plan import Floats

_SHRINK = 5.0
"""Concepts in common, or learners of a concept, at which a mean or a similarity counts half."""
_STRENGTH = 1.0
"""Sum of similarities at which what neighbours say counts half."""


@dataclass(frozen=True, slots=True)
class PeerPrediction:
    """What the records of others let expect of a learner on a concept."""

    score: float
    """Expected performance or mastery, in [0, 1]."""
    confidence: float
    """From 0, nobody comparable, to 1."""
    neighbours: int
    """Learners with a similar record that it rests on."""


class Neighbours:
    """Records of other learners, to be compared with.

    The nearest are found by the cosine of deviations from the mean of each concept, over concepts that both have, drawn
    towards 0 where these are few (significance weighting: Herlocker et al., 1999). Only learners more alike than not
    count. Records carry no ids; whose may be used, the caller decides before they come here.

    Args:
        records: Concept → performance or mastery from 0 to 1, one for each learner.
        nearest: Neighbours to go by for a concept.

    Raises:
        InputError: A value lies outside 0 to 1; names the concept.
    """

    def __init__(self, records: Iterable[Mapping[str, float]], *, nearest: int = 20) -> None:
        kept = [dict(record) for record in records if record]
        for record in kept:
            _checked(record)
        self._nearest = nearest
        self._places = {concept: place for place, concept in enumerate(dict.fromkeys(c for row in kept for c in row))}
        table = np.full((len(kept), len(self._places)), np.nan)
        for row, record in enumerate(kept):
            table[row, [self._places[concept] for concept in record]] = list(record.values())
        self._seen = ~np.isnan(table)
        values = np.where(self._seen, table, 0.0)
        counts = self._seen.sum(axis=0)
        overall = float(values.sum() / max(int(counts.sum()), 1))
        self._means: Floats = (values.sum(axis=0) + _SHRINK * overall) / (counts + _SHRINK)
        deviations = np.where(self._seen, table - self._means, 0.0)
        self._offsets = deviations.sum(axis=1) / (self._seen.sum(axis=1) + _SHRINK)
        self._deviations: Floats = np.where(self._seen, deviations - self._offsets[:, None], 0.0)

    def __len__(self) -> int:
        return len(self._seen)

    def predict(self, record: Mapping[str, float], concepts: Iterable[str]) -> dict[str, PeerPrediction]:
        """What to expect of a learner on some concepts; those that no record has are left out.

        Args:
            record: The learner's own, which may be empty: then the mean of each concept is told with confidence 0.
            concepts: Which.

        Raises:
            InputError: A value lies outside 0 to 1.
        """
        _checked(record)
        own = {self._places[concept]: value for concept, value in record.items() if concept in self._places}
        places = np.array(list(own), dtype=np.intp)
        raw = np.array(list(own.values()), dtype=np.float64) - self._means[places]
        offset = float(raw.sum() / (len(raw) + _SHRINK))
        alike = self._alike(places, raw)
        found: dict[str, PeerPrediction] = {}
        for concept in dict.fromkeys(concepts):
            place = self._places.get(concept)
            if place is None:
                continue
            weights = np.where(self._seen[:, place], alike, 0.0)
            nearest = np.argsort(-weights, kind="stable")[: self._nearest]
            nearest = nearest[weights[nearest] > 0.0]
            strength = float(weights[nearest].sum())
            pull = float((weights[nearest] * self._deviations[nearest, place]).sum()) / (strength + _STRENGTH)
            score = min(1.0, max(0.0, float(self._means[place]) + offset + pull))
            found[concept] = PeerPrediction(score, strength / (strength + _STRENGTH), len(nearest))
        return found

    def _alike(self, places: np.ndarray[tuple[int], np.dtype[np.intp]], raw: Floats) -> Floats:
        """Similarity of every record, 0 for those that are no more alike than not: shape (records,)."""
        if not len(places) or not len(self._seen):
            return np.zeros(len(self._seen))
        both = self._seen[:, places]
        theirs = np.where(both, self._deviations[:, places] + self._offsets[:, None], 0.0)
        ours = np.where(both, raw, 0.0)
        lengths = np.sqrt((theirs**2).sum(axis=1) * (ours**2).sum(axis=1))
        cosine = np.divide((theirs * ours).sum(axis=1), lengths, out=np.zeros(len(both)), where=lengths > 0.0)
        common = both.sum(axis=1)
        return np.maximum(0.0, cosine * common / (common + _SHRINK))


def _checked(record: Mapping[str, float]) -> None:
    for concept, value in record.items():
        if not 0.0 <= value <= 1.0:
            raise InputError(
                f"{value!r} is neither performance nor mastery",
                place=f"record, {concept!r}",
                remedy="give numbers from 0 to 1",
            )
