"""Following one learner with a fitted combined model: predict, observe, explain."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from math import exp
from operator import mul

from gradatim.memory.tracing.combined.basis import Basis
from gradatim.memory.tracing.combined.features import CONTEXTS, LAST_ANSWER, SLOPE_PLACES, SLOPES, case
from gradatim.memory.tracing.combined.state import LearnerState, Tables
from gradatim.memory.tracing.models.protocol import Contribution

_FIRST_SLOPE, _SECOND_SLOPE, _THIRD_SLOPE, _FOURTH_SLOPE = SLOPE_PLACES


class Sum:
    """Weights of a model as a learner's prediction adds them up.

    Args:
        basis: What the model knows about skills and items.
        names: Of the measures.
        itemised: Whether items are looked at.
        intercept: Of the sum.
        weights: Of the measures.
        by_skill: Intercept and slopes of each skill, those of unknown skills at the end.
        contexts: Weight of each case of each circumstance.
        pairs: Slope of the last answer for two skills whose rows are one answer.
        items: Weight of each item.
    """

    __slots__ = (
        "basis", "by_skill", "contexts", "intercept", "itemised", "items", "lookups", "names", "pairs", "tables",
        "weights",
    )  # fmt: skip

    def __init__(
        self,
        basis: Basis,
        names: Sequence[str],
        itemised: bool,
        intercept: float,
        weights: Sequence[float],
        by_skill: Sequence[Sequence[float]],
        contexts: Sequence[Mapping[Hashable, float]],
        pairs: Mapping[Hashable, float],
        items: Mapping[str, float],
    ) -> None:
        self.basis, self.names, self.itemised = basis, names, itemised
        self.intercept, self.weights, self.by_skill = intercept, weights, by_skill
        self.contexts, self.pairs, self.items = contexts, pairs, items
        self.tables = Tables(basis)
        self.lookups = tuple(context.get for context in contexts)


class CombinedTrace:
    """One learner.

    Args:
        total: The model's weights.
    """

    __slots__ = ("_looked", "_state", "_total", "_unknown")

    def __init__(self, total: Sum) -> None:
        self._total = total
        self._state = LearnerState(total.tables, total.itemised)
        self._unknown: dict[str, int] = {}
        self._looked: tuple[str, str | None, float | None, bool | None] | None = None

    def predict(
        self, skill: str, item: str | None = None, seconds: float | None = None, repeated: bool | None = None
    ) -> float:
        """Probability that the next response is correct; arguments as in `LearnerTrace`."""
        odds = self._odds(skill, item, seconds, repeated)
        return 1.0 / (1.0 + exp(-odds)) if odds > -700.0 else 0.0

    def observe(
        self,
        skill: str,
        correct: bool,
        item: str | None = None,
        seconds: float | None = None,
        repeated: bool | None = None,
    ) -> None:
        """Take in a response; costs less right after the same response was predicted."""
        if self._looked != (skill, item, seconds, repeated):
            self._look(skill, item, seconds, repeated)
        self._state.observe(correct)
        self._looked = None

    def explain(
        self, skill: str, item: str | None = None, seconds: float | None = None, repeated: bool | None = None
    ) -> list[Contribution]:
        """The parts of what `predict` would say; they add up to its log odds."""
        self._look(skill, item, seconds, repeated)
        total, state = self._total, self._state
        own = self._of_skill()
        parts = [
            Contribution("all learners and skills", 1.0, total.intercept, total.intercept),
            Contribution(f"skill {skill}", 1.0, own[0], own[0]),
        ]
        for name, value, weight in zip(total.names, state.values, total.weights, strict=True):
            parts.append(Contribution(name, float(value), weight, value * weight))
        for name, place, weight in zip(SLOPES, SLOPE_PLACES, own[1:], strict=True):
            value = float(state.values[place])
            parts.append(Contribution(f"{name}, more or less in skill {skill}", value, weight, value * weight))
        for place, (name, known, key) in enumerate(zip(CONTEXTS, total.contexts, state.keys, strict=True)):
            weight, told = known.get(key, 0.0), case(place, key, self._named)
            parts.append(Contribution(f"{name}: {told}" if told else name, 1.0, weight, weight))
        if state.copied is not None:
            weight, value = total.pairs.get(state.copied, 0.0), float(state.values[LAST_ANSWER])
            parts.append(Contribution("answer of the row before, for these two skills", value, weight, value * weight))
        if total.itemised and item:
            weight = total.items.get(item, 0.0)
            parts.append(Contribution(f"item {item}", 1.0, weight, weight))
        return parts

    def _named(self, number: int) -> str:
        skills = self._total.basis.skills
        if number < len(skills):
            return skills[number]
        return next(name for name, own in self._unknown.items() if own == number)

    def _odds(self, skill: str, item: str | None, seconds: float | None, repeated: bool | None) -> float:
        self._look(skill, item, seconds, repeated)
        total, state = self._total, self._state
        values = state.values
        own, first, second, third, fourth = self._of_skill()
        odds = (
            total.intercept
            + sum(map(mul, values, total.weights))
            + own
            + first * values[_FIRST_SLOPE]
            + second * values[_SECOND_SLOPE]
            + third * values[_THIRD_SLOPE]
            + fourth * values[_FOURTH_SLOPE]
        )
        for weight_of, key in zip(total.lookups, state.keys, strict=True):
            odds += weight_of(key, 0.0)
        if state.copied is not None:
            odds += total.pairs.get(state.copied, 0.0) * values[LAST_ANSWER]
        if item and total.itemised:
            odds += total.items.get(item, 0.0)
        return odds

    def _of_skill(self) -> Sequence[float]:
        by_skill = self._total.by_skill
        skill = self._state.skill
        return by_skill[skill] if skill < len(by_skill) else by_skill[-1]

    def _look(self, skill: str, item: str | None, seconds: float | None, repeated: bool | None) -> None:
        tables = self._total.tables
        number = tables.codes.get(skill)
        if number is None:
            number = self._unknown.setdefault(skill, tables.known + len(self._unknown))
        self._state.look(number, item, seconds, repeated)
        self._looked = (skill, item, seconds, repeated)
