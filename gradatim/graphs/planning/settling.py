"""From steps as they were heard to a design without contradictions: what is built, what is left out, and why.

Later instructions win over earlier ones, so that a change can take back what was asked for before. Within one
instruction a denial wins, and the person is told. What a step cannot do without is added, with the words of that step.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from gradatim.graphs.planning.library import patterns
from gradatim.graphs.planning.steps import Question, Step

_OF_WHAT = {
    "grades": "grading",
    "feedback": "feedback",
    "diagnosis": "diagnosis",
    "drafts": "two_drafts",
    "questions": "oral_questions",
    "items": "items",
    "report": "learner_report",
}
"""What a person is shown → the pattern that makes it."""
_PEOPLE = (
    "person_before",
    "person_unsure",
    "person_degraded",
    "person_failing",
    "person_disagree",
    "after_hints",
    "person_low_grade",
    "appeal",
)
_AUTOMATIC = re.compile(r"auto|自动", re.IGNORECASE)
_VAGUE = frozenset({"feedback", "grading", "diagnosis", "execution", "delivery", "each"})
"""Patterns that are also spoken of when they are not asked for: denying them in one clause contradicts nothing."""


@dataclass(frozen=True, slots=True)
class Design:
    """What a workflow shall do.

    Attributes:
        steps: Pattern → the step that asks for it, in the order of the instruction.
        denied: Pattern → the step that denies it.
    """

    steps: dict[str, Step] = field(default_factory=dict[str, Step])
    denied: dict[str, Step] = field(default_factory=dict[str, Step])

    def has(self, pattern: str) -> bool:
        """Whether a pattern is asked for."""
        return pattern in self.steps

    def number(self, pattern: str, key: str) -> float | None:
        """A number of a step, its pattern's default, or its least where it is denied; nothing where there is none."""
        step = self.steps.get(pattern)
        if step is not None and key in step.numbers:
            return step.numbers[key]
        spec = patterns()[pattern].spec.parameters[key]
        return spec.minimum if pattern in self.denied else spec.default

    def chosen(self, pattern: str, choice: str) -> tuple[str, ...]:
        """What a step is about; empty where the instruction does not say."""
        step = self.steps.get(pattern)
        return step.chosen.get(choice, ()) if step is not None else ()

    def without(self, pattern: str) -> Design:
        """The design without a step and without what was only added for it."""
        gone = {pattern}
        for name, step in self.steps.items():
            reason = step.found_by == "implied" and step.words == self.steps[pattern].words
            if reason and not patterns()[name].spec.goal:  # `grade twice` still asks for grades
                gone.add(name)
        needs = {name for name in self.steps if set(patterns()[name].spec.implies) & gone}
        return Design({name: step for name, step in self.steps.items() if name not in gone | needs}, self.denied)


def settle(rounds: Sequence[Sequence[Step]]) -> tuple[Design, tuple[Question, ...]]:
    """A design from the steps of an instruction and of the changes to it, in the order in which they were said."""
    wanted: dict[str, Step] = {}
    denied: dict[str, Step] = {}
    questions: list[Question] = []
    for steps in rounds:
        asked, refused = _sorted(steps)
        questions += _contradictions(asked, refused)
        for name, step in asked.items():
            if name in refused:
                continue
            wanted[name] = _joined(wanted.get(name), step, later=True)
            denied.pop(name, None)
            if name in _PEOPLE[1:] and "person_before" in denied and "person_before" not in refused:
                denied.pop("person_before")
        for name, step in refused.items():
            denied[name] = step
            wanted.pop(name, None)
            if name == "person_before":
                for other in _PEOPLE:
                    wanted.pop(other, None)
    return _completed(wanted, denied, questions)


def _sorted(steps: Sequence[Step]) -> tuple[dict[str, Step], dict[str, Step]]:
    asked: dict[str, Step] = {}
    refused: dict[str, Step] = {}
    for step in steps:
        name = patterns()[step.pattern].spec.same_as or step.pattern
        step = step.model_copy(update={"pattern": name})
        target = asked if step.wanted else refused
        target[name] = _joined(target.get(name), step, later=False)
    if "person_disagree" in asked and "consistency" in asked and not {"grading", "double_marking"} & set(asked):
        # answers of the model that differ are a matter of confidence
        step = asked.pop("person_disagree")
        asked["person_unsure"] = step.model_copy(update={"pattern": "person_unsure", "numbers": {}})
    nobody = refused.get("person_before")
    if nobody is not None and _AUTOMATIC.search(nobody.words) and any(name in asked for name in _PEOPLE):
        del refused["person_before"]  # `automatic grading, a person looks at …`
    if "person_before" in refused and refused["person_before"].chosen and "person_before" in asked:
        _take_apart(asked, refused)
    return asked, refused


