"""Each dimension by hand: what its attributes are for histories that one can work out."""

from __future__ import annotations

import math
from typing import Any

import pytest

from gradatim.domain import Feature, LearnerEvent
from gradatim.memory.inputs import microseconds
from gradatim.memory.profile import DECAY, Progress
from gradatim.memory.profile.reading import IDLE_SECONDS, local_offset, scored, survey_of
from tests.memory.material import event

GAIN = 1.0 - DECAY


def seen(*events: LearnerEvent, now: str | None = None, mastery: dict[str, float] | None = None) -> dict[str, Feature]:
    progress, last = Progress(), None
    for item in events:
        last = microseconds(item.at)
        progress.advance(item, last, mastery or {})
    instant = microseconds(now) if now else last or 0
    return {item.name: item for item in progress.features(instant, last, list((mastery or {}).values()))}


def value(name: str, *events: LearnerEvent, **given: Any) -> float | None:
    return seen(*events, **given)[name].value


def attempt(number: int, passed: bool | None = None, task: str | None = "t", **payload: Any) -> LearnerEvent:
    said = {} if passed is None else {"passed": passed}
    at = payload.pop("at", None)
    return event(number, kind="submission", task_id=task, payload=said | payload, **({"at": at} if at else {}))


def act(number: int, action: str | None = None, **payload: Any) -> LearnerEvent:
    at = payload.pop("at", None)
    said = {} if action is None else {"action": action}
    return event(number, kind="interaction", payload=said | payload, **({"at": at} if at else {}))


def survey(number: int, instrument: str, **answers: float | None) -> LearnerEvent:
    given = {name.replace("_", "-"): answer for name, answer in answers.items()}
    return event(number, kind="survey", payload={"instrument": instrument, "answers": given, "scale": [1, 5]})


# ----------------------------------------------------------------------------------- cognitive ability


def test_tests_are_scored_on_their_scale() -> None:
    found = seen(survey(1, "working-memory", a=5, b=3), survey(2, "reasoning", a=1))
    memory = found["working_memory"]
    assert memory.value == pytest.approx(0.75)
    assert memory.observations == 1
    assert memory.error == pytest.approx(math.sqrt(0.125 / 2))  # variance of 1 and 0.5 is 0.125; two items
    assert found["reasoning"].value == 0.0
    assert found["reasoning"].error is None  # one item, once
    assert found["processing_speed"].value is None


def test_an_incomplete_test_leaves() -> None:
    assert value("working_memory", survey(1, "working-memory", a=5, b=None)) is None
    assert value("working_memory", survey(1, "working-memory", a=5, b=9)) is None  # off the scale
    both = survey(1, "working-memory", a=1, b=1), survey(2, "working-memory", a=5, b=None)
    assert value("working_memory", *both) == 0.0


def test_latency_is_a_geometric_mean_without_idle_time() -> None:
    found = seen(attempt(1, seconds=10), attempt(2, seconds=1e6), attempt(3, seconds=-5), attempt(4, seconds=True))
    logarithm = DECAY * math.log(10) + GAIN * math.log(IDLE_SECONDS)
    latency = found["response_latency"]
    assert latency.value == pytest.approx(math.exp(logarithm))
    assert latency.observations == 2
    size = 1 / (DECAY**2 + GAIN**2)
    spread = math.sqrt(DECAY * GAIN * math.log(IDLE_SECONDS / 10) ** 2 / (1 - 1 / size))
    assert found["latency_spread"].value == pytest.approx(spread)
    assert latency.error == pytest.approx(math.exp(logarithm) * spread / math.sqrt(size))


# --------------------------------------------------------------------------------------- learning style


def test_style_is_a_softmax_over_scores() -> None:
    found = seen(act(1, "run"), act(2, "edit"), act(3, "login"), act(4, "open", resource="example-3"))
    shares = {"practice": DECAY, "examples": GAIN, "reading": 0.0, "watching": 0.0, "dialogue": 0.0}
    total = sum(math.exp(share / 0.25) for share in shares.values())
    for style, share in shares.items():
        feature = found[f"style_{style}"]
        assert feature.value == pytest.approx(math.exp(share / 0.25) / total)
        assert feature.observations == 3
        assert feature.error is not None
        assert 0.0 < feature.error < 0.5


