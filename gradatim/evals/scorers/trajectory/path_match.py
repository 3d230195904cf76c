"""Path match: whether a run took the path that was expected, in four degrees.

`reference.path` is a list of names of agents, or a list of such lists of which any will do. `strict`: the same steps in
the same order (agents that worked side by side may stand in either order); `unordered`: the same steps; `subset`: no
step that is not expected; `superset`: every step that is expected. The degrees are those of agentevals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, get_args

from gradatim.evals.scorers.given import Given, Missing, list_of, scorer
from gradatim.evals.scorers.score import Score, Scorer, ScorerInfo
from gradatim.evals.scorers.scores import listed, scored
from gradatim.evals.scorers.trajectory.reading import agents_of
from gradatim.evals.traces.trace import Span

Degree = Literal["strict", "unordered", "subset", "superset"]
MOST = 500
"""Steps up to which steps side by side are told apart from steps one after the other."""


def path_match(degree: Degree) -> Scorer:
    """A scorer that compares the agents of a run with the expected ones."""
    key = f"path_{degree}"

    @scorer(key)
    def judge(given: Given) -> Score:
        expected = _expected(given)
        spans = agents_of(given)
        taken = [span.subject for span in spans]
        matching = next((path for path in expected if _matches(degree, spans, taken, path)), None)
        extra, missing = _parted(taken, matching or expected[0])
        comment = f"took {listed(taken, 15)}"
        if extra or missing:
            comment += f"; too much: {listed(extra) or 'nothing'}; missing: {listed(missing) or 'nothing'}"
        return scored(key, matching is not None, comment, path=taken[:100], extra=extra[:20], missing=missing[:20])

    return judge


def _expected(given: Given) -> list[list[str]]:
    value = given.items("reference.path")
    candidates: Sequence[object] = [value] if value and isinstance(value[0], str) else value
    paths = [path for item in candidates if (path := _path(item))]
    if not paths:
        raise Missing("`reference.path` holds no path: a list of names of agents")
    return paths


def _path(value: object) -> list[str]:
    """A list of names; an empty one for anything else."""
    names = list_of(value)
    return [str(name) for name in names] if all(isinstance(name, str) for name in names) else []


def _matches(degree: Degree, spans: Sequence[Span], taken: Sequence[str], expected: Sequence[str]) -> bool:
    here, there = Counter(taken), Counter(expected)
    match degree:
        case "strict":
            return here == there and (list(taken) == list(expected) or _same_order(spans, expected))
        case "unordered":
            return here == there
        case "subset":
            return here.keys() <= there.keys()
        case "superset":
            return here >= there


def _same_order(spans: Sequence[Span], expected: Sequence[str]) -> bool:
    """Whether no step was over before another began that is expected before it."""
    if len(spans) > MOST:
        return False
    places: dict[str, list[int]] = {}
    for place, name in enumerate(expected):
        places.setdefault(name, []).append(place)
    order = sorted(range(len(spans)), key=lambda number: places[spans[number].subject].pop(0))
    return all(
        not _before(spans, later, earlier)
        for number, earlier in enumerate(order)
        for later in order[number + 1 :]
    )  # fmt: skip


def _before(spans: Sequence[Span], one: int, other: int) -> bool:
    """Whether one step was over before the other began; of instants that are the same, the order decides."""
    first, second = spans[one], spans[other]
    return first.end <= second.start and (first.start, one) < (second.start, other)


def _parted(taken: Sequence[str], expected: Sequence[str]) -> tuple[list[str], list[str]]:
    """Steps that were taken and not expected, and the other way round."""
    if list(taken) == list(expected):
        return [], []
    here, there = Counter(taken), Counter(expected)
    return list((here - there).elements()), list((there - here).elements())


_SAID: dict[Degree, str] = {
    "strict": "Whether a run took the expected steps in the expected order.",
    "unordered": "Whether a run took the expected steps, in any order.",
    "subset": "Whether a run took no step that is not expected.",
    "superset": "Whether a run took every step that is expected.",
}

INFOS = tuple(
    ScorerInfo(
        key=f"path_{degree}",
        scorer=path_match(degree),
        summary=_SAID[degree],
        family="trajectory",
        summarised="share",
        needs=("outputs.spans", "reference.path"),
    )
    for degree in get_args(Degree)
)
