"""Cells of every kind: other settings, workflow files, recorded runs, a model that is away."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradatim.errors import InputError
from gradatim.evals.experiments import open_run
from gradatim.evals.experiments.making import program_of
from gradatim.evals.experiments.opening import read_examples
from gradatim.evals.results import open_results
from gradatim.evals.traces import Trace, read_traces
from gradatim.serving.transport import Payload
from tests.evals.experiments.fake import FakeTransport, experiment, fake_model, settings

KINDS = """
experiment: kinds
data: {path: ., sample: 2}
variants:
  plain:
  strict: {settings: {deliver_threshold: 1.0}}
  packaged: {workflow: "packaged:assessment"}
  lab: {workflow: workflows/lab-feedback.yaml, parameters: {rounds: 1}}
models: [none]
scorers: [claim_support_audited, diagnosis_named]
"""


def _of(folder: Path, variant: str) -> list[Trace]:
    traces = read_traces(folder / "out" / "traces.jsonl")
    return sorted((item for item in traces if item.attributes["variant"] == variant), key=lambda item: str(item.id))


async def test_settings_and_workflow_files_are_variants(tmp_path: Path) -> None:
    own = settings(tmp_path / "data")
    assert own.memory_path.parent == tmp_path / "data"  # asked for before, as whoever reads the memory does
    async with open_run(experiment(KINDS), tmp_path / "out", own) as run:
        summary = await run.all()
    assert (summary.ran, summary.failed) == (8, 0)
    assert not (tmp_path / "data").exists()  # nothing of an experiment is where people's data are
    wrong = [trace for trace in _of(tmp_path, "strict") if trace.reference["verdict"] == "incorrect"]
    assert wrong
    assert all(trace.outputs["waiting"] and not trace.outputs["delivered"] for trace in wrong)

    def texts(variant: str) -> dict[str, list[str]]:
        return {
            str(trace.attributes["sample"]): [item["text"] for item in trace.outputs["audit"]["sentences"]]
            for trace in _of(tmp_path, variant)
        }

    assert texts("packaged") == texts("plain") == texts("strict")  # another threshold writes no other text
    assert {trace.name for trace in _of(tmp_path, "lab")} == {"lab-feedback"}
    assert all("next_concepts" in trace.outputs for trace in _of(tmp_path, "lab"))
    assert all(score.score is not None for score in open_results(tmp_path / "out").scores())


async def test_what_a_data_set_recorded_is_judged_as_it_is(tmp_path: Path) -> None:
    dialogues = tmp_path / "dialogues.jsonl"
    said = [{"role": "user", "content": "It does not work."}, {"role": "assistant", "content": "Which test fails?"}]
    dialogues.write_text("".join(json.dumps({"messages": said}) + "\n" for _ in range(2)), "utf-8")
    data = "data: {loader: dialogues, path: dialogues.jsonl}"
    text = f"experiment: recorded\n{data}\nvariants:\n  as-it-is: {{recorded: true}}\n"
    async with open_run(experiment(text, tmp_path), tmp_path / "out", settings(tmp_path / "data")) as run:
        summary = await run.all()
    assert summary.failed == 0, summary.reasons
    scores = {item.key: item.score for item in open_results(tmp_path / "out").scores()}
    assert scores["talk_ratio"] is not None


async def test_a_model_that_is_away_fails_the_cell_instead_of_lending_it_another_voice(tmp_path: Path) -> None:
    def refuses(payload: Payload) -> bool:
        return payload["seed"] % 1009 == 7  # the critic's questions

    variants = "variants:\n  full:\n  no-critic: {without: critic}\n"
    text = f"experiment: away\ndata: {{path: ., sample: 1}}\n{variants}models: fake\n"
    out, own = tmp_path / "out", settings(tmp_path / "data")
    model = {"fake": fake_model(FakeTransport(refuses))}
    async with open_run(experiment(text), out, own, models=model) as run:
        summary = await run.all()
    assert (summary.ran, summary.failed) == (2, 1)
    assert "did not answer" in summary.reasons[0][0]
    assert _of(tmp_path, "full")[0].outputs["error"]["type"] == "ModelError"
    async with open_run(experiment(text), out, own, models={"fake": fake_model(FakeTransport())}) as run:
        assert [cell.variant for cell in run.waiting] == ["full"]
        assert (await run.all()).failed == 0


async def test_variants_that_need_a_model_say_so(tmp_path: Path) -> None:
    text = (
        "experiment: none\ndata: {path: ., sample: 1}\nvariants:\n  base: {base: true}\n  blind: {without: evidence}\n"
        "scorers: [claim_support_audited]\n"
    )
    async with open_run(experiment(text), tmp_path / "out", settings(tmp_path / "data")) as run:
        summary = await run.all()
    assert summary.failed == 2
    assert all("model" in reason for reason, _ in summary.reasons)


def test_an_example_without_a_program_is_no_assessment(tmp_path: Path) -> None:
    from gradatim.evals.datasets import Example
    from gradatim.evals.experiments.cells import Cell

    with pytest.raises(InputError, match="no task with a submission"):
        program_of(Cell("0" * 32, "full", "none", 1, Example("x", {"messages": []})))


def test_histories_do_not_hang_on_the_sample(tmp_path: Path) -> None:
    text = "experiment: h\ndata: {path: ., sample: %d, histories: 2}\nvariants:\n  full:\n"
    few = {item.id: item.inputs for item in read_examples(experiment(text % 4))}
    many = {item.id: item.inputs for item in read_examples(experiment(text % 60))}
    both = few.keys() & many.keys()
    assert both
    assert all(few[name] == many[name] for name in both)
    for name, inputs in many.items():
        tasks = {event["task_id"] for event in inputs["history"]}
        assert len(inputs["history"]) == 2
        assert name.partition("/")[0] not in tasks  # nobody has handed in the present task before
