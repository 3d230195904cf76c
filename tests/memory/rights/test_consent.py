"""No consent, no use: the latest word counts, per purpose, for every way in which agents reach the memory."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.domain import LearnerEvent, Observation, Recollection
from gradatim.errors import InputError, StorageError
from gradatim.memory import LearnerMemory, open_memory
from gradatim.memory.rights.consent import (
    PURPOSES,
    NoConsent,
    agreement,
    allowed,
    checked_purpose,
    consent_event,
    consenting,
    consents,
)
from gradatim.memory.rights.guard import GuardedMemory, guarded
from gradatim.settings import Settings, load_settings

DEFAULT = ("personalisation",)


def said(purpose: str, given: object, at: str, id: str) -> LearnerEvent:
    payload = {"purpose": purpose, "given": given}
    return LearnerEvent.model_validate(
        {"id": id, "learner_id": "ada", "kind": "consent", "at": at, "payload": payload}
    )  # fmt: skip


def assessed(learner: str = "ada", id: str = "a1") -> LearnerEvent:
    return LearnerEvent(
        id=id, learner_id=learner, kind="assessment", at="2026-01-01T00:00:00Z",
        observations=(Observation(concept="loops", correct=True),),
    )  # fmt: skip


def error(learner: str = "ada") -> Recollection:
    return Recollection(id="r", learner_id=learner, kind="error", text="off by one", at="2026-01-01T00:00:00Z")


class Embedder:
    name = "letters"
    dimensions = 2

    def embed(self, texts: list[str]) -> list[list[float]]:
        return [[1.0, 0.0] for _ in texts]


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[LearnerMemory]:
    async with open_memory(Settings(data_dir=tmp_path / "data"), Embedder()) as opened:
        yield opened


def test_before_anything_is_said_the_setting_decides() -> None:
    found = consents((), DEFAULT)
    assert [(item.purpose, item.given, item.assumed) for item in found.values()] == [
        ("personalisation", True, True), ("improvement", False, True), ("research", False, True),
    ]  # fmt: skip
    assert not any(item.given for item in consents((), ()).values())


def test_the_latest_word_counts_whenever_it_arrives() -> None:
    words = [
        said("research", True, "2026-01-01T00:00:00Z", "a"),
        said("research", False, "2026-01-03T00:00:00+00:00", "b"),
        said("research", True, "2026-01-02T23:59:59Z", "c"),
    ]
    for order in (words, words[::-1], [words[1], words[0], words[2]]):
        found = consents(order, DEFAULT)["research"]
        assert (found.given, found.event) == (False, "b")
    tie = [said("research", True, "2026-01-01T00:00:00Z", "x"), said("research", False, "2026-01-01T01:00+01:00", "y")]
    assert not consents(tie, DEFAULT)["research"].given


def test_what_is_no_plain_yes_or_no_says_nothing() -> None:
    words = [
        said("research", "yes", "2026-01-01T00:00:00Z", "a"),
        said("research", 1, "2026-01-01T00:00:00Z", "b"),
        said("advertising", True, "2026-01-01T00:00:00Z", "c"),
    ]
    assert not consents(words, DEFAULT)["research"].given
    with pytest.raises(InputError, match="advertising"):
        checked_purpose("advertising")


@given(st.lists(st.tuples(st.sampled_from(PURPOSES), st.booleans(), st.integers(1, 28)), max_size=12), st.randoms())
def test_the_order_of_arrival_does_not_matter(words: list[tuple[str, bool, int]], chance: random.Random) -> None:
    events = [
        said(purpose, given, f"2026-01-{day:02}", f"e{number}") for number, (purpose, given, day) in enumerate(words)
    ]
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert consents(shuffled, DEFAULT) == consents(events, DEFAULT)


async def test_without_consent_agents_neither_read_nor_write(memory: LearnerMemory) -> None:
    agents = guarded(memory, DEFAULT)
    assert isinstance(agents, GuardedMemory)
    assert guarded(agents, DEFAULT) is agents
    await agents.record(assessed())
    await agents.remember([error()])
    assert (await agents.state("ada")).events == 1
    assert await agents.recall("ada", "off by one")
    await memory.append([consent_event("ada", "personalisation", False)])
    for call in (
        agents.state("ada"),
        agents.events("ada"),
        agents.recall("ada", "off by one"),
        agents.record(assessed(id="a2")),
        agents.remember([error()]),
    ):
        with pytest.raises(NoConsent, match="has not consented to personalisation") as caught:
            await call
        assert isinstance(caught.value, StorageError)  # whoever copes with a memory that is away copes with this
    assert await agents.append([assessed(id="a2"), assessed("bo", "b1")]) == 1
    assert await agents.ingest([assessed(id="a3"), assessed("bo", "b2")]) == 1
    assert [event.learner_id for event in await agents.of_kind("assessment")] == ["bo", "bo"]
    assert [event.id for event in await memory.events("ada", kind="assessment")] == ["a1"]
    await memory.append([consent_event("ada", "personalisation", True)])
    assert (await agents.state("ada")).events == 3
    await agents.record(assessed(id="a2"))


async def test_what_learners_say_about_their_own_data_always_passes(memory: LearnerMemory) -> None:
    agents = GuardedMemory(memory, ())
    await agents.record(consent_event("ada", "research", True, text="for the course"))
    assert await agents.append([consent_event("ada", "personalisation", True)]) == 1
    assert [event.payload.get("text") for event in await agents.events("ada", kind="consent")] == [
        None,
        "for the course",
    ]
    assert (await agents.state("ada")).events == 2


async def test_strict_opt_in(memory: LearnerMemory) -> None:
    agents = GuardedMemory(memory, ())
    with pytest.raises(NoConsent):
        await agents.record(assessed())
    assert not await allowed(memory, "ada", "personalisation", ())
    assert await memory.learners() == []


async def test_who_consents_among_ten_thousand_learners(memory: LearnerMemory) -> None:
    await memory.ingest(assessed(f"l{number}", f"e{number}") for number in range(10_000))
    yes = [f"l{number}" for number in range(0, 10_000, 7)]
    await memory.ingest(consent_event(learner, "research", True, at="2026-01-01") for learner in yes)
    await memory.ingest(consent_event(learner, "research", False, at="2026-01-02") for learner in yes[::2])
    began = perf_counter()
    found = await consenting(memory, "research", DEFAULT)
    assert perf_counter() - began < 5.0
    assert found == set(yes[1::2])
    assert len(await consenting(memory, "personalisation", DEFAULT)) == 10_000
    agreed = await agreement(memory, "research", ("research",))
    assert "never heard of" in agreed
    assert yes[0] not in agreed
    assert 7 not in agreed


@pytest.mark.parametrize(
    ("given", "expected"),
    [("none", ()), ("", ()), ("research, improvement", ("research", "improvement")), ("research", ("research",))],
)
def test_the_setting(monkeypatch: pytest.MonkeyPatch, given: str, expected: tuple[str, ...]) -> None:
    monkeypatch.setenv("GRADATIM_ASSUMED_CONSENT", given)
    assert load_settings().assumed_consent == expected


def test_a_wrong_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_ASSUMED_CONSENT", "everything")
    with pytest.raises(InputError, match="everything"):
        load_settings()
