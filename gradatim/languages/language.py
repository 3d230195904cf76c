"""Which languages there are, and where their files lie."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from gradatim.errors import InputError

DEFAULT = "en"
FOLDERS = "GRADATIM_LANGUAGES"
"""Environment variable: further folders of languages, separated as in `PATH`; one there replaces a packaged one.

The setting `languages` is the same in `gradatim.toml`.
"""
LARGEST = 4_000_000
"""Bytes of one file of a language at most."""
_PACKAGED = Path(__file__).parent
_settings = ""
"""Folders that settings named, beside those of the environment."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language and its folder.

    Attributes:
        code: BCP 47 tag, e.g. `en`, `zh`.
        name: What its speakers call it.
        english: What it is called in English, as prompts name it.
        folder: Where its files lie.
        falls_back: Whether a phrase that it lacks is said in English.
        script: Unicode name of the letters that it is written in, e.g. `LATIN`, `CJK`.
    """

    code: str
    name: str
    english: str
    folder: Path
    falls_back: bool = False
    script: str = "LATIN"


def use_folders(given: Sequence[Path]) -> None:
    """Look for languages in these folders too, in this process; those of the environment where none are given."""
    global _settings
    joined = os.pathsep.join(map(str, given))
    _settings = "" if joined == os.environ.get(FOLDERS, "") else joined


def folders() -> str:
    """Further folders of languages, separated as in `PATH`."""
    return _settings or os.environ.get(FOLDERS, "")


def available() -> tuple[str, ...]:
    """Codes of all languages, English first."""
    return _available(folders())


def language(code: str) -> Language:
    """The language of this code.

    Raises:
        InputError: There is none, or its `language.yaml` cannot be used.
    """
    if code not in available():
        raise InputError(f"no language {code!r}", place="language", remedy=f"choose from: {', '.join(available())}")
    return _language(code, folders())


def read_yaml(path: Path) -> dict[str, Any]:
    """What a file of a language holds.

    Raises:
        InputError: It cannot be read, is too large, or is not a mapping.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise InputError("is too large", place=str(path), remedy=f"keep it below {LARGEST:,} bytes")
        text = path.read_text(encoding="utf-8")
        said: object = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        what = " ".join(str(error).split())
        raise InputError(f"cannot be read: {what}", place=str(path), remedy="make it a YAML file in UTF-8") from error
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise InputError("is not a mapping of keys to phrases", place=str(path), remedy="write `key: phrase` lines")
    _keys_are_texts(cast("dict[object, object]", said), path)
    return cast("dict[str, Any]", said)


def _keys_are_texts(said: dict[object, object], path: Path) -> None:
    """YAML takes `no:`, `true:` and `1:` for other things than words."""
    for key, value in said.items():
        if not isinstance(key, str):
            raise InputError(f"has a key that is no text: {key!r}", place=str(path), remedy="put it in quotes")
        if isinstance(value, dict):
            _keys_are_texts(cast("dict[object, object]", value), path)


def _folders(listed: str) -> tuple[Path, ...]:
    return (_PACKAGED, *(Path(folder) for folder in listed.split(os.pathsep) if folder))


@cache
def _available(listed: str) -> tuple[str, ...]:
    found = {path.parent.name for folder in _folders(listed) for path in folder.glob("*/language.yaml")}
    return (DEFAULT, *sorted(found - {DEFAULT}))


@cache
def _language(code: str, listed: str) -> Language:
    holding = [folder / code for folder in _folders(listed) if (folder / code / "language.yaml").is_file()]
    folder = holding[-1]
    place = folder / "language.yaml"
    said = read_yaml(place)
    for key, kind in (("name", str), ("english", str), ("falls_back", bool), ("script", str)):
        if not isinstance(said.get(key, kind()), kind) or (key in ("name", "english") and not said.get(key)):
            raise InputError(f"needs {key!r}", place=str(place), remedy="see languages/en/language.yaml")
    return Language(
        code,
        said["name"],
        said["english"],
        folder,
        bool(said.get("falls_back", False)),
        str(said.get("script", "LATIN")).upper(),
    )
