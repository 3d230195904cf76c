"""The planner: an agent that turns an instruction into a workflow file.

```
instruction ─ clauses ─ cues ─┬─ steps ─ design ─ blocks ─ file ─ checker ─ plan
                              └─ what is open: retrieval ─ model ─┘   ▲ └─ repair ─┐
                                                                      └────────────┘
```
Words decide where they are clear; a model is asked only about what they leave open, may choose only among patterns that
were retrieved for it, and has to quote the words it goes by.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from langchain_core.language_models import BaseChatModel

from gradatim.errors import InputError, ModelError
from gradatim.graphs.planning.choosing import CANDIDATES, Chooser, leave_out
from gradatim.graphs.planning.clauses import read_instruction
from gradatim.graphs.planning.hearing import Heard, hear, with_numbers
from gradatim.graphs.planning.leftovers import Leftover, leftovers
from gradatim.graphs.planning.library import patterns
from gradatim.graphs.planning.likeness import Likeness
from gradatim.graphs.planning.making import Made, culprit, idle, make
from gradatim.graphs.planning.plan import Plan
from gradatim.graphs.planning.settling import Design, settle
from gradatim.graphs.planning.spelling import spelled
from gradatim.graphs.planning.steps import Question, Step
from gradatim.graphs.planning.words import is_chinese
from gradatim.graphs.workflow.kinds.registry import KindRegistry
from gradatim.languages import say, speaking
from gradatim.serving.realiser import GroundedRealiser
from gradatim.serving.structured import model_name

Mentioned = Callable[[str], Awaitable[tuple[str, ...]]]
"""From a text to the ids of the concepts in it."""
MODEL_REPAIRS = 2
"""Rounds in which the checker's messages go to the model."""

_ANYHOW = frozenset({"delivery", "verification", "no_solution", "execution"})
"""Patterns that most workflows have without being asked."""


