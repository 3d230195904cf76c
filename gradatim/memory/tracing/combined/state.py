"""One learner as the combined model follows them: small sums that a response moves in microseconds.

Fitting, prediction of many and prediction of one all run through this one class, so that a weight always meets the
number that it was fitted for. It is written for speed: plain numbers, no arrays.
"""

from __future__ import annotations

from math import exp, log, log1p

from gradatim.memory.tracing.combined.basis import Basis
from gradatim.memory.tracing.fitting.individual import LIMIT, log_odds_of
from gradatim.memory.tracing.models.ability import FADING, GAIN

SKILL_GAIN = 0.5
"""How far the first response in a skill moves the ability in it, per unit of surprise."""
SKILL_FADING = 0.1

_LONGEST_RUN = 6
_LONGEST_STREAK = 4
_LONGEST_GAP = 200
_SECONDS_AN_HOUR = 3600.0
_NOWHERE = -1
"""In place of a skill before the first row."""


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + exp(-x)) if x > -700.0 else 0.0


class _InSkill:
    """What is kept of a learner for each skill they have met."""

    __slots__ = (
        "belief",
        "beyond",
        "individual",
        "last",
        "longer",
        "recent",
        "right",
        "row",
        "second",
        "seconds",
        "streak",
        "third",
        "wrong",
    )  # fmt: skip

    def __init__(self, belief: float, individual: float) -> None:
        self.belief = belief
        self.individual = individual
        self.right = self.wrong = 0
        self.recent = self.longer = self.beyond = 0.0
        self.last = self.second = self.third = 0
        self.row = self.streak = 0
        self.seconds = 0.0


class Tables:
    """What every learner's state reads: a `Basis`, laid out for speed."""

    __slots__ = ("codes", "difficulty", "items", "known", "pairs", "parameters", "prerequisites", "shifts", "timed")

    def __init__(self, basis: Basis) -> None:
        self.codes = {name: number for number, name in enumerate(basis.skills)}
        self.known = len(basis.skills)
        self.difficulty = basis.difficulty
        self.items = basis.items
        self.pairs = basis.pairs
        self.timed = basis.timed
        self.prerequisites = basis.prerequisites
        prior, learn, guess, slip = basis.shifts.prior, basis.shifts.learn, basis.shifts.guess, basis.shifts.slip
        self.shifts = (prior[1], learn[1], guess[1], slip[1])
        # The last entry is that of a skill that the model does not know.
        self.parameters: list[tuple[float, ...]] = []
        for p in basis.parameters:
            odds = log_odds_of(p)
            slipping, guessing = _clipped(p.slip), _clipped(p.guess)
            moved = (odds[0] + prior[0], odds[1] + learn[0], odds[2] + guess[0], odds[3] + slip[0])
            self.parameters.append((p.prior, p.learn, slipping, guessing, p.forget, *moved))


