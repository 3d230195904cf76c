"""The expressions by which a language's `claims.yaml` reads its sentences.

An expression is a regular expression that may hold `<line>`, `<n>`, `<test>`, `<error>`, `<code>`, `<call>`, `<value>`
and `<concept>`, each also with a number behind its name (`<code2>`). Blanks around them are free. How a line is
named is the language's own: `line: "第 ?{n} ?行"`; `numbers` and `values` hold words for numbers and values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from gradatim.errors import InputError
from gradatim.languages.language import folders, language
from gradatim.languages.phrases import section

SECTION = "claims"
_ASCII = r"[!-+\--:<-~][ -+\--:<-~]*?[!-+\--:<-~]|[!-+\--:<-~]"
_PLACES: Mapping[str, str] = {
    "n": r"\d+",
    "test": r"`?t?[A-Za-z0-9_.\-]+`?",
    "error": r"`?[A-Z][A-Za-z]*(?:Error|Exception|Interrupt|Iteration|Exit)`?",
    "code": rf"`[^`]+`|{_ASCII}",
    "call": r"`[^`]+`|[A-Za-z_][\w.]*\([^`\u3000-\u9fff]*\)",
    "value": r"`[^`]+`|-?\d+(?:\.\d+)?|None|True|False|'[^'\n]*'|\"[^\"\n]*\"|\[[^\]\n]*\]|\([^)\n]*\)|\{[^}\n]*\}",
    "concept": r"[^，。；：、？！`]{1,24}?",
}
_MARK = re.compile(r"<([a-z]+?)(\d*)>")


def patterns(code: str, key: str) -> re.Pattern[str] | None:
    """One expression of a language's `claims.yaml` (a list is taken as alternatives); `None` where it has none."""
    return _pattern(code, key, folders())


def forms(code: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """How clauses are put, each with the English sentence that means the same."""
    return _rows(code, "clauses", True, folders())


def same(code: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Sayings, each with the one that expressions are written for."""
    return _rows(code, "same", False, folders())


def concepts(code: str) -> Mapping[str, str]:
    """Name of a concept in the language → its id in words."""
    return _concepts(code, folders())


@cache
def _rows(code: str, key: str, named: bool, _folders: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    rows: Any = section(code, SECTION).get(key) or []
    found: list[tuple[re.Pattern[str], str]] = []
    for row in cast("list[Any]", rows) if isinstance(rows, list) else [rows]:
        if not isinstance(row, list) or [type(part) for part in cast("list[Any]", row)] != [str, str]:
            raise _unusable(code, f"has under {key!r} something else than a pair of texts: {row!r}")
        expression, plain = cast("list[str]", row)
        found.append((_compiled(code, expression, named=named), plain))
    return tuple(found)


@cache
def _concepts(code: str, _folders: str) -> dict[str, str]:
    """Name of a concept in the language → its id in words."""
    known = cast("dict[str, Any]", section(code, "curriculum").get("concepts") or {})
    found: dict[str, str] = {}
    for key, entry in known.items():
        name = entry if isinstance(entry, str) else cast("dict[str, Any]", entry).get("name")
        if isinstance(name, str):
            found.setdefault(name, key.replace("-", " "))
    return found


@cache
def _pattern(code: str, key: str, _folders: str) -> re.Pattern[str] | None:
    said: Any = section(code, SECTION).get(key)
    if not said:
        return None
    parts = cast("list[str]", said) if isinstance(said, list) else [str(said)]
    return _compiled(code, "|".join(f"(?:{part})" for part in parts), named=False)


def _compiled(code: str, text: str, *, named: bool = True) -> re.Pattern[str]:
    said = section(code, SECTION)
    digits = "|".join(map(re.escape, cast("dict[str, Any]", said.get("numbers") or {}))) or r"\d"
    words = "|".join(map(re.escape, cast("dict[str, Any]", said.get("values") or {})))

    def place(match: re.Match[str]) -> str:
        kind = match[1]
        group = f"?P<{kind}{match[2]}>" if named else "?:"
        if kind == "line":
            return str(said.get("line") or "{n}").replace("{n}", rf"({group}\d+|{digits})")
        shape = _PLACES[kind]
        if kind == "n":
            shape = rf"{shape}|{digits}"
        if kind == "value" and words:
            shape = rf"{shape}|{words}"
        return rf" ?({group}{shape}) ?"

    try:
        return re.compile(_MARK.sub(place, text))
    except (re.error, KeyError) as error:
        raise _unusable(code, f"has an expression that cannot be used: {text!r}: {error}") from error


def _unusable(code: str, what: str) -> InputError:
    place = str(language(code).folder / f"{SECTION}.yaml")
    return InputError(what, place=place, remedy="write it as docs/languages.md says")
