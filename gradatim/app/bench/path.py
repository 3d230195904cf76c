"""`gradatim bench path`: what to practise next, chosen by look-ahead, against greedy, random and fixed orders.

Simulated learners (`gradatim.memory.recommendation.simulation`) practise courses cut out of the packaged graph. Every
policy sees the same beliefs, and the same random numbers decide over answers, learning and forgetting, so that
policies are compared learner by learner. None of them knows the true parameters.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from gradatim.kg import ConceptGraph, packaged_curriculum
from gradatim.memory.propagation.plan import Floats
from gradatim.memory.recommendation import (
    CAUTIOUS,
    READY,
    ROLLOUTS,
    Course,
    Dynamics,
    FixedSyllabus,
    Greedy,
    LookAhead,
    Outcome,
    Policy,
    RandomReady,
    Setting,
    Syllabus,
    World,
    closure,
    simulate,
)

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures

COURSES = 4
CONCEPTS = 60
"""Of a course, about."""
LEARNERS = 300
PRACTICES = 200
GOAL_PRACTICES = 300
GOAL_SIZE = 22
"""Concepts that the goal of a course needs, itself included, about."""
SMALL = (1, 40, 40)
"""Courses and practices of a run with `--sample`."""
SEED = 20_000
OURS = {"free": "index", "goal": "rollout"}
"""What the product uses: for whole courses, and on the way to a goal."""
VARIANTS = {"forgetful": {"forget": 0.004}, "misjudged": {"error": 0.8}, "mild": {"gate": 0.6}}
"""Other learners: who lose concepts four times as fast; of whom the planner has estimates that are off by a factor of
two; whom lacking prerequisites hinder less."""
_NORMAL_95 = 1.959964

Maker = Callable[[Dynamics, str | None], Policy]
_POLICIES: Mapping[str, Maker] = {
    "index": lambda dynamics, goal: _look_ahead(dynamics, goal, 1),
    "rollout": lambda dynamics, goal: _look_ahead(dynamics, goal, ROLLOUTS),
    "greedy": lambda dynamics, goal: Greedy(dynamics),
    "greedy_cautious": lambda dynamics, goal: Greedy(dynamics, CAUTIOUS),
    "random": lambda dynamics, goal: RandomReady(dynamics),
    "syllabus": lambda dynamics, goal: Syllabus(),
    "syllabus_loose": lambda dynamics, goal: Syllabus(0.8),
    "syllabus_fixed": lambda dynamics, goal: FixedSyllabus(),
}


def path(request: BenchRequest) -> Figures:
    """Mastery after so many practices and practices to a goal, by policy, with paired differences.

    With `--sample N`, N learners of one course and few practices: quick, and too little to tell policies apart.
    """
    count, free, to_goal = (COURSES, PRACTICES, GOAL_PRACTICES) if request.sample is None else SMALL
    each = max(1, (request.sample or LEARNERS) // count)
    graph = packaged_curriculum()
    courses = [course_of(graph, number) for number in range(count)]
    known = [
        World.of(item, Setting(learners=each), SEED + number).mastered.mean() for number, item in enumerate(courses)
    ]
    figures: dict[str, str | int | float | bool | None] = {
        "courses": count,
        "concepts_mean": float(np.mean([len(course.concepts) for course in courses])),
        "learners": each * count,
        "mastered_share_at_the_start": round(float(np.mean(known)), 4),
        "practices": free,
        "goal_practices": to_goal,
    }
    for kind, practices in (("free", free), ("goal", to_goal)):
        results: dict[str, Floats] = {}
        for name, make in _POLICIES.items():
            request.say(f"{name.replace('_', ' ')}, {'to a goal' if kind == 'goal' else 'whole courses'}")
            began = perf_counter()
            outcomes = [
                _simulated(course, number, Setting(learners=each, practices=practices), make, kind == "goal")
                for number, course in enumerate(courses)
            ]
            taken = perf_counter() - began
            results[name] = _told(figures, name, kind, outcomes, courses)
            figures[f"{name}_{kind}_us_per_choice"] = round(taken / (each * count * practices) * 1e6, 1)
        _compared(figures, kind, results)
    for variant, changed in VARIANTS.items():
        request.say(f"{variant} learners, whole courses")
        setting = Setting(learners=each, practices=free, **changed)
        _varied(figures, variant, setting, courses)
    return figures


def course_of(graph: ConceptGraph, number: int, concepts: int = CONCEPTS) -> Course:
    """A course of about so many concepts, with everything that they need; another one for each number."""
    chance = np.random.default_rng((SEED, number))
    chosen: frozenset[str] = frozenset()
    for concept in chance.permutation(np.array([item.id for item in graph.concepts])).tolist():
        wider = chosen | closure(graph, [concept])
        if len(wider) <= concepts:
            chosen = wider
        if len(chosen) == concepts:
            break
    return Course.of(graph, only=chosen)


def goal_of(course: Course, size: int = GOAL_SIZE) -> str:
    """The concept of a course that needs about so many."""
    sizes = [int(course.needed_by(place).sum()) for place in range(len(course.concepts))]
    return course.concepts[min(range(len(sizes)), key=lambda place: (abs(sizes[place] - size), place))]


def _simulated(course: Course, number: int, setting: Setting, make: Maker, to_goal: bool) -> Outcome:
    world = World.of(course, setting, SEED + number)
    goal = goal_of(course) if to_goal else None
    return simulate(world, make(world.dynamics, goal), goal=goal, ready=READY)


def _look_ahead(dynamics: Dynamics, goal: str | None, candidates: int) -> LookAhead:
    if goal is None:
        return LookAhead(dynamics, candidates=candidates)
    return LookAhead.to_goal(dynamics, goal, candidates=candidates)


def _told(
    figures: dict[str, str | int | float | bool | None],
    name: str,
    kind: str,
    outcomes: list[Outcome],
    courses: list[Course],
) -> Floats:
    """Add one policy's figures; returns what it is compared by, one number a learner."""
    figures[f"{name}_{kind}_violations"] = sum(item.violations for item in outcomes)
    if kind == "goal":
        steps = np.concatenate([item.steps for item in outcomes])
        figures[f"{name}_goal_steps"], figures[f"{name}_goal_steps_ci95"] = _mean(steps, 1)
        figures[f"{name}_goal_reached_share"] = round(float(np.mean([item.reached.mean() for item in outcomes])), 4)
        return steps
    share = np.concatenate([item.mastered for item in outcomes])
    figures[f"{name}_mastered_share"], figures[f"{name}_mastered_share_ci95"] = _mean(share, 4)
    concepts = [item.mastered * len(course.concepts) for item, course in zip(outcomes, courses, strict=True)]
    figures[f"{name}_mastered_concepts"] = round(float(np.concatenate(concepts).mean()), 2)
    figures[f"{name}_mean_share_over_time"] = round(float(np.concatenate([item.mean for item in outcomes]).mean()), 4)
    return share


