"""What a learner says against a label counts at once, and only later work brings the label back."""

from __future__ import annotations

from pathlib import Path

from gradatim.domain import LearnerEvent
from gradatim.memory import open_memory
from gradatim.memory.rights.disputes import correction_event, self_assessment_event, without_disputed
from gradatim.memory.rights.guard import GuardedMemory
from gradatim.memory.rights.labels import Label, labels
from gradatim.settings import Settings
from tests.memory.rights.material import Diary

KEY = "struggles-with:recursion"


def dispute(diary: Diary, key: str = KEY, action: str = "dispute", **payload: object) -> None:
    diary.add("correction", label=key, action=action, **payload)


def of(diary: Diary, key: str = KEY) -> Label | None:
    return next((item for item in labels(diary.events) if item.key == key), None)


def struggling() -> Diary:
    diary = Diary()
    diary.answers("recursion", [False] * 5)
    return diary


def test_a_disputed_label_is_set_aside_with_the_learners_words() -> None:
    diary = struggling()
    dispute(diary, text="the tests were wrong")
    found = of(diary)
    assert found is not None
    assert (found.status, found.words) == ("disputed", "the tests were wrong")
    assert "no agent uses it" in found.reason


def test_only_work_after_the_dispute_brings_it_back_and_it_takes_more() -> None:
    diary = struggling()
    dispute(diary)
    diary.answers("recursion", [False] * 3)  # enough at first, not after a dispute
    assert of(diary).status == "disputed"  # type: ignore[union-attr]
    diary.answers("recursion", [False] * 3)
    found = of(diary)
    assert found is not None
    assert found.status == "holds"
    assert "you disputed it" in found.reason
    assert "6 observations after that" in found.reason


def test_contrary_work_after_a_dispute_never_brings_it_back() -> None:
    diary = struggling()
    dispute(diary)
    diary.answers("recursion", [True, False] * 20)
    assert of(diary).status == "disputed"  # type: ignore[union-attr]


def test_a_dispute_can_be_taken_back_and_made_again() -> None:
    diary = struggling()
    dispute(diary)
    dispute(diary, action="restore")
    assert of(diary).status == "holds"  # type: ignore[union-attr]
    dispute(diary, action="set", value="I can")
    found = of(diary)
    assert found is not None
    assert (found.status, found.value) == ("disputed", "I can")


def test_a_dispute_before_the_label_holds_counts_too() -> None:
    diary = Diary()
    dispute(diary)
    diary.answers("recursion", [False] * 4)
    assert of(diary).status == "disputed"  # type: ignore[union-attr]


def test_a_dispute_of_what_no_rule_makes_changes_nothing() -> None:
    diary = struggling()
    before = labels(diary.events)
    dispute(diary, "no such label")
    dispute(diary, 7)  # type: ignore[arg-type]
    assert labels(diary.events) == before


async def test_agents_do_not_get_what_is_disputed(tmp_path: Path) -> None:
    diary = struggling()
    diary.answers("loops", [True] * 4)
    for number in range(10):
        diary.tries(f"t{number}", [False])
    async with open_memory(Settings(data_dir=tmp_path)) as memory:
        await memory.append(diary.events)
        agents = GuardedMemory(memory, ["personalisation"])
        whole = await agents.state("ada")
        assert whole.mastery == (await memory.state("ada")).mastery
        assert whole.of("recursion")
        assert whole.profile["persistence"] is not None
        late = "2026-12-01T00:00:00Z"
        await memory.append([correction_event("ada", KEY, "dispute", at=late)])
        await memory.append([correction_event("ada", "leaves-after-failure", "dispute", at=late)])
        seen = await agents.state("ada")
        assert seen.of("recursion") is None
        assert seen.of("loops") == whole.of("loops")
        assert (seen.breadth, seen.profile["breadth"]) == (1.0, 1.0)  # loops are what is left
        assert seen.profile["persistence"] is None
        assert seen.profile["success_rate"] == (await memory.state("ada")).profile["success_rate"]
        assert not [item for item in seen.features if item.name == "persistence"]
        assert (await memory.state("ada")).of("recursion") is not None  # the learner still sees it
        await memory.append([correction_event("ada", KEY, "restore", at="2026-12-02T00:00:00Z")])
        assert (await agents.state("ada")).of("recursion") is not None


def test_without_disputes_the_state_is_the_same_object(tmp_path: Path) -> None:
    from gradatim.domain import LearnerState

    state = LearnerState(learner_id="ada")
    assert without_disputed(state, struggling().events) is state


def test_own_judgements_are_kept_beside_what_is_observed() -> None:
    event = self_assessment_event("ada", can=["loops"], cannot=["recursion"], note="since the course", at="2026-01-01")
    assert LearnerEvent.model_validate(event.plain()) == event
    assert [(item.concept, item.correct) for item in event.observations] == [("loops", True), ("recursion", False)]
    assert event.payload == {"text": "since the course"}
    again = self_assessment_event("ada", can=["loops"])
    assert again.id != self_assessment_event("ada", can=["loops"]).id
