"""`python -m gradatim.evals.judging --model MODEL`: validate a model as a judge of tutors' replies."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson

from gradatim.errors import GradatimError, InputError
from gradatim.evals.judging.evidence import EvidenceJudge
from gradatim.evals.judging.judge import Judge, open_judge
from gradatim.evals.judging.labelled import Labelled, Parts, labelled_of, packaged_labelled, read_labelled
from gradatim.evals.judging.report import JudgeReport
from gradatim.evals.judging.rubric import Rubric, read_rubric
from gradatim.evals.judging.validation import Progress, validate_judge
from gradatim.evals.scorers.tutoring.reading import DIMENSIONS, Dimension
from gradatim.settings import load_settings

_INTERRUPTED = 130
_LOOKED_AT = (
    "these rules were changed after this set was read: expect less of new dialogues "
    "(docs/judging.md has the figures at first sight)\n"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Validate and write the report; gives the exit code."""
    options = _parser().parse_args(arguments)
    try:
        report = _validate(options)
        if options.out is not None:
            report.save(options.out)
    except GradatimError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("stopped; the same command goes on with the judgements made so far\n")
        return _INTERRUPTED
    sys.stdout.write(f"{orjson.dumps(report.plain).decode() if options.json else report.text}\n")
    below = [dimension for dimension in report.dimensions if report.standing(dimension) != "validated"]
    return 1 if options.strict and below else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gradatim.evals.judging",
        description="Validate a model as a judge of tutors' replies, on labelled ones. Each is asked about twice.",
    )
    parser.add_argument(
        "--model", help="as for gradatim --model; `none` validates the scorers that ask no model; that of the settings"
    )
    parser.add_argument(
        "--labelled", type=Path, metavar="FILE",
        help="YAML like the packaged ones, traces with labels, or MRBench / BEA 2025; the packaged set when not given",
    )  # fmt: skip
    parser.add_argument("--dimensions", nargs="+", choices=DIMENSIONS, default=list(DIMENSIONS), metavar="NAME")
    parser.add_argument("--language", help="only replies of this language, en or zh")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N replies, spread over the whole set")
    parser.add_argument(
        "--probes", type=int, default=0, metavar="N", help="also ask N times with an order in the reply"
    )
    parser.add_argument("--rubrics", type=Path, nargs="+", default=[], metavar="FILE", help="in place of packaged ones")
    parser.add_argument("--store", type=Path, metavar="FILE", help="judgements made before; in the cache folder if not")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the report as JSON, for `read_report`")
    parser.add_argument("--json", action="store_true", help="print the report as one line of JSON")
    parser.add_argument("--strict", action="store_true", help="exit with 1 unless every dimension is validated")
    return parser


def _validate(options: argparse.Namespace) -> JudgeReport:
    settings = load_settings()
    dimensions: list[Dimension] = options.dimensions
    labelled = _chosen(options)
    spec = options.model or settings.model
    if spec == "none":
        if options.labelled is None:
            sys.stderr.write(_LOOKED_AT)
        return validate_judge(EvidenceJudge(), labelled, dimensions=dimensions)
    rubrics: dict[Dimension, Rubric] = {rubric.dimension: rubric for rubric in map(read_rubric, options.rubrics)}
    store = options.store or settings.cache_dir / "judging" / "judgements.jsonl"
    judge: Judge = open_judge(spec, settings, store=store, rubrics=rubrics)
    try:
        with _shown(options.json) as progress:
            return validate_judge(
                judge, labelled, dimensions=dimensions, probes=max(0, options.probes), progress=progress
            )
    finally:
        judge.close()


def _chosen(options: argparse.Namespace) -> list[Labelled]:
    found = list(packaged_labelled() if options.labelled is None else _read(options.labelled))
    if options.language is not None:
        found = [item for item in found if item.language == options.language]
    if options.limit is not None:
        if options.limit < 1:
            raise InputError("at least one reply is needed", place="--limit", remedy="give 1 or more")
        step = max(1.0, len(found) / options.limit)
        found = [found[int(number * step)] for number in range(min(len(found), options.limit))]
    return found


def _read(path: Path) -> Iterable[Labelled]:
    if path.suffix in (".yaml", ".yml"):
        return read_labelled(path)
    return labelled_of(_parts(path))


def _parts(path: Path) -> Iterator[Parts]:
    """Traces where the first line is one, published dialogues otherwise."""
    from gradatim.evals.datasets.dialogues import load_dialogues
    from gradatim.evals.traces import read_traces

    try:
        with path.open("rb") as file:
            begins = file.read(4096)
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", place=str(path), remedy="name a file of labelled replies"
        ) from error
    own = b'"gradatim_trace"' in begins or path.suffix == ".gz"
    yield from read_traces(path) if own else load_dialogues(path)


@contextmanager
def _shown(quiet: bool) -> Generator[Progress]:
    """Progress on standard error."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True, disable=quiet or not sys.stderr.isatty()) as bar:
        task = bar.add_task("judging", total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield told


if __name__ == "__main__":
    sys.exit(main())
