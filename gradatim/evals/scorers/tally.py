"""Scores of many runs as they come: only their numbers are kept, eight bytes each, so that memory stays small."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradatim.evals.scorers.given import mapping_of, number_of
from gradatim.evals.scorers.score import Score

MOST = 50
"""Different reasons for a missing score, and parts of scores, that are told apart; the others are put together."""
_OTHER = "other reasons"
_OF_THE_WHOLE = ("model", "overhead")


@dataclass(slots=True)
class Column:
    """The scores of one scorer.

    Attributes:
        scores: Those that are numbers.
        binary: Whether all of them are truth values.
        first, second: Pairs that many runs are compared on: the machine's and the people's score, or a probability and
            whether it came true.
        parts: Numbers of which a score is made, by name: seconds of each node, of the model, of the rest.
        missing: Why the others are none, and how often.
    """

    scores: array[float] = field(default_factory=lambda: array("d"))
    binary: bool = True
    first: array[float] = field(default_factory=lambda: array("d"))
    second: array[float] = field(default_factory=lambda: array("d"))
    parts: dict[str, array[float]] = field(default_factory=dict[str, "array[float]"])
    missing: Counter[str] = field(default_factory=Counter[str])

    def add(self, score: Any, comment: object, metadata: Mapping[str, Any]) -> None:
        """Take one score in."""
        value = float(score) if isinstance(score, bool) else number_of(score)
        if value is None:
            self._miss(str(comment)[:160] if score is None else "the score is no finite number")
        else:
            self.scores.append(value)
            self.binary = self.binary and (isinstance(score, bool) or value in (0.0, 1.0))
        if "machine" in metadata or "probability" in metadata:
            self._pair(value, metadata)
        if "nodes" in metadata:
            self._part(metadata)

    def merge(self, other: Column) -> None:
        """Take the scores of another column in, behind one's own."""
        self.scores.extend(other.scores)
        self.first.extend(other.first)
        self.second.extend(other.second)
        self.binary = self.binary and other.binary
        for name, values in other.parts.items():
            self._part_of(name).extend(values)
        for reason, count in other.missing.items():
            self._miss(reason, count)

    def _pair(self, value: float | None, metadata: Mapping[str, Any]) -> None:
        machine, people = number_of(metadata.get("machine")), number_of(metadata.get("people"))
        probability = number_of(metadata.get("probability"))
        if machine is not None and people is not None:
            self.first.append(machine)
            self.second.append(people)
        elif probability is not None and value is not None:
            self.first.append(probability)
            self.second.append(value)

    def _part(self, metadata: Mapping[str, Any]) -> None:
        for name in _OF_THE_WHOLE:
            if (value := number_of(metadata.get(name))) is not None:
                self._part_of(name).append(value)
        for name, item in mapping_of(metadata["nodes"]).items():
            if (value := number_of(item)) is not None:
                self._part_of(f"node {str(name)[:60]}").append(value)

    def _part_of(self, name: str) -> array[float]:
        known = name in self.parts or len(self.parts) < MOST
        return self.parts.setdefault(name if known else "other nodes", array("d"))

    def _miss(self, reason: str, count: int = 1) -> None:
        known = reason in self.missing or len(self.missing) < MOST
        self.missing[reason if known else _OTHER] += count


@dataclass(slots=True)
class Tally:
    """The scores of many runs, by scorer.

    Attributes:
        runs: How many runs were scored.
    """

    columns: dict[str, Column] = field(default_factory=dict[str, Column])
    runs: int = 0

    def add(self, scores: Iterable[Score]) -> None:
        """Take the scores of one run in."""
        self.runs += 1
        for score in scores:
            self.column(score["key"]).add(score["score"], score.get("comment"), mapping_of(score.get("metadata")))

    def column(self, key: str) -> Column:
        """The scores of one scorer; an empty column where there were none."""
        found = self.columns.get(key)
        if found is None:
            found = self.columns[key] = Column()
        return found

    def merge(self, other: Tally) -> None:
        """Take the scores of other runs in, behind one's own."""
        self.runs += other.runs
        for key, column in other.columns.items():
            self.column(key).merge(column)
