"""Scorers of what came of a run: each told apart from a run that is worse, and from one that cannot be judged."""

from __future__ import annotations

from typing import Any

import pytest

from gradatim.evals.scorers import SCORERS, Score
from gradatim.evals.scorers.feedback import lines_in
from gradatim.evals.scorers.outcome.precision_rubric import precision_rubric_of
from tests.evals.scorers import made
from tests.evals.scorers.made import changed, check, said


def scored(key: str, outputs: Any = None, reference: Any = None, inputs: Any = None) -> Score:
    """The score of the made assessment, or of what is given in place of its parts."""
    return SCORERS[key].scorer(
        inputs=inputs or made.inputs(),
        outputs=outputs or made.outputs(),
        reference_outputs=made.reference() if reference is None else reference,
    )


class TestAgreement:
    def test_consensus_is_the_mean_of_the_raters(self) -> None:
        found = scored("agreement_correctness")
        assert found["score"] == pytest.approx(1.0)
        assert found["metadata"] == {"machine": 0.5, "people": 0.5, "raters": 2}

    def test_composite_is_compared_with_the_weighted_consensus(self) -> None:
        found = scored("expert_agreement")
        assert found["metadata"]["machine"] == 0.6
        assert found["metadata"]["people"] == pytest.approx((0.5 + 0.9) / 2)
        assert found["score"] == pytest.approx(0.9)

    def test_an_overall_score_counts_before_the_dimensions(self) -> None:
        reference = {"scores": {"overall": {"a": 0.2}, "correctness": {"a": 0.9}}}
        assert scored("expert_agreement", reference=reference)["metadata"]["people"] == 0.2

    def test_scale_is_put_to_0_and_1(self) -> None:
        reference = {"scores": {"correctness": {"a": 2, "b": 4}}, "scale": [1, 5]}
        assert scored("agreement_correctness", reference=reference)["metadata"]["people"] == pytest.approx(0.5)

    def test_unknown_scale_leaves_the_pair_for_a_correlation(self) -> None:
        found = scored("agreement_correctness", reference={"scores": {"correctness": {"a": 4}}})
        assert found["score"] is None
        assert "scale" in found["comment"]
        assert found["metadata"]["people"] == 4

    def test_what_the_machine_did_not_measure_is_not_judged(self) -> None:
        reference = {"scores": {"explanation_clarity": {"a": 0.5}}}
        assert scored("agreement_explanation_clarity", reference=reference)["score"] is None

    @pytest.mark.parametrize("scores", [None, {}, {"correctness": {}}, {"correctness": {"a": float("nan")}}, [1, 2]])
    def test_ratings_without_a_number(self, scores: Any) -> None:
        found = scored("expert_agreement", reference={"scores": scores})
        assert found["score"] is None
        assert "reference.scores" in found["comment"]


class TestVerdict:
    def test_right_and_wrong(self) -> None:
        wrong = changed(made.outputs(), "diagnosis.verdict", "correct")
        assert scored("verdict_agreement")["score"] is True
        assert scored("verdict_agreement", wrong)["score"] is False
        assert scored("verdict_by_execution")["score"] is True
        assert scored("verdict_by_execution", wrong)["score"] is False

    def test_no_test_was_run(self) -> None:
        assert scored("verdict_by_execution", changed(made.outputs(), "execution.outcomes", []))["score"] is None

    def test_category(self) -> None:
        assert scored("error_category")["score"] is True
        assert scored("error_category", reference={"category": "TypeError"})["score"] is False
        assert scored("error_category", reference={})["score"] is None


