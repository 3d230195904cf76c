"""Where sentences name the concepts that were chosen: the longest name wins; a pronoun stands for what came before."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from gradatim.kg.construction.phrases import Phrase, phrases
from gradatim.kg.construction.sentences import Sentence
from gradatim.kg.lexicon import Key

_PRONOUNS = frozenset({"it", "they", "this", "these"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept in a sentence."""

    concept: int
    """Its number among the chosen concepts."""
    first: int
    last: int
    """Positions of its first and last token."""
    pronoun: bool = False


def mentions(
    sentences: Sequence[Sentence], names: Mapping[Key, int], example_names: Container[str] = ()
) -> list[tuple[Mention, ...]]:
    """For each sentence, the concepts it names, in reading order.

    Args:
        sentences: In reading order.
        names: Every name of every concept, as compared, and whose it is.
        example_names: Names that example code gives to things.
    """
    found: list[tuple[Mention, ...]] = []
    subject: int | None = None
    block: int | None = None
    for sentence in sentences:
        taken: list[Mention] = []
        used: set[int] = set()
        candidates = [phrase for phrase in phrases(sentence, example_names) if phrase.key in names]
        candidates.sort(key=lambda phrase: (-_length(phrase), phrase.first))
        for phrase in candidates:
            here = range(phrase.first, phrase.last + 1)
            if used.isdisjoint(here):
                used.update(here)
                taken.append(Mention(names[phrase.key], phrase.first, phrase.last))
        taken.sort(key=lambda mention: mention.first)
        if sentence.block != block and sentence.kind == "heading":
            subject = None
        tokens = sentence.tokens
        if (
            subject is not None
            and tokens
            and tokens[0].text.lower() in _PRONOUNS
            and tokens[0].dep in ("nsubj", "nsubjpass")
        ):
            taken.insert(0, Mention(subject, 0, 0, pronoun=True))
        else:
            subjects = [m for m in taken if tokens[m.last].dep in ("nsubj", "nsubjpass", "ROOT")]
            subject = (
                subjects[0].concept
                if subjects
                else taken[0].concept
                if taken and sentence.kind in ("heading", "term")
                else None
            )
        block = sentence.block
        found.append(tuple(taken))
    return found


def _length(phrase: Phrase) -> int:
    return phrase.last - phrase.first
