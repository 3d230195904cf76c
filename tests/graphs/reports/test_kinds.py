"""The kinds, run as nodes of a workflow are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gradatim.domain import Submission
from gradatim.errors import InputError
from gradatim.graphs.services import Services, open_services
from gradatim.graphs.workflow.kinds.kind import Agent, Kind
from gradatim.graphs.workflow.kinds.reports import KINDS, WrittenReport
from gradatim.languages import speaking
from gradatim.memory.formative import FormativeRequest
from gradatim.memory.rights.consent import consent_event
from gradatim.settings import Settings
from tests.graphs.reports.material import BEGIN as HISTORY_BEGIN
from tests.graphs.reports.material import attempt, classroom, history


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with open_services(Settings(data_dir=tmp_path, model="none")) as opened:
        yield opened


def kind(key: str) -> Kind:
    return next(item for item in KINDS if item.key == key)


def agent(services: Services, key: str, **given: Any) -> Agent:
    found = kind(key)
    return found.build(services, found.parameters.model_validate(given))


async def struggle(services: Services) -> None:
    """Anna fails again and again, just now."""
    days = (datetime.now(UTC) - HISTORY_BEGIN) / timedelta(days=1)
    for number in range(6):
        event = attempt(f"e{number}", days - 0.05 + 0.004 * number, False, wrong=["off-by-one-loop"])
        await services.memory.record(event)


async def test_a_request_is_taken_once_and_stays_with_the_run_that_took_it(services: Services) -> None:
    await struggle(services)
    trigger = agent(services, "formative_trigger")
    first = await trigger({"learner_id": "anna", "id": "run-1"}, None)
    assert first["formative_due"] is True
    request = FormativeRequest.model_validate(first["formative_request"])
    assert request.concepts == ("for-loop",)
    again = await trigger({"learner_id": "anna", "id": "run-1"}, None)
    assert again["formative_request"]["id"] == request.id
    assert await trigger({"learner_id": "anna", "id": "run-2"}, None) == {"formative_due": False}


async def test_a_request_that_is_only_looked_at_stays_open(services: Services) -> None:
    await struggle(services)
    looking = agent(services, "formative_trigger", take=False)
    submission = Submission.of("sum", "pass", learner_id="anna").plain()
    assert (await looking({"submission": submission}, None))["formative_due"] is True
    assert (await looking({"submission": submission}, None))["formative_due"] is True


async def test_without_consent_nothing_is_asked_for_and_the_report_says_why(services: Services) -> None:
    await struggle(services)
    await services.memory.record(consent_event("anna", "personalisation", False))
    due = await agent(services, "formative_trigger")({"learner_id": "anna"}, None)
    assert due["formative_due"] is False
    assert due["degradations"][0]["node"] == "formative_trigger"
    made = await agent(services, "learner_report")({"learner_id": "anna"}, None)
    report = WrittenReport.model_validate(made["learner_report"])
    assert "no consent" in report.markdown
    assert report.sources == ()
    assert made["degradations"]


async def test_reports_speak_the_language_of_the_run(services: Services) -> None:
    await services.memory.append(history())
    with speaking("zh"):
        made = await agent(services, "learner_report")({"learner_id": "anna"}, None)
    report = WrittenReport.model_validate(made["learner_report"])
    assert (report.language, report.title) == ("zh", "你的学习报告")
    assert "a1" in report.sources
    teacher = await agent(services, "learner_report", audience="teacher", staff=True)({"learner_id": "anna"}, None)
    assert teacher["learner_report"]["audience"] == "teacher"
    nobody = await agent(services, "learner_report")({"learner_id": "nobody"}, None)
    assert "Nothing is remembered yet." in nobody["learner_report"]["markdown"]


async def test_a_class(services: Services) -> None:
    await services.memory.append(classroom(7))
    made = await agent(services, "class_report")({}, None)
    report = WrittenReport.model_validate(made["class_report"])
    assert "l0" not in report.markdown
    few = await agent(services, "class_report", published=False)({"learners": ["l0", "l1"]}, None)
    assert "l0: " in few["class_report"]["markdown"]


async def test_whose_is_asked(services: Services) -> None:
    for key in ("learner_report", "formative_trigger"):
        with pytest.raises(InputError, match="does not know whose") as caught:
            await agent(services, key)({"submission": Submission.of("sum", "pass").plain()}, None)
        assert caught.value.place == "state.learner_id"
    with pytest.raises(InputError, match="is not an ISO 8601"):
        agent(services, "learner_report", since="yesterday")
    with pytest.raises(InputError, match="cannot be read"):
        agent(services, "formative_trigger", policy="/nowhere/policy.yaml")
