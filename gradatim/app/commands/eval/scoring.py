"""`gradatim eval score`: scores of recorded runs, as figures with intervals."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradatim.app.commands.eval.figures import plain_figure, show_figures
from gradatim.app.commands.eval.judged import Asked, asked
from gradatim.app.commands.trace.asking import from_option
from gradatim.app.console import emit, error_data, label, out, plural, printable, progress, say, shorten
from gradatim.app.options import json_option
from gradatim.errors import InputError

if TYPE_CHECKING:
    from gradatim.evals.harness.thresholds import Threshold, Verdict
    from gradatim.evals.judging import Judge
    from gradatim.evals.scorers.summary import Figure
    from gradatim.evals.scorers.working import Scoring
    from gradatim.evals.traces.formats import FormatName

_SHOWN = 10
"""Lines that could not be read and are told one by one."""
_PARALLEL = 2_000_000
"""Bytes of a file from which several processes are worth their start."""


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--scorers", metavar="A,B", help="Only these scorers, or families of them; see `gradatim eval list`.")
@click.option(
    "--out",
    "out_path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="SCORES",
    help="Also write every score to this file, one JSON object a line.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Processes that score; as many as there are processors for a large file when not given, one with a judge.",
)
@click.option(
    "--level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
    help="Of the confidence intervals.",
)
@click.option("--all", "show_all", is_flag=True, help="Also show scorers that had nothing to judge by, and why.")
@click.option(
    "--judge",
    metavar="MODEL",
    help="Also ask this model about tutors' replies: a catalogue name, a GGUF file, an endpoint; none asks nobody.",
)
@click.option(
    "--judge-report",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="REPORT",
    help="How far the judge agrees with people, written by `gradatim eval judge --out`.",
)
@click.option(
    "--judge-rubric",
    "rubrics",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="In place of the packaged one of its dimension (again for more).",
)
@click.option(
    "--threshold",
    "bounds",
    multiple=True,
    metavar="'KEY >= X'",
    help="Exit with 1 unless the figure keeps it (again for more); KEY.low and KEY.high are the interval's ends.",
)
@from_option
@json_option
def score(
    path: Path,
    scorers: str | None,
    out_path: Path | None,
    workers: int | None,
    level: float,
    show_all: bool,
    judge: str | None,
    judge_report: Path | None,
    rubrics: tuple[Path, ...],
    bounds: tuple[str, ...],
    source: FormatName | None,
    as_json: bool,
) -> None:
    """Score the recorded runs in FILE with every scorer that needs no judge, and with a judge where one is named.

    FILE is of any format that `gradatim trace export` reads: traces of gradatim, OTLP JSON, an inspect_ai log,
    agentevals trajectories, OpenAI messages. A scorer that lacks what it needs (a reference, spans) gives no score and
    says so. ↓: lower is better.

    A judge is asked twice for each turn of a tutor and each dimension (--scorers judged_tutor_tone for one of them,
    judged for all). Answers are kept, so that the same command goes on where it was stopped.

    \b
    Exit codes: 0 all runs were scored; 1 some lines hold no run, or a threshold is missed; 2 FILE cannot be read, or
    there is no such scorer; 3 something needed is missing; 130 stopped.
    """
    from gradatim.evals.scorers.summary import figures

    with asked(scorers, judge, judge_report, rubrics) as chosen:
        thresholds = _thresholds(bounds, chosen)
        for note in chosen.notes:
            say(f"{label('warning')} {printable(note)}")
        found = _scored(path, chosen, source, workers, out_path, quiet=as_json)
    if not found.tally.runs:
        raise (
            found.problems[0]
            if found.problems
            else InputError("holds no trace", place=str(path), remedy="record some: gradatim assess … --traces FILE")
        )
    summarised = figures(found.tally, chosen.scorers, level)
    verdicts = _verdicts(thresholds, summarised)
    if as_json:
        emit(_plain(found, chosen, summarised, verdicts, level))
    else:
        _show(found, chosen, summarised, verdicts, level, show_all)
    if found.unread:
        _tell_problems(found)
    if chosen.judge is not None and chosen.judge.spent.failed:
        failed = plural(chosen.judge.spent.failed, "judgement")
        say(f"{label('warning')} {failed} without a label, the last: {shorten(chosen.judge.spent.why, 400)}")
        say("the same command asks again for those alone")
    if found.unread or not all(verdict.kept for verdict in verdicts):
        raise click.exceptions.Exit(1)


def _scored(
    path: Path, chosen: Asked, source: FormatName | None, workers: int | None, out_path: Path | None, *, quiet: bool
) -> Scoring:
    from gradatim.evals.scorers.running import score_file

    with progress(not quiet) as bar:
        task = bar.add_task("runs", total=None) if bar else None
        try:
            return score_file(
                path,
                chosen.scorers,
                workers=1 if chosen.judge is not None else workers or _workers(path),
                threads=chosen.threads,
                source=source,
                out=out_path,
                tell=(lambda count: bar.advance(task, count)) if bar and task is not None else None,
            )
        except KeyboardInterrupt:
            if chosen.judge is not None:
                say("stopped: the same command goes on with the judgements made so far")
            raise click.Abort from None


def _thresholds(bounds: tuple[str, ...], chosen: Asked) -> tuple[Threshold, ...]:
    """What the figures have to keep.

    Raises:
        InputError: One is no threshold, or of a scorer that is not asked.
    """
    if not bounds:
        return ()
    from gradatim.evals.harness.thresholds import ThresholdError, read_threshold

    keys = {info.key for info in chosen.scorers}
    found: list[Threshold] = []
    for bound in bounds:
        try:
            threshold = read_threshold(bound)
        except ThresholdError as error:
            raise InputError(str(error), place="--threshold") from error
        if threshold.key not in keys:
            near = difflib.get_close_matches(threshold.key, keys, n=1)
            raise InputError(
                f"{threshold.key!r} is not among the scorers that are asked"
                + (f" (did you mean {near[0]!r}?)" if near else ""),
                place="--threshold",
                remedy="see `gradatim eval list scorers`, and --scorers",
            )
        found.append(threshold)
    return tuple(found)


def _verdicts(thresholds: tuple[Threshold, ...], summarised: tuple[Figure, ...]) -> tuple[Verdict, ...]:
    if not thresholds:
        return ()
    from gradatim.evals.harness.thresholds import held_against

    return tuple(held_against(thresholds, summarised, "no run was scored"))


def _workers(path: Path) -> int:
    """As many processes as are worth their start."""
    try:
        large = path.stat().st_size >= _PARALLEL
    except OSError:
        return 1
    return (
        min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
        if large
        else 1
    )


def _show(
    found: Scoring,
    chosen: Asked,
    summarised: tuple[Figure, ...],
    verdicts: tuple[Verdict, ...],
    level: float,
    show_all: bool,
) -> None:
    idle = show_figures(summarised, chosen.scorers, level, chosen.standings, show_idle=show_all)
    out()
    hidden = f"; {plural(idle, 'scorer')} had nothing to judge by (--all shows why)" if idle and not show_all else ""
    out(f"{plural(found.tally.runs, 'run')} scored{hidden}")
    if chosen.judge is not None:
        out(_told(chosen.judge))
    for verdict in verdicts:
        said = "kept" if verdict.kept else "MISSED"
        out(f"{said}: {verdict.threshold}: {verdict.why}", colour=None if verdict.kept else "red")


def _told(judge: Judge) -> str:
    """What a judge was asked for."""
    spent = judge.spent
    tokens = spent.usage.input_tokens + spent.usage.output_tokens
    parts = [f"{plural(spent.judged, 'judgement')} by {printable(judge.name)}"]
    parts += [f"{spent.cached:,} known before"] if spent.cached else []
    parts += [f"{spent.failed:,} without a label"] if spent.failed else []
    parts += [plural(tokens, "token")] if tokens else []
    parts += [f"cost {spent.cost:.4f}"] if spent.cost else []
    return ", ".join(parts)


def _tell_problems(found: Scoring) -> None:
    for problem in found.problems[:_SHOWN]:
        say(f"{label('warning')} {printable(f'{problem.place}: {problem.message}')}")
    more = found.unread - min(len(found.problems), _SHOWN)
    also = f", {more:,} more of them than are shown" if more else ""
    say(f"{plural(found.unread, 'line')} could not be read and {'was' if found.unread == 1 else 'were'} left out{also}")


def _plain(
    found: Scoring, chosen: Asked, summarised: tuple[Figure, ...], verdicts: tuple[Verdict, ...], level: float
) -> dict[str, Any]:
    return {
        "runs": found.tally.runs,
        "level": level,
        "figures": [
            plain_figure(figure, info) | _standing(chosen, figure.key)
            for figure, info in zip(summarised, chosen.scorers, strict=True)
        ],
        "thresholds": [
            {"threshold": str(verdict.threshold), "kept": verdict.kept, "why": verdict.why} for verdict in verdicts
        ],
        "unread": found.unread,
        "problems": [error_data(problem) for problem in found.problems],
        **chosen.plain(),
    }


def _standing(chosen: Asked, key: str) -> dict[str, str]:
    standing = chosen.standings.get(key)
    return {} if standing is None else {"standing": standing}
