from __future__ import annotations

import pytest

from gradatim.domain import Submission
from gradatim.errors import InputError
from gradatim.testing.learners import (
    Dialogue,
    Draft,
    Fault,
    Reply,
    Said,
    SilentTutor,
    SimulatedLearner,
    TellingTutor,
    Traits,
    converse,
    planted,
)
from gradatim.testing.learners.cues import Question
from gradatim.testing.learners.desk import Desk
from gradatim.testing.learners.predictions import predict
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import Sandbox
from tests.testing.learners.conftest import RIGHT

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEEDS = range(8)
CAREFUL = Traits(reading=1.0, tracing=1.0, skill=1.0, eagerness=0.0, straying=0.0, pasting=0.0)


async def hear(
    fault: Fault, sandbox: Sandbox, text: str, seed: int = 0, **more: object
) -> tuple[Reply, SimulatedLearner]:
    learner = SimulatedLearner(fault, sandbox, seed=seed, **more)  # type: ignore[arg-type]
    await learner.open()
    return await learner.hear(text), learner


class Saying:
    """A tutor who says the same in each turn."""

    def __init__(self, text: str) -> None:
        self._text = text

    async def begin(self, task: object, opening: Reply, language: str) -> Said:
        return Said(self._text)

    async def answer(self, reply: Reply) -> Said:
        return Said(self._text)


async def test_who_is_told_all_succeeds_and_who_is_told_nothing_does_not(fault: Fault, sandbox: Sandbox) -> None:
    told = [await converse(SimulatedLearner(fault, sandbox, seed=seed), TellingTutor(fault, sandbox)) for seed in SEEDS]
    left = [await converse(SimulatedLearner(fault, sandbox, seed=seed), SilentTutor()) for seed in SEEDS]
    assert sum(dialogue.how is not None for dialogue in told) >= 6
    assert sum(dialogue.how is not None for dialogue in left) <= 1
    assert not any(dialogue.how == "copied" for dialogue in (*told, *left))
    assert all(dialogue.turns == 8 for dialogue in left if dialogue.how is None)


async def test_chinese_learners_understand_chinese(fault: Fault, sandbox: Sandbox) -> None:
    told = [
        await converse(SimulatedLearner(fault, sandbox, seed=seed, language="zh"), TellingTutor(fault, sandbox))
        for seed in SEEDS
    ]
    assert sum(dialogue.how is not None for dialogue in told) >= 5
    assert any("\u4e00" <= sign <= "\u9fff" for sign in told[0].opening.message)


async def test_wrong_statements_mislead(fault: Fault, sandbox: Sandbox) -> None:
    text = "The mistake is in line 2: the initial value should be another one, start with 1."
    told = [await converse(SimulatedLearner(fault, sandbox, seed=seed), Saying(text)) for seed in SEEDS]
    lines = [item.reply.line for dialogue in told for item in dialogue.exchanges if item.reply.line is not None]
    assert sum(dialogue.how is not None for dialogue in told) <= 2
    assert lines.count(2) > 0.6 * len(lines)


async def test_success_by_copying_is_told_apart(fault: Fault, sandbox: Sandbox) -> None:
    text = "You should write `for number in range(1, n + 1):` there."
    replies = [(await hear(fault, sandbox, text, seed))[0] for seed in SEEDS]
    assert any(reply.how == "copied" for reply in replies)
    assert all(reply.code == RIGHT for reply in replies if reply.how == "copied")


async def test_a_changed_program_is_really_run(fault: Fault, sandbox: Sandbox) -> None:
    dialogue = await converse(SimulatedLearner(fault, sandbox, seed=3), TellingTutor(fault, sandbox))
    for item in dialogue.exchanges:
        if item.reply.code is not None and item.reply.passed is not None:
            execution = await execute(sandbox, fault.task, Submission.of(fault.task.id, item.reply.code))
            assert execution.passed == item.reply.passed


