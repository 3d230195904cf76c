"""Coverage of objectives: which share of the concepts that were to be assessed a feedback really speaks of.

`|C_assessed ∩ C_target| / |C_target|`. What was assessed follows from what the run recorded, not from words that look
alike: concepts of the evidence that sentences cite (a concept, a graph path with the concepts on it, a misconception
with the concepts that it concerns, a passage), concepts of their claims, and concepts about which the assessment
changed what is believed of the learner.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.evals.scorers.feedback import evidence_of, statements, subject_of
from gradatim.evals.scorers.given import Given, Missing, Plain, list_of, mapping_of, objects_of, scorer
from gradatim.evals.scorers.outcome.blamed import misconception_of
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import listed, share

KEY = "objective_coverage"
_OF_CONCEPTS = ("concept", "path", "mastery")


@scorer(KEY)
def objective_coverage(given: Given) -> Score:
    """Share of the target concepts (`reference.objectives`, else the task's) that were assessed."""
    target = _target(given)
    assessed = assessed_concepts(given)
    covered = [concept for concept in target if concept in assessed]
    missing = [concept for concept in target if concept not in assessed]
    what = "objectives were assessed" + (f"; not: {listed(missing)}" if missing else "")
    return share(KEY, len(covered), len(target), what, covered=covered, missing=missing, assessed=sorted(assessed)[:50])


def assessed_concepts(given: Given) -> frozenset[str]:
    """Ids of the concepts that a run assessed.

    Raises:
        Missing: There is no feedback to look at.
    """
    evidence = evidence_of(given)
    found: set[str] = set()
    for said in statements(given):
        for identifier in said.evidence:
            item = mapping_of(evidence.get(identifier))
            if item:
                found.update(_concerns(identifier, item, evidence))
        for claim in said.claims:
            match claim.get("kind"):
                case "concept_relation":
                    found.update(subject_of(claim, "source", "target"))
                case "concept_definition":
                    found.update(subject_of(claim, "concept"))
                case "misconception":
                    for name in subject_of(claim, "misconception"):
                        found.update(_of_misconception(name, evidence))
                case _:
                    pass
    for change in objects_of(given.find("outputs.changes")):
        found.update(subject_of(change, "concept"))
    return frozenset(found)


def _target(given: Given) -> tuple[str, ...]:
    for place in ("reference.objectives", "inputs.task.concepts"):
        if given.find(place):
            target = given.names(place)
            if target:
                return target
    raise Missing("neither `reference.objectives` nor `inputs.task.concepts` names a concept")


def _concerns(identifier: str, item: Plain, evidence: dict[str, Plain]) -> Iterator[str]:
    """Concepts that a piece of evidence is about."""
    kind, detail = item.get("kind"), mapping_of(item.get("detail"))
    if kind in _OF_CONCEPTS:
        yield from subject_of(detail, "concept")
    if kind == "path":
        yield from _names(detail.get("path"))
    if kind == "passage":
        yield from _names(detail.get("concepts"))
    name = misconception_of(identifier, item)
    if name is not None:
        yield from _of_misconception(name, evidence)


def _of_misconception(name: str, evidence: dict[str, Plain]) -> Iterator[str]:
    detail = mapping_of(mapping_of(evidence.get(f"misconception:{name}")).get("detail"))
    yield from _names(detail.get("concepts"))
    yield from _names(detail.get("path"))


def _names(value: object) -> Iterator[str]:
    return (item for item in list_of(value) if isinstance(item, str))


INFO = ScorerInfo(
    key=KEY,
    scorer=objective_coverage,
    summary="Share of the objectives (concepts) that a feedback assessed, by its evidence, claims and graph paths.",
    family="outcome",
    needs=("outputs.feedback", "outputs.diagnosis.evidence", "reference.objectives"),
)
