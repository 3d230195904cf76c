"""Models of knowledge tracing behind one protocol."""

from gradatim.memory.tracing.models.protocol import Contribution, FitOptions, LearnerTrace, TracingModel

__all__ = ["Contribution", "FitOptions", "LearnerTrace", "TracingModel"]
