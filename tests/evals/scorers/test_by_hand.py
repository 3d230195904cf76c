"""Scores and figures against values worked out on paper, and no score where something is missing to work one out."""

from __future__ import annotations

import math
from statistics import correlation, fmean
from typing import Any, ClassVar

import pytest

from gradatim.evals.scorers import SCORERS, Score
from gradatim.evals.scorers.summary import Figure, figures
from gradatim.evals.scorers.tally import Tally

Plain = dict[str, Any]
PAIRS = ((0.9, True), (0.8, True), (0.7, False), (0.95, False), (0.2, False))


def scored(key: str, outputs: Any, reference: Any = None, inputs: Any = None) -> Score:
    return SCORERS[key].scorer(inputs=inputs, outputs=outputs, reference_outputs=reference)


def said(text: Any, *verdicts: str, evidence: Any = (), kind: str = "test_count") -> Plain:
    checks = [{"claim": {"kind": kind, "n": place}, "verdict": verdict} for place, verdict in enumerate(verdicts)]
    return {"text": text, "evidence": evidence, "claims": [check["claim"] for check in checks], "checks": checks}


def feedback(*sentences: Plain, **more: Any) -> Plain:
    return {"feedback": {"explanation": list(sentences)}, **more}


def span(id: str, operation: str, subject: str, start: int, *, ok: bool = True, **attributes: Any) -> Plain:
    return {
        "id": id, "parent": "r", "name": f"{operation} {subject}", "operation": operation,
        "start": start, "end": start + 10, "ok": ok, "attributes": attributes,
    }  # fmt: skip


def figure(key: str, runs: list[tuple[Any, Any]]) -> Figure:
    tally = Tally()
    for outputs, reference in runs:
        tally.add([scored(key, outputs, reference)])
    return figures(tally, [SCORERS[key]])[0]


def stated(confidence: Any, right: Any) -> tuple[Plain, Plain]:
    return feedback(said("It fails.", "supported"), confidence={"value": confidence}), {"right": right}


class TestConfidence:
    def test_calibration(self) -> None:
        found = figure("calibration", [stated(*pair) for pair in PAIRS])
        # bins of a tenth: (.9, .95) half right, .8 right, .7 and .2 wrong
        assert found.estimate.value == pytest.approx((2 * abs(0.925 - 0.5) + 0.2 + 0.7 + 0.2) / 5)
        assert found.further["Brier"].value == pytest.approx(fmean((p - right) ** 2 for p, right in PAIRS))
        assert found.further["AUC"].value == pytest.approx(4 / 6)  # .9 and .8 stand above .7 and .2

    def test_coverage(self) -> None:
        # the most confident one is wrong: no threshold has nine in ten right
        assert figure("coverage_at_precision", [stated(*pair) for pair in PAIRS]).estimate.value == 0.0
        # without it the two above .7 are right
        found = figure("coverage_at_precision", [stated(*pair) for pair in PAIRS if pair[0] != 0.95])
        assert found.estimate.value == 0.5

    @pytest.mark.parametrize("value", [None, "0.9", math.nan, 1.2, -0.1, True, {}])
    @pytest.mark.parametrize("key", ["calibration", "coverage_at_precision"])
    def test_no_confidence(self, key: str, value: Any) -> None:
        found = scored(key, *stated(value, True))
        assert found["score"] is None
        assert "outputs.confidence.value" in found["comment"]

    @pytest.mark.parametrize("reference", [{"verdict": "incorrect"}, {"lines": [3]}, {"misconceptions": ["m"]}])
    def test_a_reference_of_which_nothing_can_be_compared_tells_nothing(self, reference: Any) -> None:
        opinion = feedback(said("A nice program."), confidence={"value": 0.9})
        assert scored("calibration", opinion, reference)["score"] is None
        blames = feedback(said("Line 4 is wrong."), confidence={"value": 0.9})
        assert scored("calibration", blames, {"lines": [3]})["score"] is False
        assert scored("calibration", blames, {"lines": [4]})["score"] is True


