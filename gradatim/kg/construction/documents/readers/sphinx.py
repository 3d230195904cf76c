"""What Sphinx and others add to reStructuredText, told to docutils while it reads a document."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles
from docutils.utils import unescape

from gradatim.kg.construction.documents.readers.rst_directives import CUSTOM_ROLES, own_directive, unknown_directive
from gradatim.kg.construction.documents.roles import shown

TERM_CLASS = "dfn"
_PATCHING = threading.Lock()


@contextmanager
def known_to_docutils() -> Generator[None]:
    """While this is open, docutils finds a meaning for every directive and role.

    Only its functions that look names up can be replaced as a whole, so one document is read at a time.
    """
    with _PATCHING:
        of_directives, of_roles = directives.directive, roles.role

        def directive(name: str, language: Any, document: nodes.document) -> tuple[type[Directive] | None, list[Any]]:
            own = own_directive(name)
            if own is not None:
                return own, []
            found, _ = of_directives(name, language, document)
            return found or unknown_directive(), []

        def role(name: str, language: Any, lineno: int, reporter: Any) -> tuple[Any, list[Any]]:
            return _role, []

        directives.directive, roles.role = directive, role
        try:
            yield
        finally:
            directives.directive, roles.role = of_directives, of_roles


def _role(
    name: str,
    rawtext: str,
    text: str,
    lineno: int,
    inliner: Any,
    options: Any = None,
    content: Any = None,
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """Every role of every name, docutils' own included."""
    del lineno, options, content
    custom: dict[str, str] = inliner.document.settings.__dict__.get(CUSTOM_ROLES, {})
    seen: set[str] = set()
    while name.lower() in custom and name not in seen:
        seen.add(name)
        name = custom[name.lower()]
    if name.lower() == "raw":
        return [], []
    shown_text, kind = shown(name, unescape(text))
    node: nodes.TextElement
    match kind:
        case "code":
            node = nodes.literal(rawtext, shown_text)
        case "link":
            node = nodes.reference(rawtext, shown_text)
            if name.lower().rpartition(":")[2] in ("ref", "numref") and shown_text == unescape(text):
                node["label"] = shown_text
        case "strong":
            node = nodes.strong(rawtext, shown_text)
        case "emphasis":
            node = nodes.emphasis(rawtext, shown_text)
        case "term":
            node = nodes.inline(rawtext, shown_text, classes=[TERM_CLASS])
        case _:
            node = nodes.inline(rawtext, shown_text)
    return [node], []
