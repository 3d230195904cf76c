"""One learner's mastery of a whole graph, kept up to date belief by belief."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.propagation.estimates import BeliefLike, Contribution, Explanation, Propagated
from gradatim.memory.propagation.odds import log_odds, sigmoid
from gradatim.memory.propagation.plan import Floats

if TYPE_CHECKING:
    from gradatim.memory.propagation.propagation import Propagation


class KnowledgeState:
    """Estimates for every concept of a graph; `Propagation` has the formula.

    After a change only the levels are worked through between the concepts that changed and the last of those that
    depend on them, and from them back to the first prerequisites.

    Args:
        propagation: The graph, prepared.
        beliefs: By concept.
        ability_shift: Log-odds that the learner's ability adds to the prior of concepts never observed.

    Raises:
        InputError: A belief is no probability, or the shift is no number.
    """

    def __init__(
        self, propagation: Propagation, beliefs: Mapping[str, BeliefLike], *, ability_shift: float = 0.0
    ) -> None:
        size = len(propagation.plan.concepts)
        self._of = propagation
        self._shift = _finite(ability_shift, "ability shift")
        self._observed: dict[str, int] = {}
        self._outside: dict[str, float] = {}
        """Log-odds of concepts that the graph does not have."""
        # All log-odds are kept halved: 2σ(x) − 1 is tanh(x/2).
        self._evidence: Floats = np.zeros(size)
        self._before: Floats = np.zeros(size)
        self._after: Floats = np.zeros(size)
        self._onward: Floats = np.zeros(size)
        """y of each concept: what it gives to its dependents."""
        self._back: Floats = np.zeros(size)
        """What each concept gives to its prerequisites, before the weight."""
        for concept, belief in beliefs.items():
            self._take(concept, belief)
        if self._evidence.any():
            self._back[:] = np.maximum(0.0, np.tanh(self._evidence))
            self._pass_back(len(propagation.plan.backward) - 1)
            self._send(0, len(self._evidence))
            self._pass_forward(1, len(propagation.plan.forward))

    def observe(self, beliefs: Mapping[str, BeliefLike]) -> None:
        """Take new beliefs about some concepts, and pass on what they say about others.

        Raises:
            InputError: A belief is no probability; nothing is taken then.
        """
        for concept, belief in beliefs.items():
            _checked(concept, belief)
        places = self._of.plan.places
        taken = [places[concept] for concept, belief in beliefs.items() if self._take(concept, belief)]
        if not taken:
            return
        plan, strengths = self._of.plan, self._of.strengths
        for place in taken:
            own = float(self._evidence[place])
            self._back[place] = max(0.0, math.tanh(own + float(self._after[place])))
            seen = math.tanh(own + float(self._before[place]))
            self._onward[place] = 0.5 * min(strengths.mastered * seen, strengths.lacking * seen)
        levels = [int(plan.levels[place]) for place in taken]
        self._pass_back(max(levels) - 1)
        self._pass_forward(min(levels) + 1, max(int(plan.last[place]) for place in taken))

    @property
    def ability_shift(self) -> float:
        """Log-odds that the learner's ability adds to the prior of concepts never observed."""
        return self._shift

    @ability_shift.setter
    def ability_shift(self, shift: float) -> None:
        self._shift = _finite(shift, "ability shift")

    def logits(self) -> Floats:
        """Log-odds of mastery, in the order of the plan's concepts: shape (concepts,)."""
        logits = self._of.priors + 2.0 * (self._evidence + self._before + self._after)
        if self._shift:
            places = self._of.plan.places
            observed = [places[concept] for concept in self._observed if concept in places]
            shift = np.full(len(logits), self._shift)
            shift[observed] = 0.0
            logits += shift
        return logits

    def probabilities(self) -> Floats:
        """Mastery, in the order of the plan's concepts: shape (concepts,)."""
        return 0.5 + 0.5 * np.tanh(0.5 * self.logits())

    def mastery(self, concept: str) -> Propagated:
        """The estimate of one concept; one that nothing is known of has its prior."""
        place = self._of.plan.places.get(concept)
        observations = self._observed.get(concept, 0)
        if place is None:
            logit = self._outside.get(concept)
            if logit is None:
                logit = log_odds(self._of.parameters.parameters(concept).prior) + self._shift
        else:
            parts = self._evidence[place] + self._before[place] + self._after[place]
            logit = float(self._of.priors[place] + 2.0 * parts) + (0.0 if observations else self._shift)
        return Propagated(concept, sigmoid(logit), logit, observations)

    def all(self) -> dict[str, Propagated]:
        """Every concept of the graph, in its order, and then those outside of it that were observed."""
        count = self._observed.get
        found = {
            concept: Propagated(concept, sigmoid(logit), logit, count(concept, 0))
            for concept, logit in zip(self._of.plan.concepts, self.logits().tolist(), strict=True)
        }
        return found | {concept: self.mastery(concept) for concept in self._outside}

    def explain(self, concept: str) -> Explanation:
        """Why a concept is held to be mastered or not.

        Raises:
            InputError: It is neither in the graph nor observed.
        """
        place = self._of.plan.places.get(concept)
        estimate = self.mastery(concept)
        prior = log_odds(self._of.parameters.parameters(concept).prior)
        if place is None:
            if concept not in self._outside:
                raise InputError(
                    "this concept is neither in the graph nor observed",
                    place=f"concept {concept!r}",
                    remedy="`gradatim kg search` looks for concepts",
                )
            return Explanation(
                estimate,
                (Contribution("prior", prior), Contribution("direct", self._outside[concept] - prior)),
            )
        own = [Contribution("prior", float(self._of.priors[place]))]
        if self._shift and not estimate.observations:
            own.append(Contribution("ability", self._shift))
        if estimate.observations:
            own.append(Contribution("direct", 2.0 * float(self._evidence[place])))
        others = [*self._from_prerequisites(place), *self._from_dependents(place)]
        others.sort(key=lambda item: (-abs(item.value), item.concept or ""))
        return Explanation(estimate, (*own, *others))

    def _from_prerequisites(self, place: int) -> Iterable[Contribution]:
        row = self._of.plan.prerequisites[place]
        total = sum(weight for _, weight in row)
        for neighbour, weight in row:
            value = 2.0 * weight / total * float(self._onward[neighbour])
            if value:
                yield Contribution(
                    "prerequisite_mastered" if value > 0.0 else "prerequisite_lacking",
                    value,
                    self._of.plan.concepts[neighbour],
                    self._seen(neighbour, self._before),
                    weight,
                )

    def _from_dependents(self, place: int) -> Iterable[Contribution]:
        row = self._of.plan.dependents[place]
        total = sum(weight * float(self._back[neighbour]) for neighbour, weight in row)
        for neighbour, weight in row:
            part = weight * float(self._back[neighbour])
            if part:
                value = 2.0 * float(self._after[place]) * part / total
                mastery = self._seen(neighbour, self._after)
                yield Contribution("dependent", value, self._of.plan.concepts[neighbour], mastery, weight)

    def _seen(self, place: int, side: Floats) -> float:
        return sigmoid(float(self._of.priors[place] + 2.0 * (self._evidence[place] + side[place])))

    def _take(self, concept: str, belief: BeliefLike) -> bool:
        """Keep the direct evidence of a belief; whether the graph has the concept and the evidence is new."""
        _checked(concept, belief)
        if not belief.observations:
            # A belief without observations is a prior: no evidence, and none any more if there was some.
            self._observed.pop(concept, None)
            self._outside.pop(concept, None)
        else:
            self._observed[concept] = belief.observations
        place = self._of.plan.places.get(concept)
        if place is None:
            if belief.observations:
                self._outside[concept] = log_odds(belief.probability)
            return False
        half = 0.5 * (log_odds(belief.probability) - float(self._of.priors[place])) if belief.observations else 0.0
        changed = half != float(self._evidence[place])
        self._evidence[place] = half
        return changed

    def _pass_back(self, level: int) -> None:
        """Work out B from a level down to the first prerequisites."""
        strengths, evidence, back, after = self._of.strengths, self._evidence, self._back, self._after
        half, most = strengths.half, 0.5 * strengths.dependents
        for step in self._of.plan.backward[level::-1] if level >= 0 else ():
            if step is None:
                continue
            here = slice(step.start, step.stop)
            parts = back.take(step.neighbours)
            parts *= step.weights
            total = np.add.reduceat(parts, step.offsets)
            total /= total + half
            total *= most
            after[here] = total
            total += evidence[here]
            np.tanh(total, out=total)
            np.maximum(total, 0.0, out=back[here])

    def _pass_forward(self, level: int, last: int) -> None:
        """Work out F from a level up to another."""
        before, onward = self._before, self._onward
        for step in self._of.plan.forward[level - 1 : last]:
            parts = onward.take(step.neighbours)
            parts *= step.weights
            before[step.start : step.stop] = np.add.reduceat(parts, step.offsets)
            self._send(step.start, step.stop)

    def _send(self, start: int, stop: int) -> None:
        """y of some places, halved as all log-odds here."""
        strengths = self._of.strengths
        seen = self._evidence[start:stop] + self._before[start:stop]
        np.tanh(seen, out=seen)
        np.minimum((0.5 * strengths.mastered) * seen, (0.5 * strengths.lacking) * seen, out=self._onward[start:stop])


def _checked(concept: str, belief: BeliefLike) -> None:
    if not 0.0 <= belief.probability <= 1.0:
        raise InputError(
            f"{belief.probability!r} is no probability",
            place=f"belief about {concept!r}",
            remedy="give a number from 0 to 1",
        )
    if belief.observations < 0:
        raise InputError(
            f"{belief.observations} observations are fewer than none",
            place=f"belief about {concept!r}",
            remedy="give how many answers the belief rests on",
        )


def _finite(value: float, what: str) -> float:
    if not math.isfinite(value):
        raise InputError(f"{value!r} is no number", place=what, remedy="give a finite number of log-odds")
    return value
