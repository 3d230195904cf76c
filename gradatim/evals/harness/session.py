"""The scores of a test session: gathered from the reports of tests, told at the end, held against thresholds.

They travel as properties of the reports, so that processes of pytest-xdist need nothing more, and JUnit files have
them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gradatim.evals.harness.thresholds import Threshold, Verdict, held_against

if TYPE_CHECKING:
    from gradatim.evals.scorers.score import Score, ScorerInfo
    from gradatim.evals.scorers.summary import Figure
    from gradatim.evals.scorers.tally import Column

PREFIX = "gradatim:"
"""What the name of a property begins with; the scorer's key follows."""
_COMPARED = ("machine", "people", "probability", "nodes", "model", "overhead")
"""Metadata that the figure of many runs is made of."""


def property_of(info: ScorerInfo, score: Score) -> tuple[str, str]:
    """A score as a property of a test's report."""
    metadata = score.get("metadata") or {}
    value = score["score"]
    told = {
        "score": None if value is None else float(value),
        "comment": score["comment"],
        "metadata": {key: metadata[key] for key in _COMPARED if key in metadata},
        "summarised": info.summarised,
        "unit": info.unit,
    }
    return f"{PREFIX}{info.key}", json.dumps(told, default=str)


@dataclass(slots=True)
class Gathered:
    """Scores of a session.

    Attributes:
        columns: By the scorer's key.
        kinds: How a scorer's scores become one figure, and their unit.
    """

    columns: dict[str, Column] = field(default_factory=dict[str, "Column"])
    kinds: dict[str, tuple[Any, str | None]] = field(default_factory=dict[str, "tuple[Any, str | None]"])

    def take(self, properties: Iterable[tuple[str, object]]) -> None:
        """Take the properties of a report in."""
        for name, value in properties:
            if not name.startswith(PREFIX):
                continue
            from gradatim.evals.scorers.tally import Column

            key = name.removeprefix(PREFIX)
            told: Mapping[str, Any] = json.loads(str(value))
            self.kinds[key] = told["summarised"], told["unit"]
            self.columns.setdefault(key, Column()).add(told["score"], told["comment"], told["metadata"])

    def figures(self) -> list[Figure]:
        """A figure for each scorer, in the order in which they were first used.

        Raises:
            NoStatistics: scipy is not installed.
        """
        from gradatim.evals.scorers.score import ScorerInfo, not_here
        from gradatim.evals.scorers.summary import figure

        found: list[Figure] = []
        for key, column in self.columns.items():
            summarised, unit = self.kinds[key]
            info = ScorerInfo(key, not_here, "", "outcome", summarised, unit=unit)
            found.append(figure(column, info))
        return found

    def verdicts(self, thresholds: Iterable[Threshold]) -> list[Verdict]:
        """Whether each threshold is kept.

        Raises:
            NoStatistics: scipy is not installed.
        """
        return list(held_against(thresholds, self.figures(), "no test scored it"))

    def lines(self) -> Iterator[str]:
        """The figures as lines for a terminal.

        Raises:
            NoStatistics: scipy is not installed.
        """
        figures = self.figures()
        width = max((len(figure.key) for figure in figures), default=0)
        for figure in figures:
            missing = f", {figure.missing} not judged" if figure.missing else ""
            unit = f" {figure.unit}" if figure.unit else ""
            why = f" ({next(iter(figure.reasons))})" if figure.estimate.value is None and figure.reasons else ""
            runs = figure.estimate.n or len(self.columns[figure.key].scores)
            yield f"{figure.key:<{width}}  {figure.estimate}{unit}  {figure.measure} of {runs}{missing}{why}"
