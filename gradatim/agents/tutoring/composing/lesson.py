"""One turn of a session on a concept: definition, programs to predict, lines of one's own, one's own words."""

from __future__ import annotations

from gradatim.agents.state import State
from gradatim.agents.tutoring.asking.questions import asked, code
from gradatim.agents.tutoring.asking.questions import printed as shown_output
from gradatim.agents.tutoring.composing.replies import encouragement, judged
from gradatim.agents.tutoring.composing.saying import Said, feeling, observed, said, told
from gradatim.agents.tutoring.composing.teaching import definition, example, needed_before, neighbour, programs
from gradatim.agents.tutoring.notes import GIVEN, Plan, Question, Tally
from gradatim.agents.tutoring.state import (
    ran_of,
    understood_of,
)
from gradatim.kg import ConceptStore
from gradatim.kg.labels import concept_name
from gradatim.kg.schema import Concept
from gradatim.languages import say
from gradatim.tools.sandbox import Sandbox


class Lesson:
    """Says what a session on a concept needs.

    Args:
        sandbox: Where programs are run before they are shown.
        concepts: Where definitions, examples and misconceptions come from.
    """

    def __init__(self, sandbox: Sandbox, concepts: ConceptStore) -> None:
        self.sandbox = sandbox
        self.concepts = concepts

    async def composed(
        self, state: State, plan: Plan, tally: Tally, concept: Concept | None
    ) -> tuple[list[Said], Plan]:
        """The sentences of the turn, and the plan with the question that was asked."""
        if "hand-over" in plan.moves:
            return [said(f"hand-over.{plan.person or 'asked'}")], plan.model_copy(update={"open": None})
        if concept is None:
            return [said("about.unknown")], plan
        number, understood = int(state.get("number") or 0), understood_of(state)
        found = self._reactions(state, plan, tally, number, concept)
        if understood is not None:
            found += judged(understood, plan.open, number)
        found += await self._content(plan, concept, understood.concept if understood else None)
        if "close" in plan.moves:
            taught = say("tutoring.about.taught", name=concept_name(concept))
            if plan.taught > 1:
                found.append(observed("", taught, f"{plan.taught} steps of this session"))
            found.append(said("close.concept" if plan.closed else "close.later", name=concept_name(concept)))
            return found, _kept(plan, found, None)
        question = await self._question(plan, concept)
        found.append(Said(question.id, told(question.text), question=True))
        return found, _kept(plan, found, question)

    def _reactions(self, state: State, plan: Plan, tally: Tally, number: int, concept: Concept) -> list[Said]:
        understood, found = understood_of(state), list[Said]()
        if not number:
            return [said("greet.concept", name=concept_name(concept))]
        if state.get("code") is not None:
            ran = ran_of(state)
            printed = str(ran.get("printed", ""))
            key = "output-raises" if ran.get("raised") else "output" if printed else "output-nothing"
            text = say(f"tutoring.truth.{key}", value=code(printed) if ran.get("raised") else shown_output(printed))
            found.append(observed("", text, "the learner's lines were run"))
            return found
        if understood is None:
            return found
        if understood.intent == "empty":
            found.append(said("empty"))
        if "redirect" in plan.moves:
            found.append(feeling("redirect", tally.off_topic))
        if understood.orders:
            found.append(said("decline.orders"))
        found += encouragement(understood, None, tally, number)
        if understood.intent == "explanation" and "close" not in plan.moves:
            found.append(said("explained.thanks"))
        return found

    async def _content(self, plan: Plan, concept: Concept, asked_about: str | None) -> list[Said]:
        found: list[Said] = []
        if "define" in plan.moves:
            other = await self.concepts.concept(asked_about) if asked_about else None
            found.append(definition(other or concept))
            found += await example(other or concept, self.sandbox)
        if "concept" in plan.moves:
            ways = [
                await needed_before(concept, self.concepts),
                await neighbour(concept, self.concepts),
                definition(concept),
            ]
            fresh = [item for item in ways if item is not None and item.key not in plan.given]
            found += fresh[:1] or [definition(concept)]
        return found

    async def _question(self, plan: Plan, concept: Concept) -> Question:
        if "reflect" in plan.moves:
            return asked("explain", say("tutoring.ask.own-words", name=concept_name(concept)))
        if "ask" in plan.moves and plan.taught >= 4 and "example" not in plan.moves:
            return asked("explain", say("tutoring.ask.try-concept"))
        shown = {str(concept.example)} if "define" in plan.moves else set[str]()
        async for program, question in programs(concept, self.concepts, self.sandbox):
            if question.id not in plan.given and program not in shown:
                return question
        return asked("explain", say("tutoring.ask.try-concept"))


def _kept(plan: Plan, found: list[Said], question: Question | None) -> Plan:
    keys = [item.key for item in found if item.key] + ([question.id] if question else [])
    given = tuple(dict.fromkeys((*plan.given, *keys)))[-GIVEN:]
    return plan.model_copy(update={"given": given, "question": question, "open": question})
