"""What is learnt from reviews: `gradatim review policy`, `export` and `calibrate`."""

from __future__ import annotations

import asyncio
from collections.abc import Container
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradatim.app.console import emit, out, plural, printable, say, table
from gradatim.app.options import data_dir_option, json_option

if TYPE_CHECKING:
    from gradatim.agents.fitting import FitReport
    from gradatim.agents.policy import Policy
    from gradatim.memory.storage.decisions import DecisionRecord
    from gradatim.settings import Settings

_FORMATS = ("trl", "kto", "thresholds")
"""As in `gradatim.app.exports`, repeated so that help needs no import of it."""


@click.command()
@click.option("--check", type=click.Path(path_type=Path), metavar="FILE", help="Read this policy file instead.")
@click.option("--task", metavar="ID", help="With the exceptions for this task.")
@json_option
@data_dir_option
def policy(check: Path | None, task: str | None, as_json: bool, data_dir: Path | None) -> None:
    """Show the routing rules in force: what is delivered at once, and what goes to a person.

    \b
    Exit codes: 0 shown; 2 the policy file is wrong (every problem is named with its line).
    """
    from gradatim.agents.policy import load_policy, policy_of
    from gradatim.settings import load_settings

    found = load_policy(check) if check is not None else policy_of(load_settings(data_dir=data_dir))
    if task is not None:
        found = found.of_task(task)
    if as_json:
        emit({**asdict(found), "threshold": found.threshold})
    else:
        out(_policy_text(found))


@click.command()
@click.option("--format", "format_", type=click.Choice(_FORMATS), required=True, help="trl: pairs of answers, of edits. kto: single answers, of approvals and rejections. thresholds: for calibration.")  # fmt: skip  # noqa: E501
@click.option("--out", "path", type=click.Path(path_type=Path), metavar="FILE", help="Write here instead of stdout.")
@click.option("--everybody", is_flag=True, help="Also text made from evidence alone, which no model wrote.")
@data_dir_option
def export(format_: Any, path: Path | None, everybody: bool, data_dir: Path | None) -> None:
    """Export decisions as JSON lines, to train and calibrate on.

    Decisions about learners who have not consented to improvement (`gradatim learner consent`) are left out, and how
    many there are is told. A file that is written is registered: it is cleaned when a learner in it is forgotten.

    No row names a learner or a reviewer. The prompts hold students' programs as they were handed in: what somebody
    wrote about themselves in a comment is still there.

    \b
    Exit codes: 0 written (even if there was nothing to write); 3 the file cannot be written.
    """
    from gradatim.app.exports import export as exported_of
    from gradatim.app.exports import write_export
    from gradatim.memory.rights.artefacts import Artefacts
    from gradatim.settings import load_settings

    settings = load_settings(data_dir=data_dir)
    records, consenting = asyncio.run(_decisions(settings))
    exported = exported_of(records, format_, everybody=everybody, consenting=consenting)
    if path is None:
        out(exported.lines(), end="")
    else:
        write_export(exported, path)
        if any(exported.owners):  # so that whoever is forgotten is taken out of it
            lines = exported.lines().encode("utf-8").split(b"\n")
            Artefacts.of(settings).lines(path, f"{format_} export", zip(lines, exported.owners, strict=False))
    say(f"{plural(len(exported.rows), 'row')} of {plural(len(records), 'decision')}")
    for reason, count in sorted(exported.left_out.items()):
        say(f"left out {count:,}: {reason}")
    if exported.rows and format_ != "thresholds":
        say("the rows hold students' programs: treat the file as such")


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Fit to these cases (JSON lines: features, and right: true or false) instead of the decisions kept here.",
)
@click.option("--dry-run", is_flag=True, help="Fit and report, but write nothing.")
@json_option
@data_dir_option
def calibrate(data: Path | None, dry_run: bool, as_json: bool, data_dir: Path | None) -> None:
    """Fit the confidence anew to what reviewers decided, and say what that is worth.

    Decisions about learners who have not consented to improvement are left out, and how many there are is told.

    The figures are cross-validated: every case is judged by a fit that did not see it. From then on the confidence of
    a feedback is the probability that all of it is right.

    \b
    Exit codes: 0 fitted; 2 there are too few cases, or the file is wrong.
    """
    from gradatim.agents.calibration import calibration_path, example_of, load_examples, save_calibration
    from gradatim.agents.fitting import evaluate, fit
    from gradatim.app.exports import NO_CONSENT, may_be_learnt_from
    from gradatim.settings import load_settings

    settings = load_settings(data_dir=data_dir)
    if data is not None:
        rows = load_examples(data)
    else:
        records, consenting = asyncio.run(_decisions(settings))
        allowed = [item for item in records if may_be_learnt_from(item, consenting)]
        rows = [
            example_of({"features": item.features, "right": item.right}) for item in allowed if item.right is not None
        ]
        if left_out := len(records) - len(allowed):
            say(f"left out {left_out:,}: {NO_CONSENT}")
    report = evaluate(rows)
    calibration = fit(rows, report.method)
    path = calibration_path(settings)
    if not dry_run:
        save_calibration(calibration, path)
    if as_json:
        emit({"calibration": calibration.model_dump(mode="json"), "report": report.plain(), "written": not dry_run})
        return
    out(_fit_text(report, calibration.cases, calibration.right))
    out(f"nothing written (--dry-run); it would go to {path}" if dry_run else f"written to {path}")


