"""What was said to the learner, sentence by sentence, with what each claim in it was found to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

from gradatim.domain import FEEDBACK_PARTS
from gradatim.evals.traces.formats.plain import items, mapping, objects, text, texts
from gradatim.evals.traces.trace import Plain, Trace

Mark = Literal["supported", "refuted", "unchecked", "none"]
"""`none`: it claims nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim with what became of it.

    Attributes:
        claim: In words.
        mark: `unchecked` where nobody looked, or looked and could not tell.
        method: How it was checked.
        detail: What was found; for a refuted claim, the truth.
    """

    claim: str
    mark: Mark
    method: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence.

    Attributes:
        part: Of the four parts of a feedback; `withheld`; of a dialogue `turn N`.
        evidence: Ids of what it cites.
    """

    part: str
    text: str
    mark: Mark
    evidence: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    author: str = ""


def sentences_of(trace: Trace) -> tuple[Sentence, ...]:
    """The sentences of a run's feedback, then those of a dialogue's turns."""
    feedback = mapping(trace.outputs.get("feedback"))
    found = [_sentence(part, held) for part in FEEDBACK_PARTS for held in objects(feedback.get(part))]
    found += [_sentence("withheld", held) for held in objects(feedback.get("withheld"))]
    for number, message in enumerate(objects(trace.outputs.get("messages")), 1):
        found += [_sentence(f"turn {number}", held) for held in objects(message.get("statements"))]
    return tuple(found)


def claim_words(claim: Plain) -> str:
    """A claim in words: its kind, and what it says: `fault line: line 3`."""
    kind = text(claim.get("kind") or "claim").replace("_", " ")
    said = [
        f"{key.replace('_', ' ')} {text(value)}" if not isinstance(value, bool) else f"{'' if value else 'not '}{key}"
        for key, value in claim.items()
        if key != "kind" and value not in (None, "")
    ]
    return f"{kind}: {', '.join(said)}" if said else kind


def _sentence(part: str, held: Plain) -> Sentence:
    findings = tuple(_findings(held))
    return Sentence(
        part=part,
        text=text(held.get("text")),
        mark=_mark(findings),
        evidence=texts(held.get("evidence")),
        findings=findings,
        author=text(held.get("author")),
    )


def _findings(held: Plain) -> Iterator[Finding]:
    """Each claim with its check; a check of the sentence as a whole stands for claims that have none of their own."""
    checks = objects(held.get("checks"))
    whole = next((check for check in checks if _is_whole(check, held)), None)
    for check in checks:
        if check is not whole or not items(held.get("claims")):
            yield _finding(mapping(check.get("claim")), check)
    seen = [check.get("claim") for check in checks]
    for claim in objects(held.get("claims")):
        if claim not in seen:
            yield _finding(claim, whole or {})


def _is_whole(check: Plain, held: Plain) -> bool:
    claim = mapping(check.get("claim"))
    return claim.get("kind") == "prose" and claim.get("text") == held.get("text")


def _finding(claim: Plain, check: Plain) -> Finding:
    verdict: Any = check.get("verdict")
    mark = cast("Mark", verdict) if verdict in ("supported", "refuted") else "unchecked"
    return Finding(claim_words(claim), mark, text(check.get("method")), text(check.get("detail")))


def _mark(findings: tuple[Finding, ...]) -> Mark:
    """Refuted by any check; supported only where every claim was."""
    marks = {finding.mark for finding in findings}
    for mark in ("refuted", "unchecked", "supported"):
        if mark in marks:
            return mark
    return "none"
