"""`SimulatedLearner`: somebody with one misconception, who reads what a tutor writes and changes a program by it."""

from __future__ import annotations

import math
import random
from dataclasses import replace

from gradatim.testing.learners.answers import Answer, Answerer
from gradatim.testing.learners.attempts import copies, guessed, pick, repaired
from gradatim.testing.learners.cues import Sentence
from gradatim.testing.learners.desk import Desk, Observation
from gradatim.testing.learners.fault import Draft, Fault
from gradatim.testing.learners.luck import Luck
from gradatim.testing.learners.mentions import calls_in, literals, plain_call, same
from gradatim.testing.learners.mood import Mood
from gradatim.testing.learners.parameters import Parameters, Traits
from gradatim.testing.learners.predictions import Prediction
from gradatim.testing.learners.reading import Reader, words_in
from gradatim.testing.learners.reply import How, Reply
from gradatim.testing.learners.speech import lexicon
from gradatim.testing.learners.understanding import Understanding
from gradatim.testing.learners.voice import Voice
from gradatim.tools.sandbox import Sandbox

_LONGEST = 8_000
"""Characters of a text from which nobody reads on."""
_MOST_CALLS = 4
"""Calls of one text that a learner looks into."""


class SimulatedLearner:
    """A learner for one conversation.

    All that it knows of the tutor is the text: it is the same for every tutor, and the same seed gives the same luck.

    Args:
        fault: Its program, and what is wrong with it.
        sandbox: Where it tries programs.
        seed: Makes traits and luck.
        language: Code of the language that it reads and speaks.
        traits: Its own; drawn by the seed when not given.
        parameters: How all learners read and learn.
        desk: Where it tries programs, if it shares what was found out there with others.

    Raises:
        InputError: It does not speak that language.
    """

    def __init__(
        self,
        fault: Fault,
        sandbox: Sandbox,
        *,
        seed: int = 0,
        language: str = "en",
        traits: Traits | None = None,
        parameters: Parameters | None = None,
        desk: Desk | None = None,
    ) -> None:
        self.fault = fault
        self.seed = seed
        self.language = language
        self.traits = traits or Traits.drawn(random.Random(f"{seed}:traits"))
        self.parameters = parameters or Parameters()
        self.draft = Draft(fault.code)
        self._desk = desk or Desk(sandbox, fault.task)
        self._lexicon = lexicon(language)
        self._voice = Voice(self._lexicon, fault)
        self._luck = Luck(seed)
        self._mood = Mood(self.parameters, self.traits)
        self._answerer = Answerer(fault, self._desk, self._voice, self.traits, self._luck)
        self._read: set[str] = set()
        self._open: Prediction | None = None
        self._failed = False
        self._earlier: list[Draft] = []
        self._state: Understanding | None = None

    @property
    def understanding(self) -> Understanding:
        """What it has understood by now."""
        if self._state is None:
            raise RuntimeError("a learner begins with open()")
        return self._state

    async def open(self) -> Reply:
        """The first message, with the program.

        Raises:
            SandboxError: Programs cannot be run safely here.
        """
        results = await self._desk.results(self.fault.code)
        error = self._voice.error_of(results)
        lines = () if error is None or error.line is None else (error.line,)
        self._state = Understanding(self.fault, self.parameters, self.traits, lines)
        message = self._voice.phrase("opening", self._luck.of("opening")) + self._voice.symptom(results)
        return Reply(message, self.fault.code, "open")

    async def hear(self, text: str) -> Reply:
        """Read what the tutor says, and react.

        Raises:
            SandboxError: Programs cannot be run safely here.
        """
        state, text = self.understanding, text[:_LONGEST]
        self._luck.turn += 1
        self._take_back(text)
        read = await self._reader(text)
        taken = [sentence for number, sentence in enumerate(read) if self._taken(sentence, number, len(read))]
        self._compare(text, taken)
        useful = 0
        for sentence in taken:
            weight = self.parameters.repetition if sentence.text in self._read else 1.0
            self._read.add(sentence.text)
            useful += sum([state.take(cue, self.draft, weight) for cue in sentence.cues])
        self._mood.heard(useful, any(sentence.encourages for sentence in taken), words_in(text))
        copied = await self._copy(taken)
        if copied is not None:
            return copied
        question = next((sentence.question for sentence in reversed(taken) if sentence.question is not None), None)
        answer = None if question is None else await self._answerer.answer(question, self.draft, state)
        if answer is None and self._luck.roll("initiative") < self.parameters.initiative:
            answer = await self._answerer.by_hand(self.draft, state)
        if answer is not None:
            self._open = answer.open
            if answer.surprised:
                self._mood.relieved()
        attempt = await self._attempt(taken, answered=answer is not None)
        if attempt is None:
            return self._only_words(answer, asked=question is not None or not read, useful=useful)
        if answer is None:
            return attempt
        return replace(attempt, message=f"{answer.words} {attempt.message}", right=answer.right)

    # ------------------------------------------------------------------------------------------ reading

    def _take_back(self, text: str) -> None:
        """Undo the last change if the text asks for that: what it says then is about the program before."""
        asked = self._lexicon.is_a("undoes", text) and bool(self._earlier)
        if asked and self._luck.roll("follows") < self.traits.reading * self.understanding.trust:
            self.draft = self._earlier.pop()

    async def _reader(self, text: str) -> tuple[Sentence, ...]:
        code = self.draft.text
        seen = list(await self._desk.observations(code))
        known = {plain_call(item.case.call) for item in seen}
        calls = dict.fromkeys(text[start:end] for start, end in calls_in(text, self.fault.task.entry_point))
        for call in [item for item in calls if plain_call(item) not in known][:_MOST_CALLS]:
            found: Observation | None = await self._desk.called(call, code, self.fault.right)
            if found is not None:
                seen.append(found)
        fault = self.fault
        reader = Reader(
            self._lexicon, code, tuple(seen), fault.task.entry_point, fault.kind, fault.counter, fault.belief
        )
        return reader.read(text)

    def _taken(self, sentence: Sentence, number: int, of: int) -> bool:
        """Whether a sentence is taken in: the less the later it comes, but the last one stays in mind."""
        attention = self.traits.reading * self._mood.openness
        if number < of - 1:
            attention *= math.exp(-sentence.before / self.parameters.span)
        return self._luck.roll(f"reads {number}") < attention

    def _compare(self, text: str, taken: list[Sentence]) -> None:
        """Hold an answer that was given against what the tutor says to it."""
        asked, self._open = self._open, None
        if asked is None or not taken:
            return
        told = any(same(value, asked.value) for value in literals(text))
        denied = any(sentence.denies for sentence in taken)
        if told or denied:
            lines = [self.draft.original(line) for line in asked.lines]
            self.understanding.conflict(lines, asked.telling, 1.0 if told else 0.5)

    # ------------------------------------------------------------------------------------------ changing

    async def _copy(self, taken: list[Sentence]) -> Reply | None:
        """Put in code that the text gives, where it says to."""
        for sentence in taken:
            if not (sentence.directs or "```" in sentence.text):
                continue
            for draft in copies(self.draft, sentence, self.fault.task):
                if self._luck.roll("copies") < self.parameters.copying * self.understanding.trust:
                    return await self._tried(draft, "copied", None, None)
        return None

    async def _attempt(self, taken: list[Sentence], *, answered: bool) -> Reply | None:
        """Change the program by what is understood, if there is enough of an idea or enough impatience."""
        state = self.understanding
        confidence = state.confidence
        urge = self.traits.eagerness + (1 - self.traits.eagerness) * confidence
        if answered:
            urge *= 0.5  # an answer is what was asked for
        if any(sentence.tries for sentence in taken):
            urge = min(1.0, urge + 0.25)
        if self._luck.roll("attempts") >= urge:
            return None
        undone = self._failed and self._luck.roll("undoes") < self.parameters.undoing
        draft = Draft(self.fault.code) if undone else self.draft
        line = pick(state.places(), self._luck.roll("place"))
        kind = pick(state.kinds(line), self._luck.roll("kind"))
        known = line in self.fault.lines and kind == self.fault.kind
        if known and self._luck.roll("right") < self._carried(state):
            return await self._tried(repaired(draft, self.fault), "understood", line, kind)
        wrong = guessed(draft, self.fault, line, kind, self._luck.of("guess"), missing=known)
        if wrong is None:
            words = self._voice.phrase("stuck", self._luck.of("words"), line=self.draft.current(line))
            return Reply(words, act="ask")
        if wrong.text == self.draft.text:
            return None
        return await self._tried(wrong, "lucky", line, kind)

    def _carried(self, state: Understanding) -> float:
        """How likely the right change is made by one who knows the place and the kind."""
        several = 0.85 ** (len(self.fault.patches) - 1)
        return self.traits.skill * several * (self.parameters.near + (1 - self.parameters.near) * state.should)

    async def _tried(self, draft: Draft, how: How, line: int | None, kind: str | None) -> Reply:
        """Run a changed program; what only brings a new error is taken back, mostly."""
        changed = draft.patches[-1].first if line is None and draft.patches else line
        before, self.draft = self.draft, draft
        results = await self._desk.results(draft.text)
        if results.passed:
            message = self._voice.phrase("passed", self._luck.of("words"))
            return Reply(message, draft.text, "passed", True, how, changed)
        self._failed = True
        self._mood.failed()
        if changed is not None and kind is not None:
            self.understanding.failed(changed, kind)
        elif how == "copied":
            self.understanding.trust *= self.parameters.doubt
        place = draft.current(changed) if changed is not None else 1
        error, known = self._voice.error_of(results), self._voice.error_of(await self._desk.results(before.text))
        if error is not None and known is None and self._luck.roll("takes back") < self.parameters.undoing:
            self.draft = before
            words = self._voice.phrase("taken_back", self._luck.of("words"), line=place, error=error.type)
            return Reply(words, None, "attempt", False, None, changed)
        self._earlier.append(before)
        key = "copied" if how == "copied" else "attempt"
        message = self._voice.phrase(key, self._luck.of("words"), line=place) + self._voice.symptom(results)
        return Reply(message, draft.text, "attempt", False, None, changed)

    # ------------------------------------------------------------------------------------------ talking

    def _only_words(self, answer: Answer | None, *, asked: bool, useful: int) -> Reply:
        """A message without a changed program."""
        mood, say = self._mood, self._voice.phrase
        if self._luck.roll("strays") < self.traits.straying:
            return Reply(say("off_topic", self._luck.of("words")), act="off-topic")
        if answer is not None:
            return Reply(answer.words, act="explain" if answer.right is None else "answer", right=answer.right)
        if mood.begs:
            mood.begged()
            return Reply(say("beg", self._luck.of("words")), act="beg")
        if self._luck.roll("pastes") < self.traits.pasting:
            return Reply(say("paste", self._luck.of("words")), self.draft.text, "paste")
        if useful == 0 and self._luck.roll("lost") < 0.5:
            key = "frustrated" if mood.frustration > 0.5 else "confused"
            return Reply(say(key, self._luck.of("words")), act="frustrated" if key == "frustrated" else "confused")
        if asked:
            return Reply(say("agree", self._luck.of("words")))
        line = self.draft.current(max(self.understanding.places().items(), key=lambda item: item[1])[0])
        return Reply(say("ask", self._luck.of("words"), line=line), act="ask")
