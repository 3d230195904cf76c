"""Kinds of reports and of the formative trigger."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from gradatim.agents.payloads import store_of
from gradatim.agents.state import Plain, State, degraded
from gradatim.domain import Degradation, Noun, Submission
from gradatim.errors import InputError
from gradatim.graphs.reports import Document, class_report, learner_report, portrait, render_markdown, teacher_report
from gradatim.graphs.reports.classmates import classmates
from gradatim.graphs.reports.titles import item_titles
from gradatim.graphs.services import Services
from gradatim.graphs.workflow.kinds.kind import Agent, Kind
from gradatim.languages import say, spoken
from gradatim.memory import checked_id, parameters_of
from gradatim.memory.formative import FormativeRequest, formative_requests, load_policy, taken_up
from gradatim.memory.inputs import microseconds
from gradatim.memory.rights.consent import NoConsent


class WrittenReport(Noun):
    """A report as a workflow hands it on."""

    audience: Literal["learner", "teacher", "class"]
    title: str
    language: str
    markdown: str
    sources: tuple[str, ...] = ()
    """Ids of the events, assessments and concepts that its statements name."""


class ReportParameters(BaseModel):
    """Base of the parameters of these kinds."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LearnerReportParameters(ReportParameters):
    """What `learner_report` may be given."""

    audience: Literal["learner", "teacher"] = "learner"
    """Whether it speaks to the learner, or to those who teach."""
    staff: bool = False
    """`teacher`: with solutions and hidden tests."""
    since: str | None = None
    """What was done then or later, ISO 8601; changes since then."""


class ClassReportParameters(ReportParameters):
    """What `class_report` may be given."""

    published: bool = True
    """Without single learners."""
    since: str | None = None


class TriggerParameters(ReportParameters):
    """What `formative_trigger` may be given."""

    policy: str | None = None
    """A policy file; the packaged policy when not given."""
    take: bool = True
    """Note in the learner memory that the request is taken up, so that it is not answered twice."""


def _learner_of(state: State, node: str) -> str:
    """Whose report: the key `learner_id`, or the learner of the submission.

    Raises:
        InputError: The state names nobody.
    """
    named = state.get("learner_id")
    if named is None and state.get("submission") is not None:
        named = Submission.model_validate(state["submission"]).learner_id
    if not isinstance(named, str):
        raise InputError(
            f"{node} does not know whose", place="state.learner_id", remedy="give learner_id, or a submission with one"
        )
    return checked_id(named)


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _written(document: Document) -> Plain:
    return WrittenReport(
        audience=document.audience,
        title=document.title,
        language=document.language,
        markdown=render_markdown(document),
        sources=tuple(source.id for source in document.sources),
    ).plain()


def _empty(audience: Literal["learner", "teacher"], learner: str, why: str) -> Plain:
    """A report that says why there is nothing in it."""
    title = say(f"report.title.{audience}", learner=learner)
    text = f"# {title}\n\n{say(f'report.empty.{why}')}\n"
    return WrittenReport(audience=audience, title=title, language=spoken(), markdown=text).plain()


def _learner_report(services: Services, given: LearnerReportParameters) -> Agent:
    if given.since is not None:
        microseconds(given.since)

    async def agent(state: State, runtime: Any = None) -> Plain:
        learner, now = _learner_of(state, "learner_report"), _now()
        graph = await services.concepts.snapshot()
        own = given.audience == "learner"
        reviews = () if own else await services.decisions.decisions(learner)
        try:
            found = await portrait(
                services.memory, services.settings, graph, learner, now=now, own=own, store=store_of(runtime),
                reviews=reviews,
            )  # fmt: skip
        except NoConsent as error:
            report = _empty(given.audience, learner, "consent")
            return {"learner_report": report, **degraded("learner_report", error, "the report tells nothing")}
        if found is None:
            return {"learner_report": _empty(given.audience, learner, "nothing")}
        if own:
            return {"learner_report": _written(learner_report(found, now=now, since=given.since))}
        document = teacher_report(found, now=now, since=given.since, staff=given.staff)
        return {"learner_report": _written(document)}

    return agent


def _class_report(services: Services, given: ClassReportParameters) -> Agent:
    if given.since is not None:
        microseconds(given.since)

    async def agent(state: State, runtime: Any = None) -> Plain:
        listed = state.get("learners")
        learners = None if listed is None else [checked_id(str(item)) for item in listed]
        now = _now()
        graph = await services.concepts.snapshot()
        found = await classmates(services.memory, services.settings, graph, learners, now=now)
        every = [event for mate in found for event in mate.events]
        titles = await asyncio.to_thread(item_titles, services.settings, every)
        document = class_report(
            found, graph, now=now, since=given.since, published=given.published, titles=titles
        )  # fmt: skip
        return {"class_report": _written(document)}

    return agent


def _trigger(services: Services, given: TriggerParameters) -> Agent:
    policy = load_policy(None if given.policy is None else Path(given.policy))

    async def agent(state: State, runtime: Any = None) -> Plain:
        learner, now = _learner_of(state, "formative_trigger"), _now()
        settings, run = services.settings, str(state.get("id") or "") or None
        try:
            found = await formative_requests(
                services.memory, learner, policy, parameters_of(settings), settings.assumed_consent, now=now, run=run
            )
        except NoConsent as error:
            return {"formative_due": False, **degraded("formative_trigger", error, "nothing is asked for")}
        request = next((item for item in reversed(found) if item.status == "open"), None)
        if request is None:
            return {"formative_due": False}
        if given.take:
            event = taken_up(request, now, run)
            noted = {item.id for item in await services.memory.events(learner, kind="interaction")}
            if event.id not in noted:  # a node that runs again adds nothing
                await services.memory.append([event])
        return {"formative_due": True, "formative_request": request.plain()}

    return agent


_WHOSE: dict[str, Any] = {"submission": Submission, "learner_id": str}

KINDS: tuple[Kind, ...] = (
    Kind(
        "learner_report",
        "Writes a report about a learner, for the learner or for those who teach, each statement with its evidence.",
        _learner_report,
        optional=_WHOSE,
        writes={"learner_report": WrittenReport},
        may_write={"degradations": list[Degradation]},
        parameters=LearnerReportParameters,
    ),
    Kind(
        "class_report",
        "Writes a report about a class: mastery, misconceptions, difficulty of tasks; small groups are not shown.",
        _class_report,
        optional={"learners": list[str]},
        writes={"class_report": WrittenReport},
        parameters=ClassReportParameters,
    ),
    Kind(
        "formative_trigger",
        "Tells whether it is time for a formative assessment of the learner, of which concepts, and why.",
        _trigger,
        optional={**_WHOSE, "id": str},
        writes={"formative_due": bool},
        may_write={"formative_request": FormativeRequest, "degradations": list[Degradation]},
        parameters=TriggerParameters,
    ),
)
