"""Checks of what is said about a learner's past, and about what a concept means."""

from __future__ import annotations

from gradatim.domain import Check, CheckVerdict, ConceptDefinitionClaim, Evidence, HistoryClaim
from gradatim.kg import Concept, ConceptStore
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.grounding import grounded
from gradatim.tools.claims.wording import contradicts, wording_of

_OPPOSED = 0.6
"""Share of a sentence's content words that a definition has to have for it to be taken for its opposite."""
_STRANGE = 0.4
"""Share of them up to which a sentence may be about another concept altogether."""
_SAME = 0.9
"""Share of them that the other concept's definition has to have."""


def check_history(claim: HistoryClaim, case: Case) -> Check:
    """Compared with the earlier errors and the mastery that were recalled; nothing recalled decides nothing."""
    recalled = [item for item in case.evidence.values() if item.kind in ("history", "mastery")]
    if not recalled:
        return Check(claim=claim, verdict="unchecked", method="none", detail="nothing is known of the learner's past")
    found = next((item for item in recalled if _about(claim, item, case)), None)
    if found is not None:
        verdict: CheckVerdict = "supported" if claim.seen else "refuted"
        return Check(claim=claim, verdict=verdict, method="history", detail=found.summary)
    if claim.seen and claim.id is not None:
        detail = f"nothing that is remembered of the learner is about {claim.id}"
        # what was recalled is a selection: that something is missing in it does not show that it never was
        return Check(claim=claim, verdict="unchecked", method="none", detail=detail)
    return Check(claim=claim, verdict="unchecked", method="none", detail="what is remembered does not decide this")


def _about(claim: HistoryClaim, item: Evidence, case: Case) -> bool:
    detail = item.detail
    if claim.subject == "misconception":
        listed = detail.get("misconceptions")
        ids = {str(name) for name in listed} if isinstance(listed, list) else set[str]()
        wanted = {claim.id} if claim.id else {match.id for match in case.diagnosis.misconceptions}
        return bool(ids & wanted)
    if claim.subject == "task":
        return detail.get("task") == (claim.id or case.task.id)
    if claim.subject == "concept":
        wanted_concepts = {claim.id} if claim.id else set(case.task.concepts)
        return detail.get("concept") in wanted_concepts
    if item.kind != "history":
        return False
    return claim.id is None or claim.id.lower() in item.summary.lower()


async def check_definition(claim: ConceptDefinitionClaim, store: ConceptStore) -> Check:
    """Supported where the graph's definition says it; refuted where it says nearly the same, turned round."""
    concept = await store.find(claim.concept)
    if concept is None:
        detail = f"the graph has no concept {claim.concept!r}"
        return Check(claim=claim, verdict="unchecked", method="graph", detail=detail)
    evidence = Evidence(id=f"concept:{concept.id}", kind="concept", summary=concept.definition, source=store.name)
    if grounded(claim.text, [evidence]) is not None:
        return Check(claim=claim, verdict="supported", method="graph", detail=concept.definition)
    said, known = wording_of(claim.text), wording_of(concept.definition)
    shared = len(said.words & known.words) / len(said.words) if said.words else 0.0
    turned = said.negations % 2 != known.negations % 2 or _opposite(said.critical, known.critical)
    if shared >= _OPPOSED and turned and contradicts(said, known):
        return Check(claim=claim, verdict="refuted", method="graph", detail=concept.definition)
    other = await _meant(claim.text, concept, store) if shared <= _STRANGE else None
    if other is not None:
        detail = f"that is what {other.name} means; {concept.name}: {concept.definition}"
        return Check(claim=claim, verdict="refuted", method="graph", detail=detail)
    return Check(claim=claim, verdict="unchecked", method="graph", detail=concept.definition)


async def _meant(text: str, concept: Concept, store: ConceptStore) -> Concept | None:
    """Another concept, not near this one, whose definition says the text."""
    near = {step.concept.id for step in await store.similar(concept.id)}
    near |= {step.concept.id for step in (*await store.parents(concept.id), *await store.children(concept.id))}
    words = wording_of(text).words
    for other in (await store.snapshot()).concepts:
        if other.id == concept.id or other.id in near:
            continue
        if len(words & wording_of(other.definition).words) < _SAME * len(words):
            continue
        said = Evidence(id=f"concept:{other.id}", kind="concept", summary=other.definition, source=store.name)
        if grounded(text, [said]) is not None:
            return other
    return None


def _opposite(said: frozenset[tuple[int, int]], known: frozenset[tuple[int, int]]) -> bool:
    """Whether a pair of opposites stands on the one side here and on the other one there."""
    sides = dict(known)
    return any(group in sides and (group, side) not in known for group, side in said)
