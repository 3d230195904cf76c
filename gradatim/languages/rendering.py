"""Sentences of ours, said in another language.

Programs that observe say what they saw in English sentences of fixed form; these are kept, compared and checked. Where
a person reads them, `rendered` says the same in the language spoken: it recognises the sentence (`evidence.yaml` of
English lists them all) and fills the sentence of the other language with the same lines, code and values. What it does
not recognise stays as it is: nothing that was observed is lost. `translated` also goes the other way, so that a
sentence of another language can be checked as its English twin is.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, cast

from gradatim.languages.language import DEFAULT, folders, language
from gradatim.languages.phrases import section
from gradatim.languages.sentences import sentences
from gradatim.languages.speaking import spoken
from gradatim.languages.templates import Template, filled, ranked

_EVIDENCE = "evidence"
SENTENCES = tuple(
    f"{_EVIDENCE}.{group}"
    for group in ("runs", "signs", "seen", "tries", "explanations", "faults", "repairs", "paths", "learner")
)
"""Where whole sentences stand."""
_WITHIN: Mapping[str, tuple[str, ...]] = {
    "tests": ("evidence.words",),
    "where": ("evidence.words",),
    "round": ("evidence.words",),
    "type": ("evidence.words",),
    "what": ("evidence.words", "evidence.tries"),
    "place": ("evidence.places", "evidence.things"),
    "spot": ("evidence.places", "evidence.things"),
    "thing": ("evidence.things",),
    "change": ("evidence.changes",),
    "count": ("realiser.fail", "realiser.pass"),
    "outcome": ("evidence.outcomes",),
    "found": ("evidence.found",),
    "fact": SENTENCES,
}
"""Places that hold words of ours, and where these are said."""
_KNOWN_ONLY = frozenset(("tests", "where", "place", "spot", "thing", "change", "count", "outcome", "fact"))
"""Places whose words have to be known: what is not was read wrongly."""
_FORMS: Mapping[str, tuple[str, ...]] = {
    "tests": ("no-test", "test", "tests", "test-and-others"),
    "where": ("at-line", "the-program"),
    "round": ("in-round",),
}
"""Places that can hold nothing but these words."""
_UNSPACED = "。！？；："
"""Signs of scripts without blanks, which the next sentence follows at once."""
_DEEPEST = 6
_MOST = 4_000
"""Characters of a sentence that is looked for."""


def rendered(text: str) -> str:
    """A text of our own English sentences in the language spoken; sentences that are not known stay as they are."""
    code = spoken()
    if code == DEFAULT or not text.strip():
        return text
    parts = sentences(text)
    said = ""
    for part in parts if len(parts) > 1 else (text.strip(),):  # white space within a single sentence may be a value's
        own = translated(part, DEFAULT, code)
        blank = " " if said and said[-1] not in _UNSPACED else ""
        said += blank + (part if own is None else own)
    return said


def recognised(text: str) -> bool:
    """Whether every sentence of a text of ours is one that the language spoken can say."""
    return spoken() == DEFAULT or all(translated(part, DEFAULT, spoken()) is not None for part in sentences(text))


def translated(sentence: str, source: str, target: str, groups: tuple[str, ...] = SENTENCES) -> str | None:
    """One sentence of fixed form of one language in another; `None` where it is none that both have.

    Args:
        sentence: In the source language.
        source: Code of its language.
        target: Code of the language wanted.
        groups: Where sentences are looked for, as `section.group`.
    """
    if len(sentence) > _MOST:
        return None
    return _translated(sentence, source, target, groups, folders())


@lru_cache(maxsize=4_096)
def _translated(sentence: str, source: str, target: str, groups: tuple[str, ...], _folders: str) -> str | None:
    return _said(sentence, source, target, groups, 0)


def _said(text: str, source: str, target: str, groups: tuple[str, ...], depth: int) -> str | None:
    if depth > _DEEPEST:
        return None
    for template in _templates(source, groups, folders()):
        found = template.read(text)
        own = None if found is None else _phrase(target, template.key)
        if found is None or own is None:
            continue
        values = _values(found, source, target, depth)
        if values is not None:
            return filled(own, values)
    return None


def _values(found: Mapping[str, str], source: str, target: str, depth: int) -> dict[str, str] | None:
    values: dict[str, str] = {}
    for name, value in found.items():
        kind = name.rstrip("0123456789")
        own: str | None = value
        if value and kind in _WITHIN:
            own = _said(value, source, target, _WITHIN[kind], depth + 1)
            if own is None and kind not in _KNOWN_ONLY:
                own = value
        elif kind in ("concept", "misconception"):
            own = _label(target, f"{kind}s", value)
        elif kind == "concepts":
            between = str(section(target, "labels").get("between", ", "))
            own = between.join(_label(target, kind, key) for key in value.split(", "))
        if own is None:
            return None
        values[name] = own
    return values


@cache
def _templates(code: str, groups: tuple[str, ...], _folders: str) -> tuple[Template, ...]:
    loose = language(code).script != "LATIN"
    shapes = {place: "|".join(_form(code, key, loose) for key in keys) for place, keys in _FORMS.items()}
    shapes["round"] = f"(?:{shapes['round']})?"
    return ranked(
        Template(f"{group}.{key}", text, shapes, loose) for group in groups for key, text in _group(code, group).items()
    )


def _form(code: str, key: str, loose: bool) -> str:
    return Template(key, _group(code, "evidence.words").get(key, "\0"), loose=loose).pattern(named=False)


def _group(code: str, name: str) -> dict[str, str]:
    """The phrases of one group, those of English where a language that may falls back lacks some."""
    own = _phrases(code, name)
    return _phrases(DEFAULT, name) | own if language(code).falls_back else own


def _phrases(code: str, name: str) -> dict[str, str]:
    first, *steps = name.split(".")
    found: Any = section(code, first)
    for step in steps:
        found = cast("dict[str, Any]", found).get(step) if isinstance(found, dict) else None
    texts: dict[str, str] = {}
    for key, said in cast("dict[str, Any]", found).items() if isinstance(found, dict) else ():
        if isinstance(said, str):
            texts[key] = said
        elif isinstance(said, list):  # several ways to say the same, each with its twin
            texts |= {f"{key}#{number}": str(text) for number, text in enumerate(cast("list[Any]", said))}
    return texts


def _phrase(code: str, key: str) -> str | None:
    group, _, name = key.rpartition(".")
    return _group(code, group).get(name)


def _label(code: str, kind: str, key: str) -> str:
    """What a concept or a misconception is called, by its id."""
    named = section(code, "curriculum").get(kind)
    entry: Any = cast("dict[str, Any]", named).get(key) if isinstance(named, dict) else None
    return str(cast("dict[str, Any]", entry).get("name", key)) if isinstance(entry, dict) else str(entry or key)
