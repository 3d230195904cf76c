"""`gradatim workflow plan`: an instruction becomes a checked workflow file."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradatim.app.console import emit, out, printable, say
from gradatim.app.options import json_option
from gradatim.errors import InputError, ModelError
from gradatim.languages import say as phrase
from gradatim.languages import speaking
from gradatim.settings import Settings, load_settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from gradatim.graphs.planning import Plan, Planner
    from gradatim.graphs.planning.planner import Mentioned

UNDERSTOOD_IN_PART = 1
_YES = frozenset({"y", "yes", "是", "好", "可以", "对"})
_NO = frozenset({"n", "no", "", "否", "不", "不要"})
_CHANGE = re.compile(r"^\s*(?:c|change|改|修改)\s*[:：]\s*", re.IGNORECASE)
_MOST_CHANGES = 50
_SERVED_CANDIDATES = 10
"""Patterns that a served model chooses from; the embedded one tells fewer apart."""


@click.command()
@click.argument("instruction")
@click.option(
    "--out",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where the workflow is written; a name that says what it does, in this folder, when not given.",
)
@click.option("--yes", is_flag=True, help="Ask nothing: save it.")
@click.option(
    "--model", metavar="MODEL", help="The model that is asked about unclear words (setting: model); none: words alone."
)
@json_option
def plan(instruction: str, target: Path | None, yes: bool, model: str | None, as_json: bool) -> None:
    """Write a workflow file for an INSTRUCTION in English or Chinese; `-` reads it from stdin.

    What was understood is shown with the words it rests on, what was not is asked back, and nothing is saved before
    somebody agrees: y, n, or what to change. With --json nothing is asked, and it is saved only with --yes.

    \b
    Exit codes: 0 a checked workflow; 1 something of the instruction did not become a step (it is named);
    2 nothing of it is known, or the file cannot be written.
    """
    if instruction == "-":
        instruction = _piped()
    if target is not None:
        _check_target(target)
    settings = load_settings(model=model)
    sys.exit(asyncio.run(_plan(instruction, target, yes, as_json, settings)))


def _piped() -> str:
    try:
        return sys.stdin.buffer.read(1_000_000).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"is not UTF-8 at byte {error.start}", place="stdin", remedy="send the instruction as UTF-8"
        ) from error


def _check_target(path: Path) -> None:
    from gradatim.graphs.workflow.spec import NAME

    if path.suffix not in (".yaml", ".yml") or not re.match(NAME, path.stem):
        raise InputError(
            f"{path.name!r} is no name for a workflow file",
            place="--out",
            remedy="use letters, digits, _ and -, a letter first, and end it in .yaml",
        )
    _free(path)


def _free(path: Path) -> None:
    if path.exists():
        raise InputError("is there already", place=str(path), remedy="give another name with --out, or remove it")


async def _plan(instruction: str, target: Path | None, yes: bool, as_json: bool, settings: Settings) -> int:
    from gradatim.graphs.planning import Planner
    from gradatim.graphs.planning.choosing import CANDIDATES

    model = _model(settings)
    try:
        served = settings.model.startswith(("http://", "https://", "vllm:"))
        candidates = _SERVED_CANDIDATES if served else CANDIDATES
        planner = Planner(model, candidates=candidates, concepts=_mentioned(settings))
        desk = _Desk(planner, target, as_json)
        return await desk.work(instruction, yes)
    finally:
        close: Any = getattr(getattr(model, "transport", None), "aclose", None)
        if close is not None:
            await close()


def _model(settings: Settings) -> BaseChatModel | None:
    """The model of the settings; nobody where there is none, which is said."""
    if settings.model == "none":
        return None
    from gradatim.serving import open_chat_model

    try:
        return open_chat_model(settings.model, settings)
    except ModelError as error:
        say(phrase("planning.says.degraded", reason=printable(str(error))))
        return None


def _mentioned(settings: Settings) -> Mentioned:
    """Finds concepts of the curriculum in a text; the graph is opened when somebody asks."""

    async def find(text: str) -> tuple[str, ...]:
        from gradatim.kg import opened_graph

        async with opened_graph(settings) as store:
            return tuple(concept.id for concept in await store.search(text))

    return find


class _Desk:
    """Shows plans and asks about them."""

    def __init__(self, planner: Planner, target: Path | None, as_json: bool) -> None:
        self._planner = planner
        self._target = target
        self._as_json = as_json

    async def work(self, instruction: str, yes: bool) -> int:
        """Plan, show, ask, save; returns the exit code."""
        plan = await self._planned(instruction, None)
        if yes or self._as_json:
            return self._done(plan, save=yes)
        for _ in range(_MOST_CHANGES):
            with speaking(plan.language):
                _show(plan)
                change = await self._cleared(plan)
                if change is None:
                    answer = _ask(phrase("planning.says.ask", path=str(self._path(plan, plan.main))))
                    if answer is None or answer.lower() in _NO:
                        return self._done(plan, save=False, shown=answer is None)
                    if answer.lower() in _YES:
                        return self._done(plan, save=True)
                    change = _CHANGE.sub("", answer)
            try:
                plan = await self._planned(change, plan)
            except InputError as error:
                say(printable(str(error), lines=True))
                continue
            with speaking(plan.language):
                say(phrase("planning.says.changed"))
        return self._done(plan, save=False)

    async def _planned(self, instruction: str, previous: Plan | None) -> Plan:
        name = self._target.stem if self._target is not None else None
        return await self._planner.plan(instruction, previous=previous, name=name)

    async def _cleared(self, plan: Plan) -> str | None:
        """What the person says instead of words that were not understood; nothing where they leave them out."""
        for question in plan.questions:
            if question.kind == "unknown":
                answer = _ask(f"“{printable(question.words)}” {phrase('planning.says.again')}")
                if answer:
                    return answer
        return None

    def _done(self, plan: Plan, *, save: bool, shown: bool = False) -> int:
        """Save a plan, or give its text where nobody was there to say that it shall be saved."""
        saved: list[str] = []
        if save and plan.sound:
            saved = [str(path) for path in self._save(plan)]
        if self._as_json:
            emit({**plan.plain(), "saved": saved})
        else:
            with speaking(plan.language):
                for path in saved:
                    say(phrase("planning.says.saved", path=path))
                if not saved:
                    say(phrase("planning.says.not_saved"))
            if shown:
                out(_texts(plan), end="")
        return 0 if plan.sound and not plan.questions else UNDERSTOOD_IN_PART

    def _path(self, plan: Plan, name: str) -> Path:
        if self._target is None:
            return Path(name)
        return self._target if name == plan.main else self._target.with_name(name)

    def _save(self, plan: Plan) -> list[Path]:
        """Write all files or none."""
        paths = [self._path(plan, name) for name in plan.files]
        for path in paths:
            _free(path)
        # the workflow itself last: one that is there is whole
        for path, text in reversed(list(zip(paths, plan.files.values(), strict=True))):
            try:
                with path.open("x", encoding="utf-8") as file:
                    file.write(text)
            except OSError as error:
                raise InputError(
                    f"cannot be written: {error.strerror}",
                    place=str(path),
                    remedy="give --out a file in a folder that is there and writable",
                ) from error
        return paths


def _texts(plan: Plan) -> str:
    """All files of a plan as one text."""
    if len(plan.files) == 1:
        return plan.files[plan.main]
    return "".join(f"# file: {name}\n{text}" for name, text in plan.files.items())


def _show(plan: Plan) -> None:
    """Tell a person what was understood, what was not, and what it comes to."""
    from gradatim.graphs.planning import asked, told
    from gradatim.graphs.workflow import parse_workflow
    from gradatim.graphs.workflow.drawing import draw_text

    say(phrase("planning.says.understood"))
    for step in (*plan.steps, *plan.denied):
        say(f"  - {printable(told(step))}")
    if plan.questions:
        say(phrase("planning.says.open"))
        for question in plan.questions:
            say(f"  ? {printable(asked(question))}")
    for note in plan.notes:
        say(f"  {printable(note)}")
    for problem in plan.problems:
        say(f"  ! {printable(problem)}")
    if plan.sound:
        for text in list(plan.files.values())[-1:]:
            say("")
            say(printable(draw_text(parse_workflow(text)), lines=True))


def _ask(question: str) -> str | None:
    """A person's answer, or nothing when nobody is there to answer."""
    say(f"{question} ")
    line = sys.stdin.readline()
    return line.strip() if line else None
