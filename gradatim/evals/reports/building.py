"""The report of an experiment: everything that its folder tells, in the form of the source's tables."""

from __future__ import annotations

from pathlib import Path

from gradatim.errors import InputError
from gradatim.evals.reports.document import Note, Report, Section
from gradatim.evals.reports.gathering import Gathered, gather
from gradatim.evals.reports.sections.ablation import ablation
from gradatim.evals.reports.sections.cost import cost
from gradatim.evals.reports.sections.gain import gain
from gradatim.evals.reports.sections.latency import latency
from gradatim.evals.reports.sections.quality import quality
from gradatim.evals.reports.sections.scores import gaps, scores
from gradatim.evals.reports.sections.setup import setup
from gradatim.evals.reports.sections.trust import trust
from gradatim.evals.reports.systems import System, systems
from gradatim.evals.reports.timing import Timing, count_into
from gradatim.evals.reports.wording import counted
from gradatim.evals.traces.lines import read_traces


def report_of(folder: Path, *, baseline: str | None = None) -> Report:
    """The report of an experiment.

    Args:
        folder: As `gradatim eval run` wrote it, finished or not.
        baseline: Variant that the others are compared with; `full`, `baseline`, or the first one, when not given.

    Raises:
        InputError: The folder holds no results, or there is no such variant.
    """
    gathered = gather(folder)
    found = systems(gathered)
    times, notes = _times(gathered, found)
    runs = sum(len(system.found.cells) for system in found)
    first, last = setup(gathered), (scores(found), gaps(found))
    work = (latency(times), cost(found, times))
    if gathered.apart:  # what answering a question takes a simulated learner tells of nothing; asking a model does
        asked = any(cell.model != "none" for system in found for cell in system.found.cells)
        ended = bool(gathered.results.manifest.get("finished"))
        sections = (first, gain(folder, finished=ended), *(work if asked else ()), *last)
    else:
        sections = (first, quality(found), ablation(gathered, baseline), *work, trust(found), *last)
    if notes:
        sections = (sections[0], Section("traces", "Traces", tuple(notes)), *sections[1:])
    return Report(
        f"Evaluation: {gathered.name}",
        f"{counted(runs, 'run')} of {counted(len(found), 'system')}; every figure with n and an interval of 95 %.",
        sections,
    )


def _times(gathered: Gathered, found: list[System]) -> tuple[dict[str, Timing], list[Note]]:
    """What the traces tell of time and cost, by system; traces that cannot be read are told, not fatal."""
    path = gathered.results.traces
    if not path.exists():
        return {}, [Note("There are no traces: time and cost are not known.", "warn")]
    notes: list[Note] = []
    kept: dict[tuple[str, str], Timing] = {}
    try:
        count_into(kept, read_traces(path), apart=gathered.apart)
    except InputError as error:
        notes.append(Note(f"Traces are read up to {error.place}, which {error.message}.", "warn"))
    models = {system.variant: {cell.model for cell in system.found.cells} for system in found}
    by_label: dict[str, Timing] = {}
    for system in found:
        for model in [system.model] if system.model is not None else models[system.variant]:
            if (timing := kept.get((system.variant, model))) is not None:
                by_label[system.label] = timing
    return by_label, notes
