"""`gradatim report learner` and `gradatim report teacher`: reports about one learner."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradatim.app.commands.kg.asking import concept_named
from gradatim.app.commands.learner.asking import known, named, with_memory
from gradatim.app.commands.report.asking import assessments_store, checked_since, hand_out, now, report_options
from gradatim.languages import speaking
from gradatim.memory import LearnerMemory, parameters_of
from gradatim.memory.rights.guard import guarded
from gradatim.memory.speech import language_of_learner
from gradatim.settings import Settings, load_settings

if TYPE_CHECKING:
    from gradatim.graphs.reports import Document


goal_option = click.option("--goal", metavar="CONCEPT", help="Also show the way to this concept (id, name or alias).")


@click.command()
@click.argument("learner_id", metavar="ID")
@goal_option
@report_options
def learner(
    learner_id: str,
    goal: str | None,
    form: str | None,
    target: Path | None,
    since: str | None,
    language: str | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Write a report that speaks to the learner ID about their own work.

    What was done, mastery and how sure it is, what changed, mix-ups with the lines they stood in, next steps, the ten
    indicators, what the learner disputes, what was done about missing data, and the learner's rights. Solutions, hidden
    tests and feedback that was not delivered are not in it. `gradatim learner forget ID` deletes the file.

    Exit codes: 0 written; 2 nothing is remembered about this learner, or the file cannot be written.
    """
    settings = load_settings(data_dir=data_dir, language=language)
    with speaking(settings.language):
        document = _document(
            settings, named(learner_id, data_dir), data_dir, checked_since(since), goal, own=True, chosen=not language
        )
        hand_out(document, form, target, settings, as_json)


@click.command()
@click.argument("learner_id", metavar="ID")
@click.option("--staff", is_flag=True, help="With solutions, hidden tests, and programs whose feedback is held.")
@goal_option
@report_options
def teacher(
    learner_id: str,
    staff: bool,
    goal: str | None,
    form: str | None,
    target: Path | None,
    since: str | None,
    language: str | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Write a report about the learner ID for those who teach.

    As `gradatim report learner`, and with assessments, their confidence and reviewers' decisions; what the learner
    disputes is not used, and said to be disputed. --staff adds what no learner may see.

    Exit codes: 0 written; 2 nothing is remembered about this learner, the learner does not agree to personalisation, or
    the file cannot be written.
    """
    settings = load_settings(data_dir=data_dir, language=language)
    with speaking(settings.language):
        document = _document(
            settings, named(learner_id, data_dir), data_dir, checked_since(since), goal, own=False, staff=staff
        )
        hand_out(document, form, target, settings, as_json)


def _document(
    settings: Settings,
    learner_id: str,
    data_dir: Path | None,
    since: str | None,
    goal: str | None,
    *,
    own: bool,
    staff: bool = False,
    chosen: bool = False,
) -> Document:
    """The report.

    Args:
        chosen: In the language that the learner chose, if any.
    """
    from gradatim.app.material import decisions_of
    from gradatim.graphs.reports import learner_report, portrait, teacher_report
    from gradatim.kg import opened_graph

    moment = now()

    async def ask(memory: LearnerMemory) -> Document:
        await known(memory, learner_id)
        # a learner's own data are theirs to read; others read them only with consent
        used = memory if own else guarded(memory, settings.assumed_consent, parameters_of(settings))
        async with opened_graph(settings) as store:
            graph = await store.snapshot()
            target = None if goal is None else (await concept_named(goal, store)).id
        reviews = () if own else await decisions_of(settings, learner_id)
        async with assessments_store(settings) as kept:
            found = await portrait(
                used, settings, graph, learner_id, now=moment, own=own, store=kept, reviews=reviews, goal=target
            )  # fmt: skip
        assert found is not None  # `known` has looked
        if own:
            with speaking(await language_of_learner(memory, learner_id) if chosen else None):
                return learner_report(found, now=moment, since=since)
        return teacher_report(found, now=moment, since=since, staff=staff)

    return with_memory(data_dir, ask)
