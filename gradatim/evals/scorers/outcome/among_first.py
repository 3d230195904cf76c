"""Whether what is at fault is named among the first: in the diagnosis, and in the text that a learner reads.

A faulty line and a misconception are looked for in the same way; `Naming` says where each of them stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gradatim.evals.scorers.given import Given, Missing, scorer
from gradatim.evals.scorers.score import Score, Scorer, ScorerInfo
from gradatim.evals.scorers.scores import listed, scored

Names = Callable[[Given], Sequence[object]]


@dataclass(frozen=True, slots=True)
class Naming:
    """One way of saying what is at fault.

    Attributes:
        key: What keys of its scores begin with.
        noun: What is named, for a person: `line`.
        what: The same with what makes it right: `a faulty line`.
        known: What is known to be right, none where nothing is.
        diagnosed: What the diagnosis names, the most suspicious first.
        told: What the text of the feedback names, the plainest first.
        verbs: What the diagnosis and the text do with it.
        places: Where the diagnosis and the reference have it.
    """

    key: str
    noun: str
    what: str
    known: Names
    diagnosed: Names
    told: Names
    verbs: tuple[str, str]
    places: tuple[str, str]


def among_first(naming: Naming, most: int, *, told: bool) -> Scorer:
    """A scorer: is something that is known to be right among the first `most` that are named?

    Args:
        told: In the text of the feedback rather than in the diagnosis.
    """
    key = f"{naming.key}_{'told_' if told else ''}top{most}"

    @scorer(key)
    def judge(given: Given) -> Score:
        known = naming.known(given)
        if not known:
            raise Missing(f"`{naming.places[1]}` is empty: no {naming.noun} is known to be at fault")
        named = (naming.told if told else naming.diagnosed)(given)
        said = f"names {listed(named[:most])}" if named else f"names no {naming.noun}"
        right = any(item in known for item in named[:most])
        return scored(key, right, f"{said}, known: {listed(known)}", named=list(named[:10]), known=list(known[:50]))

    return judge


def infos(naming: Naming) -> tuple[ScorerInfo, ...]:
    """The four scorers of a way of naming: first or among three, in the diagnosis or in the text."""
    suspects, says = naming.verbs
    return tuple(
        ScorerInfo(
            key=f"{naming.key}_{'told_' if told else ''}top{most}",
            scorer=among_first(naming, most, told=told),
            summary=f"Whether {naming.what} is {'the first' if most == 1 else 'among the first three'} that the "
            f"{f'text of the feedback {says}' if told else f'diagnosis {suspects}'}.",
            family="outcome",
            summarised="share",
            needs=("outputs.feedback" if told else naming.places[0], naming.places[1]),
        )
        for told in (False, True)
        for most in (1, 3)
    )
