"""What a recorded feedback says: its sentences with what they cite, claim and were found to be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from gradatim.domain import FEEDBACK_PARTS
from gradatim.evals.scorers.given import LONGEST, Given, Missing, Plain, list_of, mapping_of, objects_of, once, text_of

MOST = 1_000
"""Sentences of one part that are read."""
_LINES = re.compile(
    r"\blines?\s+(\d{1,6}(?:\s*(?:[-–]|,?\s*\b(?:to|through|and|or)\b|,)\s*(?:lines?\s+)?\d{1,6}"
    r"(?![\d.]|\s+(?:of|out|tests?|times)\b))*)(?!\d)"
    r"|第\s*(\d{1,6}(?:\s*行?\s*(?:[-–~]|至|到|和|或|、)\s*第?\s*\d{1,6})*)\s*行",
    re.IGNORECASE,
)
"""Lines by number: one, several, or from one to another."""
_NUMBERS = re.compile(r"(?:([-–~至到]|\bto\b|\bthrough\b)\D*)?(\d+)", re.IGNORECASE)
_WIDEST = 20
"""Lines of one span at most; what names more of them names no place."""


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a feedback.

    Attributes:
        part: Of the four parts; `withheld` for what no learner sees.
        evidence: Ids that it cites.
        claims: Its claims, as plain data.
        checks: What became of claims; each with a `claim` and a `verdict`.
    """

    part: str
    text: str
    evidence: tuple[str, ...]
    claims: tuple[Plain, ...]
    checks: tuple[Plain, ...]

    @property
    def refuted(self) -> bool:
        """Whether a check refutes it."""
        return any(check.get("verdict") == "refuted" for check in self.checks)

    @property
    def supported(self) -> bool:
        """Whether a check bears something of it out."""
        return any(check.get("verdict") == "supported" for check in self.checks)

    @property
    def decided(self) -> bool:
        """Whether a check decides anything of it."""
        return any(check.get("verdict") in ("supported", "refuted") for check in self.checks)

    @property
    def factual(self) -> bool:
        """Whether it states something: a question and a cheer claim nothing."""
        return bool(self.claims or self.checks)

    def all_claims(self) -> Iterator[tuple[Plain, str]]:
        """Each claim with its verdict.

        A check of the sentence as a whole stands for all claims that have none of their own, or for itself where there
        are none; claims without a check are `unchecked`.
        """
        seen: list[Plain] = []
        whole: Plain | None = None
        for check in self.checks:
            claim = mapping_of(check.get("claim"))
            seen.append(claim)
            if claim.get("kind") == "prose" and claim.get("text") == self.text:
                whole = check
            else:
                yield claim, verdict_of(check)
        rest = [claim for claim in self.claims if claim not in seen]
        for claim in rest:
            yield claim, verdict_of(whole) if whole is not None else "unchecked"
        if whole is not None and not rest:
            yield mapping_of(whole.get("claim")), verdict_of(whole)


def verdict_of(check: Plain) -> str:
    """`supported`, `refuted` or, for all else, `unchecked`."""
    verdict = check.get("verdict")
    return verdict if verdict in ("supported", "refuted") else "unchecked"


def statements(given: Given) -> list[Said]:
    """The sentences of the four parts, in reading order.

    Raises:
        Missing: There is no feedback, or it says nothing.
    """
    return once(given, "statements", _statements)


def _statements(given: Given) -> list[Said]:
    feedback = given.mapping("outputs.feedback")
    found = [said for part in FEEDBACK_PARTS for said in _sentences(part, feedback.get(part))]
    if not found:
        raise Missing("`outputs.feedback` holds no sentence")
    return found


def judged(given: Given) -> list[Said]:
    """The sentences as they were judged: by the audit of an experiment if there was one, else by the run's own checks.

    The audit (`outputs.audit.sentences`) judges every variant alike; a variant that checks nothing must not look good
    for having nothing refuted.

    Raises:
        Missing: There is neither an audit nor a feedback that says anything.
    """
    return once(given, "judged", _judged)


def _judged(given: Given) -> list[Said]:
    audited = [_audited(item) for item in objects_of(given.find("outputs.audit.sentences"))]
    return audited or statements(given)


def _audited(item: Plain) -> Said:
    text = text_of(item.get("text"))
    checks = tuple(objects_of(item.get("checks")))
    if item.get("verdict") == "refuted" and not any(check.get("verdict") == "refuted" for check in checks):
        checks = (*checks, {"claim": {"kind": "prose", "text": text}, "verdict": "refuted"})
    return Said(text_of(item.get("part")), text, (), (), checks)


def withheld(given: Given) -> list[Said]:
    """Sentences of the author that no learner sees, because nothing bears them out."""
    return list(_sentences("withheld", given.find("outputs.feedback.withheld")))


def evidence_of(given: Given) -> dict[str, Plain]:
    """Evidence of a run by id.

    Raises:
        Missing: None was recorded.
    """
    return once(given, "evidence", _evidence)


def _evidence(given: Given) -> dict[str, Plain]:
    place = "outputs.diagnosis.evidence"
    return {item["id"]: item for item in objects_of(given.items(place)) if isinstance(item.get("id"), str)}


def delivered(given: Given) -> bool:
    """Whether the learner may read the feedback.

    Raises:
        Missing: It was not recorded.
    """
    value = given.at("outputs.delivered")
    if not isinstance(value, bool):
        raise Missing("`outputs.delivered` is no truth value")
    return value


def lines_in(text: str) -> tuple[int, ...]:
    """Lines that a text names by number, in order: "line 3", "lines 4 to 6", "第 3 行"."""
    if "line" not in text and "行" not in text and "Line" not in text and "LINE" not in text:
        return ()
    found: dict[int, None] = {}
    for match in _LINES.finditer(text[:LONGEST]):
        before = 0
        for through, number in _NUMBERS.findall(match[1] or match[2]):
            line = int(number)
            span = range(before, line) if through and 0 < before < line < before + _WIDEST else ()
            found.update(dict.fromkeys((*span, line)))
            before = line
    found.pop(0, None)
    return tuple(found)


def subject_of(claim: Plain, *keys: str) -> Iterator[str]:
    """Texts under some keys of a claim."""
    return (value for key in keys if isinstance(value := claim.get(key), str) and value)


def _sentences(part: str, value: Any) -> Iterator[Said]:
    for number, item in enumerate(objects_of(value)):
        if number == MOST:
            return
        yield Said(
            part=part,
            text=text_of(item.get("text")),
            evidence=tuple(_texts(item.get("evidence"))),
            claims=tuple(objects_of(item.get("claims"))),
            checks=tuple(objects_of(item.get("checks"))),
        )


def _texts(value: Any) -> Iterable[str]:
    return (item for item in list_of(value) if isinstance(item, str))
