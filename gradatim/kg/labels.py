"""What concepts and misconceptions are called, and what they mean, in the language that is spoken.

English words are those of the graph itself. Other languages hold theirs in `curriculum.yaml`, by id: names of all
concepts of the packaged curriculum, definitions of those that are used most, and the corrections of misconceptions.
"""

from __future__ import annotations

from typing import Any, Literal, cast

from gradatim.kg.schema import Concept, Misconception
from gradatim.languages.language import DEFAULT, available
from gradatim.languages.phrases import section
from gradatim.languages.speaking import spoken

SECTION = "curriculum"


def concept_name(concept: str | Concept, otherwise: str = "") -> str:
    """What a concept is called.

    Args:
        concept: The concept, or its id.
        otherwise: Its name where the language has none; the id in words when not given.
    """
    key = concept if isinstance(concept, str) else concept.id
    english = otherwise or (key.replace("-", " ") if isinstance(concept, str) else concept.name)
    return _of("concepts", key, "name") or english


def concept_text(concept: str, part: Literal["name", "definition"]) -> str | None:
    """A concept's name or definition in the language spoken; `None` where it has none, and in English."""
    return _of("concepts", concept, part)


def misconception_text(misconception: str, part: Literal["name", "correction", "talk"]) -> str | None:
    """The name of a misconception, what is true instead, or a question about it; `None` where there is none."""
    return _of("misconceptions", misconception, part)


def misconception_name(misconception: str | Misconception) -> str:
    """What a misconception is called; its id in words where the language has no name for it."""
    key = misconception if isinstance(misconception, str) else misconception.id
    return _of("misconceptions", key, "name") or key.replace("-", " ")


def concept_called(name: str) -> str | None:
    """Id of the concept that a language calls so, whichever language that is; `None` where none does.

    Names and aliases of English are those of the graph: `ConceptStore.find`.
    """
    for code in available():
        entries = cast("dict[str, Any]", section(code, SECTION).get("concepts") or {})
        for key, entry in entries.items():
            if (entry if isinstance(entry, str) else entry.get("name")) == name.strip():
                return key
    return None


def concepts_named(text: str) -> tuple[str, ...]:
    """Ids of the concepts whose names in languages other than English stand in a text, in the order of the text.

    A name within a longer one that also stands there does not count. English names are found by `ConceptStore.search`.
    """
    found: dict[int, str] = {}
    left = text
    for name, concept in _names():
        while (place := left.find(name)) >= 0:
            found[place] = concept
            left = left[:place] + "\0" * len(name) + left[place + len(name) :]
    return tuple(dict.fromkeys(found[place] for place in sorted(found)))


def _names() -> list[tuple[str, str]]:
    """Names with their concepts, the longest first; of one character none, which stands within too many words."""
    names: dict[str, str] = {}
    for code in available():
        entries = cast("dict[str, Any]", section(code, SECTION).get("concepts") or {}) if code != DEFAULT else {}
        for concept, entry in entries.items():
            name: Any = entry if isinstance(entry, str) else entry.get("name")
            if isinstance(name, str) and len(name) > 1:
                names.setdefault(name, concept)
    return sorted(names.items(), key=lambda item: (-len(item[0]), item[0]))


def topic_title(topic: str, otherwise: str = "") -> str:
    """What a chapter is called."""
    return _of("topics", topic, "title") or otherwise or topic.replace("-", " ")


def _of(kind: str, key: str, part: str) -> str | None:
    if spoken() == DEFAULT:
        return None
    entries = section(spoken(), SECTION).get(kind)
    entry: Any = cast("dict[str, Any]", entries).get(key) if isinstance(entries, dict) else None
    if isinstance(entry, str):  # a name alone
        return entry if part in ("name", "title") else None
    found = cast("dict[str, Any]", entry).get(part) if isinstance(entry, dict) else None
    return found if isinstance(found, str) else None
