"""The way to a goal: what is still needed before it, in which order, and how much practice that takes."""

from __future__ import annotations

from dataclasses import dataclass

from gradatim.errors import InputError
from gradatim.memory.propagation.plan import Floats
from gradatim.memory.recommendation.course import Course, Flags
from gradatim.memory.recommendation.effort import expected_practices
from gradatim.memory.recommendation.policies import MASTERED, READY
from gradatim.memory.tracing import BKTParameters


@dataclass(frozen=True, slots=True)
class PathStep:
    """One concept of a path."""

    concept: str
    mastery: float
    """Belief now."""
    practices: float
    """Practices that it is expected to take until it is believed mastered."""
    opens: tuple[str, ...]
    """Concepts later on the path that need it directly."""


@dataclass(frozen=True, slots=True)
class Path:
    """The shortest way to a goal by expected practices; empty when the goal is mastered."""

    goal: str
    steps: tuple[PathStep, ...]
    """Each after everything on the path that it needs."""
    taken_as_met: tuple[str, ...]
    """Prerequisites that were never observed themselves but follow from what was, where the path begins."""

    @property
    def practices(self) -> float:
        """Expected practices of the whole path."""
        return sum(step.practices for step in self.steps)


def path_to(
    course: Course, goal: str, mastery: Floats, observed: Flags, *, ready: float = READY, mastered: float = MASTERED
) -> Path:
    """The way to a concept.

    All prerequisites of a concept are needed, so that what has to be practised is determined: going back from the goal,
    every prerequisite that is not met, and what that needs in turn; what lies behind a prerequisite that is met is not
    looked at. Every order that respects prerequisites takes the same practice. Among what is ready, the concept with
    the fewest expected practices comes first, which brings most concepts soonest (Smith's rule, 1956).

    Args:
        course: The concepts.
        goal: Id of the concept to be mastered.
        mastery: Beliefs: shape (concepts,). What follows from them is added (`Course.surmised`).
        observed: On which concepts there is evidence: shape (concepts,).
        ready: Belief from which a prerequisite counts as met.
        mastered: Belief from which the goal counts as reached, and practice ends.

    Raises:
        InputError: The course has no such concept.
    """
    place = course.plan.places.get(goal)
    if place is None:
        raise InputError(
            "the course has no such concept", place=f"goal {goal!r}", remedy="`gradatim kg search` looks for one"
        )
    inferred = course.surmised(mastery, observed)
    if inferred[place] >= mastered:
        return Path(goal, (), ())
    missing = {place}
    met: set[int] = set()
    waiting = [place]
    while waiting:
        for neighbour, _ in course.plan.prerequisites[waiting.pop()]:
            if inferred[neighbour] >= ready:
                met.add(neighbour)
            elif neighbour not in missing:
                missing.add(neighbour)
                waiting.append(neighbour)
    practices = {
        item: expected_practices(float(inferred[item]), parameters_at(course, item), mastered) for item in missing
    }
    steps: list[PathStep] = []
    left = set(missing)
    while left:
        open_now = [item for item in left if not any(before in left for before, _ in course.plan.prerequisites[item])]
        following = min(open_now, key=lambda item: (practices[item], item))
        left.remove(following)
        opens = tuple(course.concepts[after] for after, _ in course.plan.dependents[following] if after in missing)
        steps.append(PathStep(course.concepts[following], float(inferred[following]), practices[following], opens))
    unseen = tuple(course.concepts[item] for item in sorted(met) if not observed[item])
    return Path(goal, tuple(steps), unseen)


def parameters_at(course: Course, place: int) -> BKTParameters:
    """Parameters of knowledge tracing of the concept at a place."""
    return BKTParameters(
        prior=float(course.prior[place]),
        learn=float(course.learn[place]),
        slip=float(course.slip[place]),
        guess=float(course.guess[place]),
        forget=float(course.forget[place]),
    )
