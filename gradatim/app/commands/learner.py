"""`gradatim learner`: what the memory knows about a learner, for the learner to see and to delete."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from gradatim.app.console import emit, out, plural, printable, shorten, table
from gradatim.app.indicators import read_indicator_rows
from gradatim.app.lazy import did_you_mean
from gradatim.app.options import data_dir_option, json_option
from gradatim.app.records import erase_records, open_records
from gradatim.domain import Composite, LearnerEvent, LearnerState
from gradatim.errors import InputError
from gradatim.kg import opened_graph
from gradatim.memory import LearnerMemory, open_memory
from gradatim.memory.profile.indicators import History, indicators
from gradatim.memory.storage.decisions import SQLiteDecisions
from gradatim.settings import load_settings

T = TypeVar("T")


def _with_memory(data_dir: Path | None, ask: Callable[[LearnerMemory], Awaitable[T]]) -> T:
    """Open the memory, ask it something, close it."""

    async def run() -> T:
        async with open_memory(load_settings(data_dir=data_dir)) as memory:
            return await ask(memory)

    return asyncio.run(run())


async def _known(memory: LearnerMemory, learner_id: str) -> LearnerState:
    """A learner's state.

    Raises:
        InputError: Nothing is remembered about this learner.
    """
    state = await memory.state(learner_id)
    if not state.events:
        ids = {learner.learner_id: learner for learner in await memory.learners()}
        hint = did_you_mean(learner_id, ids)
        raise InputError(
            f"nothing is remembered about this learner{hint}",
            place=f"learner {learner_id!r}",
            remedy="`gradatim learner list` names the learners",
        )
    return state


@click.group()
def learner() -> None:
    """See, export and forget what is remembered about learners."""


@learner.command(name="list")
@data_dir_option
@json_option
def list_learners(data_dir: Path | None, as_json: bool) -> None:
    """List the learners of whom something is remembered."""
    learners = _with_memory(data_dir, lambda memory: memory.learners())
    if as_json:
        emit({"learners": [found._asdict() for found in learners]})
    elif not learners:
        out("the memory holds no learner")
    else:
        rows = [(found.learner_id, f"{found.events:,}", found.last_at) for found in learners]
        out(table(rows, header=("learner", "events", "last event")))


@learner.command()
@click.argument("learner_id", metavar="ID")
@click.option(
    "--events", "recent", type=click.IntRange(0), default=10, show_default=True, help="Latest events to show."
)
@data_dir_option
@json_option
def show(learner_id: str, recent: int, data_dir: Path | None, as_json: bool) -> None:
    """Show what is known about the learner ID: mastery, breadth and depth, profile, latest events.

    Exit codes: 0 shown; 2 nothing is remembered about this learner.
    """

    async def ask(memory: LearnerMemory) -> tuple[LearnerState, tuple[LearnerEvent, ...]]:
        return await _known(memory, learner_id), await memory.events(learner_id, limit=recent)

    state, events = _with_memory(data_dir, ask)
    if as_json:
        emit({**state.plain(), "recent_events": [event.plain() for event in events]})
    else:
        out(_text(state, events))


def _text(state: LearnerState, events: tuple[LearnerEvent, ...]) -> str:
    blocks = [f"{printable(state.learner_id)}: {plural(state.events, 'event')}"]
    if state.mastery:
        rows = [
            (item.concept, _share(item.probability), _bar(item.probability), str(item.observations),
             item.updated_at or "")
            for item in state.mastery
        ]  # fmt: skip
        blocks.append(table(rows, header=("concept", "mastery", "", "observed", "last")))
        breadth = f"breadth {_share(state.breadth)} (concepts with mastery above 70 %)"
        blocks.append(f"{breadth}, depth {_share(state.depth)} (mean mastery)")
    if state.profile:
        rows = [
            (name.replace("_", " "), "not observed" if value is None else f"{value:.2f}")
            for name, value in sorted(state.profile.items())
        ]
        blocks.append("Profile\n" + table(rows, indent=2))
    if events:
        rows = [(event.at, event.kind, event.task_id or "", _observed(event)) for event in events]
        blocks.append("Latest events\n" + table(rows, indent=2))
    return "\n\n".join(blocks)


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.0%}"


def _bar(probability: float, width: int = 10) -> str:
    full = round(probability * width)
    return "█" * full + "░" * (width - full)


def _observed(event: LearnerEvent) -> str:
    marks = (f"{'+' if item.correct else '-'}{item.concept}" for item in event.observations)
    return shorten(" ".join(marks), 100)


@learner.command(name="indicators")
@click.argument("learner_id", metavar="ID")
@data_dir_option
@json_option
def show_indicators(learner_id: str, data_dir: Path | None, as_json: bool) -> None:
    """Show the ten indicators of the learner ID and their composite, each with what it rests on.

    What was not measured says so, and its weight is shared by the others. Exit codes: 0 shown; 2 nothing is
    remembered about this learner.
    """

    async def ask(memory: LearnerMemory) -> Composite:
        await _known(memory, learner_id)
        return await _indicators(memory, learner_id)

    found = _with_memory(data_dir, ask)
    if as_json:
        emit({"learner_id": learner_id, **found.plain()})
        return
    rows = [
        (item.name.replace("_", " "), _share(item.value) if item.value is not None else "–",
         f"{found.shares.get(item.name, 0.0):.2f}", item.why)
        for item in found.measures
    ]  # fmt: skip
    out(table(rows, header=("indicator", "value", "weight", "what it rests on")))
    out(f"composite {_share(found.value)}, from {found.measured:.0%} of the whole weight")


@learner.command()
@click.option("--data", type=click.Path(path_type=Path), metavar="FILE", help="JSON lines, instead of the memory.")
@click.option("--change", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.2, show_default=True)
@data_dir_option
@json_option
def sensitivity(data: Path | None, change: float, data_dir: Path | None, as_json: bool) -> None:
    """Raise and lower the weight of every indicator by a share of itself and tell what it changes.

    Takes all learners of the memory, or the lines of FILE: {"indicators": {NAME: VALUE or null}, "expert": SCORE}.
    Where every line has an expert's score, the effect is on Pearson's r between composite and expert; otherwise on
    the correlation with the composite of the unchanged weights.

    Exit codes: 0 shown; 2 there are too few learners, or FILE is wrong.
    """
    expert: list[float] | None = None
    if data is not None:
        rows, expert = read_indicator_rows(data)
    else:

        async def ask(memory: LearnerMemory) -> list[dict[str, float | None]]:
            ids = [found.learner_id for found in await memory.learners()]
            return [
                {item.name: item.value for item in (await _indicators(memory, learner_id)).measures}
                for learner_id in ids
            ]

        rows = _with_memory(data_dir, ask)
    from gradatim.memory.profile.sensitivity import sensitivity as analyse

    found = analyse(rows, expert, change)
    largest = found.largest
    if as_json:
        emit(
            {
                "against": found.against,
                "learners": found.learners,
                "baseline_r": found.baseline,
                "largest_change": abs(largest.change),
                "largest_indicator": largest.indicator,
                "effects": [
                    {"indicator": item.indicator, "factor": item.factor, "r": item.r, "change": item.change}
                    for item in found.effects
                ],
            }
        )
        return
    table_rows = [
        (item.indicator.replace("_", " "), f"{item.factor - 1:+.0%}", f"{item.r:.4f}", f"{item.change:+.4f}")
        for item in found.effects
    ]
    out(table(table_rows, header=("indicator", "weight", "r", "change")))
    out(
        f"r against {found.against} with the weights as they are: {found.baseline:.4f} ({found.learners} learners); "
        f"largest change {abs(largest.change):.4f} ({largest.indicator.replace('_', ' ')})"
    )


async def _indicators(memory: LearnerMemory, learner_id: str) -> Composite:
    """The ten indicators of a learner, prerequisites looked up in the concept graph."""
    state = await memory.state(learner_id)
    events = await memory.events(learner_id)
    mastery = {item.concept: item.probability for item in state.mastery}
    async with opened_graph(load_settings()) as concepts:
        needed = {
            concept: [step.concept.id for step in await concepts.prerequisites(concept, depth=1)] for concept in mastery
        }
    return indicators(History(tuple(reversed(events)), mastery, needed))


@learner.command()
@click.argument("learner_id", metavar="ID")
@data_dir_option
@json_option
def export(learner_id: str, data_dir: Path | None, as_json: bool) -> None:
    """Print everything that is remembered about the learner ID, as JSON: state, events, assessments, decisions.

    --json puts it on one line. Exit codes: 0 printed; 2 nothing is remembered about this learner.
    """

    async def ask(memory: LearnerMemory) -> dict[str, Any]:
        async with open_records(load_settings(data_dir=data_dir)) as records:
            kept = await records.of(learner_id) if records else []
        state = await memory.state(learner_id) if kept else await _known(memory, learner_id)
        events = await memory.events(learner_id)
        decisions = SQLiteDecisions(load_settings(data_dir=data_dir).memory_path)
        try:
            decided = await decisions.decisions(learner_id)
        finally:
            await decisions.aclose()
        return {
            "learner_id": learner_id,
            "state": state.plain(),
            "events": [event.plain() for event in reversed(events)],
            "records": kept,
            "decisions": [record.plain() for record in decided],
        }

    emit(_with_memory(data_dir, ask), indent=None if as_json else 2)


@learner.command()
@click.argument("learner_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@data_dir_option
@json_option
def forget(learner_id: str, yes: bool, data_dir: Path | None, as_json: bool) -> None:
    """Delete everything about the learner ID: events, estimates, recollections, assessments, unfinished runs.

    This cannot be undone. Exit codes: 0 nothing is remembered any more; 2 it was not confirmed.
    """

    async def ask(memory: LearnerMemory) -> tuple[int, int]:
        if not yes:
            _confirm(learner_id, (await memory.state(learner_id)).events)
        # The events last: as long as they are there, the learner is found and the call can be repeated.
        erased = await erase_records(load_settings(data_dir=data_dir), learner_id)
        return await memory.forget(learner_id), erased

    events, records = _with_memory(data_dir, ask)
    if as_json:
        emit({"learner_id": learner_id, "deleted_events": events, "deleted_assessments": records})
    elif events or records:
        told = f"{plural(events, 'event')} and {plural(records, 'assessment')} deleted"
        out(f"forgot {printable(learner_id)}: {told}")
    else:
        out(f"nothing was remembered about {printable(learner_id)}")


def _confirm(learner_id: str, events: int) -> None:
    """Let a person say yes.

    Raises:
        InputError: Nobody can be asked, or the answer is no.
    """
    place = f"learner {learner_id!r}"
    if sys.stdin is None or not sys.stdin.isatty():
        raise InputError("deleting needs a yes", place=place, remedy="add --yes to delete without being asked")
    question = f"Delete {plural(events, 'event')} and all assessments of {printable(learner_id)} for good?"
    if not click.confirm(question, err=True):
        raise InputError("nothing was deleted", place=place)
