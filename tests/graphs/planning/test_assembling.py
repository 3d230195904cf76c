"""Designs and the workflows that they become."""

from __future__ import annotations

import random
from typing import Any

import pytest
import yaml

from gradatim.graphs.planning.hearing import hear
from gradatim.graphs.planning.library import patterns
from gradatim.graphs.planning.making import culprit, make, name_of
from gradatim.graphs.planning.settling import Design, settle
from gradatim.graphs.planning.steps import Step
from gradatim.graphs.workflow.kinds.registry import KindRegistry, known_kinds
from gradatim.graphs.workflow.spec import NAME

_ALONE = [name for name in patterns() if name != "still_failing"]


def _design(*texts: str) -> Design:
    return settle([hear(text).steps for text in texts])[0]


def _document(*texts: str) -> dict[str, Any]:
    made = make(_design(*texts), "planned", texts)
    assert made.problems == ()
    return yaml.safe_load(made.files[f"{made.name}.yaml"])


def _ways(document: dict[str, Any], node: str) -> list[dict[str, Any]]:
    return next(edge[node] for edge in document["edges"] if isinstance(edge, dict) and node in edge)


@pytest.mark.parametrize("name", _ALONE)
def test_every_pattern_alone_becomes_a_workflow_that_can_run(name: str) -> None:
    step = Step(pattern=name, words=name)
    made = make(settle([[step]])[0], None, [name])
    assert made.problems == ()


def test_random_designs_become_workflows_that_can_run() -> None:
    chance = random.Random(11)
    names = [name for name in _ALONE if name not in ("placement", "short_answers")]  # these join with nothing
    for _ in range(25):
        steps = [
            Step(pattern=name, wanted=chance.random() < 0.8, words=name)
            for name in chance.sample(names, chance.randint(2, 7))
        ]
        made = make(settle([steps])[0], None, ["random"])
        assert made.problems == (), [(step.pattern, step.wanted) for step in steps]


def test_the_loop_of_hints_is_bounded_by_the_instruction() -> None:
    document = _document("assess, three hint rounds")
    assert {"when": "failed_share > 0", "to": "next_attempt", "at_most": 3} in _ways(document, "count_again")


def test_who_denies_revisions_gets_evidence_alone() -> None:
    document = _document("feedback, no revisions")
    assert document["nodes"]["revise"]["with"] == {"rounds": 0}
    assert _ways(document, "decide")[0]["at_most"] == 1


def test_without_a_person_uncertain_feedback_is_held_back() -> None:
    document = _document("give feedback, never involve a person")
    assert "human_review" not in document["nodes"]
    assert {"when": 'confidence.route != "deliver"', "to": "END"} in _ways(document, "decide")


def test_what_a_change_says_wins_over_what_was_said() -> None:
    document = _document("assess, two hint rounds, record it", "five hint rounds, no memory")
    assert _ways(document, "count_again")[0]["at_most"] == 5
    assert not {"recall", "record"} & set(document["nodes"])


def test_a_change_can_take_a_step_back() -> None:
    document = _document("assess, two hint rounds, ask me before grades go out", "no hints, and never ask me")
    assert not {"next_attempt", "approve_grades", "human_review"} & set(document["nodes"])


def test_contradictions_are_told() -> None:
    _, questions = settle([hear("two hint rounds, but no hints").steps])
    assert [question.kind for question in questions] == ["contradiction"]


def test_a_batch_is_a_workflow_around_a_workflow() -> None:
    made = make(_design("assess all submissions, seven at a time"), None, ["batch"])
    assert list(made.files) == ["feedback-batch.yaml", "feedback-batch-one.yaml"]
    outer = yaml.safe_load(made.files["feedback-batch.yaml"])
    assert outer["nodes"]["each_one"]["at_once"] == 7
    assert outer["outputs"] == ["outcomes", "diagnoses"]


def test_limits_hold_for_what_works_and_not_for_people() -> None:
    nodes = _document("assess, two hint rounds, each step at most 20 seconds")["nodes"]
    assert nodes["execute"]["timeout"] == nodes["generate"]["timeout"] == 20
    assert nodes["next_attempt"] is None


def test_nothing_in_an_instruction_can_end_its_comment() -> None:
    text = "assess a program\nworkflow: stolen\r\n# and \u2028 more"
    made = make(_design(text), None, [text])
    assert made.problems == ()
    document = yaml.safe_load(made.files[f"{made.name}.yaml"])
    assert document["workflow"] == "feedback"


@pytest.mark.parametrize("text", ["assess", "grade twice, hints, a class report, oral questions, ask me", "评估"])
def test_names_can_be_used(text: str) -> None:
    import re

    assert re.match(NAME, name_of(_design(text)))


def test_a_missing_kind_is_a_problem_of_its_pattern() -> None:
    registry = KindRegistry({key: kind for key, kind in known_kinds().kinds.items() if key != "compare"})
    design = _design("grade twice, the lecturer decides where the marks differ")
    made = make(design, None, ["grade"], registry)
    assert "no kind 'compare'" in made.problems[0]
    assert culprit(design, made) in ("double_marking", "person_disagree")


def test_learners_are_asked_in_their_language() -> None:
    question = _document("assess in Chinese, the student reflects on the mistake")["nodes"]["reflection"]["with"][
        "question"
    ]
    assert "错" in question
