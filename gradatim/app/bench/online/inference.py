"""How much better concepts are known that were never observed, on simulated learners.

Learners of three kinds master concepts of the packaged graph by chance, less likely the more prerequisites are lacking;
a few concepts are observed through answers with slips and guesses. The estimates of the others, by propagation and by
the prior alone, are scored against what is really mastered.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from gradatim.kg import packaged_curriculum
from gradatim.memory.propagation import Plan, Propagation
from gradatim.memory.tracing import BKTParameters, update
from gradatim.memory.tracing.estimates import Belief

OBSERVED = 0.08
"""Share of the concepts that answers are seen on."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Log-odds of mastering a concept at the beginning of the graph, what each level takes off, and what is left of the
    probability for each prerequisite that is lacking."""

    first: float
    level: float
    lacking: float


KINDS = {"beginners": Kind(3.2, 0.22, 0.15), "patchy": Kind(2.4, 0.12, 0.4), "advanced": Kind(5.5, 0.2, 0.3)}


def inferred(learners: int, seed: int = 31) -> dict[str, float | None]:
    """Log-loss and AUC over unobserved concepts by kind of learner, with propagation and with the prior alone.

    Args:
        learners: Of each kind.
        seed: The same gives the same learners.
    """
    propagation = Propagation.of(packaged_curriculum())
    plan = propagation.plan
    chance = random.Random(seed)
    parameters = BKTParameters()
    figures: dict[str, float | None] = {}
    for name, kind in KINDS.items():
        losses: list[float] = []
        prior: list[float] = []
        areas: list[float] = []
        for _ in range(learners):
            truth = _learner(plan, kind, chance)
            beliefs = _answers(plan, truth, parameters, chance)
            estimates = propagation.propagated(beliefs)
            hidden = [place for place, concept in enumerate(plan.concepts) if concept not in beliefs]
            scored = [(estimates[plan.concepts[place]].probability, truth[place]) for place in hidden]
            losses.append(_log_loss(scored))
            prior.append(_log_loss([(parameters.prior, truth[place]) for place in hidden]))
            area = _area(scored)
            if area is not None:
                areas.append(area)
        figures[f"inferred_{name}_log_loss"] = round(sum(losses) / len(losses), 4)
        figures[f"prior_{name}_log_loss"] = round(sum(prior) / len(prior), 4)
        figures[f"inferred_{name}_auc"] = round(sum(areas) / len(areas), 4) if areas else None
    return figures


def _learner(plan: Plan, kind: Kind, chance: random.Random) -> list[bool]:
    ability = chance.gauss(0.0, 1.2)
    truth: list[bool] = []
    for place, row in enumerate(plan.prerequisites):
        lacking = sum(not truth[neighbour] for neighbour, _ in row)
        likely = 1.0 / (1.0 + math.exp(-(kind.first + ability - kind.level * int(plan.levels[place]))))
        truth.append(chance.random() < likely * kind.lacking**lacking)
    return truth


def _answers(plan: Plan, truth: list[bool], parameters: BKTParameters, chance: random.Random) -> dict[str, Belief]:
    places = chance.sample(range(len(truth)), round(OBSERVED * len(truth)))
    beliefs: dict[str, Belief] = {}
    for place in places:
        count, belief = chance.randint(1, 4), parameters.prior
        for _ in range(count):
            likely = 1.0 - parameters.slip if truth[place] else parameters.guess
            belief = update(belief, chance.random() < likely, parameters)
        beliefs[plan.concepts[place]] = Belief(belief, count, None)
    return beliefs


def _log_loss(scored: list[tuple[float, bool]]) -> float:
    return -sum(math.log(value if true else 1.0 - value) for value, true in scored) / len(scored)


def _area(scored: list[tuple[float, bool]]) -> float | None:
    """Probability that a mastered concept is rated above one that is not; `None` when there is only one sort."""
    ranked = sorted(scored, key=lambda item: item[0])
    ranks: dict[float, tuple[int, int]] = {}
    for position, (value, _) in enumerate(ranked):
        ranks[value] = (ranks.get(value, (position, position))[0], position)
    right = [value for value, true in scored if true]
    if not right or len(right) == len(scored):
        return None
    total = sum((ranks[value][0] + ranks[value][1]) / 2.0 + 1.0 for value in right)
    return (total - len(right) * (len(right) + 1) / 2.0) / (len(right) * (len(scored) - len(right)))
