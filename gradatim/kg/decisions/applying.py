"""A graph with decisions carried out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gradatim.kg.decisions.concepts import World
from gradatim.kg.decisions.force import in_force
from gradatim.kg.decisions.records import ConceptDecision, Decision, Note, RelationDecision
from gradatim.kg.decisions.relations import Ties
from gradatim.kg.graphfile import GraphFile


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of decisions."""

    graph: GraphFile
    notes: tuple[Note, ...] = ()
    """What could not be carried out, and which proposals had to go for it."""


def apply(graph: GraphFile, decisions: Iterable[Decision]) -> GraphFile:
    """A graph in which accepted items stand, rejected ones do not, and edits are carried out.

    A rejected concept takes its relations with it; a merged one leaves them, and its names, to the concept it became.
    An accepted item that the graph was built without is added, unless it comes from a document that the graph was not
    built from. Applying the same decisions again changes nothing more.

    Args:
        graph: As it was built, or with decisions applied already.
        decisions: All of them, undone ones and undos included.
    """
    return applied(graph, decisions).graph


def applied(graph: GraphFile, decisions: Iterable[Decision]) -> Applied:
    """As `apply`, and tells what could not be carried out."""
    holding = in_force(decisions)
    if not holding:
        return Applied(graph)
    world = World(graph)
    ties = Ties.of(graph, world)
    world.carry_out(line for line in holding if isinstance(line, ConceptDecision))
    ties.carry_out(line for line in holding if isinstance(line, RelationDecision))
    doubtful = graph.doubtful.model_copy(
        update={"concepts": tuple(node.concept() for node in world.doubtful()), "edges": tuple(ties.doubtful())}
    )
    update = {
        "concepts": tuple(node.concept() for node in world.concepts()),
        "edges": tuple(ties.edges()),
        "doubtful": doubtful,
    }
    return Applied(graph.model_copy(update=update), (*world.notes, *ties.notes))
