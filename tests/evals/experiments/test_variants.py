"""What each variant takes away, on one run of all of them with a model that writes what it is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gradatim.evals.experiments import Summary, ablation, open_run
from gradatim.evals.results import open_results
from gradatim.evals.traces import Trace, read_traces
from tests.evals.experiments.fake import EXAMPLES, FakeTransport, fake_model, settings

LIE = "The fault is in line 1. All tests pass."
PARTS = ("no-graph", "no-profile", "no-critic", "no-verifier", "no-evidence")


@dataclass(frozen=True)
class Ran:
    folder: Path
    summary: Summary
    asked: list[dict[str, Any]]
    traces: Mapping[tuple[str, str], Trace]

    def of(self, variant: str) -> list[Trace]:
        return [trace for (name, _), trace in self.traces.items() if name == variant]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder, transport = tmp_path_factory.mktemp("ablation"), FakeTransport(lie=LIE)
    plan = ablation("fake", seeds=(5,), sample=2, path=EXAMPLES, temperature=0.3)

    async def run() -> Summary:
        opening = open_run(plan, folder / "out", settings(folder / "data"), models={"fake": fake_model(transport)})
        async with opening as opened:
            return await opened.all()

    summary = asyncio.run(run())
    traces = {
        (str(item.attributes["variant"]), str(item.attributes["sample"])): item
        for item in read_traces(folder / "out" / "traces.jsonl")
    }
    return Ran(folder / "out", summary, transport.asked, traces)


def _prompt(ran: Ran, words: str) -> list[str]:
    return [text for item in ran.asked if words in (text := json.dumps(item["messages"]))]


def test_every_cell_ends_and_is_scored(ran: Ran) -> None:
    assert (ran.summary.cells, ran.summary.ran, ran.summary.failed) == (14, 14, 0)
    keys: dict[str, int] = {}
    for score in open_results(ran.folder).scores():
        keys[score.key] = keys.get(score.key, 0) + 1
    assert set(keys.values()) == {14}
    assert {"claim_support_audited", "diagnosis_named", "latency"} <= keys.keys()
    assert "tutor_tone" not in keys


def test_the_model_is_asked_with_the_seed_and_the_temperature(ran: Ran) -> None:
    assert {item["temperature"] for item in ran.asked} == {0.3}
    assert {item["seed"] for item in ran.asked} == {5 * 1009, 5 * 1009 + 7}  # the critic adds a seed of its own


def test_all_variants_see_the_same_evidence(ran: Ran) -> None:
    for sample in {sample for _, sample in ran.traces}:
        seen = {json.dumps(ran.traces[name, sample].outputs["execution"]) for name in ("full", *PARTS)}
        assert len(seen) == 1


def test_without_the_graph_nothing_of_it_is_cited(ran: Ran) -> None:
    for trace in ran.of("no-graph"):
        assert not [item for item in trace.outputs["diagnosis"]["evidence"] if item["source"].startswith("kg/")]
        assert not trace.outputs["degradations"]
    assert any(
        item["source"].startswith("kg/") for trace in ran.of("full") for item in trace.outputs["diagnosis"]["evidence"]
    )


def test_without_the_profile_nobody_is_known(ran: Ran) -> None:
    def kinds(variant: str) -> set[str]:
        return {item["kind"] for trace in ran.of(variant) for item in trace.outputs["diagnosis"]["evidence"]}

    assert "mastery" in kinds("full")
    assert not kinds("no-profile") & {"mastery", "history"}
    assert {len(trace.inputs["history"]) for trace in ran.of("full")} == {3}


def test_without_the_critic_there_are_no_opinions(ran: Ran) -> None:
    assert all(trace.outputs["confidence"]["components"]["consistency"] is None for trace in ran.of("no-critic"))
    assert all("critique" not in trace.outputs["usage"] for trace in ran.of("no-critic"))
    assert any("critique" in trace.outputs["usage"] for trace in ran.of("full"))


def test_without_the_verifier_nothing_is_checked_and_the_audit_checks_all_the_same(ran: Ran) -> None:
    for trace in ran.of("no-verifier"):
        feedback = trace.outputs["feedback"]
        own = [check for part in ("error_identification", "explanation") for item in feedback[part]
               for check in item["checks"]]  # fmt: skip
        assert not own
        assert not feedback["withheld"]
        assert sum(trace.outputs["audit"]["counts"].values()) > 0
    assert all(trace.outputs["audit"]["counts"]["refuted"] == 2 for trace in ran.of("no-verifier"))


def test_the_figures_tell_the_variants_apart(ran: Ran) -> None:
    support: dict[str, list[float]] = {}
    for score in open_results(ran.folder).scores():
        if score.key == "claim_support_audited" and score.score is not None:
            support.setdefault(score.variant, []).append(score.score)
    mean = {name: sum(values) / len(values) for name, values in support.items()}
    assert mean["full"] > 0.9  # the lie was refuted, and never reached anybody
    assert mean["no-critic"] == mean["full"]
    assert mean["no-verifier"] < mean["full"] - 0.2
    assert mean["base"] < 0.5
    assert all("All tests pass." not in json.dumps(trace.outputs["audit"]) for trace in ran.of("full"))
    assert all("All tests pass." in json.dumps(trace.outputs["audit"]) for trace in ran.of("no-verifier"))


def test_without_evidence_the_model_reads_task_and_program_alone(ran: Ran) -> None:
    blind = _prompt(ran, "work out by yourself")
    assert blind
    for text in blind:
        assert "PROGRAM of the student" in text
        assert not [word for word in ("EVIDENCE", "VERDICT", "[test:", "expected ") if word in text]
    for trace in ran.of("no-evidence"):
        feedback = trace.outputs["feedback"]
        assert not feedback["completed"]  # nobody speaks for it from evidence
        assert not [item for part in ("error_identification", "explanation") for item in feedback[part]]


def test_the_base_model_is_asked_once_in_plain_words(ran: Ran) -> None:
    traces = ran.of("base")
    assert {trace.attributes["requests"] for trace in traces} == {1}
    assert {trace.outputs["verdict"] for trace in traces} == {"incorrect"}
    for trace in traces:
        assert trace.outputs["names"]["lines"] == [3]
        assert [item["text"] for item in trace.outputs["audit"]["sentences"]][-1] == "Keep going!"
        wrong = trace.reference["verdict"] == "incorrect" and 3 not in trace.reference["lines"]
        verdicts = {item["text"]: item["verdict"] for item in trace.outputs["audit"]["sentences"]}
        if wrong:
            assert verdicts["The problem is in line 3, where the loop stops too early."] == "refuted"


def test_cells_know_nothing_of_each_other(ran: Ran) -> None:
    assert all(not trace.outputs["changes"] for name in ("full", *PARTS) for trace in ran.of(name))
    assert all(not trace.outputs["feedback"]["reused"] for name in ("full", *PARTS) for trace in ran.of(name))


def test_each_is_charged_what_it_would_have_taken_alone(ran: Ran) -> None:
    for sample in {sample for _, sample in ran.traces}:
        charged = [ran.traces[name, sample].outputs["seconds"]["diagnose"] for name in ("full", *PARTS)]
        assert len(set(charged)) == 1
        span = next(item for item in ran.traces["no-critic", sample].spans if item.subject == "diagnose")
        assert span.seconds >= charged[0] * 0.9
        root = ran.traces["no-critic", sample].root
        assert root is not None
        assert root.end >= max(item.end for item in ran.traces["no-critic", sample].spans)