class TestDiagnosis:
    @pytest.mark.parametrize(("lines", "first", "three"), [([3], True, True), ([4], False, True), ([1], False, False)])
    def test_suspicious_lines(self, lines: list[int], first: bool, three: bool) -> None:
        reference = {"lines": lines}
        assert scored("fault_line_top1", reference=reference)["score"] is first
        assert scored("fault_line_top3", reference=reference)["score"] is three

    @pytest.mark.parametrize(("lines", "score"), [([3.0], True), ([True, "3", 0, -3, 3.5, 1e300], None)])
    def test_what_is_a_line(self, lines: list[Any], score: bool | None) -> None:
        assert scored("fault_line_top1", reference={"lines": lines})["score"] is score

    def test_line_of_the_text(self) -> None:
        assert scored("fault_line_told_top1")["score"] is True
        wrong = changed(
            made.outputs(), "feedback.error_identification", [said("The fault is in line 5."), said("See line 3.")]
        )
        assert scored("fault_line_told_top1", wrong)["score"] is False
        assert scored("fault_line_told_top3", wrong)["score"] is True

    def test_where_it_raises_is_named_after_where_it_points_to(self) -> None:
        parts = [said("Test t1 raises IndexError at line 4."), said("The evidence points to line 3.")]
        found = scored("fault_line_told_top1", changed(made.outputs(), "feedback.error_identification", parts))
        assert found["score"] is True
        assert found["metadata"]["named"] == [3, 4]

    @pytest.mark.parametrize(
        "text", ["Line 3 is correct.", "What does line 3 do?", "Print `line 3` there.", "第3行是对的。"]
    )
    def test_not_every_line_that_is_named_is_blamed(self, text: str) -> None:
        outputs = changed(made.outputs(), "feedback.error_identification", [said(text)])
        assert scored("fault_line_told_top3", outputs)["score"] is False

    def test_claims_and_chinese(self) -> None:
        claimed = said("There it is.", check("fault_line", "unchecked", line=3, last_line=4))
        outputs = changed(made.outputs(), "feedback.error_identification", [claimed])
        assert scored("fault_line_told_top1", outputs)["metadata"]["named"] == [3, 4]
        outputs = changed(made.outputs(), "feedback.error_identification", [said("错误在第 3 行。")])
        assert scored("fault_line_told_top1", outputs)["score"] is True

    @pytest.mark.parametrize(
        ("text", "lines"),
        [
            ("Lines 3 to 5, line 9 and 12; Line 2.", (3, 4, 5, 9, 12, 2)),
            ("lines 3, 4, and 7", (3, 4, 7)),
            ("lines 2-4 or 8", (2, 3, 4, 8)),
            ("line 3 and line 5", (3, 5)),
            ("In line 3, 4 of 6 tests fail.", (3,)),
            ("In line 3, 4.5 is not a number.", (3,)),
            ("第3行到第5行、第 8-9 行", (3, 4, 5, 8, 9)),
            ("第 3、4 行", (3, 4)),
            ("lines 1 to 5000", (1, 5000)),
            ("line 0, online 7, 3 lines", ()),
        ],
    )
    def test_lines_in_words(self, text: str, lines: tuple[int, ...]) -> None:
        assert lines_in(text) == lines

    def test_misconceptions(self) -> None:
        assert scored("misconception_top1")["score"] is True
        other = {"misconceptions": ["off-by-one-loop"]}
        assert scored("misconception_top1", reference=other)["score"] is False
        assert scored("misconception_top3", reference=other)["score"] is True
        assert scored("misconception_told_top3", reference=other)["score"] is False
        assert scored("misconception_told_top1")["score"] is True

    def test_misconception_by_what_is_cited(self) -> None:
        outputs = changed(
            made.outputs(), "feedback.explanation", [said("So it is.", evidence=("static:range-stop-included:3",))]
        )
        outputs = changed(outputs, "feedback.corrective_suggestion", [])
        assert scored("misconception_told_top1", outputs)["score"] is False
        outputs["diagnosis"]["evidence"].append(
            {"id": "static:range-stop-included:3", "kind": "static", "detail": {"misconception": "range-stop-included"}}
        )
        assert scored("misconception_told_top1", outputs)["score"] is True

    def test_a_correct_program_has_no_fault_to_find(self) -> None:
        reference = {"verdict": "correct", "lines": [], "misconceptions": []}
        assert scored("fault_line_top1", reference=reference)["score"] is None
        assert scored("misconception_told_top1", reference=reference)["score"] is None


