"""Kinds that mark: the rubric, points with what they rest on, and how far two markers agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gradatim.agents.agreement import jaccard
from gradatim.agents.state import Plain, State, execution_of, read, task_of
from gradatim.domain import (
    FEEDBACK_PARTS,
    Composite,
    Execution,
    Feedback,
    Measure,
    Noun,
    Probability,
    Task,
    Verdict,
)
from gradatim.errors import InputError
from gradatim.graphs.services import Services
from gradatim.graphs.workflow.kinds.kind import Agent, Kind
from gradatim.graphs.workflow.types import Unchecked
from gradatim.languages import say
from gradatim.tools.rubric.rubric import DIMENSIONS

Weights = dict[str, Annotated[float, Field(gt=0, le=1000)]]


class GradePart(Noun):
    """One part of a grade."""

    name: str
    points: Annotated[float, Field(ge=0)]
    out_of: Annotated[float, Field(ge=0)]
    why: str
    """What was observed."""
    evidence: tuple[str, ...] = ()


class Grade(Noun):
    """Points for a submission, with what they rest on. The verdict is that of the executed tests."""

    points: Annotated[float, Field(ge=0)]
    out_of: Annotated[float, Field(gt=0)]
    verdict: Verdict
    parts: tuple[GradePart, ...]
    measured: Probability = 1.0
    """Share of the points for which there was something to go by; the rest was shared by the other parts."""


class Agreement(Noun):
    """How far two markers agree. Agreement, not accuracy: neither of them is the truth."""

    value: Probability | None = None
    """1 where they say the same; `None` where neither says anything that can be compared."""
    within: bool
    """Whether they agree well enough."""
    difference: float | None = None
    """Points of the second less points of the first; `None` for what has no points."""
    why: str


class GradingParameters(BaseModel):
    """Base of the parameters of these kinds."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RubricParameters(GradingParameters):
    """What `weigh` is given."""

    weights: Annotated[Weights, Field(min_length=1)]
    """Dimension of the rubric → what it counts."""

    @model_validator(mode="after")
    def _known(self) -> RubricParameters:
        _only_dimensions(self.weights)
        return self


