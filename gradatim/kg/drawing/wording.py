"""What the picture shows, in words."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from gradatim.kg.drawing.neighbourhood import Neighbourhood, Role
from gradatim.kg.schema import Relation

_ACTED_ON = frozenset({"Cc", "Cf", "Cs", "Cn"})
_KEPT = frozenset("\n\t\u200c\u200d")
_PHRASES: tuple[tuple[Role, str], ...] = (
    ("prerequisite", "Needed before"),
    ("dependent", "Needed for"),
    ("parent", "It is a kind or part of"),
    ("child", "Kinds and parts"),
    ("similar", "Similar"),
)


def clean(text: str) -> str:
    """A text without characters that XML cannot hold or that would turn the text around; they are spelt out."""
    return "".join(
        character
        if character in _KEPT or unicodedata.category(character) not in _ACTED_ON
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def spoken(edge: Relation, names: Mapping[str, str]) -> str:
    """A relation as a sentence, with its weight where it is not 1."""
    verb = {
        "prerequisite": "is needed before",
        "hierarchical": "is a kind or part of",
        "similarity": "is similar to",
    }[edge.type]
    weight = "" if edge.weight == 1.0 else f" (weight {edge.weight:g})"
    return f"{names[edge.source]} {verb} {names[edge.target]}{weight}"


def summary(around: Neighbourhood) -> str:
    """All of the picture as a text."""
    parts = [f"Concept {around.members[around.focus].concept.name}."]
    for role, phrase in _PHRASES:
        names = [member.concept.name for member in around.of(role)]
        more = around.left_out.get(role, 0)
        if names:
            parts.append(f"{phrase}: {', '.join(names)}{f' and {more} more' if more else ''}.")
    return " ".join(parts)
