"""Agreement with experts, coverage, precision and hallucinations of each system: the form of the source's Table 7."""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.evals.reports.document import Block, Cell, Note, Section, Table, missing
from gradatim.evals.reports.figures import figure
from gradatim.evals.reports.knowledge import about
from gradatim.evals.reports.published import OTHER, QUALITY, theirs
from gradatim.evals.reports.systems import System
from gradatim.evals.reports.wording import counted, figure_cell, readable

COLUMNS = (
    ("expert_agreement", "agreement with experts, r"),
    ("objective_coverage", "coverage of objectives"),
    ("precision_rubric", "precision of what is said"),
    ("hallucination", "refuted sentences"),
    ("hallucination_told", "runs that told a learner something refuted"),
)
"""Key of a scorer → heading."""
AUDITED = (
    ("claim_support_audited", "borne out, by the audit"),
    ("diagnosis_named", "fault named rightly"),
)
"""The same, where experiments had their texts audited."""


def quality(found: Sequence[System]) -> Section:
    """The section."""
    columns = (*COLUMNS, *(item for item in AUDITED if any(item[0] in system.found.series for system in found)))
    header = ("system", "runs", *(heading for _, heading in columns))
    rows = [
        (
            Cell(system.label),
            Cell(f"{len(system.found.cells):,}", counted(len(system.found.samples), "example")),
            *(figure_cell(figure(system.found.series.get(key), about(key))) for key, _ in columns),
        )
        for system in found
    ]
    table = Table(
        "Table 7. Quality of each system, with intervals of 95 %",
        header,
        (*rows, *_published(found, [key for key, _ in columns])),
        (
            "Agreement is Pearson's r of the composite score with the mean of the experts (Fisher's z). Coverage is "
            "|assessed ∩ target| / |target|. Precision is the weighted share of what could be decided that is right. "
            "Refuted sentences are those with a claim that execution, evidence or the concept graph refutes.",
            "Runs of the same example are averaged; n is the number of examples.",
            OTHER,
        ),
    )
    return Section("quality", "Quality", (table, *_dimensions(found)))


def _published(found: Sequence[System], keys: Sequence[str]) -> list[tuple[Cell, ...]]:
    """Rows of the source, where at least one of ours measures the same."""
    measured = {
        key
        for key in keys
        if any(figure(system.found.series.get(key), about(key)).estimate.value is not None for system in found)
    }
    names = dict.fromkeys(name for key in QUALITY if key in measured for name, _ in QUALITY[key])
    return [
        (
            Cell(f"{name} (source)", "", "soft"),
            Cell("", "", "soft"),
            *(_theirs(key, name) if key in measured else Cell("", "", "soft") for key in keys),
        )
        for name in names
    ]


def _theirs(key: str, name: str) -> Cell:
    value = dict(QUALITY.get(key, ())).get(name)
    return Cell("", "", "soft") if value is None else theirs(value)


def _dimensions(found: Sequence[System]) -> list[Block]:
    """Agreement in each dimension that people rated."""
    keys = dict.fromkeys(
        key
        for system in found
        for key, series in system.found.series.items()
        if about(key).summarised == "agreement" and key != COLUMNS[0][0] and series.pairs
    )
    if not keys:
        if any(system.found.series.get(COLUMNS[0][0]) for system in found):
            return []
        return [Note("Agreement with experts was not measured: the experiment did not ask for it.")]
    rows = [
        (
            Cell(readable(key)),
            *(
                figure_cell(figure(series, about(key)))
                if (series := system.found.series.get(key)) is not None
                else missing("not scored")
                for system in found
            ),
        )
        for key in keys
    ]
    header = ("dimension", *(system.label for system in found))
    return [Table("Agreement with experts in each dimension, Pearson's r", header, tuple(rows))]
