"""What every `EventLog` has to do, whichever database it lies in.

A log passes by subclassing `EventLogConformance` in a test module and giving the fixture `reopen`: a callable that
opens one and the same storage, empty at first, as often as it is called.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from gradatim.domain import LearnerEvent, LearnerState
from gradatim.errors import InputError, StorageError
from gradatim.memory import BKTParameters, ConceptParameters
from gradatim.memory.inputs import microseconds
from gradatim.memory.storage.derivation import Estimates
from gradatim.memory.storage.protocol import EventLog
from gradatim.memory.tracing import update
from tests.memory.material import event

Reopen = Callable[[], Any]


def beliefs(state: LearnerState) -> dict[str, float]:
    return {item.concept: item.probability for item in state.mastery}


class EventLogConformance:
    @pytest.fixture
    def small_groups(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gradatim.memory.storage.log.GROUP", 4)

    @pytest.fixture
    def short_tails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Snapshots of the estimates after a few events, so that few events have many of them."""
        for module in ("derivation", "keeping"):
            monkeypatch.setattr(f"gradatim.memory.storage.{module}.SHORT_TAIL", 2)
        monkeypatch.setattr("gradatim.memory.storage.derivation.LONG_TAIL", 3)

    @pytest.fixture
    async def log(self, reopen: Reopen) -> AsyncIterator[EventLog]:
        async with reopen() as log:
            yield log

    # Appending

    async def test_append_counts_what_is_new(self, log: EventLog) -> None:
        assert await log.append([event(1), event(2), event(1)]) == 2
        assert await log.append([event(2), event(3)]) == 1
        assert [stored.id for stored in await log.events("anna")] == ["e0003", "e0002", "e0001"]

    async def test_append_of_nothing(self, log: EventLog) -> None:
        assert await log.append([]) == 0
        assert await log.learners() == []

    async def test_events_come_back_as_they_were(self, log: EventLog) -> None:
        first = event(
            1,
            ("loops", True),
            ("Schleifen – 循环", False),
            task_id="t 1",
            payload={
                "code": 'print("ä")\n\x00',
                "n": [1, 2.5, None, True, {"x": 10**25}],
                "z": "last",
                "a": {},
            },
        )
        await log.append([first])
        assert await log.events("anna") == (first,)

    async def test_same_id_with_other_content_is_refused(self, log: EventLog) -> None:
        await log.append([event(1, payload={"a": 1, "b": 2})])
        assert await log.append([event(1, payload={"b": 2, "a": 1})]) == 0
        for other in (
            event(1, payload={"a": 1, "b": 3}),
            event(1, learner_id="ben"),
            event(1, ("loops", True)),
        ):
            with pytest.raises(StorageError, match="e0001"):
                await log.append([event(7), other])
            with pytest.raises(StorageError, match="e0001"):
                await log.record(other)
        assert [stored.id for stored in await log.events("anna")] == ["e0001"]  # e0007 went with the batch
        assert (await log.state("anna")).events == 1

    async def test_same_id_with_other_content_within_one_batch(self, log: EventLog) -> None:
        with pytest.raises(StorageError, match="e0001"):
            await log.append([event(1), event(1, payload={"a": 1})])
        assert await log.events("anna") == ()

    @pytest.mark.parametrize(
        "bad",
        ["", "  ", "x" * 201, "a\nb", "a\x00", "tab\t", "\x7f", "a\u2028b"],
        ids=["empty", "blank", "long", "newline", "nul", "tab", "delete", "line separator"],
    )
    async def test_unusable_ids_are_refused(self, log: EventLog, bad: str) -> None:
        for refused in (
            log.append([event(1), event(2, learner_id=bad)]),
            log.record(event(1, id=bad)),
            log.record(event(1, (bad, True))),
            log.record(event(1, task_id=bad)),
            log.state(bad),
            log.events(bad),
            log.forget(bad),
        ):
            with pytest.raises(InputError):
                await refused
        assert await log.learners() == []

    @pytest.mark.parametrize("name", ["a", "x" * 200, "Zoë O'Neil; DROP TABLE events", "学生 7", "%_*", " a "])
    async def test_any_visible_text_is_a_learner_id(self, log: EventLog, name: str) -> None:
        await log.record(event(1, ("loops", True), learner_id=name))
        assert (await log.state(name)).events == 1
        assert [summary.learner_id for summary in await log.learners()] == [name]
        assert await log.forget(name) == 1

    @pytest.mark.parametrize("bad", ["yesterday", "", "2026-13-01", "12:00"])
    async def test_unusable_instants_are_refused(self, log: EventLog, bad: str) -> None:
        with pytest.raises(InputError, match="e0001"):
            await log.record(event(1, at=bad))

    async def test_payload_that_is_no_json_is_refused(self, log: EventLog) -> None:
        with pytest.raises(InputError, match="e0001"):
            await log.record(event(1, payload={"a": float("nan")}))

    # Mastery

    async def test_record_tells_the_change(self, log: EventLog) -> None:
        parameters = BKTParameters()
        once = update(parameters.prior, True, parameters)
        (change,) = await log.record(event(1, ("loops", True)))
        assert (change.concept, change.before, change.after) == ("loops", parameters.prior, once)
        other, again = await log.record(event(2, ("lists", False), ("loops", True), ("loops", False)))
        assert (other.concept, other.before) == ("lists", parameters.prior)
        assert again.before == once
        assert again.after == update(update(once, True, parameters), False, parameters)
        mastery = (await log.state("anna")).of("loops")
        assert mastery is not None
        assert (mastery.probability, mastery.observations, mastery.updated_at) == (
            again.after,
            3,
            event(2).at,
        )

    async def test_record_again_gives_the_same_changes(self, log: EventLog, reopen: Reopen) -> None:
        first = await log.record(event(1, ("loops", True)))
        await log.record(event(2, ("loops", False)))
        before = await log.state("anna")
        assert await log.record(event(1, ("loops", True))) == first
        async with reopen() as later:
            assert await later.record(event(1, ("loops", True))) == first
            assert beliefs(await later.state("anna")) == beliefs(before)
            assert (await later.state("anna")).events == 2

    async def test_record_after_append_gives_what_it_changed_then(self, log: EventLog) -> None:
        await log.append([event(1, ("loops", True)), event(2, ("loops", True))])
        (change,) = await log.record(event(2, ("loops", True)))
        parameters = BKTParameters()
        assert change.before == update(parameters.prior, True, parameters)

    async def test_event_without_observations_changes_nothing(self, log: EventLog) -> None:
        assert await log.record(event(1)) == ()
        state = await log.state("anna")
        assert (state.events, state.mastery, state.breadth, state.depth) == (1, (), None, None)

    async def test_self_assessment_is_no_evidence(self, log: EventLog) -> None:
        assert await log.record(event(1, ("loops", True), kind="self_assessment")) == ()
        assert (await log.state("anna")).mastery == ()

    async def test_unknown_learner_has_an_empty_state(self, log: EventLog) -> None:
        state = await log.state("nobody")
        assert (state.events, state.mastery, state.breadth, state.depth) == (0, (), None, None)
        assert state.profile
        assert set(state.profile.values()) == {None}
        assert await log.events("nobody") == ()

    async def test_least_mastered_first(self, log: EventLog) -> None:
        await log.record(event(1, ("b", True), ("a", False), ("c", False)))
        await log.record(event(2, ("b", True), ("c", False), ("b", True)))
        state = await log.state("anna")
        values = [item.probability for item in state.mastery]
        assert values == sorted(values)
        assert [item.concept for item in state.mastery][-1] == "b"
        assert state.depth == pytest.approx(sum(values) / 3)
        assert state.breadth == pytest.approx(1 / 3)

    async def test_learners_are_apart(self, log: EventLog) -> None:
        await log.record(event(1, ("loops", True)))
        await log.record(event(2, ("loops", False), learner_id="ben"))
        anna, ben = await log.state("anna"), await log.state("ben")
        assert beliefs(anna)["loops"] > BKTParameters().prior > beliefs(ben)["loops"]
        assert await log.learners() == [("anna", 1, event(1).at), ("ben", 1, event(2).at)]

    @pytest.mark.parametrize("seed", range(2))
    async def test_order_of_arrival_does_not_matter(self, reopen: Reopen, seed: int) -> None:
        chance = random.Random(seed)
        kinds = ("assessment", "submission", "self_assessment", "review", "interaction")
        events = [
            event(
                number // 2,  # two events at each instant: their ids decide
                *((chance.choice("abc"), chance.random() < 0.6) for _ in range(chance.randrange(4))),
                id=f"id-{chance.randrange(10**9)}",
                kind=chance.choice(kinds),
                task_id=chance.choice(["t1", "t2", None]),
                payload=chance.choice([{}, {"passed": True}, {"action": "hint"}]),
            )
            for number in range(40)
        ]
        shuffled = chance.sample(events, len(events))
        async with reopen() as log:
            await log.append(sorted(events, key=lambda item: (item.at, item.id)))
            expected = await log.state("anna")
            await log.forget("anna")
            for item in shuffled[:20]:
                await log.record(item)
            await log.append(shuffled[10:])
            found = await log.state("anna")
            newest_first = await log.events("anna")
        assert found.mastery == expected.mastery
        ageing = {"recency_days"}
        assert {name: value for name, value in found.profile.items() if name not in ageing} == pytest.approx(
            {name: value for name, value in expected.profile.items() if name not in ageing}, nan_ok=True
        )
        assert found.events == len(events)
        assert [item.id for item in newest_first] == [
            item.id for item in sorted(events, key=lambda item: (item.at, item.id), reverse=True)
        ]

    async def test_late_event_tells_the_change_to_the_present(self, log: EventLog) -> None:
        await log.record(event(1, ("loops", False)))
        (now,) = await log.record(event(3, ("loops", True)))
        (late,) = await log.record(event(2, ("loops", True)))
        parameters = BKTParameters()
        expected = parameters.prior
        for correct in (False, True, True):
            expected = update(expected, correct, parameters)
        assert (late.before, late.after) == (now.after, expected)
        assert await log.record(event(2, ("loops", True))) == (late,)

    async def test_instants_of_all_spellings_are_on_one_time_line(self, log: EventLog) -> None:
        await log.append(
            [
                event(1, id="c", at="2026-03-01T12:00:00.5+02:00"),
                event(1, id="b", at="2026-03-01T10:00:00Z"),
                event(1, id="a", at="2026-03-01T10:00:01"),
                event(1, id="d", at="2026-03-01"),
            ]
        )
        assert [item.id for item in await log.events("anna")] == ["a", "c", "b", "d"]
        assert (await log.learners())[0].last_at == "2026-03-01T10:00:01"

    # Reading

    async def test_events_by_kind_and_limit(self, log: EventLog) -> None:
        await log.append([event(number, kind="review" if number % 2 else "assessment") for number in range(9)])
        reviews = await log.events("anna", limit=2, kind="review")
        assert [item.id for item in reviews] == ["e0007", "e0005"]
        with pytest.raises(InputError, match="limit"):
            await log.events("anna", limit=0)

    async def test_everything_is_there_after_reopening(self, reopen: Reopen) -> None:
        async with reopen() as log:
            await log.record(event(1, ("loops", True)))
            before = await log.state("anna")
        async with reopen() as log:
            assert (await log.state("anna")).mastery == before.mastery

    async def test_many_at_once(self, log: EventLog) -> None:
        await asyncio.gather(*(log.record(event(number, ("loops", True))) for number in range(30)))
        state = await log.state("anna")
        assert state.events == 30
        assert state.mastery[0].observations == 30

    async def test_closed_memory_says_so(self, reopen: Reopen) -> None:
        log = reopen()
        async with log:
            await log.record(event(1))
        await log.aclose()
        with pytest.raises(StorageError, match="closed"):
            await log.state("anna")

    # Forgetting

    async def test_forget_leaves_nothing_and_nobody_else_touched(self, reopen: Reopen) -> None:
        async with reopen() as log:
            for learner in ("anna", "ben"):
                await log.append(
                    [event(number, ("loops", True), id=f"{learner}{number}", learner_id=learner) for number in (1, 2)]
                )
            ben = await log.state("ben")
            assert await log.forget("anna") == 2
            assert await log.forget("anna") == 0
        async with reopen() as log:
            assert await log.events("anna") == ()
            assert (await log.state("anna")).mastery == ()
            assert [summary.learner_id for summary in await log.learners()] == ["ben"]
            assert (await log.state("ben")).mastery == ben.mastery
            assert await log.append([event(1, id="anna1")]) == 1  # a forgotten id is free again

    async def test_no_trace_is_left_of_who_was_forgotten(self, reopen: Reopen) -> None:
        secret = "xylophone-7421"
        async with reopen() as log:
            await log.ingest(
                event(n, (secret, True), id=f"{secret}-{n}", learner_id=secret, payload={"code": f"{secret} " * 300})
                for n in range(40)
            )
            await log.record(event(50, ("loops", True), learner_id=secret))
            await log.append([event(n, ("loops", True), id=f"ben{n}", learner_id="ben") for n in range(40)])
            assert await log.traces([secret.encode()])
            await log.forget(secret)
            assert await log.traces([secret.encode(), b"nowhere"]) == []
            assert await log.traces([b"ben"])
            assert await log.traces([]) == []

    # Many events

    async def test_ingest_counts_what_is_new(self, log: EventLog, small_groups: None) -> None:
        events = [event(number, ("loops", True)) for number in range(25)]
        assert await log.ingest(iter(events[:10])) == 10
        assert await log.ingest([*events, *events]) == 15
        assert await log.ingest([]) == 0
        assert (await log.state("anna")).mastery[0].observations == 25

    async def test_a_bad_event_costs_its_group_only(self, log: EventLog, small_groups: None) -> None:
        events = [event(number, ("loops", True)) for number in range(20)]
        bad = event(99, payload={"a": float("inf")})
        with pytest.raises(InputError, match="e0099"):
            await log.ingest([*events[:11], bad, *events[11:]])
        assert len(await log.events("anna")) == 8
        conflict = event(3, payload={"other": 1})
        with pytest.raises(StorageError, match="e0003"):
            await log.ingest([*events[:11], conflict, *events[11:]])
        assert len(await log.events("anna")) == 8
        assert await log.ingest(events) == 12

    async def test_an_error_of_the_source_is_told(self, log: EventLog, small_groups: None) -> None:
        def broken() -> Iterator[LearnerEvent]:
            yield from (event(number) for number in range(6))
            raise RuntimeError("the file ends here")

        with pytest.raises(RuntimeError, match="ends here"):
            await log.ingest(broken())
        assert len(await log.events("anna")) == 4

    async def test_changes_of_an_ingested_event_are_those_at_its_place(self, log: EventLog) -> None:
        parameters = BKTParameters()
        await log.ingest([event(number, ("loops", number % 2 == 0)) for number in range(5)])
        belief = parameters.prior
        for number in range(5):
            (change,) = await log.record(event(number, ("loops", number % 2 == 0)))
            after = update(belief, number % 2 == 0, parameters)
            assert (change.before, change.after) == (belief, after)
            belief = after

    @pytest.mark.parametrize("seed", range(3))
    async def test_any_mixture_of_calls_gives_the_same_state(
        self, reopen: Reopen, seed: int, small_groups: None, short_tails: None
    ) -> None:
        chance = random.Random(seed)
        events = [
            event(
                number,
                *((chance.choice("abcdef"), chance.random() < 0.6) for _ in range(chance.randrange(3))),
                id=f"id-{chance.randrange(10**9)}",
                learner_id=chance.choice(["anna", "ben"]),
                kind=chance.choice(["assessment", "submission", "self_assessment", "interaction"]),
                task_id=chance.choice(["t1", "t2", None]),
                payload=chance.choice([{}, {"passed": True}, {"action": "hint", "seconds": 3.5}]),
            )
            for number in range(120)
        ]
        arriving = sorted(events, key=lambda item: (item.at, chance.random()))
        for _ in range(25):  # late by a little, and by much
            place = chance.randrange(len(arriving))
            late = arriving.pop(place)
            arriving.insert(min(len(arriving), place + chance.choice([1, 2, 5, 100])), late)
        async with reopen() as log:
            while arriving:
                size = chance.choice([1, 1, 3, 20])
                group, arriving = arriving[:size], arriving[size:]
                group += chance.sample(events[: len(events) - len(arriving)], 2) if not arriving else []
                call = chance.choice([log.append, log.ingest, None])
                if call is None:
                    for item in group:
                        await log.record(item)
                else:
                    await call(group)
                if chance.random() < 0.3:
                    await log.state(chance.choice(["anna", "ben"]))
            found = {name: await log.state(name) for name in ("anna", "ben")}
        for name, state in found.items():
            own = sorted((item for item in events if item.learner_id == name), key=lambda item: (item.at, item.id))
            expected = Estimates()
            for item in own:
                expected.advance(item, microseconds(item.at), ConceptParameters())
            assert state.events == len(own)
            assert {item.concept: (item.probability, item.observations, item.updated_at) for item in state.mastery} == {
                concept: (belief.probability, belief.observations, belief.updated_at)
                for concept, belief in expected.beliefs.items()
            }
            instant = microseconds("2026-06-01")
            assert expected.progress.attributes(instant, instant, [])["success_rate"] == state.profile["success_rate"]
        async with reopen() as log:  # another process finds the same
            for name, state in found.items():
                again = await log.state(name)
                assert again.mastery == state.mastery
                ageing = [key for key, value in state.profile.items() if value != again.profile[key]]
                assert set(ageing) <= {"recency_days", "activity", "engagement"}

    async def test_of_kind_over_all_learners(self, log: EventLog) -> None:
        events = [
            event(number, id=f"{learner}{number}", learner_id=learner, kind=kind)
            for learner in ("ben", "anna")
            for number, kind in ((2, "consent"), (1, "review"), (0, "consent"))
        ]
        await log.append(events)
        assert [item.id for item in await log.of_kind("consent")] == ["anna0", "anna2", "ben0", "ben2"]
        assert await log.of_kind("correction") == ()

    async def test_what_is_biometric_is_refused(self, log: EventLog) -> None:
        with pytest.raises(InputError, match="biometric"):
            await log.record(event(1, kind="interaction", payload={"heart_rate": 80}))
        assert await log.learners() == []

    async def test_two_logs_at_once(self, reopen: Reopen) -> None:
        async with reopen() as one, reopen() as other:
            logs = (one, other)
            await asyncio.gather(
                *(logs[number % 2].record(event(number, ("loops", True))) for number in range(20)),
                one.ingest(event(number, ("lists", True)) for number in range(100, 140)),
                other.ingest(event(number, ("lists", True)) for number in range(120, 160)),
            )
            states = [await log.state("anna") for log in logs]
        assert [state.events for state in states] == [80, 80]
        assert states[0].mastery == states[1].mastery
        assert {item.concept: item.observations for item in states[0].mastery} == {"loops": 20, "lists": 60}

    async def test_one_bad_record_among_many_spoils_no_other(self, log: EventLog) -> None:
        await log.record(event(5, ("loops", True)))
        calls = [log.record(event(number, ("loops", number != 5))) for number in range(12)]
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert [number for number, item in enumerate(results) if isinstance(item, StorageError)] == [5]
        assert (await log.state("anna")).events == 12
