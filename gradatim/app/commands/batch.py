"""`gradatim batch`: assessments of thousands of programs into one file of results."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Any

import click

from gradatim.app.cli import EXIT_INTERRUPTED
from gradatim.app.console import emit, out, plural, printable, progress, say
from gradatim.app.forgetting import warn_unfinished
from gradatim.app.options import (
    cache_dir_option,
    data_dir_option,
    json_option,
    language_option,
    sandbox_option,
    traces_option,
    workers_option,
)
from gradatim.app.whose import pseudonymous
from gradatim.errors import InputError
from gradatim.graphs import open_assessor
from gradatim.graphs.batch import Batch, BatchOptions, Engine, LearnerRule, LocalEngine, Manifest, Programs, TaskEntry
from gradatim.graphs.batch.batch import OnProgress
from gradatim.graphs.batch.items import Status
from gradatim.graphs.batch.sources import Source
from gradatim.graphs.batch.summary import Summary
from gradatim.memory.rights.artefacts import Artefacts
from gradatim.settings import Settings, load_settings
from gradatim.tools.taskfile import load_task

_AGAIN: tuple[Status, ...] = ("degraded", "held", "failed")
_REPORT_SECONDS = 30.0
"""Between two lines about the progress where nobody watches a bar."""
_REASONS_SHOWN = 5


@click.command()
@click.argument("task", required=False, type=click.Path())
@click.argument("programs", nargs=-1, metavar="[PROGRAM...]", type=click.Path(allow_dash=True))
@click.option("--manifest", type=click.Path(path_type=Path), metavar="FILE", help="Tasks and programs, a pair a line.")
@click.option("--out", "results", type=click.Path(path_type=Path), required=True, metavar="FILE", help="JSON Lines.")
@click.option(
    "--engine",
    type=click.Choice(["asyncio", "ray"]),
    default="asyncio",
    show_default=True,
    help="This process, or a Ray cluster.",
)
@click.option("--address", metavar="HOST:PORT", help="Of the Ray cluster, or auto; a local one is started otherwise.")
@click.option(
    "--in-flight",
    type=click.IntRange(1, 4096),
    metavar="N",
    help="Assessments under way at a time; twice the workers when not given, more for a model that is an endpoint.",
)
@click.option(
    "--model",
    metavar="MODEL",
    help="A catalogue name, a GGUF file, http(s)://host/v1#name, vllm:FOLDER#name, or none (setting: model).",
)
@click.option(
    "--learner-from",
    metavar="RULE",
    help="Whose a program is: file (its name), folder (its folder's name), or a regular expression with one group.",
)
@click.option("--in-order", is_flag=True, help="In the end, bring the lines into the order of the programs.")
@click.option("--brief", is_flag=True, help="Leave the whole assessment out of the lines.")
@click.option("--restart", is_flag=True, help="Forget what the file holds and assess everything anew.")
@click.option(
    "--again",
    type=click.Choice(_AGAIN),
    multiple=True,
    help="Take up programs that ended so: degraded and failed ones are tried again, of held ones the decision is "
    "taken in. May be given several times.",
)
@language_option
@traces_option
@json_option
@workers_option
@sandbox_option
@data_dir_option
@cache_dir_option
@click.pass_context
def batch(
    ctx: click.Context,
    task: str | None,
    programs: tuple[str, ...],
    manifest: Path | None,
    results: Path,
    engine: str,
    address: str | None,
    in_flight: int | None,
    learner_from: str | None,
    in_order: bool,
    brief: bool,
    restart: bool,
    again: tuple[Status, ...],
    as_json: bool,
    **overrides: Any,
) -> None:
    """Assess thousands of PROGRAMs handed in for TASK (a YAML file), one line of --out for each.

    PROGRAM is a Python file, a folder (every *.py below it) or a .jsonl file (one {"file", "code", "learner"} object
    a line). Instead of TASK and PROGRAMs, --manifest names a .jsonl file of {"task", "program" or "code", "learner"}.

    Whatever ends it (Ctrl-C, a crash, a power cut), the same command goes on where it stopped, and each program has
    exactly one line. A ledger beside the file (FILE.ledger) keeps account; keep the two together.

    A line is that of `gradatim assess --jsonl` with key, position, learner, status and reasons. Statuses: delivered;
    degraded (delivered, but something stood in for a part that failed); held (a person has to decide: `gradatim
    review`); withheld (a person said no); refused (cannot be taken in: too large, not text, empty); failed.

    \b
    Exit codes: 0 every feedback was delivered; 1 some wait for a person; 2 some program was refused, or the
    input is wrong; 3 some failed, or something needed is missing; 130 stopped, and can be gone on with.
    """
    settings = load_settings(**overrides)
    warn_unfinished(settings)
    source = pseudonymous(_source(task, programs, manifest, learner_from, settings), settings)
    if address and engine != "ray":
        raise InputError("is the address of a Ray cluster", place="--address", remedy="add --engine ray")
    options = BatchOptions(restart=restart, again=again, in_order=in_order, brief=brief)
    flight = in_flight or _in_flight(settings)

    @asynccontextmanager
    async def open_engine() -> AsyncGenerator[Engine]:
        if engine == "ray":
            from gradatim.app.recording import recorded_afar
            from gradatim.graphs.batch.cluster import open_cluster

            recording, add = recorded_afar()
            async with open_cluster(
                settings,
                address=address,
                workers=overrides.get("workers"),
                in_flight=in_flight,
                recording=recording,
                recorded=add,
            ) as cluster:
                yield cluster
            return
        async with open_assessor(settings) as assessor:
            yield LocalEngine(assessor, flight)

    if results.parent.is_dir():  # so that whoever is forgotten is taken out of the file
        Artefacts.of(settings).rows(results, "batch")
    stopped, summary = asyncio.run(_run(source, settings, results, open_engine, options))
    _report(summary, results, as_json)
    ctx.exit(EXIT_INTERRUPTED if stopped and summary.remaining else summary.exit_code)


def _source(
    task: str | None, programs: tuple[str, ...], manifest: Path | None, learner_from: str | None, settings: Settings
) -> Source:
    rule = LearnerRule(learner_from) if learner_from else None
    if manifest is not None:
        if task is not None:
            raise InputError("it names the tasks and programs", place="--manifest", remedy="give no TASK and PROGRAM")
        return Manifest(manifest, settings, rule)
    if task is None or not programs:
        missing = "a TASK" if task is None else "a PROGRAM"
        raise InputError(f"needs {missing}", place="gradatim batch", remedy="give TASK and PROGRAMs, or --manifest")
    return Programs(TaskEntry.of(load_task(task)), programs, settings, rule)


def _in_flight(settings: Settings) -> int:
    """Enough to keep busy what is slowest: the model where it answers many at a time, else the sandboxes."""
    if settings.model.startswith(("http://", "https://", "vllm:")):
        return max(2 * settings.workers, settings.model_concurrency)
    return 2 * settings.workers


async def _run(
    source: Source, settings: Settings, results: Path, open_engine: Any, options: BatchOptions
) -> tuple[bool, Summary]:
    with _progress() as on_progress:
        work = Batch(source, settings, results, open_engine, options=options, on_progress=on_progress)
        with _stoppable(work) as signals:
            try:
                summary = await work.run()
            except asyncio.CancelledError:
                raise click.Abort from None
    return bool(signals), summary


@contextmanager
def _stoppable(work: Batch) -> Generator[list[int]]:
    """The first interruption finishes what is under way, the second leaves it where it is; yields the signals seen."""
    seen: list[int] = []
    loop, current = asyncio.get_running_loop(), asyncio.current_task()
    assert current is not None

    def interrupted(number: int) -> None:
        seen.append(number)
        if len(seen) == 1:
            say("finishing what is under way; interrupt again to leave it where it is")
            work.stop()
        else:
            current.cancel()

    installed: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(ValueError, NotImplementedError, RuntimeError):  # not in the main thread
            loop.add_signal_handler(number, interrupted, number)
            installed.append(number)
    try:
        yield seen
    finally:
        for number in installed:
            loop.remove_signal_handler(number)


@contextmanager
def _progress() -> Generator[OnProgress]:
    """A bar with rate and time left; where nobody watches, a line now and then."""
    began = monotonic()
    first: list[int] = []

    def pace(done: int, total: int) -> str:
        rate = (done - first[0]) / max(monotonic() - began, 1e-6)
        if not rate:
            return ""
        return f"{rate:.1f}/s" if rate >= 1 else f"{rate * 60:.1f}/min"

    with progress() as shown:
        if shown is None:
            said = began

            def note(done: int, total: int) -> None:
                nonlocal said
                first[:] = first or [done]
                if monotonic() - said < _REPORT_SECONDS or done == total:
                    return
                said = monotonic()
                rate = (done - first[0]) / (said - began)
                left = f", about {_duration((total - done) / rate)} left" if rate else ""
                say(f"{done:,} of {total:,} done, {pace(done, total)}{left}")

            yield note
            return
        bar = shown.add_task("assessments", total=None)

        def draw(done: int, total: int) -> None:
            first[:] = first or [done]
            shown.update(bar, completed=done, total=total, description=f"assessments {pace(done, total)}".rstrip())

        yield draw


def _report(summary: Summary, results: Path, as_json: bool) -> None:
    if as_json:
        emit({**summary.plain(), "out": str(results)})
        return
    counts = ", ".join(f"{count:,} {status}" for status, count in summary.counts.items()) or "nothing done"
    left = f", {summary.remaining:,} still to be done" if summary.remaining else ""
    out(f"{plural(summary.total, 'program')}: {counts}{left}")
    for status, reasons in summary.reasons.items():
        for reason, count in reasons.most_common(_REASONS_SHOWN):
            out(f"  {status} {count:,} × {printable(reason)}")
        if len(reasons) > _REASONS_SHOWN:
            out(f"  {status}: {len(reasons) - _REASONS_SHOWN:,} more reasons, see the file")
    pace = f" in {_duration(summary.seconds)}" if summary.written else ""
    out(f"{plural(summary.written, 'line')} written{pace}: {printable(str(results))}")
    if summary.counts.get("held"):
        say("see `gradatim review list` for those that are held")
    if summary.remaining:
        say("run the same command again to go on")


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"
