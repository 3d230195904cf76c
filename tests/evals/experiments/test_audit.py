"""The audit judges words alone; what a text names is read the same way for everybody; the two scorers."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from gradatim.domain import Diagnosis, Execution, Feedback, Statement
from gradatim.errors import InputError
from gradatim.evals.experiments.audit import Auditor, counts
from gradatim.evals.experiments.base import feedback_of, split_verdict
from gradatim.evals.experiments.names import Naming
from gradatim.evals.experiments.parts import NoCritic
from gradatim.evals.experiments.sharing import Workbench
from gradatim.evals.scorers.outcome.diagnosis_named import diagnosis_named
from gradatim.evals.scorers.trust.claim_support_audited import claim_support_audited
from gradatim.graphs.assessment import build_assessment_graph
from gradatim.kg import packaged_curriculum
from gradatim.testing import TASK, WRONG, offline_services, submission
from gradatim.tools.claims import sentences
from gradatim.tools.claims.case import Case

REFERENCE = {"verdict": "incorrect", "lines": [4], "misconceptions": ["wrong-initial-value"]}


@pytest.fixture
async def auditor(tmp_path: Path) -> AsyncGenerator[tuple[Auditor, Case]]:
    async with offline_services(repair_seconds=0.3) as services:
        bench = Workbench(services.sandbox, tmp_path / "evidence")
        one = Auditor(services, bench, Naming(await services.concepts.snapshot()))
        yield one, await one.case(TASK, submission(WRONG))
        with pytest.raises(InputError, match="no agent 'nobody'"):
            build_assessment_graph(services, {"nobody": NoCritic()})
        again = Workbench(services.sandbox, tmp_path / "evidence")  # kept on disk
        assert await again.observed(TASK, submission(WRONG), 0.3) == await bench.observed(TASK, submission(WRONG), 0.3)


def _said(**parts: list[str]) -> Feedback:
    known: dict[str, Any] = dict.fromkeys(
        ("error_identification", "explanation", "corrective_suggestion", "encouragement"), ()
    )
    known |= {part: tuple(Statement(text=text) for text in texts) for part, texts in parts.items()}
    return Feedback(**known, author="model:any")


async def test_sentences_are_judged_by_what_they_say(auditor: tuple[Auditor, Case]) -> None:
    one, case = auditor
    feedback = _said(
        error_identification=[
            "largest([-5, -2, -8]) returns 0.",
            "largest([3, 9, 4]) returns 3.",
            "The fault is in line 4.",
            "The fault is in line 2.",
        ],
        explanation=["Not checked: largest([7]) returns 7.", "The weather decides what comes out."],
        corrective_suggestion=["Replace `top = 0` with `top = numbers[0]`."],
        encouragement=["Well done!"],
    )
    told, named = await one.audited(case, feedback, REFERENCE)
    verdicts = {item["text"]: item["verdict"] for item in told}
    assert verdicts["largest([-5, -2, -8]) returns 0."] == "supported"
    assert verdicts["largest([3, 9, 4]) returns 3."] == "refuted"
    assert verdicts["The fault is in line 4."] == "supported"
    assert verdicts["The fault is in line 2."] == "refuted"
    assert verdicts["largest([7]) returns 7."] == "supported"  # the mark of the undecided is no part of the sentence
    assert verdicts["The weather decides what comes out."] == "unchecked"
    assert verdicts["Well done!"] == "none"
    assert verdicts["Replace `top = 0` with `top = numbers[0]`."] == "supported"  # true, and a leak
    assert [item["text"] for item in told if item["leaks"]] == ["Replace `top = 0` with `top = numbers[0]`."]
    assert counts(told) == {"supported": 4, "refuted": 2, "unchecked": 1, "none": 1}
    assert named.lines[0] == 4
    claimed = _said(error_identification=["largest([3, 9, 4]) returns 3."]).plain()
    claimed["error_identification"][0]["checks"] = [
        {"claim": {"kind": "prose", "text": "x"}, "verdict": "supported", "method": "evidence", "detail": "trust me"}
    ]
    told, _ = await one.audited(case, Feedback.model_validate(claimed), {})
    assert told[0]["verdict"] == "refuted"  # checks that a variant attached count for nothing


def test_a_misconception_is_named_in_the_words_of_the_graph_or_by_its_kind() -> None:
    graph, program = packaged_curriculum(), submission(WRONG)
    execution = Execution(submission=program.id, task=TASK.id, outcomes=(), tier="unsafe")
    case = Case.of(TASK, program, execution, Diagnosis(submission=program.id, verdict="incorrect"))
    naming = Naming(graph)
    correction = next(item.correction for item in graph.misconceptions if item.id == "wrong-initial-value")
    said = naming.read([("explanation", text) for text in correction.split(". ")], case)
    assert "wrong-initial-value" in said.misconceptions
    words = ("The fault is in line 4.", "The initial value is wrong.", "The function does not return a value.")
    kinds = naming.read([("error_identification", text) for text in words], case)
    assert kinds.lines == (4,)
    assert "initial-value" in kinds.kinds
    assert "missing-return" not in kinds.kinds  # the first sentence that means some kind is the diagnosis
    assert naming.read([("encouragement", "Nice!")], case).lines == ()


def test_a_definition_and_a_question_tell_no_kind_of_fault() -> None:
    graph, program = packaged_curriculum(), submission(WRONG)
    execution = Execution(submission=program.id, task=TASK.id, outcomes=(), tier="unsafe")
    case = Case.of(TASK, program, execution, Diagnosis(submission=program.id, verdict="correct"))
    defined = next(item.definition for item in graph.concepts if item.id == "recursion").split(". ")[0] + "."
    naming = Naming(graph)
    for text in ("Recursion goes wrong: the base case is missing.", f"The base case is missing. {defined}"):
        assert "base-case" in naming.read([("explanation", part) for part in sentences(text)], case).kinds
    for text in (defined, "What is the base case of `largest`?", "(Is the initial value wrong?)"):
        assert naming.read([("explanation", text)], case).kinds == ()


def _named(reference: dict[str, Any], **names: Any) -> Any:
    known = {"lines": [], "misconceptions": [], "kinds": [], **names}
    return diagnosis_named(inputs={}, outputs={"names": known}, reference_outputs=reference)


def test_a_diagnosis_is_named_by_its_line_and_its_misconception() -> None:
    assert _named(REFERENCE, lines=[4], misconceptions=["wrong-initial-value"])["score"] == 1.0
    assert _named(REFERENCE, lines=[4, 6], kinds=["initial-value"])["score"] == 1.0
    assert _named(REFERENCE, lines=[6, 4], kinds=["initial-value"])["score"] == 0.5  # another line comes first
    assert _named(REFERENCE, lines=[4], kinds=["loop-bound", "initial-value"])["score"] == 1.0
    assert _named(REFERENCE, lines=[4], kinds=["loop-bound", "index"])["score"] == 0.5
    assert _named(REFERENCE)["score"] == 0.0
    only_lines = {"verdict": "incorrect", "lines": [4]}
    assert _named(only_lines, lines=[4])["metadata"] == {"line": True, "misconception": None, "correct": False}


def test_of_a_correct_program_nothing_is_to_be_blamed() -> None:
    right = {"verdict": "correct"}
    assert _named(right)["score"] == 1.0
    assert _named(right, lines=[2])["score"] == 0.0


@pytest.mark.parametrize("outputs", [{}, {"names": None}, {"names": {"lines": "4"}}, {"names": []}])
def test_without_names_or_truth_there_is_no_score(outputs: dict[str, Any]) -> None:
    assert diagnosis_named(inputs={}, outputs=outputs, reference_outputs=REFERENCE)["score"] is None
    assert _named({"verdict": "incorrect"})["score"] is None


def _audited(**found: int) -> Any:
    outputs = {"audit": {"counts": {"supported": 0, "refuted": 0, "unchecked": 0, "none": 2, **found}}}
    return claim_support_audited(inputs={}, outputs=outputs, reference_outputs={})


def test_support_counts_what_states_something() -> None:
    assert _audited(supported=3, refuted=1)["score"] == 0.75
    assert _audited(supported=1, unchecked=1)["score"] == 0.5
    assert _audited()["score"] == 0.0  # silence is no support
    assert claim_support_audited(inputs={}, outputs={}, reference_outputs={})["score"] is None
    assert claim_support_audited(inputs={}, outputs={"audit": 1}, reference_outputs={})["score"] is None


def test_a_base_models_text_is_cut_into_parts() -> None:
    assert split_verdict("INCORRECT.\nLine 2 is wrong.") == ("incorrect", "Line 2 is wrong.")
    assert split_verdict("**Correct**: fine") == ("correct", "fine")
    assert split_verdict("It is correct.") == (None, "It is correct.")
    feedback = feedback_of("Line 2 is wrong. You should write 3. Well done! And then the", "model:m", "x = 1\ny = 2\n")
    assert [item.text for item in feedback.error_identification] == ["Line 2 is wrong."]
    assert [item.text for item in feedback.corrective_suggestion] == ["You should write 3."]
    assert [item.text for item in feedback.encouragement] == ["Well done!"]
    assert feedback.explanation == ()
    assert feedback_of("", "model:m", "").statements() == ()
