"""Roles of reStructuredText and MyST (``:func:`len```, ``{term}`graph```): what they show, and as what kind of span."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gradatim.kg.construction.documents.model import SpanKind

_TITLED = re.compile(r"^(.+?)\s*<([^<>]*)>$", re.DOTALL)
_PARENTHESES = frozenset({"func", "meth", "function", "method"})
_PROSE = frozenset({"", "abbr", "abbreviation", "dfn", "emphasis", "index", "literal", "code", "kbd", "math", "strong"})
"""Roles with text of the author's own, in which `~`, `!` and dots mean nothing."""

_KINDS: Mapping[str, SpanKind] = {
    **dict.fromkeys(
        (
            *("func", "function", "meth", "method", "class", "mod", "module", "data", "const", "attr", "exc", "obj"),
            *("type", "member", "macro", "struct", "var", "keyword", "option", "envvar", "file", "samp", "code", "kbd"),
            *("literal", "token", "opcode", "makevar", "mimetype", "regexp", "property", "decorator", "source"),
        ),
        "code",
    ),
    **dict.fromkeys(
        ("ref", "term", "doc", "numref", "any", "download", "pep", "rfc", "issue", "gh", "cite", "prf:ref"), "link"
    ),
    **dict.fromkeys(("dfn", "index"), "term"),
    **dict.fromkeys(("strong", "program", "command"), "strong"),
    **dict.fromkeys(
        ("", "emphasis", "manpage", "mailheader", "newsgroup", "title-reference", "title", "t"), "emphasis"
    ),
}


def shown(role: str, content: str) -> tuple[str, SpanKind | None]:
    """What a reader sees of a role, and the kind of span it is; unknown roles show their text without a span.

    Args:
        role: As it is written, with its domain (`py:func`).
        content: Between the backticks.
    """
    domain, _, name = role.lower().rpartition(":")
    kind = _KINDS.get(role.lower()) or _KINDS.get(name) or ("code" if domain else None)
    titled = _TITLED.match(content)
    if titled is not None and name not in _PROSE - {"index"}:
        return titled[1], kind
    if name in ("pep", "rfc"):
        return f"{name.upper()} {content}", kind
    if name in ("samp", "file"):
        return content.replace("{", "").replace("}", ""), kind
    if kind == "code" and name not in _PROSE:
        content = _short(content)
        if name in _PARENTHESES and not content.endswith(")"):
            content += "()"
    return content, kind


def _short(target: str) -> str:
    """A name as Sphinx shows it: `~pkg.mod.name` without what stands before the last dot."""
    target = target.removeprefix("!")
    if target.startswith("~"):
        return target[1:].rpartition(".")[2] or target[1:]
    return target[1:] if target.startswith(".") and len(target) > 1 and target[1] != "." else target
