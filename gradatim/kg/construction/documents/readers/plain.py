"""Plain text: paragraphs with blank lines between them."""

from __future__ import annotations

from gradatim.kg.construction.documents.collector import Collector, PlaceOf


def read_plain(text: str, place: PlaceOf, into: Collector) -> None:
    """Every run of lines without a blank one between them is a paragraph."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            into.at(place(number))
            into.write(f"{line}\n")
        else:
            into.flush()
    into.flush()
