"""The command: what it takes, and which session it opens."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from gradatim.app.commands.tutor.people import answer_session, list_held
from gradatim.app.commands.tutor.talk import Talk
from gradatim.app.options import (
    cache_dir_option,
    data_dir_option,
    json_option,
    language_option,
    sandbox_option,
    traces_option,
)
from gradatim.app.whose import Whose
from gradatim.domain import Task
from gradatim.errors import InputError, SubmissionError
from gradatim.graphs.tutoring import Turn, Tutor, open_tutor
from gradatim.languages import speaking
from gradatim.settings import Settings, load_settings
from gradatim.tools.submissions import read_submissions
from gradatim.tools.taskfile import load_task


@click.command()
@click.argument("task", required=False, type=click.Path())
@click.option("--concept", metavar="NAME", help="Talk about this concept, without a task.")
@click.option("--code", type=click.Path(path_type=Path), metavar="FILE", help="The learner's program to begin with.")
@click.option("--watch", is_flag=True, help="Hand in the file of --code again whenever it is saved.")
@click.option("--session", metavar="ID", help="Go on with this session, or open it under this id.")
@click.option("--learner", metavar="ID", help="Who learns; the memory is read and written for them.")
@click.option(
    "--model",
    metavar="MODEL",
    help="A catalogue name, a GGUF file, http(s)://host/v1#name, or none: text from evidence alone (setting: model).",
)
@click.option("--held", is_flag=True, help="List the sessions that wait for a person.")
@click.option("--answer", metavar="SESSION", help="Answer a session that waits, with --say and --reviewer.")
@click.option("--say", "said", metavar="TEXT", help="What the person says; without it the tutor goes on by itself.")
@click.option("--reviewer", metavar="NAME", help="Who answers.")
@language_option
@traces_option
@json_option
@sandbox_option
@data_dir_option
@cache_dir_option
@click.pass_context
def tutor(
    ctx: click.Context,
    task: str | None,
    concept: str | None,
    code: Path | None,
    watch: bool,
    session: str | None,
    learner: str | None,
    model: str | None,
    held: bool,
    answer: str | None,
    said: str | None,
    reviewer: str | None,
    language: str | None,
    as_json: bool,
    **overrides: Any,
) -> None:
    """Talk about TASK (a YAML file) or a concept: questions and hints, never the solution.

    Each line is a message. `:run FILE` hands in a program, `:paste` takes one until a line with a single dot, `:hint`
    asks for a hint, `:why` shows what the last words rest on, `:quit` ends; the session can be taken up again with
    --session. Reads messages from a pipe as well.

    With --json each turn is one object on a line of stdout.

    \b
    Exit codes: 0 done; 2 the task, the concept, a program or a session cannot be used; 3 programs cannot be run.
    """
    settings = load_settings(model=model, language=language, **overrides)
    if held:
        asyncio.run(list_held(settings, as_json))
        return
    if answer is not None:
        asyncio.run(answer_session(settings, answer, said, reviewer, as_json))
        return
    if task is not None and concept is not None:
        raise click.UsageError("give a TASK or --concept, not both")
    if task is None and concept is None and session is None:
        raise click.UsageError("give a TASK, --concept NAME, or --session ID of a session to go on with")
    if watch and code is None:
        raise click.UsageError("--watch needs --code FILE")
    wanted = None if task is None else load_task(task)
    program = None if code is None else read_program(code, settings)
    whose = Whose.of(settings, learner)
    opening = _Opening(wanted, concept, program, whose.id, language, session)
    ctx.exit(asyncio.run(_talk(settings, opening, code if watch else None, as_json)))


class _Opening:
    """How the session begins, or which one goes on."""

    def __init__(
        self,
        task: Task | None,
        concept: str | None,
        program: str | None,
        learner_id: str | None,
        language: str | None,
        session: str | None,
    ) -> None:
        self.task = task
        self.concept = concept
        self.program = program
        self.learner_id = learner_id
        self.language = language
        self.session = session

    async def open(self, tutor: Tutor) -> tuple[Turn, bool]:
        """The first turn, or the latest one of a session that goes on; and whether it goes on."""
        known = None if self.session is None else await tutor.latest(self.session)
        if known is not None:
            await self._same(tutor, known)
            return known, True
        if self.task is None and self.concept is None:
            raise InputError(
                "there is no such session", place=f"session {self.session}", remedy="name a TASK to open one"
            )
        turn = await tutor.start(
            task=self.task,
            code=self.program,
            concept=self.concept,
            learner_id=self.learner_id,
            language=self.language,
            session=self.session,
        )
        return turn, False

    async def _same(self, tutor: Tutor, turn: Turn) -> None:
        """Refuse a session of somebody else, or on something else than what was named."""
        found = await tutor.session(turn.session)
        if found is None:
            return
        other = self.task is not None and found.task_id != self.task.id
        if other or (self.learner_id is not None and found.learner_id != self.learner_id):
            raise InputError(
                "is on another task or of another learner",
                place=f"session {turn.session}",
                remedy="choose another id, or leave out what does not fit",
            )


async def _talk(settings: Settings, opening: _Opening, watched: Path | None, as_json: bool) -> int:
    async with open_tutor(settings) as tutor:
        turn, resumed = await opening.open(tutor)
        with speaking(turn.language):
            return await Talk(tutor, settings, turn, watched, as_json=as_json).run(
                resumed=resumed, program=opening.program if resumed else None
            )


def read_program(path: Path, settings: Settings) -> str:
    """The program in a file.

    Raises:
        SubmissionError: It cannot be read, or is too large.
    """
    found = next(iter(read_submissions([path], settings)), None)
    if found is None:
        raise SubmissionError("holds no program", place=str(path), remedy="name a Python file")
    if isinstance(found, SubmissionError):
        raise found
    return found.code
