"""`gradatim learner processing`: what was done about missing and doubtful data, and why."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradatim.app.commands.learner.asking import known, named, with_memory
from gradatim.app.console import emit, out, plural, printable, progress, shorten, table
from gradatim.app.options import data_dir_option, json_option
from gradatim.domain import Feature
from gradatim.memory import LearnerMemory, parameters_of
from gradatim.memory.rights.artefacts import Artefacts
from gradatim.memory.rights.consent import consents
from gradatim.settings import load_settings

if TYPE_CHECKING:
    from gradatim.memory.processing.decisions import Decision, ProcessingReport
    from gradatim.memory.processing.policy import Processed

_SHOWN = 200
"""Decisions that are listed one by one; more are counted."""


@click.command()
@click.argument("learner_id", metavar="[ID]", required=False)
@click.option(
    "--features",
    "features_out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT",
    help="Also write the features of all learners who agreed to research to this CSV file.",
)
@data_dir_option
@json_option
def processing(learner_id: str | None, features_out: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """List what was done about missing and doubtful data of the learner ID, or of all learners, and why.

    Absent actions and silent days are coded 0. Unanswered survey items are imputed below 5 % missing a person if
    Little's MCAR test does not reject, otherwise the case leaves that analysis. Assessment scores are never imputed; an
    incomplete attempt is scored on what is complete. Surveys of learners who did not agree to research are never
    looked at together with those of others.

    Exit codes: 0 listed; 2 nothing is remembered about this learner, or OUT cannot be written to; 3 storage fails.
    """
    wanted = None if learner_id is None else named(learner_id, data_dir)

    async def ask(memory: LearnerMemory) -> tuple[Processed, dict[str, tuple[Feature, ...]], int]:
        if wanted is not None:
            await known(memory, wanted)
        return await _read(memory, load_settings(data_dir=data_dir).assumed_consent, features_out is not None)

    processed, features, withheld = with_memory(data_dir, ask)
    report = processed.report if wanted is None else processed.report.of(wanted)
    if features_out is not None:
        _write(features, processed, features_out, data_dir)
    if as_json:
        data: dict[str, Any] = report.plain()
        data["surveys"] = _surveys(processed)
        if features_out is not None:
            data["features"] = {
                "path": str(features_out), "learners": len(features), "left_out": withheld,
                "scales": _scales(features, processed),
            }  # fmt: skip
        emit(data)
        return
    out(_text(report, processed, everybody=wanted is None))
    if features_out is not None:
        left = f"; {plural(withheld, 'learner')} without consent to research left out" if withheld else ""
        out(f"features of {plural(len(features), 'learner')} written to {printable(str(features_out))}{left}")


async def _read(
    memory: LearnerMemory, assumed: tuple[str, ...], tabulate: bool
) -> tuple[Processed, dict[str, tuple[Feature, ...]], int]:
    from gradatim.memory.processing.policy import Processor
    from gradatim.memory.processing.replay import features_of

    processor, features, withheld = Processor(), dict[str, tuple[Feature, ...]](), 0
    now = datetime.now(UTC).isoformat()
    learners = await memory.learners()
    with progress(len(learners) > 1) as shown:
        bar = None if shown is None else shown.add_task("learners", total=len(learners))
        for summary in learners:
            name = summary.learner_id
            events = (await memory.events(name))[::-1]
            agreed = consents(events, assumed)["research"].given
            processor.add(name, events, pooled=agreed)
            if tabulate and agreed:
                features[name] = (await memory.state(name)).features or features_of(
                    events, now, parameters_of(load_settings())
                )
            withheld += not agreed
            if shown is not None and bar is not None:
                shown.advance(bar)
    return processor.finish(), features, withheld


def _write(features: dict[str, tuple[Feature, ...]], processed: Processed, path: Path, data_dir: Path | None) -> None:
    from gradatim.memory.processing.table import feature_table, write_table

    write_table(feature_table(features.items(), processed), path)
    Artefacts.of(load_settings(data_dir=data_dir)).rows(path, "features")


def _scales(features: dict[str, tuple[Feature, ...]], processed: Processed) -> dict[str, Any]:
    from gradatim.memory.processing.table import LOGARITHMS, feature_table

    return {
        name: {
            "median": scale.centre, "spread": scale.spread, "values": scale.values, "rule": scale.rule,
            "of_logarithm": name in LOGARITHMS,
        }
        for name, scale in feature_table(features.items(), processed).scales.items()
    }  # fmt: skip


def _surveys(processed: Processed) -> list[dict[str, Any]]:
    """Each instrument with Little's test, where one was made."""
    return [
        {
            "instrument": name,
            "items": len(analysis.items),
            "scored": len(analysis.scores),
            "imputed": sum(bool(score.imputed) for score in analysis.scores.values()),
            "mcar": None if analysis.test is None else {
                "chi_square": analysis.test.statistic, "degrees_of_freedom": analysis.test.degrees,
                "p": analysis.test.p, "patterns": analysis.test.patterns, "cases": analysis.test.cases,
            },
        }
        for name, analysis in processed.surveys.items()
    ]  # fmt: skip


def _text(report: ProcessingReport, processed: Processed, *, everybody: bool) -> str:
    counts = ", ".join(f"{count:,} {kind}" for kind, count in report.counts.items() if count)
    learners = plural(len(report.learners), "learner") if everybody else printable(report.learners[0])
    blocks = [f"{learners}: {plural(len(report.decisions), 'decision')}{f' ({counts})' if counts else ''}"]
    if len(report.decisions) > _SHOWN:
        grouped = Counter((item.kind, item.what, item.rule) for item in report.decisions)
        rows = [
            (kind, shorten(what, 60), f"{count:,}", rule) for (kind, what, rule), count in grouped.most_common(_SHOWN)
        ]
        blocks.append(table(rows, header=("decision", "about", "times", "rule")))
        blocks.append("name a learner, or add --json, to see each")
    elif report.decisions:
        rows = [(item.kind, item.learner or "all", shorten(item.what, 60), _reason(item)) for item in report.decisions]
        blocks.append(table(rows, header=("decision", "learner", "about", "reason")))
    tests = [
        f"survey {printable(name)}: Little's MCAR test χ² = {analysis.test.statistic:.2f}, df "
        f"{analysis.test.degrees}, p = {analysis.test.p:.3g}, {plural(analysis.test.cases, 'case')}"
        for name, analysis in processed.surveys.items()
        if analysis.test is not None
    ]
    return "\n\n".join(blocks + (["\n".join(tests)] if tests else []))


def _reason(decision: Decision) -> str:
    told = decision.figures.get("actions")
    if decision.kind == "imputed":
        told = f"{decision.figures['value']:.2f} ± {decision.figures['error']:.2f}"
    elif "items_done" in decision.figures:
        told = f"{decision.figures['items_done']} of {decision.figures['items_total']} items done"
    return decision.reason + (f": {shorten(str(told), 80)}" if told else "")
