"""Mastery of every concept of a graph from beliefs about some of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gradatim.kg import ConceptGraph
from gradatim.memory.propagation.estimates import BeliefLike, Propagated
from gradatim.memory.propagation.odds import log_odds
from gradatim.memory.propagation.plan import Floats, Plan
from gradatim.memory.propagation.state import KnowledgeState
from gradatim.memory.propagation.strengths import Strengths
from gradatim.memory.tracing import ConceptParameters, ParameterSource


class Propagation:
    """What is worked out once for a graph and shared by all learners; never changes.

    Log-odds of mastery of a concept c are a sum of named parts (SPEC §2: direct evidence and weighted mastery of
    prerequisites):

        logit m(c) = logit π(c) + a(c) + e(c) + F(c) + B(c)

    * π: the prior of knowledge tracing; a: what the learner's ability shifts it by where c was not observed.
    * Direct evidence e = logit p(c) − logit π(c), with p the belief of knowledge tracing: a weight of evidence
      (Good, 1950), 0 without observations and larger the more of them agree.
    * Prerequisites F = Σ ŵ · y(e + F of the prerequisite), weights ŵ adding up to 1. y(x) = min(γ⁺z, γ⁻z) with
      z = 2σ(x) − 1: mastery seen from an even prior and centred, so that what is unknown contributes nothing.
    * Dependents B = β·S/(h + S) with S = Σ w·max(0, 2σ(e + B of the dependent) − 1): who masters what needs c,
      masters c. Failing at a dependent says nothing of c: it may lie at anything that the dependent needs.

    F looks at prerequisites alone and B at dependents alone, as the two messages of belief propagation do on a tree
    (Pearl, 1988): no evidence comes back to where it started.

    Args:
        plan: The graph, laid out.
        priors: Log-odds of the prior of each place of the plan.
        parameters: Of knowledge tracing, also for concepts that the graph does not have.
        strengths: γ⁺, γ⁻, β and h.
    """

    def __init__(self, plan: Plan, priors: Floats, parameters: ParameterSource, strengths: Strengths) -> None:
        self.plan = plan
        self.priors = priors
        self.parameters = parameters
        self.strengths = strengths

    @classmethod
    def of(
        cls,
        graph: ConceptGraph,
        *,
        parameters: ParameterSource | None = None,
        strengths: Strengths | None = None,
    ) -> Propagation:
        """Prepare a graph.

        Args:
            graph: Only its prerequisites are used.
            parameters: Of knowledge tracing, which the beliefs come from; those of the memory when not given.
            strengths: How strongly concepts speak for one another.

        Raises:
            CurriculumError: A prerequisite names no concept of the graph, or prerequisites run in a circle.
        """
        source: ParameterSource = ConceptParameters() if parameters is None else parameters
        plan = Plan.of(graph)
        priors = np.array([log_odds(source.parameters(concept).prior) for concept in plan.concepts], dtype=np.float64)
        return cls(plan, priors, source, strengths or Strengths())

    def start(self, beliefs: Mapping[str, BeliefLike] | None = None, *, ability_shift: float = 0.0) -> KnowledgeState:
        """The state of one learner, to be kept up to date event by event.

        Args:
            beliefs: By concept; concepts that the graph does not have are kept as they are.
            ability_shift: Log-odds that the learner's ability adds to concepts never observed, as
                `gradatim.memory.bridge.prior_shift` gives it.
        """
        return KnowledgeState(self, beliefs or {}, ability_shift=ability_shift)

    def propagated(self, beliefs: Mapping[str, BeliefLike], *, ability_shift: float = 0.0) -> dict[str, Propagated]:
        """An estimate for every concept of the graph, and for every other one that there is a belief about."""
        return self.start(beliefs, ability_shift=ability_shift).all()
