"""What the elements of HTML mean for the text inside of them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gradatim.kg.construction.documents.model import BlockKind, SpanKind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID = _words("area base br col embed hr img input link meta param source track wbr")
"""Elements without an end."""
BLOCKS = _words(
    """address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol option p pre search section
    summary table tbody td tfoot th thead title tr ul"""
)
"""Elements that begin on a line of their own."""
HEADINGS: Mapping[str, int] = {f"h{level}": level for level in range(1, 7)}
LISTS = _words("ul ol dl menu dir")
KINDS: Mapping[str, BlockKind] = {"li": "item", "dd": "item", "dt": "term", "td": "cell", "th": "cell"}
SPANS: Mapping[str, SpanKind] = {
    **dict.fromkeys(("code", "tt", "kbd", "samp"), "code"),
    **dict.fromkeys(("em", "i", "cite", "var"), "emphasis"),
    **dict.fromkeys(("strong", "b"), "strong"),
    "dfn": "term",
}

_DROPPED = _words(
    """annotation annotation-xml audio button canvas datalist footer iframe nav noscript object script select style svg
    template textarea title video"""
)
_DROPPED_CLASSES = _words(
    """sphinxsidebar related headerlink anchor-link permalink toctree-wrapper linenos linenodiv footnote-reference
    fn-backref fn-bracket section-number header-section-number sr-only visually-hidden breadcrumb breadcrumbs copybtn
    system-message toc contents"""
)
"""Of Sphinx, MkDocs, nbconvert and Pandoc: side bars, bars of links, permalinks, numbers of lines, sections and
footnotes."""
_DROPPED_ROLES = _words("navigation search contentinfo doc-noteref doc-toc")
_DROPPED_IDS = _words("table-of-contents searchbox TOC toc")
_TEXT_ASIDES = _words("footnote footnote-list admonition topic")
"""Asides that docutils writes for what belongs to the text."""
_LABELS = _words("attention caution danger error hint important note seealso tip todo warning")
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

Attributes = Mapping[str, str]


def classes_of(attributes: Attributes) -> frozenset[str]:
    return frozenset(attributes.get("class", "").split())


def is_dropped(tag: str, attributes: Attributes, *, in_article: bool) -> bool:
    """Whether an element is furniture of the page: navigation, scripts, permalinks, what nobody sees.

    Args:
        tag: Of the element.
        attributes: Of the element.
        in_article: Whether the element lies inside of the page's article, whose header is text.
    """
    if tag in _DROPPED or "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    classes = classes_of(attributes)
    if tag == "aside" and not classes & _TEXT_ASIDES:
        return True
    if tag == "header" and not in_article and attributes.get("id") != "title-block-header":
        return True
    if tag == "div" and "footer" in classes:
        return True
    if tag not in ("html", "body") and (classes & _DROPPED_CLASSES or attributes.get("id") in _DROPPED_IDS):
        return True
    if attributes.get("role") in _DROPPED_ROLES or (tag in ("dt", "span") and "label" in classes and len(classes) == 1):
        return True
    return "style" in attributes and _INVISIBLE.search(attributes["style"]) is not None


def is_label(text: str) -> bool:
    """Whether this is the heading that Sphinx puts over every admonition of a kind."""
    return text.lower().replace(" ", "").rstrip(":") in _LABELS


def span_of(tag: str, attributes: Attributes) -> SpanKind | None:
    """How an element sets its text apart."""
    if "class" in attributes and "dfn" in classes_of(attributes):
        return "term"
    if tag == "a":
        return "link" if "href" in attributes else None
    return SPANS.get(tag)


def is_code(tag: str, attributes: Attributes) -> bool:
    """Whether an element holds lines that are to be kept as they are: code, or a displayed formula."""
    return tag == "pre" or (tag == "div" and "math" in classes_of(attributes))
