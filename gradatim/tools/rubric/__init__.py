"""The five dimensions of the rubric (SPEC §4), each with what it rests on, or openly not measured."""

from gradatim.tools.rubric.rubric import DIMENSIONS, rubric

__all__ = ["DIMENSIONS", "rubric"]