def test_own_account_counts_half_beside_what_they_do() -> None:
    said = survey(1, "learning-style", reading_1=5, reading_2=3, watching=1, examples=1, practice=1, dialogue=1)
    alone = value("style_reading", said)
    assert alone == pytest.approx(math.exp(0.75 / 0.25) / (math.exp(0.75 / 0.25) + 4))
    both = value("style_reading", said, act(2, "run"))
    strengths = [math.exp(0.375 / 0.25), math.exp(0.5 / 0.25), 1, 1, 1]
    assert both == pytest.approx(strengths[0] / sum(strengths))


def test_style_grows_surer() -> None:
    few = seen(*(act(number, "run") for number in range(2)))["style_practice"]
    many = seen(*(act(number, "run") for number in range(30)))["style_practice"]
    assert (many.error or 0.0) < (few.error or 0.0)


# ------------------------------------------------------------------------------------ knowledge mastery


def test_knowledge_and_its_doubt() -> None:
    found = seen(event(1, ("a", True), ("b", False)), mastery={"a": 0.9, "b": 0.5})
    assert (found["breadth"].value, found["depth"].value) == (0.5, 0.7)
    assert found["depth"].error == pytest.approx(math.sqrt(0.09 + 0.25) / 2)
    assert found["depth"].observations == 2


def test_a_score_is_never_imputed() -> None:
    assert value("assessment_score", attempt(1)) is None
    assert value("assessment_score", attempt(1, score=1.5)) is None
    assert value("assessment_score", attempt(1, score=0.4), attempt(2)) == 0.4
    assert value("assessment_score", attempt(1, True)) == 1.0
    two = event(1, ("a", True), ("b", False), kind="submission")
    assert value("assessment_score", two) == 0.5


def test_an_incomplete_attempt_says_so() -> None:
    found = scored(attempt(1, score=0.8, items_done=3, items_total=4))
    assert found is not None
    assert (found.score, found.done, found.total, found.complete) == (0.8, 3, 4, False)
    whole = scored(attempt(1, score=0.8, items_done=4, items_total=4))
    assert whole is not None
    assert whole.complete
    odd = scored(attempt(1, score=0.8, items_done=9, items_total=4))
    assert odd is not None
    assert odd.total is None
    assert scored(act(1, "run")) is None


# --------------------------------------------------------------------------------- behavioural patterns


def test_sessions_end_after_half_an_hour() -> None:
    at = ["10:00:00", "10:05:00", "10:25:00", "10:56:00", "10:57:00"]
    events = [act(number, resource=f"r{number}", at=f"2026-03-01T{time}Z") for number, time in enumerate(at)]
    running = seen(*events)
    assert running["session_minutes"].value == 25.0
    assert running["task_minutes"].value == 15.0  # 5 + 10 of the 20 between the second and the third
    assert running["resource_use"].value == 3.0
    ended = seen(*events, now="2026-03-01T12:00:00Z")
    assert ended["session_minutes"].value == pytest.approx(DECAY * 25 + GAIN * 1)
    assert ended["resource_use"].value == pytest.approx(DECAY * 3 + GAIN * 2)
    assert ended["session_minutes"].observations == 2


def test_the_time_that_an_attempt_tells_is_time_on_task() -> None:
    first = attempt(1, True, seconds=240, at="2026-03-01T10:00:00Z")
    later = attempt(2, True, seconds=60, at="2026-03-01T10:05:00Z")
    assert value("daily_minutes", first) == 4.0
    assert value("daily_minutes", first, later) == 9.0  # of the 5 minutes before it, it took 1
    assert value("daily_minutes", first, attempt(2, True, seconds=900, at="2026-03-01T10:05:00Z")) == 19.0
    assert value("daily_minutes", attempt(1, True, seconds=1e9)) == 30.0


