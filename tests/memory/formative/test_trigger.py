from __future__ import annotations

import itertools
import json
import random
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.domain import LearnerEvent
from gradatim.errors import InputError
from gradatim.languages import available, speaking
from gradatim.memory.formative import (
    Budget,
    FormativePolicy,
    FormativeRequest,
    Threshold,
    Trigger,
    firings,
    load_policy,
    reason_text,
)
from gradatim.memory.formative.moving import MOST, Move, Movement
from gradatim.memory.formative.policy import ATTRIBUTE_SIGNALS, SUBJECTS
from gradatim.memory.inputs import microseconds
from gradatim.memory.rights.consent import consent_event
from gradatim.memory.rights.disputes import correction_event
from gradatim.memory.tracing import ConceptParameters
from tests.memory.formative.streams import BEGIN, attempt, streams, struggle

POLICY = load_policy()
EAGER = POLICY.model_copy(
    update={
        "threshold": Threshold(high=0.3, low=0.1),
        "events": 1,
        "budget": Budget(per_day=99, per_week=99, cool_down_hours=0),
    }
)
DAY = 24 * 3_600_000_000


def run(events: Sequence[LearnerEvent], policy: FormativePolicy = POLICY) -> tuple[FormativeRequest, ...]:
    return firings(Trigger("anna", policy), events)


def test_a_learner_who_fails_again_and_again_is_asked_about_once() -> None:
    (request,) = run(struggle(8))
    assert request.score > request.threshold == POLICY.threshold.high
    assert request.concepts == ("loop",)
    assert request.reasons[0].signal == "misconception"
    assert request.reasons[0].subject == "off-by-one-loop"
    assert request.reasons[0].change > 0
    assert set(request.evidence) <= {f"e{number:04}" for number in range(8)}
    told = sum(reason.contribution for reason in request.reasons)
    assert told == pytest.approx(request.score, rel=0.15)  # what is not told is small
    assert all(reason.contribution == pytest.approx(reason.weight * abs(reason.change)) for reason in request.reasons)


def test_one_event_is_no_reason_and_steady_work_neither() -> None:
    assert run(struggle(1)) == ()
    steady = [attempt(number, 60.0 * 24 * number, True) for number in range(30)]
    assert run(steady) == ()


def test_it_is_armed_again_only_after_calm() -> None:
    generous = POLICY.model_copy(update={"budget": Budget(per_day=9, per_week=9, cool_down_hours=0)})
    at_once = struggle(4) + [
        attempt(10 + n, 60.0 + n, False, concept=f"c{n}", misconceptions=[f"m{n}"]) for n in range(6)
    ]
    assert len(run(at_once, generous)) == 1
    later = struggle(4) + [
        attempt(10 + n, 4 * 24 * 60.0 + n, False, concept=f"c{n}", misconceptions=[f"m{n}"]) for n in range(6)
    ]
    assert len(run(later, generous)) == 2


def test_changes_that_come_back_cancel() -> None:
    movement = Movement({"mastery": 1.0}, 1e12)
    event = attempt(0, 0, True)
    movement.move(Move(("mastery", "loop"), 0.4), event, 0)
    assert movement.score(0) == pytest.approx(0.4)
    movement.move(Move(("mastery", "loop"), -0.4), event, 10)
    assert movement.score(10) == pytest.approx(0.0, abs=1e-9)


def test_a_change_counts_half_after_the_half_life() -> None:
    movement = Movement({"mastery": 2.0}, 100.0)
    movement.move(Move(("mastery", "loop"), 0.4), attempt(0, 0, True), 0)
    assert movement.score(100) == pytest.approx(0.4)
    assert movement.score(200) == pytest.approx(0.2)


def test_the_state_is_bounded() -> None:
    movement = Movement({"mastery": 1.0}, 1e12)
    for number in range(3 * MOST):
        movement.move(Move(("mastery", f"c{number}"), 0.01 * (1 + number % 7)), attempt(number, number, True), number)
    assert len(movement.moved) == MOST


@given(streams(), st.integers(0, 1000))
@settings(max_examples=12, deadline=None)
def test_order_of_arrival_and_repeats_change_nothing(events: Sequence[LearnerEvent], seed: int) -> None:
    shuffled = [*events, *events[::2]]
    random.Random(seed).shuffle(shuffled)
    assert run(shuffled, EAGER) == run(events, EAGER)


@given(streams())
@settings(max_examples=12, deadline=None)
def test_it_never_fires_twice_without_having_been_below_the_lower_threshold(events: Sequence[LearnerEvent]) -> None:
    trigger = Trigger("anna", EAGER)
    calm = True
    for event in events:
        at = microseconds(event.at)
        calm = calm or trigger.movement.score(at) < EAGER.threshold.low  # as it stood when the event came
        request = trigger.advance(event)
        after = trigger.movement.score(at)
        if request is not None:
            assert calm
            assert after > EAGER.threshold.high
            calm = False
        elif after < EAGER.threshold.low:
            calm = True


@given(
    streams(),
    st.builds(
        Budget, per_day=st.integers(0, 3), per_week=st.integers(0, 4), cool_down_hours=st.sampled_from((0.0, 2.0, 30.0))
    ),
)
@settings(max_examples=12, deadline=None)
def test_the_budget_is_never_exceeded(events: Sequence[LearnerEvent], budget: Budget) -> None:
    found = run(events, EAGER.model_copy(update={"budget": budget}))
    at = [microseconds(request.at) for request in found]
    for place, instant in enumerate(at):
        assert sum(instant - DAY < other <= instant for other in at[: place + 1]) <= budget.per_day
        assert sum(instant - 7 * DAY < other <= instant for other in at[: place + 1]) <= budget.per_week
    assert all(later - earlier >= budget.cool_down_hours * DAY / 24 for earlier, later in itertools.pairwise(at))


