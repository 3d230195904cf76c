"""What a text shows of a relation between two concepts it names: signs, each a short string.

A sign is read in the order of the text and says so: `>` when the first of a pair stands before the second, `<` when
behind. The judge of relations knows what each sign is worth; nothing here decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradatim.kg.construction.cues import CUES
from gradatim.kg.construction.mentions import Mention
from gradatim.kg.construction.sentences import Sentence

_VERBS = {
    "be": "be",
    **dict.fromkeys(["have", "contain", "include", "comprise", "consist", "hold", "store", "carry"], "have"),
    **dict.fromkeys(["use", "take", "accept", "require", "need", "expect", "depend", "rely", "employ", "apply"], "use"),
    **dict.fromkeys(
        ["return", "produce", "create", "generate", "yield", "give", "make", "build", "construct", "form"], "make"
    ),
    **dict.fromkeys(["raise", "throw", "cause", "trigger"], "raise"),
    **dict.fromkeys(["define", "declare", "introduce", "describe", "specify", "denote", "represent", "mean"], "define"),
    **dict.fromkeys(["call", "name", "know", "refer", "term"], "call"),
    **dict.fromkeys(
        ["iterate", "loop", "traverse", "repeat", "execute", "run", "evaluate", "perform", "invoke"], "run"
    ),
    **dict.fromkeys(["convert", "turn", "transform", "change", "modify", "replace", "assign", "bind"], "change"),
    **dict.fromkeys(["differ", "compare", "resemble", "distinguish", "contrast"], "compare"),
    **dict.fromkeys(["support", "provide", "allow", "let", "enable", "offer", "help"], "allow"),
}
_LEADS = {"unlike", "both", "like", "instead", "differ", "need", "kind"}
FAR = 25
"""Words between two mentions beyond which nothing is read from how they stand."""


def pair_signs(sentence: Sentence, left: Mention, right: Mention, between: int) -> Iterator[str]:
    """Signs of two mentions in one sentence, `left` before `right`.

    Args:
        sentence: That names both.
        left: The first mention.
        right: The second.
        between: How many other mentions stand between them.
    """
    tokens = sentence.tokens
    gap = right.first - left.last - 1
    yield f"gap:{0 if gap == 0 else 1 if gap <= 2 else 2 if gap <= 5 else 3 if gap <= 10 else 4}"
    yield f"others:{min(between, 3)}"
    yield f"in:{sentence.kind}"
    if left.pronoun:
        yield "pronoun"
    if gap > FAR:
        return
    text = sentence.text[tokens[left.last].end : tokens[right.first].start]
    cues = [name for name, pattern in CUES if pattern.search(text)]
    for name in cues:
        yield f"between:{name}"
    yield f"only:{'+'.join(cues[:2]) or 'none'}"
    before = sentence.text[: tokens[left.first].start]
    for name, pattern in CUES:
        if name in _LEADS and pattern.search(before):
            yield f"before:{name}"
    after = sentence.text[tokens[right.last].end :]
    for name, pattern in CUES:
        if name in ("differ", "like", "such-as", "called", "need") and pattern.search(after[:60]):
            yield f"after:{name}"
    yield from _path_signs(sentence, left, right)


def _path_signs(sentence: Sentence, left: Mention, right: Mention) -> Iterator[str]:
    """How the two hang together in the sentence: the way from one up to what both depend on, and down to the other."""
    tokens = sentence.tokens
    up = _ancestors(sentence, left.last)
    down = _ancestors(sentence, right.last)
    common = next((at for at in up if at in down), None)
    if common is None:
        return
    rise = [tokens[at].dep for at in up[: up.index(common)]]
    fall = [tokens[at].dep for at in down[: down.index(common)]]
    rise = [dep for dep in rise if dep not in ("conj",)] + (["conj"] if "conj" in rise else [])
    verb = tokens[common]
    top = _VERBS.get(verb.lemma, "verb" if verb.pos in ("VERB", "AUX") else "noun")
    if len(rise) + len(fall) <= 4:
        yield f"path:{'^'.join(rise)}|{top}|{'v'.join(reversed(fall))}"
    yield f"ends:{rise[-1] if rise else '.'}|{top}|{fall[-1] if fall else '.'}"
    prepositions = [
        tokens[at].lemma
        for at in (*up[: up.index(common)], *down[: down.index(common)])
        if tokens[at].dep in ("prep", "agent", "pcomp")
    ]
    for word in dict.fromkeys(prepositions):
        yield f"prep:{word}"


def _ancestors(sentence: Sentence, at: int) -> list[int]:
    """The token itself and what it depends on, up to the root."""
    way = [at]
    while sentence.tokens[at].head != at and len(way) < len(sentence.tokens):
        at = sentence.tokens[at].head
        way.append(at)
    return way


def role(sentence: Sentence, mention: Mention) -> str:
    """What part a mention plays in its sentence."""
    if mention.pronoun:
        return "subject"
    dep = sentence.tokens[mention.last].dep
    if sentence.kind in ("heading", "term"):
        return sentence.kind
    return {
        "nsubj": "subject",
        "nsubjpass": "subject",
        "dobj": "object",
        "attr": "attr",
        "pobj": "pobj",
        "conj": "conj",
    }.get(dep, "other")


def context_signs(
    heading: Sentence, upper: Mention, sentence: Sentence, lower: Mention, position: int
) -> Iterator[str]:
    """Signs of a mention in a heading, term or lead-in above a mention in the text below it.

    Args:
        heading: The sentence above.
        upper: The mention in it.
        sentence: The sentence below.
        lower: The mention in that.
        position: Which sentence below the heading it is, from 0.
    """
    alone = len([token for token in heading.tokens if token.pos in ("NOUN", "PROPN")]) <= upper.last - upper.first + 1
    where = "first" if position == 0 else "early" if position < 3 else "late"
    yield f"under-{heading.kind}:{sentence.kind}"
    yield f"under-{heading.kind}:{'alone' if alone else 'among'}:{where}:{role(sentence, lower)}"


def name_signs(left: Sequence[str], right: Sequence[str]) -> Iterator[str]:
    """What two names show by themselves: "nested list" is a kind of "list"; "list method" needs "list"."""
    a, b = tuple(left), tuple(right)
    if len(a) > len(b) and a[-len(b) :] == b:
        yield "name:longer"
    elif len(b) > len(a) and b[-len(a) :] == a:
        yield "name:shorter"
    elif len(a) > len(b) and a[: len(b)] == b:
        yield "name:begins-with"
    elif len(b) > len(a) and b[: len(a)] == a:
        yield "name:begins"
    elif a[-1] == b[-1] and len(a) > 1 and len(b) > 1:
        yield "name:same-head"
    elif set(a) & set(b):
        yield "name:shares"
