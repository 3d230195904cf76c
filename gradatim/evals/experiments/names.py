"""What a text blames: lines, kinds of fault, and misconceptions, read from its words alone.

The same reading for every variant, whatever structure its answer had: a base model has only its words. The line that
the text blames most plainly comes first. A misconception is named by saying a sentence of the concept graph about it
word for word, or by saying of what kind the fault is: misconceptions of that kind are then meant (the scorer
`diagnosis_named` decides about that). Who asks, or says what a concept is as the graph does, tells no kind of fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradatim.domain import FaultKindClaim, FaultLineClaim, FeedbackPart
from gradatim.evals.scorers.feedback import Said
from gradatim.evals.scorers.outcome.blamed import blamed_lines
from gradatim.kg import ConceptGraph
from gradatim.tools.claims import sentences
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.likelihood import blames

_SHORTEST = 20
"""Characters of a sentence of the graph that is looked for: a shorter one may be said by chance."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a text blames.

    Attributes:
        lines: The one that the text blames most plainly first.
        misconceptions: Ids whose sentences the text says.
        kinds: Kinds of fault that the first sentence may mean which means any, as edit operators are called.
    """

    lines: tuple[int, ...] = ()
    misconceptions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


class Naming:
    """Reads what texts blame.

    Args:
        graph: Whose misconceptions are known by their sentences.
    """

    def __init__(self, graph: ConceptGraph) -> None:
        self._known: list[tuple[str, str]] = []
        for item in graph.misconceptions:
            for text in (item.belief, item.correction):
                said = (_plain(sentence) for sentence in sentences(text))
                self._known += [(sentence, item.id) for sentence in said if len(sentence) >= _SHORTEST]
        self._defining = frozenset(_plain(said) for concept in graph.concepts for said in sentences(concept.definition))

    def read(self, said: Sequence[tuple[FeedbackPart, str]], case: Case) -> Named:
        """What a text blames.

        Args:
            said: Its sentences, each with the part in which it stands.
            case: What it speaks of.
        """
        found = blamed_lines(Said(part, text, (), (), ()) for part, text in said)
        if not found:  # the line may be named by its code
            found = tuple(dict.fromkeys(line for _, text in said for line in fault_lines(text, case)))
        kinds = next(filter(None, (_kinds(text, case) for _, text in said if self._tells(text))), ())
        whole = _plain(" ".join(text for _, text in said))
        ids = dict.fromkeys(identity for sentence, identity in self._known if sentence in whole)
        return Named(found, tuple(ids), kinds)

    def _tells(self, sentence: str) -> bool:
        """Whether a sentence says something about the program."""
        return not sentence.rstrip(" `\"'*_)").endswith(("?", "？")) and _plain(sentence) not in self._defining


def _kinds(text: str, case: Case) -> tuple[str, ...]:
    """Kinds of fault that a sentence may mean."""
    found = (claim.operator for claim in blames(text, case) if isinstance(claim, FaultKindClaim))
    return tuple(dict.fromkeys(found))


def fault_lines(text: str, case: Case) -> tuple[int, ...]:
    """Lines in which a sentence says that the fault lies."""
    lines: dict[int, None] = {}
    for claim in blames(text, case):
        if isinstance(claim, FaultLineClaim):
            lines |= dict.fromkeys(range(claim.line, (claim.last_line or claim.line) + 1))
    return tuple(lines)


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").replace('"', "'").lower().split())
