"""Recorded runs: what stands in the file, on what it hangs, and what must never stand there."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace as opentelemetry_trace

from gradatim.domain import Assessment, ReviewDecision, Submission
from gradatim.errors import ServiceError
from gradatim.evals.scorers.score import inputs_of
from gradatim.evals.scorers.trajectory.needless_calls import needless_calls
from gradatim.evals.scorers.trust.leak import leak
from gradatim.evals.traces import Span, Trace, read_traces
from gradatim.evals.traces.formats.conventions import check_trace
from gradatim.evals.traces.recording import recording
from gradatim.graphs import open_assessor, open_services
from gradatim.graphs.services import Services
from gradatim.graphs.tutoring import open_tutor
from gradatim.serving.scripted import ScriptedChat
from gradatim.settings import Settings
from gradatim.telemetry import names
from tests.cases import OFF_BY_ONE, TASK, answer, opinion

LEARNER = "ada-lovelace"
CODE = OFF_BY_ONE.replace("total", "zebra") + "# Author: Ada Byron\n"
MESSAGE = "why does my zebra stop too early?"
TELLING = (
    "zebra", "byron", "lovelace", "range(n)", "returns 1 instead", "which values does the loop",
    "good start", "grace", "too early", "loop.py",
)  # fmt: skip
"""What learners, models and reviewers wrote, in small letters."""


@dataclass(frozen=True)
class Recorded:
    """Files of recorded runs, with the settings they were recorded under."""

    nothing: Path
    everything: Path
    settings: Settings

    def traces(self, path: Path) -> list[Trace]:
        return list(read_traces(path))


def speak(messages: Any) -> Any:
    return opinion() if "second look" in messages[-1].text else answer()


def handed_in(code: str = CODE) -> Submission:
    return Submission.of(TASK.id, code, f"{LEARNER}-loop.py", LEARNER)


async def crash(state: Any, runtime: Any = None) -> dict[str, Any]:
    raise KeyError(state["submission"]["code"])


class Flaky:
    """An executor whose sandbox does not answer the first time."""

    def __init__(self, services: Services) -> None:
        from gradatim.agents import Executor

        self.agent = Executor(services.sandbox)
        self.asked = 0

    async def __call__(self, state: Any, runtime: Any = None) -> dict[str, Any]:
        self.asked += 1
        if self.asked == 1:
            raise ServiceError("the sandbox is away")
        return await self.agent(state, runtime)


async def recorded_runs(settings: Settings, nothing: Path, everything: Path) -> None:
    async with open_services(settings, model=ScriptedChat(script=speak)) as services:
        for path, content in ((nothing, "none"), (everything, "pseudonymised")):
            thread = f"{LEARNER}-{content}"
            async with open_assessor(services=services) as assessor, open_tutor(services=services) as tutor:
                with recording(path, settings=settings, content=content):
                    held = await assessor.assess(TASK, handed_in(), thread=thread)
                    assert held.waiting
                with recording(path, settings=settings, content=content):  # another time, in another process
                    decision = ReviewDecision(
                        request_id=thread, kind="approve", reviewer="grace", decided_at="2026-01-01T00:00:00+00:00",
                        message="fine for ada-lovelace",
                    )  # fmt: skip
                    assert not (await assessor.decide(decision)).waiting
                    turn = await tutor.start(task=TASK, code=CODE, learner_id=LEARNER, session=f"{LEARNER}-{content}")
                    await tutor.hear(turn.session, MESSAGE)
        with recording(nothing, settings=settings):
            async with open_assessor(services=services, replaced={"execute": Flaky(services)}) as assessor:
                await assessor.assess(TASK, handed_in("# flaky\n"), thread="flaky")
            async with open_assessor(services=services, replaced={"critique": crash}) as assessor:
                with pytest.raises(KeyError):
                    await assessor.assess(TASK, handed_in(CODE + "# crash\n"), thread="crash")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("recorded")
    settings = Settings(
        data_dir=folder / "data",
        workers=1,
        repair_seconds=0.0,
        deliver_threshold=1.0,
        price_input=1.0,
        price_output=2.0,
    )
    found = Recorded(folder / "nothing.jsonl", folder / "everything.jsonl", settings)
    before = opentelemetry_trace.get_tracer_provider()
    asyncio.run(recorded_runs(settings, found.nothing, found.everything))
    assert opentelemetry_trace.get_tracer_provider() is before
    return found


def named(trace: Trace, name: str) -> Span:
    return next(span for span in trace.spans if span.name == name)


def parent(trace: Trace, span: Span) -> str | None:
    return next((item.name for item in trace.spans if item.id == span.parent), None)


def test_each_run_is_a_trace(recorded: Recorded) -> None:
    for path in (recorded.nothing, recorded.everything):
        held, decided, opening, turn, *_ = recorded.traces(path)
        assert [item.name for item in (held, decided, opening, turn)] == ["assessment"] * 2 + ["tutoring"] * 2
        assert all(item.root is not None and item.attributes["version"] for item in (held, decided, opening, turn))
        assert held.attributes["conversation"] == decided.attributes["conversation"]
        assert held.id != decided.id
        assert opening.attributes["conversation"] == turn.attributes["conversation"]
        assert held.root is not None
        assert held.root.attributes[names.WAITING] is True
        assert held.outputs["waiting"] is True
        assert decided.outputs["waiting"] is False
        assert decided.path == ("human_review", "deliver", "record")
        assert held.path[-1] == "human_review"
        assert named(held, "invoke_agent human_review").ok


def test_every_span_keeps_to_the_conventions(recorded: Recorded) -> None:
    traces = recorded.traces(recorded.nothing) + recorded.traces(recorded.everything)
    assert {span.operation for item in traces for span in item.spans} == {
        "invoke_workflow", "invoke_agent", "chat", "execute_tool", "retrieval",
    }  # fmt: skip
    assert [str(problem) for item in traces for problem in check_trace(item)] == []
    for item in traces:
        known = {span.id for span in item.spans}
        assert len(known) == len(item.spans)
        for span in item.spans:
            assert span.attributes[names.OPERATION] == span.operation
            assert span.parent is None or span.parent in known
            assert span.start <= span.end


def test_nodes_side_by_side_keep_their_parents(recorded: Recorded) -> None:
    held = recorded.traces(recorded.nothing)[0]
    agents = [span for span in held.spans if span.operation == "invoke_agent"]
    assert {parent(held, span) for span in agents} == {"invoke_workflow assessment"}
    assert {
        (span.name, parent(held, span)) for span in held.of("chat", "retrieval")
    } == {
        ("chat scripted", "invoke_agent generate"),
        ("chat scripted", "invoke_agent critique"),
        ("retrieval memory/state", "invoke_agent recall"),
        ("retrieval kg/python", "invoke_agent retrieve"),
        ("retrieval passages", "retrieval kg/python"),
    }  # fmt: skip
    # execute works beside recall, and each program is run where it was asked for
    ran = {parent(held, span) for span in held.of("execute_tool")}
    assert {"invoke_agent execute", "invoke_agent diagnose"} <= ran
    assert ran <= {f"invoke_agent {name}" for name in ("execute", "diagnose", "verify")}


def test_questions_to_the_model_say_what_they_took(recorded: Recorded) -> None:
    held = recorded.traces(recorded.nothing)[0]
    written, judged = held.of("chat")
    assert judged.attributes[names.CHOICES] == 3
    assert judged.attributes[names.SEED] == 7
    assert judged.attributes[names.FINISH_REASONS] == ["stop"] * 3
    assert names.CHOICES not in written.attributes
    assert written.attributes[names.TEMPERATURE] == 0.0
    assert written.attributes[names.OUTPUT_TYPE] == "json"
    tokens = [(span.attributes[names.INPUT_TOKENS], span.attributes[names.OUTPUT_TOKENS]) for span in (written, judged)]
    assert all(read > 100 and said > 3 for read, said in tokens)
    usage = held.outputs["usage"]
    assert (usage["generate"]["input_tokens"], usage["generate"]["output_tokens"]) == tokens[0]
    assert held.attributes["cost"] == pytest.approx(sum(read + 2 * said for read, said in tokens) / 1e6)


def test_agents_report_what_they_judged(recorded: Recorded) -> None:
    held, decided, opening, *_ = recorded.traces(recorded.nothing)

    def judged(trace: Trace) -> dict[str, tuple[str, Any, Any]]:
        return {
            event.attributes[names.EVALUATION_NAME]: (
                span.subject,
                event.attributes.get(names.EVALUATION_VALUE),
                event.attributes.get(names.EVALUATION_LABEL),
            )
            for span in trace.spans
            for event in span.events
            if event.name == "gen_ai.evaluation.result"
        }

    found = judged(held)
    assert found["confidence"] == ("decide", held.outputs["confidence"]["value"], "review")
    assert found["self_consistency"] == ("critique", held.outputs["confidence"]["components"]["consistency"], None)
    checks = [
        check["verdict"]
        for part in ("error_identification", "explanation", "corrective_suggestion", "encouragement")
        for statement in held.outputs["feedback"][part]
        for check in statement["checks"]
    ]
    agent, value, label = found["claim_support"]
    assert (agent, label) == ("verify", "supported")
    assert value == pytest.approx(checks.count("supported") / len(checks))
    assert judged(decided)["review"] == ("deliver", 1.0, "approve")
    assert judged(opening)["claim_support"][0] == "check"


def test_nothing_that_a_learner_or_a_model_wrote_is_in_the_file(recorded: Recorded) -> None:
    text = recorded.nothing.read_text("utf-8").lower()
    assert [word for word in TELLING if word in text] == []
    assert TASK.statement.lower() in text  # a teacher's words stay
    for item in recorded.traces(recorded.nothing):
        assert item.attributes["content"] == "none"
        assert not {names.INPUT_MESSAGES, names.OUTPUT_MESSAGES, names.TOOL_ARGUMENTS, names.TOOL_RESULT} & {
            key for span in item.spans for key in span.attributes
        }


def test_what_is_kept_without_content_can_still_be_read_as_an_assessment(recorded: Recorded) -> None:
    for path in (recorded.nothing, recorded.everything):
        for item in recorded.traces(path)[:2]:
            given = {key: item.inputs[key] for key in ("task", "submission")}
            read = Assessment.model_validate({**given, **item.outputs})
            assert read.execution.passed is False
            assert [outcome.status for outcome in read.execution.outcomes].count("passed") == 1
            assert read.diagnosis.suspicious_lines
            assert read.feedback.statements()


def test_with_content_texts_are_there_and_the_learner_is_not(recorded: Recorded) -> None:
    text = recorded.everything.read_text("utf-8").lower()
    assert "byron" not in text
    assert "lovelace" not in text
    held, decided, _, turn = recorded.traces(recorded.everything)
    assert "grace" not in text
    assert decided.outputs["reviewed_by"].startswith("person:")
    submission = held.inputs["submission"]
    assert submission["code"] == CODE.replace("Ada Byron", "[name]")
    assert submission["filename"] == "submission.py"
    assert held.inputs["learner"] == submission["learner_id"] == turn.inputs["learner"]
    assert held.inputs["learner"].startswith("learner-")
    assert submission["id"] != handed_in().id
    assert submission["id"] == held.outputs["execution"]["submission"] == held.outputs["diagnosis"]["submission"]
    assert held.attributes["conversation"] == f"{held.inputs['learner']}-pseudonymised"
    chat = named(held, "chat scripted")
    assert "zebra" in chat.attributes[names.INPUT_MESSAGES]
    assert "which values does the loop" in chat.attributes[names.OUTPUT_MESSAGES].lower()
    assert "zebra += i" in named(held, "execute_tool run_program").attributes[names.TOOL_ARGUMENTS]
    asked, answered = turn.outputs["messages"]
    assert (asked["role"], asked["content"]) == ("user", MESSAGE)
    assert turn.inputs["messages"] == [asked]
    assert answered["role"] == "assistant"
    assert answered["content"]
    assert "".join(statement["text"] for statement in answered["statements"])
    assert "code" not in asked  # the program is that of the turn before
    assert turn.inputs["submission"]["code"] == submission["code"]
    assert turn.outputs["diagnosis"]["suspicious_lines"]
    assert {item["id"] for item in turn.outputs["diagnosis"]["evidence"]} >= {
        cited for statement in answered["statements"] for cited in statement["evidence"]
    }
    assert leak(**inputs_of(turn))["score"] is False


def test_the_opening_of_a_session_holds_the_program_that_it_began_with(recorded: Recorded) -> None:
    opening = recorded.traces(recorded.everything)[2]
    (said, answered) = opening.outputs["messages"]
    assert said["passed"] is False
    assert "zebra" in said["code"]
    assert answered["turn"] == 0
    assert opening.inputs["task"]["id"] == TASK.id


def test_runs_of_one_program_differ_in_what_is_noted_of_them(recorded: Recorded) -> None:
    held = recorded.traces(recorded.everything)[0]
    runs = [json.loads(span.attributes[names.TOOL_ARGUMENTS]) for span in held.spans if span.subject == "run_program"]
    own = [run for run in runs if run["program"] == held.inputs["submission"]["code"]]
    assert len(own) > 1
    assert any(run.get("trace") for run in own)
    assert needless_calls(**inputs_of(held))["score"] == 0, needless_calls(**inputs_of(held))


def test_each_try_of_a_node_is_a_span_of_its_own(recorded: Recorded) -> None:
    flaky = next(item for item in recorded.traces(recorded.nothing) if item.attributes["conversation"] == "flaky")
    first, second = (span for span in flaky.spans if span.name == "invoke_agent execute")
    assert not first.ok
    assert first.attributes[names.ERROR] == "ServiceError"
    assert second.ok
    assert second.attributes[names.ATTEMPT] == 2
    assert names.ATTEMPT not in first.attributes
    assert flaky.root is not None
    assert flaky.root.ok


def test_a_crash_in_a_node_is_recorded_without_its_words(recorded: Recorded) -> None:
    crashed = recorded.traces(recorded.nothing)[-1]
    assert crashed.attributes["conversation"] == "crash"
    assert crashed.root is not None
    assert not crashed.root.ok
    broken = named(crashed, "invoke_agent critique")
    assert not broken.ok
    assert broken.message.startswith("KeyError at test_recording.py:")
    assert broken.attributes[names.ERROR] == "KeyError"
    assert crashed.outputs == {}
    assert named(crashed, "invoke_agent diagnose").ok
