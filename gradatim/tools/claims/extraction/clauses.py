"""The parts of a sentence, and what each of them does: state, ask, advise, or suppose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Mood = Literal["states", "asks", "advises", "supposes"]

_C = "[\ue100-\uf0ff]"
_SUBJECT = (
    rf"(?:the|it|its|you|your|this|that|these|there|we|each|every|only|no|nothing|all|python|when|one|{_C}|[a-z]\b)"
)
_BOUNDARY = re.compile(
    rf"(?P<strong>; | - |: |,? - )"
    rf"|(?P<cause>,? (?:and )?(?:because(?: of)?|since|due to|as a result of)\b)"
    rf"|(?P<reason>, as\b(?! (?:well|if|though|soon|long|expected|shown|a\b|an\b|in\b|is\b|it should))"
    rf"| as(?! it is\b)(?= (?:it|you|there|this)\s))"
    rf"|(?P<result>,? (?:and )?(?:so that|which (?:means|causes|is why|leads to|makes|results in)(?: that)?|that is why"
    rf"|that's why|this means(?: that)?|meaning(?: that)?|therefore|thus|hence|consequently|as a result|causing)\b)"
    rf"|(?P<so>,? (?:and )?so(?= {_SUBJECT})|, so\b)"
    rf"|(?P<contrast>,? (?:but|whereas|although|though|however|yet)\b|, while\b|, and(?! (?:not|then)\b)"
    rf"| and(?= (?:the|it|you|your|this|line)\s))",
    re.IGNORECASE,
)
_OPENING = re.compile(r"(?:because|since|as|due to)\b(?! a result)[^,]*, ", re.IGNORECASE)
_SUPPOSES = re.compile(
    r"\b(?:if|unless|would|could|might|may|suppose|supposing|imagine|assume[sd]?|assuming|perhaps|maybe"
    r"|probably|possibly|likely|apparently|"
    r"seems?|as though|whether|once|until|in case|hopefully|hope|hopes|thinks?|thought|believe[sd]?"
    r"|belie[fv]\w*|guess|pretend|"
    r"then|can(?! (?:see|be seen))|expect that|you expect|you want|we want)\b"
    r"|\b(?:after|by) (?:you )?\w*(?:chang|fix|correct|replac|add|remov|modif)\w*"
    r"|\bwith (?:this|that|the) (?:change|fix|correction)\b"
    r"|\bwhen(?:ever)?\b(?=[^,;]*\b(?:chang|fix|correct|replac|add|remov|modif))"
    r"|\b(?:in general|generally|usually|often|sometimes|for example|for instance|e\.g\.|by definition"
    r"|normally|typically)",
    re.IGNORECASE,
)
_CARRIES = re.compile(
    r"^(?:and |but |then |so )?(?:if|unless|once|after|suppose|imagine|assuming|until|whether|with (?:this"
    r"|that|the) (?:change|fix))\b|\bif\b|\bwould\b",
    re.IGNORECASE,
)
_LEAD = (
    r"^(?:[^\w\ue100-\uf0ff]|and|but|so|please|now|then|first|second|finally|next|also|instead|just|simply"
    r"|maybe|perhaps|still|always|carefully|great|good|okay|ok|hint|tip|(?:on|in|at) (?:lines?"
    r"|the) [^,]{1,20},)*[\s,:]*"
)
_VERBS = (
    "adjust add append ask assign avoid be build call change check choose compare consider convert copy "
    "correct count debug declare decide decrease define divide do don't double-check "
    "draw ensure examine experiment explore find fix focus follow give go have imagine include increase "
    "increment indent initialise initialize insert keep let "
    "let's look make modify move multiply note notice observe pay pick practice practise prevent print put "
    "read recall remember remove rename replace reset return "
    "review revisit rewrite run see set start step store subtract swap take test think trace try turn update "
    "use verify walk watch work write"
)
_IMPERATIVE = re.compile(
    rf"{_LEAD}(?:{'|'.join(_VERBS.split())})\b(?! (?:is|are|was|were|does|has|function|statement|loop)\b| t?\d)",
    re.IGNORECASE,
)
_ADVISES = re.compile(
    r"\b(?:you|we|it|one|line \d+|the \w+|your \w+) (?:also |only |just |simply |really )?(?:should|must"
    r"|need(?:s)? to|have to|has to|ought to|could|can|may|might|might want to)\b"
    r"|\b(?:it is|it's|it would be|a good idea|better|best) to\b|\byou need\b|\bthere should be\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    rf"{_LEAD}(?:what|why|how|which|where|when|who|can|could|do|does|did|is|are|was|should|would|will|have|has)\b",
    re.IGNORECASE,
)


_BLOCKS = re.compile(
    r"\b(?:not|never|no longer|cannot|neither|nor|none|without|false|untrue|wrong that|should|must|needs?"
    r"|make|makes|making|lets?|ensures?|"
    r"sure|verify|prevents?|avoids?|instead of|rather than|until|in order to|wants?|unlike|supposed|missing"
    r"|lacks?|forgot|forget|"
    r"hardly|rarely|almost|nearly|at least|at most|about|around|roughly)\b|n't\b",
    re.IGNORECASE,
)
"""Words that keep what follows them in the same clause from being stated as a fact."""

_INDIRECT = re.compile(r" ?(?:what|why|how|which|where|when|who|whether)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a prepared sentence.

    Attributes:
        start: Where its own words begin, behind the word that joins it to the others.
        end: Position behind its last sign.
        causal: It says why, or what follows.
    doubtful: It holds a condition, a possibility or somebody's belief.
        purpose: It says what something is done for.
    """

    start: int
    end: int
    mood: Mood
    causal: bool = False
    doubtful: bool = False

    def asserts(self, text: str, position: int) -> bool:
        """Whether what stands at a position of this clause is stated as a fact of the present program."""
        stated = self.mood in ("states", "advises") and not self.doubtful
        return stated and not _BLOCKS.search(text, self.start, position)


