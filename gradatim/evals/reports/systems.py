"""What a row of a report is about: a variant, and where there are several models, a variant with a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradatim.evals.reports.gathering import Cell, Gathered, Series, Variant


@dataclass(frozen=True, slots=True)
class System:
    """One system that was measured.

    Attributes:
        label: As tables name it.
        model: The one that it was run with; `None` where all runs have the same.
        found: Its runs, scores and failures.
    """

    label: str
    variant: str
    model: str | None
    found: Variant


def systems(gathered: Gathered) -> list[System]:
    """The systems of an experiment, in the order of its variants, then of its models."""
    models = list(dict.fromkeys(cell.model for variant in gathered.variants.values() for cell in sorted(variant.cells)))
    if len(models) < 2:
        return [System(name, name, None, variant) for name, variant in gathered.variants.items()]
    return [
        System(f"{name} · {model}", name, model, narrowed)
        for name, variant in gathered.variants.items()
        for model in models
        if (narrowed := narrow(variant, model)).cells
    ]


def narrow(variant: Variant, model: str) -> Variant:
    """Only the runs with one model."""

    def of(cell: Cell) -> bool:
        return cell.model == model

    return Variant(
        variant.name,
        set(filter(of, variant.cells)),
        {cell: why for cell, why in variant.failed.items() if of(cell)},
        {
            key: Series(
                key,
                {cell: value for cell, value in series.values.items() if of(cell)},
                {cell: why for cell, why in series.unjudged.items() if of(cell)},
                {cell: value for cell, value in series.probabilities.items() if of(cell)},
                {cell: pair for cell, pair in series.pairs.items() if of(cell)},
                series.judges,
            )
            for key, series in variant.series.items()
        },
    )


def labels(found: Sequence[System]) -> tuple[str, ...]:
    """Names of systems, for a header."""
    return tuple(system.label for system in found)
