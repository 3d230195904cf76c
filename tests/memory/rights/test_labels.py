"""Labels begin to hold on enough evidence, fall away on contrary evidence, and do not flicker."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.domain import LearnerState, Mastery
from gradatim.memory.rights.labels import ENTER, LEAVE, Label, labels, rule_of
from gradatim.memory.rights.labels.gauges import ContrastGauge, MasteryGauge, ShareGauge, incomplete_beta
from gradatim.memory.rights.labels.rules import WORK
from gradatim.memory.tracing import BKTParameters
from tests.memory.rights.material import Diary


def of(diary: Diary, key: str) -> Label | None:
    return next((item for item in labels(diary.events) if item.key == key), None)


def status(diary: Diary, key: str) -> str | None:
    found = of(diary, key)
    return found.status if found else None


def test_nothing_is_said_without_enough_observations() -> None:
    diary = Diary()
    diary.answers("loops", [True, True])
    diary.tries("a", [False, False])
    assert labels(diary.events) == ()


def test_mastery_is_told_with_its_rule_its_evidence_and_since_when() -> None:
    diary = Diary()
    diary.answers("loops", [True] * 4)
    (found,) = labels(diary.events, names={"loops": "Loops"})
    assert (found.key, found.statement, found.status) == ("masters:loops", "masters Loops", "holds")
    assert found.since == diary.events[2].at
    assert found.evidence == ("e0000", "e0001", "e0002", "e0003")
    assert found.observations == 4
    assert found.confidence > ENTER
    assert "90%" in found.rule
    assert "at least 3" in found.rule


def test_a_label_falls_away_on_contrary_evidence_and_tells_why() -> None:
    diary = Diary()
    diary.answers("loops", [True] * 4 + [False] * 3)
    found = of(diary, "masters:loops")
    assert found is not None
    assert found.status == "dropped"
    assert found.until in {event.at for event in diary.events[5:]}
    assert "fell away" in found.reason
    assert "e000" in found.reason
    assert found.contrary == ("e0004", "e0005", "e0006")


def test_one_slip_does_not_make_a_label_flicker() -> None:
    diary = Diary()
    diary.answers("loops", [True] * 5)
    for _ in range(6):
        diary.answers("loops", [False])
        assert status(diary, "masters:loops") == "holds"
        diary.answers("loops", [True, True])
        assert status(diary, "masters:loops") == "holds"


def test_one_lucky_answer_does_not_end_struggling_but_three_do() -> None:
    diary = Diary()
    diary.answers("recursion", [False] * 5)
    assert status(diary, "struggles-with:recursion") == "holds"
    diary.answers("recursion", [True])
    assert status(diary, "struggles-with:recursion") == "holds"
    diary.answers("recursion", [True, True])
    assert status(diary, "struggles-with:recursion") == "dropped"
    assert status(diary, "masters:recursion") == "holds"


def test_leaving_tasks_after_a_failure_and_staying_with_them() -> None:
    leaver = Diary()
    for number in range(10):
        leaver.tries(f"task {number}", [False])
    assert status(leaver, "leaves-after-failure") == "holds"
    assert status(leaver, "keeps-trying") is None
    stayer = Diary()
    stayer.tries("task", [False] * 14)
    assert status(stayer, "keeps-trying") == "holds"
    assert status(stayer, "leaves-after-failure") is None
    for number in range(20):
        stayer.tries(f"other {number}", [False])
    assert status(stayer, "keeps-trying") == "dropped"
    assert status(stayer, "leaves-after-failure") == "holds"


def test_asking_for_hints_counts_attempts_and_not_clicks() -> None:
    clicker = Diary()
    for _ in range(50):
        clicker.add("interaction", action="hint")
    clicker.tries("a", [True] * 5)
    assert status(clicker, "asks-for-hints") is None  # one of five attempts
    asker = Diary()
    for number in range(8):
        asker.add("interaction", action="help")
        asker.tries(f"t{number}", [True])
    assert status(asker, "asks-for-hints") == "holds"


def test_own_judgements_against_what_turns_out() -> None:
    diary = Diary()
    diary.answers("recursion", [False] * 4)
    for _ in range(3):
        diary.add("self_assessment", seen=[("recursion", True)])
    for number in range(4):
        diary.tries(f"t{number}", [False], confidence=0.9)
    assert status(diary, "overrates-own-work") == "holds"
    assert status(diary, "underrates-own-work") is None
    modest = Diary()
    for number in range(8):
        modest.tries(f"t{number}", [True], confidence=0.1)
    assert status(modest, "underrates-own-work") == "holds"
    assert status(modest, "overrates-own-work") is None


def test_judgements_about_what_was_never_observed_say_nothing() -> None:
    diary = Diary()
    for number in range(9):
        diary.add("self_assessment", seen=[(f"concept {number}", True)])
    assert labels(diary.events) == ()


def test_solving_at_first_try() -> None:
    diary = Diary()
    for number in range(12):
        diary.tries(f"t{number}", [True])
    assert status(diary, "solves-at-first-try") == "holds"
    again = Diary()
    for _ in range(12):
        again.tries("the same task", [True])
    assert status(again, "solves-at-first-try") is None  # only one of them was a first attempt


def test_the_same_fault_again_and_faults_that_are_mended() -> None:
    repeating = Diary()
    repeating.tries("t", [False] * 9, misconceptions=["off-by-one"])
    assert status(repeating, "repeats-a-fault") == "holds"
    mending = Diary()
    for number in range(14):
        mending.tries("t", [False], misconceptions=[f"fault {number}"])
    assert status(mending, "mends-faults") == "holds"
    assert status(mending, "repeats-a-fault") is None


def test_the_best_part_of_the_day_is_read_from_the_clock_of_the_instant() -> None:
    diary = Diary()
    for number in range(14):
        diary.add(task=f"e{number}", passed=True, at=f"2026-03-{1 + number:02}T20:00:00+02:00")
        diary.add(task=f"m{number}", passed=False, at=f"2026-03-{1 + number:02}T09:00:00+02:00")
    found = {item.key for item in labels(diary.events) if item.status == "holds"}
    assert "works-best:evening" in found
    assert "works-best:morning" not in found
    same = Diary()
    for number in range(14):
        same.add(task=f"e{number}", passed=True, at=f"2026-03-{1 + number:02}T20:00:00Z")
        same.add(task=f"m{number}", passed=True, at=f"2026-03-{1 + number:02}T09:00:00Z")
    assert not [item for item in labels(same.events) if item.key.startswith("works-best")]


def test_concepts_that_the_state_does_not_hold_get_no_label() -> None:
    diary = Diary()
    diary.answers("loops", [True] * 4)
    diary.answers("range", [True] * 4)
    state = LearnerState(learner_id="ada", mastery=(Mastery(concept="range", probability=0.9, observations=4),))
    assert [item.key for item in labels(diary.events, state)] == ["masters:range"]


def test_no_label_speaks_of_a_person() -> None:
    for rule in WORK:
        assert not {"lazy", "weak", "slow", "clever", "gifted", "stupid", "bad"} & set(rule.statement.split())
        assert rule.minimum >= 5
        assert rule_of(rule.key, {}) is rule
    assert rule_of("lazy", {}) is None
    assert rule_of("asks-for-hints:x", {}) is None


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.booleans()), max_size=40), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(answers: list[tuple[str, bool]], chance: random.Random) -> None:
    diary = Diary()
    for concept, correct in answers:
        diary.add(task=concept, seen=[(concept, correct)])
    shuffled = list(diary.events)
    chance.shuffle(shuffled)
    assert labels(shuffled) == labels(diary.events)


@given(st.lists(st.booleans(), max_size=60))
def test_certainties_stay_probabilities_and_labels_that_hold_are_not_contradicted(answers: list[bool]) -> None:
    diary = Diary()
    for number, correct in enumerate(answers):
        diary.add(task=f"t{number % 3}", seen=[("c", correct)], passed=correct, confidence=0.8, error_category="x")
    found = labels(diary.events)
    for item in found:
        assert 0.0 <= item.confidence <= 1.0
        assert len(item.evidence) <= 8
        if item.status == "holds":
            assert item.confidence >= LEAVE
    keys = {item.key for item in found if item.status == "holds"}
    assert not {"masters:c", "struggles-with:c"} <= keys
    assert not {"leaves-after-failure", "keeps-trying"} <= keys


@given(st.floats(0.5, 40), st.floats(0.5, 40), st.floats(0.001, 0.999))
def test_the_incomplete_beta_function(a: float, b: float, x: float) -> None:
    value = incomplete_beta(a, b, x)
    assert 0.0 <= value <= 1.0
    assert value == pytest.approx(1.0 - incomplete_beta(b, a, 1.0 - x), abs=1e-9)
    # I_x(a, 1) = x^a (DLMF 8.17.7 with b = 1)
    assert incomplete_beta(a, 1.0, x) == pytest.approx(x**a, abs=1e-9)
    assert incomplete_beta(a, b, min(0.999, x + 0.01)) >= value - 1e-12


def test_the_incomplete_beta_function_at_known_points() -> None:
    # Abramowitz and Stegun 26.5: the sum of binomial terms
    assert incomplete_beta(2, 3, 0.4) == pytest.approx(0.5248, abs=1e-10)
    assert incomplete_beta(5, 8, 0.7) == pytest.approx(0.99051062887, abs=1e-10)


@given(st.lists(st.booleans(), max_size=50))
def test_another_sign_never_makes_one_less_sure(seen: list[bool]) -> None:
    for make in (
        lambda: ShareGauge(0.5),
        lambda: ShareGauge(0.25, above=False),
        lambda: MasteryGauge(BKTParameters()),
        lambda: MasteryGauge(BKTParameters(), mastered=False),
    ):
        one, other = make(), make()
        for value in seen:
            one.add((value,))
            other.add((value,))
        speaks = next(value for value in (True, False) if make().add((value,)))
        one.add((speaks,))
        other.add((not speaks,))
        assert one.certainty >= other.certainty


def test_a_comparison_needs_both_sides() -> None:
    gauge = ContrastGauge()
    for _ in range(50):
        gauge.add((True, True))
    assert gauge.enough == 0
    assert gauge.certainty > 0.5
