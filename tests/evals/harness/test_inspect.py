"""gradatim in the real inspect_ai, with its mock model: recorded runs, scorers, and runs of gradatim's own agents."""

from __future__ import annotations

import gc
import importlib
import json
import math
import runpy
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from inspect_ai import Task, eval, score
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import GenerateConfig, Model, ModelOutput, ModelUsage, get_model
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver
from langchain_core.messages import HumanMessage

from gradatim.app.cli import cli
from gradatim.errors import InputError, ModelError, SettingsError
from gradatim.evals.harness.inspect import (
    InspectChat,
    assessment_task,
    examples_dataset,
    gradatim_scorer,
    gradatim_scorers,
    recorded_solver,
    recorded_traces,
    tutoring_task,
)
from gradatim.evals.scorers import Score, ScorerInfo, score_trace, scorers_of
from gradatim.evals.traces import Trace, write_traces
from gradatim.evals.traces.formats import open_traces, write_as
from gradatim.evals.traces.lines import trace_of
from gradatim.serving.structured import ask_structured
from gradatim.testing import smallest
from tests.evals.traces.formats_material import CODE, assessment, bare, dialogue, hostile

EXAMPLES = Path(__file__).parents[3] / "examples" / "evals"
SCHEMA = "of this schema and nothing else: "


pytestmark = [
    # inspect_ai calls tenacity by a parameter's old name before it asks a model
    pytest.mark.filterwarnings("ignore:The 'initial' parameter is deprecated:DeprecationWarning"),
    # inspect_ai leaves a stream of its own to the garbage collector with every sample
    pytest.mark.filterwarnings("ignore:Unclosed <MemoryObject:ResourceWarning"),
]