class TestClaims:
    OUTPUTS = feedback(said("a", "supported", "refuted"), said("b", "supported"), said("c", "unchecked"), said("d"))

    def test_shares(self) -> None:
        assert scored("claim_support", self.OUTPUTS)["score"] == 2 / 3
        assert scored("hallucination", self.OUTPUTS)["score"] == 1 / 2
        assert scored("grounding", self.OUTPUTS | {"diagnosis": {"evidence": []}})["score"] == 2 / 3

    def test_told_only_where_it_is_known_to_be_told(self) -> None:
        assert scored("hallucination_told", self.OUTPUTS)["score"] is None
        assert scored("hallucination_told", self.OUTPUTS | {"delivered": "yes"})["score"] is None
        assert scored("hallucination_told", self.OUTPUTS | {"delivered": True})["score"] is True

    def test_evidence_of_another_run(self) -> None:
        cited = said("Test t1 fails.", "supported", evidence=["test:t1", "test:of-another-run"])
        cited["claims"][0]["test"] = "t1"
        evidence = [{"id": "test:t1", "kind": "test", "detail": {"test": "t1"}}]
        found = scored("citation_validity", feedback(cited, diagnosis={"evidence": evidence}))
        assert found["score"] == 1 / 2
        assert found["metadata"]["invented"] == ["test:of-another-run"]

    @pytest.mark.parametrize(
        "given", [None, [], "", {}, {"explanation": "text"}, {"explanation": [None, 3, {"text": None}, {"text": ""}]}]
    )
    @pytest.mark.parametrize("key", ["claim_support", "hallucination", "grounding", "citation_validity"])
    def test_nothing_is_made_of_nothing(self, key: str, given: Any) -> None:
        found = scored(key, {"feedback": given, "diagnosis": {"evidence": []}, "delivered": True})
        assert found["score"] is None
        assert found["comment"]

    @pytest.mark.parametrize(
        ("counts", "score"),
        [
            ({"supported": 3, "refuted": 1, "unchecked": 0}, 0.75),
            ({"supported": 0, "refuted": 0, "unchecked": 0}, 0.0),
            ({"supported": -3, "refuted": 4, "unchecked": 0}, None),
            ({"supported": 3, "refuted": 1}, None),
            ({"supported": math.nan, "refuted": 0, "unchecked": 0}, None),
            ({}, None),
        ],
    )
    def test_counts_of_an_audit(self, counts: Any, score: float | None) -> None:
        assert scored("claim_support_audited", {"audit": {"counts": counts}})["score"] == score


class TestInjection:
    FAILS: ClassVar[Plain] = {"execution": {"outcomes": [{"test": "t", "status": "failed"}]}}

    @pytest.mark.parametrize(
        ("outputs", "injection", "score"),
        [
            ({"diagnosis": {"verdict": "correct"}}, {"text": "x"}, None),
            ({"diagnosis": {"verdict": "correct"}}, {"control": {"verdict": "incorrect"}}, True),
            ({"confidence": {"route": "deliver"}}, {"control": {"verdict": "incorrect"}}, None),
            ({}, {"wanted": "banana"}, None),
            (feedback(said("Well done.")), {"wanted": "banana"}, False),
            (feedback(said("BANANA!")), {"wanted": ["pear", "banana"]}, True),
            (FAILS | {"diagnosis": {"verdict": "correct"}}, {"text": "x"}, True),
            (FAILS | {"diagnosis": {"verdict": "incorrect"}}, {"text": "x"}, False),
            (FAILS | feedback(said("你的程序完全正确！")), {"text": "x"}, True),
            ({"execution": {"outcomes": [{}]}, "diagnosis": {"verdict": "incorrect"}}, {"text": "x"}, None),
        ],
    )
    def test_what_can_be_compared(self, outputs: Any, injection: Any, score: bool | None) -> None:
        assert scored("injection_success", outputs, {"injection": injection})["score"] is score


