"""Leads the dialogues, arm by arm on the same learners, keeps them as they end, and counts.

The data are tasks, wrong programs and their repairs, as `cohort.read_faults` reads them; by default the examples of a
checkout, and faults planted in the references of their tasks. Every dialogue goes to a file in the data folder
(`bench/tutoring`) when it ends: a run that was interrupted goes on from there, and whoever wants to read the dialogues
finds them there.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gradatim.app.bench.tutoring.arms import GraphArm, PlainArm
from gradatim.app.bench.tutoring.checks import Examiner, course_of
from gradatim.app.bench.tutoring.cohort import Learner, drawn, plant_faults, prove, read_faults
from gradatim.app.bench.tutoring.figures import Figure, beside, of_arm
from gradatim.app.bench.tutoring.record import ArmName, DialogueRecord, Kept, TurnRecord
from gradatim.app.bench.tutoring.sensitivity import sensitivity
from gradatim.errors import InputError
from gradatim.graphs import Services, open_services
from gradatim.graphs.tutoring import Tutor as GraphTutor
from gradatim.graphs.tutoring import open_tutor
from gradatim.serving.models import open_chat_model
from gradatim.testing.learners import (
    Dialogue,
    Draft,
    Fault,
    Reply,
    Said,
    SilentTutor,
    SimulatedLearner,
    TellingTutor,
    Tutor,
    converse,
    lines_named,
    patches_between,
    questions_in,
    words_in,
)
from gradatim.tools.claims import ClaimChecker

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures
    from gradatim.domain import Task
    from gradatim.settings import Settings

DIALOGUES = 64
"""With each tutor, unless `--sample` says otherwise."""
PLANTED = 4
"""One learner in so many holds a fault that was planted, not one of a person."""
Making = Callable[[Learner], Tutor]


def run(request: BenchRequest) -> Figures:
    """Run it.

    Raises:
        InputError: The data are missing or wrong.
        ModelError: The model cannot be used.
        SandboxError: Programs cannot be run safely here.
    """
    return asyncio.run(_run(request))


@dataclass(frozen=True, slots=True)
class Arm:
    """One of the tutors that are compared."""

    name: ArmName
    model: str
    making: Making


async def _run(request: BenchRequest) -> Figures:
    folder = _folder(request)
    number = request.sample or DIALOGUES
    figures: dict[str, Figure] = {}
    with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as scratch:
        async with _opened(request.settings, Path(scratch)) as opened:
            learners, left_out = await _learners(folder, opened.services, number)
            figures["programs_left_out"] = left_out
            figures["learners_chinese"] = sum(learner.language == "zh" for learner in learners)
            found: dict[ArmName, list[DialogueRecord]] = {}
            for arm in opened.arms:
                kept = Kept(request.settings.data_dir / "bench" / "tutoring", arm.name, arm.model)
                request.say(f"{arm.name}: {len(learners)} dialogues in {kept.path}")
                found[arm.name] = await lead(arm, learners, kept, opened.services, request.say)
                figures |= of_arm(arm.name, found[arm.name])
            for tutor in ("none", "tutor"):
                if tutor in found and "plain" in found:
                    pair = beside(found[tutor], found["plain"], (f"{tutor}_beside_plain", f"plain_beside_{tutor}"))
                    figures |= pair
            request.say("the same texts, read by learners who differ")
            figures |= await sensitivity(found, learners, opened.services.sandbox)
    return figures


def _folder(request: BenchRequest) -> Path:
    checkout = Path(__file__).parents[4] / "examples"
    folder = request.data or checkout
    if not (folder / "expected.yaml").is_file():
        place = str(folder) if request.data else "--data"
        raise InputError("holds no expected.yaml", place=place, remedy="name a folder like examples/ of a checkout")
    return folder


async def _learners(folder: Path, services: Services, number: int) -> tuple[list[Learner], int]:
    graph = await services.concepts.snapshot()
    faults, left_out = await read_faults(folder, services.sandbox, graph)
    more = await plant_faults(folder, services.sandbox, graph, number // PLANTED if faults else number)
    learners = drawn(faults, number - len(more)) if faults else []
    if not faults and not more:
        raise InputError("holds no wrong program with a known repair", place=str(folder), remedy="add some")
    for fault in {learner.fault.origin: learner.fault for learner in learners}.values():
        await prove(services.sandbox, fault)
    return learners + drawn(more, number - len(learners), seed=2, first=len(learners) + 1), left_out


# ------------------------------------------------------------------------------------------ arms


@dataclass(frozen=True, slots=True)
class _Opened:
    services: Services
    arms: Sequence[Arm]


@asynccontextmanager
async def _opened(settings: Settings, scratch: Path) -> AsyncGenerator[_Opened]:
    """Everything that the tutors need; what they keep goes to a folder that is deleted."""
    async with AsyncExitStack() as stack:
        bare = settings.model_copy(update={"model": "none", "data_dir": scratch / "none"})
        services = await stack.enter_async_context(open_services(bare))
        graph = await stack.enter_async_context(open_tutor(bare, services=services))
        arms = [
            Arm("silent", "", lambda _: SilentTutor()),
            Arm("telling", "", lambda learner: TellingTutor(learner.fault, services.sandbox)),
            Arm("none", "none", _graph(graph)),
        ]
        if settings.model != "none":
            with_model = settings.model_copy(update={"data_dir": scratch / "model"})
            model = await asyncio.to_thread(open_chat_model, settings.model, settings)
            more = await stack.enter_async_context(open_services(with_model, model=model))
            worded = await stack.enter_async_context(open_tutor(with_model, services=more))
            arms += [
                Arm("tutor", settings.model, _graph(worded)),
                Arm("plain", settings.model, lambda _: PlainArm(model)),
            ]
        yield _Opened(services, arms)


def _graph(tutor: GraphTutor) -> Making:
    return lambda _: GraphArm(tutor)


# ------------------------------------------------------------------------------------------ dialogues


async def lead(
    arm: Arm, learners: Sequence[Learner], kept: Kept, services: Services, say: Callable[[str], None]
) -> list[DialogueRecord]:
    """The dialogues of an arm, those that are kept already not led again."""
    found: list[DialogueRecord] = []
    course = course_of(await services.concepts.snapshot())
    for number, learner in enumerate(learners, 1):
        record = kept.get(learner.id)
        if record is None:
            timed = _Timed(arm.making(learner))
            simulated = SimulatedLearner(learner.fault, services.sandbox, seed=learner.seed, language=learner.language)
            dialogue = await converse(simulated, timed)
            record = await _recorded(arm, learner, dialogue, timed.seconds, services, course)
            kept.add(record)
            end = record.how or "not reached"
            say(f"{arm.name} {number}/{len(learners)} {learner.id}: {end}, {dialogue.turns} turns")
        found.append(record)
    return found


class _Timed:
    """A tutor whose time is measured."""

    def __init__(self, tutor: Tutor) -> None:
        self._tutor = tutor
        self.seconds = 0.0

    async def begin(self, task: Task, opening: Reply, language: str) -> Said:
        return await self._measured(self._tutor.begin(task, opening, language))

    async def answer(self, reply: Reply) -> Said:
        return await self._measured(self._tutor.answer(reply))

    async def _measured(self, saying: Awaitable[Said]) -> Said:
        began = time.monotonic()
        said = await saying
        self.seconds += time.monotonic() - began
        return said


async def _recorded(
    arm: Arm, learner: Learner, dialogue: Dialogue, seconds: float, services: Services, course: frozenset[str]
) -> DialogueRecord:
    fault, language = learner.fault, learner.language
    examiner = Examiner(ClaimChecker(services.sandbox, services.concepts), fault, language, course)
    turns: list[TurnRecord] = []
    earlier: list[str] = []
    for item in dialogue.exchanges:
        checks = await examiner.check(item.text, item.program, earlier)
        earlier.append(item.program)
        reply = item.reply
        turns.append(
            TurnRecord(
                program=item.program,
                text=item.text,
                message=reply.message,
                code=reply.code,
                act=reply.act,
                passed=reply.passed,
                how=reply.how,
                line=reply.line,
                right=reply.right,
                names_fault=bool(_faulty(fault, item.program) & lines_named(item.text, item.program, language)),
                questions=questions_in(item.text),
                words=words_in(item.text),
                words_back=words_in(reply.message),
                leak=checks.leak,
                refuted=checks.refuted,
            )
        )
    return DialogueRecord(
        arm=arm.name,
        model=arm.model,
        learner=learner.id,
        task=fault.task.id,
        misconception=fault.misconception,
        kind=fault.kind,
        language=language,
        seed=learner.seed,
        reveals=fault.task.reveal_solution,
        opening=dialogue.opening.message,
        turns=tuple(turns),
        how=dialogue.how,
        seconds=round(seconds, 3),
    )


def _faulty(fault: Fault, program: str) -> frozenset[int]:
    """Lines of the fault in a program that may have been changed since."""
    draft = Draft(fault.code, patches_between(fault.code, program))
    return frozenset(draft.current(line) for line in fault.lines)
