"""Kinds of faults, and worked examples of each on other programs than the learner's."""

from gradatim.agents.tutoring.worked.example import WorkedExample, worked_example
from gradatim.agents.tutoring.worked.families import Family, families, family_of_misconception, family_of_operators

__all__ = ["Family", "WorkedExample", "families", "family_of_misconception", "family_of_operators", "worked_example"]
