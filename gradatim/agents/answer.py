"""The shape in which a language model has to answer, fitted to one case.

Ids, tests and lines are enumerated, so that a grammar-guided model cannot cite what does not exist; texts are
bounded, so that it cannot run away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradatim.domain import FEEDBACK_PARTS, Claim, Evidence, Feedback, FeedbackPart, Statement
from gradatim.languages import phrase, say, variants
from gradatim.languages.meaning import share_of
from gradatim.serving.realiser import FeedbackAnswer, Part
from gradatim.tools.claims import claims_of, sentences
from gradatim.tools.claims.case import Case

TEXT = 280
"""Characters of one part at most."""
FACTS = 2
"""Sentences of one piece of evidence that an explanation may begin with."""
QUESTION = phrase("feedback.question")
"""A suggestion where the solution must stay hidden, in English: one question, without anything that looks like code."""
LEAST_SHARE = 0.6
"""Share of an answer's letters that have to be of the language asked for."""

Schema = dict[str, Any]


def feedback_schema(case: Case, evidence: Sequence[Evidence]) -> Schema:
    """JSON schema of the four parts for this case.

    Args:
        evidence: What may be cited.
    """
    ids = [item.id for item in evidence]
    facts = facts_of(evidence)
    claims = _claim_shapes(case)
    texts: dict[FeedbackPart, Schema] = {"encouragement": {"enum": praise(case)}}
    if not case.task.reveal_solution:
        texts["corrective_suggestion"] = {"type": "string", "pattern": phrase("feedback.question")}
    parts: Schema = {}
    for part in FEEDBACK_PARTS:
        properties: Schema = {"fact": {"enum": list(facts)}} if part == "explanation" and facts else {}
        properties |= {
            "text": texts.get(part, {"type": "string", "minLength": 0 if properties else 1, "maxLength": TEXT}),
            "evidence": {"type": "array", "items": {"enum": ids}, "minItems": 1, "maxItems": 3},
        }
        if part in ("error_identification", "explanation") and claims:
            properties["claims"] = {"type": "array", "items": {"anyOf": claims}, "maxItems": 2}
        parts[part] = _object(properties)
    return _object(parts)


def facts_of(evidence: Sequence[Evidence]) -> dict[str, str]:
    """Sentences that may explain a failure, each with the id of the evidence that says it.

    A model that has to begin with one of them chooses an explanation; it need not invent one. What a concept is
    explains a failure only where nothing closer is known.
    """
    close = [item for item in evidence if item.kind in ("static", "trace", "syntax", "exception", "misconception")]
    found: dict[str, str] = {}
    for item in close or [item for item in evidence if item.kind == "concept"]:
        for sentence in sentences(said(item))[:FACTS]:
            if len(sentence) <= TEXT:
                found.setdefault(sentence, item.id)
    return found


def said(item: Evidence) -> str:
    """What a piece of evidence says: a misconception its truth, never the wrong belief; a concept its definition."""
    for key in ("correction", "definition"):
        if isinstance(item.detail.get(key), str):
            return str(item.detail[key])
    return item.summary


def praise(case: Case) -> list[str]:
    """Encouragement that the runs bear out, for the model to choose from: praise for nothing helps nobody."""
    outcomes = case.execution.outcomes
    passed = sum(outcome.status == "passed" for outcome in outcomes)
    if case.execution.passed:
        return [text.format(passed=passed) for text in variants("feedback.praise.correct")]
    found = [say("feedback.praise.none")]
    if passed:
        found = [text.format(passed=passed, total=len(outcomes)) for text in variants("feedback.praise.some")] + found
    elif case.execution.load_error is None and not any(outcome.exception for outcome in outcomes):
        found.insert(0, say("feedback.praise.runs"))
    return found


def in_language(answer: FeedbackAnswer, code: str) -> bool:
    """Whether the texts of an answer are written in a language, as far as its letters tell."""
    parts: list[Part] = [getattr(answer, name) for name in FEEDBACK_PARTS]
    return all(share_of(part.text, code) >= LEAST_SHARE for part in parts)


def to_feedback(answer: FeedbackAnswer, author: str, program: str, facts: Mapping[str, str] | None = None) -> Feedback:
    """The answer as statements of one sentence each, with the claims of its structure and of its prose.

    Args:
        facts: As `facts_of` gives them: a chosen fact cites the evidence that says it.
    """
    known = facts or {}
    return Feedback(
        error_identification=_statements(answer, "error_identification", program, known),
        explanation=_statements(answer, "explanation", program, known),
        corrective_suggestion=_statements(answer, "corrective_suggestion", program, known),
        encouragement=_statements(answer, "encouragement", program, known),
        author=author,
    )


def _statements(
    answer: FeedbackAnswer, name: FeedbackPart, program: str, facts: Mapping[str, str]
) -> tuple[Statement, ...]:
    part: Part = getattr(answer, name)
    texts = sentences(part.text)
    if len(texts) > 1 and not texts[-1].rstrip("\"'`)”’」）").endswith((".", "!", "?", "。", "！", "？")):
        texts.pop()  # cut off at the limit: half a sentence says nothing
    if part.fact:
        texts = [part.fact, *(text for text in texts if text != part.fact)]
    found: list[Statement] = []
    for text in texts:
        claims: tuple[Claim, ...] = claims_of(text, name, program)
        if not found:
            claims = tuple(dict.fromkeys((*part.claims, *claims)))
        cites = (facts[text],) if text == part.fact and text in facts else part.evidence
        found.append(Statement(text=text, evidence=cites, claims=claims))
    return tuple(found)


def _claim_shapes(case: Case) -> list[Schema]:
    """The kinds of claim that this case allows, as JSON schemas."""
    shapes: list[Schema] = []
    tests = [test.id for test in case.task.tests if not test.hidden]
    if tests:
        status = {"enum": ["passed", "failed", "error", "timeout"]}
        shapes.append(_claim("test_outcome", test={"enum": tests}, status=status))
    if case.lines:
        line = {"type": "integer", "minimum": 1, "maximum": len(case.lines)}
        shapes.append(_claim("line_quote", line=line, text={"type": "string", "maxLength": 100}))
    if case.task.kind == "function":
        text = {"type": "string", "maxLength": 80}
        shapes.append(_claim("call_result", call=text, result=text))
    matched = [match.id for match in case.diagnosis.misconceptions]
    if matched:
        shapes.append(_claim("misconception", misconception={"enum": matched}))
    return shapes


def _claim(kind: str, **properties: Schema) -> Schema:
    return _object({"kind": {"const": kind}, **properties})


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
