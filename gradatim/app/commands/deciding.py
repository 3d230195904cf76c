"""`gradatim review decide`: a decision, given to the assessment or to the workflow that waits for it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from gradatim.agents import Verifier
from gradatim.agents.edited import checked_again, merged
from gradatim.agents.hitl import ACTION, request_of
from gradatim.agents.reviews import find_decision, find_request
from gradatim.app.commands.assess import assessment_row, node_progress, print_assessment
from gradatim.app.commands.workflow.answering import PersonAnswer, answer_run
from gradatim.app.commands.workflow.showing import show_run
from gradatim.app.console import emit, say, shorten
from gradatim.app.edits import read_edit
from gradatim.domain import Feedback, ReviewDecision
from gradatim.errors import ReviewError, StaleDecision
from gradatim.graphs import Assessor, open_assessor
from gradatim.graphs.assessor import held_assessment
from gradatim.graphs.persistence import open_persistence
from gradatim.graphs.services import open_services
from gradatim.graphs.workflow.runs import Question
from gradatim.graphs.workflow.waiting import WaitingRun, held_part, run_behind, waiting_run
from gradatim.serving.realiser import GroundedRealiser
from gradatim.settings import Settings
from gradatim.tools.claims import ClaimChecker
from gradatim.tools.claims.case import Case


async def decide_request(settings: Settings, request_id: str, answer: PersonAnswer, anyway: bool, as_json: bool) -> int:
    """Decide about a request, let its run go on and show what came of it; returns the exit code.

    Args:
        anyway: Whether an edit is taken although a check refutes it.

    Raises:
        ReviewError: There is no such request, or the decision cannot be taken.
        StaleDecision: It was decided already.
    """
    async with open_persistence(settings) as (_, store):
        thread = await run_behind(store, request_id)
    if thread is not None:
        return await _decide_in_run(settings, thread, request_id, answer, anyway, as_json)
    # what comes after the review asks no model
    async with (
        open_services(settings, model=GroundedRealiser()) as services,
        open_assessor(services=services) as assessor,
    ):
        feedback: Feedback | None = None
        if answer.edit is not None:
            feedback = await _edited(assessor, request_id, answer.edit, answer.reviewer, anyway)
        decision = ReviewDecision(
            request_id=request_id,
            kind=cast(Any, answer.kind),
            reviewer=answer.reviewer,
            decided_at=datetime.now(UTC).isoformat(timespec="seconds"),
            feedback=feedback,
            message=answer.message,
        )
        with node_progress(not as_json) as on_node:
            assessment = await assessor.decide(decision, on_node=on_node)
    if as_json:
        emit(assessment_row(assessment.submission.filename, assessment))
    else:
        print_assessment(assessment)
    return 0


async def _edited(assessor: Assessor, request_id: str, path: Path, reviewer: str, anyway: bool) -> Feedback:
    """The edit of a file.

    Raises:
        ReviewError: There is no such request, or a check refutes what the edit says and nobody insists on it.
    """
    request = await find_request(assessor.store, request_id)
    held = await held_assessment(assessor.checkpoints, assessor.store, request_id)
    if request is None or held is None:
        raise unknown(request_id)
    edit = read_edit(path, request.feedback, reviewer, {item.id for item in held.diagnosis.evidence})
    if request.status == "decided":
        return edit  # refused as stale, with the name of who decided
    _refuse_refuted(await assessor.check_edit(request_id, edit, reviewer), path, anyway)
    return edit


async def _decide_in_run(
    settings: Settings, thread: str, request_id: str, answer: PersonAnswer, anyway: bool, as_json: bool
) -> int:
    """Answer the question of a workflow that a review request stands for."""
    async with open_persistence(settings) as (checkpoints, store):
        decided = await find_decision(store, request_id)
        run = await waiting_run(checkpoints, store, thread)
        held = await held_part(checkpoints, thread, request_id)
    if decided is not None:
        raise StaleDecision(
            f"was already decided by {decided.reviewer}", place=f"review {request_id}",
            remedy="see `gradatim review show`",
        )  # fmt: skip
    if run is None:
        raise ReviewError(
            "waits for nobody", place=f"run {thread}", remedy=f"see how far it is: `gradatim workflow resume {thread}`"
        )
    question = _asked_by(run, request_id)
    if answer.edit is not None and question.action == ACTION and held is not None:
        asked = request_of(question.request)
        edit = read_edit(answer.edit, asked.feedback, answer.reviewer, {item.id for item in held.diagnosis.evidence})
        case = Case.of(held.task, held.submission, held.execution, held.diagnosis)
        edit = merged(asked.feedback, edit, answer.reviewer, held.submission.code)
        async with open_services(settings, model=GroundedRealiser()) as services:
            checked = await checked_again(case, edit, Verifier(ClaimChecker(services.sandbox, services.concepts)))
        _refuse_refuted(checked, answer.edit, anyway)
    ended, outputs = await answer_run(settings, thread, answer, question.id, None, not as_json)
    return show_run(ended, as_json, outputs)


def _asked_by(run: WaitingRun, request_id: str) -> Question:
    """The question that a request stands for.

    Raises:
        ReviewError: It cannot be told which one.
    """
    questions = run.questions
    about = [item for item in questions if item.action == ACTION and request_of(item.request).id == request_id]
    if about:
        return about[0]
    if len(questions) == 1 and run.thread == request_id:
        return questions[0]
    raise ReviewError(
        f"the run waits with {len(questions)} questions, and none is asked as {request_id!r}"
        if len(questions) > 1 else "the run waits with another question",
        place=f"review {request_id}", remedy=f"see them with `gradatim workflow resume {run.thread}`",
    )  # fmt: skip


def _refuse_refuted(checked: Feedback, path: Path, anyway: bool) -> None:
    wrong = [
        f'"{shorten(statement.text, 80)}": {check.detail}'
        for statement in checked.statements()
        if statement.by_person
        for check in statement.checks
        if check.verdict == "refuted"
    ]
    if wrong and not anyway:
        raise ReviewError(
            f"a check refutes what the edit says: {'; '.join(wrong)}",
            place=str(path),
            remedy="correct the sentence, or add --anyway to deliver it as it is",
        )
    for item in wrong:
        say(f"delivered although refuted: {item}")


def unknown(request_id: str) -> ReviewError:
    """There is no such request."""
    return ReviewError("there is no such request", place=f"review {request_id}", remedy="see `gradatim review list`")
