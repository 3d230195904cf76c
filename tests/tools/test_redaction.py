from gradatim.domain import Check, Evidence, Task, TestCase, TestOutcomeClaim
from gradatim.tools.redaction import PLACEHOLDER, Redaction
from tests.app.report.factory import TASK


def task(*tests: TestCase) -> Task:
    return Task(id="x", title="x", statement="x", tests=(TestCase(id="t0", call="f(1)", expect="1"), *tests))


def test_the_call_of_a_hidden_test_is_replaced_whatever_its_white_space():
    redact = Redaction(TASK)
    assert redact("Try fibonacci( 30 ) yourself.") == f"Try {PLACEHOLDER} yourself."
    assert redact("fibonacci(3)0 and fibonacci(301) are others.") == "fibonacci(3)0 and fibonacci(301) are others."


def test_a_call_is_not_found_inside_a_longer_name():
    redact = Redaction(task(TestCase(id="t1", call="f(2)", expect="2", hidden=True)))
    assert redact("half(2) differs from f(2).") == f"half(2) differs from {PLACEHOLDER}."


def test_what_a_visible_test_also_holds_is_no_secret():
    redact = Redaction(task(TestCase(id="t1", call="f(1)", expect="1", hidden=True)))
    assert redact("f(1) gives 1") == "f(1) gives 1"


def test_input_output_and_name_of_a_hidden_test_are_replaced_when_distinctive():
    hidden = TestCase(id="t1", name="all the same letters", stdin="aaaa bbbb\n", stdout="True\n", hidden=True)
    redact = Redaction(task(hidden))
    assert redact("For aaaa bbbb, all the same letters, True is needed.") == (
        f"For {PLACEHOLDER}, {PLACEHOLDER}, True is needed."
    )


def test_lines_of_a_hidden_check_are_replaced():
    redact = Redaction(task(TestCase(id="t1", check="x = build(7)\nassert x.size == 7", hidden=True)))
    assert "build" not in redact("After x = build(7) nothing holds.")


def test_staff_read_everything():
    redact = Redaction(TASK, full=True)
    assert redact("fibonacci(30)") == "fibonacci(30)"
    assert redact.hidden == frozenset()


def test_what_a_check_of_a_hidden_test_found_is_not_told():
    claim = TestOutcomeClaim(test="t5", status="failed")
    check = Check(claim=claim, verdict="supported", method="evidence", detail="it gave 514229")
    assert "514229" not in Redaction(TASK).check(check)
    assert Redaction(TASK, full=True).check(check) == "it gave 514229"


def test_evidence_of_hidden_tests_is_left_out_even_when_it_is_marked_visible():
    found = [
        Evidence(id="test:t5", kind="test", summary="x"),
        Evidence(id="exception:t5", kind="exception", summary="x"),
        Evidence(id="history:1", kind="history", summary="x", visible=False),
        Evidence(id="line:1", kind="line", summary="x"),
    ]
    assert [item.id for item in Redaction(TASK).evidence(found)] == ["line:1"]
    assert len(Redaction(TASK, full=True).evidence(found)) == 4