class LearnerState:
    """A learner; `look` before each response, `observe` after it.

    Args:
        tables: Of the model.
        itemised: Whether the model looks at items.
    """

    __slots__ = (
        "_ability",
        "_answered",
        "_before",
        "_copy",
        "_difficulty",
        "_few",
        "_guess",
        "_hundred",
        "_individual",
        "_item",
        "_itemised",
        "_items_seen",
        "_last",
        "_last_seconds",
        "_mine",
        "_place",
        "_predicted",
        "_row",
        "_run",
        "_second_last",
        "_seconds",
        "_skills",
        "_slip",
        "_streak",
        "_tables",
        "_ten",
        "copied",
        "keys",
        "skill",
        "values",
    )  # fmt: skip

    def __init__(self, tables: Tables, itemised: bool) -> None:
        self._tables = tables
        self._itemised = itemised
        self._ability = self._few = self._ten = self._hundred = 0.0
        self._answered = self._row = self._run = self._streak = 0
        self._last = self._second_last = 0
        self._before: tuple[int, ...] = (_NOWHERE,) * 5
        self._skills: dict[int, _InSkill] = {}
        self._items_seen: dict[str, int] = {}
        self._last_seconds: float | None = None
        self.values: list[float] = []
        """The measures of the response that was looked at, as in `features.measures`."""
        self.keys: tuple[tuple[int, ...], ...] = ()
        """The circumstances of it, as in `features.CONTEXTS`."""
        self.skill = -1
        """Number of its skill: its place in the model, or a higher number for one that the model does not know."""
        self.copied: tuple[int, int] | None = None
        """The two skills, where it repeats the row before."""

    def look(self, skill: int, item: str | None, seconds: float | None, repeated: bool | None) -> None:
        """Work out everything that a prediction rests on, before the response is known."""
        tables = self._tables
        before = self._before[0]
        place = skill if skill < tables.known else -1
        prior, _, slip, guess, _, prior_odds, _, guess_odds, slip_odds = tables.parameters[place]
        to_prior, _, to_guess, to_slip = tables.shifts
        ability = self._ability
        mine = self._skills.get(skill)
        if mine is None:
            mine = _InSkill(prior, _clipped(_sigmoid(prior_odds + to_prior * ability)))
            first, gap = 1.0, 0.0
        else:
            first, gap = 0.0, log1p(min(self._row - mine.row, _LONGEST_GAP))
        belief, individual = mine.belief, mine.individual
        predicted = belief * (1.0 - slip) + (1.0 - belief) * guess
        own_guess = _clipped(_sigmoid(guess_odds + to_guess * ability))
        own_slip = (1.0 - own_guess) * _clipped(_sigmoid(slip_odds + to_slip * ability))
        own = individual * (1.0 - own_slip) + (1.0 - individual) * own_guess
        difficulty = tables.difficulty[place]
        if item is not None and self._itemised:
            difficulty = tables.items.get(item, difficulty)
        against = ability + mine.beyond - difficulty
        same = before == skill
        copy = (before, skill) in tables.pairs if repeated is None else repeated and before != _NOWHERE
        last, second, third = mine.last, mine.second, mine.third
        answer = self._last
        run = log1p(self._run) if same else 0.0
        self.values = [
            log(predicted / (1.0 - predicted)), log(own / (1.0 - own)), ability, against, mine.beyond,
            mine.recent, mine.longer, self._few, self._ten, self._hundred, log1p(mine.right), log1p(mine.wrong),
            answer, self._second_last, same, first, answer if same else 0.0, last, second, third, gap,
            answer if copy else 0.0, copy, run, answer * run, log1p(self._answered), mine.streak, self._streak,
        ]  # fmt: skip
        if tables.timed:
            self._look_at_time(mine, first, seconds)
        if self._itemised:
            self.values.append(self._items_seen.get(item, 0) if item else 0)
        if tables.prerequisites:
            self._look_at_prerequisites(skill)
        b1, b2, b3, b4, b5 = self._before
        streak = self._streak
        streak = min(max(streak, -_LONGEST_STREAK), _LONGEST_STREAK)
        self.keys = (
            (skill, b1),
            (skill, b1, b2),
            (skill, b1, b2, b3, b4),
            (skill, b1, b2, b3, b4, b5),
            (skill, last, second, third),
            (skill, b1, answer),
            (skill, b1, answer, b2, self._second_last),
            (skill, b1, last, second),
            (skill, min(self._run, _LONGEST_RUN), same, streak),
        )
        self.skill, self._place = skill, place
        self.copied = (before, skill) if copy else None
        self._mine, self._item, self._seconds, self._copy = mine, item, seconds, copy
        self._predicted, self._individual, self._guess, self._slip = predicted, own, own_guess, own_slip
        self._difficulty = difficulty

    def observe(self, correct: bool) -> None:
        """Take in the response that was looked at."""
        tables, mine, skill, ability = self._tables, self._mine, self.skill, self._ability
        _, learn, slip, _, forget, _, learn_odds, _, _ = tables.parameters[self._place]
        own_learn = _clipped(_sigmoid(learn_odds + tables.shifts[1] * ability))
        belief, own = mine.belief, mine.individual
        against = self.values[3]
        if correct:
            belief = belief * (1.0 - slip) / self._predicted
            own = own * (1.0 - self._slip) / self._individual
            answer, surprise = 1, 1.0 - _sigmoid(against)
            general = 1.0 - _sigmoid(ability - self._difficulty)
        else:
            belief = belief * slip / (1.0 - self._predicted)
            own = own * self._slip / (1.0 - self._individual)
            answer, surprise = -1, -_sigmoid(against)
            general = -_sigmoid(ability - self._difficulty)
        mine.belief = belief * (1.0 - forget) + (1.0 - belief) * learn
        mine.individual = own * (1.0 - forget) + (1.0 - own) * own_learn
        if not self._copy:
            self._ability = ability + GAIN / (1.0 + FADING * self._answered) * general
            self._answered += 1
            self._few += 0.5 * (surprise - self._few)
            self._ten += 0.1 * (surprise - self._ten)
            self._hundred += 0.01 * (surprise - self._hundred)
            self._streak = self._streak + answer if self._streak * answer >= 0 else answer
            self._second_last = self._last
        mine.beyond += SKILL_GAIN / (1.0 + SKILL_FADING * (mine.right + mine.wrong)) * surprise
        if correct:
            mine.right += 1
        else:
            mine.wrong += 1
        mine.recent += 0.3 * (surprise - mine.recent)
        mine.longer += 0.1 * (surprise - mine.longer)
        mine.third, mine.second, mine.last = mine.second, mine.last, answer
        mine.streak = mine.streak + answer if mine.streak * answer >= 0 else answer
        mine.row = self._row
        self._row += 1
        before = self._before
        self._run = self._run + 1 if before[0] == skill else 1
        self._before = (skill, before[0], before[1], before[2], before[3])
        self._last = answer
        self._skills[skill] = mine
        if self._seconds is not None:
            self._last_seconds = mine.seconds = self._seconds
        if self._item:
            self._items_seen[self._item] = answer

    def _look_at_time(self, mine: _InSkill, first: float, seconds: float | None) -> None:
        if seconds is None or self._last_seconds is None:
            self.values += (0.0, 0.0)
            return
        since = log1p(max(seconds - self._last_seconds, 0.0) / _SECONDS_AN_HOUR)
        here = 0.0 if first else log1p(max(seconds - mine.seconds, 0.0) / _SECONDS_AN_HOUR)
        self.values += (since, here)

    def _look_at_prerequisites(self, skill: int) -> None:
        needed = self._tables.prerequisites.get(skill, ())
        seen = [self._skills[other].individual for other in needed if other in self._skills]
        if not seen:
            self.values += (0.0, 0.0)
            return
        beliefs = (min(max(value, LIMIT), 1.0 - LIMIT) for value in seen)
        self.values += (sum(log(value / (1.0 - value)) for value in beliefs) / len(seen), len(seen) / len(needed))


def _clipped(value: float) -> float:
    return LIMIT if value < LIMIT else (1.0 - LIMIT if value > 1.0 - LIMIT else value)
