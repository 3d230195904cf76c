"""What a detector reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of a misconception in a program.

    Attributes:
        misconception: Its id in the concept graph.
        lines: 1-based lines that show it, the most telling first.
        confidence: How likely the learner holds it, in [0, 1].
        fact: The observed fact about the source, one sentence that is true on its own and quotes nothing but
            the program.
        why: How the runs bear it out; names tests by id and never quotes their inputs.
        tests: Ids of the tests that bear it out.
        anywhere: Whether it counts although no failing test reaches its lines.
    """

    misconception: str
    lines: tuple[int, ...]
    confidence: float
    fact: str
    why: str = ""
    tests: tuple[str, ...] = ()
    anywhere: bool = False
