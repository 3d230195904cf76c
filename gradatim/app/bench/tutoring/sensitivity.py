"""How far the results rest on what learners are supposed to be like.

The texts of the dialogues that were led are read again, by learners in whom one parameter is half or one and a half
times as large. That is an approximation: with other learners a tutor would have said other things later on. It is the
same for all tutors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
        `ARM_read_again` for the parameters as they are, `ARM_least`, `ARM_most` over all changes, and
        `gap_least`/`gap_most`: of the graph (with the model where there is one) over the model alone.

    Raises:
        SandboxError: Programs cannot be run safely here.
    """
    chosen = _spread(learners)
    desks = {learner.id: Desk(sandbox, learner.fault.task) for learner in chosen}
    changed = [Parameters(), *(Parameters().scaled(name, factor) for name in MAIN for factor in FACTORS)]
    shares: dict[ArmName, list[float]] = {}
    for arm, records in found.items():
        texts = {record.learner: [turn.text for turn in record.turns] for record in records}
        shares[arm] = [
            sum([await _reaches(item, texts[item.id], parameters, sandbox, desks[item.id]) for item in chosen])
            / len(chosen)
            for parameters in changed
        ]
    figures: dict[str, float | None] = {}
    for arm, values in shares.items():
        figures[f"{arm}_read_again"] = round(values[0], 4)
        figures[f"{arm}_least"] = round(min(values), 4)
        figures[f"{arm}_most"] = round(max(values), 4)
    graph = shares.get("tutor") or shares.get("none")
    if graph is not None and "plain" in shares:
        gaps = [one - other for one, other in zip(graph, shares["plain"], strict=True)]
        figures |= {"gap_least": round(min(gaps), 4), "gap_most": round(max(gaps), 4)}
    return figures


async def _reaches(item: Learner, texts: Sequence[str], parameters: Parameters, sandbox: Sandbox, desk: Desk) -> bool:
    learner = SimulatedLearner(
        item.fault, sandbox, seed=item.seed, language=item.language, parameters=parameters, desk=desk
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
