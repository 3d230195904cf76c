"""`gradatim learner show`: what is known about a learner."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import click

from gradatim.app.commands.learner.asking import known, labels_of, named, share, with_memory
from gradatim.app.console import emit, out, plural, printable, shorten, table
from gradatim.app.options import data_dir_option, json_option
from gradatim.domain import Feature, LearnerEvent, LearnerState
from gradatim.memory import LearnerMemory
from gradatim.memory.rights.consent import Consent, consents_of
from gradatim.memory.rights.labels import Label
from gradatim.settings import load_settings

_DROPPED_SHOWN = 3


class _Known(NamedTuple):
    state: LearnerState
    labels: tuple[Label, ...]
    consents: tuple[Consent, ...]
    events: tuple[LearnerEvent, ...]

    def plain(self) -> dict[str, Any]:
        return {
            **self.state.plain(),
            "labels": [label.plain() for label in self.labels],
            "consents": [consent.plain() for consent in self.consents],
            "recent_events": [event.plain() for event in self.events],
        }


@click.command()
@click.argument("learner_id", metavar="ID")
@click.option(
    "--events", "recent", type=click.IntRange(0), default=10, show_default=True, help="Latest events to show."
)
@data_dir_option
@json_option
def show(learner_id: str, recent: int, data_dir: Path | None, as_json: bool) -> None:
    """Show what is known about the learner ID: mastery, labels, profile, consents, latest events.

    A label is a statement about observed work. `gradatim learner explain ID LABEL` tells what it rests on,
    `gradatim learner correct ID LABEL` disputes it. Exit codes: 0 shown; 2 nothing is remembered about this learner.
    """
    learner_id = named(learner_id, data_dir)
    assumed = load_settings(data_dir=data_dir).assumed_consent

    async def ask(memory: LearnerMemory) -> _Known:
        state = await known(memory, learner_id)
        consents = tuple((await consents_of(memory, learner_id, assumed)).values())
        events = await memory.events(learner_id, limit=recent) if recent else ()
        return _Known(state, await labels_of(memory, state), consents, events)

    found = with_memory(data_dir, ask)
    if as_json:
        emit(found.plain())
    else:
        out(_text(found))


def _text(found: _Known) -> str:
    state = found.state
    blocks = [f"{printable(state.learner_id)}: {plural(state.events, 'event')}"]
    if state.mastery:
        rows = [
            (item.concept, share(item.probability), _bar(item.probability), str(item.observations),
             item.updated_at or "")
            for item in state.mastery
        ]  # fmt: skip
        blocks.append(table(rows, header=("concept", "mastery", "", "observed", "last")))
        breadth = f"breadth {share(state.breadth)} (concepts with mastery above 70 %)"
        blocks.append(f"{breadth}, depth {share(state.depth)} (mean mastery)")
    if found.labels:
        blocks.append("Labels\n" + label_table(found.labels))
    if state.features:
        seen = sorted(
            (item for item in state.features if item.value is not None), key=lambda item: (item.dimension, item.name)
        )
        rows = [(item.name.replace("_", " "), *_measured(item), item.dimension) for item in seen]
        text = "Profile\n" + table(rows, header=("", "value", "error", "observed", ""), indent=2)
        if silent := len(state.features) - len(seen):
            text += f"\n  not observed: {plural(silent, 'more attribute')}"
        blocks.append(text)
    elif state.profile:
        rows = [
            (name.replace("_", " "), "not observed" if value is None else f"{value:.2f}")
            for name, value in sorted(state.profile.items())
        ]
        blocks.append("Profile\n" + table(rows, indent=2))
    blocks.append("Consents\n" + consent_table(found.consents))
    if found.events:
        rows = [(event.at, event.kind, event.task_id or "", _observed(event)) for event in found.events]
        blocks.append("Latest events\n" + table(rows, indent=2))
    return "\n\n".join(blocks)


def label_table(labels: tuple[Label, ...]) -> str:
    """Labels that hold or are disputed, and the latest that fell away."""
    dropped = sorted((label for label in labels if label.status == "dropped"), key=lambda item: item.until or "")
    shown = [*(label for label in labels if label.status != "dropped"), *dropped[::-1][:_DROPPED_SHOWN]]
    rows = [
        (label.key, label.statement, label.status, f"{label.confidence:.0%}", str(label.observations),
         (label.since if label.status == "holds" else label.until) or "")
        for label in shown
    ]  # fmt: skip
    return table(rows, header=("label", "says", "status", "sure", "observed", "since"), indent=2)


def consent_table(consents: tuple[Consent, ...]) -> str:
    """Consents, and who said so when."""
    rows = [
        (item.purpose, "yes" if item.given else "no", "assumed, not asked" if item.assumed else f"said on {item.at}")
        for item in consents
    ]
    return table(rows, indent=2)


def _measured(item: Feature) -> tuple[str, str, str]:
    error = "" if item.error is None else f"± {item.error:.2f}"
    return f"{item.value:.2f}", error, str(item.observations)


def _bar(probability: float, width: int = 10) -> str:
    full = round(probability * width)
    return "█" * full + "░" * (width - full)


def _observed(event: LearnerEvent) -> str:
    marks = (f"{'+' if item.correct else '-'}{item.concept}" for item in event.observations)
    return shorten(" ".join(marks), 100)