def supposes(text: str) -> bool:
    """Whether a part of a sentence speaks of what might be, or of what somebody believes."""
    return bool(_SUPPOSES.search(text))


def clauses_of(text: str) -> tuple[Clause, ...]:
    """The clauses of a prepared sentence, in their order; together they cover it but for the joining words."""
    pieces: list[tuple[int, int, str]] = []
    start, kind = 0, "strong"
    opening = _OPENING.match(text)
    if opening:
        word = re.match(r"\w+(?: to)? ", opening.group())
        pieces.append((word.end() if word else 0, opening.end(), "cause"))
        start, kind = opening.end(), "main"
    for match in _BOUNDARY.finditer(text, start):
        if match.start() > start:
            pieces.append((start, match.start(), kind))
        start, kind = match.end(), str(match.lastgroup)
    pieces.append((start, len(text), kind))
    asking = text.rstrip("\"')* ").endswith("?")
    asked_from = _asked_from(text, pieces) if asking else len(pieces)
    found: list[Clause] = []
    carried = False
    for index, (begin, end, kind) in enumerate(pieces):
        part = text[begin:end]
        if kind in ("strong", "cause", "reason"):
            carried = False
        mood: Mood = "states"
        doubtful = (carried and kind != "cause") or supposes(part)
        joined = kind == "contrast" and bool(found) and found[-1].mood in ("advises", "asks")
        if index >= asked_from or (joined and _INDIRECT.match(part)):
            mood = "asks"
        elif _IMPERATIVE.search(part) or (not doubtful and _ADVISES.search(part)):
            mood = "advises"
        elif doubtful:
            mood = "supposes"
        carried = carried or (doubtful and bool(_CARRIES.search(part)))
        found.append(Clause(begin, end, mood, causal=kind in ("cause", "reason", "result", "so"), doubtful=doubtful))
    return tuple(found)


def _asked_from(text: str, pieces: list[tuple[int, int, str]]) -> int:
    """Index of the clause with which a question begins; what stands before it is stated."""
    for index, (begin, end, kind) in enumerate(pieces):
        if index == 0 and _ASKS.search(text[begin:end]):
            return 0
        if index and _ASKS.search(text[begin:end]) and kind in ("strong", "so", "contrast"):
            return index
    return 0