def test_resources_that_were_opened_before() -> None:
    opened = [act(number, resource=name) for number, name in enumerate("aab")]
    assert value("resource_variety", *opened) == pytest.approx(DECAY * DECAY + GAIN)


def test_completion() -> None:
    assert value("completion", attempt(1, True)) == 1.0
    assert value("completion", attempt(1, False)) is None
    assert value("completion", attempt(1, False), attempt(2, False, "u")) == 0.0
    told = attempt(1, False, items_done=1, items_total=4), attempt(2, False, "u")
    assert value("completion", *told) == 0.25  # told once, not again when it is left
    assert value("completion", *told, attempt(3, False, "v")) == pytest.approx(DECAY * 0.25)


def test_the_composite_is_the_mean_of_four() -> None:
    day = "2026-03-0{}T10:{:02}:00Z"
    events = [
        act(1, "login", at=day.format(1, 0)),
        attempt(2, True, at=day.format(1, 9)),
        act(3, "practice", at=day.format(2, 0)),
    ]
    found = seen(*events)
    minutes = DECAY * 9.0
    assert found["daily_minutes"].value == pytest.approx(minutes)
    assert found["voluntary_practice"].value == pytest.approx(GAIN)
    composite = found["engagement_composite"]
    assert composite.value == pytest.approx((1.0 + minutes / 30.0 + 1.0 + GAIN) / 4)
    assert composite.error is not None
    silent = seen(events[0])
    assert silent["engagement_composite"].value == pytest.approx(0.25)  # what the log is silent about counts as 0


def test_activity_a_day() -> None:
    events = [event(number, at=f"2026-03-0{day}T10:00:00Z") for number, day in enumerate((1, 1, 1, 3))]
    assert value("activity", *events) == pytest.approx(DECAY * DECAY * 3 + GAIN * 1)


# -------------------------------------------------------------------------------------- affective state


def test_hesitation_revisions_confidence_and_affect() -> None:
    found = seen(
        attempt(1, pauses=4, edits=2, confidence=0.5), attempt(2, pauses=0, edits="3"), survey(3, "affect", a=4, b=2)
    )
    assert found["hesitation"].value == pytest.approx(DECAY * 4)
    assert found["hesitation"].error == pytest.approx(
        math.sqrt(DECAY * GAIN * 16 / (1 - (DECAY**2 + GAIN**2)) * (DECAY**2 + GAIN**2))
    )
    assert found["revision_frequency"].value == 2.0
    assert found["confidence"].value == 0.5
    assert found["self_reported_affect"].value == 0.5


# ------------------------------------------------------------------------------------ social interaction


def test_messages_replies_and_help() -> None:
    found = seen(act(1, "message"), act(2, "reply"), act(3, "run"), act(4, "assist"), act(5, "help"))
    assert found["message_share"].value == pytest.approx(DECAY**4)
    assert found["reply_share"].value == pytest.approx(GAIN * DECAY**3)
    assert found["help_given_share"].value == pytest.approx(GAIN * DECAY)
    assert found["help_asked_share"].value == pytest.approx(GAIN)
    assert found["message_share"].observations == 5
    assert found["reciprocity"].value == pytest.approx(GAIN * DECAY**2 + GAIN * DECAY)
    assert found["reciprocity"].observations == 4


# ------------------------------------------------------------------------------------- temporal dynamics


@pytest.mark.parametrize(
    ("instant", "minutes"),
    [("2026-03-01T10:00:00Z", None), ("2026-03-01T10:00:00+00:00", None), ("2026-03-01T10:00:00+05:30", 330),
     ("2026-03-01T10:00:00.123456-08:00", -480), ("2026-03-01", None), ("2026-03-01T10:00", None),
     ("2026-03-01T10:00:00+05:30:10", None), ("x", None), ("", None)],
)  # fmt: skip
def test_the_learners_clock(instant: str, minutes: int | None) -> None:
    assert local_offset(instant) == minutes


