"""`gradatim learner path`: the way to a concept."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from gradatim.app.commands.learner.asking import share
from gradatim.app.commands.learner.proposing import Standing, standing
from gradatim.app.console import emit, out, plural, printable, table
from gradatim.app.options import data_dir_option, json_option
from gradatim.memory.recommendation import Course, beliefs, path_to
from gradatim.memory.recommendation import Path as LearningPath


@click.command()
@click.argument("learner_id", metavar="ID")
@click.option("--goal", metavar="CONCEPT", required=True, help="Where to get to (id, name or alias of a concept).")
@data_dir_option
@json_option
def path(learner_id: str, goal: str, data_dir: Path | None, as_json: bool) -> None:
    """Show the shortest way of the learner ID to a concept: what is still needed, in order, and how much practice.

    Exit codes: 0 shown, also when the goal is mastered already; 2 nothing is remembered about this learner, the learner
    does not agree to personalisation, or there is no such concept.
    """
    where = standing(data_dir, learner_id, goal, compare=False)
    assert where.goal is not None
    # the whole graph: what lies beside the way may show that a part of it is mastered
    course = Course.of(where.graph, parameters=where.parameters)
    found = path_to(course, where.goal, *beliefs(course, where.mastery))
    if as_json:
        steps = [{"name": where.name(step.concept), **asdict(step)} for step in found.steps]
        emit(
            {
                "learner_id": learner_id,
                "goal": found.goal,
                "ability": where.plain_ability(),
                "mastered": not found.steps,
                "practices": found.practices,
                "steps": steps,
                "taken_as_met": found.taken_as_met,
            }
        )
    else:
        out(_text(where, found))


def _text(where: Standing, found: LearningPath) -> str:
    goal = printable(where.name(found.goal))
    if not found.steps:
        return f"{goal} is mastered already"
    head = f"{printable(where.state.learner_id)}: {plural(len(found.steps), 'concept')} to {goal}, "
    head += f"about {plural(round(found.practices), 'practice')}"
    rows = [
        (
            f"{number}.",
            where.name(step.concept),
            share(step.mastery),
            f"{step.practices:.1f}",
            _opens(where, step.opens),
        )
        for number, step in enumerate(found.steps, start=1)
    ]
    blocks = [head, table(rows, header=("", "concept", "mastery", "practices", "needed for"))]
    if found.taken_as_met:
        met = ", ".join(printable(where.name(item)) for item in found.taken_as_met)
        blocks.append(f"never observed, but taken as met because of what was: {met}")
    return "\n\n".join(blocks)


def _opens(where: Standing, concepts: tuple[str, ...]) -> str:
    shown = ", ".join(where.name(item) for item in concepts[:3])
    return f"{shown} and {len(concepts) - 3} more" if len(concepts) > 3 else shown
