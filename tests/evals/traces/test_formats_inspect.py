"""Logs of inspect_ai: the real inspect_ai takes ours, by its models and by its log viewer's schema; we take its own."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import inspect_ai
import jsonschema
import pytest
from inspect_ai import Task, eval, score
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog, read_eval_log, read_eval_log_sample_summaries, write_eval_log
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, Scorer, Target, accuracy, includes, scorer
from inspect_ai.solver import TaskState, generate, use_tools
from inspect_ai.tool import Tool, tool

from gradatim.errors import InputError
from gradatim.evals.traces import Trace, write_traces
from gradatim.evals.traces.formats import check_trace, open_traces, write_as
from tests.evals.traces.formats_material import assessment, bare, dialogue, hostile, span

EVERY = (assessment(), dialogue(), bare(), hostile())
LONG = "What is 1 + 1? " + "Think about it. " * 20


@tool
def add() -> Tool:
    async def execute(x: int, y: int) -> int:
        """Add two numbers.

        Args:
            x: One.
            y: Another.
        """
        if x < 0:
            raise PermissionError("no negative numbers")
        return x + y

    return execute


def _counted(output: ModelOutput) -> ModelOutput:
    output.usage = ModelUsage(input_tokens=10, output_tokens=3, total_tokens=13, input_tokens_cache_read=4)
    return output


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    """A log that inspect_ai itself has made, with its mock model."""
    model = get_model(
        "mockllm/model",
        custom_outputs=[
            _counted(ModelOutput.for_tool_call("mockllm/model", "add", {"x": 1, "y": 1})),
            _counted(ModelOutput.for_tool_call("mockllm/model", "add", {"x": -1, "y": 1})),
            _counted(ModelOutput.from_content("mockllm/model", "It is 2.")),
        ],
    )
    task = Task(
        dataset=[Sample(id="sum", input=LONG, target="2", metadata={"level": 1})],
        solver=[use_tools(add()), generate()],
        scorer=includes(),
        name="arithmetic",
    )
    folder = str(tmp_path_factory.mktemp("logs"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # inspect_ai's use of its libraries is not ours to mend
        (log,) = eval(task, model=model, log_dir=folder, display="none", log_format="json")
    assert log.status == "success", log.error
    return log


@pytest.fixture(scope="module")
def viewer() -> jsonschema.Draft202012Validator:
    """The schema by which the log viewer knows a log."""

    def plain(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: plain(value) for key, value in node.items() if key != "discriminator"}
        return [plain(item) for item in node] if isinstance(node, list) else node

    spec = json.loads((Path(inspect_ai.__file__).parent / "_view" / "inspect-openapi.json").read_text("utf-8"))
    schemas = {"$ref": "#/components/schemas/EvalLog", "components": plain(spec["components"])}
    return jsonschema.Draft202012Validator(schemas)


def _objects(value: Any) -> Iterator[Any]:
    yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(item)


def test_inspect_ai_reads_what_is_written(tmp_path: Path) -> None:
    for suffix in ("json", "eval"):
        path = tmp_path / f"x.{suffix}"
        write_as("inspect", path, EVERY)
        log = read_eval_log(str(path))
        assert log.status == "success"
        assert log.samples is not None
        assert log.results is not None
        assert len(log.samples) == log.results.total_samples == 4
        assert read_eval_log(str(path), header_only=True).results == log.results
        summaries = read_eval_log_sample_summaries(str(path))
        assert {summary.id for summary in summaries} == {"total/02", EVERY[1].id, 3, hostile().attributes["sample"]}
        sample = next(sample for sample in log.samples if sample.id == "total/02")
        assert sample.target == "incorrect"
        assert sample.output.completion.startswith("The sum is too small.")
        assert sample.model_usage["qwen"].output_tokens == 120
        assert sample.scores is not None
        assert sample.scores["claims"].value == 0.5
        assert sample.scores["claims"].explanation == "one of 2"
        assert {event.event for event in sample.events} >= {"span_begin", "span_end", "model", "tool", "score", "info"}
        assert sample.messages[0].role == "user"
        assert "range(1, n)" in sample.messages[0].text


def test_the_log_viewers_schema_takes_what_is_written(tmp_path: Path, viewer: jsonschema.Draft202012Validator) -> None:
    path = tmp_path / "x.json"
    write_as("inspect", path, [*EVERY, *_strange()])
    document = json.loads(path.read_bytes())
    viewer.validate(document)
    EvalLog.model_validate(document)
    broken = json.loads(path.read_bytes())
    broken["samples"][0]["events"][0]["timestamp"] = 3
    assert list(viewer.iter_errors(broken))


def _strange() -> Iterator[Trace]:
    """Spans that hang on nothing, on each other, or say things of another shape."""
    base = bare()
    yield replace(base, id="a", spans=(span(1, 2, "chat", "m", 0, 1), span(2, 1, "execute_tool", "t", 0, 1)))
    yield replace(base, id="b", spans=(span(1, 9, "retrieval", "m", 5, 1, {"gen_ai.retrieval.documents": [1, {}]}),))
    odd = {
        "gen_ai.tool.call.arguments": "not json",
        "gen_ai.tool.call.result": {"a": [1]},
        "gen_ai.request.model": 3,
        "gen_ai.input.messages": "[",
        "gen_ai.response.finish_reasons": "length",
        "gen_ai.usage.input_tokens": "many",
    }
    both = (span(1, None, "execute_tool", "t", 0, 1, odd), span(2, 1, "chat", "m", 0, 1, odd))
    yield replace(base, id="c", spans=both)
    yield replace(base, id="d", reference={"misconceptions": ["x", "y"]}, attributes={"sample": ["no id"]})
    calls = [{"id": "1", "function": {"name": "f", "arguments": "oops"}}]
    yield replace(base, id="e", outputs={"messages": [{"role": "assistant", "content": None, "tool_calls": calls}]})


def test_strange_spans_come_back(tmp_path: Path) -> None:
    path = tmp_path / "x.eval"
    deep = tuple(span(number, number - 1 or None, "invoke_agent", "a", 0, 1) for number in range(1, 1500))
    traces = [*_strange(), replace(bare(), id="f", spans=deep)]
    write_as("inspect", path, traces)
    assert list(open_traces(path)) == traces


def test_runs_of_one_example_are_its_epochs(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    write_as("inspect", path, [replace(assessment(), id=f"{number}") for number in range(3)])
    log = read_eval_log(str(path))
    assert log.samples is not None
    assert [(sample.id, sample.epoch) for sample in log.samples] == [("total/02", epoch) for epoch in (1, 2, 3)]
    assert log.eval.config.epochs == 3
    assert log.eval.dataset.samples == 1


def test_scores_that_inspect_ai_adds_are_read(tmp_path: Path) -> None:
    """Ours scored by theirs, and read back: the new score is a judgement of the run, all else is as it was."""
    path = tmp_path / "x.json"
    write_as("inspect", path, [assessment(), bare()])

    @scorer(metrics=[accuracy()], name="mentions_sum")
    def mentions() -> Scorer:
        async def judge(state: TaskState, target: Target) -> Score:
            return Score(value="sum" in state.output.completion, explanation="looked for it")

        return judge

    scored = score(read_eval_log(str(path)), mentions(), display="none")
    write_eval_log(scored, str(path))
    found = {trace.id: trace for trace in open_traces(path)}
    first, second = found[assessment().id], found[bare().id]
    scored_too = dict(bare().attributes) | {"scores": {"mentions_sum": False}}
    assert second == replace(bare(), attributes=scored_too)  # it has no span that a judgement could stand on
    assert first.spans[1:] == assessment().spans[1:]
    (event,) = first.spans[0].events
    assert event.attributes["gen_ai.evaluation.name"] == "mentions_sum"
    assert event.attributes["gen_ai.evaluation.score.value"] == 1.0


def test_a_log_of_inspect_ai_is_read(theirs: EvalLog, tmp_path: Path) -> None:
    packed = tmp_path / "theirs.eval"
    write_eval_log(theirs, str(packed))  # inspect_ai packs with zstd
    (trace,) = open_traces(Path(theirs.location))
    assert list(open_traces(packed)) == [trace]
    assert trace.name == "arithmetic"
    assert trace.attributes == {
        "model": "mockllm/model", "sample": "sum", "epoch": 1, "task": "arithmetic", "metadata": {"level": 1},
    }  # fmt: skip
    assert trace.inputs == {"messages": [{"role": "user", "content": LONG}]}
    assert trace.outputs["text"] == "It is 2."
    assert [message["role"] for message in trace.outputs["messages"]] == [
        "user", "assistant", "tool", "assistant", "tool", "assistant",
    ]  # fmt: skip
    assert trace.reference == {"text": "2"}
    chats, tools = list(trace.of("chat")), list(trace.of("execute_tool"))
    assert len(chats) == 3
    assert len(tools) == 2
    assert chats[0].attributes["gen_ai.usage.input_tokens"] == 10
    assert chats[0].attributes["gen_ai.usage.cache_read.input_tokens"] == 4
    assert chats[2].attributes["gen_ai.response.finish_reasons"] == ["stop"]
    assert len(chats[1].attributes["gen_ai.input.messages"]) == 3  # out of the log's pool of messages
    assert chats[0].attributes["gen_ai.input.messages"][0]["parts"][0]["content"] == LONG  # and of its attachments
    assert [tool.ok for tool in tools] == [True, False]
    assert tools[0].attributes["gen_ai.tool.call.arguments"] == {"x": 1, "y": 1}
    assert tools[0].attributes["gen_ai.tool.call.result"] == "2"
    assert tools[1].message == "The user does not have permission to write to 'None'." or tools[1].message
    assert all(made.start <= made.end for made in trace.spans)
    root = trace.spans[0]
    assert root.seconds > 0
    assert root.events[0].attributes["gen_ai.evaluation.name"] == "includes"
    assert root.events[0].attributes["gen_ai.evaluation.score.value"] == 1.0
    assert check_trace(trace) == []
    known = {made.id for made in trace.spans}
    assert all(made.parent in known for made in trace.spans[1:])


def test_ours_of_theirs_and_back(theirs: EvalLog, tmp_path: Path) -> None:
    (trace,) = open_traces(Path(theirs.location))
    path = tmp_path / "x.json"
    write_as("inspect", path, [trace])
    assert list(open_traces(path)) == [trace]


def test_inspect_ai_is_not_imported(tmp_path: Path) -> None:
    write_traces(tmp_path / "x.jsonl", [assessment()])
    script = (
        "import sys; from pathlib import Path; from gradatim.evals.traces.formats import open_traces, write_as\n"
        "for name in ('inspect', 'otlp', 'agentevals', 'openai'):\n"
        "    write_as(name, Path(name), open_traces(Path('x.jsonl'))); list(open_traces(Path(name)))\n"
        "heavy = {'inspect_ai', 'agentevals', 'opentelemetry', 'langchain_core', 'pandas'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True, timeout=60)


@pytest.mark.parametrize(
    ("members", "wrong"),
    [
        ({"other.txt": "x"}, "no log of inspect_ai"),
        ({"header.json": "{"}, "is not JSON"),
        ({"header.json": "[]"}, "is no object"),
        ({"header.json": '{"eval": {}}', "samples/1_epoch_1.json": "[]"}, "is no object"),
        (
            {"header.json": "{}", "samples/1.json": '{"metadata": {"gradatim": {"trace": "a"}}, "events": [{"event": '
             '"span_begin", "metadata": {"gradatim": {"place": 0}}}]}'},
            "lacks 'id'",
        ),
    ],
)  # fmt: skip
def test_bad_archives(members: dict[str, str], wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "x.eval"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(InputError, match=wrong) as caught:
        list(open_traces(path))
    assert str(path) in str(caught.value.place)


@pytest.mark.parametrize(
    ("document", "wrong"),
    [
        ({"version": 2, "status": "started", "eval": {}}, "only the head of a log"),
        ({"version": 2, "status": "started", "eval": {}, "samples": {}}, "samples is no list"),
        ({"version": 2, "status": "started", "eval": 3}, "is no log"),
        ({"version": 2, "status": "success", "eval": {}, "samples": [3]}, "is no object"),
    ],
)
def test_bad_documents(document: dict[str, Any], wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(document), "utf-8")
    with pytest.raises(InputError, match=wrong):
        list(open_traces(path))


def test_a_broken_archive(tmp_path: Path) -> None:
    path = tmp_path / "x.eval"
    write_as("inspect", path, [assessment()])
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match="cannot be unpacked"):
        list(open_traces(path))
