"""Which lines and misconceptions the text of a feedback blames, the first the one it says most plainly.

A sentence that points to a line counts before one that mentions it in passing, and before the line where a run happened
to raise its exception, which is often not where the fault is. Approval and encouragement blame nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gradatim.evals.scorers.feedback import Said, evidence_of, lines_in, statements, subject_of
from gradatim.evals.scorers.given import Given, Plain, line_of, mapping_of, once

_POINTS = re.compile(
    r"\bpoints? to\b|\b(?:fault|error|mistake|bug|problem|issue)s? (?:is|are|lies?|sits?|comes? from)\b"
    r"|\b(?:fault|error|mistake|bug|problem|issue) (?:in|on|at|with)\b|\bchange\b.{0,60}\bin line\b"
    r"|\bline \d+ (?:is|looks) (?:wrong|incorrect|faulty)|\b(?:should|must|needs? to)\b"
    r"|指向|(?:错误|问题|毛病)(?:在|出在|位于)|有(?:错|误|问题)|应该|需要改",
    re.IGNORECASE,
)
_APPROVES = re.compile(
    r"\b(?:is|are|looks?|seems?) (?:fine|right|correct|good|ok(?:ay)?|all right)\b|\bnothing (?:is )?wrong\b"
    r"|\b(?:no|without) (?:fault|error|mistake|bug|problem|issue)|没(?:有)?(?:错|问题)|是对的|写得对|正确",
    re.IGNORECASE,
)
_RAISED = re.compile(r"\brais(?:es|ed)\b|\bTraceback\b|抛出|引发", re.IGNORECASE)
_CODE = re.compile(r"```.*?(?:```|$)|`[^`]*`|'[^'\n]*'|\"[^\"\n]*\"", re.DOTALL)
_PARTS = ("error_identification", "explanation", "corrective_suggestion")
_CLAIMED, _POINTED, _NAMED, _SUGGESTED, _MENTIONED = range(5)


def told_lines(given: Given) -> tuple[int, ...]:
    """Lines that the feedback of a run blames, the plainest first.

    Raises:
        Missing: There is no feedback.
    """
    return once(given, "told_lines", lambda given: blamed_lines(statements(given)))


def told_misconceptions(given: Given) -> tuple[str, ...]:
    """Misconceptions that the feedback of a run explains, in reading order.

    Raises:
        Missing: There is no feedback.
    """
    return once(given, "told_misconceptions", _told_misconceptions)


def _told_misconceptions(given: Given) -> tuple[str, ...]:
    has_evidence = isinstance(given.find("outputs.diagnosis.evidence"), list | tuple)
    return blamed_misconceptions(statements(given), evidence_of(given) if has_evidence else {})


def blamed_lines(sentences: Iterable[Said]) -> tuple[int, ...]:
    """Lines that sentences blame, the plainest first."""
    found: list[tuple[int, int, int]] = []
    for number, said in enumerate(sentences):
        if said.part not in _PARTS:
            continue
        for claim in said.claims:
            if claim.get("kind") in ("fault_line", "fault_kind") and (line := line_of(claim.get("line"))) is not None:
                last = line_of(claim.get("last_line")) or line
                found += [(_CLAIMED, number, item) for item in range(line, min(last, line + 20) + 1)]
        if not lines_in(said.text):
            continue
        text = _CODE.sub("`", said.text)
        lines = lines_in(text)
        if lines and "?" not in text and "？" not in text and not _APPROVES.search(text):
            rank = _rank(said.part, text)
            found += [(rank, number, line) for line in lines]
    return tuple(dict.fromkeys(line for *_, line in sorted(found, key=lambda item: item[:2])))


def blamed_misconceptions(sentences: Iterable[Said], evidence: Plain) -> tuple[str, ...]:
    """Misconceptions that sentences explain: by a claim, or by the evidence that they cite; in reading order.

    Args:
        evidence: Evidence of the run by id; may be empty.
    """
    claimed: dict[str, None] = {}
    cited: dict[str, None] = {}
    for said in sentences:
        if said.part not in _PARTS:
            continue
        for claim in said.claims:
            if claim.get("kind") == "misconception":
                claimed.update(dict.fromkeys(subject_of(claim, "misconception")))
        for identifier in said.evidence:
            name = misconception_of(identifier, mapping_of(evidence.get(identifier)))
            if name is not None:
                cited[name] = None
    return tuple({**claimed, **cited})


def misconception_of(identifier: str, item: Plain) -> str | None:
    """The misconception that a piece of evidence is about, by its id or its detail."""
    kind, _, key = identifier.partition(":")
    if kind == "misconception" and key:
        return key
    if kind == "static":
        named = mapping_of(item.get("detail")).get("misconception")
        return named if isinstance(named, str) else None
    return None


def _rank(part: str, text: str) -> int:
    if _RAISED.search(text):
        return _MENTIONED
    if part == "corrective_suggestion":
        return _SUGGESTED
    return _POINTED if _POINTS.search(text) else _NAMED
