"""The language that a learner wants to be spoken to in, as the learner said it.

It is kept like everything else that is known of a learner, as an event of the log (a questionnaire with one question):
seen, exported and forgotten with the others. The latest word counts.
"""

from __future__ import annotations

from gradatim.domain import LearnerEvent, stable_id
from gradatim.languages import available, language
from gradatim.memory.protocol import LearnerMemory

INSTRUMENT = "language"
"""Name of the questionnaire."""
_LATEST = 50
"""Surveys of a learner that are looked through at most."""


def language_event(learner_id: str, code: str, at: str) -> LearnerEvent:
    """The event by which a learner chooses a language.

    Args:
        code: E.g. `zh`.
        at: Instant, ISO 8601.

    Raises:
        InputError: There is no such language.
    """
    return LearnerEvent(
        id=f"language:{stable_id(learner_id, code, at)}",
        learner_id=learner_id,
        kind="survey",
        at=at,
        payload={"instrument": INSTRUMENT, "answers": {language(code).code: 1}, "scale": [0, 1]},
    )


async def language_of_learner(memory: LearnerMemory, learner_id: str) -> str | None:
    """The language that a learner chose last; `None` where none was chosen, or it is not there any more.

    Raises:
        StorageError: The memory cannot be read.
    """
    for event in await memory.events(learner_id, limit=_LATEST, kind="survey"):
        answers = event.payload.get("answers")
        if event.payload.get("instrument") == INSTRUMENT and isinstance(answers, dict) and answers:
            code = next(iter(answers))
            return code if code in available() else None
    return None
