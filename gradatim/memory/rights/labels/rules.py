"""The rules behind labels: about concepts, and about how a learner works on tasks.

Every rule speaks of work that was observed. None is about a person's character, body or mood, and none compares
learners with each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from gradatim.memory.rights.labels.gauges import ContrastGauge, MasteryGauge, ShareGauge
from gradatim.memory.rights.labels.track import Rule
from gradatim.memory.tracing import BKTParameters

MASTERS = "masters"
STRUGGLES = "struggles-with"
WORKS_BEST = "works-best"
_FEW = 3
_SOME = 5
_MANY = 8

PARTS = {"night": (0, 6), "morning": (6, 12), "afternoon": (12, 18), "evening": (18, 24)}
"""Part of the day → its hours, as the clock of the event's instant shows them."""

LEAVES = Rule(
    "leaves-after-failure",
    "often leaves a task after a failed attempt",
    "after more than half of the failed attempts the next one is on another task",
    partial(ShareGauge, 0.5),
    _SOME,
    attributes=("persistence",),
)
KEEPS_TRYING = Rule(
    "keeps-trying",
    "keeps trying after a failed attempt",
    "after fewer than a quarter of the failed attempts the next one is on another task",
    partial(ShareGauge, 0.25, above=False),
    _SOME,
    attributes=("persistence",),
)
HINTS = Rule(
    "asks-for-hints",
    "asks for hints often",
    "a hint or help is asked for before more than half of the attempts",
    partial(ShareGauge, 0.5),
    _SOME,
    attributes=("hint_share",),
)
OVERRATES = Rule(
    "overrates-own-work",
    "often rates own work higher than it turns out",
    "more than half of the own judgements are higher than what is then observed",
    partial(ShareGauge, 0.5),
    _SOME,
    attributes=("self_assessment_accuracy",),
)
UNDERRATES = Rule(
    "underrates-own-work",
    "often rates own work lower than it turns out",
    "more than half of the own judgements are lower than what is then observed",
    partial(ShareGauge, 0.5),
    _SOME,
    attributes=("self_assessment_accuracy",),
)
FIRST_TRY = Rule(
    "solves-at-first-try",
    "solves most tasks at the first attempt",
    "more than 70 % of first attempts at a task are right",
    partial(ShareGauge, 0.7),
    _SOME,
    attributes=("attempts_to_success", "success_rate"),
)
REPEATS = Rule(
    "repeats-a-fault",
    "often shows the same fault again in the next attempt",
    "more than half of the attempts after a fault show the same fault",
    partial(ShareGauge, 0.5),
    _SOME,
)
MENDS = Rule(
    "mends-faults",
    "mends a fault in the next attempt",
    "fewer than a quarter of the attempts after a fault show the same fault",
    partial(ShareGauge, 0.25, above=False),
    _SOME,
)
WORK: tuple[Rule, ...] = (LEAVES, KEEPS_TRYING, HINTS, OVERRATES, UNDERRATES, FIRST_TRY, REPEATS, MENDS)


def masters(concept: str, parameters: BKTParameters, names: Mapping[str, str]) -> Rule:
    """The rule that a learner masters a concept."""
    return Rule(
        f"{MASTERS}:{concept}",
        f"masters {names.get(concept, concept)}",
        "the concept is mastered (Bayesian knowledge tracing)",
        partial(MasteryGauge, parameters),
        _FEW,
        leave=0.6,
        concept=concept,
    )


def struggles(concept: str, parameters: BKTParameters, names: Mapping[str, str]) -> Rule:
    """The rule that a learner does not master a concept after several tries."""
    return Rule(
        f"{STRUGGLES}:{concept}",
        f"struggles with {names.get(concept, concept)}",
        "the concept is not mastered yet (Bayesian knowledge tracing)",
        partial(MasteryGauge, parameters, mastered=False),
        _FEW,
        concept=concept,
    )


def works_best(part: str) -> Rule:
    """The rule that attempts succeed more often in one part of the day."""
    first, last = PARTS[part]
    return Rule(
        f"{WORKS_BEST}:{part}",
        f"works best {'at' if part == 'night' else 'in the'} {part}",
        f"attempts from {first}:00 to {last}:00 succeed more often than at other times",
        ContrastGauge,
        _MANY,
    )
