"""Scores of a judge say who gave them and whether anybody has checked that judge; a bad one is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gradatim.errors import InputError, ModelError
from gradatim.evals.judging import Judge, JudgeReport, judged_scorers, packaged_labelled, validate_judge
from gradatim.evals.scorers.score import score_trace
from gradatim.evals.scorers.tutoring.reading import DIMENSIONS
from gradatim.evals.traces import Trace
from gradatim.testing import scripted
from tests.evals.judging.replies import Table, constant, first_label, judge, model

PACKAGED = packaged_labelled()
DIALOGUE: dict[str, Any] = {
    "inputs": {"messages": [{"role": "user", "content": "It prints 4."}], "submission": {"code": "print(2 * 2)\n"}},
    "outputs": {
        "messages": [
            {"role": "assistant", "content": "What did you expect?"},
            {"role": "user", "content": "5"},
            {"role": "assistant", "content": "Which line prints it?"},
        ]
    },
    "reference_outputs": {"verdict": "incorrect", "lines": [1]},
}


@pytest.fixture(scope="module")
def report() -> JudgeReport:
    found = validate_judge(Table(lambda dimension, item: item.labels[dimension]), PACKAGED)
    return replace(found, digest=judge(constant("Yes")).digest, judge="scripted")


def test_a_judge_without_a_report_says_so_with_every_score() -> None:
    scorers = judged_scorers(judge(constant("Yes")))
    assert [info.key for info in scorers] == [f"judged_{dimension}" for dimension in DIMENSIONS]
    for info in scorers:
        score = info.scorer(**DIALOGUE)
        assert score["score"] == 1
        assert score["metadata"]["validity"] == "not validated"
        assert score["comment"].startswith("[not validated]")
        assert "not validated" in info.summary
    assert [info.key for info in scorers if not info.higher_is_better] == ["judged_revealing_of_the_answer"]


def test_a_validated_judge_carries_its_agreement(report: JudgeReport) -> None:
    judging = judge(constant("No"))
    (info,) = judged_scorers(judging, report, dimensions=["tutor_tone"])
    score = info.scorer(**DIALOGUE)
    assert score["metadata"]["validity"].startswith("validated: κ = 1.000")
    assert not score["comment"].startswith("[")
    assert score["metadata"]["judge"] == judging.name
    assert score["metadata"]["labels"] == {"1": "No", "3": "No"}
    assert score["metadata"]["judged"]["3"]["asks"] == ["No", "No"]


def test_a_report_of_another_judge_is_refused(report: JudgeReport) -> None:
    with pytest.raises(InputError, match=r"is of scripted .*, not of another"):
        judged_scorers(Judge(model(constant("Yes"), name="another")), report)


def test_a_judge_below_the_threshold_is_refused_unless_forced() -> None:
    poor = judge(first_label)
    found = validate_judge(poor, PACKAGED, dimensions=["coherence"])
    assert found.standing("coherence") == "refused"
    with pytest.raises(InputError, match=r"κ < 0\.4.*coherence"):
        judged_scorers(poor, found, dimensions=["coherence"])
    (info,) = judged_scorers(poor, found, dimensions=["coherence"], force=True)
    assert info.scorer(**DIALOGUE)["comment"].startswith("[refused: κ = ")
    assert len(judged_scorers(poor, found, dimensions=["tutor_tone"])) == 1


def test_a_judge_of_two_minds_scores_between() -> None:
    (info,) = judged_scorers(judge(first_label), dimensions=["humanlikeness"])
    score = info.scorer(**DIALOGUE)
    assert (score["score"], score["metadata"]["label"]) == (0.5, "To some extent")
    assert score["metadata"]["judged"]["1"]["agreed"] is False


def test_what_cannot_be_judged_has_no_score() -> None:
    scorers = judged_scorers(Judge(scripted(otherwise=ModelError("down"))))
    for info in scorers:
        score = info.scorer(**DIALOGUE)
        assert score["score"] is None
        assert "down" in score["comment"]
        assert info.scorer(inputs={}, outputs={})["score"] is None
    assert all(score["score"] is None for score in score_trace(Trace("1", "assessment"), scorers))


def test_dimensions_about_a_mistake_need_one() -> None:
    scorers = judged_scorers(judge(constant("Yes")))
    right = {**DIALOGUE, "reference_outputs": {"verdict": "correct"}}
    scores = {info.key: info.scorer(**right)["score"] for info in scorers}
    assert [key for key, score in scores.items() if score is None] == [
        "judged_mistake_identification", "judged_mistake_location", "judged_providing_guidance",
    ]  # fmt: skip


def test_only_the_last_turns_are_judged_where_asked() -> None:
    chat = model(constant("Yes"))
    (info,) = judged_scorers(Judge(chat), dimensions=["coherence"], turns=1)
    assert info.scorer(**DIALOGUE)["metadata"]["labels"] == {"3": "Yes"}
    assert len(chat.requests) == 2
    with pytest.raises(InputError, match="at least one turn"):
        judged_scorers(Judge(chat), turns=0)


async def test_scorers_work_within_a_running_loop() -> None:
    (info,) = judged_scorers(judge(constant("Yes")), dimensions=["coherence"])
    assert info.scorer(**DIALOGUE)["score"] == 1
