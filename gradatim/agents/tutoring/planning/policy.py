"""What a course allows its tutor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reason = Literal["distress", "asked", "stuck"]


@dataclass(frozen=True, slots=True)
class TutorPolicy:
    """What a course allows its tutor.

    Attributes:
        hand_over: When a person takes over: `distress` in a message, `asked` for by the learner, `stuck` after many
            failing attempts at one fault with every hint given.
        stuck_attempts: How many.
        solution_after: Failing attempts, after the last rung of the ladder, from which a task that allows its solution
            to be shown (`reveal_solution`) has it shown on request.
        free_hints: Hints in a row that a learner gets without doing anything; then a prediction is asked for first.
        quick_seconds: An "I don't know" or a request within so many seconds of a hint counts as quick.
        slow_minutes: Minutes without progress that count like half an attempt.
        model_seconds: Time that a model gets to word one turn; 0: evidence alone speaks.
        model_tokens: Tokens of its answer.
    """

    hand_over: frozenset[Reason] = frozenset({"distress", "asked", "stuck"})
    stuck_attempts: int = 10
    solution_after: int = 2
    free_hints: int = 2
    quick_seconds: float = 8.0
    slow_minutes: float = 10.0
    model_seconds: float = 12.0
    model_tokens: int = 48
