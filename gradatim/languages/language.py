"""Which languages there are, and where their files lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from gradatim.errors import InputError

DEFAULT = "en"
_PACKAGED = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Language:
    """A language and its folder.

    Attributes:
        code: BCP 47 tag, e.g. `en`, `zh`.
        name: What its speakers call it.
        english: What it is called in English, as prompts name it.
        folder: Where its files lie.
    """

    code: str
    name: str
    english: str
    folder: Path


@cache
def available() -> tuple[str, ...]:
    """Codes of all languages, English first."""
    found = sorted(path.parent.name for path in _PACKAGED.glob("*/language.yaml"))
    return (DEFAULT, *(code for code in found if code != DEFAULT))


@cache
def language(code: str) -> Language:
    """The language of this code.

    Raises:
        InputError: There is none.
    """
    if code not in available():
        raise InputError(f"no language {code!r}", place="language", remedy=f"choose from: {', '.join(available())}")
    folder = _PACKAGED / code
    said = yaml.safe_load((folder / "language.yaml").read_text(encoding="utf-8"))
    return Language(code, said["name"], said["english"], folder)