async def test_the_same_seed_gives_the_same_dialogue(fault: Fault, sandbox: Sandbox) -> None:
    async def led() -> Dialogue:
        return await converse(SimulatedLearner(fault, sandbox, seed=5), TellingTutor(fault, sandbox))

    first = await led()
    assert await led() == first


async def test_a_question_is_answered_by_what_is_believed_or_by_what_happens(fault: Fault, sandbox: Sandbox) -> None:
    text = "What is the value of `total` at the end of `total_up_to(3)`?"
    sure, learner = await hear(fault, sandbox, text, traits=CAREFUL)
    assert sure.right is True
    assert "3" in sure.message
    assert learner.understanding.should > CAREFUL.prior
    believing = Traits(reading=1.0, tracing=0.0, skill=1.0, eagerness=0.0, straying=0.0, pasting=0.0)
    reply, learner = await hear(fault, sandbox, text, traits=believing)
    assert reply.right is False
    assert "6" in reply.message
    before = learner.understanding.should
    await learner.hear("When I run it, it gives 3.")
    assert learner.understanding.should > before


async def test_predictions_know_both_answers(fault: Fault, sandbox: Sandbox) -> None:
    desk = Desk(sandbox, fault.task)
    case = fault.task.tests[0]
    rounds = await predict(Question("rounds", case), Draft(fault.code), fault, desk)
    assert rounds is not None
    assert (rounds.value, rounds.believed, rounds.telling) == ("2", "3", True)
    last = await predict(Question("value", case, ("number",), round="last"), Draft(fault.code), fault, desk)
    assert last is not None
    assert (last.value, last.believed) == ("2", "3")
    first = await predict(Question("value", case, ("number",), round="first"), Draft(fault.code), fault, desk)
    assert first is not None
    assert not first.conflicts
    result = await predict(Question("value", case), Draft(fault.code), fault, desk)
    assert result is not None
    assert (result.value, result.believed) == ("3", "6")
    assert await predict(Question("why", case), Draft(fault.code), fault, desk) is None


async def test_long_texts_are_taken_in_less(fault: Fault, sandbox: Sandbox) -> None:
    text = "The mistake is in line 3. The stop of a range is not included."
    filler = "Programming is a craft that wants patience. " * 60
    brief, lengthy = 0.0, 0.0
    for seed in SEEDS:
        brief += (await hear(fault, sandbox, f"{text} Well."))[1].understanding.where[3] if seed == 0 else 0.0
        brief += (await hear(fault, sandbox, f"{text} Well.", seed + 1))[1].understanding.where[3]
        lengthy += (await hear(fault, sandbox, f"{filler}{text} Well.", seed + 1))[1].understanding.where[3]
    assert lengthy < 0.5 * brief


async def test_without_help_the_answer_is_begged_for(fault: Fault, sandbox: Sandbox) -> None:
    acts = {
        item.reply.act
        for seed in SEEDS
        for item in (await converse(SimulatedLearner(fault, sandbox, seed=seed), SilentTutor())).exchanges
    }
    assert {"beg", "attempt", "confused"} <= acts


async def test_odd_texts_are_survived(fault: Fault, sandbox: Sandbox) -> None:
    odd = ["", "?", "```", "`", "第行？" * 50, "line 0 line 999 `def (` ```\nx = (\n```", "\x00", "🙂" * 3_000]
    for text in (*odd, "[" * 1_000_000):
        reply, _ = await hear(fault, sandbox, text)
        assert reply.message


async def test_a_language_that_nobody_speaks_is_refused(fault: Fault, sandbox: Sandbox) -> None:
    with pytest.raises(InputError, match="no simulated learner speaks"):
        SimulatedLearner(fault, sandbox, language="xx")


async def test_planted_faults_make_the_program_fail(fault: Fault, sandbox: Sandbox) -> None:
    found = list(planted(fault.task, RIGHT))
    assert "range-stop-included" in {item.misconception for item in found}
    failing = 0
    for item in found:
        assert item.right == RIGHT
        execution = await execute(sandbox, fault.task, Submission.of(fault.task.id, item.code))
        failing += not execution.passed
    assert failing >= 4
