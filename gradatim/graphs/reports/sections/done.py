"""What was done: attempts, tasks, help."""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.domain import LearnerEvent
from gradatim.graphs.reports.document import Block, Cell, Note, Row, Said, Section, Table
from gradatim.graphs.reports.portrait import Portrait
from gradatim.graphs.reports.wording import Voice, count, day, spanning, told
from gradatim.languages import say
from gradatim.memory.inputs import microseconds
from gradatim.memory.profile import attempt_outcome

_TASKS = 40
_HELP = frozenset({"hint", "help"})


def done(portrait: Portrait, voice: Voice, since: str | None) -> Section:
    """The section; only what happened since an instant where one is given."""
    events = [event for event in portrait.events if since is None or microseconds(event.at) >= microseconds(since)]
    title = told(voice, "done.title")
    attempts = [event for event in events if attempt_outcome(event) is not None]
    if not attempts:
        return Section("done", title, (Note(told(voice, "done.nothing")),))
    tasks = _by_task(attempts)
    solved = sum(any(map(attempt_outcome, tried)) for tried in tasks.values())
    ids = tuple(event.id for event in attempts)
    span = {"first": day(attempts[0].at), "last": day(attempts[-1].at)}
    counts = {"attempts": count(len(attempts), "attempt"), "tasks": count(len(tasks), "task")}
    some = say("report.done.solved_some", solved=count(solved, "task")) if solved else say("report.done.solved_none")
    key = spanning("done.summary" if tasks else "done.attempts", attempts[0].at, attempts[-1].at)
    blocks: list[Block] = [Said(told(voice, key, **span, **counts, solved=some), ids)]
    helped = [event for event in events if event.kind == "interaction" and event.payload.get("action") in _HELP]
    if helped:
        blocks.append(
            Said(told(voice, "done.help", times=count(len(helped), "time")), tuple(event.id for event in helped))
        )
    judged = [event for event in events if event.kind == "self_assessment"]
    if judged:
        blocks.append(
            Said(told(voice, "done.judged", times=count(len(judged), "time")), tuple(event.id for event in judged))
        )
    if tasks:
        blocks.append(_table(portrait, tasks))
    return Section("done", title, tuple(blocks))


def _by_task(attempts: Sequence[LearnerEvent]) -> dict[str, list[LearnerEvent]]:
    found: dict[str, list[LearnerEvent]] = {}
    for event in attempts:
        if event.task_id is not None:
            found.setdefault(event.task_id, []).append(event)
    return found


def _table(portrait: Portrait, tasks: dict[str, list[LearnerEvent]]) -> Table:
    latest = sorted(tasks.items(), key=lambda item: (microseconds(item[1][-1].at), item[0]))[-_TASKS:]
    rows: list[Row] = []
    for task, tried in latest:
        at = next((number for number, event in enumerate(tried, start=1) if attempt_outcome(event)), None)
        result = say("report.done.unsolved") if at is None else say("report.done.solved", n=at)
        cells = (portrait.titles.get(task, task), str(len(tried)), result, day(tried[-1].at))
        rows.append(Row(tuple(map(Cell, cells)), tuple(event.id for event in tried)))
    caption = say("report.done.caption") if len(latest) == len(tasks) else say("report.done.latest", n=len(latest))
    header = tuple(say(f"report.done.header.{name}") for name in ("task", "attempts", "result", "last"))
    return Table(caption, header, tuple(rows))
