"""What a sentence says is at fault: lines, pieces of code, and kinds of faults."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.domain import Claim, Construct, FaultKindClaim, FaultLineClaim, LineQuoteClaim
from gradatim.tools.claims.code import places, tokens
from gradatim.tools.claims.constructs import places_of
from gradatim.tools.claims.extraction.reading import CODE
from gradatim.tools.claims.prose.assertion import Assertion, Scene
from gradatim.tools.claims.prose.terms import kinds_in

_NOUN = r"(?:problem|issue|error|mistake|bug|fault|flaw|culprit|trouble)s?"
_BLAMES = re.compile(
    rf"\b{_NOUN}\b(?! (?:type|message|is (?:raised|thrown)|occurs))|\b(?:wrong(?:ly)?|incorrect(?:ly)?|fails?"
    rf" (?:the tests? )?"
    r"(?:because|since|to|due)|missing|lacks?|faulty|causing|leads? to|"
    r"(?:not|n't|never) (?:\w+ )?(?:being |be |been )?(?:\w+ )?(?:correct(?:ly)?|proper(?:ly)?|right|necessary"
    r"|intended)"
    r"|(?:correct|right) (?:\w+ )?(?:\w+ )?(?:should|is to|would|line|condition|code|approach|way)"
    r"|should(?: not|n't)? [a-z]+"
    r"|needs? to be|must be|to fix|fix(?:ed|ing)? (?:this|the|it)|not (?:being )?(?:updated|initiali[sz]ed|incremented"
    r"|returned|defined|reset|used|called|indented|converted|appended)|(?:does not|doesn't|is not|isn't|do not|don't)"
    r" (?:correctly |properly |actually )?(?:update|initiali[sz]e|increment|return|check|handle|account|include|reset"
    r"|define|convert|append|add|compute|calculate|consider|stop|iterate))\b",
    re.IGNORECASE,
)
_CONSEQUENCE = re.compile(
    r",? (?:and )?(?:which|that|this)? ?(?:(?:leads?|leading) to|results? in|resulting in|caus(?:es|ing)|means"
    r" that|mean(?:s|ing)"
    r"|so that|making|so the|therefore|as a result|thus)\b.*$|\b(?:in order to|to ensure|to make sure|ensuring)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_LOCATES = re.compile(
    rf"\b{_NOUN}\b(?:[^.;]{{0,60}}?)\b(?:is|are|lies?|occurs?|comes?|stems?|seems? to be|happens?|located|found)\b"
    rf"|\b(?:has|have|contains?|there is) (?:an? |some )?(?:\w+ )?{_NOUN} (?:in|with|on)\b"
    rf"|\bline (?:that|which) (?:needs? to|should|must|has to) be (?:changed|fixed|corrected|modified)"
    rf"|\bthe line (?:that )?(?:causing|causes|that (?:leads|causes|is))|\bcorrect line\b|\bwrong line\b|\bline"
    rf" (?:causing|that caus)",
    re.IGNORECASE,
)
_DENIED = re.compile(
    rf"\b(?:is|are|does|lies?) not (?:in|on|with|because)\b|\bnot (?:a |the )?{_NOUN}\b|\b(?:no|any) (?:\w+"
    rf" )?{_NOUN}\b",
    re.IGNORECASE,
)
_DESCRIBED = re.compile(
    r"\bline (?:of code )?(?:where|in which|that) (?:the |you |it )?(?:variable )?(\w+)(?: list| variable| value)?"
    r" (?:is|are|gets) (?:being )?"
    r"(?:calculated|computed|assigned|updated|summed|incremented|set|changed|accumulated|added)",
    re.IGNORECASE,
)
_NEW_LINE = re.compile(r"\b(?:add|insert|append|put|place|move|new line|before|after)\b[^.;]{0,50}$", re.IGNORECASE)


def blamed(scene: Scene) -> Iterator[Assertion]:
    """What the sentence says is wrong; nothing where it blames nothing."""
    text = scene.text
    core = _CONSEQUENCE.sub("", text)
    match = _BLAMES.search(core)
    if match is None or _DENIED.search(core):
        return
    lines = list(_lines(scene, core))
    if lines:
        named = [match.end() for match in re.finditer(r"\blines? \d+|[\ue100-\uf0ff]", core)]
        end = max([match.end(), *named[:1]])
        yield Assertion(tuple(FaultLineClaim(line=line) for line in lines), match.start(), end, sure=True)
        return
    parts = list(_parts(scene, core))
    if parts:
        claims = tuple(FaultLineClaim(line=first, last_line=last) for first, last, _, _ in parts)
        start, end = min(part[2] for part in parts), max(part[3] for part in parts)
        yield Assertion(claims, min(match.start(), start), max(match.end(), end))
        return
    kinds, spans = kinds_in(core)
    if kinds and spans:
        claims = tuple(FaultKindClaim(operator=kind) for kind in sorted(kinds))
        yield Assertion(claims, min(match.start(), spans[0][0]), max(match.end(), spans[-1][1]), sure=False)


def _lines(scene: Scene, core: str) -> Iterator[int]:
    """Lines that are blamed: by number, or by code that stands in few of them."""
    numbers = [number for number in scene.named_lines(0, len(core)) if not _is_new(core, number)]
    if numbers:
        yield from numbers
        return
    if not _LOCATES.search(core):
        return
    told = _DESCRIBED.search(core)
    if told:
        name = told[1].lower()
        stores = re.compile(rf"^\s*(?:\w+\.)?{re.escape(name)}\w*(?:\[.*\])? ?(?:[-+*/]|//)?=(?!=)", re.IGNORECASE)
        yield from [number for number, line in enumerate(scene.lines, 1) if stores.search(line)][-2:]
    found: list[int] = []
    for match in re.finditer(CODE, core):
        quote = tokens(scene.code(match.group()))
        if len(quote) >= 3:
            found += places(quote, scene.lines)
            break
    if 0 < len(found) <= 2:
        yield from found


_NOUNS: tuple[tuple[str, Construct, bool], ...] = (
    (r"(?:[\ue100-\uf0ff] )?(?:while[- ]loop|while)(?:'s)? condition|condition (?:of|in|for) the"
     r" (?:[\ue100-\uf0ff] |while )loop|[\ue100-\uf0ff] loop condition|while statement", "while-loop", False),
    (r"inner (?:for |while )?loop(?:'s)?(?: range| condition| bounds?)?", "nested-loop", False),
    (r"return(?:ed)? (?:statement|value)s?", "return", False),
    (r"print (?:statement|call|function)s?", "print", False),
    (r"loop (?:structure|range|bounds?|condition)|range function|range\b(?! of)", "loop", False),
    (r"else (?:block|clause|branch|statement)|[\ue100-\uf0ff] (?:block|clause|branch)", "else", True),
)  # fmt: skip
_ADDED = re.compile(r"\b(?:missing|lacks?|forg\w+|add|adding|no|not have|include|without|need\w* an?)\b", re.IGNORECASE)


def _parts(scene: Scene, core: str) -> Iterator[tuple[int, int, int, int]]:
    """First and last line of each part of the program that is blamed by name, with where it is named."""
    if _ADDED.search(core):
        return
    places = places_of(scene.case.submission.code)
    functions = [place for place in places if place.what == "function"]
    for match in re.finditer(rf"({CODE}) (?:method|function)\b|\b(?:method|function) ({CODE})", core):
        name = scene.code(match[1] or match[2]).removesuffix("()")
        found = [place for place in functions if place.name == name]
        if found and len(functions) > 1 and _LOCATES.search(core):
            yield from ((place.line, place.last_line, *match.span()) for place in found)
            return
    if not _LOCATES.search(core):
        return
    for pattern, what, whole in _NOUNS:
        for match in re.finditer(rf"\b(?:{pattern})|(?<=[ ])(?:{pattern})", core, re.IGNORECASE):
            found = [place for place in places if place.what == what]
            if found:
                yield from ((p.line, p.last_line if whole else p.line, *match.span()) for p in found)
                return


def _is_new(core: str, number: int) -> bool:
    place = re.search(rf"\b{number}\b", core)
    return place is not None and bool(_NEW_LINE.search(core[: place.start()]))


def misplaced(scene: Scene) -> Iterator[Assertion]:
    """Code that is said to stand in a certain line."""
    pattern = re.compile(
        rf"\bline (\d{{1,4}})\b ?,? ?(?:where|which (?:is|says|reads)|\() ?(?:it (?:says|is) |you (?:have|write)"
        rf" )?({CODE})"
        rf"|\bline (\d{{1,4}})\b ?(?:is|:|contains|has) ?({CODE})",
        re.IGNORECASE,
    )
    for match in pattern.finditer(scene.text):
        line, sign = match[1] or match[3], match[2] or match[4]
        if re.search(
            r"\b(?:should|correct|must|change|to)\b", scene.text[max(0, match.start() - 40) : match.end()], re.I
        ):
            continue
        claims: tuple[Claim, ...] = (LineQuoteClaim(line=int(line), text=scene.code(sign)),)
        yield Assertion(claims, match.start(), match.end())
