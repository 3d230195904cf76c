"""Knowledge tracing: from what a learner did to what one believes that the learner masters."""

from gradatim.memory.tracing.bkt import (
    BKTParameters,
    ConceptParameters,
    ParameterSource,
    posterior,
    predict_correct,
    transition,
    update,
)

__all__ = [
    "BKTParameters",
    "ConceptParameters",
    "ParameterSource",
    "posterior",
    "predict_correct",
    "transition",
    "update",
]