@given(streams(), st.data())
@settings(max_examples=8, deadline=None)
def test_a_restored_trigger_goes_on_as_if_nothing_had_happened(
    events: Sequence[LearnerEvent], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(events)))
    whole, first = Trigger("anna", EAGER), Trigger("anna", EAGER)
    expected = [whole.advance(event) for event in events]
    found = [first.advance(event) for event in events[:cut]]
    plain = json.loads(json.dumps(first.plain()))
    second = Trigger.restored("anna", EAGER, ConceptParameters(), plain)
    found += [second.advance(event) for event in events[cut:]]
    assert found == expected
    assert json.dumps(second.plain()) == json.dumps(whole.plain())


def test_what_the_budget_holds_back_is_counted() -> None:
    trigger = Trigger("anna", POLICY.model_copy(update={"budget": Budget(per_day=0, per_week=0, cool_down_hours=0)}))
    assert firings(trigger, struggle(8)) == ()
    assert trigger.withheld > 0
    assert trigger.armed


def test_events_out_of_order_are_refused_and_the_last_one_again_is_passed_over() -> None:
    trigger = Trigger("anna", EAGER)
    first, second = struggle(2)
    trigger.advance(second)
    before = json.dumps(trigger.plain())
    assert trigger.advance(second) is None
    assert json.dumps(trigger.plain()) == before
    with pytest.raises(InputError, match="is not the next event"):
        trigger.advance(first)
    with pytest.raises(InputError, match="is not the next event"):
        trigger.advance(attempt(9, 99, True, learner="bo"))


def test_a_state_of_another_policy_is_refused() -> None:
    plain = Trigger("anna", EAGER).plain()
    with pytest.raises(InputError, match="another policy"):
        Trigger.restored("anna", POLICY, ConceptParameters(), plain)


def test_without_consent_nothing_fires() -> None:
    refusal = consent_event("anna", "personalisation", False, at=BEGIN.isoformat())
    assert run([refusal, *struggle(8, minutes=5)]) == ()
    again = consent_event("anna", "personalisation", True, at=(BEGIN + timedelta(minutes=120)).isoformat())
    (request,) = run([refusal, *struggle(8, minutes=5), again, *struggle(8, first=20, minutes=200)])
    assert {*request.evidence} <= {f"e{number:04}" for number in range(20, 28)}


def test_what_the_learner_disputes_is_not_used() -> None:
    # mastery of one concept alone, which a label says something about
    policy = POLICY.model_copy(
        update={"signals": {"mastery": POLICY.signals["mastery"].model_copy(update={"weight": 2.0})}}
    )
    right = [attempt(number, 10.0 + number, True) for number in range(4)]
    dispute = correction_event("anna", "struggles-with:loop", "dispute", at=BEGIN.isoformat())
    assert len(run(right, policy)) == 1
    assert run([dispute, *right], policy) == ()
    restore = correction_event("anna", "struggles-with:loop", "restore", at=(BEGIN + timedelta(minutes=1)).isoformat())
    assert len(run([dispute, restore, *right], policy)) == 1


def test_every_signal_of_the_packaged_policy_can_be_told_in_every_language() -> None:
    (request,) = run(struggle(8))
    for code in available():
        if code not in ("en", "zh"):
            continue
        with speaking(code):
            for name in POLICY.signals:
                for change in (-0.5, 0.5):
                    reason = request.reasons[0].model_copy(update={"signal": name, "subject": "XYZ", "change": change})
                    text = reason_text(reason)
                    assert text
                    assert ("XYZ" in text) == (name in SUBJECTS)
            other = request.reasons[0].model_copy(update={"signal": "engagement", "subject": None})
            assert "engagement" in reason_text(other)
    assert set(POLICY.signals) <= ATTRIBUTE_SIGNALS | set(SUBJECTS)


def test_a_single_event_is_no_more_often() -> None:
    (request,) = run(struggle(8))
    fault = request.reasons[0].model_copy(update={"subject": "XYZ", "change": 0.3})
    once = fault.model_copy(update={"events": ("e1",)})
    assert "more often" in reason_text(fault)
    assert "more often" not in reason_text(once)
    assert "XYZ" in reason_text(once)
    kind = once.model_copy(update={"signal": "error_kind", "subject": "logical"})
    assert "a wrong result" in reason_text(kind)
    with speaking("zh"):
        assert "logical" not in reason_text(kind)


def test_broken_payloads_move_nothing() -> None:
    odd = attempt(0, 0, False, misconceptions={"a": 1}, error_category=7, confidence="sure", pauses=float("1e300"))
    listed = attempt(1, 1, False, misconceptions=[None, 3, ""], error_category=None)
    trigger = Trigger("anna", EAGER)
    firings(trigger, [odd, listed])
    assert all(key[0] not in ("misconception", "error_kind") for key in trigger.movement.moved)


def test_the_end_of_time_can_be_written() -> None:
    late = [
        event.model_copy(update={"at": f"9999-12-30T23:{10 + place}:00+00:00"})
        for place, event in enumerate(struggle(8))
    ]
    (request,) = run(late)
    assert request.expires_at.startswith("9999-12-31")
