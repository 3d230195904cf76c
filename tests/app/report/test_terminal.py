import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console

from gradatim.app.report import render_assessment
from gradatim.app.report.terminal import assessment_text
from gradatim.domain import Assessment, Evidence, Execution, Submission, SuspiciousLine
from tests.app.report.factory import EVIDENCE, assessment, held, hostile


def shown(made: Assessment, *, width: int = 80, full: bool = False) -> str:
    console = Console(width=width, file=io.StringIO(), color_system=None, force_terminal=False)
    console.print(render_assessment(made, full=full))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("made", [assessment(), held(), hostile("漢字 🎉 e\u0301 " * 12)])
def test_no_line_is_wider_than_the_terminal(width: int, made: Assessment):
    for line in shown(made, width=width, full=True).splitlines():
        assert cell_len(line) <= width


def test_a_delivered_assessment():
    text = flat(shown(assessment()))
    assert "✗ incorrect 2 of 5 tests passed, 1 hidden" in text
    assert "isolated by bubblewrap" in text
    assert "✗ t3 fibonacci(5) 5 3" in text
    assert "▶ 6 for i in range(2, n): # one step short" in text
    assert "✓ `fibonacci(5)` gives 3, but 5 is needed. [test:t3]" in text
    assert "? not checked: You may have read" in text
    assert "· Your base cases are right" in text
    assert "84% range-stop-included (line 6)" in text
    assert "likelihood – not measured" in text
    assert "✓ Delivered to the learner, without a person in between" in text
    assert "range 0.42 ▼ 0.27 -0.15" in text
    assert "execute 0.05 ∥ recall 0.02 → diagnose 0.40" in text


@pytest.mark.parametrize("secret", ["fibonacci(30)", "832040", "514229", "the secret number", "n + 1"])
@pytest.mark.parametrize("width", [80, 120])
def test_a_learner_sees_nothing_of_hidden_tests_and_of_the_repair(secret: str, width: int):
    assert secret not in shown(assessment(), width=width)
    assert secret in shown(assessment(), width=width, full=True)


def test_text_for_standard_output_has_no_colours_and_no_trailing_blanks_outside_a_terminal():
    text = assessment_text(assessment())
    assert flat(text) == flat(shown(assessment()))
    assert "\x1b" not in text
    assert not any(line != line.rstrip() for line in text.split("\n"))
    assert "fibonacci(30)" in assessment_text(assessment(), full=True)


def test_evidence_that_nothing_cites_is_named_and_told_only_to_staff():
    spare = Evidence(id="concept:range", kind="concept", summary="A range is lazy.")
    diagnosis = assessment().diagnosis.model_copy(update={"evidence": (*EVIDENCE, spare)})
    text = flat(shown(assessment(diagnosis=diagnosis)))
    assert "also at hand: concept:range" in text
    assert "A range is lazy." not in text
    assert "A range is lazy." in flat(shown(assessment(diagnosis=diagnosis), full=True))


def test_feedback_that_is_held_is_not_shown_to_the_learner():
    text = flat(shown(held()))
    assert "gives 0" not in text
    assert "This feedback waits for a person" in text
    assert "○ Held for review" in text
    assert "because confidence 0.41 is below 0.75" in text
    assert "after 2 revisions" in text
    assert "! critique: the model did not answer within 300 s → self-consistency was not measured" in text


def test_staff_see_what_was_refuted_and_by_what():
    text = flat(shown(held(), full=True))
    assert "Not delivered: the learner does not see this." in text
    assert "✗ refuted: `fibonacci(1)` gives 0. [test:t3] └ ✗ running fibonacci(1) gives 1, not 0 (execution)" in text
    assert "test:t5 sandbox/bubblewrap" in text
    assert "(not for the learner)" in text


def test_nothing_moves_the_cursor_of_the_reader():
    attack = "x\x1b[2J\x1b]0;title\x07\x9b31m\u202e\r\n[bold red]markup[/] \ud800"
    for width in (80, 120):
        text = shown(hostile(attack), width=width, full=True)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
        assert "[bold red]markup[/]" in text


def test_a_program_without_isolation_says_so():
    assert "executed without isolation" in shown(hostile("x"))


def test_a_long_program_is_shown_around_its_marked_lines():
    code = "\n".join(f"x{number} = {number}" for number in range(1, 201))
    made = assessment(
        submission=Submission(id="s1", task_id="fibonacci", code=code),
        diagnosis=assessment().diagnosis.model_copy(
            update={"suspicious_lines": (SuspiciousLine(line=100, score=0.9, why="here"),)}
        ),
    )
    text = flat(shown(made))
    assert "⋮ 95 lines 96 x96 = 96" in text
    assert "104 x104 = 104 ⋮ 96 lines" in text
    assert "x95 = 95" not in text


def test_a_very_long_line_is_cut():
    made = assessment(submission=Submission(id="s1", task_id="fibonacci", code=f"x = '{'a' * 10_000}'"))
    assert 300 < shown(made).count("a") < 1500


def test_a_test_that_did_not_finish_says_why():
    outcomes = assessment().execution.outcomes
    timeout = outcomes[2].model_copy(update={"status": "timeout", "actual": None, "detail": "stopped after 1 s"})
    execution = Execution(
        submission="s1", task="fibonacci", tier="landlock", outcomes=(outcomes[0], timeout), seconds=1.0
    )
    assert "✗ t3 fibonacci(5) 5 stopped after 1 s" in flat(shown(assessment(execution=execution)))
