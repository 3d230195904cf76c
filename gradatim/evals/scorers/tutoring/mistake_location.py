"""Whether the tutor points at the place of the mistake (MRBench, BEA 2025): its lines against the true ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.tutoring.reading.dialogue import Turn
from gradatim.evals.scorers.tutoring.reading.program import pointing
from gradatim.evals.scorers.tutoring.reading.turns import Found, Scene, score_dimension

_MOST = 3
"""Lines that may be pointed at beside a single faulty one: who points at everything points at nothing."""


def mistake_location(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """Label each turn by the lines that it points at, against the true ones.

    `Yes`: it names or quotes a faulty line (of `reference.lines`, followed through the learner's changes), or gives
    code in its place, and few others. `To some extent`: it names a part that holds one ("the loop", a variable), or one
    among many. `No`: it names none, or says of other lines that they are wrong.
    """
    return score_dimension("mistake_location", _rule, inputs, outputs, reference_outputs, needs_mistake=True)


def _rule(scene: Scene, turn: Turn) -> Found:
    if not scene.truth.lines:
        return Found(None, "nobody tells where the mistake is: give reference.lines")
    if not scene.dialogue.program:
        return Found(None, "there is no program whose lines could be named: give inputs.submission")
    lines = scene.truth.lines_at(scene.dialogue, turn)
    if not lines:
        return Found(None, "the faulty lines were taken out of the program before this turn")
    shown = pointing(scene.dialogue, turn, scene.words.code)
    named, hit = sorted(shown.places), sorted(shown.places & lines)
    if shown.blamed and not shown.blamed & lines:
        return Found(
            "No", f"it blames line {_listed(sorted(shown.blamed))}; the mistake is in {_listed(sorted(lines))}"
        )
    if hit and len(named) <= len(lines) + _MOST:
        return Found("Yes", f"it points at line {_listed(hit)}")
    if hit:
        return Found("To some extent", f"line {_listed(hit)} is one of {len(named)} that it points at")
    if shown.parts & lines:
        return Found("To some extent", "it names a part of the program that holds the mistake")
    if named:
        return Found("No", f"it points at line {_listed(named)}; the mistake is in {_listed(sorted(lines))}")
    return Found("No", "it names no place")


def _listed(lines: list[int]) -> str:
    return ", ".join(map(str, lines[:6]))


INFO = ScorerInfo(
    key="mistake_location",
    scorer=mistake_location,
    summary="Whether the tutor points at the faulty lines: those that its text names against the true ones (MRBench).",
    family="tutoring",
    needs=("outputs.messages", "inputs.submission", "reference.lines"),
)
