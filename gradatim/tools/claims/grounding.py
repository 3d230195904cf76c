"""Whether a sentence only repeats what its evidence says.

A lexical test, on purpose: it needs no model, it can be explained, and it errs towards "not checked". Each clause of a
sentence has to be said by one sentence (or two neighbouring ones) of one piece of evidence: nearly all its content
words stand there, all its numbers and code, each next to the same word, every word of a pair of opposites on the same
side, and as many negations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from gradatim.domain import Evidence
from gradatim.languages.language import DEFAULT
from gradatim.languages.meaning import meaning_of, written_in
from gradatim.languages.speaking import spoken as language_spoken
from gradatim.tools.claims.code import occurs, tokens
from gradatim.tools.claims.extraction.reading import Reading
from gradatim.tools.claims.sentences import sentences
from gradatim.tools.claims.wording import Wording, contradicts, wording_of
from gradatim.tools.telling import told

CONTAINMENT = 0.72
"""Share of a clause's content words that has to occur in the evidence."""
FEW = 3
"""Up to this many content words, all of them have to occur."""

_TEXT_KEYS = ("correction", "definition", "talk", "text", "why", "statement")
"""Keys of `Evidence.detail` that hold true sentences (`belief` does not)."""
_BELIEF = re.compile(r"^Common wrong belief:.*?(?:In truth:|$)", re.DOTALL)
_EARLIER = re.compile(
    r"\b(?:earlier|previous(?:ly)?|before|last time|again|already|in the past|once more)\b", re.IGNORECASE
)
_JOINS = re.compile(
    r"(?:;\s+|,?\s+(?:because|since|so that|which means(?: that)?|therefore|but|although|whereas"
    r"|meaning that)\s+|,\s+(?:so|and|while)\s+|\s+-\s+|\s+—\s+)(?=[^`]*(?:`[^`]*`[^`]*)*$)",
    re.IGNORECASE,
)


def grounded(sentence: str, evidence: Sequence[Evidence], program: str = "") -> str | None:
    """Id of the evidence that says what the sentence says; the first one where its clauses rest on several.

    Args:
        program: The student's program; a sentence may quote the lines of it that the evidence is about.
    """
    if not sentence.strip() or not evidence or len(sentence) > 2_000:
        return None
    usable = [item for item in evidence if item.kind not in ("history", "mastery") or _EARLIER.search(sentence)]
    for item in usable:
        if _verbatim(sentence, item) or _verbatim(sentence, told(item)):
            return item.id
    if written_in(sentence) != DEFAULT:  # words of another language are not compared one by one
        meaning = meaning_of(sentence)
        return grounded(meaning.whole, evidence, program) if meaning is not None and meaning.whole else None
    found: list[str] = []
    clauses = [clause for clause in _JOINS.split(sentence) if wording_of(clause).words or wording_of(clause).codes]
    for clause in clauses:
        source = _source(wording_of(clause), usable, program)
        if source is None:
            return None
        found.append(source)
    return found[0] if found else None


def spoken(item: Evidence) -> tuple[str, ...]:
    """Sentences of a piece of evidence that may be said as they stand: what was seen, a truth, a definition.

    They are those of the language spoken.
    """
    item = told(item)
    texts = [_without_belief(item)]
    texts += [str(item.detail[key]) for key in ("correction", "definition") if isinstance(item.detail.get(key), str)]
    return tuple(sentence for text in texts for sentence in _sentences(text))


def word_for_word(text: str, evidence: Mapping[str, Evidence], cited: Sequence[str]) -> str | None:
    """Id of the evidence that a sentence repeats as it stands, the cited ones first: it was observed, not claimed.

    Args:
        evidence: All there is, by id.
        cited: Ids of it.
    """
    others = (
        name
        for name, item in evidence.items()
        if item.visible and name not in cited and item.kind not in ("history", "mastery")
    )
    seen = (name for name in cited if evidence[name].visible)
    return next((name for name in (*seen, *others) if text in spoken(evidence[name])), None)


def _verbatim(sentence: str, item: Evidence) -> bool:
    """Whether the evidence holds the sentence word for word, as some of its own sentences or one of its clauses."""
    wanted = _plain(sentence)
    if len(wanted) < (8 if wanted.isascii() else 4):  # signs of other scripts say more
        return False
    return any(
        wanted == _plain(said) or wanted in _clauses(said) for text in _texts(item) for said in _windows(text, 4)
    )


@lru_cache(maxsize=512)
def _clauses(text: str) -> frozenset[str]:
    """The clauses of a sentence that it states without a condition, as a claim would quote them."""
    reading = Reading.of(text, "")
    stated = (clause for clause in reading.clauses if clause.mood == "states")
    return frozenset(_plain(reading.restored(clause.start, clause.end)) for clause in stated)


def _source(clause: Wording, evidence: Sequence[Evidence], program: str) -> str | None:
    """The best piece of evidence for one clause."""
    best, most = None, 0.0
    for item in evidence:
        for text in _texts(item):
            for said in _windows(text, 2):
                share = _share(clause, wording_of(said), item, program)
                if share > most:
                    best, most = item.id, share
    return best


def _share(clause: Wording, said: Wording, item: Evidence, program: str) -> float:
    """Share of the clause's content words that the evidence says; 0 where it says less, more or the opposite."""
    words = clause.words
    if not words:
        return 0.0
    share = len(words & said.words) / len(words)
    if share < (CONTAINMENT if len(words) > FEW else 1.0):
        return 0.0
    known_numbers = said.numbers | {str(line) for line in item.lines} if clause.lines else said.numbers
    if not clause.numbers - clause.lines <= said.numbers or not clause.numbers <= known_numbers:
        return 0.0
    if not clause.lines <= said.lines | {str(line) for line in item.lines}:
        return 0.0
    if not all(_has(code, said, item, program) for code in clause.codes):
        return 0.0
    return 0.0 if contradicts(clause, said) else share


def _has(code: str, said: Wording, item: Evidence, program: str) -> bool:
    """Whether code stands in what was said, or, if it is more than a name, in a line that the evidence is about."""
    wanted = tokens(code)
    if occurs(wanted, said.tokens):
        return True
    lines = program.splitlines()
    return len(wanted) > 1 and any(occurs(wanted, tokens(lines[line - 1])) for line in item.lines if line <= len(lines))


@lru_cache(maxsize=256)
def _sentences(text: str) -> tuple[str, ...]:
    return tuple(sentences(text))


def _texts(item: Evidence) -> Iterator[str]:
    """The true texts of a piece of evidence; a wrong belief that it reports is none of them."""
    yield _without_belief(item)
    for key in _TEXT_KEYS:
        value = item.detail.get(key)
        # the text of a line is code and says nothing
        if isinstance(value, str) and item.kind != "line":
            yield value


def _without_belief(item: Evidence) -> str:
    """The summary; of a misconception, its truth alone where that stands beside it."""
    if item.kind == "misconception" and language_spoken() != DEFAULT and isinstance(item.detail.get("correction"), str):
        return ""
    return _BELIEF.sub("", item.summary).strip()


def _windows(text: str, most: int) -> Iterator[str]:
    """Runs of up to `most` neighbouring sentences."""
    said = _sentences(text)
    for length in range(1, most + 1):
        for start in range(len(said) - length + 1):
            yield " ".join(said[start : start + length])


def _plain(text: str) -> str:
    return re.sub(r"[\s`*_\"'.!?,:;。！？，：；、“”]+", " ", text.lower()).strip()
