"""Changing a program: the right change, a wrong one that looks plausible, or what somebody else wrote."""

from __future__ import annotations

import ast
import difflib
import random
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from gradatim.domain import Task
from gradatim.testing.learners.cues import Sentence
from gradatim.testing.learners.fault import Draft, Fault, Patch, patches_between
from gradatim.testing.learners.kinds import KINDS
from gradatim.testing.learners.mentions import calls_in
from gradatim.tools.claims.code import parse, places_in, tokens
from gradatim.tools.repair.operators import edits
from gradatim.tools.repair.source import Expected, Source, names_of

_ALIKE = 0.55
"""How much a line of code has to have in common with one of the program to be meant in its place."""
Choice = TypeVar("Choice")
_SIGNS = (":", ")", "(", '"', "=", ",")


def pick(weights: Mapping[Choice, float], roll: float) -> Choice:
    """One of several things with given probabilities, for a number drawn uniformly from [0, 1).

    Raises:
        ValueError: There is nothing to pick from.
    """
    if not weights:
        raise ValueError("nothing to pick from")
    total = sum(weights.values())
    passed = 0.0
    for choice, weight in weights.items():
        passed += weight
        if roll * total < passed:
            return choice
    return next(reversed(list(weights)))


def repaired(draft: Draft, fault: Fault) -> Draft:
    """The draft with the change that repairs its fault; other changes in it stay as they are."""
    return draft.with_patches(fault.patches)


def guessed(draft: Draft, fault: Fault, line: int, kind: str, chance: random.Random, *, missing: bool) -> Draft | None:
    """The draft with a plausible change that is made without having understood; `None` where nothing comes to mind.

    Args:
        line: Line of the first program that is changed.
        kind: Kind of fault that the learner thinks of.
        missing: Whether the repair is not hit upon, which otherwise may happen by chance.
    """
    found = _candidates(fault.code, fault.task, line)
    fitting = [code for operator, code in found if operator in KINDS[kind].operators]
    codes = fitting or [code for _, code in found]
    if missing:
        codes = [code for code in codes if not _alike(code, fault.right)]
    if codes:
        return draft.with_patches(patches_between(fault.code, chance.choice(codes)))
    if parse(fault.code) is not None:
        return None
    return draft.with_patches((_fumbled(fault.code.splitlines(), line, chance),))


def _candidates(code: str, task: Task, line: int) -> list[tuple[str, str]]:
    """Changes of a beginner's kind at a line: their operators, and the programs that they give."""
    return [(operator, changed) for place, operator, changed in _edits(code, task.setup) if place == line]


@lru_cache(maxsize=512)
def _edits(code: str, setup: str) -> tuple[tuple[int, str, str], ...]:
    unknown = Expected({}, (), False)  # what the tests want is not known to the learner
    found = edits(Source(code, unknown, names_of(setup)))
    return tuple((item.line, item.operator, item.code) for item in found if not item.overfits)


def _fumbled(lines: Sequence[str], line: int, chance: random.Random) -> Patch:
    """A sign put in, or taken away: what is left to try where a program does not even compile."""
    text = lines[line - 1]
    places = [index for index, sign in enumerate(text) if sign in _SIGNS]
    if places and chance.random() < 0.5:
        place = chance.choice(places)
        return Patch(line, line, (text[:place] + text[place + 1 :],))
    place = chance.choice([len(text), *(index + 1 for index in places)])
    return Patch(line, line, (text[:place] + chance.choice(_SIGNS) + text[place:],))


def _alike(one: str, other: str) -> bool:
    first, second = parse(one), parse(other)
    if first is None or second is None:
        return one.split() == other.split()
    return ast.dump(first) == ast.dump(second)


# ------------------------------------------------------------------------------------------ what others wrote


def copies(draft: Draft, sentence: Sentence, task: Task) -> list[Draft]:
    """Programs that come of putting in what a sentence says, whole programs first; none where it gives no code."""
    found: dict[str, Draft] = {}
    for code in sentence.codes:
        if any(end - start >= len(code) - 1 for start, end in calls_in(code, task.entry_point)):
            continue  # an example of a call, not a part of a program
        for copied in _put_in(draft, code, task):
            found.setdefault(copied.text, copied)
    swapped = draft
    for old, new in sentence.swaps:
        swapped = _swapped(swapped, old, new)
    if swapped is not draft:
        found.setdefault(swapped.text, swapped)
    found.pop(draft.text, None)
    return list(found.values())


def _put_in(draft: Draft, code: str, task: Task) -> Iterator[Draft]:
    tree = parse(code)
    defined = {node.name for node in (tree.body if tree else ()) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    size = len(draft.text.splitlines())
    whole = task.entry_point in defined if task.entry_point else len(code.splitlines()) >= max(2, 0.6 * size)
    likeness = difflib.SequenceMatcher(None, tokens(code), tokens(draft.text), autojunk=False).ratio()
    if tree is not None and whole and likeness >= _ALIKE:
        yield Draft(draft.code, patches_between(draft.code, code))
        return
    lines = draft.text.splitlines()
    patches: list[Patch] = []
    for text in code.splitlines():
        place = _place(text, lines)
        if place is not None:
            indent = lines[place - 1][: len(lines[place - 1]) - len(lines[place - 1].lstrip())]
            original = draft.original(place)
            patches.append(Patch(original, original, (indent + _completed(text.strip(), lines[place - 1]),)))
    distinct = list({patch.first: patch for patch in patches}.values())
    if distinct:
        yield draft.with_patches(distinct)


def _place(text: str, lines: Sequence[str]) -> int | None:
    """The line that a piece of code is most probably meant to stand in for."""
    wanted = tokens(text)
    if len(wanted) < 3 or wanted in [tokens(line) for line in lines]:
        return None
    scores = [
        difflib.SequenceMatcher(None, wanted, tokens(line), autojunk=False).ratio() if line.strip() else 0.0
        for line in lines
    ]
    best = max(range(len(lines)), key=lambda index: scores[index], default=None)
    return best + 1 if best is not None and scores[best] >= _ALIKE else None


def _completed(text: str, line: str) -> str:
    """Code for a line; an expression takes the place of the one like it, and a colon is not forgotten."""
    old = line.strip()
    for opening in ("if ", "elif ", "while ", "return ", "for "):
        if old.startswith(opening) and not text.startswith(opening.strip()):
            if opening == "for " and " in " in old and " in " not in text:
                text = f"{old[: old.index(' in ') + 4]}{text}"
            elif opening != "for ":
                text = opening + text
            break
    return f"{text}:" if old.endswith(":") and not text.endswith(":") else text


def _swapped(draft: Draft, old: str, new: str) -> Draft:
    """The draft with code replaced where it first stands."""
    for number, line in enumerate(draft.text.splitlines(), 1):
        found = places_in(old, line)
        if found:
            start, end = found[0].span()
            original = draft.original(number)
            return draft.with_patches((Patch(original, original, (line[:start] + new + line[end:],)),))
    return draft
