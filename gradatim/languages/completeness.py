"""What a language's files lack, beside those of English."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from gradatim.languages.language import DEFAULT, language
from gradatim.languages.phrases import section
from gradatim.languages.templates import places

_OWN = frozenset(("language", "claims", "curriculum"))
"""Files that are no phrases: the language itself, how it is read, and the words of the curriculum."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """How a language differs from English.

    Attributes:
        code: The language.
        phrases: Phrases that English has.
        missing: Keys of phrases that are not there, as `section.place`.
        unknown: Keys that English does not have.
        uneven: Keys whose phrases are filled in with other values than the English ones, and which.
        labels: Ids of the curriculum without a name (`concepts.range`), where it was given.
        undefined: Concepts without a definition of the language's own.
        prompts: Names of prompts that are asked in English.
        reads: Whether sentences of the language are read for claims (`claims.yaml`).
    """

    code: str
    phrases: int
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    uneven: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    undefined: int = 0
    prompts: tuple[str, ...] = ()
    reads: bool = True

    @property
    def complete(self) -> bool:
        """Whether nothing that is said to a learner is missing; definitions and prompts have an English stand-in."""
        return not (self.missing or self.uneven or self.labels)


def gaps(
    code: str,
    *,
    concepts: Collection[str] = (),
    misconceptions: Collection[str] = (),
    prompts: Collection[str] = (),
) -> Gaps:
    """Compare a language's files with those of English.

    Args:
        code: The language.
        concepts: Ids of a curriculum whose names it should have.
        misconceptions: Ids of its misconceptions, whose names and corrections it should have.
        prompts: Names of prompts that it could hold.

    Raises:
        InputError: There is no such language, or one of its files cannot be used.
    """
    folder = language(code).folder
    names = {path.stem for path in language(DEFAULT).folder.glob("*.yaml")} - _OWN
    found = {path.stem for path in folder.glob("*.yaml")} - _OWN
    english = dict(_phrases(names, DEFAULT))
    own = dict(_phrases(names | found, code))
    if code == DEFAULT:
        return Gaps(code, len(english))
    return Gaps(
        code=code,
        phrases=len(english),
        missing=tuple(key for key in english if key not in own),
        unknown=tuple(key for key in own if key not in english),
        uneven=tuple(_uneven(english, own)),
        labels=(
            *(f"concepts.{key}" for key in concepts if _label(code, "concepts", key, "name") is None),
            *(
                f"misconceptions.{key}.{part}"
                for key in misconceptions
                for part in ("name", "correction")
                if _label(code, "misconceptions", key, part) is None
            ),
        ),
        undefined=sum(_label(code, "concepts", key, "definition") is None for key in concepts),
        prompts=tuple(name for name in prompts if not (folder / "prompts" / f"{name}.md").is_file()),
        reads=bool(section(code, "claims")),
    )


def _phrases(names: Collection[str], code: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Key → its phrases: one, or the variants of a list."""
    for name in sorted(names):
        yield from _within(name, section(code, name))


def _within(key: str, value: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(value, dict):
        for name, item in cast("dict[str, Any]", value).items():
            yield from _within(f"{key}.{name}", item)
    elif isinstance(value, list):
        yield key, tuple(str(item) for item in cast("list[Any]", value))
    else:
        yield key, (str(value),)


def _uneven(english: Mapping[str, tuple[str, ...]], own: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for key, texts in english.items():
        if key not in own:
            continue
        needed = frozenset[str]().union(*map(places, texts))
        given = frozenset[str]().union(*map(places, own[key]))
        one = len(texts) == 1 and len(own[key]) == 1
        if given - needed or (one and needed - given):
            yield f"{key}: {', '.join(sorted(needed ^ given))}"


def _label(code: str, kind: str, key: str, part: str) -> str | None:
    entry: Any = cast("dict[str, Any]", section(code, "curriculum").get(kind) or {}).get(key)
    if isinstance(entry, str):
        return entry if part == "name" else None
    found = cast("dict[str, Any]", entry).get(part) if isinstance(entry, dict) else None
    return found if isinstance(found, str) else None
