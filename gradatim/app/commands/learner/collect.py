"""`gradatim learner collect`: events from files of other systems."""

from __future__ import annotations

import asyncio
import signal
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradatim.app.commands.learner.asking import with_memory
from gradatim.app.console import emit, out, plural, printable, progress, say, table
from gradatim.app.options import data_dir_option, json_option
from gradatim.errors import InputError
from gradatim.memory import LearnerMemory
from gradatim.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradatim.memory.collection import (
        ClockLedger,
        Collected,
        ConceptMap,
        QuarantineFile,
        ReadingOptions,
        Tally,
    )
    from gradatim.memory.collection.clocks import Estimate
    from gradatim.memory.collection.gate import Gate

_FORMATS = ("auto", "xapi", "caliper", "progsnap2", "gradebook", "gift", "gradatim", "quarantine")


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(_FORMATS), default="auto", show_default=True)
@click.option(
    "--concepts",
    "concept_files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="What items are about: CSV (item,concepts[,max][,pass]), a GIFT file or a folder of tasks; may be repeated.",
)
@click.option("--source", metavar="NAME", help="The system they come from; what the files say when not given.")
@click.option("--at", metavar="INSTANT", help="Instant of rows that carry none, ISO 8601.")
@click.option(
    "--pass-mark",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="SHARE",
    help="Share of the points from which an outcome is correct; 0.5 for grades and 1 for programs when not given.",
)
@click.option("--qualify-learners", is_flag=True, help="Put the home page before the account names of xAPI.")
@click.option(
    "--quarantine",
    "quarantine_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where unusable rows go; quarantine.jsonl here, or the next free name, when not given.",
)
@click.option("--follow", "following", is_flag=True, help="Go on reading the one file as it grows, until interrupted.")
@click.option("--list-clocks", is_flag=True, help="Only list what is known about the clocks of sources.")
@data_dir_option
@json_option
def collect(
    files: tuple[Path, ...],
    form: str,
    concept_files: tuple[Path, ...],
    source: str | None,
    at: str | None,
    pass_mark: float | None,
    qualify_learners: bool,
    quarantine_path: Path | None,
    following: bool,
    list_clocks: bool,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Collect events from FILES of other systems into the learner memory.

    Takes xAPI statements, IMS Caliper envelopes, ProgSnap2 folders, grade books (learner,item,score[,max][,at], exports
    of Canvas and Moodle), GIFT question banks, gradatim's own events, and quarantine files of earlier runs, mended.
    Collecting the same again stores nothing twice. Nothing is stored of learners who do not consent to
    personalisation. See docs/collection.md.

    Exit codes: 0 all rows are accounted for; 1 some went to the quarantine; 2 a file is not what it should be;
    3 the memory cannot be used.
    """
    from gradatim.memory.collection import ClockLedger, QuarantineFile, ReadingOptions, collect_files, recognise
    from gradatim.memory.collection.quarantine import free_name
    from gradatim.memory.inputs import checked_id, microseconds

    settings = load_settings(data_dir=data_dir)
    ledger = ClockLedger(settings.data_dir / "clocks.json")
    if list_clocks:
        _show_clocks(ledger.estimates(), as_json)
        return
    if not files:
        raise click.UsageError("name at least one file", click.get_current_context())
    if at is not None:
        microseconds(at)
    if source is not None:
        checked_id(source, "source")
    options = ReadingOptions(_concepts(concept_files), source, pass_mark, at, qualify_learners)
    path = free_name(Path()) if quarantine_path is None else quarantine_path
    for given in files:
        if path.resolve() == given.resolve():
            raise InputError("is an input as well", place=str(path), remedy="name another file for the quarantine")

    if following:
        if len(files) != 1:
            raise click.UsageError("--follow takes one file", click.get_current_context())
        named = recognise(files[0]) if form == "auto" else form

        async def stream(memory: LearnerMemory) -> list[Collected]:
            with QuarantineFile(path) as kept:
                return [await _followed(files[0], named, memory, kept, options, ledger, _gate(memory, settings))]

        _report(with_memory(data_dir, stream), path, as_json)
        return

    async def run(memory: LearnerMemory) -> list[Collected]:
        with QuarantineFile(path) as kept, ExitStack() as stack:
            shown = stack.enter_context(progress(not as_json))
            bars: dict[Path, Any] = {}

            def watch(file: Path, done: int, total: int) -> None:
                if shown is not None:
                    if file not in bars:
                        bars[file] = shown.add_task(printable(file.name), total=total // 1024)
                    shown.update(bars[file], completed=done // 1024)

            return await collect_files(
                files,
                memory,
                kept,
                options=options,
                form=form,
                ledger=ledger,
                watch=watch,
                gate=_gate(memory, settings),
            )

    _report(with_memory(data_dir, run), path, as_json)


async def _followed(
    path: Path,
    form: str,
    memory: LearnerMemory,
    quarantine: QuarantineFile,
    options: ReadingOptions,
    ledger: ClockLedger,
    gate: Gate,
) -> Collected:
    """Collect a file as it grows, until the process is interrupted or told to end."""
    from gradatim.memory.collection import Collected, collect, follow

    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end.set)
    say(f"following {printable(str(path))}; Ctrl-C ends it")
    try:
        tally = await collect(
            follow(path, until=end),
            memory,
            quarantine,
            form=form,
            options=options,
            ledger=ledger,
            name=str(path),
            gate=gate,
        )
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
    return Collected(path, form, tally, ())


def _gate(memory: LearnerMemory, settings: Settings) -> Gate:
    """Lets in who agrees, under the name that the settings ask for."""
    from gradatim.memory.collection.gate import Gate
    from gradatim.memory.rights.pseudonyms import open_pseudonyms

    return Gate(memory, settings.assumed_consent, open_pseudonyms(settings))


def _concepts(paths: Sequence[Path]) -> ConceptMap:
    from gradatim.memory.collection import ConceptMap, bank_concepts, read_bank, read_concepts, recognise

    known = ConceptMap()
    for path in paths:
        if path.is_dir():
            known = known.joined(_tasks(path))
        elif path.suffix.lower() != ".csv" and recognise(path) == "gift":
            known = known.joined(bank_concepts(read_bank(path)))
        else:
            known = known.joined(read_concepts(path))
    return known


def _tasks(folder: Path) -> ConceptMap:
    from gradatim.memory.collection import ConceptMap
    from gradatim.tools.taskfile import load_task

    paths = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
    if not paths:
        raise InputError("holds no task file", place=str(folder), remedy="name a folder of tasks (*.yaml)")
    return ConceptMap.of_tasks([load_task(path) for path in paths])


def _report(done: list[Collected], quarantine: Path, as_json: bool) -> None:
    from gradatim.memory.collection import Tally

    total = Tally()
    for part in done:
        total.add(part.tally)
    total.check()
    clocks = [clock for part in done for clock in part.clocks]
    kept = str(quarantine) if total.quarantined else None
    if as_json:
        listed = [{"file": str(part.path), "format": part.form, **part.tally.plain()} for part in done]
        emit({**total.plain(), "quarantine": kept, "files": listed, "clocks": [_clock(clock) for clock in clocks]})
    else:
        out(_summary(done, total))
        if any(clock.applied for clock in clocks):
            _show_clocks([clock for clock in clocks if clock.applied], False)
        if kept is not None:
            out(f"quarantine: {printable(kept)} (mend it and collect it again)")
    if total.quarantined:
        raise click.exceptions.Exit(1)


def _summary(done: Sequence[Collected], total: Tally) -> str:
    header = ("file", "format", "read", "stored", "duplicates", "quarantined", "without event")
    rows = [
        (part.path.name or str(part.path), part.form,
         *(f"{count:,}" for count in (part.tally.read, part.tally.stored, part.tally.duplicates,
                                      part.tally.quarantined, part.tally.without_event.total())))
        for part in done
    ]  # fmt: skip
    lines = [table(rows, header=header)]
    lines.append(
        f"{plural(total.read, 'row')} read = {total.stored:,} stored + {total.duplicates:,} duplicates"
        f" + {total.quarantined:,} quarantined + {total.without_event.total():,} without an event"
    )
    for what, reasons in (("without an event", total.without_event), ("quarantined", total.reasons)):
        lines += [f"  {what}: {printable(reason)} ({count:,})" for reason, count in reasons.most_common(10)]
    if total.late:
        lines.append(f"{plural(total.late, 'event')} came after a later one of the same learner")
    if total.aligned:
        lines.append(f"{plural(total.aligned, 'instant')} put on the time line of the server")
    return "\n".join(lines)


def _clock(clock: Estimate) -> dict[str, Any]:
    from gradatim.memory.collection.instants import iso

    return {
        "clock": clock.clock,
        "from": iso(clock.begin),
        "to": iso(clock.end),
        "pairs": clock.pairs,
        "offset_seconds": None if clock.offset is None else round(clock.offset / 1e6, 6),
        "drift": clock.drift,
        "uncertainty_seconds": None if clock.uncertainty is None else round(clock.uncertainty / 1e6, 6),
        "applied": clock.applied,
    }


def _show_clocks(clocks: Sequence[Estimate], as_json: bool) -> None:
    listed = [_clock(clock) for clock in clocks]
    if as_json:
        emit({"clocks": listed})
    elif not listed:
        out("no clock was compared with another yet")
    else:
        rows = [
            (row["clock"], row["from"], row["to"], f"{row['pairs']:,}",
             "too few" if row["offset_seconds"] is None else f"{row['offset_seconds']:+,.3f} s",
             "" if row["uncertainty_seconds"] is None else f"± {row['uncertainty_seconds']:,.3f} s",
             f"{row['drift'] * 1e6:+.1f} ppm" if row["drift"] else "", "applied" if row["applied"] else "left as it is")
            for row in listed
        ]  # fmt: skip
        out(table(rows, header=("clock", "from", "to", "pairs", "offset", "", "drift", "")))
