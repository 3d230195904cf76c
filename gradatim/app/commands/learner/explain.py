"""`gradatim learner explain`: where a number or a label about a learner comes from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gradatim.app.commands.learner.asking import concept_names, known, labels_of, named, with_memory
from gradatim.app.commands.learner.propagated import contributions, contributions_text
from gradatim.app.console import emit, out, printable, table
from gradatim.app.lazy import did_you_mean
from gradatim.app.options import data_dir_option, json_option
from gradatim.domain import LearnerEvent, LearnerState
from gradatim.errors import InputError
from gradatim.kg import opened_graph
from gradatim.memory import ATTRIBUTES, LearnerMemory, ParameterSource, parameters_of
from gradatim.memory.rights.explanation import (
    TRACING,
    AttributeExplanation,
    ConceptExplanation,
    attribute_named,
    explain_attribute,
    explain_concept,
)
from gradatim.memory.rights.labels import Label
from gradatim.settings import load_settings

_STEPS_SHOWN = 40


@click.command()
@click.argument("learner_id", metavar="ID")
@click.argument("what", metavar="CONCEPT|LABEL|ATTRIBUTE")
@data_dir_option
@json_option
def explain(learner_id: str, what: str, data_dir: Path | None, as_json: bool) -> None:
    """Tell where a number about the learner ID comes from.

    For a CONCEPT: the formula, its observations in order with the belief before and after each, and what other concepts
    say about it. For a LABEL (`gradatim learner show` lists them): its rule and the events for and against it. For an
    ATTRIBUTE of the profile: its formula and the events that changed it.

    Exit codes: 0 told; 2 nothing is remembered about this learner, or there is nothing of this name.
    """
    learner_id = named(learner_id, data_dir)
    parameters = parameters_of(load_settings())

    async def ask(memory: LearnerMemory) -> tuple[dict[str, Any], str]:
        state = await known(memory, learner_id)
        events = await memory.events(learner_id)
        if (attribute := attribute_named(what)) is not None:
            told = explain_attribute(events, attribute, state.profile.get(attribute.name), parameters)
            return told.plain(), _attribute_text(told)
        labels = await labels_of(memory, state)
        if (label := next((item for item in labels if item.key == what), None)) is not None:
            return {"what": "label", **label.plain()}, label_text(label)
        return await _concept(state, events, what, labels, parameters)

    plain, text = with_memory(data_dir, ask)
    if as_json:
        emit({"learner_id": learner_id, **plain})
    else:
        out(text)


async def _concept(
    state: LearnerState, events: Sequence[LearnerEvent], what: str, labels: Sequence[Label], parameters: ParameterSource
) -> tuple[dict[str, Any], str]:
    async with opened_graph(load_settings()) as store:
        observed = {item.concept for item in state.mastery}
        found = None if what in observed else await store.find(what)
        concept = found.id if found is not None else what
        if found is None and what not in observed:
            names = {*observed, *(item.key for item in labels), *(item.name for item in ATTRIBUTES)}
            raise InputError(
                f"is no concept, label or attribute{did_you_mean(what, dict.fromkeys(names))}",
                place=what,
                remedy="`gradatim learner show` lists what there is",
            )
        parts = contributions(await store.snapshot(), state, concept, parameters)
    names = await concept_names({concept, *(part["concept"] for part in parts if part["concept"])})
    told = explain_concept(events, concept, names.get(concept, concept), parameters)
    return {**told.plain(), "propagation": parts}, _concept_text(told) + contributions_text(parts, names)


def _concept_text(told: ConceptExplanation) -> str:
    own = told.parameters
    lines = [
        f"{printable(told.name)}: mastery {told.probability:.1%} after {len(told.steps)} observations",
        TRACING,
        f"with prior {own.prior:g}, learn {own.learn:g}, slip {own.slip:g}, guess {own.guess:g}, forget {own.forget:g}",
    ]
    if not told.steps:
        return "\n".join([*lines, "never observed: the prior stands"])
    shown = told.steps[-_STEPS_SHOWN:]
    rows = [
        (step.at, step.kind, "right" if step.correct else "wrong", f"{step.before:.1%}", f"{step.expected:.1%}",
         f"{step.seen:.1%}", f"{step.after:.1%}", step.event)
        for step in shown
    ]  # fmt: skip
    if len(shown) < len(told.steps):
        lines.append(f"the latest {len(shown)} of them:")
    header = ("at", "kind", "answer", "before", "P(right)", "given the answer", "after", "event")
    return "\n".join([*lines, "", table(rows, header=header)])


def _attribute_text(told: AttributeExplanation) -> str:
    about = told.attribute
    value = "not observed" if told.value is None else f"{told.value:.3f}"
    lines = [
        f"{about.name.replace('_', ' ')}: {value} ({about.dimension})",
        about.meaning,
        f"formula: {about.formula}",
        f"read from: {', '.join(about.events)}",
    ]
    if not told.shifts:
        return "\n".join([*lines, "no event changed it"])
    shown = told.shifts[-_STEPS_SHOWN:]
    rows = [
        (item.at, item.kind, _number(item.before), _number(item.after), str(item.observations), item.event)
        for item in shown
    ]
    more = f"the latest {len(shown)} of {len(told.shifts)}:" if len(shown) < len(told.shifts) else ""
    return "\n".join([*lines, more, table(rows, header=("at", "kind", "before", "after", "observed", "event"))])


def label_text(label: Label) -> str:
    """A label with its rule and what it rests on."""
    lines = [
        f"{printable(label.key)}: {printable(label.statement)}",
        f"status: {label.status}; {printable(label.reason)}",
        f"rule: {label.rule}",
        f"certainty {label.confidence:.0%} from {label.observations} observations"
        + (f"; since {label.since}" if label.since else ""),
        f"for it:     {printable(', '.join(label.evidence) or 'nothing')}",
        f"against it: {printable(', '.join(label.contrary) or 'nothing')}",
    ]
    if label.words:
        lines.append(f"you said: {printable(label.words)}")
    if label.value is not None:
        lines.append(f"you put in its place: {printable(str(label.value))}")
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