class TestCoverage:
    def test_share_of_the_objectives(self) -> None:
        found = scored("objective_coverage")
        assert found["score"] == 0.5
        assert found["metadata"]["missing"] == ["for-loop"]

    def test_what_is_at_hand_but_not_said_does_not_count(self) -> None:
        assert "while-loop" not in scored("objective_coverage")["metadata"]["assessed"]

    def test_sources(self) -> None:
        outputs = made.outputs()
        outputs["diagnosis"]["evidence"].append(
            {"id": "path:range", "kind": "path", "detail": {"concept": "range", "path": ["loop", "for-loop", "range"]}}
        )
        outputs["feedback"]["explanation"].append(said("A range needs a loop.", evidence=("path:range",)))
        assert scored("objective_coverage", outputs)["score"] == 1.0
        claimed = said("It needs that.", check("concept_relation", "supported", source="for-loop", target="range"))
        outputs = changed(made.outputs(), "feedback.explanation", [claimed])
        assert scored("objective_coverage", outputs)["score"] == 1.0
        outputs = changed(made.outputs(), "changes", [{"concept": "for-loop", "before": 0.2, "after": 0.1}])
        assert scored("objective_coverage", outputs)["score"] == 1.0

    def test_objectives_of_the_task(self) -> None:
        assert scored("objective_coverage", reference={})["score"] == 0.5
        inputs = changed(made.inputs(), "task.concepts", [])
        assert scored("objective_coverage", reference={}, inputs=inputs)["score"] is None


class TestPrecision:
    def test_all_right(self) -> None:
        assert scored("precision_rubric")["score"] == 1.0

    def test_a_wrong_fault_counts_more_than_a_wrong_quotation(self) -> None:
        quoted = changed(made.outputs(), "feedback.error_identification.1.checks.0.verdict", "refuted")
        blamed = made.reference() | {"misconceptions": ["something-else"]}
        one, other = scored("precision_rubric", quoted)["score"], scored("precision_rubric", reference=blamed)["score"]
        assert one is not None
        assert other is not None
        assert other < one < 1.0

    def test_the_formula(self) -> None:
        # fault: line right 1, misconception wrong 1; behaviour supported 0.5; quotation supported 0.25
        reference = made.reference() | {"misconceptions": ["something-else"]}
        assert scored("precision_rubric", reference=reference)["score"] == pytest.approx(1.75 / 2.75)

    def test_weights_of_ones_own(self) -> None:
        judge = precision_rubric_of({"fault": 0.0})
        reference = made.reference() | {"lines": [1], "misconceptions": ["something-else"]}
        found = judge(inputs={}, outputs=made.outputs(), reference_outputs=reference)
        assert found["score"] == 1.0

    def test_undecided_claims(self) -> None:
        outputs = changed(made.outputs(), "feedback.error_identification.0.checks.0.verdict", "unchecked")
        found = scored("precision_rubric", outputs)
        assert found["score"] == 1.0
        assert found["metadata"]["undecided"] == 1
        assert found["metadata"]["strict"] == pytest.approx(2.25 / 2.75)

    def test_nothing_is_at_fault_in_a_correct_program(self) -> None:
        found = scored("precision_rubric", reference={"verdict": "correct"})
        assert found["score"] == pytest.approx(0.75 / 2.75)

    def test_nothing_decided(self) -> None:
        outputs = changed(made.outputs(), "feedback", {"explanation": [said("Well.")]})
        assert scored("precision_rubric", outputs, reference={})["score"] is None


class TestCompleteness:
    def test_all_parts(self) -> None:
        assert scored("completeness")["score"] == 1.0

    @pytest.mark.parametrize(
        "sentences",
        [
            [],
            [said("Ok.")],
            [said("!!! ??? ...")],
            [said("The loop ends too early.", check("prose", "refuted"))],
            [said("The evidence points to line 3.")],  # says again what stands in another part
        ],
    )
    def test_parts_without_substance(self, sentences: list[Any]) -> None:
        found = scored("completeness", changed(made.outputs(), "feedback.encouragement", sentences))
        assert found["score"] == 0.75
        assert found["metadata"]["missing"] == ["encouragement"]

    def test_other_scripts(self) -> None:
        outputs = changed(made.outputs(), "feedback.encouragement", [said("做得很好！")])
        assert scored("completeness", outputs)["score"] == 1.0
