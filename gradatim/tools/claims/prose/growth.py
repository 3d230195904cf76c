"""What a sentence says should be added to a list or a total."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.tools.claims.extraction.reading import CODE, VALUE
from gradatim.tools.claims.prose import edits
from gradatim.tools.claims.prose.advice import name_of
from gradatim.tools.claims.prose.assertion import Assertion, Scene
from gradatim.tools.claims.prose.moods import ADVISES, DENIES

_APPENDS = re.compile(
    rf"\b(?:append|add) (?:the |each |every |a )?(?:\w+ ){{0,2}}?(?P<what>{CODE}|[a-z]\w*) (?:itself )?(?:to"
    rf"|into) (?:the |your )?"
    rf"(?:\w+ ){{0,2}}?(?P<to>{CODE}|[a-z]\w*)",
    re.I,
)


def appended(scene: Scene) -> Iterator[Assertion]:
    """A value that should be added to a list, or to a total, in place of what is done with that now."""
    if not ADVISES.search(scene.text):
        return
    for match in _APPENDS.finditer(scene.text):
        if DENIES.search(scene.text, scene.reading.clause(match.start()).start, match.start()):
            continue
        what, to = name_of(scene, match["what"]), name_of(scene, match["to"]).rpartition(".")[2]
        lines = [
            n
            for n, line in enumerate(scene.lines, 1)
            if re.search(
                rf"\b{re.escape(to)}\b(?:\[.*?\])?"
                rf" ?[-+*/=]",
                line,
            )
        ]
        quoted = name_of(scene, match["to"]) if re.fullmatch(CODE, match["to"]) else None
        targets = {
            line[1]
            for n in lines
            if (line := re.match(rf"\s*((?:\w+\.)?{re.escape(to)})\b", scene.lines[n - 1]))
            and quoted in (None, line[1])
        }
        candidates = (
            [
                *scene.lines[: n - 1],
                " " * (len(scene.lines[n - 1]) - len(scene.lines[n - 1].lstrip())) + new,
                *scene.lines[n:],
            ]
            for n in lines
            for target in sorted(targets)
            for new in (f"{target}.append({what})", f"{target} += {what}")
        )
        claims = edits.changes(scene.lines, candidates)
        if claims:
            yield Assertion(claims, *match.span(), sure=False, loose=True)


_COUNTS = re.compile(rf"\b(?:increment|increas|add)\w* (?:[^.;]{{0,40}}? )?by ({VALUE})", re.I)


def counted(scene: Scene) -> Iterator[Assertion]:
    """A number by which something should grow, in place of what changes it now."""
    match = _COUNTS.search(scene.text)
    if match is None or not ADVISES.search(scene.text):
        return
    step = scene.reading.value(match[1])
    if step is None:
        return
    found: list[list[str]] = []
    for number, line in enumerate(scene.lines, 1):
        for pattern in (r"^(\s*)(\S+) = \2 ?\S{1,2} ?.+$", r"^(\s*)(\S+) ?[-+*/]= ?.+$"):
            changed = re.sub(pattern, rf"\1\2 += {step}", line)
            if changed != line:
                found.append([*scene.lines[: number - 1], changed, *scene.lines[number:]])
    claims = edits.changes(scene.lines, iter(found))
    if claims:
        yield Assertion(claims, *match.span(), sure=False, loose=True)
