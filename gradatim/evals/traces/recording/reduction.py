"""What a run came to without anything that a learner, or a model answering one, wrote.

Numbers and truth values stay, and words from closed lists: verdicts, kinds, ids of tests, concepts, misconceptions and
evidence. Every other text becomes empty, so that whoever reads a part of an assessment still finds its shape. A list or
mapping that is not named here is left out: a new field is not written down by accident.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Mapping
from typing import Any, cast

_WORDS = frozenset({
    "author", "concept", "error_category", "fallback", "id", "intent", "kind", "method", "model", "move", "node",
    "operator", "origin", "role", "route", "session", "source", "status", "submission", "task", "test", "tier",
    "verdict",
})  # fmt: skip
"""Keys whose text is from a closed list, or an id."""
_WORDS_OF_CLAIMS = frozenset({"kind", "misconception", "operator", "order", "relation", "status", "test", "what"})
"""The same of claims, the rest of which are a model's words."""
_NAMED = frozenset({"detections", "measures"})
"""Lists whose items have a name of ours."""
_PARTS = frozenset({
    "causes", "changes", "checks", "claim", "claims", "components", "confidence", "corrective_suggestion",
    "degradations", "detections", "diagnosis", "edits", "encouragement", "error_identification", "evidence",
    "exception", "execution", "explanation", "features", "feedback", "flags", "lines", "load_error", "measures",
    "messages", "misconceptions", "outcomes", "repairs", "rubric", "seconds", "shares", "statements",
    "suspicious_lines", "trace", "usage", "withheld",
})  # fmt: skip
"""Keys whose mapping or list is gone through."""
_BY_NODE = frozenset({"usage"})
"""Mappings from the name of a node to a mapping of numbers."""
_LISTS_OF_WORDS = frozenset({"completed", "evidence"})
_VERBATIM = frozenset({"prompts"})
"""Mappings from names of ours to versions of ours."""
_BLANK = frozenset({"actual", "code", "content", "detail", "expected", "stdout", "summary", "text", "why"})
"""Keys whose text never stays, wherever it stands."""
_AUTHORS = frozenset({"peer", "realiser", "tutor"})
"""Who writes here beside models and persons."""
_WORD = re.compile(r"[\w.:/+#@-]{1,120}")
_NOTHING = object()

Word = Callable[[str], str]


def reduced(value: Mapping[str, Any], word: Word) -> dict[str, Any]:
    """The inputs or outputs of a run without learners' text.

    Args:
        value: JSON-plain.
        word: Takes who the learner is out of a word that is kept: ids may follow from theirs.
    """
    return _mapping(value, "", word)


def _mapping(value: Mapping[str, Any], part: str, word: Word) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in value.items():
        kept = _item(key, item, part, word)
        if kept is not _NOTHING:
            found[key] = kept
    return found


def _item(key: str, item: Any, part: str, word: Word) -> Any:
    if isinstance(item, str):
        return _text(key, item, part, word)
    if item is None or isinstance(item, bool | int | float):
        return item
    if key in _VERBATIM:
        return item
    if isinstance(item, dict):
        named = key in _PARTS or part in _BY_NODE
        return _mapping(cast("dict[str, Any]", item), key, word) if named else _NOTHING
    if isinstance(item, list | tuple):
        elements = cast("list[Any]", item)
        if key in _LISTS_OF_WORDS and (not elements or isinstance(elements[0], str)):
            return [word(element) for element in elements if isinstance(element, str) and _WORD.fullmatch(element)]
        if key in _PARTS:
            return [element for element in (_element(key, each, word) for each in elements) if element is not _NOTHING]
    return _NOTHING


def _element(key: str, element: Any, word: Word) -> Any:
    if isinstance(element, dict):
        return _mapping(cast("dict[str, Any]", element), key, word)
    return element if element is None or isinstance(element, bool | int | float) else _NOTHING


def _text(key: str, text: str, part: str, word: Word) -> str:
    """A text, or nothing of it."""
    if not text or key in _BLANK:
        return ""
    if part in ("claim", "claims"):
        allowed = key in _WORDS_OF_CLAIMS
    elif part in ("exception", "load_error"):  # a program can define exceptions of its own, with any name
        allowed = key == "type" and hasattr(builtins, text)
    elif key == "author":
        # a person's name never stays, and an output of a workflow that happens to be called so may be one
        kind = text.partition(":")[0]
        return text if kind == "model" or text in _AUTHORS else kind if kind == "person" else ""
    else:
        allowed = key in _WORDS or (key == "name" and part in _NAMED)
    if not allowed:
        return ""
    return word(text) if key == "fallback" or _WORD.fullmatch(text) else ""