class Planner:
    """Plans workflows.

    Args:
        model: Asked about what the words leave open; the words alone are read for none (or the grounded realiser).
        likeness: How patterns are retrieved.
        candidates: Patterns that the model may choose from for one piece of the instruction; more for larger models.
        concepts: Ids of the concepts that a text mentions, for practice about them; none are looked up when not given.
        kinds: Kinds of nodes that there are; the known ones when not given.
    """

    name = "plan"

    def __init__(
        self,
        model: BaseChatModel | None = None,
        *,
        likeness: Likeness | None = None,
        candidates: int = CANDIDATES,
        concepts: Mentioned | None = None,
        kinds: KindRegistry | None = None,
    ) -> None:
        self.model = None if model is None or isinstance(model, GroundedRealiser) else model
        self._likeness = likeness or Likeness()
        self._candidates = candidates
        self._concepts = concepts
        self._kinds = kinds

    async def plan(self, instruction: str, *, previous: Plan | None = None, name: str | None = None) -> Plan:
        """A workflow for an instruction.

        Args:
            previous: The plan that the instruction changes.
            name: Name of the workflow; made from what it does when not given.

        Raises:
            InputError: The instruction is empty, too long, or nothing in it is known.
        """
        text = read_instruction(instruction)
        with speaking("zh" if is_chinese(text) else "en"):
            return await self._plan(text, previous, name)

    async def _plan(self, text: str, previous: Plan | None, name: str | None) -> Plan:
        text, slips = spelled(text)
        heard = hear(text)
        steps, open_, unused, reason = await self._heard(heard)
        lost = any(item.whole for item in open_) and not any(step.wanted for step in steps)
        if previous is None and (lost or not steps):
            raise InputError(
                f"nothing in {text[:80]!r} is a step that a workflow could have",
                place="instruction",
                remedy=f"ask for one of these: {', '.join(_goals())}",
            )
        rounds = (*(previous.rounds if previous else ()), tuple(steps))
        design, contradictions = settle(rounds)
        questions = [*heard.questions, *contradictions]
        questions += [Question(kind="unknown", words=item.text) for item in open_]
        instructions = (*(previous.instructions if previous else ()), text)
        design, made, left_out, impossible = await self._made(design, name, instructions)
        return Plan(
            name=made.name,
            language="zh" if is_chinese(text) else "en",
            instructions=instructions,
            rounds=rounds,
            steps=tuple(design.steps.values()),
            denied=tuple(design.denied.values()),
            questions=(*questions, *impossible),
            notes=(*_slips(slips), *_notes(design, steps, unused, reason)),
            files=dict(made.files),
            problems=made.problems,
            left_out=left_out,
            model="none" if self.model is None or reason else model_name(self.model),
        )

    async def _heard(self, heard: Heard) -> tuple[list[Step], list[Leftover], list[Leftover], str]:
        """Steps, what nobody understands, what only says how something is, and why the model could not be asked."""
        left = leftovers(heard.clauses, heard.steps, heard.quantities)
        open_, unused = [item for item in left if item.whole], [item for item in left if not item.whole]
        reason = ""
        found: tuple[Step, ...] = ()
        unclear = [item for item in open_ if not item.condition]
        if unclear:
            try:
                found = await Chooser(self.model, self._likeness, self._candidates).choose(heard.clauses, unclear)
            except ModelError as error:
                reason = str(error)
        known = {step.pattern for step in heard.steps} | _ANYHOW
        # what a model takes for something that is done in any case leaves the question open
        found = tuple(step for step in found if step.found_by != "model" or step.pattern not in known)
        steps = sorted([*heard.steps, *found], key=lambda step: step.start)
        if found:
            steps, _ = with_numbers(steps, heard.clauses, heard.quantities)
        steps = [await self._about(step, heard) for step in steps]
        settled = {(step.clause, step.words) for step in found}
        return steps, [item for item in open_ if (item.clause, item.text) not in settled], unused, reason

    async def _about(self, step: Step, heard: Heard) -> Step:
        """A step with the concepts that it is about, where that matters."""
        if step.pattern != "items" or self._concepts is None:
            return step
        found = await self._concepts(heard.clauses[step.clause].text)
        return step.model_copy(update={"chosen": {**step.chosen, "concepts": found}}) if found else step

    async def _made(
        self, design: Design, name: str | None, instructions: Sequence[str]
    ) -> tuple[Design, Made, tuple[str, ...], list[Question]]:
        """Files without problems: what causes some is left out, and named."""
        made = make(design, name, instructions, self._kinds)
        left_out: list[str] = []
        questions: list[Question] = []
        asked = 0
        while made.problems:
            guilty, less = None, None
            if self.model is not None and asked < MODEL_REPAIRS:
                asked += 1
                guilty = await self._models_choice(design, made)
                less = self._tried(design, guilty, name, instructions, made) if guilty else None
            if less is None:
                guilty = culprit(design, made)
                if guilty is None:
                    break
                less = make(design.without(guilty), name, instructions, self._kinds)
            assert guilty is not None
            questions.append(
                Question(kind="impossible", words=design.steps[guilty].words, values={"why": made.problems[0]})
            )
            left_out.append(guilty)
            design, made = design.without(guilty), less
        undone = idle(design, made)
        for step in undone:
            values = {"why": say("planning.says.idle")}
            questions.append(Question(kind="impossible", words=design.steps[step].words, values=values))
        for step in undone:
            design = design.without(step) if design.has(step) else design
        if undone:  # its name and its first lines tell what is left
            made = make(design, name, instructions, self._kinds)
        left_out += undone
        return design, made, tuple(left_out), questions

    async def _models_choice(self, design: Design, made: Made) -> str | None:
        assert self.model is not None
        try:
            return await leave_out(self.model, list(design.steps.values()), made.problems)
        except ModelError:
            return None  # the words decide alone

    def _tried(
        self, design: Design, guilty: str, name: str | None, instructions: Sequence[str], made: Made
    ) -> Made | None:
        """The files without what a model would leave out, where that helps."""
        rest = design.without(guilty)
        if not any(patterns()[item].spec.goal for item in rest.steps):
            return None
        tried = make(rest, name, instructions, self._kinds)
        return tried if len(tried.problems) < len(made.problems) else None


def _slips(slips: Sequence[tuple[str, str]]) -> list[str]:
    read = ", ".join(f"“{word}” → “{meant}”" for word, meant in slips)
    return [say("planning.notes.spelling", words=read)] if read else []


def _notes(design: Design, steps: Sequence[Step], unused: Sequence[Leftover], reason: str) -> list[str]:
    notes: list[str] = []
    if reason:
        notes.append(say("planning.says.degraded", reason=reason))
    for key, items in (
        ("topic", [item for item in unused if item.topic]),
        ("unused", [item for item in unused if not item.topic]),
    ):
        if items:
            notes.append(say(f"planning.notes.{key}", words=", ".join(f"“{item.text}”" for item in items)))
    if any(step.pattern == "verification" for step in steps):
        notes.append(say("planning.notes.verified"))
    if any(step.pattern == "no_solution" for step in steps):
        notes.append(say("planning.notes.no_solution"))
    if design.has("feedback") and "person_before" in design.denied:
        notes.append(say("planning.notes.withheld"))
    if design.has("tutoring") and "person_before" in design.denied:
        notes.append(say("planning.notes.distress"))
    return notes


def _goals() -> list[str]:
    return [say(f"planning.patterns.{name}") for name, pattern in patterns().items() if pattern.spec.goal]
