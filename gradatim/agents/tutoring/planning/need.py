"""How much help a learner needs: a number that grows with failure and confusion, and falls with progress.

The rung of the hint ladder is its whole part, so that help moves by need: two wrong answers bring the next rung sooner
than two questions, and a step forward brings a lower one.
"""

from __future__ import annotations

from gradatim.agents.tutoring.notes import Tally, Understanding
from gradatim.agents.tutoring.planning.tallying import Attempt
from gradatim.agents.tutoring.turn import Rung

LEAST, MOST = 1.0, 4.99
FAILED, UNCHANGED, WORSE = 1.0, 0.8, 1.0
"""After an attempt that fails as before; with the same program again; that passes fewer tests."""
WRONG, RIGHT = 1.0, 0.8
"""After a wrong and after a right answer: whoever has followed a hint is ready for the next one, too."""
_OF_INTENT = {
    "confusion": 0.8,
    "frustration": 1.0,
    "answer-request": 0.8,
    "hint-request": 1.0,
    "dont-know": 0.9,
    "question": 0.7,
    "explanation": 0.8,
}
_SLOW = 0.5


def risen(need: float, understood: Understanding, attempt: Attempt | None, *, slow: bool, weak: bool) -> float:
    """The need after a message on the same fault.

    Args:
        slow: There has been no progress for long.
        weak: The memory knows the learner to be weak in what this is about.
    """
    if attempt is not None:
        step = UNCHANGED if attempt.same else WORSE if attempt.worse else FAILED
    elif understood.right is not None:
        step = RIGHT if understood.right else WRONG
    else:
        step = _OF_INTENT.get(understood.intent, 0.0)
    if "frustration" in understood.also and understood.intent != "frustration":
        step += 0.4
    if step:
        step += (_SLOW if slow else 0.0) + (0.2 if weak else 0.0)
    return min(MOST, max(LEAST, need + step))


def begun(attempt: Attempt | None, *, weak: bool) -> float:
    """The need when work on a fault begins."""
    nothing_works = attempt is not None and attempt.passed == 0 and attempt.before is not None
    return LEAST + (0.4 if weak else 0.0) + (0.3 if nothing_works else 0.0)


def rung_of(need: float) -> Rung:
    """The rung of the ladder for a need."""
    if need < LEAST:
        return 0
    return 4 if need >= 4 else 3 if need >= 3 else 2 if need >= 2 else 1


def lazy(tally: Tally, understood: Understanding, free: int) -> bool:
    """Whether it is the learner's turn before there is another hint.

    So it is when several hints came without anything from the learner, when the tutor's own words come back, or when
    one does not know twice within seconds; but not twice in a row, or nobody would be helped.
    """
    leaning = understood.intent in ("hint-request", "answer-request") or understood.copied
    return leaning and (tally.hints_since_attempt >= free or understood.copied) and tally.withheld % 2 == 0
