"""What the cards of the HTML report share: prose with code in it, citations."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gradatim.app.report.content import Report
from gradatim.app.report.markup import Html, html, join

_SPAN = re.compile(r"`([^`\n]+)`")


def anchors_of(report: Report) -> dict[str, str]:
    """Evidence id → anchor; anchors are numbered, so that an id can hold anything."""
    return {item.id: f"evidence-{number}" for number, item in enumerate(report.evidence, start=1)}


def citations(ids: tuple[str, ...], anchors: Mapping[str, str]) -> Html:
    """Evidence ids, as links to what the reader may see of them."""
    return join(
        html(' <a class="cite mono" href="#{anchor}">[{id}]</a>', anchor=anchors[cite], id=cite)
        if cite in anchors
        else html(' <span class="cite mono soft">[{id}]</span>', id=cite)
        for cite in ids
    )


def prose(text: str) -> Html:
    """A sentence with the code between backticks set apart."""
    return join(
        html("<code>{piece}</code>", piece=piece) if number % 2 else html("{piece}", piece=piece)
        for number, piece in enumerate(_SPAN.split(text))
    )