def _take_apart(asked: dict[str, Step], refused: dict[str, Step]) -> None:
    """`before grades go out, but not before feedback`: what is refused leaves what is asked for."""
    left = [
        item
        for item in asked["person_before"].chosen.get("what", ())
        if item not in refused["person_before"].chosen["what"]
    ]
    if left:
        asked["person_before"] = asked["person_before"].model_copy(update={"chosen": {"what": tuple(left)}})
        del refused["person_before"]


def _joined(old: Step | None, new: Step, *, later: bool) -> Step:
    """Two steps of one pattern as one; what was said later wins, and so do numbers over none."""
    if old is None:
        return new
    chosen = dict(old.chosen)
    for choice, options in new.chosen.items():
        chosen[choice] = options if later else tuple(dict.fromkeys((*chosen.get(choice, ()), *options)))
    words = new.words if later else old.words
    return old.model_copy(update={"numbers": {**old.numbers, **new.numbers}, "chosen": chosen, "words": words})


def _contradictions(asked: dict[str, Step], refused: dict[str, Step]) -> list[Question]:
    found: list[Question] = []
    for name, step in refused.items():
        other = asked.get(name)
        if name == "person_before" and other is None:
            other = next((asked[item] for item in _PEOPLE if item in asked), None)
        if other is not None and name not in _VAGUE:
            found.append(Question(kind="contradiction", words=step.words, values={"other": other.words}))
    return found


def _completed(
    wanted: dict[str, Step], denied: dict[str, Step], questions: list[Question]
) -> tuple[Design, tuple[Question, ...]]:
    """The design with everything that its steps need."""
    if "tutoring" in wanted and "after_hints" in wanted and "hint_rounds" not in wanted:
        step = wanted.pop("after_hints")  # a session has no rounds that could be used up
        wanted["tutor_hand_over"] = step.model_copy(update={"pattern": "tutor_hand_over"})
    over = wanted.get("after_hints")
    if (
        over is not None
        and over.numbers
        and "rounds" not in wanted.get("hint_rounds", over.model_copy(update={"numbers": {}})).numbers
    ):
        # `after three failed tries the teacher is called` also says how many there are
        rounds = wanted.get("hint_rounds") or over.model_copy(update={"pattern": "hint_rounds", "found_by": "implied"})
        wanted["hint_rounds"] = rounds.model_copy(update={"numbers": {"rounds": over.numbers["rounds"]}})
    for name, step in list(wanted.items()):
        needs = [*patterns()[name].spec.implies]
        if name == "person_before":
            needs += [_OF_WHAT[item] for item in step.chosen.get("what", ()) if item != "feedback"]
        for need in needs:
            _add(need, step, wanted, denied, questions)
    if "chinese" in wanted and "english" in wanted:
        less, more = sorted((wanted["chinese"], wanted["english"]), key=lambda step: (step.clause, step.start))
        questions.append(Question(kind="contradiction", words=more.words, values={"other": less.words}))
        del wanted[less.pattern]
    goals = [name for name in wanted if patterns()[name].spec.goal]
    if not goals and wanted | denied:
        about = next(iter({**wanted, **denied}.values()))
        base = "feedback" if "feedback" not in denied else "grading" if "diagnosis" in denied else "diagnosis"
        _add(base, about, wanted, denied, questions)
    return Design(wanted, denied), tuple(questions)


def _add(name: str, reason: Step, wanted: dict[str, Step], denied: dict[str, Step], questions: list[Question]) -> None:
    if name in wanted or (name == "feedback" and {"placement", "short_answers"} & set(wanted)):
        return
    if name in denied:
        questions.append(Question(kind="contradiction", words=denied[name].words, values={"other": reason.words}))
        del denied[name]
    wanted[name] = Step(
        pattern=name, words=reason.words, clause=reason.clause, found_by="implied", start=reason.start, end=reason.end
    )
    for need in patterns()[name].spec.implies:
        _add(need, reason, wanted, denied, questions)
