"""Where a passage shows two concepts together, and what can be seen there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gradatim.kg.construction.mentions import Mention
from gradatim.kg.construction.passages import Passage
from gradatim.kg.construction.sentences import Sentence
from gradatim.kg.construction.signs import context_signs, pair_signs, role

Pair = tuple[int, int]
"""Numbers of two concepts, the smaller first."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A mention and the sentence it stands in."""

    sentence: int
    mention: Mention


@dataclass(frozen=True, slots=True)
class Context:
    """One place where two concepts stand together: in a sentence, in two neighbouring ones, or below a heading."""

    earlier: Spot
    later: Spot
    signs: tuple[str, ...]

    def signs_for(self, pair: Pair) -> Iterator[str]:
        """The signs as seen from a pair: `>` when its first concept stands first, `<` when it stands second."""
        order = ">" if self.earlier.mention.concept == pair[0] else "<"
        return (order + sign for sign in self.signs)


def contexts(
    passage: Passage, sentences: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]
) -> dict[Pair, list[Context]]:
    """Every pair of concepts of a passage, with the places where they stand together."""
    found: defaultdict[Pair, list[Context]] = defaultdict(list)

    def add(earlier: Spot, later: Spot, signs: Iterable[str]) -> None:
        a, b = earlier.mention.concept, later.mention.concept
        if a != b:
            found[min(a, b), max(a, b)].append(Context(earlier, later, tuple(dict.fromkeys(signs))))

    above = [(number, f"up{len(passage.headings) - depth}-") for depth, number in enumerate(passage.headings, 1)]
    term: int | None = None
    lead: int | None = None
    since_term = position = 0
    previous: int | None = None
    for number in passage.all:
        sentence = sentences[number]
        own = mentions[number]
        for index, left in enumerate(own):
            for further, right in enumerate(own[index + 1 :]):
                add(Spot(number, left), Spot(number, right), pair_signs(sentence, left, right, further))
        if sentence.kind == "heading":
            continue
        for heading, prefix in above:
            for spot in _spots(heading, mentions):
                for mention in own:
                    signs = context_signs(sentences[heading], spot.mention, sentence, mention, position)
                    add(spot, Spot(number, mention), (prefix.replace("up0-", "") + sign for sign in signs))
        if sentence.kind == "term":
            term, since_term = number, 0
        elif term is not None:
            for spot in _spots(term, mentions):
                for mention in own:
                    add(
                        spot,
                        Spot(number, mention),
                        context_signs(sentences[term], spot.mention, sentence, mention, since_term),
                    )
            since_term += 1
        if lead is not None and sentence.kind in ("item", "cell", "term"):
            for spot in _spots(lead, mentions):
                for mention in own:
                    add(spot, Spot(number, mention), (f"lead:{sentence.kind}:{role(sentence, mention)}",))
        elif sentence.kind == "paragraph":
            lead = number if sentence.text.rstrip().endswith(":") else None
        if previous is not None:
            for spot in _spots(previous, mentions):
                for mention in own:
                    if not mention.pronoun:
                        signs = ("next", f"next:{role(sentences[previous], spot.mention)}:{role(sentence, mention)}")
                        add(spot, Spot(number, mention), signs)
        previous = number
        position += 1
    return dict(found)


def _spots(sentence: int, mentions: Sequence[Sequence[Mention]]) -> Iterator[Spot]:
    return (Spot(sentence, mention) for mention in mentions[sentence])


def standing(passage: Passage, mentions: Sequence[Sequence[Mention]]) -> dict[int, tuple[int, int, bool]]:
    """For each concept of a passage: its rank by first mention, its mentions, and whether a heading names it."""
    counts: Counter[int] = Counter()
    first: dict[int, int] = {}
    headed: set[int] = set()
    for number in passage.all:
        for mention in mentions[number]:
            counts[mention.concept] += 1
            first.setdefault(mention.concept, len(first))
            if number in passage.headings:
                headed.add(mention.concept)
    return {concept: (first[concept], counts[concept], concept in headed) for concept in first}
