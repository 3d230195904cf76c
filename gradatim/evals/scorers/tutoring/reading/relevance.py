"""Whether what a tutor explains has to do with this learner's fault."""

from __future__ import annotations

from gradatim.evals.scorers.tutoring.reading.dialogue import Turn
from gradatim.evals.scorers.tutoring.reading.turns import Scene


def relevant_kinds(scene: Scene, turn: Turn) -> frozenset[str] | None:
    """Kinds of faults that the learner's may be, by misconceptions and faulty lines; `None` where nothing tells."""
    from gradatim.testing.learners.kinds import kind_of, kinds_at

    found: set[str] = set()
    for misconception in scene.truth.misconceptions:
        try:
            found.add(kind_of(misconception))
        except KeyError:
            return None  # a misconception of which no words are known: any explanation may be about it
    if found:
        return frozenset(found)
    program = scene.dialogue.program_at(turn).splitlines()
    for line in scene.truth.lines_at(scene.dialogue, turn):
        if line <= len(program):
            found.update(kinds_at(program[line - 1]))
    return frozenset(found) or None


def bearing(kinds: frozenset[str], relevant: frozenset[str] | None) -> bool:
    """Whether an explanation of some kinds of faults can be about the learner's."""
    return bool(kinds) and (relevant is None or bool(kinds & relevant))
