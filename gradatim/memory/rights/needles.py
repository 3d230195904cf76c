"""Pieces of a learner's texts by which what is left of them would be recognised.

A piece is 24 to 96 bytes from one line of a program, a comment, a feedback or another text about the learner, or an id
that belongs to the learner's records alone. Letters that are written differently in JSON are avoided where a line
has enough others, so that one piece is found in every file, whichever way it was written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

SHORTEN_TO = 96
"""Bytes of a piece at most."""
SHORTEST = 24
"""Bytes of a piece at least."""
MOST = 12
"""Pieces that are looked for."""
_PLAIN = re.compile(r'[^"\\\x00-\x1f\x7f-\uffff\U00010000-\U0010ffff]+')
_PROSE = re.compile(r'[^"\\\x00-\x1f\x7f\ud800-\udfff]+')


def texts_of(value: Any) -> Iterator[str]:
    """All texts in plain JSON data, keys of objects excepted."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in cast("Mapping[str, Any]", value).values():
            yield from texts_of(item)
    elif isinstance(value, list | tuple):
        for item in cast("Iterable[Any]", value):
            yield from texts_of(item)


def candidates(texts: Iterable[str]) -> list[str]:
    """The most telling piece of each text, longest first, each once."""
    found: dict[str, None] = {}
    for text in texts:
        if (piece := _piece(text)) is not None:
            found[piece] = None
    return sorted(found, key=lambda piece: (-len(set(piece)), -len(piece), piece))


def needles(texts: Iterable[str], ids: Iterable[str] = (), most: int = MOST) -> tuple[bytes, ...]:
    """What to look for: pieces of texts, and ids of records, half and half where there are enough of both."""
    pieces, names = candidates(texts), [name for name in dict.fromkeys(ids) if len(name.encode()) >= SHORTEST // 2]
    by_id = min(len(names), max(most // 3, most - len(pieces)))
    chosen = [*pieces[: most - by_id], *names[:by_id]]
    return tuple(dict.fromkeys(piece.encode("utf-8") for piece in chosen))


def spellings(text: str) -> tuple[bytes, ...]:
    """The ways in which a text may stand in a file: UTF-8, escaped in JSON, UTF-16 in either order.

    Both orders of UTF-16 have the same bytes in the middle of ASCII text (`a·b·c`), which are looked for once.
    """
    escaped = json.dumps(text)[1:-1].encode("ascii")
    half = json.dumps(text, ensure_ascii=False)[1:-1].encode("utf-8", "surrogatepass")
    whole = text.encode("utf-8", "surrogatepass")
    wide = (text.encode("utf-16-le", "surrogatepass"), text.encode("utf-16-be", "surrogatepass"))
    if text.isascii():
        wide = (wide[0][:-1],)
    return tuple(dict.fromkeys((whole, escaped, half, *wide)))


def _piece(text: str) -> str | None:
    """The stretch of one line that has the most different letters."""
    best: str | None = None
    for pattern in (_PLAIN, _PROSE):
        for stretch in pattern.findall(text):
            piece = stretch.strip().encode("utf-8")[:SHORTEN_TO].decode("utf-8", "ignore")
            if len(piece.encode("utf-8")) >= SHORTEST and (best is None or len(set(piece)) > len(set(best))):
                best = piece
        if best is not None:
            return best
    return None
