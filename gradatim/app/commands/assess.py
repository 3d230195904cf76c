"""`gradatim assess`: the whole assessment graph on programs."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from gradatim.app.console import out, printable, say
from gradatim.app.forgetting import warn_unfinished
from gradatim.app.options import (
    cache_dir_option,
    data_dir_option,
    json_option,
    jsonl_option,
    language_option,
    sandbox_option,
    traces_option,
    workers_option,
)
from gradatim.app.programs import Batch, Judgement, holds_many, judge_all
from gradatim.app.whose import Whose
from gradatim.domain import Assessment, LearnerEvent, Task
from gradatim.errors import InputError, ServiceError, StorageError
from gradatim.graphs import NodeEvent, open_assessor
from gradatim.graphs.batch.rows import result_of
from gradatim.languages import speaking
from gradatim.languages.meaning import written_in
from gradatim.memory import LearnerMemory, parameters_of
from gradatim.settings import Settings, load_settings
from gradatim.tools.submissions import HandedIn
from gradatim.tools.taskfile import load_task


@click.command()
@click.argument("task", type=click.Path())
@click.argument("programs", nargs=-1, required=True, metavar="PROGRAM...", type=click.Path(allow_dash=True))
@click.option("--learner", metavar="ID", help="Whose program it is; the memory is read and written for them.")
@click.option(
    "--model",
    metavar="MODEL",
    help="A catalogue name, a GGUF file, http(s)://host/v1#name, or none: text from evidence alone (setting: model).",
)
@click.option(
    "--html",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also write a report; for several programs a folder, with a report for each.",
)
@click.option("--thread", metavar="ID", help="Id of the run; a run of this id that was cut off goes on.")
@click.option("--full", is_flag=True, help="Show what a learner may not see, as hidden tests.")
@language_option
@jsonl_option
@traces_option
@json_option
@workers_option
@sandbox_option
@data_dir_option
@cache_dir_option
@click.pass_context
def assess(
    ctx: click.Context,
    task: str,
    programs: tuple[str, ...],
    learner: str | None,
    model: str | None,
    html: Path | None,
    thread: str | None,
    full: bool,
    language: str | None,
    jsonl_out: Path | None,
    as_json: bool,
    **overrides: Any,
) -> None:
    """Assess each PROGRAM handed in for TASK (a YAML file).

    The tests are executed, the program is diagnosed, the diagnosis is grounded in the concept graph and in
    what is known about the learner, a model writes feedback that cites this evidence, every claim in it is
    checked, and the feedback is delivered or held for a person (`gradatim review`).

    PROGRAM is a Python file, a folder (every *.py below it), a .jsonl file (one {"file", "code"} object a
    line), or - for standard input.

    With --json and in the file of --jsonl, each program is one object on a line: submission, id, verdict,
    route, delivered, waiting, confidence, author, revisions, and assessment with everything it rests on.

    \b
    Exit codes: 0 every feedback was delivered; 1 some feedback waits for a person; 2 some program could
    not be read, or the task file is wrong; 3 programs cannot be run, or something needed is missing.
    """
    settings = load_settings(model=model, language=language, **overrides)
    warn_unfinished(settings)
    batch = Batch(programs, settings, as_json, jsonl_out, {"verdict": None, "assessment": None})
    work = _Work(load_task(task), Whose.of(settings, learner), thread, html, full, settings, language)
    ctx.exit(asyncio.run(work.run(batch)))


class _Work:
    """One call of the command."""

    def __init__(
        self,
        task: Task,
        whose: Whose,
        thread: str | None,
        html: Path | None,
        full: bool,
        settings: Settings,
        language: str | None,
    ) -> None:
        self.language = language
        self.task = task
        self.whose = whose
        self.thread = thread
        self.html = html
        self.full = full
        self.settings = settings

    async def run(self, batch: Batch) -> int:
        several = holds_many(batch.paths)
        if several and self.thread:
            raise InputError("one thread holds one program", place="--thread", remedy="give one PROGRAM")
        if self.html is not None and several:
            self.html.mkdir(parents=True, exist_ok=True)
        if batch.jsonl_out is not None:
            self.whose.note_rows(self.settings, batch.jsonl_out)
        waiting = 0
        async with open_assessor(self.settings) as assessor:

            async def judge(handed_in: HandedIn) -> Judgement:
                nonlocal waiting
                submission = self.whose.own(handed_in.submission(self.task.id))
                run = self.thread or uuid.uuid4().hex[:12]
                if not several:
                    say(f"run {run}")
                try:
                    with node_progress(not several) as on_node:
                        assessment = await assessor.assess(
                            self.task, submission, thread=run, on_node=on_node, language=self.language
                        )
                except ServiceError as error:
                    kept = f"the program is kept: go on with --thread {run}"
                    error.remedy = f"{error.remedy}; {kept}" if error.remedy else kept
                    raise
                waiting += assessment.waiting
                history = await self._history(assessor.services.memory, submission.learner_id)
                self._report(assessment, several, history)
                return Judgement(
                    assessment.execution.passed,
                    assessment_row(handed_in.name, assessment),
                    self._text(assessment),
                )

            tally = await judge_all(batch, judge)
        if waiting:
            say(f"{waiting} held for a person: see `gradatim review list`")
        return 2 if tally.unreadable else 1 if waiting else 0

    def _text(self, assessment: Assessment) -> str:
        from gradatim.app.report.terminal import assessment_text

        with speaking(self.settings.language), speaking(spoken_in(assessment, self.language)):
            return assessment_text(assessment, full=self.full)

    async def _history(self, memory: LearnerMemory, learner_id: str | None) -> tuple[LearnerEvent, ...]:
        """The learner's events, for the report; none where they may not or cannot be read, which the run has told."""
        if self.html is None or learner_id is None:
            return ()
        try:
            return await memory.events(learner_id)
        except StorageError:
            return ()

    def _report(self, assessment: Assessment, several: bool, history: tuple[LearnerEvent, ...]) -> None:
        if self.html is None:
            return
        from gradatim.app.report.html import render_html

        path = self.html / f"{assessment.id}.html" if several else self.html
        try:
            with speaking(self.settings.language), speaking(spoken_in(assessment, self.language)):
                page = render_html(assessment, self.full, history, parameters_of(self.settings))
            path.write_text(page, encoding="utf-8")
        except OSError as error:
            raise InputError(
                f"cannot be written: {error.strerror}", place=str(path), remedy="give --html a writable file"
            ) from error
        self.whose.note_report(self.settings, path)
        say(f"report: {path}")


