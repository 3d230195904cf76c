"""`gradatim eval judge`: how far a model agrees with people as a judge of tutors' replies."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradatim.app.console import emit, out, printable, progress, say
from gradatim.app.options import cache_dir_option, json_option

if TYPE_CHECKING:
    from gradatim.evals.judging import JudgeReport, Labelled
    from gradatim.evals.judging.validation import Progress
    from gradatim.evals.scorers.tutoring.reading import Dimension
    from gradatim.settings import Settings

_LOOKED_AT = (
    "note: these rules were changed after this set was read: expect less of new dialogues "
    "(docs/judging.md has the figures at first sight)"
)


@click.command()
@click.option(
    "--model",
    metavar="MODEL",
    help="A catalogue name, a GGUF file, an endpoint (setting: model); none: the scorers that ask no model.",
)
@click.option(
    "--labelled",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Replies with people's labels (YAML, traces, MRBench, BEA 2025); the packaged ones when not given.",
)
@click.option("--dimensions", metavar="A,B", help="Only these of the eight dimensions, e.g. tutor_tone,humanlikeness.")
@click.option("--language", metavar="CODE", help="Only replies of this language, en or zh.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most N replies, spread over the whole set.")
@click.option(
    "--probes",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Also ask N times with an order to the judge in the reply.",
)
@click.option(
    "--rubric",
    "rubrics",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="In place of the packaged one of its dimension (again for more).",
)
@click.option(
    "--store",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Judgements made before; in the cache folder when not given.",
)
@click.option(
    "--out",
    "out_path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="REPORT",
    help="Write the report as JSON, for --judge-report of `gradatim eval score`.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 unless every dimension is validated.")
@json_option
@cache_dir_option
def judge(
    model: str | None,
    file: Path | None,
    dimensions: str | None,
    language: str | None,
    limit: int | None,
    probes: int,
    rubrics: tuple[Path, ...],
    store: Path | None,
    out_path: Path | None,
    strict: bool,
    as_json: bool,
    cache_dir: Path | None,
) -> None:
    """Compare a model's labels of tutors' replies with people's, before anybody believes its scores.

    Every reply costs two questions a dimension. What was judged is kept, so that the same command goes on where it was
    stopped. See docs/judging.md for what the figures mean.

    \b
    Exit codes: 0 compared; 1 with --strict, some dimension is not validated; 2 bad input;
    3 something needed is missing; 130 stopped, and can be gone on with.
    """
    from gradatim.evals.judging import open_labelled, some_of
    from gradatim.settings import load_settings

    settings = load_settings(cache_dir=cache_dir)
    chosen = _dimensions(dimensions)
    labelled = some_of(open_labelled(file), language=language, limit=limit)
    spec = model or settings.model
    if spec == "none" and file is None:
        say(_LOOKED_AT)
    try:
        report = _validated(spec, settings, labelled, chosen, probes, rubrics, store, quiet=as_json)
    except KeyboardInterrupt:
        say("stopped: the same command goes on with the judgements made so far")
        raise click.Abort from None
    if out_path is not None:
        report.save(out_path)
    if as_json:
        emit(report.plain)
    else:
        out(printable(report.text, lines=True))
    if strict and any(report.standing(dimension) != "validated" for dimension in report.dimensions):
        raise click.exceptions.Exit(1)


def _dimensions(names: str | None) -> tuple[Dimension, ...]:
    from gradatim.errors import InputError
    from gradatim.evals.scorers.tutoring.reading import DIMENSIONS

    if names is None:
        return DIMENSIONS
    wanted = [name.strip() for name in names.split(",")]
    unknown = [name for name in wanted if name not in DIMENSIONS]
    if unknown:
        raise InputError(
            f"there is no dimension {unknown[0]!r}", place="--dimensions", remedy=f"one of {', '.join(DIMENSIONS)}"
        )
    return tuple(dimension for dimension in DIMENSIONS if dimension in wanted)


def _validated(
    spec: str,
    settings: Settings,
    labelled: list[Labelled],
    dimensions: tuple[Dimension, ...],
    probes: int,
    rubrics: tuple[Path, ...],
    store: Path | None,
    *,
    quiet: bool,
) -> JudgeReport:
    from gradatim.evals.judging import EvidenceJudge, open_judge, rubrics_of, usual_store, validate_judge

    own = rubrics_of(rubrics)
    if spec == "none":
        return validate_judge(EvidenceJudge(), labelled, dimensions=dimensions)
    opened = open_judge(spec, settings, store=store or usual_store(settings), rubrics=own)
    try:
        with _shown(quiet) as told:
            return validate_judge(opened, labelled, dimensions=dimensions, probes=probes, progress=told)
    finally:
        opened.close()


@contextmanager
def _shown(quiet: bool) -> Generator[Progress | None]:
    with progress(not quiet) as bar:
        if bar is None:
            yield None
            return
        task = bar.add_task("judging", total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield told