def _compared(figures: dict[str, str | int | float | bool | None], kind: str, results: Mapping[str, Floats]) -> None:
    """Paired differences of ours from every other policy: what is positive speaks for ours."""
    figures[f"ours_{kind}"] = OURS[kind]
    ours = results[OURS[kind]]
    for name, values in results.items():
        if name == OURS[kind]:
            continue
        better = values - ours if kind == "goal" else ours - values
        unit, digits = ("goal_steps_saved", 1) if kind == "goal" else ("mastered_share_gained", 4)
        mean, margin = _mean(better, digits)
        figures[f"over_{name}_{unit}"], figures[f"over_{name}_{unit}_ci95"] = mean, margin
        error = float(better.std(ddof=1)) / math.sqrt(len(better)) if len(better) > 1 else 0.0
        figures[f"over_{name}_{kind}_t"] = round(float(better.mean()) / error, 2) if error else None


def _varied(
    figures: dict[str, str | int | float | bool | None], variant: str, setting: Setting, courses: list[Course]
) -> None:
    """Ours against all others on other learners; the planner goes on assuming what it did."""
    shares = {
        name: np.concatenate(
            [_simulated(course, number, setting, make, False).mastered for number, course in enumerate(courses)]
        )
        for name, make in _POLICIES.items()
        if name != "rollout"
    }
    ours = shares.pop(OURS["free"])
    figures[f"{variant}_{OURS['free']}_mastered_share"] = round(float(ours.mean()), 4)
    for name, values in shares.items():
        mean, margin = _mean(ours - values, 4)
        figures[f"{variant}_over_{name}_gained"], figures[f"{variant}_over_{name}_gained_ci95"] = mean, margin


def _mean(values: Floats, digits: int) -> tuple[float, float]:
    """Mean and half the width of its 95 % interval."""
    error = float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else 0.0
    return round(float(values.mean()), digits), round(_NORMAL_95 * error, digits + 1)
