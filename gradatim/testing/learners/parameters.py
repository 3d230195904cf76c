"""What simulated learners are made of: constants of how they read and learn, and traits in which they differ.

No constant was fitted by a procedure, but they were adjusted while the results of two tutors were in sight: one that
tells all, and the packaged one without a model. Where a study gives the direction of an effect it is named; the sizes
are judgements, which is why `Parameters.scaled` exists: results are shown for half and one and a half times each.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, fields, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class Parameters:
    """How learners read and learn, the same for all.

    Weights are on the scale of a line or a kind of fault that nobody has spoken of yet: 1.

    Attributes:
        blind: Weight of the faulty line, and of the true kind of fault, before anybody speaks of it. Below 1: whoever
            holds a misconception believes that just this is right (Smith, diSessa & Roschelle 1994).
        suspects: Lines that all lines of a program count as together before anybody speaks of one, if it has more.
        pointer: Weight that a line gains when a text names it or quotes it.
        blame: The same when the sentence says that something is wrong there.
        header: Weight of a line that only opens a definition or an `else`: it is seldom suspected.
        part: Weight that the lines of a part gain together when a text speaks of it ("the loop").
        variable: Weight that the lines with a variable gain together when a text speaks of it.
        naming: Weight that a kind of fault gains when a sentence speaks of what it is about.
        saying: The same when a sentence says what is wrong, or what holds instead.
        fact: Share of what is missing in knowing what should happen that a needed value for a concrete input closes.
        contrast: The same for the value that the program gives instead.
        conflict: The same for a prediction that turned out wrong, the strongest single thing (White & Gunstone 1992;
            Limón 2001).
        insight: Weight that the true kind gains by such a conflict, if what was predicted has to do with the fault.
        explaining: The same by explaining the line in question oneself (Chi et al. 1994).
        misled: Share of what is known about what should happen that a wrong value takes away.
        doubt: Factor on the belief in a tutor after an attempt where it had pointed failed.
        dropping: Factor on the weights of a line and of a kind of fault after a change made for them failed.
        repetition: Factor on the weight of a sentence that was read before.
        span: Words of one text after which attention falls to 1/e (Sweller 1988: what is long is taken in badly).
        initiative: How likely a learner goes through the program by hand without being asked, a turn.
        frustration: What a failed attempt adds to frustration, in [0, 1].
        relief: What encouragement, or something understood, takes from it.
        precision: Exponent with which weights become probabilities when one is chosen; above 1: what is most suspicious
            is preferred.
        near: How likely the right change is made by someone who knows the place and the kind, but nothing of what
            should happen.
        undoing: How likely a failed change is taken back: at once if it brings a new error, else before the next.
        copying: How likely code that a text gives is put in.
    """

    blind: float = 0.5
    suspects: float = 6.0
    pointer: float = 3.0
    blame: float = 8.0
    header: float = 0.4
    part: float = 2.0
    variable: float = 1.0
    naming: float = 0.6
    saying: float = 3.0
    fact: float = 0.4
    contrast: float = 0.3
    conflict: float = 0.6
    insight: float = 2.0
    explaining: float = 0.3
    misled: float = 0.3
    doubt: float = 0.9
    dropping: float = 0.85
    repetition: float = 0.3
    span: float = 200.0
    initiative: float = 0.2
    frustration: float = 0.12
    relief: float = 0.06
    precision: float = 2.0
    near: float = 0.5
    undoing: float = 0.8
    copying: float = 0.8

    def scaled(self, name: str, factor: float) -> Self:
        """The same with one of them multiplied; shares and probabilities stay below 1.

        Raises:
            ValueError: There is no parameter of this name.
        """
        if name not in {field.name for field in fields(self)}:
            raise ValueError(f"no parameter {name!r}")
        value = getattr(self, name) * factor
        return replace(self, **{name: min(value, 0.98) if name in _SHARES else value})


_SHARES = frozenset(
    {"fact", "contrast", "conflict", "misled", "doubt", "dropping", "repetition", "initiative", "frustration", "relief"}
    | {"near", "undoing", "copying"}
)
MAIN = ("blind", "pointer", "blame", "saying", "conflict", "insight", "initiative", "near", "span")
"""Parameters that results are shown for at half and at one and a half times their value."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What differs from one learner to another; all in [0, 1] but `patience`.

    Attributes:
        reading: How likely a sentence is taken in that is read with full attention.
        tracing: How likely following the program by hand gives what it really does, rather than what it is meant to do.
            Novices are weak at it (Lister et al. 2004).
        skill: How likely a change that is understood is also written right.
        eagerness: How likely a change is tried with no idea at all.
        prior: What is known from the task's text about what should happen.
        patience: Failed attempts and texts without use before the answer is begged for.
        straying: How likely a message is off the topic.
        pasting: How likely a message holds the program though it did not change.
    """

    reading: float = 0.8
    tracing: float = 0.5
    skill: float = 0.8
    eagerness: float = 0.3
    prior: float = 0.25
    patience: int = 4
    straying: float = 0.04
    pasting: float = 0.08

    @classmethod
    def drawn(cls, chance: random.Random) -> Self:
        """Traits of one learner out of a mixed group: each uniform within its range."""
        return cls(
            reading=chance.uniform(0.6, 0.95),
            tracing=chance.uniform(0.25, 0.75),
            skill=chance.uniform(0.7, 0.95),
            eagerness=chance.uniform(0.15, 0.45),
            prior=chance.uniform(0.1, 0.4),
            patience=chance.randint(2, 6),
            straying=chance.uniform(0.0, 0.08),
            pasting=chance.uniform(0.0, 0.15),
        )
