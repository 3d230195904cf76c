"""What a learner can take from a sentence, whoever wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gradatim.domain import TestCase

After = Literal["value", "needed", "rounds", "which_line", "why", "other"]
"""What a question is after: a value that the program gives, the one that is needed, how often a loop runs, …"""


@dataclass(frozen=True, slots=True)
class LineCue:
    """It speaks of some lines.

    Attributes:
        lines: Lines of the program as it stands.
        how: `pointer`: by number or by quoting them; `part`: by what they are, as "the loop"; `variable`: by a variable
            in them.
        approving: It says that they are right.
        blaming: It says that something is wrong there.
    """

    lines: tuple[int, ...]
    how: Literal["pointer", "part", "variable"]
    approving: bool = False
    blaming: bool = False


@dataclass(frozen=True, slots=True)
class KindCue:
    """It speaks of kinds of faults.

    Attributes:
        kinds: Names of kinds; the more there are, the less each is believed.
        saying: Whether it says what is wrong or what holds instead, rather than only what it is about.
    """

    kinds: tuple[str, ...]
    saying: bool


@dataclass(frozen=True, slots=True)
class FactCue:
    """It speaks of a concrete input.

    Attributes:
        needed: Whether it tells what is needed there.
        got: Whether it tells what the program gives instead.
        wrong: Whether it tells something that is neither.
    """

    needed: bool = False
    got: bool = False
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """It asks something.

    Attributes:
        after: What it is after: a `value` that the program gives, the one that is `needed`, how many `rounds`,
            `which_line`, `why`, or something `other`.
        case: The test or the call that it speaks of; `None` where it names none.
        variables: Variables that it names.
        lines: Lines that it names.
        round: Which time a line runs: `first`, `second`, `third`, `last`; `None` where it says nothing.
    """

    after: After
    case: TestCase | None = None
    variables: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    round: str | None = None


Cue = LineCue | KindCue | FactCue


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as a learner reads it.

    Attributes:
        text: It, white space made single.
        before: Words of the text that stand before it.
        cues: What can be taken from it.
        question: What it asks, if it asks.
        codes: Code that it gives and that is not the learner's own.
        swaps: Replacements of code that it names, old and new.
        encourages: Whether it encourages.
        tries: Whether it asks to change the program.
        directs: Whether it says how.
        denies: Whether it says that something was not right.
    """

    text: str
    before: int
    cues: tuple[Cue, ...] = ()
    question: Question | None = None
    codes: tuple[str, ...] = ()
    swaps: tuple[tuple[str, str], ...] = ()
    encourages: bool = False
    tries: bool = False
    directs: bool = False
    denies: bool = False