def test_hours_are_those_of_the_learners_clock() -> None:
    local = [attempt(day, True, at=f"2026-03-0{day}T22:00:00-08:00") for day in (2, 3)]
    found = seen(*local, attempt(4, True, at="2026-03-05T06:00:00Z"))  # 22:00 of the day before, on the same clock
    assert found["usual_hour"].value == pytest.approx(22.0)
    assert found["usual_hour"].error == pytest.approx(0.0, abs=1e-6)
    assert found["rhythm"].value == pytest.approx(1.0)
    assert found["success_evening"].observations == 3
    assert found["days_between_sessions"].value == pytest.approx(1.0)
    assert found["regularity"].value == pytest.approx(1.0)


def test_weekends() -> None:
    days = {"2026-02-27": 0.0, "2026-02-28": 1.0, "2026-03-01": 1.0, "2026-03-02": 0.0}  # Friday to Monday
    for day, weekend in days.items():
        assert value("weekend_share", event(1, at=f"{day}T12:00:00Z")) == weekend
    assert value("weekend_share", event(1, at="2026-02-27T20:00:00Z")) == 0.0
    assert value("weekend_share", event(1, at="2026-02-28T01:30:00+05:30")) == 1.0  # Saturday there, Friday in UTC


def test_best_hours_need_attempts_to_compare() -> None:
    morning = [attempt(day, True, at=f"2026-03-0{day}T08:00:00Z") for day in range(1, 6)]
    evening = [attempt(day, False, at=f"2026-03-0{day}T20:00:00Z") for day in range(1, 6)]
    both = sorted(morning + evening, key=lambda item: item.at)
    found = seen(*both)
    assert (found["best_hours"].value, found["best_hours_lead"].value) == (9.0, 1.0)
    assert found["best_hours_lead"].observations == 10
    assert 0.0 < (found["best_hours_lead"].error or 0.0) < 0.5
    assert seen(*both[:-2])["best_hours"].value is None
    assert seen(*morning)["best_hours"].value is None


# ---------------------------------------------------------------------------------------- metacognition


def test_confidence_and_outcome() -> None:
    found = seen(attempt(1, False, confidence=0.9), attempt(2, True, confidence=0.8), attempt(3, None, confidence=0.1))
    assert found["confidence_calibration"].value == pytest.approx(DECAY * (1 - 0.81) + GAIN * (1 - 0.04))
    assert found["overconfidence"].value == pytest.approx(DECAY * 0.9 - GAIN * 0.2)
    assert found["confidence_calibration"].observations == 2


def test_help_after_a_failure() -> None:
    assert value("help_seeking", attempt(1, False), attempt(2, True)) == 0.0
    assert value("help_seeking", attempt(1, False), act(2, "hint"), attempt(3, True)) == 1.0
    assert value("help_seeking", act(1, "hint"), attempt(2, False), attempt(3, True)) == 0.0
    assert value("help_seeking", attempt(1, True), act(2, "hint"), attempt(3, True)) is None


def test_another_way_after_a_failure() -> None:
    first = attempt(1, False, misconceptions=["off-by-one"])
    assert value("strategy_change", first, attempt(2, False, misconceptions=["off-by-one"])) == 0.0
    assert value("strategy_change", first, attempt(2, False, misconceptions=["aliasing"])) == 1.0
    assert value("strategy_change", first, attempt(2, False, error_category="NameError")) == 1.0
    assert value("strategy_change", first, attempt(2, False)) is None  # faults unknown
    assert value("strategy_change", first, attempt(2, True)) == 1.0
    assert value("strategy_change", attempt(1, False), act(2, "open"), attempt(3, False)) == 1.0
    assert value("strategy_change", first, attempt(2, True, "other")) is None


def test_surveys_of_unknown_form_are_passed_over() -> None:
    for payload in ({}, {"instrument": "affect"}, {"instrument": "affect", "answers": {"a": 1}, "scale": [1]}):
        assert survey_of(event(1, kind="survey", payload=payload)) is None
    assert survey_of(act(1, "run")) is None
    huge = survey_of(survey(1, "affect", a=10**400))
    assert huge is not None
    assert huge.answers == {"a": None}
