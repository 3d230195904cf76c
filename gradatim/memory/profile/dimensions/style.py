"""Learning style: which ways of working a learner prefers, by own account and by what they do.

A preference says what somebody likes to begin with, not what they learn most from: matching teaching to styles has no
proven effect (Pashler et al., 2008). No agent may withhold other ways of working because of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from gradatim.memory.profile.attribute import Attribute
from gradatim.memory.profile.averages import (
    Average,
    Measured,
    Shares,
    as_share,
    average,
    effective_size,
    observe,
    observe_kind,
    share_of,
)
from gradatim.memory.profile.dimensions.packing import Accumulators
from gradatim.memory.profile.reading import Survey

STYLES = ("reading", "watching", "examples", "practice", "dialogue")
TEMPERATURE = 0.25
"""Of the softmax: a style whose score is higher by so much is preferred e times as strongly."""
INSTRUMENT = "learning-style"
_ACTIONS = {
    "read": "reading", "watch": "watching", "play": "watching", "example": "examples", "run": "practice",
    "edit": "practice", "practice": "practice", "message": "dialogue", "reply": "dialogue", "help": "dialogue",
    "hint": "dialogue", "assist": "dialogue",
}  # fmt: skip
_RESOURCES = {"example": "examples", "worked": "examples", "video": "watching", "exercise": "practice"}

ATTRIBUTES = tuple(
    Attribute(
        f"style_{style}",
        "learning style",
        f"How strongly the learner prefers {style} to the other ways of working, 0 to 1; the five add up to 1.",
        f"softmax over the five scores / {TEMPERATURE}; score = mean of what is there of: decayed share of the "
        "interactions of this style, decayed mean of the own answers about it in complete surveys (0 to 1); a "
        "style without either has the score 0.2",
        ("interaction", "survey"),
        "delta method from the multinomial covariance of the shares and the variances of the answers",
    )
    for style in STYLES
)


def style_of(action: str, resource: object) -> str | None:
    """The way of working that an interaction belongs to; `None` for what belongs to none (login, …)."""
    if action == "open":
        if not isinstance(resource, str):
            return "reading"
        return next((style for begin, style in _RESOURCES.items() if resource.startswith(begin)), "reading")
    return _ACTIONS.get(action)


@dataclass(slots=True)
class Style(Accumulators):
    """What learning style is computed from."""

    interactions: int = 0
    """That belong to a style."""
    shares: Shares = field(default_factory=Shares)
    reading: Average = field(default_factory=average)
    watching: Average = field(default_factory=average)
    examples: Average = field(default_factory=average)
    practice: Average = field(default_factory=average)
    dialogue: Average = field(default_factory=average)

    def interaction(self, style: str) -> None:
        """An interaction of this style."""
        self.interactions += 1
        observe_kind(self.shares, style, self.interactions)

    def survey(self, survey: Survey) -> None:
        """Own answers; an item belongs to the style that its name begins with (`reading-1`)."""
        answers: dict[str, list[float]] = {}
        for item, answer in survey.answers.items():
            style = next((name for name in STYLES if item.startswith(name)), None)
            if answer is None:
                return  # an incomplete survey leaves
            if style is not None:
                answers.setdefault(style, []).append(answer)
        for style, given in answers.items():
            observe(getattr(self, style), math.fsum(given) / len(given))

    def measured(self) -> dict[str, Measured]:
        answers: list[Average] = [getattr(self, style) for style in STYLES]
        total = self.interactions + int(sum(answer[2] for answer in answers))
        if not total:
            return {}
        scores, covariance = self._scores(answers)
        strengths = [math.exp((score - max(scores)) / TEMPERATURE) for score in scores]
        preferred = [strength / math.fsum(strengths) for strength in strengths]
        found: dict[str, Measured] = {}
        for place, style in enumerate(STYLES):
            slope = [preferred[place] * ((other == place) - preferred[other]) / TEMPERATURE for other in range(5)]
            variance = math.fsum(slope[i] * slope[j] * covariance[i][j] for i in range(5) for j in range(5))
            found[f"style_{style}"] = Measured(preferred[place], math.sqrt(max(0.0, variance)), total)
        return found

    def _scores(self, answers: list[Average]) -> tuple[list[float], list[list[float]]]:
        """Scores of the styles and their covariance."""
        seen, size = self.interactions, effective_size(self.interactions)
        shares = [share_of(self.shares, style, seen) for style in STYLES]
        # One added observation of each style, so that a share of 0 or 1 is not taken for certainty.
        middle = [(share * size + 1.0) / (size + 5.0) for share in shares]
        scores = [0.2] * 5
        covariance = [[0.0] * 5 for _ in STYLES]
        part = [(0.5 if answer[2] else 1.0) if seen else 0.0 for answer in answers]
        for i, answer in enumerate(answers):
            if seen or answer[2]:
                scores[i] = part[i] * shares[i] + (1.0 - part[i]) * answer[0]
            if seen:
                for j in range(5):
                    shared = middle[i] * ((i == j) - middle[j]) / (size + 5.0)
                    covariance[i][j] += part[i] * part[j] * shared
            if answer[2]:
                error = as_share(answer).error or 0.0
                covariance[i][i] += (1.0 - part[i]) ** 2 * error**2
        return scores, covariance
