"""Phrases by key, filled in with values, in the language that is spoken."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, cast

from gradatim.languages.language import DEFAULT, language, read_yaml
from gradatim.languages.speaking import spoken


def say(key: str, /, **values: object) -> str:
    """A phrase with its values filled in.

    Args:
        key: `section.place`, e.g. `tutoring.orient.line`.

    Raises:
        KeyError: There is no such phrase, or a value that it needs is not given.
    """
    return phrase(key).format(**values)


def phrase(key: str) -> str:
    """A phrase as it stands in its file, with `{placeholders}`.

    Raises:
        KeyError: There is none.
    """
    found = _find(key)
    if not isinstance(found, str):
        raise KeyError(f"{spoken()}: no phrase {key!r}")
    return found


def variants(key: str) -> tuple[str, ...]:
    """Several ways to say the same, as they stand in the file.

    Raises:
        KeyError: There is no list of phrases under this key.
    """
    found = _find(key)
    if not isinstance(found, list) or not all(isinstance(item, str) for item in cast("list[Any]", found)):
        raise KeyError(f"{spoken()}: no list of phrases {key!r}")
    return tuple(cast("list[str]", found))


def has(key: str) -> bool:
    """Whether the language spoken has something under this key."""
    return _find(key) is not None


def section(code: str, name: str) -> dict[str, Any]:
    """All of one section of a language; empty where it has no such file.

    Raises:
        InputError: There is no such language, or its file cannot be used.
    """
    return _section(language(code).folder, name)


def _find(key: str) -> object:
    code = spoken()
    found = _look(code, key)
    if found is None and code != DEFAULT and language(code).falls_back:
        return _look(DEFAULT, key)
    return found


def _look(code: str, key: str) -> object:
    name, _, place = key.partition(".")
    found: Any = section(code, name)
    for step in place.split("."):
        found = cast("dict[str, Any]", found).get(step) if isinstance(found, dict) else None
    return found


@cache
def _section(folder: Path, name: str) -> dict[str, Any]:
    path = folder / f"{name}.yaml"
    return read_yaml(path) if path.is_file() else {}
