"""What the tutor says: sentences from evidence, each with what it claims, put together by the moves of the plan."""

from gradatim.agents.tutoring.composing.composer import Composer

__all__ = ["Composer"]
