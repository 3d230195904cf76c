"""Which of a correct program's names stand for which of the student's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from difflib import SequenceMatcher

from gradatim.tools.repair.pool.alignment import Label, Pairs, TreeShape, align, label_cost
from gradatim.tools.repair.pool.lines import Line
from gradatim.tools.repair.pool.tokens import is_space, meaning, rename
from gradatim.tools.repair.pool.unit import ATTRIBUTE, KNOWN_WORDS, Unit, Variable

NameMap = dict[Variable, str]
"""Variable of the correct piece → the student's name for it."""
_ANY = "§"
_FRESH = "2"


def renamed(item: Line, names: Mapping[Variable, str]) -> tuple[str, ...]:
    """Tokens of a line of a correct piece, in the student's names."""

    def new_name(name: str, attribute: bool) -> str | None:
        if attribute:
            return names.get((ATTRIBUTE, name))
        return names.get((item.scope, name)) or names.get(("", name))

    return rename(item.tokens, new_name)


def anonymous(unit: Unit, known: Mapping[Variable, str]) -> list[Label]:
    """Labels in which each variable that is not yet known is any variable."""
    own = dict.fromkeys(unit.variables, _ANY) | dict(known)
    return [meaning(renamed(item, own)) for item in unit.lines]


def name_maps(student: Unit, donor: Unit, shapes: tuple[TreeShape, TreeShape]) -> list[NameMap]:
    """Ways to read a correct piece in the student's names, the most likely first.

    Parameters correspond by position; of the others, those that stand in the same places of corresponding lines.
    """
    start = _parameters(student, donor)
    labels = anonymous(student, {variable: f"{_ANY}{name}" for variable, name in _own_parameters(student).items()})
    others = anonymous(donor, {variable: f"{_ANY}{name}" for variable, name in start.items()})
    pairs = align(
        student.lines,
        donor.lines,
        lambda a, b: label_cost(student.lines[a].kind, labels[a], donor.lines[b].kind, others[b]),
        shapes,
    )
    if pairs is None:
        return []
    likely = _assigned(student, donor, start, _together(student, donor, labels, others, pairs))
    plain = _assigned(student, donor, start, Counter())
    return [likely] if likely == plain else [likely, plain]


def _own_parameters(unit: Unit) -> dict[Variable, str]:
    return {variable: variable[1] for variable in unit.parameters}


def _parameters(student: Unit, donor: Unit) -> NameMap:
    mapped = {theirs: ours[1] for theirs, ours in zip(donor.parameters, student.parameters, strict=False)}
    # Methods of one name correspond, and so do their parameters: they come first among their scope's variables.
    for scope in dict.fromkeys(scope for scope, _ in donor.variables if scope not in ("", ATTRIBUTE)):
        ours = [item for item in student.variables if item[0] == scope]
        theirs = [item for item in donor.variables if item[0] == scope]
        count = _arity(student, scope)
        if count == _arity(donor, scope):
            mapped |= {a: b[1] for a, b in zip(theirs[:count], ours[:count], strict=False)}
    return mapped


def _arity(unit: Unit, scope: str) -> int:
    for item in unit.lines:
        if item.kind == "def" and item.name == scope:
            names = {name for at, name in unit.variables if at == scope}
            return sum(1 for token in dict.fromkeys(item.label[2:]) if token in names)
    return 0


def _together(
    student: Unit, donor: Unit, labels: list[Label], others: list[Label], pairs: Pairs
) -> Counter[tuple[Variable, Variable]]:
    """How often a variable of the one stands where one of the other stands."""
    found: Counter[tuple[Variable, Variable]] = Counter()
    for b, a in pairs.items():
        ours, theirs = _variables_in(student, a), _variables_in(donor, b)
        matcher = SequenceMatcher(None, labels[a], others[b], False)
        for tag, a1, a2, b1, b2 in matcher.get_opcodes():
            if tag == "equal" or (tag == "replace" and a2 - a1 == b2 - b1):
                for x, y in zip(range(a1, a2), range(b1, b2), strict=True):
                    if x in ours and y in theirs and (ours[x][0] == ATTRIBUTE) == (theirs[y][0] == ATTRIBUTE):
                        found[theirs[y], ours[x]] += 4 if tag == "equal" else 1
    return found


def _variables_in(unit: Unit, position: int) -> dict[int, Variable]:
    """Place in the line's label → the variable that stands there."""
    known = frozenset(unit.variables)
    item = unit.lines[position]
    found: dict[int, Variable] = {}
    previous = ""
    place = 0
    for token in item.tokens:
        if is_space(token):
            continue
        for variable in ((ATTRIBUTE, token),) if previous == "." else ((item.scope, token), ("", token)):
            if variable in known:
                found[place] = variable
                break
        previous = token
        place += 1
    return found


def _assigned(student: Unit, donor: Unit, start: NameMap, together: Counter[tuple[Variable, Variable]]) -> NameMap:
    """Each variable gets the student's name that it meets most often, then its own name, then a new one."""
    names = dict(start)
    taken = {(variable[0], name) for variable, name in names.items()}
    scores = {pair: count + 2 * (pair[0][1] == pair[1][1]) for pair, count in together.items()}
    for theirs, ours in sorted(scores, key=lambda pair: (-scores[pair], pair)):
        if theirs not in names and (theirs[0], ours[1]) not in taken and ours not in student.parameters:
            names[theirs] = ours[1]
            taken.add((theirs[0], ours[1]))
    for variable in donor.variables:
        if variable in names:
            continue
        scope, name = variable
        while (scope, name) in taken or (name in KNOWN_WORDS and scope != ATTRIBUTE):
            name += _FRESH
        names[variable] = name
        taken.add((scope, name))
    return names
