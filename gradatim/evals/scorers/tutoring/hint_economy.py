"""How little help was given: the highest rung of the hint ladder that the tutor went to, and how it got there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo, unscored
from gradatim.evals.scorers.tutoring.reading.course import TOP, rungs_of
from gradatim.evals.scorers.tutoring.reading.turns import scene_of


def hint_economy(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """1 − (highest rung) / 4, in [0, 1]: 1 where questions sufficed, 0 where it came to a near-solution.

    Turns before success count. Rungs are those of the messages (`hint` or `rung`, 0 to 4: none, orient, locate,
    concept, near-solution); where a message tells none, its words are read: facts about an input 1, a place 2, what is
    wrong 3, the change itself 4. `metadata`: rung by turn, `jumps` (more than one rung at once), `given_without_work`
    (a higher rung although the learner did nothing in between), `read` (turns whose rung was read from words).
    """
    scene = scene_of(inputs, outputs, reference_outputs)
    if isinstance(scene, str):
        return unscored("hint_economy", scene)
    rungs = list(rungs_of(scene))
    if not rungs:
        return unscored("hint_economy", "the program passes before the tutor says anything")
    jumps = without_work = 0
    highest = 0
    last = -1
    for turn, rung, _ in rungs:
        if rung > highest:
            jumps += rung > highest + 1
            between = scene.dialogue.turns[last + 1 : turn.number]
            without_work += last >= 0 and not any(not item.tutor and (item.code or item.text) for item in between)
            highest = rung
        last = turn.number
    return {
        "key": "hint_economy",
        "score": 1 - highest / TOP,
        "comment": f"the highest of {TOP} rungs is {highest}, in {len(rungs)} turns",
        "metadata": {
            "highest": highest,
            "rungs": {str(turn.number): rung for turn, rung, _ in rungs},
            "jumps": jumps,
            "given_without_work": without_work,
            "read": sum(not told for _, _, told in rungs),
        },
    }


INFO = ScorerInfo(
    key="hint_economy",
    scorer=hint_economy,
    summary="How little help was given: 1 where questions sufficed, 0 where the tutor went up to a near-solution.",
    family="tutoring",
    needs=("outputs.messages[].hint",),
)
