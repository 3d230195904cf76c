"""What a reviewer's decision teaches: whether the feedback was right, and which answer was preferred to which.

Answers are kept in the form in which the author gave them (the JSON of `FeedbackAnswer`), so that a preferred answer
differs from the rejected one in what the reviewer changed and in nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any, Literal, cast

from langchain_core.messages import AIMessage, BaseMessage, SystemMessage

from gradatim.domain import FEEDBACK_PARTS, Confidence, Feedback, ReviewDecision, Statement, Submission, Task
from gradatim.memory.storage.decisions import DecisionRecord, Message

Json = dict[str, Any]


def decision_record(
    decision: ReviewDecision,
    *,
    task: Task,
    submission: Submission,
    confidence: Confidence,
    draft: Feedback,
    shown: Feedback,
    edited: Feedback | None,
    raw: str | None,
    prompt: Sequence[BaseMessage],
) -> DecisionRecord:
    """The decision as it is kept.

    Args:
        draft: The feedback as its author wrote it.
        shown: The same after checks, as the reviewer judged it.
        edited: The feedback as the reviewer wants it, for `edit`.
        raw: The author's answer as text; `None` where it was not kept.
        prompt: What the author was given.
    """
    answer = raw if raw is not None and _parsed(raw) is not None else _dumped(_answer({}, draft, draft))
    changed = share_changed(shown, edited) if edited is not None else None
    right: bool | None = None
    if decision.kind != "respond":  # other words instead say nothing about these
        right = decision.kind == "approve" or (decision.kind == "edit" and changed == 0)
    return DecisionRecord(
        id=decision.request_id,
        learner_id=submission.learner_id,
        task_id=task.id,
        at=decision.decided_at,
        kind=decision.kind,
        reviewer=decision.reviewer,
        author=shown.author,
        value=confidence.value,
        features=confidence.features,
        right=right,
        changed=changed,
        prompt=tuple(Message(role=_role(item), content=str(item.text)) for item in prompt),
        draft=answer,
        shown=rewritten(answer, draft, shown),
        chosen=rewritten(answer, draft, edited) if edited is not None else None,
    )


def rewritten(answer: str, draft: Feedback, wanted: Feedback) -> str:
    """An author's answer, changed only in the parts in which the wanted feedback differs from the draft.

    Args:
        answer: JSON text of a `FeedbackAnswer`.
        draft: The feedback that this answer stands for.
        wanted: Another feedback on the same case.
    """
    parsed = _parsed(answer) or {}
    if all(_texts(getattr(wanted, part)) == _texts(getattr(draft, part)) for part in FEEDBACK_PARTS) and parsed:
        return answer
    return _dumped(_answer(parsed, draft, wanted))


def share_changed(before: Feedback, after: Feedback) -> float:
    """Share of the words that differ, in [0, 1]: 1 less the ratio of matching words (Ratcliff and Obershelp)."""
    words = [" ".join(item.text for item in feedback.statements()).split() for feedback in (before, after)]
    return round(1.0 - SequenceMatcher(None, *words, autojunk=False).ratio(), 4)


def _answer(parsed: Json, draft: Feedback, wanted: Feedback) -> Json:
    parts: Json = {}
    for part in FEEDBACK_PARTS:
        old, new = getattr(draft, part), getattr(wanted, part)
        own: Any = parsed.get(part)
        given = cast(Json, own) if isinstance(own, dict) else {}
        parts[part] = given if given and _texts(old) == _texts(new) else _part(given, new)
    return parts


def _part(given: Json, statements: Sequence[Statement]) -> Json:
    """A part of an answer that says these statements; keys and chosen fact stay as the author gave them."""
    texts = list(_texts(statements))
    part: Json = {}
    if "fact" in given and texts and texts[0] == given["fact"]:
        part["fact"] = texts.pop(0)
    cited = list(dict.fromkeys(item for statement in statements for item in statement.evidence))
    part |= {"text": " ".join(texts), "evidence": cited or given.get("evidence", [])}
    if "claims" in given:
        still = [claim.plain() for statement in statements for claim in statement.claims]
        claims = cast("list[Json]", given["claims"])
        part["claims"] = [claim for claim in claims if any(claim.items() <= item.items() for item in still)]
    return part


def _texts(statements: Sequence[Statement]) -> tuple[str, ...]:
    return tuple(statement.text for statement in statements)


def _parsed(text: str) -> Json | None:
    try:
        value: Any = json.loads(text)
    except ValueError:
        return None
    return cast(Json, value) if isinstance(value, dict) else None


def _dumped(answer: Json) -> str:
    return json.dumps(answer, ensure_ascii=False)


def _role(message: BaseMessage) -> Literal["system", "user", "assistant"]:
    if isinstance(message, SystemMessage):
        return "system"
    return "assistant" if isinstance(message, AIMessage) else "user"