@pytest.fixture(autouse=True, scope="module")
def _collected() -> Iterator[None]:
    """Have the streams that inspect_ai leaves collected here, where their warning is expected, and not later."""
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INSPECT_DISPLAY", "none")
    monkeypatch.setenv("INSPECT_LOG_DIR", str(tmp_path / "logs"))
    for name in ("GRADATIM_MODEL", "GRADATIM_TRACES", "GRADATIM_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A file of runs of all kinds."""
    path = tmp_path / "runs.jsonl"
    known = replace(assessment(), id="1" * 32, reference={"verdict": "incorrect", "lines": [3]})
    write_traces(path, [assessment(), known, dialogue(), bare(), hostile()])
    return path


def _answer(messages: Any, tools: Any, choice: Any, config: GenerateConfig) -> ModelOutput:
    """The smallest answer of the schema that is asked for; tokens are told, for the mock would look them up outside."""
    text = messages[-1].text
    said = json.dumps(smallest(json.loads(text.split(SCHEMA)[1]))) if SCHEMA in text else "fine"
    output = ModelOutput.from_content("mockllm/model", said)
    output.usage = ModelUsage(input_tokens=100, output_tokens=10, total_tokens=115, input_tokens_cache_read=5)
    return output


def _mock() -> Model:
    return get_model("mockllm/model", custom_outputs=_answer, memoize=False)


def _only(logs: list[EvalLog]) -> EvalLog:
    (log,) = logs
    assert log.status == "success", log.error
    assert log.samples is not None
    assert log.results is not None
    return log


def test_a_recorded_file_is_scored_in_fifteen_lines(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = EXAMPLES / "score_recorded.py"
    assert len([line for line in script.read_text().splitlines() if line.strip()]) <= 15
    monkeypatch.setattr(sys, "argv", [str(script), str(recorded)])
    log = _only([runpy.run_path(str(script))["log"]])
    stored = read_eval_log(log.location)
    assert stored.samples is not None
    assert stored.results is not None

    out = recorded.with_name("scores.jsonl")
    arguments = ["eval", "score", str(recorded), "--scorers", "trust,trajectory", "--out", str(out), "--json"]
    told = CliRunner().invoke(cli, arguments)
    assert told.exit_code == 0, told.output
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    ours = {(row["trace"], row["key"]): row for row in rows}
    theirs = {(str(sample.id), key): found for sample in stored.samples for key, found in (sample.scores or {}).items()}
    assert ours.keys() == theirs.keys()
    assert any(row["score"] not in (None, 0.0, 1.0) for row in rows)
    for place, row in ours.items():
        value = theirs[place].as_float()
        assert math.isnan(value) if row["score"] is None else value == row["score"], place
        assert theirs[place].explanation == row["comment"]
    figures = {item["key"]: item for item in json.loads(told.output)["figures"]}
    for result in stored.results.scores:
        own = figures[result.name]
        wanted = {"figure": own["value"], "low": own["low"], "high": own["high"]}
        metrics = {name: metric.value for name, metric in result.metrics.items() if name in wanted}
        assert metrics == {name: value for name, value in wanted.items() if value is not None}, result.name
        assert result.unscored_samples == own["missing"]


def test_a_replayed_run_is_what_was_recorded(recorded: Path) -> None:
    def refuse(*_: Any) -> ModelOutput:
        raise AssertionError("a model was asked")

    model = get_model("mockllm/model", custom_outputs=refuse, memoize=False)
    log = _only(
        eval(Task(recorded_traces(recorded), solver=recorded_solver(), scorer=gradatim_scorer("latency")), model)
    )
    assert log.samples is not None
    first = next(sample for sample in log.samples if sample.id == assessment().id)
    restored = trace_of(first.metadata["gradatim"], "log")
    assert restored == trace_of(json.loads(json.dumps(first.metadata["gradatim"])), "log")
    assert restored.spans == assessment().spans
    assert first.messages[0].role == "user"
    assert CODE.strip() in first.messages[0].text
    assert "The sum is too small." in first.output.completion
    assert first.output.usage is not None
    assert first.output.usage.input_tokens == 900
    assert not first.model_usage  # nothing was spent now

    read = {trace.id: trace for trace in open_traces(Path(log.location))}
    assert read[assessment().id].spans == assessment().spans, "our own reader takes the log too"

    again = score(log, gradatim_scorers("tokens_input", "loops"), action="append")
    assert again.samples is not None
    scores = next(sample.scores for sample in again.samples if sample.id == assessment().id)
    assert scores is not None
    assert scores["tokens_input"].value == 900.0
    assert "latency" in scores


def test_runs_of_other_agents_are_scored_by_their_events() -> None:
    task = Task(
        [Sample("What is 1 + 1?")], solver=[generate()], scorer=gradatim_scorers("tokens_input", "latency", "leak")
    )
    log = _only(eval(task, model=_mock()))
    assert log.samples is not None
    scores = log.samples[0].scores or {}
    assert scores["tokens_input"].value == 100.0
    assert 0.0 <= scores["latency"].as_float() < 60.0
    assert math.isnan(scores["leak"].as_float())
    assert scores["leak"].explanation


def test_other_agents_on_our_examples_are_judged_by_what_they_say() -> None:
    data = examples_dataset(sample=1, seed=3)
    task = Task(data, solver=[generate()], scorer=gradatim_scorers("leak", "tokens_output", "completeness"))
    log = _only(eval(task, model=_mock()))
    assert log.samples is not None
    scores = log.samples[0].scores or {}
    assert scores["tokens_output"].value == 10.0
    assert scores["leak"].value == 0.0  # judged by the task's reference program
    assert math.isnan(scores["completeness"].as_float())  # no feedback in parts


def test_exported_logs_are_scored_again(tmp_path: Path) -> None:
    path = tmp_path / "runs.eval"
    write_as("inspect", path, [assessment()])
    log = score(read_eval_log(str(path)), gradatim_scorers("claim_support", "tokens_input", "tool_errors"))
    assert log.samples is not None
    scores = log.samples[0].scores or {}
    wanted = score_trace(assessment(), scorers_of(["claim_support", "tokens_input", "tool_errors"]))
    assert {item["key"]: scores[item["key"]].value for item in wanted} == {
        item["key"]: item["score"] for item in wanted
    }


def test_scorers_of_ones_own_and_broken_ones() -> None:
    def long_enough(
        *, inputs: Mapping[str, Any], outputs: Mapping[str, Any], reference_outputs: Mapping[str, Any] | None = None
    ) -> Score:
        return {"key": "long_enough", "score": len(str(outputs)) > 10, "comment": "by its length"}

    def broken(**_: Any) -> Score:
        raise RuntimeError("no idea")

    own = [gradatim_scorer(ScorerInfo(key, made, "", "outcome")) for key, made in
           (("long_enough", long_enough), ("broken", broken))]  # fmt: skip
    log = _only(
        eval(Task(recorded_traces([assessment()]), solver=recorded_solver(), scorer=own), model="mockllm/model")
    )
    assert log.samples is not None
    assert log.results is not None
    scores = log.samples[0].scores or {}
    assert scores["long_enough"].value == 1.0
    assert math.isnan(scores["broken"].as_float())
    assert "RuntimeError: no idea" in (scores["broken"].explanation or "")
    assert "figure" in log.results.scores[0].metrics


def test_what_cannot_be_replayed_or_read_says_why(tmp_path: Path) -> None:
    (log,) = eval(Task([Sample("hello")], solver=recorded_solver()), model="mockllm/model")
    assert log.status == "error"
    assert log.error is not None
    assert "carries no recorded run" in log.error.message
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    with pytest.raises(InputError, match="empty"):
        recorded_traces(empty)
    with pytest.raises(InputError, match="no recorded run"):
        recorded_traces([])
    with pytest.raises(InputError, match="claim_support"):
        gradatim_scorer("claim_suport")
    ids = [sample.id for sample in recorded_traces([bare(), bare()])]
    assert ids == [bare().id, f"{bare().id}-2"]


@solver
def _asking(found: dict[str, Any]) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        chat = InspectChat()
        schema = {"title": "mark", "type": "object", "properties": {"mark": {"enum": [3]}}, "required": ["mark"]}
        found["answer"] = await ask_structured(chat, [HumanMessage("Mark it.")], schema, n=2, max_tokens=50)
        found["parsed"] = await chat.with_structured_output(schema).ainvoke("Mark it.")
        plain = await chat.ainvoke([HumanMessage("Hello")], stop=["."], temperature=0.5)
        found["plain"] = plain
        found["name"] = chat.model_name
        return state

    return solve


def test_inspects_model_answers_as_a_chat_model() -> None:
    found: dict[str, Any] = {}
    log = _only(eval(Task([Sample("go")], solver=_asking(found)), model=_mock()))
    answer = found["answer"]
    assert [sample.value for sample in answer.samples] == [{"mark": 3}] * 2
    assert (answer.usage.input_tokens, answer.usage.cached_tokens, answer.usage.output_tokens) == (210, 10, 20)
    assert found["parsed"] == {"mark": 3}
    assert found["plain"].text == "fine"
    assert found["plain"].usage_metadata["input_tokens"] == 105
    assert found["name"] == "mockllm/model"
    assert log.samples is not None
    asked = [event for event in log.samples[0].events if event.event == "model"]
    assert len(asked) == 4
    assert asked[-1].config.stop_seqs == ["."]
    assert asked[-1].config.temperature == 0.5
    with pytest.raises(ModelError, match="asynchronous"):
        InspectChat().invoke("Hello")


async def test_outside_of_an_evaluation_there_is_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INSPECT_EVAL_MODEL", raising=False)
    assert InspectChat().model_name == "inspect_ai"
    with pytest.raises(ModelError, match="INSPECT_EVAL_MODEL"):
        await InspectChat().ainvoke("Hello")


def test_an_assessment_asks_inspects_model_and_keeps_its_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(own))
    data = examples_dataset(sample=1, seed=3)
    task = assessment_task(data, scorers="degradations,tokens_input,claim_support,verdict_agreement")
    log = _only(eval(task, model=_mock()))
    assert log.samples is not None
    (sample,) = log.samples
    used = sample.model_usage["mockllm/model"]
    assert used.input_tokens > 0
    scores = sample.scores or {}
    assert scores["tokens_input"].value == used.input_tokens + (used.input_tokens_cache_read or 0)
    assert scores["verdict_agreement"].value == 1.0
    assert scores["degradations"].value == 0.0
    trace = trace_of(sample.metadata["gradatim"], "log")
    assert trace.attributes["sample"] == sample.id == data[0].id
    assert trace.reference["verdict"] == "incorrect"
    assert {"execute", "diagnose", "generate"} <= set(trace.path)

    assert not list(own.glob("gradatim-inspect-*"))  # nothing is left of the agents' memory
    (log,) = eval(task, model=_mock(), token_limit=50)
    assert log.samples is not None
    assert log.samples[0].limit is not None
    assert log.samples[0].limit.type == "token"
    assert not list(own.glob("gradatim-inspect-*"))


@solver
def _failing(found: list[ModelError]) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        with pytest.raises(ModelError) as caught:
            await InspectChat().ainvoke("Hello")
        found.append(caught.value)
        return state

    return solve


def test_a_provider_that_fails_is_a_model_that_is_down() -> None:
    def down(*_: Any) -> ModelOutput:
        raise ConnectionResetError("no route")

    found: list[ModelError] = []
    model = get_model("mockllm/model", custom_outputs=down, memoize=False)
    _only(eval(Task([Sample("go")], solver=_failing(found)), model=model))
    silent = get_model("mockllm/model", custom_outputs=[ModelOutput(usage=ModelUsage())], memoize=False)
    _only(eval(Task([Sample("go")], solver=_failing(found)), model=silent))
    assert ["ConnectionResetError" in str(found[0]), "no answer" in str(found[1])] == [True, True]


def test_a_tutor_talks_with_simulated_and_recorded_learners() -> None:
    simulated = examples_dataset(sample=1, seed=3, faulty=True)
    (known,) = list(simulated)
    assert known.metadata is not None
    inputs = known.metadata["gradatim"]["inputs"]
    said = Trace(
        id="5" * 32,
        name="recorded",
        inputs={"task": inputs["task"]},
        outputs={
            "messages": [
                {"role": "user", "content": "", "code": inputs["submission"]["code"]},
                {"role": "assistant", "content": "What does it give?"},
                {"role": "user", "content": "I do not know."},
            ]
        },
    )
    for data in (simulated, recorded_traces([said])):
        task = tutoring_task(data, turns=2, model="none", scorers=["talk_ratio", "tool_errors", "leak"])
        log = _only(eval(task, model="none/none"))
        assert log.samples is not None
        (sample,) = log.samples
        trace = trace_of(sample.metadata["gradatim"], "log")
        assert [message["role"] for message in trace.outputs["messages"]].count("assistant") == 2
        (session,) = [span for span in trace.spans if span.parent is None]
        # the programs that a simulated learner tries are no work of the tutor
        assert {span.operation for span in trace.spans if span.parent == session.id} == {"invoke_workflow"}
        assert trace.name == "tutoring"
        assert trace.outputs["diagnosis"]["verdict"] == "incorrect"
        scores = sample.scores or {}
        assert 0.0 < scores["talk_ratio"].as_float() < 1.0
        assert scores["tool_errors"].value == 0.0
        assert scores["leak"].value == 0.0
        assert sample.output.completion == trace.outputs["messages"][-1]["content"]
    assert "I do not know." in [message.text for message in sample.messages]


def test_inspect_finds_tasks_and_scorers_by_name(recorded: Path) -> None:
    log = _only(eval("gradatim/recorded", model="none/none", task_args={"path": str(recorded), "scorers": "leak"}))
    assert log.eval.task_registry_name == "gradatim/recorded"
    assert [result.name for result in log.results.scores] == ["leak"]  # pyright: ignore[reportOptionalMemberAccess]


def test_entry_points_lead_somewhere() -> None:
    declared = tomllib.loads((EXAMPLES.parents[1] / "pyproject.toml").read_text())["project"]["entry-points"]
    assert importlib.import_module(declared["inspect_ai"]["gradatim"]).gradatim_scorer is gradatim_scorer
    for module in declared["pytest11"].values():
        assert importlib.import_module(module).pytest_addoption


def test_without_inspect_ai_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "inspect_ai", None)
    monkeypatch.delitem(sys.modules, "gradatim.evals.harness.inspect")
    with pytest.raises(SettingsError, match=r"pip install 'gradatim\[inspect\]'"):
        importlib.import_module("gradatim.evals.harness.inspect")
