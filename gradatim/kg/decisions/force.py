"""Which decisions hold: those that nobody took back, and of several about the same item the latest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gradatim.kg.decisions.names import keys, same
from gradatim.kg.decisions.records import ConceptDecision, Decision, ItemKey, Made, RelationDecision, Undo


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two people decided differently about an item."""

    earlier: Made
    later: Made
    """Holds."""


def standing_decisions(decisions: Iterable[Decision]) -> list[Made]:
    """Decisions that were not taken back, earliest first."""
    lines = list(decisions)
    undone = {line.of for line in lines if isinstance(line, Undo)}
    return sorted(
        (line for line in lines if not isinstance(line, Undo) and line.id not in undone), key=lambda line: line.at
    )


def in_force(decisions: Iterable[Decision]) -> list[Made]:
    """Decisions that hold, earliest first: the last one about each item as it was."""
    latest: dict[ItemKey, Made] = {}
    for line in standing_decisions(decisions):
        latest.pop(line.item.key, None)
        latest[line.item.key] = line
    return list(latest.values())


def conflicts(decisions: Iterable[Decision]) -> list[Conflict]:
    """Where the decision that holds is not what somebody else decided last about the same item."""
    by_item: defaultdict[ItemKey, dict[str, Made]] = defaultdict(dict)
    for line in standing_decisions(decisions):
        said = by_item[line.item.key]
        said.pop(line.by, None)
        said[line.by] = line
    found: list[Conflict] = []
    for said in by_item.values():
        *others, holds = said.values()
        found += [Conflict(other, holds) for other in others if outcome(other) != outcome(holds)]
    return found


def last_of(decisions: Sequence[Decision], by: str) -> Made | None:
    """Somebody's latest decision that was not taken back."""
    own = [line for line in standing_decisions(decisions) if line.by == by]
    return own[-1] if own else None


def outcome(decision: Made) -> object:
    """What a decision comes to, as compared."""
    if isinstance(decision, RelationDecision):
        return decision.verdict, decision.became.key if decision.became is not None else None
    return _concept_outcome(decision)


def _concept_outcome(decision: ConceptDecision) -> object:
    became = decision.became
    return decision.verdict, (same(became.name), keys(became.aliases)) if became is not None else None
