"""Figures of the source (Qian, Ji and Li, 2026, Tables 7–9), for rows that measure the same.

They stand beside ours only where the measure has the same definition: the correlation with the experts' consensus, the
share of objectives that are covered, and seconds. They were measured on other learners, other tasks and other machines.
Its precision (.86) and its rate of hallucinations (4.7 %) were judged by people on whole texts; ours count claims and
sentences by execution, and no number of one can be read as the other.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradatim.evals.reports.document import Cell

AGREEMENT = "expert_agreement"
COVERAGE = "objective_coverage"
QUALITY: Mapping[str, tuple[tuple[str, float], ...]] = {
    AGREEMENT: (
        ("template", 0.69),
        ("rules", 0.74),
        ("GPT-4, few-shot", 0.83),
        ("base model", 0.761),
        ("full framework", 0.847),
    ),
    COVERAGE: (("full framework", 0.91),),
}
"""Key of a scorer → systems and what they reached."""
ABLATION: tuple[tuple[str, str, float], ...] = (
    ("graph", "without the knowledge graph", 0.792 - 0.847),
    ("profile", "without the profile", 0.811 - 0.847),
    ("base", "base model", 0.761 - 0.847),
)
"""What is taken away → in words, and the difference of r to the full framework."""
LATENCY: tuple[tuple[str, float], ...] = (
    ("whole", 12.3),
    ("model", 3.2),
    ("overhead", 9.1),
    ("profile", 1.5),
    ("knowledge graph", 3.7),
)
"""Part → mean seconds."""
OTHER = "The source's figures are theirs, from other data and machines: to be read beside ours, not compared by a test."


def theirs(value: float, *, sign: bool = False) -> Cell:
    """A figure of the source."""
    return Cell(f"{value:{'+' if sign else ''}.3f}".rstrip("0"), "theirs", "soft")