class GradeParameters(GradingParameters):
    """What `grade` may be given."""

    points: Annotated[float, Field(gt=0, le=10_000)] = 100.0
    """Points in all."""
    tests: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Share of the points that the tests give, by their weights; the rubric gives the rest."""
    weights: Weights = Field(default_factory=dict)
    """Dimension of the rubric → what it counts in the rest; correctness, which the tests measure, counts nothing."""
    step: Annotated[float, Field(gt=0)] = 0.5
    """Points are rounded to a multiple of it, halves up."""

    @model_validator(mode="after")
    def _known(self) -> GradeParameters:
        _only_dimensions(self.weights)
        return self


class CompareParameters(GradingParameters):
    """What `compare` may be given."""

    points: Annotated[float, Field(ge=0)] = 5.0
    """Difference of points up to which two grades agree."""
    least: Annotated[float, Field(ge=0, le=1)] = 0.6
    """Agreement from which two feedbacks agree."""


def _only_dimensions(weights: Mapping[str, float]) -> None:
    for name in weights:
        if name not in DIMENSIONS:
            raise ValueError(f"the rubric has no dimension {name!r}, only {', '.join(DIMENSIONS)}")


def weighed(rubric: Composite, weights: Mapping[str, float]) -> Composite:
    """A rubric with other weights; dimensions without one are left out."""
    total = sum(weights.values())
    measures = tuple(
        Measure(
            name=item.name, weight=weights[item.name] / total, value=item.value, why=item.why, evidence=item.evidence
        )
        for item in rubric.measures
        if item.name in weights
    )
    return Composite.of(measures)


def grade(task: Task, execution: Execution, rubric: Composite | None, given: GradeParameters) -> Grade:
    """Points from executed tests and, for the rest, from the rubric.

    The tests give `tests · Σ weight of passed / Σ weight` of the points. The rest is the rubric's weighted mean; where
    nothing of it was measured, its share goes to the tests.
    """
    passed = {outcome.test for outcome in execution.outcomes if outcome.status == "passed"}
    whole = sum(case.weight for case in task.tests)
    share = sum(case.weight for case in task.tests if case.id in passed) / whole
    weights = given.weights or {name: 1.0 for name in DIMENSIONS if name != "correctness"}
    composite = weighed(rubric, weights) if rubric is not None and given.tests < 1 else None
    rest = composite.value if composite is not None else None
    for_tests = given.tests if rest is not None else 1.0
    out_of = given.points * for_tests
    parts = [
        GradePart(
            name="tests",
            points=round(out_of * share, 4),
            out_of=round(out_of, 4),
            why=say("grading.tests", passed=len(passed), total=len(task.tests)),
            evidence=tuple(f"test:{case.id}" for case in task.tests),
        )
    ]
    for measure in composite.measures if composite is not None and rest is not None else ():
        part = given.points * (1 - for_tests) * composite.shares.get(measure.name, 0.0) if composite else 0.0
        parts.append(
            GradePart(
                name=measure.name,
                points=round(part * (measure.value or 0.0), 4),
                out_of=round(part, 4),
                why=measure.why,
                evidence=measure.evidence,
            )
        )
    points = min(given.points, _rounded(sum(part.points for part in parts), given.step))
    measured = for_tests if composite is None else for_tests + (1 - for_tests) * composite.measured
    return Grade(
        points=points,
        out_of=given.points,
        verdict=execution.verdict,
        parts=tuple(parts),
        measured=min(1.0, measured if given.tests < 1 and rest is not None else given.tests),
    )


def _rounded(points: float, step: float) -> float:
    return round(int(points / step + 0.5 + 1e-9) * step, 6)


def compare(first: Any, second: Any, given: CompareParameters) -> Agreement:
    """How far two grades, two feedbacks or two numbers agree.

    Grades: 1 − |difference| / points in all. Feedbacks: soft Jaccard index of what they claim about lines, kinds of
    fault, misconceptions and results. Anything else: whether they are equal.

    Raises:
        InputError: A grade is compared with something else.
    """
    if _is_grade(first) != _is_grade(second):
        raise InputError("a grade and something else cannot be compared", place="compare", remedy="compare two grades")
    if _is_grade(first):
        one, other = Grade.model_validate(first), Grade.model_validate(second)
        scale = max(one.out_of, other.out_of)
        difference = (other.points / other.out_of - one.points / one.out_of) * scale
        return Agreement(
            value=max(0.0, 1 - abs(difference) / scale),
            within=abs(difference) <= given.points,
            difference=round(difference, 4),
            why=say(
                "grading.points",
                first=f"{one.points:g}",
                first_of=f"{one.out_of:g}",
                second=f"{other.points:g}",
                second_of=f"{other.out_of:g}",
            ),
        )
    if _is_feedback(first) and _is_feedback(second):
        claims = [
            [claim for statement in Feedback.model_validate(item).statements() for claim in statement.claims]
            for item in (first, second)
        ]
        value = jaccard(*claims)
        if value is None:
            return Agreement(within=False, why=say("grading.nothing"))
        return Agreement(value=value, within=value >= given.least, why=say("grading.claims", value=f"{value:.2f}"))
    if _is_number(first) and _is_number(second):
        difference = float(second) - float(first)
        return Agreement(
            value=float(difference == 0), within=abs(difference) <= given.points, difference=difference,
            why=say("grading.numbers", first=first, second=second),
        )  # fmt: skip
    same = first == second
    return Agreement(value=float(same), within=same, why=say("grading.equal" if same else "grading.unequal"))


def _is_grade(value: Any) -> bool:
    return isinstance(value, dict) and {"points", "out_of", "verdict"} <= value.keys()


def _is_feedback(value: Any) -> bool:
    return isinstance(value, dict) and set(FEEDBACK_PARTS) <= value.keys()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _weigh(_: Services, given: RubricParameters) -> Agent:
    async def agent(state: State, runtime: Any = None) -> Plain:
        return {"rubric": weighed(read(state, "rubric", Composite), given.weights).plain()}

    return agent


def _grade(_: Services, given: GradeParameters) -> Agent:
    async def agent(state: State, runtime: Any = None) -> Plain:
        rubric = read(state, "rubric", Composite) if state.get("rubric") else None
        return {"grade": grade(task_of(state), execution_of(state), rubric, given).plain()}

    return agent


def _compare(_: Services, given: CompareParameters) -> Agent:
    async def agent(state: State, runtime: Any = None) -> Plain:
        return {"agreement": compare(state["first"], state["second"], given).plain()}

    return agent


KINDS: tuple[Kind, ...] = (
    Kind(
        "rubric",
        "Gives the rubric of `diagnose` other weights, and leaves dimensions out.",
        _weigh,
        reads={"rubric": Composite},
        writes={"rubric": Composite},
        parameters=RubricParameters,
    ),
    Kind(
        "grade",
        "Points from executed tests and, where asked, from the rubric, each part with its evidence.",
        _grade,
        reads={"task": Task, "execution": Execution},
        optional={"rubric": Composite},
        writes={"grade": Grade},
        parameters=GradeParameters,
    ),
    Kind(
        "compare",
        "Measures how far two grades, feedbacks or values agree, e.g. of two markers.",
        _compare,
        reads={"first": Unchecked[Any], "second": Unchecked[Any]},
        writes={"agreement": Agreement},
        parameters=CompareParameters,
    ),
)