async def _decisions(settings: Settings) -> tuple[tuple[DecisionRecord, ...], Container[str]]:
    """All decisions, and the learners who consent to improvement; nothing is made where nothing was remembered."""
    from gradatim.app.material import decisions_of
    from gradatim.memory import open_memory
    from gradatim.memory.rights.consent import agreement

    records = await decisions_of(settings)
    if not any(record.learner_id for record in records):
        return records, frozenset[str]()
    async with open_memory(settings) as memory:
        return records, await agreement(memory, "improvement", settings.assumed_consent)


def _policy_text(found: Policy) -> str:
    costs = found.costs
    if found.fixed_threshold is None:
        why = f"1 - {costs.review:g}/{costs.wrong_feedback:g}: (1 - p) x {costs.wrong_feedback:g} <= {costs.review:g}"
    else:
        why = "stated as deliver_threshold"
    rows = [
        (kind, "yes" if rule.active else "no", str(rule.priority), _parameter(kind, found))
        for kind, rule in sorted(found.rules.items(), key=lambda item: -item[1].priority)
    ]
    languages = ", ".join(f"{name} ({len(phrases)})" for name, phrases in found.safety.items() if phrases)
    lines = [
        f"policy: {printable(found.source)}",
        f"deliver from confidence {found.threshold:.4g} on ({why})",
        f"refuted text goes back to the model up to {plural(found.rounds, 'time')}",
        "",
        table(rows, header=("goes to a person", "active", "priority", "")),
        "",
        f"safety phrases: {printable(languages) or 'none'}",
    ]
    lines += [f"exception for tasks {printable(item.pattern)}: {_exception(item)}" for item in found.tasks]
    return "\n".join(lines)


def _parameter(kind: str, found: Policy) -> str:
    rules = found.rules
    return {
        "checks-disagree": f"scores differ by more than {rules['checks-disagree'].gap:g}",
        "degraded": f"parts: {', '.join(rules['degraded'].nodes) or 'none'}",
        "audit": f"{rules['audit'].share:.1%} of what would be delivered",
        "low-confidence": f"below {found.threshold:.4g}",
    }.get(kind, "")


def _exception(item: Any) -> str:
    told = [f"{name} {value:g}" for name, value in item.costs.items()]
    told += [
        f"{kind} {' '.join(f'{key}={value}' for key, value in values.items())}" for kind, values in item.rules.items()
    ]
    return printable("; ".join(told) or "nothing differs")


def _fit_text(report: FitReport, cases: int, right: int) -> str:
    rows = [
        (name, f"{item.ece_mass:.4f}", f"{item.ece_width:.4f}", f"{item.brier:.4f}", f"{item.log_loss:.4f}")
        for name, item in (("before", report.before), *report.tried.items())
    ]
    bins = [
        (f"{item.low:.2f}-{item.high:.2f}", str(item.count), f"{item.stated:.2f}", f"{item.right:.2f}")
        for item in report.table
    ]
    return "\n".join(
        (
            f"{plural(cases, 'case')}, {right:,} of them right; chosen: {report.method}",
            "",
            table(rows, header=("confidence", "ECE (equal mass)", "ECE (equal width)", "Brier", "log loss")),
            "",
            table(bins, header=("stated", "cases", "mean stated", "really right")),
        )
    )
