"""Steps of an instruction by the words in it: cues, denials, numbers and choices. No model is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gradatim.graphs.planning.clauses import Clause, clauses_of
from gradatim.graphs.planning.cues import Match
from gradatim.graphs.planning.denials import denial, only_until
from gradatim.graphs.planning.library import Pattern, patterns, things
from gradatim.graphs.planning.quantities import Quantity, quantities_of
from gradatim.graphs.planning.steps import Question, Step
from gradatim.graphs.planning.words import stem

_LIMITS = frozenset(map(stem, ("max", "maximum", "atmost", "limit", "only", "多", "共")))
_COUNTED_ANYHOW = frozenset(
    {"double_marking", "person_disagree", "two_drafts", "each", "at_once", "consistency", "grading"}
)
"""Patterns in whose words a number says nothing more: `two markers`, `a batch of 200`."""


_SHORT = 4
"""Words (characters in Chinese) of a clause that only says how something is done, at most."""
_MANNER = frozenset({"each", "at_once", "chinese", "english"})
"""Patterns that say how something is done, and may stand inside the words for it: `a report for each student`."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the words of an instruction say.

    Attributes:
        text: The instruction.
        clauses: Its clauses.
        steps: What is asked for or denied, in the order of its words.
        quantities: Its numbers.
        questions: Numbers that no step can have.
    """

    text: str
    clauses: tuple[Clause, ...]
    steps: tuple[Step, ...]
    quantities: tuple[Quantity, ...]
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hit:
    pattern: Pattern
    match: Match
    clause: Clause
    unwanted: bool = False

    @property
    def span(self) -> tuple[int, int]:
        return self.match.start, self.match.end


def hear(text: str) -> Heard:
    """The steps that the words of an instruction name."""
    clauses = clauses_of(text)
    hits = [hit for clause in clauses for hit in _kept(_hits(clause))]
    steps = [_step(hit, hits) for hit in hits]
    steps += _manners(clauses, steps)
    steps.sort(key=lambda step: step.start)
    quantities = quantities_of(clauses)
    steps, questions = with_numbers(steps, clauses, quantities)
    return Heard(text, clauses, tuple(steps), quantities, tuple(questions))


def _hits(clause: Clause) -> list[_Hit]:
    """The longest match of each pattern in a clause."""
    found: list[_Hit] = []
    for pattern in patterns().values():
        matches = [match for cue in pattern.cues if (match := cue.find(clause)) is not None]
        if matches:
            found.append(_Hit(pattern, max(matches, key=_worth_of), clause))
        denials = [match for cue in pattern.denials if (match := cue.find(clause)) is not None]
        if denials and not only_until(clause):
            found.append(_Hit(pattern, max(denials, key=_worth_of), clause, unwanted=True))
    named = {other for hit in found for other in hit.pattern.spec.instead_of}
    # what is itself hidden hides nothing
    hidden = {other for hit in found if hit.pattern.id not in named for other in hit.pattern.spec.instead_of}
    return [hit for hit in found if hit.pattern.id not in hidden or hit.unwanted]


def _worth_of(match: Match) -> tuple[int, bool]:
    return match.end - match.start, match.outside


def _kept(hits: Sequence[_Hit]) -> list[_Hit]:
    """Hits whose words do not belong to a longer expression: the `grades` of `before grades go out` ask for no more."""
    ordered = sorted(hits, key=lambda hit: (hit.match.start - hit.match.end, not hit.match.outside))
    kept: list[_Hit] = []
    for hit in ordered:
        left, right = hit.span
        if not any(_swallows(other, hit) for other in kept if other.span[0] <= left and right <= other.span[1]):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.match.start)


def _swallows(larger: _Hit, smaller: _Hit) -> bool:
    """Whether an expression takes the words of one inside it for itself."""
    if larger.span == smaller.span:
        return larger.match.outside and not smaller.match.outside
    if smaller.pattern.id in _MANNER and {"..", "&", "~"} & set(larger.match.cue.split()):
        return False
    if (
        smaller.pattern.spec.goal
        and " & " not in larger.match.cue
        and smaller.pattern.id not in larger.pattern.spec.implies
    ):
        # `give feedback … until it passes`: a goal inside a gap stands for itself
        inside = larger.match.cue.split(" .. ")
        return len(inside) == 1 or larger.pattern.id.startswith("person")
    return True


def _step(hit: _Hit, hits: Sequence[_Hit]) -> Step:
    clause, match = hit.clause, hit.match
    masked = tuple(
        other.span for other in hits if other.clause is clause and other is not hit and other.span[1] <= match.start
    )
    refused = None if hit.pattern.spec.always else denial(clause, match.start, match.end, masked, match.cue)
    first, last = refused or hit.span  # `no hints` rather than `hints`
    while (
        refused
        and first > clause.start
        and clause.text[first - clause.start - 1].isalpha()
        and clause.text[first - clause.start].isascii()
    ):
        first -= 1  # `don't` rather than `n't`
    return Step(
        pattern=hit.pattern.id,
        wanted=hit.pattern.spec.always or not (hit.unwanted or refused),
        words=clause.text[max(0, first - clause.start) : last - clause.start],
        clause=clause.number,
        chosen=choices_of(hit.pattern, clause),
        start=match.start,
        end=match.end,
    )


def _manners(clauses: Sequence[Clause], steps: Sequence[Step]) -> list[Step]:
    """What short clauses without a step of their own say about the step before them: `ten items, medium difficulty`."""
    found: list[Step] = []
    for clause in clauses:
        before = [step for step in steps if step.clause == clause.number - 1 and step.wanted]
        if any(step.clause == clause.number for step in steps) or not before or len(clause.words) > _SHORT:
            continue
        pattern = patterns()[before[-1].pattern]
        chosen = {key: of for key, of in choices_of(pattern, clause).items() if not pattern.spec.choices[key].many}
        if chosen:
            found.append(
                Step(
                    pattern=pattern.id,
                    words=clause.text,
                    clause=clause.number,
                    chosen=chosen,
                    start=clause.start,
                    end=clause.end,
                )
            )
    return found


def choices_of(pattern: Pattern, clause: Clause) -> dict[str, tuple[str, ...]]:
    """What a clause names of the things that a pattern can be about."""
    found: dict[str, tuple[str, ...]] = {}
    for choice, options in pattern.options.items():
        named = [option for option, cues in options.items() if any(cue.find(clause) is not None for cue in cues)]
        if named:
            found[choice] = tuple(named if pattern.spec.choices[choice].many else named[:1])
    return found


def with_numbers(
    steps: Iterable[Step], clauses: Sequence[Clause], quantities: Sequence[Quantity]
) -> tuple[list[Step], list[Question]]:
    """Steps with the numbers that belong to them, and questions about numbers beyond what is possible.

    A number goes to the parameter of its measure whose unit stands beside it; without a unit, to the nearest one of
    its clause; where its clause names no step, to the step before it.
    """
    numbered = list(steps)
    questions: list[Question] = []
    fits: list[tuple[float, int, str, Quantity]] = []
    for quantity in quantities:
        for index, step in enumerate(numbered):
            for key in patterns()[step.pattern].spec.parameters:
                worth = _worth(step, key, quantity, numbered)
                if worth is not None:
                    fits.append((worth, index, key, quantity))
    used: set[int] = set()
    given: set[tuple[int, str]] = set()
    for _, index, key, quantity in sorted(fits, key=lambda fit: -fit[0]):
        if quantity.start in used or (index, key) in given:
            continue
        used.add(quantity.start)
        given.add((index, key))
        step, spec = numbered[index], patterns()[numbered[index].pattern].spec.parameters[key]
        value = min(max(quantity.value, spec.minimum), spec.maximum)
        if value != quantity.value:
            values = {"asked": f"{quantity.value:g}", "least": f"{spec.minimum:g}", "most": f"{spec.maximum:g}"}
            questions.append(Question(kind="bounds", words=step.words, values={**values, "used": f"{value:g}"}))
        numbered[index] = step.model_copy(update={"numbers": {**step.numbers, key: value}})
    questions += [
        _uncounted(item, clauses) for item in quantities if item.start not in used and _matters(item, numbered)
    ]
    return numbered, questions


def _matters(quantity: Quantity, steps: Sequence[Step]) -> bool:
    """Whether a number that no step takes may be one that somebody meant."""
    if quantity.value in (0, 1) or (quantity.units and quantity.units[0] in things()):
        return False  # `120 students`
    here = [step for step in steps if _inside(step, quantity)] or [
        step for step in steps if step.clause == quantity.clause
    ]
    return all(step.wanted and step.pattern not in _COUNTED_ANYHOW for step in here)


def _uncounted(quantity: Quantity, clauses: Sequence[Clause]) -> Question:
    clause = clauses[quantity.clause]
    number = clause.text[quantity.start - clause.start : quantity.end - clause.start]
    return Question(kind="number", words=clause.text, values={"asked": number})


def _worth(step: Step, key: str, quantity: Quantity, steps: Sequence[Step]) -> float | None:
    """How well a number fits a parameter; nothing where it cannot be meant."""
    pattern = patterns()[step.pattern]
    spec = pattern.spec.parameters[key]
    if spec.measure != quantity.measure or not step.wanted:
        return None
    inside = _inside(step, quantity)
    if not inside and any(_inside(other, quantity) for other in steps):
        return None  # the number of something else: `two marks`
    distance = 0 if inside else min(abs(quantity.start - step.end), abs(step.start - quantity.end))
    near = 1.0 / (1.0 + distance)
    named = bool(pattern.units[key] & set(quantity.units))
    if step.clause == quantity.clause:
        if named or not pattern.units[key]:
            return 4.0 + near + inside
        return 1.0 + near if inside else None
    others = [other for other in steps if other.clause == quantity.clause]
    if abs(step.clause - quantity.clause) == 1 and not others:
        before = step.clause < quantity.clause
        if named or not pattern.units[key]:
            return 0.5 + near + before
        if before and (_LIMITS & set(quantity.units) or not quantity.units):
            return 0.2 + near  # `hints, max 3`, `hints: 3`
    return None


def _inside(step: Step, quantity: Quantity) -> bool:
    """Whether a number stands among the words of a step: `try twice`."""
    return step.start <= quantity.start < step.end
