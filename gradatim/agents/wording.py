"""Wording: what a learner can read and a task is about, as the terms of controlled decoding."""

from __future__ import annotations

from gradatim.domain import LearnerState, Task
from gradatim.kg import ConceptStore, resolve
from gradatim.kg.labels import concept_text
from gradatim.kg.schema import Concept
from gradatim.serving.steering import Steering, curriculum_term, profile_term
from gradatim.serving.steering.terms import MAX_WORD


class Wording:
    """Makes the steering of a request from the learner's mastery and the task's concepts.

    Args:
        concepts: Knows the names of concepts.
        lambda_profile: λ_p, in logits; 0 leaves the learner out.
        lambda_curriculum: λ_c, in logits; 0 leaves the task out.
    """

    def __init__(self, concepts: ConceptStore, lambda_profile: float, lambda_curriculum: float) -> None:
        self.concepts = concepts
        self.lambda_profile = lambda_profile
        self.lambda_curriculum = lambda_curriculum

    @property
    def version(self) -> str:
        """Changes whenever the same case would be steered otherwise."""
        return f"{self.lambda_profile:g}/{self.lambda_curriculum:g}"

    async def steering(self, task: Task, learner: LearnerState | None) -> Steering | None:
        """The terms for a case; `None` where nothing is to be preferred."""
        about: tuple[Concept, ...] = ()
        if self.lambda_curriculum:
            about, _ = await resolve(self.concepts, task.concepts)
        observed = {item.concept: item.probability for item in learner.mastery} if learner else {}
        known: tuple[Concept, ...] = ()
        if self.lambda_profile and observed:
            known, _ = await resolve(self.concepts, tuple(observed))
        steering = Steering(
            lambda_profile=self.lambda_profile,
            lambda_curriculum=self.lambda_curriculum,
            profile=profile_term(observed, {concept.id: _words(concept) for concept in known}),
            curriculum=curriculum_term({concept.id: _words(concept) for concept in about}),
        )
        return None if steering.neutral else steering


def _words(concept: Concept) -> tuple[str, ...]:
    own = concept_text(concept.id, "name")
    names = (concept.name, *concept.aliases) if own is None else (own,)
    return tuple(name for name in names if len(name) <= MAX_WORD and name.isprintable() and name == name.strip())
