"""Items that ask the same thing again: the same code, the same behaviour, or nearly the same text."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from gradatim.tools.items.finishing import Refused
from gradatim.tools.items.item import ItemKind
from gradatim.tools.items.kinds import Draft
from gradatim.tools.items.source import shape

NEAR = 0.9
"""Share of three-word sequences that two texts may have in common (Jaccard; Broder, 1997)."""
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What an item is compared by, with others of its kind.

    Attributes:
        shape: Of the code that is read or written, up to names and constants.
        behaviour: What that program does.
        text: Checksums of the sequences of three words of what is said (or shown, where little is said).
    """

    kind: ItemKind
    shape: str
    behaviour: str
    text: frozenset[int]


def fingerprint(draft: Draft) -> Fingerprint:
    """What a draft is compared by."""
    material = draft.material
    code = material.program.code
    behaviour = material.behaviour
    said = str(material.program.does)
    if draft.kind == "fix":
        code = draft.shown or code
        behaviour += next((rival.behaviour for rival in material.rivals if rival.code == draft.shown), "")
    elif draft.whole:
        said = draft.shown or ""
        behaviour += "".join(line for line in said.splitlines() if line.startswith("print("))
    gap = ""
    if draft.kind == "choice" and not draft.whole:
        gap = str((draft.shown or "").splitlines().index(_gap_line(draft)))
        behaviour += gap
        said += gap
    return Fingerprint(draft.kind, shape(code) + gap, behaviour, shingles(said))


def _gap_line(draft: Draft) -> str:
    return next(line for line in (draft.shown or "").splitlines() if line.strip() == "____")


def shingles(text: str) -> frozenset[int]:
    """Checksums of all sequences of three words."""
    words = _WORD.findall(text.casefold())
    rows = [" ".join(words[place : place + 3]) for place in range(max(1, len(words) - 2))]
    return frozenset(zlib.crc32(row.encode("utf-8", "surrogatepass")) for row in rows)


def likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """Jaccard similarity, in [0, 1]."""
    return len(one & other) / len(one | other) if one or other else 1.0


class Fingerprints:
    """Fingerprints of all items there are; tells whether a new one is among them."""

    def __init__(self, known: Iterable[tuple[str, Fingerprint]] = ()) -> None:
        self._shapes: dict[tuple[str, str], str] = {}
        self._behaviours: dict[tuple[str, str], str] = {}
        self._texts: dict[str, list[tuple[str, frozenset[int]]]] = {}
        for item, found in known:
            self.add(item, found)

    def add(self, item: str, found: Fingerprint) -> None:
        """Take in an item of this id."""
        self._shapes.setdefault((found.kind, found.shape), item)
        self._behaviours.setdefault((found.kind, found.behaviour), item)
        self._texts.setdefault(found.kind, []).append((item, found.text))

    def knows(self, kind: ItemKind, code: str) -> bool:
        """Whether there is an item of this kind about the same code, up to names and constants."""
        return (kind, shape(code)) in self._shapes

    def clash(self, found: Fingerprint) -> Refused | None:
        """Why something is a duplicate; `None` where it is none."""
        other = self._shapes.get((found.kind, found.shape))
        if other is not None:
            return Refused(f"the same code, up to names and constants, as {other}")
        other = self._behaviours.get((found.kind, found.behaviour))
        if other is not None:
            return Refused(f"the same behaviour as {other}")
        for other, text in self._texts.get(found.kind, ()):
            if likeness(text, found.text) >= NEAR:
                return Refused(f"nearly the same text as {other}")
        return None
