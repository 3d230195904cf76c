"""Composer: turns the moves of the plan into sentences, from evidence alone; a model may word them (`wording`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradatim.agents.state import Plain, State
from gradatim.agents.tutoring.asking.view import View
from gradatim.agents.tutoring.composing.choosing import chosen_question
from gradatim.agents.tutoring.composing.examples import fenced
from gradatim.agents.tutoring.composing.hints import hints
from gradatim.agents.tutoring.composing.lesson import Lesson
from gradatim.agents.tutoring.composing.remembering import remembered
from gradatim.agents.tutoring.composing.replies import encouragement, judged, progress, unjudged
from gradatim.agents.tutoring.composing.saying import Said, feeling, observed, said, told
from gradatim.agents.tutoring.composing.table import trace_table
from gradatim.agents.tutoring.composing.teaching import definition, example
from gradatim.agents.tutoring.notes import GIVEN, Plan, Question, Tally, Understanding
from gradatim.agents.tutoring.planning.tallying import Attempt, attempt_of
from gradatim.agents.tutoring.state import (
    before_of,
    case_of,
    execution_of,
    in_language,
    learner_of,
    plan_of,
    ran_of,
    tally_of,
    task_of,
    understood_of,
)
from gradatim.agents.tutoring.turn import RUNGS
from gradatim.agents.tutoring.worked import worked_example
from gradatim.domain import Task
from gradatim.kg import ConceptStore, resolve
from gradatim.kg.schema import Concept
from gradatim.languages import say
from gradatim.tools.sandbox import Sandbox


class Composer:
    """Says what the plan wants said.

    Args:
        sandbox: Where runs are watched and examples are run.
        concepts: Definitions, examples and misconceptions.
    """

    name = "compose"

    def __init__(self, sandbox: Sandbox, concepts: ConceptStore) -> None:
        self.sandbox = sandbox
        self.concepts = concepts

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        with in_language(state):
            return await self._composed(state)

    async def _composed(self, state: State) -> Plain:
        plan, tally = plan_of(state), tally_of(state)
        task = task_of(state)
        if task is None:
            concept = await self.concepts.concept(str(state.get("concept")))
            lesson = Lesson(self.sandbox, self.concepts)
            found, plan = await lesson.composed(state, plan, tally, concept)
            return _update(found, plan)
        case = case_of(state)
        view = None
        if case is not None and plan.fault is not None and not case.execution.passed:
            view = await View.of(self.sandbox, case, plan.fault)
        talk = _Talk(self, state, plan, tally, task, view)
        found, plan = await talk.composed()
        return _update(found, plan)


class _Talk:
    """One turn of a session on a task."""

    def __init__(
        self, composer: Composer, state: State, plan: Plan, tally: Tally, task: Task, view: View | None
    ) -> None:
        self.composer = composer
        self.state = state
        self.plan = plan
        self.tally = tally
        self.task = task
        self.view = view
        self.understood: Understanding | None = understood_of(state)
        self.number = int(state.get("number") or 0)
        self.found: list[Said] = []

    async def composed(self) -> tuple[list[Said], Plan]:
        moves, plan = self.plan.moves, self.plan
        if "hand-over" in moves:
            return [said(f"hand-over.{plan.person or 'asked'}")], plan.model_copy(update={"open": None})
        if ran_of(self.state).get("refused") and self.state.get("code") is not None:
            self.found.append(said("large"))
        if "greet" in moves:
            self._greet()
        self._react()
        if "define" in moves:
            await self._define()
        if "concept" in moves and not plan.hint:
            await self._concept_of_task()
        if "solution" in moves and self.task.reference:
            self._solution()
        if plan.hint:
            await self._hint()
        if "close" in moves:
            self._close()
            return self.found, self._kept(None)
        question = self._question()
        if question is not None:
            self.found.append(self._asking(question))
        return self.found, self._kept(question)

    # ------------------------------------------------------------------------------ before the hint

    def _greet(self) -> None:
        if self.number:
            if self.understood is not None and self.understood.intent == "empty":
                self.found.append(said("empty"))
            return
        self.found.append(said("greet.task", title=self.task.title))
        known = remembered(self.task, case_of(self.state), self.plan.fault, learner_of(self.state))
        if known is not None:
            self.found.append(known)
        if execution_of(self.state) is None:
            self.found.append(said("begin.show"))

    def _react(self) -> None:
        understood, attempt = self.understood, self._attempt()
        if attempt is not None and self.state.get("code") is not None:
            case = case_of(self.state)
            if case is not None:
                before = (before_of(self.state) or {}).get("fault")
                other = self.plan.fault is not None and before is not None and before != self.plan.fault.key
                told_line = self.plan.fault if self.plan.rung >= 2 else None
                self.found += progress(
                    attempt, case, self.tally, other_fault=other and not attempt.lost, fault=told_line
                )
        elif ran_of(self.state).get("worse") and self.number and self.plan.hint:
            self.found.append(said("progress.still-back"))  # the learner may well have the changed one on the screen
        if understood is None:
            return
        if understood.orders and understood.intent != "attempt":
            self.found.append(said("decline.orders"))
        elif "decline" in self.plan.moves:
            self.found.append(feeling("decline.solution", self.tally.asked_for_answer - 1))
        if "redirect" in self.plan.moves:
            self.found.append(feeling("redirect", self.tally.off_topic))
        if understood.copied:
            self.found.append(said("decline.copied"))
        elif "predict-first" in self.plan.moves:
            self.found.append(feeling("decline.first", self.number))
        self.found += encouragement(understood, self.view, self.tally, self.number)
        self.found += judged(understood, self.plan.open, self.number)
        if not self.plan.reflecting and "close" not in self.plan.moves:
            self.found += unjudged(understood, self.plan.open)

    def _attempt(self) -> Attempt | None:
        refused = ran_of(self.state).get("refused")
        if self.state.get("code") is None or refused:
            return None
        return attempt_of(execution_of(self.state), before_of(self.state), ran_of(self.state))

    # ------------------------------------------------------------------------------------- the hint

    async def _hint(self) -> None:
        """The hint of the plan's rung; of the next rung where nothing new is left on it."""
        if self.view is None:
            await self._concept_of_task()
            return
        rung = self.plan.hint
        confused = "rephrase" in self.plan.moves
        fresh = await self._fresh(rung)
        table = trace_table(self.view)
        if confused and table is not None and table.key not in self.plan.given:
            fresh = [table, *fresh[:2]]
        while not fresh and rung < 4:
            rung += 1
            fresh = await self._fresh(rung)
        if not fresh and table is not None and table.key not in self.plan.given:
            fresh = [table]
        self.found += [item for item in fresh or self._again() if not self._own_again(item)]
        moves = tuple(RUNGS[rung] if move == RUNGS[self.plan.hint] else move for move in self.plan.moves)
        self.plan = self.plan.model_copy(
            update={
                "hint": rung,
                "rung": max(rung, self.plan.rung),
                "moves": moves,
                "need": max(self.plan.need, float(rung)),
            }
        )

    def _own_again(self, item: Said) -> bool:
        """Whether a hint quotes a line as it was before the learner changed it: that would put it right again."""
        ran, fault = ran_of(self.state), self.plan.fault
        changed = ran.get("worse") and fault is not None and ran.get("changed") in fault.lines
        return bool(changed) and item.key.startswith("locate")

    async def _fresh(self, rung: int) -> list[Said]:
        """What a rung tells that was not told on this fault; counts are told anew."""
        assert self.view is not None
        sample = None
        if rung == 4 and self.plan.fault is not None:
            known = "near.example:" + str(self.plan.fault.family)
            if known not in self.plan.given:
                sample = await worked_example(
                    self.composer.sandbox, self.plan.fault.family, self.view.case.submission.code
                )
        told_before = set(self.plan.given)
        found = [item for item in hints(self.view, rung, sample) if item.key not in told_before]  # type: ignore[arg-type]
        repeated = ("counts", "near.compare")
        return [] if all(not item.key or item.key.startswith(repeated) for item in found) else found

    def _again(self) -> list[Said]:
        """Everything was said on this fault: another part of it once more, in turn, with the failing run."""
        assert self.view is not None
        run = [item for item in hints(self.view, 1) if item.key.startswith("shown")]
        ways = ([*hints(self.view, 2), *hints(self.view, 3)[:1]], list(hints(self.view, 4)), list(hints(self.view, 3)))
        chosen = ways[self.tally.hints % len(ways)]
        return list({item.statement.text: item for item in (*run, *chosen)}.values())

    async def _define(self) -> None:
        name = self.understood.concept if self.understood else None
        concept = await self.composer.concepts.concept(name) if name else None
        if concept is not None:
            await self._teach(concept)

    async def _concept_of_task(self) -> None:
        """A concept that the task is about, another one each time."""
        known, _ = await resolve(self.composer.concepts, self.task.concepts)
        if known:
            await self._teach(known[(self.plan.taught - 1) % len(known)])

    async def _teach(self, concept: Concept) -> None:
        one = definition(concept)
        if one.key not in self.plan.given or not self.plan.hint:
            self.found.append(one)
            self.found += await example(concept, self.composer.sandbox)

    def _solution(self) -> None:
        text = f"{say('tutoring.near.solution')}\n{fenced(self.task.reference or '')}"
        self.found.append(observed("solution", text, "the task allows its solution to be shown", (), "source"))
        self.found.append(said("near.solution-then"))

    def _close(self) -> None:
        execution = execution_of(self.state)
        tally = self.tally
        if execution is not None and execution.passed:
            self.found.append(said("close.done"))
            answered = tally.right + tally.wrong
            if answered:
                text = say("tutoring.close.summary", attempts=tally.attempts, right=tally.right, asked=answered)
                self.found.append(observed("", text, "counted in this session"))
        else:
            if execution is not None:
                passed = sum(item.status == "passed" for item in execution.outcomes)
                text = say("tutoring.close.unfinished", passed=passed, total=len(execution.outcomes))
                self.found.append(observed("", text, f"{passed} of {len(execution.outcomes)} tests pass"))
            self.found.append(said("close.later"))

    # --------------------------------------------------------------------------------- the question

    def _question(self) -> Question | None:
        text = " ".join(item.statement.text for item in self.found)
        return chosen_question(
            self.task,
            self.view,
            self.plan,
            self.tally,
            self.number,
            text,
            has_program=execution_of(self.state) is not None,
        )

    def _asking(self, question: Question) -> Said:
        return Said(question.id, told(question.text), question=True)

    def _kept(self, question: Question | None) -> Plan:
        keys = [item.key for item in self.found if item.key] + ([question.id] if question else [])
        given = tuple(dict.fromkeys((*self.plan.given, *keys)))[-GIVEN:]
        original = question
        if question is not None and self.plan.open is not None and question.id == self.plan.open.id:
            original = self.plan.open
        return self.plan.model_copy(update={"given": given, "question": question, "open": original})


def _update(found: Sequence[Said], plan: Plan) -> Plain:
    brought = {item.id: item for one in found for item in one.brings}
    return {
        "draft": [item.statement.plain() for item in found],
        "author": "tutor",
        "plan": plan.plain(),
        "brought": [item.plain() for item in brought.values()],
    }
