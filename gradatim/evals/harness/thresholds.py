"""Thresholds that figures have to keep, as they stand in the configuration of pytest and on the command line.

```
claim_support >= 0.95        the figure of all runs that were scored
claim_support.low >= 0.9     the lower end of its interval
latency.high <= 12           the upper end
latency[p95] <= 20           a figure beside it, by the name that it has in the table
latency[p95].high <= 30      the upper end of that one's interval
```
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.evals.scorers.summary import Figure
    from gradatim.evals.statistics import Estimate

_COMPARED: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_LINE = re.compile(
    r"\s*(?P<key>[A-Za-z]\w*)(?:\[(?P<beside>[^\[\]]+)\])?(?:\.(?P<end>low|high))?"
    r"\s*(?P<sign>[<>]=?)\s*(?P<bound>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*"
)


class ThresholdError(ValueError):
    """A line is no threshold; the text says what one looks like."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound for one scorer's figure.

    Attributes:
        key: Of the scorer.
        beside: Which of the figures beside its own (`Figure.further`); its own where it is empty.
        end: Which end of the interval is held against the bound; the figure itself where it is empty.
        sign: How: `>=`, `<=`, `>`, `<`.
    """

    key: str
    beside: str
    end: str
    sign: str
    bound: float

    def __str__(self) -> str:
        beside, end = f"[{self.beside}]" if self.beside else "", f".{self.end}" if self.end else ""
        return f"{self.key}{beside}{end} {self.sign} {self.bound:g}"

    def found_in(self, figure: Figure) -> Estimate | None:
        """What it is held against."""
        return figure.further.get(self.beside) if self.beside else figure.estimate

    def kept_by(self, estimate: Estimate) -> bool | None:
        """Whether a figure keeps it; `None` where it has no such end."""
        value: float | None = getattr(estimate, self.end or "value")
        return None if value is None else _COMPARED[self.sign](value, self.bound)


def read_threshold(line: str) -> Threshold:
    """A threshold as a person writes it.

    Raises:
        ThresholdError: It is none.
    """
    found = _LINE.fullmatch(line)
    if found is None:
        raise ThresholdError(f"{line!r} is no threshold; write e.g. `claim_support >= 0.95` or `leak.high <= 0.1`")
    beside = (found["beside"] or "").strip()
    return Threshold(found["key"], beside, found["end"] or "", found["sign"], float(found["bound"]))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether figures keep a threshold.

    Attributes:
        kept: False also where there is no such figure: what was not measured has not passed.
        why: For a person.
    """

    threshold: Threshold
    kept: bool
    why: str


def held_against(thresholds: Iterable[Threshold], figures: Iterable[Figure], absent: str) -> Iterator[Verdict]:
    """A verdict for each threshold.

    Args:
        absent: What is said where no figure has the threshold's key.
    """
    known = {figure.key: figure for figure in figures}
    for threshold in thresholds:
        figure = known.get(threshold.key)
        if figure is None:
            yield Verdict(threshold, False, absent)
            continue
        estimate = threshold.found_in(figure)
        if estimate is None:
            names = ", ".join(figure.further) or "none of these runs"
            yield Verdict(threshold, False, f"there is no such figure; beside {threshold.key} stand: {names}")
            continue
        kept = threshold.kept_by(estimate)
        if kept is None:
            reason = next(iter(figure.reasons), "") if estimate.value is None else ""
            yield Verdict(threshold, False, reason or estimate.method)
        else:
            yield Verdict(threshold, kept, f"is {estimate}")
