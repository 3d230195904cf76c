"""`gradatim learner draw`: what is known about a learner, as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import click

from gradatim.app.commands.learner.asking import known, named, with_memory
from gradatim.app.console import emit, out, plural, printable
from gradatim.app.options import data_dir_option, json_option
from gradatim.errors import CurriculumError, InputError
from gradatim.memory import LearnerMemory, parameters_of
from gradatim.settings import load_settings

if TYPE_CHECKING:
    from gradatim.domain import LearnerEvent, LearnerState
    from gradatim.kg import ConceptGraph
    from gradatim.memory.pictures import Format

What = Literal["mastery", "map", "calibration"]


class _Picture(NamedTuple):
    content: bytes
    told: str


@click.command()
@click.argument("learner_id", metavar="[ID]", required=False)
@click.option(
    "--what",
    type=click.Choice(("mastery", "map", "calibration")),
    default="mastery",
    show_default=True,
    help="Mastery over time, the concept map coloured by mastery, or how often predictions came true.",
)
@click.option(
    "--predictions",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Draw the calibration of these: CSV with the columns probability and correct; no ID then.",
)
@click.option(
    "--out", "target", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Ends in .svg or .png."
)
@data_dir_option
@json_option
def draw(
    learner_id: str | None, what: What, file: Path | None, target: Path, data_dir: Path | None, as_json: bool
) -> None:
    """Draw what is known about the learner ID into FILE; a file that is there is replaced.

    Exit codes: 0 drawn; 2 nothing is remembered about this learner, or a file cannot be read or written.
    """
    from gradatim.kg.exchange.limits import write_file
    from gradatim.memory.rights.artefacts import Artefacts

    format, own = _format(target), None
    if file is not None:
        if learner_id is not None:
            raise InputError("predictions of a file belong to no learner", place="ID", remedy="leave it out")
        made = _of_file(file, format)
    elif learner_id is None:
        raise InputError("nobody is named", place="ID", remedy="name a learner: `gradatim learner list`")
    else:
        own = named(learner_id, data_dir)
        made = with_memory(data_dir, lambda memory: _drawn(memory, own, what, format))
    write_file(target, made.content)
    if own is not None:  # so that it can be forgotten
        Artefacts.of(load_settings(data_dir=data_dir)).whole(target, "report", (own,))
    if as_json:
        emit({"file": str(target), "what": "calibration" if file else what, "bytes": len(made.content)})
    else:
        out(f"{printable(str(target))}: {made.told}")


async def _drawn(memory: LearnerMemory, learner_id: str, what: What, format: Format) -> _Picture:
    state = await known(memory, learner_id)
    events = await memory.events(learner_id)
    if what == "map":
        return _map(state, await _graph(), format)
    return (
        _mastery(learner_id, events, await _names(), format)
        if what == "mastery"
        else _calibration(learner_id, events, format)
    )


def _mastery(learner_id: str, events: tuple[LearnerEvent, ...], names: dict[str, str], format: Format) -> _Picture:
    from dataclasses import replace

    from gradatim.memory.pictures import marked, mastery_over_time, mastery_series

    series = [
        replace(item, label=names.get(item.concept, item.concept))
        for item in mastery_series(events, parameters_of(load_settings()))
    ]
    content = mastery_over_time(series, marked(events), learner=learner_id, format=format)
    return _Picture(content, f"mastery of {plural(len(series), 'concept')} over time")


def _map(state: LearnerState, graph: ConceptGraph, format: Format) -> _Picture:
    from gradatim.memory.pictures import concept_map, map_around

    content = map_around(graph, state.mastery, inferred=_inferred(graph, state))
    told = f"a map of {plural(len(content.concepts), 'concept')}"
    if content.left_out:
        told += f", {content.left_out} left out"
    return _Picture(concept_map(content, learner=state.learner_id, format=format), told)


def _calibration(learner_id: str, events: tuple[LearnerEvent, ...], format: Format) -> _Picture:
    from gradatim.memory.pictures import calibration_of_predictions, predictions

    found = predictions(events, parameters_of(load_settings()))
    content = calibration_of_predictions(found, of=learner_id, format=format)
    return _Picture(content, f"calibration of {plural(len(found), 'prediction')}")


def _of_file(file: Path, format: Format) -> _Picture:
    from gradatim.app.predictions import read_predictions
    from gradatim.memory.pictures import calibration_of_predictions

    found = read_predictions(file)
    content = calibration_of_predictions(found, of=file.name, format=format)
    return _Picture(content, f"calibration of {plural(len(found), 'prediction')}")


async def _graph() -> ConceptGraph:
    from gradatim.kg import opened_graph

    async with opened_graph(load_settings()) as store:
        return await store.snapshot()


async def _names() -> dict[str, str]:
    return {concept.id: concept.name for concept in (await _graph()).concepts}


def _inferred(graph: ConceptGraph, state: LearnerState) -> dict[str, float]:
    """Mastery of concepts that were not observed, propagated from those that were."""
    from gradatim.memory.propagation import Propagation
    from gradatim.memory.tracing.estimates import Belief

    beliefs = {item.concept: Belief(item.probability, item.observations, item.updated_at) for item in state.mastery}
    try:
        found = Propagation.of(graph).start(beliefs).all()
    except CurriculumError:
        return {}  # prerequisites that run in a circle: nothing can be passed on along them
    return {concept: estimate.probability for concept, estimate in found.items() if estimate.inferred}


def _format(target: Path) -> Format:
    ending = target.suffix.lower()
    if ending == ".svg":
        return "svg"
    if ending == ".png":
        return "png"
    raise InputError("is neither .svg nor .png", place=f"--out {target}", remedy="end its name in one of the two")
