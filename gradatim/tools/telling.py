"""Evidence as it is told: in the language that is spoken.

Evidence is kept as it was observed, with English sentences of fixed form and data beside them. Before a person or a
model reads it, it is told in the language spoken: sentences of programs by `gradatim.languages.rendered`, concepts and
misconceptions in the words of that language's curriculum. In English, everything is told as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from pydantic import JsonValue

from gradatim.domain import Evidence, MisconceptionMatch
from gradatim.kg.labels import concept_name, concept_text, misconception_text
from gradatim.languages import rendered, say, sentences, spoken
from gradatim.languages.language import DEFAULT
from gradatim.languages.rendering import translated

_REMARKS = {"weakest-prerequisite": "before", "parent": "parent", "similar": "similar", "related": "close"}
_SHOWN = 2
"""Sentences of a definition or correction that a summary holds."""


def told(item: Evidence) -> Evidence:
    """A piece of evidence in the language spoken; telling it twice changes nothing more."""
    if spoken() == DEFAULT:
        return item
    match item.kind:
        case "concept":
            return _concept(item)
        case "misconception":
            return _misconception(item)
        case "path":
            return _path(item)
        case "history":
            return _history(item)
        case "passage":
            return item  # the course's own words, in the course's language
        case _:
            return item.model_copy(update={"summary": rendered(item.summary)})


def told_all(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Several pieces of evidence in the language spoken."""
    return tuple(told(item) for item in evidence)


def told_match(match: MisconceptionMatch) -> MisconceptionMatch:
    """A misconception found in a program, with its reason in the language spoken."""
    if spoken() == DEFAULT:
        return match
    return match.model_copy(update={"why": rendered(match.why)})


def told_change(change: str) -> str:
    """What a repair changes, in the language spoken."""
    return _part(change, "evidence.changes")


def told_why(why: str) -> str:
    """Why a line is suspicious, in the language spoken; several reasons stand with semicolons between them."""
    if spoken() == DEFAULT:
        return why
    text = why.removesuffix(".")
    parts = (text[:1].lower() + text[1:]).split("; ")
    said: list[str] = []
    while parts:
        own, end = _next_reason(parts)
        said.append(own)
        del parts[:end]
    return say("labels.also").join(said) + say("realiser.form.stop")


def _next_reason(parts: list[str]) -> tuple[str, int]:
    """The first reason, and how many parts it takes; the first part as it stands where it is not known.

    A sentence of an explanation may hold a semicolon of its own. It ends before the next reason of a fixed form at the
    latest, for in its places anything may stand.
    """
    own = _suspicion(parts[0])
    if own is not None:
        return own, 1
    most = next((end for end, part in enumerate(parts) if _suspicion(part) is not None), len(parts))
    for end in range(most, 0, -1):
        part = "; ".join(parts[:end])
        own = translated(f"{part[:1].upper()}{part[1:]}.", DEFAULT, spoken())
        if own is not None:
            return own.rstrip(".。"), end
    return parts[0], 1


def _suspicion(part: str) -> str | None:
    return translated(part, DEFAULT, spoken(), ("evidence.suspicions",))


def told_measure(why: str) -> str:
    """What a measure of the rubric rests on, in the language spoken."""
    return _part(why, "evidence.rubric")


def told_outcome(detail: str) -> str:
    """Why a test did not pass, in the language spoken."""
    return _part(detail, "evidence.outcomes")


def told_check(detail: str) -> str:
    """What a check of a claim found, in the language spoken."""
    return _part(detail, "evidence.checks")


def told_reason(reason: str) -> str:
    """Why a feedback goes where it goes, in the language spoken."""
    return _part(reason, "evidence.reasons")


def _part(text: str, group: str) -> str:
    if spoken() == DEFAULT:
        return text
    return translated(text, DEFAULT, spoken(), (group,)) or text


def _concept(item: Evidence) -> Evidence:
    concept = str(item.detail.get("concept") or item.id.partition(":")[2])
    english = str(item.detail.get("name") or concept)
    name, definition = concept_name(concept, english), concept_text(concept, "definition")
    remark = ""
    role = _REMARKS.get(str(item.detail.get("role")))
    if role is not None and item.detail.get("of"):
        remark = say(f"labels.remark.{role}", concept=concept_name(str(item.detail["of"])))
    if definition is None:
        # what it means is said in no words of this language: only that it is about it
        summary = say("labels.concept.named", name=name, remark=remark)
        return _with(item, summary, name=name, definition=None)
    summary = say("labels.concept.defined", name=name, remark=remark, definition=_first(definition))
    return _with(item, summary, name=name, definition=definition)


def _misconception(item: Evidence) -> Evidence:
    key = item.id.partition(":")[2]
    correction = misconception_text(key, "correction")
    if correction is None:
        return item
    name = misconception_text(key, "name") or key
    summary = say("labels.misconception.defined", name=name, correction=_first(correction))
    more: dict[str, Any] = {"belief": name, "correction": correction, "talk": misconception_text(key, "talk")}
    if isinstance(item.detail.get("why"), str):
        more["why"] = rendered(str(item.detail["why"]))
    return _with(item, summary, **more)


def _path(item: Evidence) -> Evidence:
    chain = [cast("dict[str, Any]", step) for step in cast("list[Any]", item.detail.get("chain") or [])]
    if not chain:
        return item
    named = [concept_name(str(step["concept"]), str(step.get("name") or "")) for step in chain[:6]]
    about = concept_name(str(item.detail.get("concept") or item.id.partition(":")[2]))
    summary = say("labels.path", concept=about, needed=say("labels.between").join(named))
    return item.model_copy(update={"summary": summary})


def _history(item: Evidence) -> Evidence:
    for kind in ("error", "feedback"):
        opening = f"Earlier {kind}: "
        if item.summary.startswith(opening):
            text = rendered(item.summary.removeprefix(opening))
            return item.model_copy(update={"summary": say(f"labels.earlier.{kind}", text=text)})
    return item


def _with(item: Evidence, summary: str, **detail: JsonValue) -> Evidence:
    """The evidence with another summary; what is `None` leaves its detail."""
    kept = {key: value for key, value in item.detail.items() if key not in detail}
    kept |= {key: value for key, value in detail.items() if value is not None}
    return item.model_copy(update={"summary": summary, "detail": kept})


def _first(text: str) -> str:
    return say("realiser.form.join").join(sentences(text)[:_SHOWN])
