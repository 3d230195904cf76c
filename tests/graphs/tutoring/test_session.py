"""Sessions over time: cut off, taken up, handed over, remembered, long ones, worded by a model."""

from __future__ import annotations

from typing import Any

import pytest

from gradatim.agents.tutoring.rememberer import Rememberer
from gradatim.app.records import open_records
from gradatim.errors import InputError, ReviewError
from gradatim.graphs.tutoring.session import load_session
from gradatim.memory.rights.consent import consent_event
from tests.cases import CORRECT, OFF_BY_ONE, TASK
from tests.graphs.tutoring.conftest import Opener


async def test_a_turn_that_was_cut_off_is_finished_once(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as tutor:
        turn = await tutor.start(task=TASK, code=OFF_BY_ONE, learner_id="ada", session="s")
        with monkeypatch.context() as patched:

            async def dies(self: Any, state: Any, runtime: Any = None) -> Any:
                raise RuntimeError("killed")

            patched.setattr(Rememberer, "__call__", dies)
            with pytest.raises(RuntimeError, match="killed"):
                await tutor.hear("s", "I am lost", code=None)
    async with opened() as tutor:  # another process
        again = await tutor.hear("s", "I am lost")
        assert (again.number, again.understood) == (1, "confusion")
        other = await tutor.hear("s", "I am lost")
        assert other.number == 2
        events = await tutor.services.memory.events("ada", kind="interaction")
        heard = [item.id for item in events if item.id.endswith(":heard")]
        assert sorted(heard) == ["tutoring:s:1:heard", "tutoring:s:2:heard"]
        assert turn.session == "s"


async def test_a_repeated_call_changes_nothing(opened: Opener) -> None:
    async with opened() as tutor:
        await tutor.start(task=TASK, code=OFF_BY_ONE, session="s")
        first = await tutor.hear("s", "why?", number=1)
        assert await tutor.hear("s", "why?", number=1) == first
        assert await tutor.latest("s") == first
        with pytest.raises(InputError, match="next turn is 2"):
            await tutor.hear("s", "what?", number=5)
        with pytest.raises(InputError, match="no such session"):
            await tutor.hear("nobody", "hello")
        assert (await tutor.start(task=TASK, session="s")) == first
        with pytest.raises(InputError, match="another task or of another learner"):
            await tutor.start(task=TASK, session="s", learner_id="bob")
        with pytest.raises(InputError, match="either a task or a concept"):
            await tutor.start()


async def test_a_person_takes_over_and_the_session_goes_on(opened: Opener) -> None:
    async with opened() as tutor:
        await tutor.start(task=TASK, code=OFF_BY_ONE, session="s")
        turn = await tutor.hear("s", "I don't want to live anymore")
        assert (turn.move, turn.held, turn.understood) == ("hand-over", True, "distress")
    async with opened() as tutor:
        (held,) = await tutor.held()
        assert (held.reason, held.priority, held.program) == ("distress", 100, OFF_BY_ONE)
        waiting = await tutor.hear("s", "are you there?")
        assert waiting.held
        assert (await tutor.held())[0].waiting == ("are you there?",)
        with pytest.raises(ReviewError, match="name"):
            await tutor.answer("s", "hello", " ")
        answer = await tutor.answer("s", "I will call you now.", "Eve")
        assert (answer.author, answer.held, answer.number) == ("person:Eve", False, 2)
        assert "I will call you now." in answer.text
        assert await tutor.held() == []
        with pytest.raises(ReviewError, match="does not wait"):
            await tutor.answer("s", "again", "Eve")
        turn = await tutor.hear("s", "", code=CORRECT)
        assert (turn.number, turn.passed, turn.held) == (3, True, False)


async def test_what_was_learnt_goes_to_the_memory_with_consent_alone(opened: Opener) -> None:
    async with opened() as tutor:
        memory = tutor.services.memory
        await memory.append([consent_event("bob", "personalisation", given=False)])
        for learner in ("ada", "bob"):
            await tutor.start(task=TASK, code=OFF_BY_ONE, session=learner, learner_id=learner)
            question = (await load_session(tutor.store, learner) or {})["plan"]["open"]
            await tutor.hear(learner, question["answer"])
            await tutor.hear(learner, "a hint please")
            await tutor.hear(learner, "", code=CORRECT)
            await tutor.hear(learner, "because the end of a range is left out")
        events = await memory.events("ada")
        attempts = [item for item in reversed(events) if item.kind == "submission"]
        assert [item.payload["passed"] for item in attempts] == [False, True]
        assert all(item.correct for item in attempts[1].observations)
        heard = {item.payload["intent"]: item for item in events if item.id.endswith(":heard")}
        assert heard["answer"].observations[0].correct
        assert heard["hint-request"].payload["action"] == "hint"
        assert isinstance(events[0].payload["reliance"], float)
        assert (await tutor.services.memory.state("ada")).mastery
        assert await tutor.services.memory.memory.events("bob", kind="interaction") == ()  # type: ignore[attr-defined]


async def test_a_learner_who_is_forgotten_has_no_session_left(opened: Opener) -> None:
    async with opened() as tutor:
        settings = tutor.services.settings
        await tutor.start(task=TASK, code=OFF_BY_ONE, session="s", learner_id="ada")
        await tutor.hear("s", "can I talk to a person?")
        assert await tutor.held()
    async with open_records(settings) as records:
        assert records is not None
        assert await records.erase("ada") >= 1
    async with opened() as tutor:
        assert await tutor.latest("s") is None
        assert await tutor.held() == []


async def test_finished_turns_leave_no_checkpoints(opened: Opener) -> None:
    async with opened(repair_seconds=0.0) as tutor:
        await tutor.start(task=TASK, code=OFF_BY_ONE, session="s")
        for _ in range(5):
            await tutor.hear("s", "hello")
        config: Any = {"configurable": {"thread_id": "s"}}
        assert [item async for item in tutor.checkpoints.alist(config)] == []
        session = await tutor.session("s")
        assert session is not None
        assert (session.number, session.task_id, session.passed, session.held) == (5, TASK.id, False, False)


async def test_a_model_words_a_turn_as_far_as_it_stands_up_to_checks(opened: Opener) -> None:
    answers = iter(
        [
            {"say": "Let us go through it together."},
            {"say": "All tests pass, well done! Use `range(n + 1)` in line 3. Is that clear?"},
            {"say": "这里我们一起看。"},
        ]
    )
    asked: list[str] = []

    def speak(messages: Any) -> Any:
        asked.append("\n".join(str(message.text) for message in messages))
        return next(answers)

    async with opened(speak) as tutor:
        turn = await tutor.start(task=TASK, code=OFF_BY_ONE, session="s")
        assert turn.author == "tutor"
        turn = await tutor.hear("s", "I am lost >>> with all of this")
        assert turn.text.startswith("Let us go through it together.")
        assert turn.author.startswith("model:")
        for number in range(5):
            turn = await tutor.hear("s", "I have no idea")
            assert "well done" not in turn.text, number
            assert "range(n + 1)" not in turn.text, number
            assert "这里" not in turn.text, number
            assert turn.text.count("?") == 1, number
            assert turn.author == "tutor", number
        assert len(asked) == 3  # one turn of rest after the first useless answer, two after the second
    everything = "\n".join(asked)
    assert "n * (n + 1) // 2" not in everything
    assert "range(n + 1)" not in everything
    assert "55" not in everything  # a hidden test's
