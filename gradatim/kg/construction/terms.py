"""Recognising the concepts of a course: which of its phrases name something to know."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from gradatim.kg.construction.background import Background
from gradatim.kg.construction.judges import ConceptJudge
from gradatim.kg.construction.material import Material
from gradatim.kg.construction.phrases import Phrase
from gradatim.kg.construction.rarity import rarity
from gradatim.kg.construction.recognition import Course, counted, features
from gradatim.kg.construction.sentences import Sentence
from gradatim.kg.lexicon import Key, name_key

TELLING = 3
"""Mentions whose mean probability is a term's confidence: those that say most about it."""
PLAUSIBLE = 0.05
"""Confidence below which a phrase is not looked at any further."""

Spot = tuple[str, int]
"""Name of a document, and number of a sentence in it."""


@dataclass(slots=True)
class Term:
    """Something that the course names and that may be a concept."""

    keys: dict[Key, None]
    """The names it goes by, as compared."""
    surfaces: Counter[str]
    """How it is written, and how often."""
    confidence: float
    mentions: int
    sentence: str
    """The sentence that says most about it."""
    place: str
    name: str = ""
    """Canonical name, when one was chosen."""
    aliases: tuple[str, ...] = ()
    code: float = 0.0
    """Share of its mentions that are code."""
    documents: frozenset[str] = field(default_factory=frozenset[str])
    at: dict[Spot, float] = field(default_factory=dict[Spot, float])
    """Where it is named, with the probability that it is a concept there."""
    bare: frozenset[str] = frozenset()
    """Names of code to which a noun of it only says what they are."""


@dataclass(frozen=True, slots=True)
class _Mention:
    probability: float
    phrase: Phrase
    sentence: Sentence
    spot: Spot


class Recogniser(Protocol):
    """Step 1: the terms of a course, with confidence."""

    def recognise(self, material: Material) -> list[Term]:
        """Every plausible term, most confident first; the threshold is applied later."""
        ...


class JudgedRecogniser:
    """Phrases judged at each of their places by what stands around them, and by their spread over the course.

    Of phrases that overlap at a place, only the likeliest is a mention there: "nested list comprehension" does not
    also name a list.

    Args:
        judge: Gives probabilities.
        background: Known terms.
    """

    def __init__(self, judge: ConceptJudge, background: Background) -> None:
        self.judge = judge
        self.background = background

    def recognise(self, material: Material) -> list[Term]:
        import numpy as np

        names = material.example_names
        sentences = [sentence for document in material.documents for sentence in document.sentences]
        course = Course(counted(sentences, names), names, self.background, rarity)
        found: defaultdict[Key, list[_Mention]] = defaultdict(list)
        for document in material.documents:
            rows: list[list[float]] = []
            vectors: list[Any] = []
            spots: list[tuple[int, Phrase]] = []
            for number, (sentence, encoded) in enumerate(zip(document.sentences, document.encoded, strict=True)):
                here = document.phrases[number]
                known = [self.background.known(phrase.key) is not None for phrase in here]
                for phrase in here:
                    longer = any(
                        is_known and _inside(phrase, other) for other, is_known in zip(here, known, strict=True)
                    )
                    rows.append(features(phrase, sentence, course, longer))
                    beside = encoded.mean(phrase.first - 2, phrase.first - 1)
                    beside = (beside + encoded.mean(phrase.last + 1, phrase.last + 2)) / 2
                    vectors.append(np.concatenate([encoded.mean(phrase.first, phrase.last), beside]))
                    spots.append((number, phrase))
            if not rows:
                continue
            judged = self.judge.probabilities(rows, np.stack(vectors))
            for number, phrase, probability in _likeliest(spots, judged):
                spot = (document.name, number)
                found[phrase.key].append(_Mention(probability, phrase, document.sentences[number], spot))
        terms = [_term(key, mentions) for key, mentions in found.items()]
        return sorted(
            (term for term in terms if term.confidence >= PLAUSIBLE),
            key=lambda term: (-term.confidence, min(term.keys)),
        )


def _inside(part: Phrase, whole: Phrase) -> bool:
    return (
        whole.first <= part.first and part.last <= whole.last and (whole.first, whole.last) != (part.first, part.last)
    )


def _likeliest(spots: Sequence[tuple[int, Phrase]], probabilities: Any) -> list[tuple[int, Phrase, float]]:
    """The phrases of each sentence that do not overlap with a likelier one."""
    order = sorted(range(len(spots)), key=lambda at: (-float(probabilities[at]), spots[at][0], spots[at][1].first))
    used: defaultdict[int, set[int]] = defaultdict(set)
    kept: list[tuple[int, Phrase, float]] = []
    for at in order:
        number, phrase = spots[at]
        here = range(phrase.first, phrase.last + 1)
        if used[number].isdisjoint(here):
            used[number].update(here)
            kept.append((number, phrase, float(probabilities[at])))
    return kept


def _term(key: Key, mentions: Sequence[_Mention]) -> Term:
    best = sorted(mentions, key=lambda item: -item.probability)
    telling = best[:TELLING]
    sentence = max(telling, key=lambda item: (item.probability, len(item.sentence.text))).sentence
    at: dict[Spot, float] = {}
    for item in mentions:
        at[item.spot] = max(at.get(item.spot, 0.0), item.probability)
    return Term(
        keys={key: None},
        surfaces=Counter(item.phrase.text for item in mentions),
        confidence=sum(item.probability for item in telling) / len(telling),
        mentions=len(mentions),
        sentence=sentence.text,
        place=sentence.place,
        code=sum(item.phrase.code for item in mentions) / len(mentions),
        documents=frozenset(item.spot[0] for item in mentions),
        at=at,
        bare=frozenset(item.phrase.bare for item in mentions if item.phrase.bare),
    )


def surface_key(text: str) -> Key:
    """A name as compared, without call brackets."""
    key = name_key(text)
    return tuple(word for word in key if word not in ("(", ")")) or key
