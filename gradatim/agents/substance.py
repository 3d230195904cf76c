"""Consistency: the same error in the same situation is told in the same substance, to every learner and on every day.

What a delivered feedback consists of is kept under a fingerprint of the diagnosis, not of the text that was handed in:
which evidence speaks in which part, and what was said besides. When the same diagnosis comes again, the draft is made
from it, with the lines, names and values of the present program, and is checked like any other.

The fingerprint covers the task, its tests, the concept graph, the prompts and the model: where one of them changes,
nothing old is found. A reviewer's decision changes what is kept: an edit replaces it, a rejection removes it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Literal

from langgraph.store.base import BaseStore

from gradatim.domain import FEEDBACK_PARTS, Evidence, Feedback, FeedbackPart, Noun, Statement, stable_id
from gradatim.tools.claims import claims_of
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.grounding import spoken

NAMESPACE = ("substance",)
_PERSONAL = ("history", "mastery")
"""Kinds of evidence that speak of one learner."""
_OWN = re.compile(r"`|\blines?\s+\d|\btests?\s+t\d", re.IGNORECASE)
"""Signs that a sentence speaks of this very program."""


class Piece(Noun):
    """One statement without the program that it was made for."""

    part: FeedbackPart
    kind: Literal["evidence", "text"]
    text: str
    """For `evidence`, which sentence of it: its number as text."""
    roles: tuple[str, ...] = ()
    """What it cites, by role."""


class Substance(Noun):
    """What a feedback says, and in which part, without the program that it was made for."""

    author: str
    pieces: tuple[Piece, ...]


def fingerprint(case: Case, graph: str, model: str, prompts: dict[str, str]) -> str:
    """A key that two submissions share when they show the same error in the same situation.

    Args:
        graph: Version of the concept graph.
        model: Name of the model that would be asked.
        prompts: Prompt name → version.
    """
    task, diagnosis = case.task, case.diagnosis
    situation = {
        "task": task.model_dump(mode="json", exclude={"concepts"}),
        "category": diagnosis.error_category,
        "misconceptions": [match.id for match in diagnosis.misconceptions],
        "outcomes": [[item.test, item.status, item.exception.type if item.exception else None]
                     for item in case.execution.outcomes],
        "repair": [[edit.operator, _shape(edit.replacement)] for edit in diagnosis.repair.edits]
        if diagnosis.repair
        else None,
        "graph": graph,
        "model": model,
        "prompts": sorted(prompts.items()),
    }  # fmt: skip
    return stable_id(json.dumps(situation, sort_keys=True, ensure_ascii=False), length=32)


def substance_of(feedback: Feedback, evidence: Sequence[Evidence]) -> Substance | None:
    """What may be said again; `None` where a part speaks of this very program in words of its own."""
    known = {item.id: item for item in evidence}
    roles = {identifier: role for role, identifier in _roles(evidence).items()}
    pieces: list[Piece] = []
    for part, statements in feedback.parts():
        for statement in statements:
            if statement.supplied and feedback.author.startswith("model:"):
                continue  # evidence supplies it again; what a reviewer left standing is the reviewer's choice
            piece = _piece(part, statement, known, roles)
            if piece is None:
                return None
            pieces.append(piece)
    return Substance(author=feedback.author, pieces=tuple(pieces)) if pieces else None


def feedback_of(substance: Substance, case: Case, evidence: Sequence[Evidence]) -> Feedback | None:
    """The substance told of the present program, not checked yet; `None` where evidence that it needs is not there."""
    known = {item.id: item for item in evidence}
    by_role = _roles(evidence)
    parts: dict[str, list[Statement]] = {part: [] for part in FEEDBACK_PARTS}
    for piece in substance.pieces:
        cited = [by_role.get(role) for role in piece.roles]
        if not all(cited):
            return None
        ids = tuple(identifier for identifier in cited if identifier)
        text = piece.text
        if piece.kind == "evidence":
            said = spoken(known[ids[0]])
            if int(text) >= len(said):
                return None
            text = said[int(text)]
        claims = claims_of(text, piece.part, case.submission.code)
        parts[piece.part].append(Statement(text=text, evidence=ids, claims=claims))
    return Feedback(
        error_identification=tuple(parts["error_identification"]),
        explanation=tuple(parts["explanation"]),
        corrective_suggestion=tuple(parts["corrective_suggestion"]),
        encouragement=tuple(parts["encouragement"]),
        author=substance.author,
        reused=True,
    )


async def settled(store: BaseStore | None, key: str) -> Substance | None:
    """What was kept under a fingerprint."""
    item = None if store is None else await store.aget(NAMESPACE, key)
    return None if item is None else Substance.model_validate(item.value)


async def settle(store: BaseStore | None, key: str, substance: Substance) -> None:
    """Keep a substance; what was kept under the same fingerprint is replaced."""
    if store is not None:
        await store.aput(NAMESPACE, key, substance.plain(), index=False)


async def unsettle(store: BaseStore | None, key: str) -> None:
    """Forget what was kept under a fingerprint, because a person found it wrong."""
    if store is not None:
        await store.adelete(NAMESPACE, key)


def _piece(part: FeedbackPart, statement: Statement, known: dict[str, Evidence], roles: dict[str, str]) -> Piece | None:
    cited = [item for item in statement.evidence if item in roles]
    for identifier in cited:
        said = spoken(known[identifier])
        if statement.text in said:
            others = [roles[item] for item in cited if item != identifier]
            place = str(said.index(statement.text))
            return Piece(part=part, kind="evidence", text=place, roles=(roles[identifier], *others))
    if _OWN.search(statement.text) or len(cited) < len(statement.evidence):
        return None
    return Piece(part=part, kind="text", text=statement.text, roles=tuple(roles[item] for item in cited))


def _roles(evidence: Sequence[Evidence]) -> dict[str, str]:
    """Role → id: the same observation has the same role in another program, whatever its line."""
    found: dict[str, str] = {}
    for item in evidence:
        if item.kind in _PERSONAL:
            continue
        key = item.id
        if item.lines and re.search(r":\d+$", item.id) and item.kind != "repair":
            key = item.id.rsplit(":", 1)[0]
        role, number = key, 2
        while role in found:
            role, number = f"{key}#{number}", number + 1
        found[role] = item.id
    return found


def _shape(code: str) -> str:
    """Code with its names left out: the same change in programs that name things otherwise."""
    names: dict[str, str] = {}
    return re.sub(r"[^\W\d]\w*", lambda match: names.setdefault(match.group(), f"n{len(names)}"), code.strip())
