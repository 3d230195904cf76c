"""Scores that people gave, and the machine's: the pairs on which agreement is computed.

The consensus of several raters is the mean of their scores (as the source of the figures to beat has it). Scores may be
on any scale; `reference.scale` (`[lowest, highest]`) tells which. Without it they count as being in [0, 1].
"""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum
from typing import Any, cast

from gradatim.evals.scorers.given import Given, Missing, Plain, list_of, mapping_of, number_of, objects_of
from gradatim.evals.scorers.score import Score
from gradatim.evals.scorers.scores import scored

OVERALL = ("overall", "composite", "total")
"""Names of a dimension that stands for all of them."""
DIMENSIONS = (
    "correctness",
    "code_quality",
    "problem_solving_approach",
    "explanation_clarity",
    "conceptual_understanding",
)


def consensus(given: Given) -> dict[str, tuple[float, int]]:
    """Mean score of each dimension that people rated, and by how many of them.

    Raises:
        Missing: Nobody rated anything.
    """
    found: dict[str, tuple[float, int]] = {}
    for dimension, raters in given.mapping("reference.scores").items():
        values = _values(raters)
        if values:
            found[str(dimension)] = (fsum(values) / len(values), len(values))
    if not found:
        raise Missing("`reference.scores` holds no finite number")
    return found


def machine_scores(given: Given) -> tuple[float | None, dict[str, float]]:
    """The machine's composite, and its score in each dimension that it measured.

    Raises:
        Missing: The run has no rubric.
    """
    rubric = given.mapping("outputs.rubric")
    measures = {
        str(item.get("name")): value
        for item in objects_of(rubric.get("measures"))
        if (value := number_of(item.get("value"))) is not None
    }
    return number_of(rubric.get("value")), measures


def weights(given: Given) -> dict[str, float]:
    """What each dimension counts in the composite."""
    return {
        str(item.get("name")): weight
        for item in objects_of(given.find("outputs.rubric.measures"))
        if (weight := number_of(item.get("weight"))) is not None and weight > 0
    }


def overall(people: Mapping[str, tuple[float, int]], counts: Mapping[str, float]) -> tuple[float, int]:
    """The consensus over all dimensions: what people gave as a whole, else the weighted mean of the dimensions.

    A dimension that the machine's rubric does not have counts as much as the others do on average.
    """
    for name in OVERALL:
        if name in people:
            return people[name]
    known = [counts[name] for name in people if name in counts]
    usual = fsum(known) / len(known) if known else 1.0
    total = fsum(counts.get(name, usual) for name in people)
    value = fsum(counts.get(name, usual) * mean for name, (mean, _) in people.items()) / total
    return value, min(raters for _, raters in people.values())


def compared(given: Given, key: str, machine: float, people: float, raters: int, **metadata: Any) -> Score:
    """One pair: its closeness as the score, the pair in the metadata.

    The score is 1 - |machine - people|, both on [0, 1]; where the scale of the people is not known and cannot be
    [0, 1], there is only the pair, which a correlation can use.
    """
    low, high = _scale(given.find("reference.scale")) or (0.0, 1.0)
    rescaled = (people - low) / (high - low)
    metadata = {"machine": machine, "people": rescaled, "raters": raters, **metadata}
    if not 0.0 <= rescaled <= 1.0 or not 0.0 <= machine <= 1.0:
        comment = f"the machine gives {machine:.2f}, people {people:.2f}: not on one scale; set `reference.scale`"
        return {"key": key, "score": None, "comment": comment, "metadata": metadata}
    comment = f"the machine gives {machine:.2f}, {raters} {'person' if raters == 1 else 'people'} {rescaled:.2f}"
    return scored(key, 1.0 - abs(machine - rescaled), comment, **metadata)


def _values(raters: object) -> list[float]:
    """Finite numbers of raters: `{rater: value}`, a list, or one number."""
    if isinstance(raters, Mapping):
        given = list(mapping_of(cast("Plain", raters)).values())
    else:
        given = list(list_of(raters)) or [raters]
    return [number for value in given if (number := number_of(value)) is not None]


def _scale(value: object) -> tuple[float, float] | None:
    ends = list_of(value)
    if len(ends) != 2:
        return None
    low, high = number_of(ends[0]), number_of(ends[1])
    return (low, high) if low is not None and high is not None and low < high else None
