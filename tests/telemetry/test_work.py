"""Spans: who gets them, what they hang on, what they say, and that they are not there where nobody listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from contextvars import copy_context

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from gradatim import telemetry
from gradatim.telemetry import names
from tests.telemetry.conftest import Kept


class Pause(Exception):
    """Stops the work to ask a person."""


class KeepsAll:
    """A policy that keeps content and marks what it was given."""

    keeps_content = True

    def scrubbed(self, text: str, learner: str | None) -> str:
        return text if learner is None else text.replace(learner, "L")


def test_where_nobody_listens_nothing_is_made() -> None:
    context = trace.get_current_span()
    with telemetry.workflow("assessment", "t1", learner="ada") as work:
        assert not work.listened_to
        assert telemetry.current().run is None
        assert trace.get_current_span() is context
        work.set("a", 1)
        work.content("b", lambda: pytest.fail("nobody wants it"))
        telemetry.evaluated("c", 1.0)


def test_spans_hang_together_and_are_handed_over_once(kept: Kept) -> None:
    with telemetry.recorded_by(kept), telemetry.workflow("assessment", "t1") as root:
        assert root.is_run
        with telemetry.agent("diagnose"):
            with telemetry.tool("run_program"):
                assert not kept.runs
            with telemetry.retrieval("kg/python") as work:
                work.set(names.FOUND, 3)
        with telemetry.chat("m", "llama.cpp", temperature=0.0, choices=3):
            pass
    (run,) = kept.runs
    assert kept.begun == [run]
    assert run.name == "assessment"
    assert len(run.id) == 32
    assert [(item.name, item.parent.name if item.parent else None) for item in run.records] == [
        ("invoke_workflow assessment", None),
        ("invoke_agent diagnose", "invoke_workflow assessment"),
        ("execute_tool run_program", "invoke_agent diagnose"),
        ("retrieval kg/python", "invoke_agent diagnose"),
        ("chat m", "invoke_workflow assessment"),
    ]
    assert all(len(item.id) == 16 and item.start <= item.end for item in run.records)
    assert run.records[0].end >= max(item.end for item in run.records[1:])
    assert run.records[4].attributes[names.CHOICES] == 3
    assert run.records[3].attributes[names.FOUND] == 3


def test_what_begins_outside_a_run_is_one_of_its_own(kept: Kept) -> None:
    with telemetry.recorded_by(kept):
        with telemetry.chat("m", "openai"):
            pass
        with telemetry.chat("m", "openai"):
            pass
    assert [run.records[0].name for run in kept.runs] == ["chat m", "chat m"]
    assert kept.runs[0].id != kept.runs[1].id


async def test_work_side_by_side_keeps_its_parents(kept: Kept) -> None:
    async def node(name: str, seconds: float) -> None:
        with telemetry.agent(name):
            await asyncio.sleep(seconds)
            with telemetry.tool(f"of {name}"):
                await asyncio.sleep(seconds)

    async def run(name: str) -> None:
        with telemetry.workflow(name):
            await asyncio.gather(node(f"{name} a", 0.004), node(f"{name} b", 0.002), node(f"{name} c", 0.003))

    with telemetry.recorded_by(kept):
        await asyncio.gather(run("one"), run("two"))
    assert {run.name for run in kept.runs} == {"one", "two"}
    for run in kept.runs:
        assert len(run.records) == 7
        for item in run.records[1:]:
            assert item.run is run
            assert item.parent is not None
            if item.operation == "execute_tool":
                assert item.name == f"execute_tool of {item.parent.name.removeprefix('invoke_agent ')}"
            else:
                assert item.parent is run.records[0]


def test_an_error_marks_its_span_without_its_text(kept: Kept) -> None:
    def fail() -> None:
        with telemetry.recorded_by(kept), telemetry.workflow("w"), telemetry.agent("critic"):
            raise KeyError("the learner's own words")

    with pytest.raises(KeyError):
        fail()
    root, critic = kept.runs[0].records
    assert not root.ok
    assert not critic.ok
    assert critic.attributes[names.ERROR] == "KeyError"
    assert critic.message.startswith("KeyError at test_work.py:")
    assert critic.attributes[names.PLACE] == critic.message.removeprefix("KeyError at ")
    assert "learner" not in critic.message


def test_an_error_is_told_in_full_where_content_is_kept(kept: Kept) -> None:
    def fail() -> None:
        with telemetry.workflow("w", learner="ada"), telemetry.agent("critic"):
            raise KeyError("by ada")

    with telemetry.recorded_by(kept), telemetry.policed(KeepsAll()), pytest.raises(KeyError):
        fail()
    assert kept.runs[0].records[1].message == "KeyError: 'by L'"


def test_waiting_for_a_person_is_no_error(kept: Kept) -> None:
    def ask() -> None:
        with telemetry.agent("human_review", expected=(Pause,)):
            raise Pause

    with telemetry.recorded_by(kept), telemetry.workflow("w"), pytest.raises(Pause):
        ask()
    asked = kept.runs[0].records[1]
    assert asked.ok
    assert asked.attributes[names.WAITING] is True


async def test_what_is_cancelled_says_so(kept: Kept) -> None:
    async def slow() -> None:
        with telemetry.agent("slow"):
            await asyncio.sleep(10)

    with telemetry.recorded_by(kept), telemetry.workflow("w"), pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await slow()
    root, cut = kept.runs[0].records
    assert root.ok
    assert not cut.ok
    assert cut.attributes[names.ERROR] == "CancelledError"


def test_content_is_left_out_unless_somebody_keeps_it(kept: Kept) -> None:
    with telemetry.recorded_by(kept):
        with telemetry.workflow("w", learner="ada"), telemetry.tool("t") as work:
            work.content(names.TOOL_ARGUMENTS, lambda: pytest.fail("nobody may have it"))
            work.evaluated("confidence", 0.5, "review", "ada wrote it")
        with telemetry.policed(KeepsAll()), telemetry.workflow("w", learner="ada"), telemetry.tool("t") as work:
            work.content(names.TOOL_ARGUMENTS, lambda: {"program": ["# ada"], "n": 1})
            work.content(names.TOOL_RESULT, lambda: "by ada")
            work.evaluated("confidence", 0.5, "review", "ada wrote it")
    without, with_it = (run.records[1] for run in kept.runs)
    assert names.TOOL_ARGUMENTS not in without.attributes
    assert names.EVALUATION_EXPLANATION not in without.events[0][2]
    assert with_it.attributes[names.TOOL_ARGUMENTS] == '{"program": ["# L"], "n": 1}'
    assert with_it.attributes[names.TOOL_RESULT] == "by L"
    name, _, told = with_it.events[0]
    assert name == "gen_ai.evaluation.result"
    assert told == {
        "gen_ai.evaluation.name": "confidence",
        "gen_ai.evaluation.score.value": 0.5,
        "gen_ai.evaluation.score.label": "review",
        "gen_ai.evaluation.explanation": "L wrote it",
    }


def test_a_run_named_after_its_learner_does_not_tell_them(kept: Kept) -> None:
    with telemetry.recorded_by(kept), telemetry.workflow("w", "ada-monday", learner="ada"):
        pass
    assert kept.runs[0].records[0].attributes[names.CONVERSATION] == "learner-monday"
    assert kept.runs[0].learner == "ada"


def test_the_policy_of_the_context_counts_before_that_of_the_run(kept: Kept) -> None:
    class KeepsNothing(KeepsAll):
        keeps_content = False

    with telemetry.recorded_by(kept), telemetry.policed(KeepsNothing()), telemetry.workflow("w", policy=KeepsAll()):
        assert not telemetry.current().keeps_content
    with telemetry.recorded_by(kept), telemetry.workflow("w", policy=KeepsAll()), telemetry.agent("a"):
        assert telemetry.current().keeps_content


async def test_the_consumer_of_a_stream_is_not_inside_its_span(kept: Kept) -> None:
    async def pieces() -> AsyncGenerator[str]:
        for name in ("a", "b", "c"):
            with telemetry.agent(name):
                await asyncio.sleep(0)
            yield name

    async def stream() -> AsyncGenerator[str]:
        work = telemetry.workflow("tutoring")
        work.begin()
        try:
            async with aclosing(telemetry.stepped(work, pieces())) as steps:
                async for piece in steps:
                    yield piece
        finally:
            work.end()

    with telemetry.recorded_by(kept):
        found: list[str] = []
        async for piece in stream():
            assert telemetry.current().run is None
            with telemetry.workflow("of the consumer"):
                found.append(piece)
        async with aclosing(stream()) as left:  # left early, and closed in another context than it began in
            await anext(left)
            await asyncio.create_task(left.aclose(), context=copy_context())
    assert found == ["a", "b", "c"]
    names_ = [run.name for run in kept.runs]
    assert names_ == ["of the consumer"] * 3 + ["tutoring", "tutoring"]
    whole, cut = kept.runs[3:]
    assert [item.name for item in whole.records] == [
        "invoke_workflow tutoring", "invoke_agent a", "invoke_agent b", "invoke_agent c",
    ]  # fmt: skip
    assert all(item.parent is whole.records[0] for item in whole.records[1:])
    assert cut.records[0].ok
    assert cut.records[0].end


async def test_what_comes_after_the_end_of_a_run_does_not_bring_it_again(kept: Kept) -> None:
    begun, over = asyncio.Event(), asyncio.Event()

    async def straggler() -> None:
        begun.set()
        await over.wait()
        with telemetry.agent("late"):
            pass

    with telemetry.recorded_by(kept):
        with telemetry.workflow("w"):
            task = asyncio.create_task(straggler())
            await begun.wait()
        assert len(kept.runs) == 1
        over.set()
        await task
    assert len(kept.runs) == 1


async def test_a_run_is_over_when_the_last_of_its_work_is(kept: Kept) -> None:
    begun, over = asyncio.Event(), asyncio.Event()

    async def helper() -> None:
        with telemetry.agent("helper"):
            begun.set()
            await over.wait()

    with telemetry.recorded_by(kept):
        with telemetry.workflow("w"):
            task = asyncio.create_task(helper())
            await begun.wait()
        assert not kept.runs
        over.set()
        await task
    assert [item.name for item in kept.runs[0].records] == ["invoke_workflow w", "invoke_agent helper"]


def test_the_applications_provider_gets_the_same_spans(kept: Kept, exported: InMemorySpanExporter) -> None:
    provider = trace.get_tracer_provider()

    def fail() -> None:
        with telemetry.tool("run_program"):
            raise ValueError("their words")

    tracer = provider.get_tracer("theirs")
    with tracer.start_as_current_span("request") as request, telemetry.recorded_by(kept):
        with telemetry.workflow("assessment", "t1"), telemetry.agent("diagnose"):
            with pytest.raises(ValueError, match="words"):
                fail()
            with tracer.start_as_current_span("their own"), telemetry.retrieval("kg/python"):
                telemetry.evaluated("confidence", 0.5)
        assert trace.get_current_span() is request
    assert trace.get_tracer_provider() is provider
    spans = {span.name: span for span in exported.get_finished_spans()}
    parents = {name: span.parent.span_id if span.parent else None for name, span in spans.items()}
    ids = {span.context.span_id: name for name, span in spans.items()}
    assert {name: ids.get(parent or 0) for name, parent in parents.items()} == {
        "request": None,
        "invoke_workflow assessment": "request",
        "invoke_agent diagnose": "invoke_workflow assessment",
        "execute_tool run_program": "invoke_agent diagnose",
        "their own": "invoke_agent diagnose",
        "retrieval kg/python": "their own",
    }
    failed = spans["execute_tool run_program"]
    assert failed.status.status_code is StatusCode.ERROR
    assert failed.attributes is not None
    assert failed.attributes["error.type"] == "ValueError"
    assert "their words" not in failed.to_json()
    assert spans["retrieval kg/python"].events[0].name == "gen_ai.evaluation.result"
    # and the recorder has those that are ours, with parents of its own
    assert [(item.name, item.parent.name if item.parent else None) for item in kept.runs[0].records] == [
        ("invoke_workflow assessment", None),
        ("invoke_agent diagnose", "invoke_workflow assessment"),
        ("execute_tool run_program", "invoke_agent diagnose"),
        ("retrieval kg/python", "invoke_agent diagnose"),
    ]


def test_the_applications_provider_alone_gets_spans(exported: InMemorySpanExporter) -> None:
    with telemetry.workflow("assessment", "t1", learner="ada") as work, telemetry.agent("a") as inner:
        assert work.listened_to
        assert work.run is None
        inner.content(names.TOOL_RESULT, lambda: pytest.fail("nobody may have it"))
    assert [span.name for span in exported.get_finished_spans()] == ["invoke_agent a", "invoke_workflow assessment"]
