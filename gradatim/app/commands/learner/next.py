"""`gradatim learner next`: what to practise next, and why."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from gradatim.app.commands.learner.asking import share
from gradatim.app.commands.learner.proposing import Standing, standing
from gradatim.app.console import emit, out, plural, printable, table
from gradatim.app.options import data_dir_option, json_option
from gradatim.memory.recommendation import Course, Recommendation, recommend


@click.command(name="next")
@click.argument("learner_id", metavar="ID")
@click.option("--goal", metavar="CONCEPT", help="Only what leads to this concept (id, name or alias).")
@click.option("--limit", type=click.IntRange(1, 100), default=5, show_default=True, help="Concepts to propose.")
@data_dir_option
@json_option
def next_concepts(learner_id: str, goal: str | None, limit: int, data_dir: Path | None, as_json: bool) -> None:
    """Propose concepts for the learner ID to practise next, best first, each with its reasons.

    Scores are the sums of their reasons. Only concepts whose prerequisites are met are proposed. Other learners are
    compared with only where they consented to research.

    Exit codes: 0 proposed; 1 nothing is left to propose; 2 nothing is remembered about this learner, the learner does
    not agree to personalisation, or there is no such concept.
    """
    where = standing(data_dir, learner_id, goal, compare=True)
    # the whole graph: what lies beside the way may show that a part of it is mastered
    found = recommend(Course.of(where.graph, parameters=where.parameters), where.record, goal=where.goal, limit=limit)
    if as_json:
        emit(
            {
                "learner_id": learner_id,
                "goal": where.goal,
                "ability": where.plain_ability(),
                "compared_with": where.peers,
                "recommendations": [{"name": where.name(item.concept), **asdict(item)} for item in found],
            }
        )
    elif not found:
        out("nothing is left to propose: everything that is asked for is mastered")
    else:
        out(_text(where, found))
    if not found:
        raise click.exceptions.Exit(1)


def _text(where: Standing, found: tuple[Recommendation, ...]) -> str:
    toward = f" on the way to {printable(where.name(where.goal))}" if where.goal else ""
    blocks = [f"{printable(where.state.learner_id)}: next{toward}"]
    for number, item in enumerate(found, start=1):
        seen = " (inferred)" if item.inferred else ""
        head = f"{number}. {printable(where.name(item.concept))} [{item.concept}]  score {item.score:.3f}"
        head += f", mastery {share(item.mastery)}{seen}, chance of success {share(item.success)}"
        rows = [(f"+{why.contribution:.3f}", why.name.replace("_", " "), why.text) for why in item.reasons]
        blocks.append(head + "\n" + table(rows, indent=3))
    blocks.append(f"compared with {plural(where.peers, 'learner')} who consented to research")
    return "\n\n".join(blocks)
