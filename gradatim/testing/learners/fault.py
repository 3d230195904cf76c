"""What is known about a learner's program: the fault in it, and the change that repairs it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gradatim.domain import Task
from gradatim.testing.learners.changes import kind_of_change
from gradatim.testing.learners.kinds import kind_of, names_in


@dataclass(frozen=True, slots=True)
class Patch:
    """Lines of a program replaced: `first` to `last`, counted from 1; `last` is `first - 1` where lines are put in."""

    first: int
    last: int
    lines: tuple[str, ...]

    def overlaps(self, other: Patch) -> bool:
        """Whether two of them cannot both be made."""
        if self.first == other.first:
            return True
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Draft:
    """A program as far as its writer has changed it.

    Attributes:
        code: As it was at first.
        patches: What was changed in it since; none overlaps another.
    """

    code: str
    patches: tuple[Patch, ...] = ()

    @property
    def text(self) -> str:
        """The program now."""
        lines = self.code.splitlines()
        for patch in sorted(self.patches, key=lambda item: item.first, reverse=True):
            lines[patch.first - 1 : patch.last] = patch.lines
        return "\n".join(lines) + "\n"

    def with_patches(self, patches: Iterable[Patch]) -> Draft:
        """With further changes; those before that stand in their way are taken back."""
        new = tuple(patches)
        kept = tuple(old for old in self.patches if not any(old.overlaps(patch) for patch in new))
        return Draft(self.code, (*kept, *new))

    def original(self, line: int) -> int:
        """The line of `code` that a line of `text` comes from, or that it was put in at."""
        shift = 0
        for patch in sorted(self.patches, key=lambda item: item.first):
            start = patch.first + shift
            if line < start:
                break
            if line < start + len(patch.lines):
                return min(patch.first + line - start, max(patch.last, patch.first))
            shift += len(patch.lines) - (patch.last - patch.first + 1)
        return max(1, line - shift)

    def current(self, line: int) -> int:
        """The line of `text` that a line of `code` has become."""
        shift = 0
        for patch in sorted(self.patches, key=lambda item: item.first):
            if patch.first > line:
                break
            if patch.last >= line:
                return patch.first + shift + min(line - patch.first, max(0, len(patch.lines) - 1))
            shift += len(patch.lines) - (patch.last - patch.first + 1)
        return line + shift


def patches_between(old: str, new: str) -> tuple[Patch, ...]:
    """The changes of lines that make one program of another, from top to bottom."""
    before, after = old.splitlines(), new.splitlines()
    codes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return tuple(Patch(a + 1, b, tuple(after[c:d])) for tag, a, b, c, d in codes if tag != "equal")


@dataclass(frozen=True, slots=True)
class Fault:
    """A wrong program with everything that is known about it.

    Attributes:
        task: What it was written for.
        code: The program.
        patches: The change that repairs it, as a person would make it.
        misconception: Id in the concept graph of what its writer believes.
        kind: Kind of the fault (`KINDS`).
        lines: Lines on which a person would point at it.
        names: Variables that the change has to do with.
        counter: What holds instead of what is believed, in words; empty where that is not known.
        belief: What is believed, in words; empty where that is not known.
        origin: Where the program comes from, e.g. `fibonacci/02.py` or `planted`.
    """

    task: Task
    code: str
    patches: tuple[Patch, ...]
    misconception: str
    kind: str
    lines: frozenset[int]
    names: frozenset[str]
    counter: str = ""
    belief: str = ""
    origin: str = ""

    @property
    def right(self) -> str:
        """The repaired program."""
        return Draft(self.code, self.patches).text

    def in_words(self, belief: str, counter: str) -> Fault:
        """The same with what is believed, and what holds instead, in words."""
        return replace(self, belief=belief, counter=counter)

    @classmethod
    def between(
        cls,
        task: Task,
        code: str,
        right: str,
        misconception: str,
        *,
        lines: Iterable[int] = (),
        origin: str = "",
    ) -> Fault:
        """The fault that the difference of two programs is.

        Args:
            task: What they were written for.
            code: The wrong one. Whether it fails, and the other passes, is for the caller to run.
            right: The one that it should be.
            misconception: Id in the concept graph, e.g. `range-stop-included`.
            lines: Lines that a person would point at beside those that change.
            origin: Where the program comes from.

        Raises:
            ValueError: The programs do not differ.
        """
        patches = patches_between(code, right)
        if not patches:
            raise ValueError("the wrong program and the right one are the same")
        first = patches[0]
        try:
            kind = kind_of(misconception)
        except KeyError:  # told by what is changed
            kind = kind_of_change(code, code.splitlines()[first.first - 1 : first.last], first.lines)
        last = max(1, len(code.splitlines()))
        changed = {line for patch in patches for line in _touched(patch, last)}
        return cls(
            task=task,
            code=code,
            patches=patches,
            misconception=misconception,
            kind=kind,
            lines=frozenset(changed | {line for line in lines if 1 <= line <= last}),
            names=_concerned(code.splitlines(), patches),
            origin=origin,
        )


def _touched(patch: Patch, last: int) -> range | tuple[int, ...]:
    """Lines that a change is in; for what is put in, the line before and the line behind."""
    if patch.last >= patch.first:
        return range(patch.first, patch.last + 1)
    return tuple(line for line in (patch.first - 1, patch.first) if 1 <= line <= last)


def _concerned(lines: Sequence[str], patches: Iterable[Patch]) -> frozenset[str]:
    """Names that stand in lines that change, before or afterwards, and in the program."""
    known = names_in("\n".join(lines))
    found: set[str] = set()
    for patch in patches:
        found |= names_in("\n".join(line.strip() for line in lines[patch.first - 1 : patch.last]))
        found |= names_in("\n".join(line.strip() for line in patch.lines))
    return frozenset(found & known)
