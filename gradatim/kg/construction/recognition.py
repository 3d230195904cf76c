"""What tells whether a phrase names a concept at a place: the features of the concept judge."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

from gradatim.kg.construction.background import Background
from gradatim.kg.construction.phrases import Phrase, phrases
from gradatim.kg.construction.sentences import Sentence
from gradatim.kg.construction.words import EMPTY_MODIFIERS, EMPTY_NOUNS
from gradatim.kg.lexicon import Key

_NAMING = frozenset({"called", "named", "known", "term", "termed", "dubbed"})
_CODE_NOUNS = frozenset(
    [
        "argument",
        "attribute",
        "block",
        "class",
        "clause",
        "constant",
        "decorator",
        "exception",
        "expression",
        "function",
        "keyword",
        "library",
        "loop",
        "method",
        "module",
        "object",
        "operator",
        "option",
        "package",
        "parameter",
        "statement",
        "type",
        "variable",
    ]
)
_CUES = (
    "heading",
    "whole-heading",
    "listed",
    "item",
    "stressed",
    "code",
    "code-with-noun",
    "defined",
    "named",
    "subject",
    "object",
    "oblique",
    "proper",
    "indefinite",
    "definite",
    "of-phrase",
    "of-before",
    "plural",
    "in-brackets",
    "whole",
    "modifies",
    "modified",
    "in-known",
    "sign",
    "dotted",
)
FEATURES = (
    *_CUES,
    "one-word",
    "two-words",
    "three-words",
    "known",
    "known-common",
    "parts-known",
    "head-known",
    "first-known",
    "empty",
    "begins-empty",
    "example-name",
    "gerund",
    "rarity",
    "head-rarity",
    "frequency",
    "spread",
    "share-whole",
    "headings",
)


@dataclass(frozen=True, slots=True)
class Count:
    """How a phrase's name is spread over a course; what is counted is counted once a place."""

    mentions: int = 0
    whole: int = 0
    sections: int = 0
    headings: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """What the features of a phrase need to know of everything else."""

    counts: dict[Key, Count]
    example_names: frozenset[str]
    background: Background
    rarity: Callable[[str], float]
    """How rare a word is in English: 0 for the commonest, 1 for one that a general vocabulary does not have."""


def counted(sentences: Sequence[Sentence], example_names: Container[str]) -> dict[Key, Count]:
    """How often and where each phrase of a course stands."""
    mentions: Counter[Key] = Counter()
    whole: Counter[Key] = Counter()
    headings: Counter[Key] = Counter()
    sections: dict[Key, set[tuple[str, ...]]] = {}
    for sentence in sentences:
        for phrase in phrases(sentence, example_names):
            mentions[phrase.key] += 1
            whole[phrase.key] += phrase.whole
            headings[phrase.key] += sentence.kind in ("heading", "term")
            sections.setdefault(phrase.key, set()).add(sentence.section)
    return {key: Count(mentions[key], whole[key], len(sections[key]), headings[key]) for key in mentions}


def features(phrase: Phrase, sentence: Sentence, course: Course, longer_known: bool) -> list[float]:
    """The `FEATURES` of a phrase at its place.

    Args:
        phrase: The phrase.
        sentence: Where it stands.
        course: Everything else.
        longer_known: Whether it is a part of a longer phrase here that background knowledge has a name for.
    """
    cues = set(_seen(phrase, sentence))
    if longer_known:
        cues.add("in-known")
    words = [word for word in phrase.key if word[0].isalnum()]
    text = " ".join(phrase.key)
    single = len(words) <= 1
    known = course.background.known(phrase.key) is not None
    rarity = max((course.rarity(word) for word in words), default=1.0)
    head = course.rarity(words[-1]) if words else 1.0
    count = course.counts.get(phrase.key) or Count(1, int(phrase.whole), 1, 0)
    parts = [course.background.known((word,)) is not None for word in words]
    return [
        *(float(cue in cues) for cue in _CUES),
        float(single),
        float(len(words) == 2),
        float(len(words) >= 3),
        float(known),
        float(known and single and head < 0.75),
        float(not single and all(parts)),
        float(not single and parts[-1]),
        float(not single and parts[0]),
        float(single and text in EMPTY_NOUNS),
        float(not single and words[0] in EMPTY_MODIFIERS),
        float(single and phrase.text in course.example_names),
        float(single and text.endswith("ing")),
        rarity,
        head,
        math.log1p(count.mentions) / 3,
        math.log1p(count.sections) / 3,
        count.whole / count.mentions,
        math.log1p(count.headings),
    ]


def _seen(phrase: Phrase, sentence: Sentence) -> Iterator[str]:
    tokens = sentence.tokens
    head = tokens[phrase.last]
    if sentence.kind == "heading":
        yield "heading"
        if phrase.whole and not any(
            token.pos in ("NOUN", "PROPN", "VERB") and not phrase.first <= at <= phrase.last
            for at, token in enumerate(tokens)
        ):
            yield "whole-heading"
    elif sentence.kind == "term" or (sentence.kind in ("item", "cell") and phrase.first == 0 and phrase.whole):
        yield "listed"
    if sentence.kind == "item":
        yield "item"
    if all(token.marked for token in tokens[phrase.first : phrase.last + 1]):
        yield "stressed"
    if phrase.code:
        yield "code"
        if not any(sign.isalnum() for sign in phrase.text):
            yield "sign"
        if "." in phrase.text:
            yield "dotted"
    elif any(token.code for token in tokens[phrase.first : phrase.last]) and head.lemma in _CODE_NOUNS:
        yield "code-with-noun"
    if _is_defined(phrase, sentence):
        yield "defined"
    before = [token.text.lower() for token in tokens[max(0, phrase.first - 3) : phrase.first]]
    if _NAMING.intersection(before) or (before and before[-1] in ("“", '"')):
        yield "named"
    if before and before[-1] == "(":
        yield "in-brackets"
    if head.dep in ("nsubj", "nsubjpass"):
        yield "subject"
    elif head.dep in ("dobj", "attr"):
        yield "object"
    elif head.dep == "pobj":
        yield "oblique"
    if not head.code and head.text[0].isupper() and phrase.first > 0 and sentence.kind not in ("heading", "term"):
        yield "proper"
    if before and before[-1] in ("a", "an"):
        yield "indefinite"
    elif before and before[-1] in ("the", "this", "that", "these", "those"):
        yield "definite"
    if before and before[-1] == "of":
        yield "of-before"
    if phrase.last + 1 < len(tokens) and tokens[phrase.last + 1].text == "of":
        yield "of-phrase"
    if head.tag == "NNS":
        yield "plural"
    if phrase.whole:
        yield "whole"
    if head.dep in ("compound", "amod", "nmod", "poss") and phrase.last + 1 < len(tokens):
        yield "modifies"
    if phrase.first > 0 and tokens[phrase.first - 1].dep in ("compound", "amod", "nmod"):
        yield "modified"


def _is_defined(phrase: Phrase, sentence: Sentence) -> bool:
    """Whether the sentence says what this is: "An X is …", "X are …"."""
    tokens = sentence.tokens
    head = tokens[phrase.last]
    if head.dep not in ("nsubj", "nsubjpass"):
        return False
    if tokens[head.head].lemma in ("be", "mean", "refer", "represent", "denote"):
        return any(token.head == head.head and token.dep in ("attr", "prep", "dobj") for token in tokens)
    return False
