"""Checks of claims about concepts, looked up in the concept graph."""

from __future__ import annotations

from gradatim.domain import Check, ConceptRelationClaim
from gradatim.kg import ConceptStore

_WORDS = {"prerequisite": "is needed before", "similarity": "is similar to", "hierarchical": "is a kind or part of"}


async def check_relation(claim: ConceptRelationClaim, store: ConceptStore) -> Check:
    """Supported where the graph states the relation or it follows from several; refuted where the graph states
    the opposite direction; undecided where the graph says nothing, for it is not complete."""
    source, target = await store.find(claim.source), await store.find(claim.target)
    if source is None or target is None:
        unknown = claim.source if source is None else claim.target
        return Check(claim=claim, verdict="unchecked", method="graph", detail=f"the graph has no concept {unknown!r}")
    chain = await store.holds(source.id, claim.relation, target.id)
    if chain is not None:
        return Check(claim=claim, verdict="supported", method="graph", detail=" → ".join(chain.concepts))
    if claim.relation != "similarity":
        opposite = await store.holds(target.id, claim.relation, source.id)
        if opposite is not None:
            detail = f"{target.name} {_WORDS[claim.relation]} {source.name}, not the other way round"
            return Check(claim=claim, verdict="refuted", method="graph", detail=detail)
    return Check(claim=claim, verdict="unchecked", method="graph", detail="the graph says nothing about this")