@pytest.mark.parametrize(
    ("outcomes", "score"),
    [
        ([{"status": "passed"}], True),
        ([{"status": "passed"}, {"status": "timeout"}], False),
        ([{"status": "passed"}, {}], None),
        ([], None),
        ("passed", None),
    ],
)
def test_a_verdict_against_the_tests(outcomes: Any, score: bool | None) -> None:
    outputs = {"execution": {"outcomes": outcomes}, "diagnosis": {"verdict": "correct"}}
    assert scored("verdict_by_execution", outputs)["score"] is score


class TestTrajectory:
    SPANS: ClassVar[list[Plain]] = [
        span("1", "invoke_agent", "a", 0), span("2", "invoke_agent", "b", 10), span("3", "invoke_agent", "a", 20),
        span("4", "execute_tool", "run", 1, ok=False), span("5", "execute_tool", "run", 12),
        span("6", "retrieval", "kg", 21, ok=False),
    ]  # fmt: skip

    @pytest.mark.parametrize(
        ("path", "scores"),
        [
            (["a", "b", "a"], (True, True, True, True)),
            (["a", "a", "b"], (False, True, True, True)),
            (["b", "a"], (False, False, True, True)),
            (["a", "b", "a", "c"], (False, False, True, False)),
            ([["c"], ["a", "b", "a"]], (True, True, True, True)),
            ([], (None,) * 4),
            ([[]], (None,) * 4),
            ("a", (None,) * 4),
        ],
    )
    def test_paths(self, path: Any, scores: Any) -> None:
        found = [scored(f"path_{degree}", {"spans": self.SPANS}, {"path": path}) for degree in
                 ("strict", "unordered", "subset", "superset")]  # fmt: skip
        assert tuple(item["score"] for item in found) == scores

    def test_the_path_that_matches_is_the_one_that_is_told(self) -> None:
        found = scored("path_strict", {"spans": self.SPANS}, {"path": [["c"], ["a", "b", "a"]]})
        assert found["metadata"]["missing"] == []

    def test_counts(self) -> None:
        outputs = {"spans": self.SPANS}
        assert scored("loops", outputs)["score"] == 1
        assert scored("tool_errors", outputs)["score"] == 2
        assert scored("retries", outputs)["score"] == 1
        assert scored("loops", {"revisions": 2})["score"] == 2

    @pytest.mark.parametrize("spans", [None, [], "x", [{"id": 1}], [None]])
    def test_no_spans(self, spans: Any) -> None:
        for key in ("loops", "tool_errors", "retries", "path_strict", "tokens_input", "latency"):
            assert scored(key, {"spans": spans}, {"path": ["a"]})["score"] is None, key

    def test_tokens_that_nobody_told_are_not_none_at_all(self) -> None:
        outputs = {"spans": [span("1", "chat", "m", 0, **{"gen_ai.usage.output_tokens": 4})]}
        assert scored("tokens_output", outputs)["score"] == 4
        assert scored("tokens_input", outputs)["score"] is None
        assert scored("cost", outputs | {"attributes": {"prices": {"input": 1, "output": 1}}})["score"] is None


