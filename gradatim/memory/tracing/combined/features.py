"""What the combined model looks at: named numbers, and named circumstances with a weight for each case."""

from __future__ import annotations

from collections.abc import Callable, Sequence

MEASURES = (
    "mastery by knowledge tracing",
    "mastery for a learner of this ability",
    "ability",
    "ability against difficulty",
    "ability in this skill beyond the general one",
    "recent surprises in this skill",
    "longer surprises in this skill",
    "surprises in the last few answers",
    "surprises in the last ten answers",
    "surprises in the last hundred answers",
    "right answers in this skill",
    "wrong answers in this skill",
    "last answer",
    "the answer before the last",
    "same skill as before",
    "first time in this skill",
    "last answer, if in this skill",
    "last answer in this skill",
    "second last answer in this skill",
    "third last answer in this skill",
    "rows since this skill",
    "answer of the row before, same item",
    "same item as the row before",
    "length of the run in this skill",
    "length of the run, by the last answer",
    "answers so far",
    "streak in this skill",
    "streak in all skills",
)
"""Numbers that every data set gives. Counts are taken as ln(1 + n), answers as +1 or −1, surprises as observed minus
expected."""

TIME_MEASURES = ("hours since the last answer", "hours since this skill")
"""Where times are given; as ln(1 + hours)."""
ITEM_MEASURES = ("last answer to this very item",)
"""Where items are given."""
GRAPH_MEASURES = ("mastery of prerequisites", "prerequisites seen")
"""Where a concept graph is given: mean log odds of mastery of those seen; their share."""

ABILITY_AGAINST_DIFFICULTY = MEASURES.index("ability against difficulty")
LAST_ANSWER = MEASURES.index("last answer")

SLOPES = (
    "ability against difficulty",
    "longer surprises in this skill",
    "right answers in this skill",
    "last answer",
)
"""Measures with a weight of their own for each skill, besides the general one."""
SLOPE_PLACES = tuple(MEASURES.index(name) for name in SLOPES)

CONTEXTS = (
    "skill before this one",
    "skills of the last three rows",
    "skills of the last five rows",
    "skills of the last six rows",
    "last three answers in this skill",
    "skill and answer before",
    "skills and answers of the last two rows",
    "skill before and last answers in this skill",
    "run and streak in this skill",
)
"""Circumstances of which each case has a weight, where it was seen often enough."""


def measures(*, timed: bool, itemised: bool, graph: bool) -> tuple[str, ...]:
    """The names of all numbers, in the order of the columns."""
    return (
        *MEASURES,
        *(TIME_MEASURES if timed else ()),
        *(ITEM_MEASURES if itemised else ()),
        *(GRAPH_MEASURES if graph else ()),
    )


def case(place: int, key: Sequence[int], named: Callable[[int], str]) -> str:
    """Which case of a circumstance a learner is in, in words; from the oldest to the newest row.

    Args:
        place: Of the circumstance in `CONTEXTS`.
        key: The case, as the learner's state gives it.
        named: Name of a skill by its number.
    """
    if place < _SKILLS_ALONE:
        return " → ".join(named(skill) for skill in reversed(key) if skill >= 0)
    if place == CONTEXTS.index("run and streak in this skill"):
        _, run, same, streak = key
        return f"{run if same else 0} rows of it before, streak {streak:+d}"
    rest = key[1:]
    if place == CONTEXTS.index("last three answers in this skill"):
        return ", ".join(_ANSWERS[answer] for answer in reversed(rest))
    if place == CONTEXTS.index("skill before and last answers in this skill"):
        before, *answers = rest
        told = ", ".join(_ANSWERS[answer] for answer in reversed(answers))
        return f"{named(before)}; here {told}" if before >= 0 else told
    pairs = [(rest[at], rest[at + 1]) for at in range(0, len(rest), 2) if rest[at] >= 0]
    return " → ".join(f"{named(skill)} {_ANSWERS[answer]}" for skill, answer in reversed(pairs))


_SKILLS_ALONE = 4
"""How many of the circumstances are sequences of skills; they stand first."""
_ANSWERS = {1: "right", -1: "wrong", 0: "none"}
