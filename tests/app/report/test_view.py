from gradatim.app.report.html import render_html
from gradatim.app.report.terminal import assessment_text
from gradatim.app.report.view import UNCHECKED, mark_of, report_of
from gradatim.domain import (
    Check,
    Degradation,
    Evidence,
    ExceptionFact,
    Execution,
    Outcome,
    ProseClaim,
    Statement,
    Submission,
    SuspiciousLine,
    Usage,
)
from tests.app.report.factory import EVIDENCE, TASK, assessment, feedback, held, hostile, refuted, supported, unchecked

CLAIM = ProseClaim(text="x")


def test_marks_of_statements():
    fine = Check(claim=CLAIM, verdict="supported", method="graph", detail="")
    assert mark_of(supported("x", CLAIM, "found")) == "supported"
    assert mark_of(unchecked("x")) == "unchecked"
    assert mark_of(refuted("x", "no")) == "refuted"
    assert mark_of(Statement(text="x")) == "none"
    assert mark_of(Statement(text="x", claims=(CLAIM, CLAIM), checks=(fine,))) == "unchecked"
    assert mark_of(Statement(text="x", checks=(fine, *refuted("x", "no").checks))) == "refuted"


def test_the_prefix_of_the_deliverer_becomes_the_mark():
    said = feedback(explanation=(Statement(text=f"{UNCHECKED}Perhaps so."),))
    sentence = report_of(assessment(feedback=said)).parts[1].sentences[0]
    assert (sentence.text, sentence.mark) == ("Perhaps so.", "unchecked")


def test_the_prefix_is_the_one_that_the_deliverer_writes():
    from gradatim.agents.deliverer import UNCHECKED as WRITTEN

    assert UNCHECKED == WRITTEN


def test_a_learner_sees_of_a_hidden_test_its_status_alone():
    row = next(test for test in report_of(assessment()).tests if test.id == "t5")
    assert row.status == "failed"
    assert (row.name, row.label, row.expected, row.actual, row.detail, row.printed) == (None, None, None, None, "", "")
    row = next(test for test in report_of(assessment(), full=True).tests if test.id == "t5")
    assert (row.name, row.label, row.expected) == ("the secret number", "fibonacci(30)", "832040")


def test_a_learner_sees_evidence_that_is_visible_and_how_much_is_not():
    report = report_of(assessment())
    assert [item.id for item in report.evidence] == ["test:t3", "line:6", "misconception:range-stop-included"]
    assert report.withheld_evidence == 1
    assert {item.id for item in report_of(assessment(), full=True).evidence} == {item.id for item in EVIDENCE}


def test_cited_evidence_stands_first():
    made = assessment(
        diagnosis=assessment().diagnosis.model_copy(
            update={"evidence": (Evidence(id="concept:x", kind="concept", summary="x"), *EVIDENCE)}
        )
    )
    report = report_of(made)
    assert [item.id for item in report.evidence][-1] == "concept:x"
    assert report.cited == {"test:t3", "line:6", "misconception:range-stop-included"}


def test_a_few_lines_are_marked_the_most_suspicious_ones():
    lines = tuple(SuspiciousLine(line=number, score=1 - number / 10, why="x") for number in (3, 5, 6, 7, 8))
    made = assessment(diagnosis=assessment().diagnosis.model_copy(update={"suspicious_lines": lines}))
    assert [line.number for line in report_of(made).program if line.marked] == [3, 5, 6]


def test_a_learner_sees_no_feedback_that_was_not_delivered():
    assert report_of(held()).parts == ()
    assert len(report_of(held(), full=True).parts) == 4


def test_the_repair_is_for_staff_and_for_tasks_that_reveal_the_solution():
    assert report_of(assessment()).repair is None
    assert report_of(assessment(task=TASK.model_copy(update={"reveal_solution": True}))).repair is not None
    repair = report_of(assessment(), full=True).repair
    assert repair is not None
    assert "+    for i in range(2, n + 1):  # one step short" in repair.diff