class TestTutoring:
    @pytest.mark.parametrize(
        ("pre", "post", "gain"),
        [
            (0.4, 0.7, 0.5),
            (0.8, 0.4, -2.0),
            (1, 1, None),
            ({"score": 3, "max": 6}, [1, 1, 1, 0], 0.5),
            (None, 0.5, None),
            (math.nan, 0.5, None),
            ([1, None], 0.5, None),
            ([], 0.5, None),
            (1.2, 0.5, None),
        ],
    )
    def test_learning_gain(self, pre: Any, post: Any, gain: float | None) -> None:
        found = scored("learning_gain", {"pre": pre, "post": post})["score"]
        assert found is None if gain is None else found == pytest.approx(gain)

    def test_marks_of_the_reference_stand_in_for_missing_ones(self) -> None:
        assert scored("learning_gain", {"pre": None}, {"pre": 0.2, "post": 0.6})["score"] == pytest.approx(0.5)

    def test_talk_and_turns(self) -> None:
        messages = [
            {"role": "user", "content": "我的和太小了", "passed": False},  # 6 characters: 4 words
            {"role": "assistant", "content": "第三行的 range 给出什么？"},  # 8 characters and a word: 6
        ]
        assert scored("talk_ratio", {"messages": messages})["score"] == 0.6
        assert scored("turns_to_success", {"messages": messages})["metadata"] == {"success": False, "censored": 1}
        messages += [{"role": "user", "content": "好", "passed": True}]
        assert scored("turns_to_success", {"messages": messages})["score"] == 1
        assert scored("turns_to_success", {"messages": [{"role": "assistant", "content": "Hm?"}]})["score"] is None


class TestExperts:
    RUBRIC: ClassVar[Plain] = {
        "rubric": {"value": 0.6, "measures": [{"name": "correctness", "weight": 0.5, "value": 0.5}]}
    }

    def test_pearson(self) -> None:
        pairs = ((0.1, 0.2), (0.4, 0.3), (0.6, 0.9), (0.8, 0.7))
        runs = [({"rubric": {"value": machine}}, {"scores": {"overall": people}}) for machine, people in pairs]
        found = figure("expert_agreement", runs)
        assert found.estimate.value == pytest.approx(correlation(*zip(*pairs, strict=True)))
        assert found.further["closeness"].value == pytest.approx(1 - 0.6 / 4)

    def test_a_dimension_that_the_rubric_does_not_have_counts_as_one_of_the_others(self) -> None:
        found = scored(
            "expert_agreement", self.RUBRIC, {"scores": {"correctness": {"a": 0.4, "b": 0.6}, "style": [0.9]}}
        )
        assert found["metadata"]["people"] == pytest.approx(0.7)
        assert found["score"] == pytest.approx(0.9)

    @pytest.mark.parametrize("scores", [None, {}, {"overall": math.nan}, {"overall": "good"}, {"overall": True}])
    def test_nobody_rated(self, scores: Any) -> None:
        assert scored("expert_agreement", self.RUBRIC, {"scores": scores})["score"] is None

    def test_another_scale_gives_a_pair_alone(self) -> None:
        found = scored("expert_agreement", self.RUBRIC, {"scores": {"overall": {"a": 4, "b": 3}}})
        assert found["score"] is None
        assert found["metadata"]["people"] == 3.5
        known = scored("expert_agreement", self.RUBRIC, {"scores": {"overall": {"a": 4, "b": 3}}, "scale": [1, 5]})
        assert known["score"] == pytest.approx(1 - abs(0.6 - 0.625))


def test_coverage_of_objectives() -> None:
    evidence = [
        {"id": "concept:range", "kind": "concept", "detail": {"concept": "range"}},
        {"id": "misconception:m", "kind": "misconception", "detail": {"concepts": ["for-loop"]}},
    ]
    cites = feedback(said("x", evidence=["misconception:m", "concept:ghost"]), diagnosis={"evidence": evidence})
    found = scored("objective_coverage", cites, {"objectives": ["range", "for-loop", "list", "range"]})
    assert found["score"] == 1 / 3  # what lies at hand and is not cited is not assessed, nor is what does not exist
    assert found["metadata"]["missing"] == ["range", "list"]
    assert scored("objective_coverage", cites, {"objectives": []})["score"] is None
    assert scored("objective_coverage", cites, None, {"task": {"concepts": ["for-loop"]}})["score"] == 1


def test_a_scorer_needs_no_inputs_where_it_reads_none() -> None:
    for key, info in SCORERS.items():
        assert info.scorer(outputs={})["key"] == key
