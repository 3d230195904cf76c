"""How far the results rest on what learners are supposed to be like.

The texts of the dialogues that were led are read again, by learners in whom one parameter is half or one and a half
times as large. That is an approximation: with other learners a tutor would have said other things later on. It is the
same for all tutors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gradatim.app.bench.tutoring.cohort import Learner
from gradatim.app.bench.tutoring.record import ArmName, DialogueRecord
from gradatim.testing.learners import MAIN, Desk, Parameters, SimulatedLearner
from gradatim.tools.sandbox import Sandbox

READ_AGAIN = 24
"""Dialogues of each arm that are read again."""
FACTORS = (0.5, 1.5)


async def sensitivity(
    found: Mapping[ArmName, Sequence[DialogueRecord]], learners: Sequence[Learner], sandbox: Sandbox
) -> dict[str, float | None]:
    """Share that comes to a passing program by reading the same texts, for each arm and each main parameter.

    Returns:
        `ARM_read_again` for the parameters as they are; `ARM_by_patterns` for learners who do not know the correction
        of their misconception in words; `ARM_least`, `ARM_most` over all changes; and `gap_least`, `gap_most`: of the
        graph (with the model where there is one) over the model alone.

    Raises:
        SandboxError: Programs cannot be run safely here.
    """
    group = [_Reading(item, Desk(sandbox, item.fault.task)) for item in _spread(learners)]
    changed = [Parameters().scaled(name, factor) for name in MAIN for factor in FACTORS]
    shares: dict[ArmName, list[float]] = {}
    figures: dict[str, float | None] = {}
    for arm, records in found.items():
        texts = {record.learner: [turn.text for turn in record.turns] for record in records}
        plain = await _share(group, texts, Parameters(), sandbox)
        patterns = await _share([item.without_words() for item in group], texts, Parameters(), sandbox)
        shares[arm] = [plain, patterns, *[await _share(group, texts, each, sandbox) for each in changed]]
        figures[f"{arm}_read_again"] = round(plain, 4)
        figures[f"{arm}_by_patterns"] = round(patterns, 4)
        figures[f"{arm}_least"] = round(min(shares[arm]), 4)
        figures[f"{arm}_most"] = round(max(shares[arm]), 4)
    graph = shares.get("tutor") or shares.get("none")
    if graph is not None and "plain" in shares:
        gaps = [one - other for one, other in zip(graph, shares["plain"], strict=True)]
        figures |= {"gap_least": round(min(gaps), 4), "gap_most": round(max(gaps), 4)}
    return figures


@dataclass(frozen=True, slots=True)
class _Reading:
    """A learner who reads texts again, and where it tries programs."""

    learner: Learner
    desk: Desk

    def without_words(self) -> _Reading:
        """The same without knowing belief and correction in words."""
        return _Reading(replace(self.learner, fault=self.learner.fault.in_words("", "")), self.desk)


async def _share(
    group: Sequence[_Reading], texts: Mapping[str, Sequence[str]], parameters: Parameters, sandbox: Sandbox
) -> float:
    """Share of a group that comes to a passing program of its own."""
    reached = [await _reaches(item, texts[item.learner.id], parameters, sandbox) for item in group]
    return sum(reached) / len(reached)


async def _reaches(reading: _Reading, texts: Sequence[str], parameters: Parameters, sandbox: Sandbox) -> bool:
    item = reading.learner
    learner = SimulatedLearner(
        item.fault, sandbox, seed=item.seed, language=item.language, parameters=parameters, desk=reading.desk
    )
    await learner.open()
    for text in texts:
        reply = await learner.hear(text)
        if reply.passed:
            return reply.how != "copied"
    return False


def _spread(learners: Sequence[Learner]) -> list[Learner]:
    """Some of the learners, evenly."""
    step = max(1, len(learners) // READ_AGAIN)
    return list(learners[::step][:READ_AGAIN])
