"""Answering a tutor's questions: by following the program, by what is believed, or by what the task's text says."""

from __future__ import annotations

from dataclasses import dataclass

from gradatim.testing.learners.attempts import pick
from gradatim.testing.learners.cues import Question
from gradatim.testing.learners.desk import Desk
from gradatim.testing.learners.fault import Draft, Fault
from gradatim.testing.learners.luck import Luck
from gradatim.testing.learners.parameters import Traits
from gradatim.testing.learners.predictions import Prediction, predict
from gradatim.testing.learners.understanding import Understanding
from gradatim.testing.learners.voice import Voice


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question.

    Attributes:
        words: The answer.
        right: Whether it is right; `None` for an explanation.
        open: The prediction, where it was wrong: what the tutor says next is held against it.
        surprised: Whether something else was found than was expected.
    """

    words: str
    right: bool | None = None
    open: Prediction | None = None
    surprised: bool = False


class Answerer:
    """Finds a learner's answers; what it finds moves the understanding.

    Args:
        fault: What is wrong with the program.
        desk: Where programs are run.
        voice: Puts answers into words.
        traits: How well programs are followed by hand.
        luck: The learner's.
    """

    def __init__(self, fault: Fault, desk: Desk, voice: Voice, traits: Traits, luck: Luck) -> None:
        self._fault = fault
        self._desk = desk
        self._voice = voice
        self._traits = traits
        self._luck = luck

    async def answer(self, question: Question, draft: Draft, state: Understanding) -> Answer | None:
        """The answer to a question about a program; `None` where there is nothing to say to it.

        Raises:
            SandboxError: Programs cannot be run safely here.
        """
        match question.after:
            case "value" | "rounds":
                found = await predict(question, draft, self._fault, self._desk)
                follows = self._luck.roll("tracing") < self._traits.tracing
                return None if found is None else self._predicted(found, draft, state, follows=follows)
            case "needed":
                return await self._needed(question, draft, state)
            case "which_line":
                line = pick(state.places(), self._luck.roll("which line"))
                words = self._voice.phrase("which_line", self._luck.of("words"), line=draft.current(line))
                return Answer(words, line in self._fault.lines)
            case "why":
                asked = {draft.original(line) for line in question.lines}
                state.explained(asked)
                return Answer(self._voice.belief(self._luck.of("words"))) if asked & self._fault.lines else None
            case "other":
                return None

    async def by_hand(self, draft: Draft, state: Understanding) -> Answer | None:
        """Going through the program unasked, with the first visible test that fails; `None` if nothing comes of it.

        Raises:
            SandboxError: Programs cannot be run safely here.
        """
        names = sorted(self._voice.variables(draft.text))
        if not names or self._luck.roll("tracing alone") >= self._traits.tracing:
            return None
        question = Question("value", None, (self._luck.of("variable").choice(names),))
        found = await predict(question, draft, self._fault, self._desk)
        if found is None or not found.conflicts:
            return None
        return self._predicted(found, draft, state, follows=True)

    async def _needed(self, question: Question, draft: Draft, state: Understanding) -> Answer | None:
        """What the task wants for an input, read in its text; finding it oneself makes it clearer."""
        case = question.case or await self._desk.example(draft.text)
        if case is None or self._luck.roll("task") >= self._traits.reading:
            return None
        seen = await self._desk.observations(self._fault.right)
        needed = next((item.needed for item in seen if item.case.id == case.id), None)
        if needed is None:
            return None
        state.worked_out()
        what = case.call or case.label
        return Answer(self._voice.phrase("value", self._luck.of("words"), what=what, value=needed.strip()), True)

    def _predicted(self, found: Prediction, draft: Draft, state: Understanding, *, follows: bool) -> Answer:
        """What is said to a question that can be followed by hand."""
        if found.conflicts and follows:
            state.conflict(map(draft.original, found.lines), found.telling)
            words = self._voice.phrase("surprised", self._luck.of("words"), value=found.value, believed=found.believed)
            return Answer(words, True, surprised=True)
        value = found.value if follows else found.believed
        key = "rounds" if found.after == "rounds" else "value"
        words = self._voice.phrase(key, self._luck.of("words"), what=found.what, value=value)
        return Answer(words, value == found.value, found if found.conflicts else None)
