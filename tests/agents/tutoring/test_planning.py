"""The plan: how need moves the ladder, who has to think first, and which fault is worked on."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.agents.tutoring.notes import Tally, Understanding
from gradatim.agents.tutoring.planning.need import LEAST, MOST, begun, lazy, risen, rung_of
from gradatim.agents.tutoring.planning.tallying import Attempt, counted, reliance
from gradatim.agents.tutoring.planning.target import fault_of, trusted_repair
from gradatim.agents.tutoring.worked import families
from gradatim.domain import Diagnosis, Edit, Execution, Outcome, Repair, SuspiciousLine
from gradatim.languages import has, speaking
from tests.cases import OFF_BY_ONE, TASK

INTENTS = ("question", "confusion", "frustration", "hint-request", "dont-know", "explanation", "greeting", "off-topic")
SAME = Attempt(2, 5, 2, same=True, lost=())
FAILS = Attempt(2, 5, 2, same=False, lost=())


@settings(max_examples=60, deadline=None)
@given(
    st.floats(LEAST, MOST), st.sampled_from(INTENTS), st.sampled_from([None, SAME, FAILS]), st.booleans(), st.booleans()
)
def test_need_never_falls_on_the_same_fault_and_stays_on_the_ladder(
    need: float, intent: str, attempt: Attempt | None, slow: bool, weak: bool
) -> None:
    found = risen(need, Understanding.model_validate({"intent": intent}), attempt, slow=slow, weak=weak)
    assert LEAST <= found <= MOST
    assert found >= need
    assert rung_of(found) in (1, 2, 3, 4)


def test_need_moves_by_what_happened_not_by_count() -> None:
    def after(intent: str, attempt: Attempt | None = None, right: bool | None = None) -> float:
        understood = Understanding.model_validate({"intent": intent, "right": right})
        return risen(1.0, understood, attempt, slow=False, weak=False)

    assert after("off-topic") == after("greeting") == 1.0
    assert after("attempt", FAILS) > after("attempt", SAME) > after("question")
    assert after("answer", right=False) > after("answer", right=True)
    assert risen(1.0, Understanding(intent="question"), None, slow=True, weak=True) > after("question")
    assert begun(FAILS, weak=True) > begun(FAILS, weak=False)


def test_whoever_only_asks_has_to_think_first_but_not_twice_in_a_row() -> None:
    asks = Understanding(intent="hint-request")
    assert not lazy(Tally(hints_since_attempt=1), asks, free=2)
    assert lazy(Tally(hints_since_attempt=2), asks, free=2)
    assert not lazy(Tally(hints_since_attempt=2, withheld=1), asks, free=2)
    assert not lazy(Tally(hints_since_attempt=5), Understanding(intent="confusion"), free=2)
    assert lazy(Tally(), Understanding(intent="explanation", copied=True), free=2)


def test_reliance_is_the_share_of_leaning_on_the_tutor() -> None:
    tally = Tally()
    for intent in ("hint-request", "hint-request", "answer-request", "explanation"):
        understood = Understanding.model_validate({"intent": intent})
        tally = counted(tally, understood, None, seconds=60.0, quick=8.0)
    assert reliance(tally) == 0.75
    quick = counted(tally, Understanding(intent="dont-know"), None, seconds=2.0, quick=8.0)
    assert (quick.quick, quick.dont_knows_running) == (1, 1)
    assert reliance(Tally(turns=2, asked_for_help=2)) is None
    worked = counted(tally, Understanding(intent="attempt"), FAILS, seconds=60.0, quick=8.0)
    assert (worked.attempts, worked.best, worked.hints_since_attempt) == (1, 2, 0)
    assert (reliance(worked) or 0) < 0.75


def repair(operator: str = "loop-bound", weight: float = 0.9, generalises: bool | None = True) -> Repair:
    edit = Edit(line=3, last_line=3, replacement="    for i in range(n + 1):", operator=operator)
    return Repair(
        code=OFF_BY_ONE.replace("range(n)", "range(n + 1)"), edits=(edit,), place="the end of the range in line 3",
        change="…", origin="search", weight=weight, generalises=generalises,
    )  # fmt: skip


def execution() -> Execution:
    outcomes = [Outcome(test="t1", status="passed")]
    outcomes += [Outcome(test=f"t{n}", status="failed", expected="1", actual="0") for n in (2, 3, 4, 5)]
    return Execution(submission="s", task=TASK.id, outcomes=tuple(outcomes), tier="landlock")


@pytest.mark.parametrize(
    ("found", "trusted"),
    [
        (repair(), True),
        (repair(weight=0.01), False),
        (repair(generalises=False), False),
        (repair("loop-bound+guard"), False),
    ],
)
def test_a_change_that_only_fits_the_tests_tells_nothing_of_the_fault(found: Repair, trusted: bool) -> None:
    lines = (SuspiciousLine(line=4, score=0.9, why="…"),)
    diagnosis = Diagnosis(submission="s", verdict="incorrect", repairs=(found,), suspicious_lines=lines)
    assert (trusted_repair(diagnosis) is not None) is trusted
    fault = fault_of(TASK, execution(), diagnosis)
    assert fault.line == (3 if trusted else 4)
    assert fault.test == "t2"  # the shortest visible one that fails; t5 is hidden
    assert fault.verified is trusted
    assert fault.family == ("loop-bound" if trusted else None)


@pytest.mark.parametrize("code", ["en", "zh"])
def test_every_family_of_faults_has_its_phrases(code: str) -> None:
    with speaking(code):
        for name in families():
            assert has(f"tutoring.family.{name}"), name
            assert has(f"tutoring.idea.{name}"), name