def spoken_in(assessment: Assessment, chosen: str | None = None) -> str:
    """Code of the language that an assessment is shown in: the one chosen, or that of its feedback."""
    said = " ".join(statement.text for statement in assessment.feedback.statements())
    return chosen or written_in(said)


def assessment_row(name: str, assessment: Assessment) -> dict[str, Any]:
    """The JSON object of one program."""
    return {"submission": name} | result_of(assessment) | {"assessment": assessment.plain()}


@contextmanager
def node_progress(wanted: bool) -> Generator[Callable[[NodeEvent], None] | None]:
    """Progress of one run on stderr: a spinner for what works now, a line for what is done."""
    if not wanted:
        yield None
        return
    from rich.console import Console

    console = Console(stderr=True)
    running: list[str] = []
    if not console.is_terminal:

        def note(event: NodeEvent) -> None:
            if event.status == "finished":
                say(_done(event))

        yield note
        return
    with console.status("starting …") as status:

        def show(event: NodeEvent) -> None:
            if event.status == "started":
                running.append(event.node)
            else:
                if event.node in running:
                    running.remove(event.node)
                console.print(f"[green]✓[/] {printable(_done(event))}", highlight=False)
            status.update(f"{' ∥ '.join(running)} …" if running else "…")

        yield show


def _done(event: NodeEvent) -> str:
    seconds = f"{event.seconds:7.2f} s" if event.seconds is not None else "   waits "
    return f"{event.node:<13}{seconds}"


def print_assessment(assessment: Assessment, full: bool = False) -> None:
    """Write an assessment to stdout for a person."""
    from gradatim.app.report.terminal import assessment_text

    with speaking(spoken_in(assessment)):
        out(assessment_text(assessment, full=full))
