"""Planner: decides what this turn does, from the diagnosis and from how the learner is getting on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gradatim.agents.state import Plain, State
from gradatim.agents.tutoring.notes import Fault, Plan, Tally, Understanding
from gradatim.agents.tutoring.planning import lessons
from gradatim.agents.tutoring.planning.need import begun, lazy, risen, rung_of
from gradatim.agents.tutoring.planning.policy import TutorPolicy
from gradatim.agents.tutoring.planning.tallying import HELP, Attempt, attempt_of, counted, seconds_between
from gradatim.agents.tutoring.planning.target import fault_of
from gradatim.agents.tutoring.state import (
    before_of,
    diagnosis_of,
    execution_of,
    heard_of,
    learner_of,
    plan_of,
    ran_of,
    tally_of,
    task_of,
    understood_of,
)
from gradatim.agents.tutoring.turn import RUNGS, Move
from gradatim.domain import Diagnosis, Task
from gradatim.errors import GradatimError
from gradatim.kg import ConceptStore

WEAK = 0.4
"""Mastery below which a learner is taken to be weak in a concept."""
_TALK = ("greeting", "thanks", "empty", "off-topic", "farewell")
_REFLECTIONS = 2
"""Times that an explanation of a program that passes is asked for."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """What is decided on."""

    understood: Understanding
    tally: Tally
    attempt: Attempt | None
    slow: bool
    weak: bool
    has_program: bool
    passes: bool


class Planner:
    """Chooses the moves of a turn; nothing that it writes is shown.

    Args:
        concepts: Tells which concept a misconception is about.
    """

    name = "plan"

    def __init__(self, policy: TutorPolicy | None = None, concepts: ConceptStore | None = None) -> None:
        self.policy = policy or TutorPolicy()
        self.concepts = concepts

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        plan, tally, task = plan_of(state), tally_of(state), task_of(state)
        asked = plan.open.plain() if plan.open is not None else None
        understood = understood_of(state) or Understanding(intent="attempt" if state.get("code") else "greeting")
        execution, diagnosis = execution_of(state), diagnosis_of(state)
        new = state.get("code") is not None and not ran_of(state).get("refused")
        ran = ran_of(state)
        attempt = attempt_of(execution, before_of(state), ran) if new and task is not None else None
        seconds = seconds_between(state.get("answered"), heard_of(state).at)
        tally = counted(tally, understood, attempt, seconds=seconds, quick=self.policy.quick_seconds)
        moved = state.get("progressed") or state.get("began")
        waited = seconds_between(moved, heard_of(state).at)
        if task is None:
            plan = lessons.planned(plan, understood, tally, self.policy, number=int(state.get("number") or 0),
                                   ran=state.get("ran") if state.get("code") is not None else None)  # fmt: skip
            return self._update(plan, tally, state, progressed=False) | {"asked": asked}
        plan = plan.model_copy(update={"moves": (), "hint": 0, "question": None, "why": "", "person": None})
        if new and execution is not None and diagnosis is not None and not ran.get("worse"):
            plan = await self._aimed(plan, task, state, diagnosis)
        moment = _Moment(
            understood=understood,
            tally=tally,
            attempt=attempt,
            slow=waited is not None and waited > 60 * self.policy.slow_minutes,
            weak=self._weak(plan, state),
            has_program=execution is not None,
            passes=execution is not None and execution.passed,
        )
        plan = self._opening(plan, moment) if not state.get("number") else self._decided(plan, moment, task)
        progressed = attempt is not None and (attempt.better or attempt.complete)
        update = self._update(plan, self._noted(plan, tally, moment), state, progressed=progressed)
        return update | {"asked": asked}

    def _update(self, plan: Plan, tally: Tally, state: State, *, progressed: bool) -> Plain:
        update: Plain = {"plan": plan.plain(), "tally": tally.plain()}
        if progressed:
            update["progressed"] = heard_of(state).at
        return update

    async def _aimed(self, plan: Plan, task: Task, state: State, diagnosis: Diagnosis) -> Plan:
        """The plan for a new program: another fault begins with little help and with nothing said."""
        execution = execution_of(state)
        if execution is None or execution.passed:
            return plan.model_copy(update={"fault": None, "open": None})
        fault = fault_of(task, execution, diagnosis, await self._concepts_of(diagnosis))
        carried = ran_of(state).get("carried")
        if carried is not None and plan.fault is not None:  # the earlier fault, among other things that were added
            fault = _moved(plan.fault, int(carried), fault.test)
        if plan.fault is not None and plan.fault.key == fault.key:
            return plan.model_copy(update={"fault": fault, "open": None})
        return plan.model_copy(
            update={
                "fault": fault, "need": 0.0, "rung": 0, "given": (), "open": None, "representation": 0,
                "reflecting": False, "closed": False,
            }
        )  # fmt: skip

    async def _concepts_of(self, diagnosis: Diagnosis) -> dict[str, str]:
        found: dict[str, str] = {}
        for match in diagnosis.misconceptions if self.concepts is not None else ():
            try:
                misconception = await self.concepts.misconception(match.id) if self.concepts else None
            except GradatimError:  # the graph is away: the task's own concept stands in
                return found
            if misconception is not None:
                found[match.id] = misconception.concepts[0]
        return found

    def _weak(self, plan: Plan, state: State) -> bool:
        learner = learner_of(state)
        concept = plan.fault.concept if plan.fault else None
        known = learner.of(concept) if learner is not None and concept is not None else None
        return known is not None and known.observations > 0 and known.probability < WEAK

    def _opening(self, plan: Plan, moment: _Moment) -> Plan:
        if not moment.has_program:
            return _doing(plan, "greet", "ask", why="the session begins without a program")
        if moment.passes:
            return _doing(plan, "greet", "reflect", why="the program passes already", reflecting=True)
        plan = plan.model_copy(update={"need": begun(moment.attempt, weak=moment.weak)})
        return self._hinted(plan, "greet", why="the session begins with a program that fails")

    def _decided(self, plan: Plan, moment: _Moment, task: Task) -> Plan:
        understood = moment.understood
        person = self._person(plan, moment)
        if person is not None:
            return _doing(plan, "hand-over", why=f"a person takes over: {person}", person=person)
        if plan.closed and understood.intent in ("thanks", "farewell", "empty", "greeting"):
            return _doing(plan, "close", why="the session is over")
        if moment.attempt is not None:
            return self._after_attempt(plan, moment)
        if understood.intent == "farewell":
            return _doing(plan, "close", why="the learner leaves")
        if moment.passes:
            return self._after_passing(plan, moment)
        if understood.intent in _TALK:
            move: Move = "redirect" if understood.intent == "off-topic" else "greet"
            return _doing(plan, move, "ask", why=f"no word on the program: {understood.intent}")
        return self._after_words(plan, moment, task)

    def _person(self, plan: Plan, moment: _Moment) -> str | None:
        allowed, intent = self.policy.hand_over, moment.understood.intent
        if intent == "distress" and "distress" in allowed:
            return "distress"
        if intent == "person-request" and "asked" in allowed:
            return "asked"
        failing = moment.tally.same_fault + (moment.attempt is not None and not moment.attempt.complete)
        if "stuck" in allowed and plan.rung >= 4 and failing >= self.policy.stuck_attempts and not moment.passes:
            return "stuck"
        return None

    def _after_attempt(self, plan: Plan, moment: _Moment) -> Plan:
        attempt = moment.attempt
        assert attempt is not None
        if attempt.complete:
            return _doing(plan, "reflect", why="the program passes: why does it work?", reflecting=True, closed=False)
        if plan.need == 0.0:
            plan = plan.model_copy(update={"need": begun(attempt, weak=moment.weak)})
            return self._hinted(plan, "encourage" if attempt.better else None, why="work on another fault begins")
        plan = self._risen(plan, moment)
        return self._hinted(plan, "encourage" if attempt.better else None, why="the same fault after an attempt")

    def _after_passing(self, plan: Plan, moment: _Moment) -> Plan:
        intent = moment.understood.intent
        if not plan.reflecting:
            return _doing(plan, "close", why="nothing is left to do")
        if intent in ("question", "confusion") and moment.understood.concept is not None:
            return _doing(plan, "define", "reflect", why="a question about a concept, before the explanation")
        said = intent in ("explanation", "answer", "question") and not moment.understood.copied
        asked = plan.taught >= _REFLECTIONS - 1
        if said or asked or intent == "thanks":
            return _doing(
                plan, "close", why="explained" if said else "asked often enough", reflecting=False, closed=True
            )
        return _doing(plan, "reflect", why="an explanation is wanted once more", taught=plan.taught + 1)

    def _after_words(self, plan: Plan, moment: _Moment, task: Task) -> Plan:
        understood, intent = moment.understood, moment.understood.intent
        if not moment.has_program:
            return self._without_program(plan, moment)
        if self._solution(plan, moment, task):
            return _doing(plan, "solution", why="the task allows it, and the ladder is used up")
        if lazy(moment.tally, understood, self.policy.free_hints):
            first: Move = "decline" if intent == "answer-request" else "predict-first"
            return _doing(plan, first, "predict-first", why="several hints without a step of the learner's own")
        if understood.right is not None:
            plan = self._risen(plan, moment)
            return self._hinted(plan, "confirm" if understood.right else "correct", why="an answer was judged")
        lead: dict[str, Move] = {
            "answer-request": "decline",
            "confusion": "rephrase",
            "frustration": "encourage",
            "dont-know": "encourage",
        }
        plan = self._risen(plan, moment)
        if intent == "confusion":
            plan = plan.model_copy(update={"representation": plan.representation + 1})
        if intent in ("question", "confusion") and understood.concept is not None:
            return self._hinted(plan, "define", why="a question about a concept")
        return self._hinted(plan, lead.get(intent), why=f"the learner's message: {intent}")

    def _without_program(self, plan: Plan, moment: _Moment) -> Plan:
        intent = moment.understood.intent
        if moment.understood.right is not None:
            lead: Move = "confirm" if moment.understood.right else "correct"
        else:
            leads: dict[str, Move] = {"answer-request": "decline", "confusion": "rephrase", "frustration": "encourage"}
            lead = leads.get(intent, "ask")
        if moment.understood.concept is not None:
            return _doing(plan, lead, "define", "ask", why="before a program: a question about a concept")
        concept = intent in ("hint-request", "confusion", "dont-know", "frustration", "answer-request", "question")
        return _doing(plan, lead, *(("concept",) if concept else ()), "ask", why=f"before a program: {intent}",
                      taught=plan.taught + concept)  # fmt: skip

    def _solution(self, plan: Plan, moment: _Moment, task: Task) -> bool:
        return (
            task.reveal_solution
            and moment.understood.intent == "answer-request"
            and plan.rung >= 4
            and moment.tally.same_fault >= self.policy.solution_after
        )

    def _risen(self, plan: Plan, moment: _Moment) -> Plan:
        need = risen(plan.need, moment.understood, moment.attempt, slow=moment.slow, weak=moment.weak)
        return plan.model_copy(update={"need": need})

    def _hinted(self, plan: Plan, lead: Move | None, *, why: str) -> Plan:
        """A hint of the rung that the need asks for; at most one rung above what was given."""
        rung = min(rung_of(plan.need), plan.rung + 1)
        hint = RUNGS[rung]
        moves = tuple(dict.fromkeys(move for move in (lead, hint) if move is not None))
        return plan.model_copy(update={"moves": moves, "hint": rung, "rung": max(rung, plan.rung), "why": why})

    def _noted(self, plan: Plan, tally: Tally, moment: _Moment) -> Tally:
        """The counts with what was decided."""
        failing = moment.attempt is not None and not moment.attempt.complete
        fresh = plan.rung <= 1 and plan.hint == 1 and not plan.given
        intent = moment.understood.intent
        withheld = "predict-first" in plan.moves
        return tally.model_copy(
            update={
                "same_fault": 0 if fresh and failing else tally.same_fault + failing,
                "hints": tally.hints + (plan.hint > 0),
                "hints_since_attempt": tally.hints_since_attempt + (plan.hint > 0 and intent in HELP),
                # the next request is answered: withholding twice in a row helps nobody
                "withheld": tally.withheld + (1 if withheld else tally.withheld % 2 if plan.hint else 0),
            }
        )


def _moved(fault: Fault, lines: int, test: str | None) -> Fault:
    """A fault some lines further down, shown by a test that fails now."""
    moved = tuple(line + lines for line in fault.lines if line + lines >= 1)
    return fault.model_copy(update={"lines": moved, "line": moved[0] if moved else None, "test": test})


def _doing(plan: Plan, *moves: Move, why: str, **changed: Any) -> Plan:
    """The plan with these moves and without a hint."""
    distinct = tuple(dict.fromkeys(moves))
    return plan.model_copy(update={"moves": distinct, "why": why, "hint": 0, **changed})