def test_suspicion_and_exceptions_are_noted_on_their_lines():
    fact = ExceptionFact(type="IndexError", message="x", line=4)
    outcomes = (
        Outcome(test="t1", status="error", exception=fact),
        Outcome(test="t2", status="error", exception=fact),
        Outcome(test="t5", status="error", exception=ExceptionFact(type="KeyError", message="secret", line=5)),
    )
    made = assessment(execution=Execution(submission="s1", task="fibonacci", tier="bubblewrap", outcomes=outcomes))
    noted = {line.number: (line.suspicion, line.notes) for line in report_of(made).program if line.marked}
    assert noted == {
        4: (None, ("raises IndexError",)),
        6: (0.92, ("all failing tests run it; [hidden test] fails here",)),
        7: (0.35, ("runs inside the loop of line 6",)),
    }
    assert report_of(made).tests[0].actual == "IndexError: x (line 4)"
    assert {line.number for line in report_of(made, full=True).program if line.marked} == {4, 5, 6, 7}


def test_delivery():
    assert report_of(assessment()).delivery.state == "delivered"
    assert report_of(held()).delivery.state == "held"
    assert report_of(held()).delivery.reasons == ("confidence 0.41 is below 0.75; weakest part: diagnosis 0.20",)
    rejected = report_of(held(waiting=False, reviewed_by="Ms Kim")).delivery
    assert (rejected.state, "Ms Kim" in rejected.headline) == ("rejected", True)
    assert "Ms Kim" in report_of(assessment(reviewed_by="Ms Kim")).delivery.headline


def test_stages_follow_the_graph_and_unknown_nodes_follow_them():
    seconds = {"my-node": 1.0, "critique": 2.0, "verify": 3.0, "intake": 0.1}
    degraded = (Degradation(node="critique", reason="x", fallback="y"),)
    stages = report_of(assessment(seconds=seconds, degradations=degraded)).stages
    assert [[node.name for node in stage] for stage in stages] == [["intake"], ["verify", "critique"], ["my-node"]]
    assert [node.degraded for node in stages[1]] == [False, True]
    assert report_of(assessment(seconds=seconds)).node_seconds == 6.1


def test_tokens_of_all_nodes_are_added_up():
    assert report_of(assessment()).tokens is None
    usage = {
        "generate": Usage(input_tokens=1200, output_tokens=80, requests=1, samples=1),
        "critique": Usage(input_tokens=1000, output_tokens=90, cached_tokens=950, requests=1, samples=3),
    }
    report = report_of(assessment(usage=usage))
    assert report.tokens == "2 requests: 2,200 tokens read (950 from its cache), 170 written"
    made = assessment(usage=usage)
    assert report.tokens in render_html(made)
    assert report.tokens in " ".join(assessment_text(made).split())


def test_a_test_that_the_task_does_not_know_is_shown_by_its_id():
    execution = Execution(submission="s1", task="x", tier="docker", outcomes=(Outcome(test="t9", status="passed"),))
    assert report_of(assessment(execution=execution)).tests[0].label == "t9"


def test_an_empty_program_has_one_empty_line():
    made = assessment(submission=Submission(id="s", task_id="x", code=""))
    assert [line.tokens for line in report_of(made).program][:1] == [()]


def test_everything_in_a_report_can_be_hostile():
    assert report_of(hostile("x\ud800\x1b"), full=True).title == "x\ud800\x1b"


def test_what_evidence_completed_is_said_and_what_was_withheld_is_for_staff():
    secret = Statement(text="The loop is philosophically unsound.")
    said = feedback().model_copy(update={"completed": ("explanation",), "withheld": (secret,)})
    given = assessment(feedback=said)
    remarks = {part.key: part.remark for part in report_of(given).parts}
    assert remarks["explanation"] == "from evidence, not by the model"
    assert remarks["encouragement"] == ""
    assert "withheld" not in remarks
    assert report_of(given, full=True).parts[-1].sentences[0].text == secret.text
    assert secret.text not in assessment_text(given) + render_html(given)
    assert secret.text in assessment_text(given, full=True)
    assert secret.text in render_html(given, full=True)
