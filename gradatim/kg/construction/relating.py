"""Extracting relations: every pair of concepts that stand together in a passage is judged there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gradatim.kg.construction.background import Background
from gradatim.kg.construction.contexts import Context, Pair, contexts, standing
from gradatim.kg.construction.encoding import Encoded
from gradatim.kg.construction.judges import KINDS, MOST_CONTEXTS, PairCase, RelationJudge
from gradatim.kg.construction.material import Analysed, Material
from gradatim.kg.construction.mentions import Mention, mentions
from gradatim.kg.construction.passages import Passage
from gradatim.kg.construction.signs import name_signs
from gradatim.kg.construction.terms import Term
from gradatim.kg.lexicon import Key
from gradatim.kg.schema import RelationType

ACTIVE = 0.4
"""Probability from which a term counts as a concept of a passage that names it: "the print function" is about print,
not about functions."""
PLAUSIBLE = 0.05
"""Confidence below which a relation is dropped at once."""


@dataclass(frozen=True, slots=True)
class Found:
    """A relation between two terms, by their numbers, and the sentence it rests on."""

    source: int
    target: int
    type: RelationType
    confidence: float
    sentence: str
    place: str


class Relater(Protocol):
    """Step 3: relations between terms."""

    def relate(self, material: Material, terms: Sequence[Term]) -> list[Found]:
        """Every plausible relation, most confident first; the threshold is applied later."""
        ...


class JudgedRelater:
    """Pairs judged passage by passage; what several passages say of a pair adds up.

    Args:
        judge: Gives probabilities.
        background: Known relations.
    """

    def __init__(self, judge: RelationJudge, background: Background) -> None:
        self.judge = judge
        self.background = background

    def relate(self, material: Material, terms: Sequence[Term]) -> list[Found]:
        names = {key: number for number, term in reversed(list(enumerate(terms))) for key in term.keys}
        known = [self._known(term) for term in terms]
        gathered: defaultdict[tuple[int, int, RelationType], list[tuple[float, str, str]]] = defaultdict(list)
        for document in material.documents:
            named = mentions(document.sentences, names, document.example_names)
            for passage in document.passages:
                cases = list(self.cases(document, passage, named, terms, known))
                for case, row in zip(cases, self.judge.probabilities(cases), strict=True):
                    for kind, probability in zip(KINDS, row, strict=True):
                        if kind != "none" and probability >= PLAUSIBLE:
                            source, target, relation = _directed(case.pair, kind)
                            rests_on = _told(case, document, passage, named)
                            gathered[source, target, relation].append((float(probability), *rests_on))
        found: list[Found] = []
        for (source, target, relation), told in gathered.items():
            told.sort(key=lambda item: -item[0])
            missing = 1.0
            for probability, _, _ in told:
                missing *= 1 - probability
            _, sentence, place = told[0]
            found.append(Found(source, target, relation, 1 - missing, sentence, place))
        return sorted(found, key=lambda item: (-item.confidence, item.source, item.target, item.type))

    def cases(
        self,
        document: Analysed,
        passage: Passage,
        named: Sequence[Sequence[Mention]],
        terms: Sequence[Term],
        known: Sequence[int | None],
    ) -> Iterator[PairCase]:
        """Every pair of concepts that a passage is about, with all that is seen of it there."""
        places = standing(passage, named)
        together = contexts(passage, document.sentences, named)
        here = [
            number
            for number in sorted(places)
            if max(terms[number].at.get((document.name, at), 0.0) for at in passage.all) >= ACTIVE
        ]
        for position, first in enumerate(here):
            for second in here[position + 1 :]:
                seen = together.get((first, second), [])[:MOST_CONTEXTS]
                signs = frozenset(
                    pair_signs(
                        next(iter(terms[first].keys)),
                        next(iter(terms[second].keys)),
                        places[first],
                        places[second],
                        known[first],
                        known[second],
                        self.background,
                    )
                )
                yield PairCase(
                    (first, second), signs, seen, [context_vectors(document.encoded, item, first) for item in seen]
                )

    def _known(self, term: Term) -> int | None:
        return next((known for key in term.keys if (known := self.background.known(key)) is not None), None)


def pair_signs(
    first: Key,
    second: Key,
    first_standing: tuple[int, int, bool],
    second_standing: tuple[int, int, bool],
    first_known: int | None,
    second_known: int | None,
    background: Background,
) -> Iterator[str]:
    """What is seen of a pair as such, as seen from its first concept.

    Args:
        first: Name as compared.
        second: Name as compared.
        first_standing: Rank by first mention in the passage, mentions, and whether a heading names it.
        second_standing: The same of the second.
        first_known: The term of background knowledge.
        second_known: The same of the second.
        background: Known relations.
    """
    yield from (">" + sign for sign in name_signs(first, second))
    flags = list(background.flags(first_known, second_known))
    yield from (f">background:{flag}" for flag in flags)
    yield f"=known:{(first_known is not None) + (second_known is not None)}"
    if first_known is not None and second_known is not None and not flags:
        yield "=background:none"
    yield ">earlier" if first_standing[0] < second_standing[0] else "<earlier"
    yield f">count:{min(first_standing[1], 4)}"
    yield f"<count:{min(second_standing[1], 4)}"
    if first_standing[2]:
        yield ">headed"
    if second_standing[2]:
        yield "<headed"


def context_vectors(encoded: Sequence[Encoded], context: Context, first: int) -> tuple[Any, Any, Any]:
    """The vectors of a context: of the first concept, of the second, and of the words between them.

    Between mentions in different sentences stand, for this purpose, the words behind the earlier one.
    """
    earlier, later = context.earlier, context.later
    left = encoded[earlier.sentence]
    ends = (left.mean(earlier.mention.first, earlier.mention.last),)
    ends = (*ends, encoded[later.sentence].mean(later.mention.first, later.mention.last))
    until = later.mention.first - 1 if later.sentence == earlier.sentence else len(left.tokens) - 1
    between = left.mean(earlier.mention.last + 1, until) if until > earlier.mention.last else 0 * ends[0]
    return (*ends, between) if earlier.mention.concept == first else (ends[1], ends[0], between)


def _directed(pair: Pair, kind: str) -> tuple[int, int, RelationType]:
    first, second = pair
    relation: Mapping[str, RelationType] = {"p": "prerequisite", "h": "hierarchical", "s": "similarity"}
    if kind.endswith("<"):
        first, second = second, first
    return first, second, relation[kind[0]]


def _told(case: PairCase, document: Analysed, passage: Passage, named: Sequence[Sequence[Mention]]) -> tuple[str, str]:
    """The sentence that names both, else the later one of the first place where they stand together.

    Where they never do, the first that names the one that comes second in the passage.
    """
    for context in case.contexts:
        if context.earlier.sentence == context.later.sentence:
            sentence = document.sentences[context.earlier.sentence]
            return sentence.text, sentence.place
    if case.contexts:
        sentence = document.sentences[case.contexts[0].later.sentence]
        return sentence.text, sentence.place
    missing = set(case.pair)
    for number in passage.all:
        missing -= {mention.concept for mention in named[number]}
        if not missing:
            sentence = document.sentences[number]
            return sentence.text, sentence.place
    return "", ""
